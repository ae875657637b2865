/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/policy_scalar.h"

#include "core/time.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST    65536
#define DECIMAL_MOST 40
#define SHOWN_MOST   40

static enum status refuse(struct text text, const char *what, const char *like, struct error *err)
{
    return fail(err, STATUS_INVALID, "not %s: '%.*s' (like %s)", what, TEXT_ARGS(text_clip(text, SHOWN_MOST)),
                like);
}

static bool has_bounds(const struct policy_field *field)
{
    return field->min != 0 || field->max != 0;
}

static bool has_upper_bound(const struct policy_field *field)
{
    return field->max >= field->min;
}

static bool is_within(const struct policy_field *field, int64_t number)
{
    return !has_bounds(field) || (number >= field->min && (!has_upper_bound(field) || number <= field->max));
}

static enum status check_number(const struct policy_field *field, int64_t number, struct error *err)
{
    if (is_within(field, number))
        return STATUS_OK;
    if (!has_upper_bound(field))
        return fail(err, STATUS_INVALID, "must be at least %lld, is %lld", (long long)field->min,
                    (long long)number);
    return fail(err, STATUS_INVALID, "must be %lld to %lld, is %lld", (long long)field->min,
                (long long)field->max, (long long)number);
}

static enum status check_duration(const struct policy_field *field, int64_t us, struct arena *arena,
                                  struct error *err)
{
    if (is_within(field, us))
        return STATUS_OK;
    struct text min = time_duration_text(arena, field->min), max = time_duration_text(arena, field->max);
    if (!has_upper_bound(field))
        return fail(err, STATUS_INVALID, "must be at least %.*s", TEXT_ARGS(min));
    return fail(err, STATUS_INVALID, "must be %.*s to %.*s", TEXT_ARGS(min), TEXT_ARGS(max));
}

static enum status parse_text(const struct policy_field *field, struct text text, struct arena *arena,
                              struct text *ret_text, struct error *err)
{
    int64_t min = has_bounds(field) ? field->min : 1;
    int64_t max = has_bounds(field) && has_upper_bound(field) ? field->max : TEXT_MOST;
    if (text.len == 0 && min > 0)
        return fail(err, STATUS_INVALID, "must not be empty");
    if ((int64_t)text.len < min || (int64_t)text.len > max)
        return fail(err, STATUS_INVALID, "must have %lld to %lld bytes, has %zu", (long long)min,
                    (long long)max, text.len);
    struct text copy = text_copy(arena, text);
    if (copy.at == NULL)
        return fail(err, STATUS_INVALID, "the policy takes too much memory");
    *ret_text = copy;
    return STATUS_OK;
}

static size_t count_digits(struct text text, size_t from)
{
    size_t len = 0;
    while (from + len < text.len && text.at[from + len] >= '0' && text.at[from + len] <= '9')
        len++;
    return len;
}

static enum status parse_decimal(const struct policy_field *field, struct text text, double *ret_value,
                                 struct error *err)
{
    size_t at = text.len > 0 && (text.at[0] == '-' || text.at[0] == '+');
    size_t whole = count_digits(text, at);
    at += whole;
    bool is_good = whole > 0 && text.len <= DECIMAL_MOST;
    if (is_good && at < text.len && text.at[at] == '.') {
        size_t fraction = count_digits(text, at + 1);
        is_good = fraction > 0;
        at += 1 + fraction;
    }
    if (!is_good || at != text.len)
        return refuse(text, "a decimal number", "0.75", err);
    char digits[DECIMAL_MOST + 1];
    memcpy(digits, text.at, text.len);
    digits[text.len] = '\0';
    double value = strtod(digits, NULL);
    bool is_low = has_bounds(field) && value < (double)field->min;
    if (is_low && !has_upper_bound(field))
        return fail(err, STATUS_INVALID, "must be at least %lld, is %s", (long long)field->min, digits);
    if (is_low || (has_bounds(field) && has_upper_bound(field) && value > (double)field->max))
        return fail(err, STATUS_INVALID, "must be %lld to %lld, is %s", (long long)field->min,
                    (long long)field->max, digits);
    *ret_value = value;
    return STATUS_OK;
}

static int two_digits(const char *at)
{
    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9')
        return 100; /* more than any hour, minute or second */
    return (at[0] - '0') * 10 + (at[1] - '0');
}

static enum status parse_time_of_day(struct text text, int64_t *ret_us, struct error *err)
{
    bool has_seconds = text.len == 8 && text.at[5] == ':';
    if ((text.len != 5 && !has_seconds) || text.at[2] != ':')
        return refuse(text, "a time of day", "09:30, 18:00, 24:00", err);
    int hour = two_digits(text.at), minute = two_digits(text.at + 3);
    int second = has_seconds ? two_digits(text.at + 6) : 0;
    if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && minute + second > 0))
        return refuse(text, "a time of day", "09:30, 18:00, 24:00", err);
    *ret_us = hour * US_PER_HOUR + minute * US_PER_MINUTE + second * US_PER_SECOND;
    return STATUS_OK;
}

static enum status parse_date(struct text text, int64_t *ret_us, struct error *err)
{
    char moment[32];
    if (text.len != 10)
        return refuse(text, "a date", "2026-10-01", err);
    int len = snprintf(moment, sizeof moment, "%.*sT00:00:00Z", TEXT_ARGS(text));
    if (!time_parse(text_make(moment, (size_t)len), ret_us))
        return refuse(text, "a date", "2026-10-01", err);
    return STATUS_OK;
}

static enum status parse_bool(struct text text, bool *ret_value, struct error *err)
{
    bool is_yes = text_equal_string(text, "yes") || text_equal_string(text, "true");
    if (!is_yes && !text_equal_string(text, "no") && !text_equal_string(text, "false"))
        return fail(err, STATUS_INVALID, "must be yes or no, is '%.*s'",
                    TEXT_ARGS(text_clip(text, SHOWN_MOST)));
    *ret_value = is_yes;
    return STATUS_OK;
}

static enum status parse_choice(const struct policy_field *field, struct text text, int *ret_value,
                                struct error *err)
{
    struct text rest = text_of(field->choices);
    for (int value = field->first; rest.at != NULL; value++) {
        if (text_equal(text_cut(&rest, ' '), text)) {
            *ret_value = value;
            return STATUS_OK;
        }
    }
    return fail(err, STATUS_INVALID, "must be one of: %s; is '%.*s'", field->choices,
                TEXT_ARGS(text_clip(text, SHOWN_MOST)));
}

enum status policy_scalar_parse(const struct policy_field *field, enum policy_type type, struct text text,
                                struct arena *arena, void *to, struct error *err)
{
    int64_t number = 0;
    enum status status;
    switch (type) {
    case POLICY_TYPE_TEXT:
        return parse_text(field, text, arena, to, err);
    case POLICY_TYPE_INT:
        if (!text_to_int64(text, &number))
            return refuse(text, "a whole number", "42", err);
        status = check_number(field, number, err);
        break;
    case POLICY_TYPE_DECIMAL:
        return parse_decimal(field, text, to, err);
    case POLICY_TYPE_DURATION:
        if (time_parse_duration(text, &number, NULL) != STATUS_OK)
            return refuse(text, "a duration", "90s, 1h30m, 7d", err);
        status = check_duration(field, number, arena, err);
        break;
    case POLICY_TYPE_TIME_OF_DAY:
        status = parse_time_of_day(text, &number, err);
        if (status == STATUS_OK)
            status = check_duration(field, number, arena, err);
        break;
    case POLICY_TYPE_DATE:
        status = parse_date(text, &number, err);
        break;
    case POLICY_TYPE_BOOL:
        return parse_bool(text, to, err);
    case POLICY_TYPE_ENUM:
        return parse_choice(field, text, to, err);
    case POLICY_TYPE_LOCALIZED:
    case POLICY_TYPE_MAPPING:
    case POLICY_TYPE_LIST:
    case POLICY_TYPE_MAP:
    case POLICY_TYPE_LINE:
    default:
        assert(false && "not a scalar");
        return fail(err, STATUS_FATAL, "not a scalar");
    }
    if (status == STATUS_OK)
        memcpy(to, &number, sizeof number);
    return status;
}
