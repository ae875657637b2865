/* SPDX-License-Identifier: Apache-2.0 */
/* A worker: one thread with its own consumer, producer, Postgres and Redis connection, doing batches until it
 * is told to stop. To Kafka it is the same whether workers share a process or not. */
#pragma once

#include "core/ids.h"
#include "core/status.h"
#include "runtime/loop_metrics.h"
#include "runtime/service.h"

#include <stdbool.h>
#include <stdint.h>

struct policy_holder;
struct settings;
struct worker;

struct worker_plan {
    const struct service *service;
    void *self;
    const struct settings *settings;
    struct policy_holder *policies; /* NULL: none */
    struct loop_metrics *metrics;
    struct uuid owner;  /* this process */
    int32_t lane_count; /* partitions of every topic */
    int number;
};

/* The plan is copied; what it points to outlives the worker. */
enum status worker_start(const struct worker_plan *plan, struct worker **ret_worker,
                         struct error *err) MUST_CHECK;
/* Asks it to stop: the batch ends, reports are awaited for at most half the grace period, the group is left.
 */
void worker_stop(struct worker *worker);
/* True when it has ended by itself, which it does only when it cannot go on. */
bool worker_has_ended(const struct worker *worker);
/* Waits for the thread, frees the worker, and says how it ended. */
enum status worker_join(struct worker *worker, struct error *err) MUST_CHECK;
