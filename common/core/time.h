/* SPDX-License-Identifier: Apache-2.0 */
/* Moments and durations: int64 microseconds, moments since the Unix epoch in UTC. Names end in _us (or _ms).
 * A moment of 0 means "never set". Rules take the present as an argument; only the runtime asks a clock. */
#pragma once

#include "core/status.h"
#include "core/text.h"

#include <stdbool.h>
#include <stdint.h>

#define US_PER_MS     INT64_C(1000)
#define US_PER_SECOND INT64_C(1000000)
#define US_PER_MINUTE (60 * US_PER_SECOND)
#define US_PER_HOUR   (60 * US_PER_MINUTE)
#define US_PER_DAY    (24 * US_PER_HOUR)

/* Years 1 to 9999, what Timestamp and RFC 3339 allow. */
#define TIME_MIN_US INT64_C(-62135596800000000)
#define TIME_MAX_US INT64_C(253402300799999999)

#define TIME_TEXT_LEN 27 /* 2026-11-24T10:00:00.000000Z */

/* RFC 3339 with 'Z' and no more fraction digits than needed (0, 3 or 6). Returns `to`. */
char *time_format(int64_t at_us, char to[TIME_TEXT_LEN + 1]);
/* Any RFC 3339 date-time, offsets included; finer fractions than µs are cut off. */
bool time_parse(struct text text, int64_t *ret_at_us);

/* "500ms", "90s", "1h30m", "7d": positive numbers with units ms s m h d, largest first, each at most once;
 * "0" and "0s" are zero. INVALID with the reason otherwise. */
enum status time_parse_duration(struct text text, int64_t *ret_us, struct error *err) MUST_CHECK;
/* "1h30m", "45s", "250ms"; in the arena. */
struct text time_duration_text(struct arena *arena, int64_t us);

/* CLOCK_MONOTONIC: only for measuring spans and waiting, never for deciding what is due. */
int64_t time_monotonic_us(void);
/* CLOCK_REALTIME of this machine: for log lines and headers; rules see the database's clock. */
int64_t time_wall_us(void);
