/* SPDX-License-Identifier: Apache-2.0 */
/* What SREs see of the loop; docs name every series. One set per process, shared by its workers. */
#pragma once

#include "runtime/ledger.h"
#include "runtime/loop.h"
#include "runtime/metrics.h"

struct attempt;
struct decoded;

#define LOOP_METRICS_ROUTES 128

struct loop_metrics {
    const char *service;
    struct metric
        *records[5]; /* without a type, by enum decoded_as: applied, buried, repeated, held back, unused */
    struct {
        const struct route *route;
        struct metric *applied;
    } routes[LOOP_METRICS_ROUTES];
    size_t route_count;
    struct metric *batches, *rollbacks, *fenced, *takings;
    struct metric *batch_records, *batch_seconds;
    struct metric *record_latency; /* from Kafka's timestamp to COMMIT */
    struct metric *outputs;
    struct metric *deadlines_fired, *deadline_lateness, *deadline_rebuilds;
    struct metric *rebalances;
    struct metric *redis_up;
};

/* Registers the series for a service; call once. */
void loop_metrics_init(struct loop_metrics *metrics, const struct service *service);
/* A record that a committed batch has dealt with. */
void loop_metrics_record(struct loop_metrics *metrics, const struct decoded *item);
/* A deadline that went to the DLQ. */
void loop_metrics_buried(struct loop_metrics *metrics, const char *reason);
/* After a COMMIT. */
void loop_metrics_batch(struct loop *loop, const struct attempt *attempt);
/* Now and then: lag per topic and lane, pending records, lanes held. */
void loop_metrics_survey(struct loop *loop);
/* Less often: what Postgres was asked about the ledger and the deadlines of the worker's lanes. */
void loop_metrics_measured(const struct loop *loop, const struct ledger_measure *measure);
