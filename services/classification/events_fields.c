/* SPDX-License-Identifier: Apache-2.0 */
#include "events_fields.h"

#include "core/time.h"

enum status field_printable(const char *name, const char *value, size_t most, struct text *ret_text,
                            struct error *err)
{
    struct text text = text_of(value == NULL ? "" : value);
    if (text.len > most)
        return fail(err, STATUS_INVALID, "%s: longer than %zu bytes", name, most);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
            return fail(err, STATUS_INVALID, "%s: holds a control character", name);
    *ret_text = text;
    return STATUS_OK;
}

enum status field_optional_id(const char *name, const char *value, struct text *ret_text, struct error *err)
{
    return field_printable(name, value, FIELD_ID_MOST, ret_text, err);
}

enum status field_id(const char *name, const char *value, struct text *ret_text, struct error *err)
{
    if (value == NULL || value[0] == '\0')
        return fail(err, STATUS_INVALID, "%s: must not be empty", name);
    return field_optional_id(name, value, ret_text, err);
}

enum status field_text(const char *name, const char *value, size_t most, struct text *ret_text,
                       struct error *err)
{
    struct text text = text_of(value == NULL ? "" : value);
    if (text.len > most)
        return fail(err, STATUS_INVALID, "%s: longer than %zu bytes", name, most);
    *ret_text = text;
    return STATUS_OK;
}

enum status field_number(const char *name, int64_t value, int64_t least, int64_t most, struct error *err)
{
    if (value < least || value > most)
        return fail(err, STATUS_INVALID, "%s: must be %lld to %lld, not %lld", name, (long long)least,
                    (long long)most, (long long)value);
    return STATUS_OK;
}

enum status field_time(const char *name, bool is_there, int64_t seconds, int32_t nanos, int64_t *ret_at_us,
                       struct error *err)
{
    if (!is_there)
        return fail(err, STATUS_INVALID, "%s: must not be empty", name);
    if (seconds < 0 || seconds > TIME_MAX_US / US_PER_SECOND || nanos < 0 || nanos > 999999999)
        return fail(err, STATUS_INVALID, "%s: no moment from 1970 to 9999", name);
    *ret_at_us = seconds * US_PER_SECOND + nanos / 1000;
    return STATUS_OK;
}
