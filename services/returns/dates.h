/* SPDX-License-Identifier: Apache-2.0 */
/* Days and times by the shop's clock: what customers read, when couriers come, how long a window lasts. Pure.
 */
#pragma once

#include "core/arena.h"
#include "core/text.h"
#include "rulebook.h"

#include <stdbool.h>
#include <stdint.h>

/* "12月3日 18:00", "3 Dec 18:00", by the shop's clock; in the arena. */
struct text dates_moment(struct arena *arena, const struct rulebook *rules, int32_t language, int64_t at_us);
/* "12月3日 14:00–17:00"; both days when they differ. */
struct text dates_slot(struct arena *arena, const struct rulebook *rules, int32_t language, int64_t from_us,
                       int64_t to_us);

/* The first slot that begins at least the policy's notice after `now_us`. */
struct slot {
    int64_t from_us, to_us;
};
struct slot dates_slot_after(const struct rulebook *rules, int64_t now_us);

/* The same day and time so many months later; the month's last day where it is shorter. */
int64_t dates_months_later(int64_t at_us, int32_t months);
/* Whether `now_us` lies within so many days after the day of `from_us`: days end at midnight by the shop's
 * clock, and the first counts from the next one. */
bool dates_within_days(const struct rulebook *rules, int64_t from_us, int64_t days, int64_t now_us);
