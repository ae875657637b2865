/* SPDX-License-Identifier: Apache-2.0 */
/* What a handler wants to have happen when, and only when, its batch commits: facts to state, deadlines to
 * arm and cancel, records for the DLQ. Nothing fails at the call: the first problem (a message too large for
 * its topic, the arena full) is remembered and makes the handler's record INVALID, so handlers need not
 * check. */
#pragma once

#include "core/ids.h"
#include "core/status.h"
#include "runtime/event.h"

struct outbox;

/* States a fact of the case in the service's own topic, keyed by the case. `fact` is one of the messages in
 * the oneof of service.fact; the wrapper around it, with its case_id and `at` (outbox_now_us), is the
 * outbox's work. The fact is packed at once, so it may live on the stack. */
void outbox_state(struct outbox *outbox, struct uuid case_id, const ProtobufCMessage *fact);
/* The same for facts of no case (customer, agent, order), keyed by their own id; case_id stays empty. */
void outbox_state_keyed(struct outbox *outbox, struct text key, const ProtobufCMessage *fact);

/* Arms the deadline (subject, kind), or moves it when it is armed already; takes effect with the batch.
 * `kind` is one of the service's deadline routes and lives for ever. The deadline belongs to the lane of the
 * record being handled. */
void outbox_arm(struct outbox *outbox, struct uuid subject_id, const char *kind, int64_t due_at_us);
/* Cancels it when it is armed; harmless otherwise. */
void outbox_cancel(struct outbox *outbox, struct uuid subject_id, const char *kind);

/* A record given up on: goes to the service's DLQ with its bytes, key and headers. */
struct dead_letter {
    struct text topic; /* where it came from */
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms; /* -1: unknown */
    struct text key;
    struct text value;
    const struct header *headers;
    size_t header_count;
    struct text reason;  /* one word: "invalid", "unmatched", "crash" */
    struct text message; /* one sentence */
};
void outbox_bury(struct outbox *outbox, const struct dead_letter *letter);

/* The batch's arena, for building messages. */
struct arena *outbox_arena(struct outbox *outbox);
/* Postgres's clock at the start of the batch. */
int64_t outbox_now_us(const struct outbox *outbox);
