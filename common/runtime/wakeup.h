/* SPDX-License-Identifier: Apache-2.0 */
/* The index in Redis that says when a lane must wake up: a sorted set per lane,
 * `aftercare:{service:lane}:due`, member `subject|kind|generation`, score = due in ms. It may be empty, old
 * or away at any time: it only ever names candidates, Postgres decides (deadline.h). Members leave the set
 * when the deadline has acted, or turned out stale.
 *
 * All calls are best effort and never fail: wakeup_is_up tells whether Redis answered last. */
#pragma once

#include "core/arena.h"
#include "core/time.h"
#include "runtime/deadline.h"

#include <stdbool.h>

/* Only deadlines nearer than this are kept in Redis; the rest follows when it is near. */
#define WAKEUP_HORIZON_US (10 * US_PER_MINUTE)
#define WAKEUP_MOST       200 /* candidates a lane and question */

struct wakeup;

/* `kinds` are the service's deadline kinds, absent-terminated; they and `service` live for ever. */
enum status wakeup_new(const char *url, const char *service, const struct text *kinds,
                       struct wakeup **ret_wakeup, struct error *err) MUST_CHECK;
void wakeup_free(struct wakeup *wakeup);
bool wakeup_is_up(const struct wakeup *wakeup);
/* The last failure, for /readyz. */
const char *wakeup_why(const struct wakeup *wakeup);

/* Collects, until the next wakeup_send. */
void wakeup_add(struct wakeup *wakeup, const struct deadline_candidate *candidate);
void wakeup_remove(struct wakeup *wakeup, const struct deadline_candidate *candidate);
void wakeup_send(struct wakeup *wakeup);

/* What Redis calls due in these lanes, in the arena. *ret_next_in_us: how long until the next one, INT64_MAX
 * when none is known. False when Redis is away. */
bool wakeup_ask(struct wakeup *wakeup, const int32_t *lanes, size_t count, struct arena *arena,
                struct deadline_candidate **ret_found, size_t *ret_count, int64_t *ret_next_in_us);
