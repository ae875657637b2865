/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/service.h"

#include "core/time.h"
#include "runtime/front.h"
#include "runtime/health.h"
#include "runtime/log.h"
#include "runtime/options.h"
#include "runtime/policy.h"
#include "runtime/preflight.h"
#include "runtime/settings.h"
#include "runtime/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define EXIT_SETTINGS 64 /* a wrong setting or policy: restarting will not help */
#define LOOK_MS       200
/* What has not started is not ready, however little is known of its surroundings. */
#define COMPONENT_STARTUP "startup"

struct process {
    const struct service *service;
    struct settings *settings;
    struct policy_holder *policies;
    void *self;
    struct front *front;
    struct loop_metrics metrics;
    struct worker *workers[HEALTH_WORKERS_MOST];
    int worker_count;
    atomic_bool is_stopping;
    pthread_t signals;
};

/* ---- signals: one thread waits for all of them, so nothing runs in a handler ---- */

static void fill_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGUSR2);
}

static void reload(struct process *process)
{
    if (process->policies == NULL)
        return;
    struct policy_problems *problems = calloc(1, sizeof *problems);
    if (problems == NULL)
        return;
    if (policy_holder_reload(process->policies, problems) == STATUS_OK)
        log_info("policies reloaded", LOG_NUMBER("ok", 1));
    for (size_t i = 0; i < problems->count; i++)
        log_error("the policies on disk are wrong, the old ones stay",
                  LOG_STRING("error", problems->list[i].text));
    free(problems);
}

/* The next signal; 0 when none came before `until_us` (monotonic). */
static int next_signal(const sigset_t *set, int64_t until_us)
{
    int64_t wait_us = until_us - time_monotonic_us();
    if (wait_us <= 0)
        return 0;
    const struct timespec wait = {.tv_sec = (time_t)(wait_us / US_PER_SECOND),
                                  .tv_nsec = (long)(wait_us % US_PER_SECOND) * 1000};
    int signal = sigtimedwait(set, NULL, &wait);
    return signal > 0 ? signal : 0;
}

/* Something that never answers, a frozen Postgres for one, must not hold up the stop: the ledger covers what
 * was under way, as it does after a crash. */
static void give_up_waiting(void)
{
    log_error("not stopped within SHUTDOWN_GRACE: leaving at once", LOG_NUMBER("ok", 0));
    _exit(EXIT_FAILURE);
}

static void *wait_for_signals(void *context)
{
    struct process *process = context;
    int64_t until_us = INT64_MAX;
    sigset_t set;
    fill_signals(&set);
    for (;;) {
        int signal = next_signal(&set, until_us);
        if (signal == SIGUSR2) /* our own: the process ends */
            return NULL;
        if (signal == 0 && time_monotonic_us() >= until_us)
            give_up_waiting();
        if (signal == SIGHUP)
            reload(process);
        if ((signal != SIGTERM && signal != SIGINT) || atomic_load(&process->is_stopping))
            continue;
        log_info("stopping", LOG_NUMBER("signal", signal));
        until_us = time_monotonic_us() + settings_duration_us(process->settings, "SHUTDOWN_GRACE");
        health_drain();
        atomic_store(&process->is_stopping, true);
    }
}

/* ---- life ---- */

static enum status start_workers(struct process *process, int32_t lane_count, struct error *err)
{
    struct worker_plan plan = {.service = process->service,
                               .self = process->self,
                               .settings = process->settings,
                               .policies = process->policies,
                               .metrics = &process->metrics,
                               .owner = uuid_random(),
                               .lane_count = lane_count};
    int count = (int)settings_int(process->settings, "WORKERS");
    for (plan.number = 0; plan.number < count; plan.number++) {
        enum status status = worker_start(&plan, &process->workers[plan.number], err);
        if (status != STATUS_OK)
            return status;
        process->worker_count++;
    }
    return STATUS_OK;
}

/* Until a signal comes, or a worker ends because it cannot go on. */
static void watch(struct process *process)
{
    struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
    while (!atomic_load(&process->is_stopping)) {
        nanosleep(&pause, NULL);
        for (int i = 0; i < process->worker_count; i++)
            if (worker_has_ended(process->workers[i]))
                return;
    }
}

static enum status stop_workers(struct process *process, struct error *err)
{
    enum status worst = STATUS_OK;
    health_drain();
    for (int i = 0; i < process->worker_count; i++)
        worker_stop(process->workers[i]);
    for (int i = 0; i < process->worker_count; i++) {
        struct error why;
        enum status status = worker_join(process->workers[i], &why);
        if (status == STATUS_OK)
            continue;
        worst = status;
        *err = why;
    }
    process->worker_count = 0;
    return worst;
}

static enum status run(struct process *process, struct error *err)
{
    const struct service *service = process->service;
    health_set(COMPONENT_STARTUP, false, true, "not done yet");
    /* The door opens first: /livez answers while Kafka and Postgres are still coming up. */
    enum status status = front_open(service, process->settings, process->policies, &process->front, err);
    if (status == STATUS_OK && service->open != NULL)
        status = service->open(process->settings, &process->self, err);
    if (status != STATUS_OK)
        return status;
    front_set_self(process->front, process->self);
    int connections = (int)settings_int(process->settings, "WORKERS") + front_reader_count(process->front);
    int32_t lane_count;
    status = preflight(service, process->settings, connections, &process->is_stopping, &lane_count, err);
    if (status == STATUS_TRANSIENT)
        return STATUS_OK; /* told to stop before it could start */
    if (status == STATUS_OK)
        status = start_workers(process, lane_count, err);
    if (status == STATUS_OK) {
        health_set(COMPONENT_STARTUP, true, true, "");
        log_info("started", LOG_NUMBER("workers", process->worker_count), LOG_NUMBER("lanes", lane_count),
                 LOG_NUMBER("http_port", front_port(process->front)));
        watch(process);
    }
    struct error stop_err;
    enum status stopped = stop_workers(process, &stop_err);
    if (status == STATUS_OK && stopped != STATUS_OK) {
        status = stopped;
        *err = stop_err;
    }
    return status;
}

static void clean_up(struct process *process)
{
    front_close(process->front);
    if (process->service->close != NULL && process->self != NULL)
        process->service->close(process->self);
    policy_holder_free(process->policies);
    settings_free(process->settings);
}

int service_main(const struct service *service, int argc, char **argv)
{
    struct process *process = calloc(1, sizeof *process);
    if (process == NULL)
        return EXIT_FAILURE;
    process->service = service;
    int code;
    if (!options_read(service, argc, argv, &process->settings, &process->policies, &code)) {
        clean_up(process);
        free(process);
        return code;
    }
    sigset_t set;
    fill_signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL); /* every thread from here on inherits it */
    signal(SIGPIPE, SIG_IGN);
    loop_metrics_init(&process->metrics, service);
    if (pthread_create(&process->signals, NULL, wait_for_signals, process) != 0)
        return EXIT_FAILURE;
    struct error err;
    enum status status = run(process, &err);
    if (status != STATUS_OK)
        log_error("cannot go on", LOG_STRING("error", err.text));
    else
        log_info("stopped", LOG_NUMBER("ok", 1));
    pthread_kill(process->signals, SIGUSR2);
    pthread_join(process->signals, NULL);
    clean_up(process);
    free(process);
    return status == STATUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
