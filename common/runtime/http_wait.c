/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that wait: who holds them, and the thread that ends their waiting. */
#include "runtime/http_exchange.h"

#include "core/time.h"
#include "runtime/metrics.h"

#include <sys/socket.h>
#include <time.h>

#define LOOK_US US_PER_SECOND /* at the connections */

static struct MHD_Response *late_problem(void)
{
    return http_problem_make(
        503, NULL, "timeout", "No answer in time",
        "the outcome is not known; the same request, with the same Idempotency-Key, may be "
        "sent again");
}

static void suspend_locked(struct http_exchange *exchange, int timeout_ms)
{
    struct http_server *server = exchange->server;
    if (!exchange->is_suspended) {
        /* Before anybody can resume it: a later call would undo that. */
        MHD_suspend_connection(exchange->connection);
        exchange->is_suspended = true;
        exchange->prev = NULL;
        exchange->next = server->suspended;
        if (exchange->next != NULL)
            exchange->next->prev = exchange;
        server->suspended = exchange;
        server->suspended_count++;
        metric_set(server->suspended_gauge, server->suspended_count);
    }
    int ms = timeout_ms > 0 ? timeout_ms : server->plan.suspend_ms;
    exchange->deadline_us = time_monotonic_us() + ms * US_PER_MS;
    exchange->holders++;
    exchange->db = NULL; /* it leaves the reader, if it was with one */
    http_timer_expect(server, exchange->deadline_us);
}

/* NULL: it may wait. */
static struct MHD_Response *refusal(const struct http_exchange *exchange)
{
    const struct http_server *server = exchange->server;
    if (server->is_stopping)
        return http_problem_make(503, NULL, "stopping", "Stopping", "this process is about to end");
    if (!exchange->is_suspended && server->suspended_count >= server->plan.suspended_most)
        return http_problem_make(503, NULL, "busy", "Too busy", "too many requests wait at the moment");
    return NULL;
}

bool http_suspend(struct http_exchange *exchange, int timeout_ms)
{
    pthread_mutex_lock(&exchange->server->lock);
    struct MHD_Response *response = refusal(exchange);
    bool may_wait = !exchange->is_answered && response == NULL;
    if (may_wait)
        suspend_locked(exchange, timeout_ms);
    else if (response != NULL && !http_answer_locked(exchange, 503, response))
        MHD_destroy_response(response);
    pthread_mutex_unlock(&exchange->server->lock);
    return may_wait;
}

bool http_release_locked(struct http_exchange *exchange)
{
    if (--exchange->holders > 0)
        return false;
    if (!exchange->is_attached)
        return true;
    if (!exchange->is_answered)
        http_answer_locked(exchange, 500,
                           http_problem_make(500, NULL, "internal", "Something is wrong here",
                                             "the request was left without an answer"));
    return false;
}

void http_release(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    pthread_mutex_lock(&server->lock);
    bool is_last = http_release_locked(exchange);
    pthread_mutex_unlock(&server->lock);
    if (is_last)
        http_exchange_free(exchange);
}

void http_read(struct http_exchange *exchange, http_handle_fn *handle, int timeout_ms)
{
    http_read_or(exchange, handle, NULL, timeout_ms);
}

void http_read_or(struct http_exchange *exchange, http_handle_fn *handle, http_handle_fn *otherwise,
                  int timeout_ms)
{
    struct http_server *server = exchange->server;
    pthread_mutex_lock(&server->lock);
    struct MHD_Response *response = refusal(exchange);
    if (response != NULL) {
        if (!http_answer_locked(exchange, 503, response))
            MHD_destroy_response(response);
    } else if (!exchange->is_answered && !exchange->is_queued) {
        exchange->handle = handle;
        exchange->otherwise = otherwise;
        suspend_locked(exchange, timeout_ms);
        http_queue_add(exchange);
    }
    pthread_mutex_unlock(&server->lock);
}

bool http_read_again(struct http_exchange *exchange, int after_ms)
{
    struct http_server *server = exchange->server;
    int64_t now_us = time_monotonic_us();
    int64_t end_us = exchange->began_us + http_wait_s(exchange) * US_PER_SECOND;
    if (now_us >= end_us)
        return false;
    int64_t again_us = now_us + after_ms * US_PER_MS;
    pthread_mutex_lock(&server->lock);
    if (exchange->is_suspended && exchange->again_us == 0 && !exchange->is_queued) {
        exchange->again_us = again_us < end_us ? again_us : end_us;
        exchange->holders++;
        exchange->db = NULL;
        exchange->deadline_us = exchange->again_us + server->plan.suspend_ms * US_PER_MS;
        http_timer_expect(server, exchange->again_us);
    }
    pthread_mutex_unlock(&server->lock);
    return true;
}

void http_wait_end_all(struct http_server *server)
{
    while (server->suspended != NULL)
        http_answer_locked(
            server->suspended, 503,
            http_problem_make(503, NULL, "stopping", "Stopping",
                              "this process is about to end; the outcome is not known, the same "
                              "request, with the same Idempotency-Key, may be sent again"));
}

/* ---- the timer thread ---- */

void http_timer_expect(struct http_server *server, int64_t due_us)
{
    if (due_us < server->timer_due_us)
        pthread_cond_signal(&server->timer_wakes);
}

static int64_t end_late(struct http_server *server, int64_t now_us)
{
    int64_t due_us = now_us + LOOK_US;
    for (struct http_exchange *at = server->suspended, *next; at != NULL; at = next) {
        next = at->next;
        if (at->deadline_us <= now_us) {
            http_answer_locked(at, 503, late_problem());
            continue;
        }
        if (at->again_us != 0 && at->again_us <= now_us) {
            at->again_us = 0;
            http_queue_add(at);
        }
        if (at->again_us != 0 && at->again_us < due_us)
            due_us = at->again_us;
        if (at->deadline_us < due_us)
            due_us = at->deadline_us;
    }
    return due_us;
}

/* A client that sends its request, or takes its answer, a byte at a time is not idle for libmicrohttpd. Its
 * socket stays ours until the connection has left the list, which happens before libmicrohttpd closes it. */
static void end_slow(struct http_server *server, int64_t now_us)
{
    for (struct http_connection *at = server->connections; at != NULL; at = at->next) {
        if (at->deadline_us == 0 || at->deadline_us > now_us)
            continue;
        shutdown(at->fd, SHUT_RDWR);
        at->deadline_us = 0;
    }
}

void *http_timer_run(void *context)
{
    struct http_server *server = context;
    int64_t looked_us = 0;
    pthread_mutex_lock(&server->lock);
    while (!server->are_threads_ending) {
        int64_t now_us = time_monotonic_us();
        server->timer_due_us = end_late(server, now_us);
        if (now_us - looked_us >= LOOK_US / 2) {
            end_slow(server, now_us);
            looked_us = now_us;
        }
        struct timespec due = {.tv_sec = (time_t)(server->timer_due_us / US_PER_SECOND),
                               .tv_nsec = (long)(server->timer_due_us % US_PER_SECOND) * 1000};
        pthread_cond_timedwait(&server->timer_wakes, &server->lock, &due);
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}
