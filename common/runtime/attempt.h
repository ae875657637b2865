/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of batch.h: one attempt at a batch, from choosing records to the words after COMMIT. Everything
 * lives in the loop's arena and is gone with the next attempt. */
#pragma once

#include "runtime/batch.h"
#include "runtime/decode.h"
#include "runtime/ledger.h"
#include "runtime/outbox_batch.h"
#include "runtime/repeats.h"

/* A deadline of the batch. */
struct attempt_due {
    struct deadline_candidate *candidate;
    const struct deadline_route *route;
    struct envelope envelope;
    struct event event;
    bool is_due; /* as the guard said, and nothing earlier in the batch changed it */
};

struct attempt {
    struct loop *loop;
    struct arena *arena;

    struct ledger_entry *entries; /* lanes that take part */
    struct outbox_lane *outs;     /* one per entry */
    size_t entry_count;
    int32_t *entry_of_lane; /* lane number -> position + 1, 0 = none */

    struct attempt_due *dues;
    size_t due_count;
    struct deadline_guard guard;
    struct decoded *items; /* records, in the order of arrival */
    size_t item_count;
    struct repeats repeats;
    size_t *repeat_items; /* position in items of each repeat */

    const struct event **events; /* those to be handled */
    size_t event_count;
    struct batch batch;
    void *work;
    struct outbox outbox;
    struct deadline_changes changes;
    struct ledger_fence fence;
    bool is_alone; /* one record or deadline, written down before it is tried */
};

/* Picks and decodes. item_count + due_count = 0: nothing is ready. TRANSIENT: the arena is full. */
enum status attempt_choose(struct attempt *attempt, struct error *err) MUST_CHECK;
/* BEGIN, the clock, repeats and guard in one round; then load. */
enum status attempt_open(struct attempt *attempt, struct error *err) MUST_CHECK;
/* Handlers, in memory. *ret_is_again: a record was given up, the batch starts again. */
enum status attempt_apply(struct attempt *attempt, bool *ret_is_again, struct error *err) MUST_CHECK;
/* Writes, fence, COMMIT. */
enum status attempt_commit(struct attempt *attempt, enum batch_outcome *ret_outcome,
                           struct error *err) MUST_CHECK;
/* What follows COMMIT: records leave the queues, pending is published, Redis and Kafka are told. */
enum status attempt_conclude(struct attempt *attempt, struct error *err) MUST_CHECK;

/* Position of a lane's entry, made when there is none; NULL when the arena is full. */
struct ledger_entry *attempt_entry(struct attempt *attempt, struct lane_state *lane);
struct outbox_lane *attempt_out(struct attempt *attempt, int32_t lane);
/* "topic/partition/offset" or "deadline/subject|kind|generation" of the only one in the batch. */
void attempt_suspect(const struct attempt *attempt, char name[SUSPECT_LEN]);
/* Gives up the only one in the batch. False when it was given up before: then no retry can help. */
bool attempt_give_up_only(struct attempt *attempt, const char *reason, const struct error *why);
