/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/health.h"

#include "core/time.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COMPONENTS_MOST 16
#define BEAT_MOST_US    (60 * US_PER_SECOND)
_Static_assert(HEALTH_WORKERS_MOST <= 64, "a bit per worker");

struct component {
    const char *name;
    bool is_well, is_required;
    bool is_ill_for_all; /* said for the whole process */
    uint64_t is_ill_for; /* a bit per worker */
    int64_t since_us;
    char detail[200];
};

struct worker_lanes {
    bool is_used;
    char held[400], left_out[200];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct component components[COMPONENTS_MOST];
static size_t component_count;
static struct worker_lanes workers[HEALTH_WORKERS_MOST];
static _Atomic int64_t beats[HEALTH_WORKERS_MOST]; /* monotonic; 0: no such worker */
static atomic_bool is_draining;

/* Under the lock; NULL: there are too many. */
static struct component *find(const char *name)
{
    size_t i = 0;
    while (i < component_count && strcmp(components[i].name, name) != 0)
        i++;
    if (i == COMPONENTS_MOST)
        return NULL;
    if (i == component_count)
        components[component_count++] = (struct component){.name = name, .is_well = true};
    return &components[i];
}

/* Under the lock. What an ill reporter says stays until the last of them is well again. */
static void conclude(struct component *at, bool is_well, bool is_required, const char *detail)
{
    bool is_all_well = !at->is_ill_for_all && at->is_ill_for == 0;
    at->is_required = is_required;
    if (is_all_well != at->is_well || at->since_us == 0)
        at->since_us = time_wall_us();
    at->is_well = is_all_well;
    if (!is_well || is_all_well)
        snprintf(at->detail, sizeof at->detail, "%s", detail == NULL ? "" : detail);
}

void health_set(const char *component, bool is_well, bool is_required, const char *detail)
{
    pthread_mutex_lock(&lock);
    struct component *at = find(component);
    if (at != NULL) {
        at->is_ill_for_all = !is_well;
        conclude(at, is_well, is_required, detail);
    }
    pthread_mutex_unlock(&lock);
}

void health_set_by(int worker, const char *component, bool is_well, bool is_required, const char *detail)
{
    if (worker < 0 || worker >= HEALTH_WORKERS_MOST)
        return;
    uint64_t bit = UINT64_C(1) << worker;
    pthread_mutex_lock(&lock);
    struct component *at = find(component);
    if (at != NULL) {
        at->is_ill_for = is_well ? at->is_ill_for & ~bit : at->is_ill_for | bit;
        conclude(at, is_well, is_required, detail);
    }
    pthread_mutex_unlock(&lock);
}

void health_lanes(int worker, const char *held, const char *left_out)
{
    if (worker < 0 || worker >= HEALTH_WORKERS_MOST)
        return;
    pthread_mutex_lock(&lock);
    workers[worker].is_used = true;
    snprintf(workers[worker].held, sizeof workers[worker].held, "%s", held);
    snprintf(workers[worker].left_out, sizeof workers[worker].left_out, "%s", left_out);
    pthread_mutex_unlock(&lock);
}

void health_beat(int worker)
{
    if (worker >= 0 && worker < HEALTH_WORKERS_MOST)
        atomic_store(&beats[worker], time_monotonic_us());
}

void health_drain(void)
{
    atomic_store(&is_draining, true);
}

bool health_is_live(void)
{
    int64_t now_us = time_monotonic_us();
    for (int i = 0; i < HEALTH_WORKERS_MOST; i++) {
        int64_t beat_us = atomic_load(&beats[i]);
        if (beat_us != 0 && now_us - beat_us > BEAT_MOST_US)
            return false;
    }
    return true;
}

bool health_is_ready(void)
{
    bool is_ready = !atomic_load(&is_draining);
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < component_count; i++)
        is_ready = is_ready && (components[i].is_well || !components[i].is_required);
    pthread_mutex_unlock(&lock);
    return is_ready;
}

char *health_text(size_t *ret_len)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, ret_len);
    if (out == NULL)
        return NULL;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < component_count; i++) {
        const struct component *at = &components[i];
        char since[TIME_TEXT_LEN + 1];
        fprintf(out, "[%c]%s %s since %s%s%s%s\n", at->is_well ? '+' : '-', at->name,
                at->is_well ? "ok" : "failing", time_format(at->since_us, since),
                at->detail[0] == '\0' ? "" : ": ", at->detail, at->is_required ? "" : " (not required)");
    }
    for (int i = 0; i < HEALTH_WORKERS_MOST; i++)
        if (workers[i].is_used)
            fprintf(out, "[+]worker %d lanes held: %s; left out: %s\n", i, workers[i].held,
                    workers[i].left_out);
    pthread_mutex_unlock(&lock);
    fprintf(out, "%s\n", atomic_load(&is_draining) ? "[-]stopping" : "[+]running");
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
