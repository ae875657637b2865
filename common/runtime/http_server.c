/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/http_server.h"

#include "core/time.h"
#include "runtime/http_exchange.h"
#include "runtime/log.h"
#include "runtime/metrics.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define CONNECTION_BYTES ((size_t)8192)
#define STOP_WAIT_US     US_PER_SECOND

static void fill_defaults(struct http_plan *plan)
{
    if (plan->reader_count == 0)
        plan->reader_count = 2;
    if (plan->body_bytes_most == 0)
        plan->body_bytes_most = (size_t)1024 * 1024;
    if (plan->bodies_bytes_most == 0)
        plan->bodies_bytes_most = (size_t)64 * 1024 * 1024;
    if (plan->connections_most == 0)
        plan->connections_most = 4096;
    if (plan->suspended_most == 0)
        plan->suspended_most = 1024;
    if (plan->suspend_ms == 0)
        plan->suspend_ms = 5000;
    if (plan->receive_ms == 0)
        plan->receive_ms = 30000;
    if (plan->idle_s == 0)
        plan->idle_s = 15;
}

static bool needs_readers(const struct http_plan *plan)
{
    for (size_t t = 0; t < HTTP_TABLES_MOST; t++)
        for (const struct http_route *route = plan->tables[t]; route != NULL && route->path != NULL; route++)
            if (route->is_reader)
                return true;
    return false;
}

static struct http_server *make_server(const struct http_plan *plan)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return NULL;
    server->plan = *plan;
    fill_defaults(&server->plan);
    if (!needs_readers(plan))
        server->plan.reader_count = 0;
    server->keys = plan->keys;
    atomic_init(&server->refs, 1);
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->timer_wakes, &clock);
    pthread_cond_init(&server->reader_wakes, &clock);
    pthread_cond_init(&server->exchange_ends, &clock);
    pthread_condattr_destroy(&clock);
    server->suspended_gauge =
        metric_gauge("aftercare_http_suspended", "HTTP requests that wait for something.", METRIC_NO_LABELS);
    server->connections_gauge =
        metric_gauge("aftercare_http_connections", "Open HTTP connections.", METRIC_NO_LABELS);
    return server;
}

void http_server_unref(struct http_server *server)
{
    if (atomic_fetch_sub(&server->refs, 1) > 1)
        return;
    pthread_cond_destroy(&server->exchange_ends);
    pthread_cond_destroy(&server->reader_wakes);
    pthread_cond_destroy(&server->timer_wakes);
    pthread_mutex_destroy(&server->lock);
    api_keys_free(server->keys);
    free(server->readers);
    free(server);
}

static enum status start_threads(struct http_server *server, struct error *err)
{
    if (pthread_create(&server->timer, NULL, http_timer_run, server) != 0)
        return fail(err, STATUS_FATAL, "HTTP: cannot start a thread");
    server->has_timer = true;
    server->readers = calloc((size_t)server->plan.reader_count + 1, sizeof *server->readers);
    if (server->readers == NULL)
        return fail(err, STATUS_FATAL, "HTTP: out of memory");
    for (int i = 0; i < server->plan.reader_count; i++) {
        if (pthread_create(&server->readers[i], NULL, http_reader_run, server) != 0)
            return fail(err, STATUS_FATAL, "HTTP: cannot start a thread");
        server->readers_started++;
    }
    return STATUS_OK;
}

static void __attribute__((format(printf, 2, 0))) log_library(void *context, const char *format, va_list args)
{
    char line[300];
    (void)context;
    if (vsnprintf(line, sizeof line, format, args) > 0)
        log_debug("libmicrohttpd", LOG_STRING("line", line));
}

/* The path and the arguments are decoded by http_url.c, which can say what is wrong with them. */
static size_t leave_encoded(void *context, struct MHD_Connection *connection, char *text)
{
    size_t len = 0;
    (void)context;
    (void)connection;
    while (text[len] != '\0')
        len++;
    return len;
}

static enum status start_network(struct http_server *server, struct error *err)
{
    int fd;
    enum status status = http_listen(server->plan.listen, &fd, &server->port, err);
    if (status != STATUS_OK)
        return status;
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        http_network_access, server, MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL, MHD_OPTION_LISTEN_SOCKET,
        fd, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES, MHD_OPTION_CONNECTION_LIMIT,
        server->plan.connections_most, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)server->plan.idle_s,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL,
        MHD_OPTION_URI_LOG_CALLBACK, http_network_begin, server, MHD_OPTION_NOTIFY_COMPLETED,
        http_network_complete, server, MHD_OPTION_NOTIFY_CONNECTION, http_network_connect, server,
        MHD_OPTION_END);
    if (server->daemon != NULL)
        return STATUS_OK;
    close(fd);
    return fail(err, STATUS_FATAL, "HTTP: the server cannot be started on %s", server->plan.listen);
}

enum status http_server_start(const struct http_plan *plan, struct http_server **ret_server,
                              struct error *err)
{
    struct http_server *server = make_server(plan);
    if (server == NULL) {
        api_keys_free(plan->keys);
        return fail(err, STATUS_FATAL, "HTTP: out of memory");
    }
    json_object_seed(0); /* before there are threads that would do it */
    enum status status = start_threads(server, err);
    if (status == STATUS_OK)
        status = start_network(server, err);
    if (status != STATUS_OK) {
        http_server_free(server);
        return status;
    }
    *ret_server = server;
    return STATUS_OK;
}

void http_server_serve(struct http_server *server, void *self)
{
    server->self = self;
    atomic_store(&server->is_serving, true);
}

void http_server_set_keys(struct http_server *server, struct api_keys *keys)
{
    pthread_mutex_lock(&server->lock);
    struct api_keys *old = server->keys;
    server->keys = keys;
    pthread_mutex_unlock(&server->lock);
    api_keys_free(old);
}

int http_server_port(const struct http_server *server)
{
    return server->port;
}

int http_server_reader_count(const struct http_server *server)
{
    return server->plan.reader_count;
}

/* ---- stopping ---- */

/* So that the clients get to read the answers. */
static void wait_for_answers(struct http_server *server)
{
    int64_t due_us = time_monotonic_us() + STOP_WAIT_US;
    struct timespec due = {.tv_sec = (time_t)(due_us / US_PER_SECOND),
                           .tv_nsec = (long)(due_us % US_PER_SECOND) * 1000};
    pthread_mutex_lock(&server->lock);
    while (server->attached_count > 0)
        if (pthread_cond_timedwait(&server->exchange_ends, &server->lock, &due) != 0)
            break;
    pthread_mutex_unlock(&server->lock);
}

static void end_threads(struct http_server *server)
{
    pthread_mutex_lock(&server->lock);
    server->are_threads_ending = true;
    pthread_cond_broadcast(&server->timer_wakes);
    pthread_cond_broadcast(&server->reader_wakes);
    pthread_mutex_unlock(&server->lock);
    if (server->has_timer)
        pthread_join(server->timer, NULL);
    for (int i = 0; i < server->readers_started; i++)
        pthread_join(server->readers[i], NULL);
}

void http_server_stop(struct http_server *server)
{
    if (server->is_stopped)
        return;
    server->is_stopped = true;
    if (server->daemon != NULL) {
        MHD_socket listening = MHD_quiesce_daemon(server->daemon);
        pthread_mutex_lock(&server->lock);
        server->is_stopping = true; /* from here on nothing is suspended */
        http_wait_end_all(server);
        pthread_mutex_unlock(&server->lock);
        wait_for_answers(server);
        MHD_stop_daemon(server->daemon);
        if (listening != MHD_INVALID_SOCKET)
            close(listening);
    }
    end_threads(server);
}

void http_server_free(struct http_server *server)
{
    if (server == NULL)
        return;
    http_server_stop(server);
    http_server_unref(server);
}
