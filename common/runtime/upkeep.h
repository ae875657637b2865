/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker does now and then, between batches: measure, report health, give dead rows back, forget old
 * repeats. */
#pragma once

#include "core/status.h"
#include "runtime/loop.h"

#include <stdbool.h>
#include <stdint.h>

struct upkeep {
    int64_t survey_at_us, vacuum_at_us, forget_at_us, measure_at_us; /* monotonic */
    int64_t batches_at_vacuum;
    bool has_old_hole;  /* said in the log */
    char left_out[200]; /* lanes the group gave only in part */
};

void upkeep_init(struct upkeep *upkeep);
void upkeep_done(struct upkeep *upkeep);
/* Metrics and health, once a second, in good times and bad. */
void upkeep_survey(struct upkeep *upkeep, struct loop *loop);
/* Does what is due in Postgres; failures are logged, never passed on. */
void upkeep_run(struct upkeep *upkeep, struct loop *loop);
/* A turn has failed for the time being. */
void upkeep_trouble(const struct loop *loop, const struct error *err);
/* The group gave these lanes only in part: named in /readyz and a metric. */
void upkeep_left_out(struct upkeep *upkeep, struct loop *loop, const int32_t *lanes, size_t count);
