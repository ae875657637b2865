/* SPDX-License-Identifier: Apache-2.0 */
#include "dates.h"

#include "core/time.h"

#include <stdio.h>
#include <stdlib.h>

static int64_t offset_us(const struct rulebook *rules)
{
    return rules->returns.utc_offset_minutes * US_PER_MINUTE;
}

/* Rounded down, before 1970 too. */
static int64_t day_of(int64_t local_us)
{
    int64_t day = local_us / US_PER_DAY;
    return local_us % US_PER_DAY < 0 ? day - 1 : day;
}

/* Year, month, day, hour and minute, out of "2026-12-03T18:00:00Z". */
struct parts {
    int year, month, day, hour, minute;
};

static struct parts parts_of(int64_t local_us)
{
    char text[TIME_TEXT_LEN + 1];
    time_format(local_us, text);
    return (struct parts){(int)strtol(text, NULL, 10), (int)strtol(text + 5, NULL, 10),
                          (int)strtol(text + 8, NULL, 10), (int)strtol(text + 11, NULL, 10),
                          (int)strtol(text + 14, NULL, 10)};
}

struct text dates_moment(struct arena *arena, const struct rulebook *rules, int32_t language, int64_t at_us)
{
    static const char *const months[] = {"",    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct parts at = parts_of(at_us + offset_us(rules));
    if (language == LANGUAGE_EN)
        return text_print(arena, "%d %s %02d:%02d", at.day, months[at.month], at.hour, at.minute);
    return text_print(arena, "%d月%d日 %02d:%02d", at.month, at.day, at.hour, at.minute);
}

struct text dates_slot(struct arena *arena, const struct rulebook *rules, int32_t language, int64_t from_us,
                       int64_t to_us)
{
    struct text from = dates_moment(arena, rules, language, from_us);
    struct text to = dates_moment(arena, rules, language, to_us);
    if (day_of(from_us + offset_us(rules)) == day_of(to_us + offset_us(rules)) && to.len > 5)
        to = (struct text){to.at + to.len - 5, 5};
    return text_print(arena, "%.*s–%.*s", TEXT_ARGS(from), TEXT_ARGS(to));
}

struct slot dates_slot_after(const struct rulebook *rules, int64_t now_us)
{
    const struct pickup_rules *pickup = &rules->returns.pickup;
    int64_t earliest = now_us + pickup->notice_us + offset_us(rules);
    int64_t midnight = day_of(earliest) * US_PER_DAY;
    int64_t time_of_day = earliest - midnight;
    if (time_of_day < pickup->opens_us)
        time_of_day = pickup->opens_us;
    if (pickup->step_us > 0)
        time_of_day = (time_of_day + pickup->step_us - 1) / pickup->step_us * pickup->step_us;
    if (time_of_day + pickup->slot_us > pickup->closes_us) {
        midnight += US_PER_DAY;
        time_of_day = pickup->opens_us;
    }
    int64_t from = midnight + time_of_day - offset_us(rules);
    return (struct slot){from, from + pickup->slot_us};
}

int64_t dates_months_later(int64_t at_us, int32_t months)
{
    struct parts at = parts_of(at_us);
    int64_t count = (int64_t)at.year * 12 + at.month - 1 + months;
    int64_t year = count / 12, month = count % 12 + 1;
    if (year > 9999)
        return TIME_MAX_US;
    int day = at.day;
    int64_t midnight = 0;
    do {
        char text[64];
        int len = snprintf(text, sizeof text, "%04d-%02d-%02dT00:00:00Z", (int)year, (int)month, day--);
        if (time_parse(text_make(text, (size_t)len), &midnight))
            break;
    } while (day >= 28);
    return midnight + (at_us - day_of(at_us) * US_PER_DAY);
}

bool dates_within_days(const struct rulebook *rules, int64_t from_us, int64_t days, int64_t now_us)
{
    return day_of(now_us + offset_us(rules)) <= day_of(from_us + offset_us(rules)) + days;
}
