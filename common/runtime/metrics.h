/* SPDX-License-Identifier: Apache-2.0 */
/* Counters, gauges and histograms, rendered as OpenMetrics text for /metrics.
 *
 * A metric is registered once (at start, single-threaded or under the registry's lock) and updated from any
 * thread without a lock: values are atomics. Names follow Prometheus: base units, `_total` is added to
 * counters by the renderer, one help line each. Labels are few and bounded: never an id. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct metric; /* one time series; lives as long as the process */

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_HISTOGRAM };

/* A label set as alternating names and values, NULL-terminated: METRIC_LABELS("topic", topic, "lane", "3").
 */
#define METRIC_LABELS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define METRIC_NO_LABELS   ((const char *const[]){NULL})

/* The series of that name and those labels, made at the first call; all copies are its own. Every series of a
 * family must be asked for with the same kind and help. Never NULL: past 10,000 series one hidden series is
 * returned, and the loss is shown as aftercare_metrics_dropped_series. */
struct metric *metric_counter(const char *name, const char *help, const char *const labels[]);
struct metric *metric_gauge(const char *name, const char *help, const char *const labels[]);
/* Histogram of seconds with the fixed bounds 0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30 60
 * 300. */
struct metric *metric_histogram_seconds(const char *name, const char *help, const char *const labels[]);
/* Histogram of sizes: 1 2 5 10 20 50 100 200 500 1000. */
struct metric *metric_histogram_count(const char *name, const char *help, const char *const labels[]);

void metric_add(struct metric *metric, int64_t by);       /* counters; gauges too, negative allowed there */
void metric_set(struct metric *metric, double value);     /* gauges */
void metric_observe(struct metric *metric, double value); /* histograms: seconds, or a count */
double metric_value(
    const struct metric *metric); /* for tests: the counter's or gauge's value, a histogram's count */

/* The whole page, ending in "# EOF\n"; malloc'ed, the caller frees. NULL when out of memory. */
char *metrics_render(size_t *ret_len);
