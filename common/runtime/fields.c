/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/fields.h"

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

enum status field_time(const char *name, const Google__Protobuf__Timestamp *at, int64_t *ret_at_us,
                       struct error *err)
{
    if (at == NULL)
        return fail(err, STATUS_INVALID, "%s: must not be empty", name);
    if (at->seconds < 0 || at->seconds > TIME_MAX_US / US_PER_SECOND || at->nanos < 0 ||
        at->nanos > 999999999)
        return fail(err, STATUS_INVALID, "%s: no moment from 1970 to 9999", name);
    *ret_at_us = at->seconds * US_PER_SECOND + at->nanos / 1000;
    return STATUS_OK;
}

enum status field_optional_time(const char *name, const Google__Protobuf__Timestamp *at, int64_t *ret_at_us,
                                struct error *err)
{
    return at == NULL ? STATUS_OK : field_time(name, at, ret_at_us, err);
}

char *field_of_text(struct arena *arena, struct text text)
{
    char *copy = text_string(arena, text);
    return copy == NULL ? (char *)protobuf_c_empty_string : copy;
}

Google__Protobuf__Timestamp field_of_time(int64_t at_us)
{
    Google__Protobuf__Timestamp at = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    int64_t rest_us = at_us % US_PER_SECOND;
    bool is_before_1970 = rest_us < 0; /* nanoseconds count forwards */
    at.seconds = at_us / US_PER_SECOND - (is_before_1970 ? 1 : 0);
    at.nanos = (int32_t)((rest_us + (is_before_1970 ? US_PER_SECOND : 0)) * 1000);
    return at;
}
