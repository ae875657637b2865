/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger: one row per lane that says who owns the lane, how far it has read, and what it has produced and
 * not yet confirmed. Taking a lane adds one to its epoch, which fences every earlier owner; the fence of a
 * batch writes only where epoch and batch number are still the owner's. */
#pragma once

#include "core/arena.h"
#include "core/ids.h"
#include "core/status.h"
#include "runtime/lane_state.h"
#include "runtime/postgres.h"

/* What a lane's batch leaves behind. */
struct ledger_entry {
    struct lane_state *lane;
    struct cursor cursor; /* after the batch, in the batch's arena */
    struct text pending;  /* packed runtime.Pending; absent when nothing was produced */
    bool is_fenced_off;   /* result: another process owns the lane now */
};

/* A row of the ledger as it was taken. */
struct ledger_row {
    int32_t lane;
    int64_t epoch, batch, out_seq;
    int32_t takings;
    bool is_suspect_foreign; /* the suspect was written down by another process */
    struct text suspect;     /* without its writer; empty when there is none */
    struct text offsets, seen, pending;
};

/* Takes the lanes in one statement of its own transaction. `owner` is this process's id. */
enum status ledger_take(struct postgres *db, struct uuid owner, const int32_t *lanes, size_t count,
                        struct arena *arena, struct ledger_row **ret_rows, size_t *ret_count,
                        struct error *err) MUST_CHECK;

/* Queues the fence for all entries; after the round, entries without an answer have is_fenced_off set, and
 * *ret_committing_at_us is Postgres's clock. `entries` must live until postgres_run. */
struct ledger_fence {
    struct ledger_entry *entries;
    size_t count;
    int64_t clock_us;
};
void ledger_queue_fence(struct postgres *db, struct ledger_fence *fence, const char *const *topics,
                        struct arena *arena);

/* Writes down what is tried next, alone, in a transaction of its own. TRANSIENT when the lane was lost
 * meanwhile. */
enum status ledger_write_suspect(struct postgres *db, struct uuid owner, const struct lane_state *lane,
                                 const char *suspect, struct arena *arena, struct error *err) MUST_CHECK;

/* A clean stop: these lanes were not taken because their owner died. Best effort. */
void ledger_release(struct postgres *db, struct lane_state *const *lanes, size_t count, struct arena *arena);

/* Agrees on the number of lanes: writes it when the schema is new. FATAL when the row says another number. */
enum status ledger_check_lane_count(struct postgres *db, int32_t count, struct arena *arena,
                                    struct error *err) MUST_CHECK;

/* What there is to watch: deadlines of these lanes, the ledger's size, and what keeps it from shrinking. */
struct ledger_measure {
    int64_t armed, overdue;
    int64_t ledger_bytes;
    int64_t oldest_snapshot; /* in transactions */
};
enum status ledger_measure(struct postgres *db, const int32_t *lanes, size_t count, struct arena *arena,
                           struct ledger_measure *ret_measure, struct error *err) MUST_CHECK;

/* Gives the space of dead rows back: VACUUM (TRUNCATE false), run by the role that owns the table. */
enum status ledger_vacuum(struct postgres *db, struct error *err) MUST_CHECK;
