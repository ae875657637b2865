/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/metrics.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERIES_MOST 10000
#define BOUNDS_MOST 16
#define LABELS_LEN  256
#define NAME_LEN    96
#define HELP_LEN    160

static const double seconds_bounds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                        0.5,   1,      2.5,   5,    10,    30,   60,  300};
static const double count_bounds[] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000};

struct metric {
    struct metric *next;     /* of its family */
    char labels[LABELS_LEN]; /* a="b",c="d" */
    const double *bounds;
    size_t bound_count;
    _Atomic int64_t count;                /* counters; histograms: observations */
    _Atomic double value;                 /* gauges; histograms: sum */
    _Atomic int64_t buckets[BOUNDS_MOST]; /* histograms, not cumulative */
};

struct family {
    struct family *next;
    char name[NAME_LEN], help[HELP_LEN];
    enum metric_kind kind;
    struct metric *first, **end;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct family *families;
static struct family **families_end = &families;
static size_t series_count;
static _Atomic int64_t dropped;
static struct metric hidden;

static struct family *find_family(const char *name, const char *help, enum metric_kind kind)
{
    for (struct family *at = families; at != NULL; at = at->next)
        if (strcmp(at->name, name) == 0)
            return at->kind == kind ? at : NULL;
    struct family *family = calloc(1, sizeof *family);
    if (family == NULL)
        return NULL;
    snprintf(family->name, sizeof family->name, "%s", name);
    snprintf(family->help, sizeof family->help, "%s", help);
    family->kind = kind;
    family->end = &family->first;
    *families_end = family;
    families_end = &family->next;
    return family;
}

static bool write_labels(const char *const labels[], char to[LABELS_LEN])
{
    size_t len = 0;
    to[0] = '\0';
    for (size_t i = 0; labels[i] != NULL && labels[i + 1] != NULL; i += 2) {
        int added = snprintf(to + len, LABELS_LEN - len, "%s%s=\"", i == 0 ? "" : ",", labels[i]);
        if (added < 0 || (size_t)added >= LABELS_LEN - len)
            return false;
        len += (size_t)added;
        for (const char *c = labels[i + 1]; *c != '\0'; c++) {
            if (len + 4 >= LABELS_LEN)
                return false;
            if (*c == '"' || *c == '\\' || *c == '\n')
                to[len++] = '\\';
            to[len++] = *c == '\n' ? 'n' : *c;
        }
        if (len + 2 >= LABELS_LEN)
            return false;
        to[len++] = '"';
        to[len] = '\0';
    }
    return true;
}

static struct metric *find_series(struct family *family, const char *labels, const double *bounds,
                                  size_t bound_count)
{
    for (struct metric *at = family->first; at != NULL; at = at->next)
        if (strcmp(at->labels, labels) == 0)
            return at;
    if (series_count >= SERIES_MOST)
        return NULL;
    struct metric *metric = calloc(1, sizeof *metric);
    if (metric == NULL)
        return NULL;
    series_count++;
    metric->bounds = bounds;
    metric->bound_count = bound_count;
    snprintf(metric->labels, sizeof metric->labels, "%s", labels);
    *family->end = metric;
    family->end = &metric->next;
    return metric;
}

static struct metric *obtain(const char *name, const char *help, const char *const labels[],
                             enum metric_kind kind, const double *bounds, size_t bound_count)
{
    char written[LABELS_LEN];
    pthread_mutex_lock(&lock);
    struct metric *metric = NULL;
    if (write_labels(labels, written)) {
        struct family *family = find_family(name, help, kind);
        metric = family == NULL ? NULL : find_series(family, written, bounds, bound_count);
    }
    pthread_mutex_unlock(&lock);
    if (metric == NULL) {
        atomic_fetch_add(&dropped, 1);
        metric = &hidden;
    }
    return metric;
}

struct metric *metric_counter(const char *name, const char *help, const char *const labels[])
{
    return obtain(name, help, labels, METRIC_COUNTER, NULL, 0);
}

struct metric *metric_gauge(const char *name, const char *help, const char *const labels[])
{
    return obtain(name, help, labels, METRIC_GAUGE, NULL, 0);
}

struct metric *metric_histogram_seconds(const char *name, const char *help, const char *const labels[])
{
    return obtain(name, help, labels, METRIC_HISTOGRAM, seconds_bounds,
                  sizeof seconds_bounds / sizeof(double));
}

struct metric *metric_histogram_count(const char *name, const char *help, const char *const labels[])
{
    return obtain(name, help, labels, METRIC_HISTOGRAM, count_bounds, sizeof count_bounds / sizeof(double));
}

static void add_double(_Atomic double *to, double by)
{
    double before = atomic_load_explicit(to, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(to, &before, before + by, memory_order_relaxed,
                                                  memory_order_relaxed)) {
    }
}

void metric_add(struct metric *metric, int64_t by)
{
    atomic_fetch_add_explicit(&metric->count, by, memory_order_relaxed);
    add_double(&metric->value, (double)by);
}

void metric_set(struct metric *metric, double value)
{
    atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

void metric_observe(struct metric *metric, double value)
{
    for (size_t i = 0; i < metric->bound_count; i++) {
        if (value <= metric->bounds[i]) {
            atomic_fetch_add_explicit(&metric->buckets[i], 1, memory_order_relaxed);
            break;
        }
    }
    atomic_fetch_add_explicit(&metric->count, 1, memory_order_relaxed);
    add_double(&metric->value, value);
}

double metric_value(const struct metric *metric)
{
    if (metric->bound_count > 0)
        return (double)atomic_load(&metric->count);
    return atomic_load(&metric->value);
}

/* ---- rendering ---- */

static void print_number(FILE *out, double value)
{
    if (value == floor(value) && fabs(value) < 1e15)
        fprintf(out, "%.0f\n", value);
    else
        fprintf(out, "%.9g\n", value);
}

static void print_name(FILE *out, const char *name, const char *suffix, const char *labels, const char *le)
{
    fprintf(out, "%s%s", name, suffix);
    if (labels[0] != '\0' || le != NULL) {
        fprintf(out, "{%s", labels);
        if (le != NULL)
            fprintf(out, "%sle=\"%s\"", labels[0] == '\0' ? "" : ",", le);
        fputc('}', out);
    }
    fputc(' ', out);
}

static void print_histogram(FILE *out, const struct family *family, const struct metric *metric)
{
    int64_t total = atomic_load(&metric->count), below = 0;
    for (size_t i = 0; i < metric->bound_count; i++) {
        char bound[24];
        snprintf(bound, sizeof bound, "%g", metric->bounds[i]);
        below += atomic_load(&metric->buckets[i]);
        print_name(out, family->name, "_bucket", metric->labels, bound);
        print_number(out, (double)(below < total ? below : total));
    }
    print_name(out, family->name, "_bucket", metric->labels, "+Inf");
    print_number(out, (double)total);
    print_name(out, family->name, "_sum", metric->labels, NULL);
    print_number(out, atomic_load(&metric->value));
    print_name(out, family->name, "_count", metric->labels, NULL);
    print_number(out, (double)total);
}

static void print_family(FILE *out, const struct family *family)
{
    static const char *const kinds[] = {"counter", "gauge", "histogram"};
    fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", family->name, family->help, family->name,
            kinds[family->kind]);
    for (const struct metric *metric = family->first; metric != NULL; metric = metric->next) {
        if (family->kind == METRIC_HISTOGRAM) {
            print_histogram(out, family, metric);
            continue;
        }
        print_name(out, family->name, family->kind == METRIC_COUNTER ? "_total" : "", metric->labels, NULL);
        print_number(out, atomic_load(&metric->value));
    }
}

char *metrics_render(size_t *ret_len)
{
    char *page = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&page, &len);
    if (out == NULL)
        return NULL;
    pthread_mutex_lock(&lock);
    for (const struct family *family = families; family != NULL; family = family->next)
        print_family(out, family);
    pthread_mutex_unlock(&lock);
    fprintf(out,
            "# HELP aftercare_metrics_dropped_series Series that did not fit.\n"
            "# TYPE aftercare_metrics_dropped_series counter\naftercare_metrics_dropped_series_total %lld\n# "
            "EOF\n",
            (long long)atomic_load(&dropped));
    if (fclose(out) != 0) {
        free(page);
        return NULL;
    }
    *ret_len = len;
    return page;
}
