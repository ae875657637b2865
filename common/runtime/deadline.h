/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines, the part in Postgres, which is true: rows of table `deadline` change in the batch's transaction.
 * Redis only wakes the lane (wakeup.h).
 *
 * A deadline is a subject (a case), a kind and a generation that rises each time it is armed. It acts when
 * the lane's owner finds it armed, of the same generation, and due by Postgres's clock, inside its batch. */
#pragma once

#include "core/arena.h"
#include "core/ids.h"
#include "core/status.h"
#include "runtime/event.h"
#include "runtime/postgres.h"

#include <stdbool.h>

/* Something that is said to be due; the guard decides. */
struct deadline_candidate {
    int32_t lane;
    struct deadline_due due; /* kind points into the service's routes */
    /* Set by the loop when an attempt showed that it cannot be handled: it becomes "failed". */
    const char *given_up_as;
    const struct error *why;
};

enum deadline_change_kind { DEADLINE_ARM, DEADLINE_CANCEL, DEADLINE_FIRED, DEADLINE_FAILED };

/* What a batch does to one deadline: the last word on (subject, kind) counts. */
struct deadline_change {
    enum deadline_change_kind what;
    int32_t lane;
    struct uuid subject_id;
    const char *kind;
    int64_t due_at_us;  /* ARM */
    int64_t generation; /* FIRED, FAILED: as guarded; ARM, CANCEL: filled by deadline_queue_changes' answer */
    bool is_applied;    /* the row was changed */
};

/* Reads the guard for the candidates: *ret_states[i] tells what the row says. Call after BEGIN, in the
 * batch's round. */
enum deadline_verdict {
    DEADLINE_STALE,   /* not armed, another generation, another lane: forget it */
    DEADLINE_NOT_YET, /* due_at_us lies ahead */
    DEADLINE_DUE,
};
struct deadline_guard {
    struct deadline_candidate *candidates;
    size_t count;
    int64_t now_us; /* Postgres's clock of this round, set before the guard's answer comes */
    enum deadline_verdict
        *verdicts; /* one per candidate, in the arena; due_at_us of the candidates is corrected */
};
void deadline_queue_guard(struct postgres *db, struct deadline_guard *guard, struct arena *arena);

struct deadline_changes {
    struct deadline_change *changes;
    size_t count;
};
/* Queues at most three statements: done (fired, failed), cancelled, armed. The struct must live until
 * postgres_run. */
void deadline_queue_changes(struct postgres *db, struct deadline_changes *changes, struct arena *arena);

/* Rows of these lanes that are armed and due before now + ahead_us, oldest first, at most `most`; kinds
 * without a route are left out. In a transaction of its own. */
struct deadline_search {
    const int32_t *lanes;
    size_t lane_count;
    const struct text *kinds;
    size_t kind_count;
    int64_t ahead_us;
    int32_t most;
};
enum status deadline_find(struct postgres *db, const struct deadline_search *search, struct arena *arena,
                          struct deadline_candidate **ret_found, size_t *ret_count, int64_t *ret_now_us,
                          struct error *err) MUST_CHECK;
