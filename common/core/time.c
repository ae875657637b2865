/* SPDX-License-Identifier: Apache-2.0 */
#include "core/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Days since 1970-01-01 of a proleptic Gregorian date: H. Hinnant, "chrono-compatible low-level date
 * algorithms". */
static int64_t days_of_date(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void date_of_days(int64_t days, int64_t *ret_year, int64_t *ret_month, int64_t *ret_day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    *ret_day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    *ret_month = shifted_month + (shifted_month < 10 ? 3 : -9);
    *ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

char *time_format(int64_t at_us, char to[TIME_TEXT_LEN + 1])
{
    if (at_us < TIME_MIN_US)
        at_us = TIME_MIN_US;
    if (at_us > TIME_MAX_US)
        at_us = TIME_MAX_US;
    int64_t days = at_us / US_PER_DAY, rest = at_us % US_PER_DAY;
    if (rest < 0) {
        rest += US_PER_DAY;
        days--;
    }
    int64_t year, month, day;
    date_of_days(days, &year, &month, &day);
    char text[96];
    int len = snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d", (int)year, (int)month, (int)day,
                       (int)(rest / US_PER_HOUR), (int)(rest / US_PER_MINUTE % 60),
                       (int)(rest / US_PER_SECOND % 60));
    int fraction = (int)(rest % US_PER_SECOND);
    if (fraction % 1000 != 0)
        len += snprintf(text + len, sizeof text - (size_t)len, ".%06d", fraction);
    else if (fraction != 0)
        len += snprintf(text + len, sizeof text - (size_t)len, ".%03d", fraction / 1000);
    snprintf(text + len, sizeof text - (size_t)len, "Z");
    memcpy(to, text, strlen(text) + 1);
    return to;
}

/* Takes exactly `digits` digits off the front. */
static bool take_number(struct text *text, size_t digits, int64_t *ret_number)
{
    if (text->len < digits)
        return false;
    int64_t number = 0;
    for (size_t i = 0; i < digits; i++) {
        if (text->at[i] < '0' || text->at[i] > '9')
            return false;
        number = number * 10 + (text->at[i] - '0');
    }
    text->at += digits;
    text->len -= digits;
    *ret_number = number;
    return true;
}

static bool take_char(struct text *text, const char *any_of)
{
    if (text->len == 0 || text->at[0] == '\0' || strchr(any_of, text->at[0]) == NULL)
        return false;
    text->at++;
    text->len--;
    return true;
}

static bool take_fraction(struct text *text, int64_t *ret_us)
{
    int64_t us = 0, scale = 100000;
    if (text->len == 0 || text->at[0] < '0' || text->at[0] > '9')
        return false;
    while (text->len > 0 && text->at[0] >= '0' && text->at[0] <= '9') {
        us += (text->at[0] - '0') * scale;
        scale /= 10;
        text->at++;
        text->len--;
    }
    *ret_us = us;
    return true;
}

static bool take_offset(struct text *text, int64_t *ret_us)
{
    int64_t sign = text->len > 0 && text->at[0] == '-' ? -1 : 1, hours, minutes;
    if (take_char(text, "Zz")) {
        *ret_us = 0;
        return true;
    }
    if (!take_char(text, "+-") || !take_number(text, 2, &hours) || !take_char(text, ":") ||
        !take_number(text, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *ret_us = sign * (hours * US_PER_HOUR + minutes * US_PER_MINUTE);
    return true;
}

static bool is_date(int64_t year, int64_t month, int64_t day)
{
    static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || month < 1 || month > 12 || day < 1)
        return false;
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && is_leap);
}

bool time_parse(struct text text, int64_t *ret_at_us)
{
    int64_t year, month, day, hour, minute, second, fraction_us = 0, offset_us;
    if (!take_number(&text, 4, &year) || !take_char(&text, "-") || !take_number(&text, 2, &month) ||
        !take_char(&text, "-") || !take_number(&text, 2, &day) || !take_char(&text, "Tt ") ||
        !take_number(&text, 2, &hour) || !take_char(&text, ":") || !take_number(&text, 2, &minute) ||
        !take_char(&text, ":") || !take_number(&text, 2, &second))
        return false;
    if (take_char(&text, ".") && !take_fraction(&text, &fraction_us))
        return false;
    if (!take_offset(&text, &offset_us) || text.len != 0)
        return false;
    /* A leap second is read as the second after it, as POSIX time does. */
    if (!is_date(year, month, day) || hour > 23 || minute > 59 || second > 60)
        return false;
    int64_t at_us = days_of_date(year, month, day) * US_PER_DAY + hour * US_PER_HOUR +
                    minute * US_PER_MINUTE + second * US_PER_SECOND + fraction_us - offset_us;
    if (at_us < TIME_MIN_US || at_us > TIME_MAX_US)
        return false;
    *ret_at_us = at_us;
    return true;
}

static const struct {
    const char *unit;
    int64_t us;
} duration_units[] = {
    {"d", US_PER_DAY}, {"h", US_PER_HOUR}, {"m", US_PER_MINUTE}, {"s", US_PER_SECOND}, {"ms", US_PER_MS},
};
#define DURATION_UNITS (sizeof duration_units / sizeof *duration_units)

enum status time_parse_duration(struct text text, int64_t *ret_us, struct error *err)
{
    struct text rest = text;
    int64_t total = 0;
    size_t next_unit = 0;
    if (text_equal_string(text, "0")) {
        *ret_us = 0;
        return STATUS_OK;
    }
    if (rest.len == 0)
        return fail(err, STATUS_INVALID, "empty; a duration such as 90s or 1h30m wanted");
    while (rest.len > 0) {
        size_t digits = 0, letters = 0;
        while (digits < rest.len && rest.at[digits] >= '0' && rest.at[digits] <= '9')
            digits++;
        while (digits + letters < rest.len && rest.at[digits + letters] >= 'a' &&
               rest.at[digits + letters] <= 'z')
            letters++;
        struct text unit = {rest.at + digits, letters};
        size_t u = next_unit;
        while (u < DURATION_UNITS && !text_equal_string(unit, duration_units[u].unit))
            u++;
        int64_t number;
        if (u == DURATION_UNITS || !text_to_int64((struct text){rest.at, digits}, &number) ||
            __builtin_mul_overflow(number, duration_units[u].us, &number) ||
            __builtin_add_overflow(total, number, &total))
            return fail(err, STATUS_INVALID,
                        "'%.*s' is not a duration such as 90s or 1h30m (units d h m s ms, largest first)",
                        TEXT_ARGS(text_clip(text, 40)));
        next_unit = u + 1;
        rest = (struct text){rest.at + digits + letters, rest.len - digits - letters};
    }
    *ret_us = total;
    return STATUS_OK;
}

struct text time_duration_text(struct arena *arena, int64_t us)
{
    char text[128];
    size_t len = 0;
    uint64_t rest = us < 0 ? 0 - (uint64_t)us : (uint64_t)us;
    if (us < 0)
        text[len++] = '-';
    for (size_t u = 0; u < DURATION_UNITS; u++) {
        uint64_t number = rest / (uint64_t)duration_units[u].us;
        rest %= (uint64_t)duration_units[u].us;
        if (number != 0)
            len += (size_t)snprintf(text + len, sizeof text - len, "%" PRIu64 "%s", number,
                                    duration_units[u].unit);
    }
    if (len == (us < 0))
        len = (size_t)snprintf(text, sizeof text, "0s");
    return text_copy(arena, (struct text){text, len});
}

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

int64_t time_monotonic_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t time_wall_us(void)
{
    return read_clock(CLOCK_REALTIME);
}
