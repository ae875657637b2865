/* SPDX-License-Identifier: Apache-2.0 */
/* What SREs see of the loop; docs name every series. One set per process, shared by its workers. */
#pragma once

#include "runtime/loop.h"
#include "runtime/metrics.h"

struct attempt;

struct loop_metrics {
    struct metric *records[5]; /* by enum decoded_as: applied, buried, repeated, held back, unused */
    struct metric *buried;
    struct metric *batches, *rollbacks, *fenced, *takings;
    struct metric *batch_records, *batch_seconds;
    struct metric *record_latency; /* from Kafka's timestamp to COMMIT */
    struct metric *outputs;
    struct metric *deadlines_fired, *deadline_lateness;
    struct metric *redis_up;
};

/* Registers the series for a service; call once. */
void loop_metrics_init(struct loop_metrics *metrics, const char *service);
/* After a COMMIT. */
void loop_metrics_batch(struct loop *loop, const struct attempt *attempt);
/* Now and then: lag per topic and lane, pending records, lanes held. */
void loop_metrics_survey(struct loop *loop);
