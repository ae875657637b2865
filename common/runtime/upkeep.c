/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/upkeep.h"

#include "core/time.h"
#include "runtime/consumer.h"
#include "runtime/health.h"
#include "runtime/ledger.h"
#include "runtime/log.h"
#include "runtime/loop_metrics.h"
#include "runtime/repeats.h"

#include <stdio.h>
#include <string.h>

#define SURVEY_US      US_PER_SECOND
#define VACUUM_US      (20 * US_PER_SECOND)
#define VACUUM_BATCHES 2000
#define FORGET_US      (60 * US_PER_SECOND)
#define FORGET_MOST    5000
#define FORGET_MORE_US (200 * US_PER_MS) /* while there is more of them */
#define MEASURE_US     (15 * US_PER_SECOND)
#define HOLE_MOST_US   (10 * US_PER_SECOND) /* by then its writer has published the batch again */
/* Longer than the longest topic is kept, so that whatever can be read again is known. */
#define REPEATS_KEEP_US (31 * US_PER_DAY)

void upkeep_init(struct upkeep *upkeep)
{
    int64_t now_us = time_monotonic_us();
    *upkeep = (struct upkeep){.vacuum_at_us = now_us + VACUUM_US, .forget_at_us = now_us + FORGET_US};
    snprintf(upkeep->left_out, sizeof upkeep->left_out, "none");
}

void upkeep_done(struct upkeep *upkeep)
{
    (void)upkeep;
}

static void list_lanes(const int32_t *lanes, size_t count, char *to, size_t size)
{
    size_t len = 0;
    snprintf(to, size, "none");
    for (size_t i = 0; i < count && len + 16 < size; i++)
        len += (size_t)snprintf(to + len, size - len, "%s%d", i == 0 ? "" : ",", (int)lanes[i]);
}

static size_t held_lanes(const struct loop *loop, int32_t held[LOOP_MOST_LANES])
{
    size_t count = 0;
    for (int32_t i = 0; i < loop->lane_count && count < LOOP_MOST_LANES; i++)
        if (loop->lanes[i].is_held)
            held[count++] = i;
    return count;
}

static void report_lanes(const struct upkeep *upkeep, const struct loop *loop)
{
    int32_t held[LOOP_MOST_LANES] = {0};
    size_t stuck = 0;
    char text[400];
    for (int32_t i = 0; i < loop->lane_count; i++)
        stuck += loop->lanes[i].is_stuck;
    list_lanes(held, held_lanes(loop, held), text, sizeof text);
    health_lanes(loop->worker, text, upkeep->left_out);
    health_set_by(loop->worker, "lanes", stuck == 0, true,
                  stuck == 0 ? "" : "an offset of the ledger is gone in Kafka: aftercare lane");
}

/* A hole heals when its writer publishes the batch again. One that stays means that a fact is lost. */
static void report_holes(struct upkeep *upkeep, const struct loop *loop)
{
    const struct lane_state *found = NULL;
    int64_t now_us = time_monotonic_us();
    for (int32_t i = 0; i < loop->lane_count; i++) {
        const struct lane_state *lane = &loop->lanes[i];
        if (lane->is_held && lane->hole.is_open && now_us - lane->hole.since_us > HOLE_MOST_US)
            found = lane;
    }
    health_set_by(loop->worker, "facts", found == NULL, true,
                  found == NULL ? "" : "a fact's predecessor does not arrive; see the log");
    if (found != NULL && !upkeep->has_old_hole)
        log_error("a fact was left out because its predecessor does not arrive",
                  LOG_STRING("topic", loop->topics[found->hole.input]), LOG_NUMBER("lane", found->number),
                  LOG_STRING("writer", found->hole.service), LOG_NUMBER("writer_lane", found->hole.lane),
                  LOG_NUMBER("number", found->hole.wanted));
    upkeep->has_old_hole = found != NULL;
}

static void report(struct upkeep *upkeep, const struct loop *loop)
{
    report_lanes(upkeep, loop);
    report_holes(upkeep, loop);
    bool is_up = consumer_is_up(loop->consumer);
    health_set_by(loop->worker, "kafka", is_up, false, is_up ? "" : "no broker answers");
    if (postgres_is_connected(loop->db))
        health_set_by(loop->worker, "postgres", true, true, "");
    is_up = wakeup_is_up(loop->wakeup);
    health_set_by(loop->worker, "redis", is_up, false, is_up ? "" : wakeup_why(loop->wakeup));
}

static void measure(struct loop *loop)
{
    int32_t held[LOOP_MOST_LANES] = {0};
    struct ledger_measure found;
    struct error err;
    arena_reset(&loop->arena);
    if (ledger_measure(loop->db, held, held_lanes(loop, held), &loop->arena, &found, &err) == STATUS_OK)
        loop_metrics_measured(loop, &found);
    else
        log_warn("the ledger could not be measured", LOG_STRING("error", err.text));
}

static void vacuum(struct loop *loop)
{
    struct error err;
    if (ledger_vacuum(loop->db, &err) != STATUS_OK)
        log_warn("VACUUM of the ledger failed", LOG_STRING("error", err.text));
}

/* True when there may be more of them. */
static bool forget(struct loop *loop)
{
    struct error err;
    int64_t deleted = 0;
    arena_reset(&loop->arena);
    if (repeats_forget(loop->db, REPEATS_KEEP_US, FORGET_MOST, &loop->arena, &deleted, &err) != STATUS_OK)
        log_warn("old repeats could not be forgotten", LOG_STRING("error", err.text));
    return deleted == FORGET_MOST;
}

void upkeep_survey(struct upkeep *upkeep, struct loop *loop)
{
    int64_t now_us = time_monotonic_us();
    if (now_us < upkeep->survey_at_us)
        return;
    upkeep->survey_at_us = now_us + SURVEY_US;
    loop_metrics_survey(loop);
    report(upkeep, loop);
}

void upkeep_run(struct upkeep *upkeep, struct loop *loop)
{
    int64_t now_us = time_monotonic_us();
    if (!postgres_is_connected(loop->db))
        return;
    int64_t batches = (int64_t)metric_value(loop->metrics->batches);
    bool is_used = batches > upkeep->batches_at_vacuum;
    if ((now_us >= upkeep->vacuum_at_us && is_used) || batches - upkeep->batches_at_vacuum > VACUUM_BATCHES) {
        upkeep->vacuum_at_us = now_us + VACUUM_US;
        upkeep->batches_at_vacuum = batches;
        vacuum(loop);
    }
    if (now_us >= upkeep->forget_at_us) {
        upkeep->forget_at_us = now_us + (forget(loop) ? FORGET_MORE_US : FORGET_US);
    }
    if (now_us >= upkeep->measure_at_us && postgres_is_connected(loop->db)) {
        upkeep->measure_at_us = now_us + MEASURE_US;
        measure(loop);
    }
}

void upkeep_trouble(const struct loop *loop, const struct error *err)
{
    if (!postgres_is_connected(loop->db))
        health_set_by(loop->worker, "postgres", false, true, err->text);
    log_warn("a batch failed for the time being", LOG_STRING("error", err->text));
}

void upkeep_left_out(struct upkeep *upkeep, struct loop *loop, const int32_t *lanes, size_t count)
{
    list_lanes(lanes, count, upkeep->left_out, sizeof upkeep->left_out);
    char number[12];
    snprintf(number, sizeof number, "%d", loop->worker);
    metric_set(metric_gauge("aftercare_lanes_left_out",
                            "Lanes the group gave only in part, while versions are mixed.",
                            METRIC_LABELS("service", loop->service->name, "worker", number)),
               (double)count);
    if (count > 0)
        log_warn("lanes left out: the group gave them only in part", LOG_STRING("lanes", upkeep->left_out));
    upkeep->survey_at_us = 0;
}
