/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/worker.h"

#include "runtime/alarm.h"
#include "runtime/batch.h"
#include "runtime/catalogue.h"
#include "runtime/consumer.h"
#include "runtime/health.h"
#include "runtime/lanes.h"
#include "runtime/log.h"
#include "runtime/polling.h"
#include "runtime/settings.h"
#include "runtime/upkeep.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define POLL_MOST_MS     100 /* an idle worker looks around so often */
#define POLL_BUSY_MS     2   /* while something is under way */
#define BACKOFF_FIRST_US (50 * US_PER_MS)
#define BACKOFF_MOST_US  (2 * US_PER_SECOND)
#define AGAIN_MOST       1000
#define RECORD_BYTES     (1024 * 1024) /* of a topic that the catalogue does not have */
#define BATCH_MEMORY     ((size_t)128 * 1024 * 1024)
#define DUE_MEMORY       ((size_t)32 * 1024 * 1024)

struct worker {
    struct worker_plan plan;
    struct loop loop;
    struct consumer_listener listener;
    struct upkeep upkeep;
    char facts_name[128], dlq_name[128];
    const char **topics;
    struct text *kinds;
    int64_t backoff_us, backoff_until_us;
    enum batch_outcome last_outcome;
    enum status fate;
    struct error why;
    pthread_t thread;
    atomic_bool is_stopping, has_ended;
};

static void on_assigned(void *context, const int32_t *lanes, size_t count, const int32_t *left_out,
                        size_t left_count)
{
    struct worker *worker = context;
    struct error err;
    metric_add(worker->plan.metrics->rebalances, 1);
    upkeep_left_out(&worker->upkeep, &worker->loop, left_out, left_count);
    enum status status = lanes_take(&worker->loop, lanes, count, &err);
    if (status == STATUS_FATAL) {
        worker->fate = status;
        worker->why = err;
    } else if (status != STATUS_OK) {
        log_warn("lanes could not be taken yet", LOG_STRING("error", err.text));
    }
}

static void on_revoked(void *context, bool is_lost)
{
    struct worker *worker = context;
    lanes_release(&worker->loop, !is_lost);
    log_info("lanes revoked", LOG_NUMBER("lost", is_lost));
}

/* ---- one turn ---- */

static int poll_ms(const struct worker *worker)
{
    const struct loop *loop = &worker->loop;
    size_t ready = polling_queued(loop) + loop->due_count;
    int64_t now_us = time_monotonic_us();
    bool is_held_up = worker->backoff_until_us > now_us;
    if (!is_held_up && worker->last_outcome == BATCH_COMMITTED && ready > 0)
        return 0;
    if (ready > 0 || publisher_outstanding(loop->publisher) > 0)
        return is_held_up ? 10 : POLL_BUSY_MS;
    if (loop->kind_count == 0 || loop->must_retake)
        return POLL_MOST_MS;
    int64_t wait_us = loop->ask_at_us - now_us;
    if (wait_us <= 0)
        return 0;
    int64_t wait_ms = (wait_us + US_PER_MS - 1) / US_PER_MS;
    return wait_ms < POLL_MOST_MS ? (int)wait_ms : POLL_MOST_MS;
}

/* Rebalances come in here too: on_assigned and on_revoked run inside. */
static enum status poll_records(struct worker *worker, struct error *err)
{
    enum status status = polling_take(&worker->loop, poll_ms(worker), err);
    if (worker->fate == STATUS_OK)
        return status;
    *err = worker->why;
    return worker->fate;
}

static void back_off(struct worker *worker)
{
    worker->backoff_us = worker->backoff_us == 0 ? BACKOFF_FIRST_US : worker->backoff_us * 2;
    if (worker->backoff_us > BACKOFF_MOST_US)
        worker->backoff_us = BACKOFF_MOST_US;
    worker->backoff_until_us = time_monotonic_us() + worker->backoff_us;
}

/* Under a connection that is gone, or another one, nothing in memory can be trusted to be ours: a COMMIT
 * whose answer was lost may have happened. */
static void check_connection(struct loop *loop)
{
    if (!loop->must_retake &&
        (!postgres_is_connected(loop->db) || postgres_generation(loop->db) != loop->db_generation))
        loop_lose_all(loop);
}

static enum status retake(struct worker *worker, struct error *err)
{
    size_t count;
    const int32_t *lanes = consumer_lanes(worker->loop.consumer, &count);
    if (count == 0) {
        worker->loop.must_retake = false;
        return STATUS_OK;
    }
    return lanes_take(&worker->loop, lanes, count, err);
}

static enum status run_batches(struct worker *worker, struct error *err)
{
    struct loop *loop = &worker->loop;
    enum status status = alarm_listen(loop, err);
    worker->last_outcome = BATCH_IDLE;
    for (int i = 0; status == STATUS_OK && i < AGAIN_MOST; i++) {
        status = batch_run(loop, &worker->last_outcome, err);
        if (status != STATUS_OK || worker->last_outcome != BATCH_AGAIN)
            break;
        metric_add(worker->plan.metrics->rollbacks, 1);
        if (loop->must_retake) /* lanes were lost: not before the next poll */
            break;
    }
    return status;
}

static enum status work(struct worker *worker, struct error *err)
{
    struct loop *loop = &worker->loop;
    check_connection(loop);
    if (time_monotonic_us() < worker->backoff_until_us)
        return STATUS_OK;
    if (loop->must_retake) {
        enum status status = retake(worker, err);
        if (status != STATUS_OK || loop->must_retake)
            return status;
    }
    enum status status = run_batches(worker, err);
    if (status == STATUS_OK && loop->must_retake)
        back_off(worker);
    else if (status == STATUS_OK && worker->last_outcome == BATCH_COMMITTED)
        worker->backoff_us = 0;
    return status;
}

static enum status turn(struct worker *worker, struct error *err)
{
    struct loop *loop = &worker->loop;
    health_beat(worker->plan.number);
    enum status status = poll_records(worker, err);
    if (status != STATUS_OK)
        return status;
    status = publisher_poll(loop->publisher, 0, err);
    if (status != STATUS_OK)
        return status;
    status = work(worker, err);
    upkeep_survey(&worker->upkeep, loop);
    if (status == STATUS_TRANSIENT) {
        upkeep_trouble(loop, err);
        metric_add(worker->plan.metrics->rollbacks, 1);
        back_off(worker);
        return STATUS_OK;
    }
    if (status == STATUS_OK)
        upkeep_run(&worker->upkeep, loop);
    return status == STATUS_INVALID || status == STATUS_REFUSED
               ? fail_within(err, STATUS_FATAL, "unexpected %s", status_name(status))
               : status;
}

/* What is published but not confirmed is waited for, half the grace period at most; the ledger covers the
 * rest. */
static void finish(struct worker *worker)
{
    struct loop *loop = &worker->loop;
    int64_t until_us =
        time_monotonic_us() + settings_duration_us(worker->plan.settings, "SHUTDOWN_GRACE") / 2;
    struct error err;
    while (publisher_outstanding(loop->publisher) > 0 && time_monotonic_us() < until_us)
        if (publisher_poll(loop->publisher, 10, &err) != STATUS_OK)
            break;
    lanes_release(loop, true);
}

static void *run(void *context)
{
    struct worker *worker = context;
    char number[12];
    snprintf(number, sizeof number, "%d", worker->plan.number);
    log_context_set("worker", number);
    enum status status = STATUS_OK;
    struct error err;
    while (status == STATUS_OK && !atomic_load(&worker->is_stopping))
        status = turn(worker, &err);
    if (status == STATUS_OK)
        finish(worker);
    else
        log_error("the worker cannot go on", LOG_STRING("error", err.text));
    worker->fate = status;
    if (status != STATUS_OK)
        worker->why = err;
    lanes_release(&worker->loop, false);
    consumer_close(worker->loop.consumer);
    worker->loop.consumer = NULL;
    atomic_store(&worker->has_ended, true);
    return NULL;
}

/* ---- life ---- */

static void worker_free(struct worker *worker)
{
    struct loop *loop = &worker->loop;
    for (int32_t i = 0; loop->lanes != NULL && i < loop->lane_count; i++) {
        publication_release(loop->lanes[i].publication);
        lane_done(&loop->lanes[i]);
    }
    free(loop->lanes);
    consumer_close(loop->consumer);
    publisher_free(loop->publisher);
    wakeup_free(loop->wakeup);
    postgres_free(loop->db);
    arena_done(&loop->arena);
    arena_done(&loop->due_arena);
    upkeep_done(&worker->upkeep);
    free(worker->topics);
    free(worker->kinds);
    free(worker);
}

static int32_t max_record_bytes(const char *topic)
{
    const struct catalogue_topic *found = catalogue_find(text_of(topic));
    return found == NULL ? RECORD_BYTES : found->max_record_bytes;
}

static enum status describe(struct worker *worker, struct error *err)
{
    const struct service *service = worker->plan.service;
    struct loop *loop = &worker->loop;
    for (const struct input *input = service->inputs; input->topic != NULL; input++)
        loop->input_count++;
    for (const struct deadline_route *route = service->deadlines; route != NULL && route->kind != NULL;
         route++)
        loop->kind_count++;
    worker->topics = calloc(loop->input_count + 1, sizeof *worker->topics);
    worker->kinds = calloc(loop->kind_count + 1, sizeof *worker->kinds);
    loop->lanes = calloc((size_t)worker->plan.lane_count, sizeof *loop->lanes);
    if (worker->topics == NULL || worker->kinds == NULL || loop->lanes == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    for (size_t i = 0; i < loop->input_count; i++)
        worker->topics[i] = service->inputs[i].topic;
    for (size_t i = 0; service->deadlines != NULL && i < loop->kind_count; i++)
        worker->kinds[i] = text_of(service->deadlines[i].kind);
    loop->lane_count = worker->plan.lane_count;
    for (int32_t i = 0; i < loop->lane_count; i++)
        lane_init(&loop->lanes[i], i);
    snprintf(worker->facts_name, sizeof worker->facts_name, "aftercare.%s.v1", service->name);
    snprintf(worker->dlq_name, sizeof worker->dlq_name, "aftercare.%s.dlq.v1", service->name);
    loop->facts = (struct outbox_topic){worker->facts_name, max_record_bytes(worker->facts_name)};
    loop->dlq = (struct outbox_topic){worker->dlq_name, max_record_bytes(worker->dlq_name)};
    loop->topics = worker->topics;
    loop->kinds = worker->kinds;
    return STATUS_OK;
}

static enum status connect_all(struct worker *worker, struct error *err)
{
    const struct worker_plan *plan = &worker->plan;
    const struct settings *settings = plan->settings;
    const char *name = plan->service->name;
    struct loop *loop = &worker->loop;
    loop->db = postgres_new(settings_text(settings, "DATABASE_URL"), name, name);
    if (loop->db == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    enum status status =
        wakeup_new(settings_text(settings, "REDIS_URL"), name, worker->kinds, &loop->wakeup, err);
    if (status == STATUS_OK)
        status = publisher_new(settings, name, &loop->publisher, err);
    if (status != STATUS_OK)
        return STATUS_FATAL;
    publisher_touch(loop->publisher, worker->facts_name);
    publisher_touch(loop->publisher, worker->dlq_name);
    worker->listener = (struct consumer_listener){worker, on_assigned, on_revoked};
    return consumer_new(settings, name, worker->topics, loop->input_count, loop->lane_count,
                        &worker->listener, &loop->consumer, err);
}

enum status worker_start(const struct worker_plan *plan, struct worker **ret_worker, struct error *err)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    worker->plan = *plan;
    struct loop *loop = &worker->loop;
    loop->service = plan->service;
    loop->self = plan->self;
    loop->policies = plan->policies;
    loop->owner = plan->owner;
    loop->worker = plan->number;
    loop->metrics = plan->metrics;
    snprintf(loop->group, sizeof loop->group, "%s-%s", settings_text(plan->settings, "KAFKA_GROUP_PREFIX"),
             plan->service->name);
    loop->most_records = (size_t)settings_int(plan->settings, "BATCH_RECORDS");
    loop->most_bytes = (size_t)settings_int(plan->settings, "BATCH_BYTES");
    loop->most_pending = (size_t)settings_int(plan->settings, "PENDING_BYTES");
    loop->cap_now = loop->most_records;
    arena_init(&loop->arena, BATCH_MEMORY);
    arena_init(&loop->due_arena, DUE_MEMORY);
    upkeep_init(&worker->upkeep);
    enum status status = describe(worker, err);
    if (status == STATUS_OK)
        status = connect_all(worker, err);
    if (status == STATUS_OK && pthread_create(&worker->thread, NULL, run, worker) != 0)
        status = fail(err, STATUS_FATAL, "the worker's thread could not be started");
    if (status != STATUS_OK) {
        worker_free(worker);
        return status;
    }
    *ret_worker = worker;
    return STATUS_OK;
}

void worker_stop(struct worker *worker)
{
    atomic_store(&worker->is_stopping, true);
}

bool worker_has_ended(const struct worker *worker)
{
    return atomic_load(&worker->has_ended);
}

enum status worker_join(struct worker *worker, struct error *err)
{
    pthread_join(worker->thread, NULL);
    enum status status = worker->fate;
    if (status != STATUS_OK)
        *err = worker->why;
    worker_free(worker);
    return status;
}
