/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker's batches work on. One worker, one thread: nothing here is shared. */
#pragma once

#include "core/arena.h"
#include "core/ids.h"
#include "runtime/deadline.h"
#include "runtime/lane_state.h"
#include "runtime/outbox_batch.h"
#include "runtime/postgres.h"
#include "runtime/publisher.h"
#include "runtime/service.h"
#include "runtime/wakeup.h"

#include <stdbool.h>

struct consumer;
struct loop_metrics;
struct policy_holder;

#define LOOP_MOST_LANES 1024

struct loop {
    const struct service *service;
    void *self;                     /* the service's own */
    struct policy_holder *policies; /* NULL: none */
    struct uuid owner;              /* this process */
    int worker;                     /* number, for logs and metrics */

    struct postgres *db;
    struct publisher *publisher;
    struct consumer *consumer;
    struct wakeup *wakeup;
    struct loop_metrics *metrics;

    char group[160];           /* the consumer group */
    const char *const *topics; /* of the inputs, in their order */
    size_t input_count;
    const struct text *kinds; /* of the deadlines, absent-terminated */
    size_t kind_count;
    struct outbox_topic facts, dlq; /* what it writes */
    int32_t lane_count;             /* partitions of every topic */
    struct lane_state *lanes;       /* lane_count of them */

    /* Limits of a batch; cap_now <= most_records falls while statements fail and doubles with each success.
     */
    size_t most_records, most_bytes, most_pending;
    size_t cap_now;
    uint64_t arrivals;  /* records polled so far */
    bool alone_turn;    /* the next batch may be one record of a lane under suspicion */
    struct arena arena; /* of the batch */

    /* Said to be due, not handled yet; in due_arena, made anew by every question. */
    struct arena due_arena;
    struct deadline_candidate *due;
    size_t due_count;
    int64_t ask_at_us;    /* monotonic: when to ask Redis next */
    int64_t look_at_us;   /* monotonic: when to look into Postgres next */
    int64_t refill_at_us; /* monotonic: when to fill Redis from Postgres next */

    uint64_t db_generation; /* of the connection under which the lanes were taken */
    bool must_retake;       /* lanes were lost: take them again after the next poll */
};

struct lane_state *loop_lane(struct loop *loop, int32_t number); /* NULL when out of range */
/* Throws away what was polled of the lane; it counts as lost until it is taken again. */
void loop_lose_lane(struct loop *loop, struct lane_state *lane);
void loop_lose_all(struct loop *loop);
/* Brings the next question to Redis forward. */
void loop_ask_within(struct loop *loop, int64_t in_us);
