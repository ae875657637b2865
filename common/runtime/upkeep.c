/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/upkeep.h"

#include "core/time.h"
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

static void report(const struct upkeep *upkeep, const struct loop *loop)
{
    int32_t held[LOOP_MOST_LANES] = {0};
    size_t count = 0, stuck = 0;
    for (int32_t i = 0; i < loop->lane_count && count < LOOP_MOST_LANES; i++) {
        if (loop->lanes[i].is_held)
            held[count++] = i;
        stuck += loop->lanes[i].is_stuck;
    }
    char text[400];
    list_lanes(held, count, text, sizeof text);
    health_lanes(loop->worker, text, upkeep->left_out);
    health_set("lanes", stuck == 0, true,
               stuck == 0 ? "" : "an offset of the ledger is gone in Kafka: aftercare lane");
    health_set("postgres", true, true, "");
    health_set("redis", wakeup_is_up(loop->wakeup), false,
               wakeup_is_up(loop->wakeup) ? "" : wakeup_why(loop->wakeup));
}

static void vacuum(struct loop *loop)
{
    struct error err;
    if (ledger_vacuum(loop->db, &err) != STATUS_OK)
        log_warn("VACUUM of the ledger failed", LOG_STRING("error", err.text));
}

static void forget(struct loop *loop)
{
    struct error err;
    int64_t deleted = 0;
    arena_reset(&loop->arena);
    if (repeats_forget(loop->db, REPEATS_KEEP_US, FORGET_MOST, &loop->arena, &deleted, &err) != STATUS_OK)
        log_warn("old repeats could not be forgotten", LOG_STRING("error", err.text));
}

void upkeep_run(struct upkeep *upkeep, struct loop *loop)
{
    int64_t now_us = time_monotonic_us();
    if (now_us >= upkeep->survey_at_us) {
        upkeep->survey_at_us = now_us + SURVEY_US;
        loop_metrics_survey(loop);
        report(upkeep, loop);
    }
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
        upkeep->forget_at_us = now_us + FORGET_US;
        forget(loop);
    }
}

void upkeep_trouble(struct upkeep *upkeep, struct loop *loop, const struct error *err)
{
    upkeep->survey_at_us = 0;
    if (!postgres_is_connected(loop->db))
        health_set("postgres", false, true, err->text);
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
