/* SPDX-License-Identifier: Apache-2.0 */
/* What libmicrohttpd calls, on its one thread. */
#include "runtime/http_exchange.h"

#include "core/time.h"
#include "runtime/metrics.h"

#include <stdlib.h>

/* ---- connections ---- */

static void add_connection(struct http_server *server, struct MHD_Connection *connection, void **ret_context)
{
    struct http_connection *added = calloc(1, sizeof *added);
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *ret_context = added;
    if (added == NULL)
        return; /* it lives without the limit on slowness */
    added->fd = info->connect_fd;
    added->deadline_us = time_monotonic_us() + server->plan.receive_ms * US_PER_MS;
    pthread_mutex_lock(&server->lock);
    added->next = server->connections;
    if (added->next != NULL)
        added->next->prev = added;
    server->connections = added;
    pthread_mutex_unlock(&server->lock);
}

static void remove_connection(struct http_server *server, struct http_connection *removed)
{
    if (removed == NULL)
        return;
    pthread_mutex_lock(&server->lock);
    if (removed->prev != NULL)
        removed->prev->next = removed->next;
    else
        server->connections = removed->next;
    if (removed->next != NULL)
        removed->next->prev = removed->prev;
    pthread_mutex_unlock(&server->lock);
    free(removed);
}

void http_network_connect(void *context, struct MHD_Connection *connection, void **ret_socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_server *server = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        metric_add(server->connections_gauge, 1);
        add_connection(server, connection, ret_socket_context);
    } else {
        metric_add(server->connections_gauge, -1);
        remove_connection(server, *ret_socket_context);
        *ret_socket_context = NULL;
    }
}

static void set_deadline(struct http_server *server, struct MHD_Connection *connection, bool has_deadline)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct http_connection *at = info == NULL ? NULL : info->socket_context;
    if (at == NULL)
        return;
    int64_t due_us = has_deadline ? time_monotonic_us() + server->plan.receive_ms * US_PER_MS : 0;
    pthread_mutex_lock(&server->lock);
    at->deadline_us = due_us;
    pthread_mutex_unlock(&server->lock);
}

/* ---- requests ---- */

void *http_network_begin(void *context, const char *target, struct MHD_Connection *connection)
{
    struct http_exchange *exchange = http_exchange_new(context, target);
    if (exchange != NULL)
        exchange->connection = connection;
    return exchange;
}

void http_network_complete(void *context, struct MHD_Connection *connection, void **ret_exchange,
                           enum MHD_RequestTerminationCode code)
{
    (void)code;
    struct http_exchange *exchange = *ret_exchange;
    *ret_exchange = NULL;
    set_deadline(context, connection, true);
    if (exchange != NULL)
        http_exchange_detach(exchange);
}

static bool is_answered(struct http_exchange *exchange)
{
    pthread_mutex_lock(&exchange->server->lock);
    bool is_answered = exchange->is_answered;
    pthread_mutex_unlock(&exchange->server->lock);
    return is_answered;
}

static enum MHD_Result send_answer(struct http_exchange *exchange)
{
    if (exchange->response == NULL)
        return MHD_NO;
    http_metrics_count(exchange, exchange->status);
    set_deadline(exchange->server, exchange->connection, true);
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, (unsigned)exchange->status, exchange->response);
    MHD_destroy_response(exchange->response);
    exchange->response = NULL;
    return result;
}

static void call_handler(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    set_deadline(server, exchange->connection, false);
    pthread_mutex_lock(&server->lock);
    exchange->holders++;
    pthread_mutex_unlock(&server->lock);
    if (exchange->route->is_reader)
        http_read(exchange, exchange->route->handle, 0);
    else
        exchange->route->handle(exchange);
    http_release(exchange);
}

/* Called with the headers, then with parts of the body, then once without, and again after every resumption.
 */
enum MHD_Result http_network_access(void *context, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *upload,
                                    size_t *upload_len, void **ret_exchange)
{
    (void)context;
    (void)connection;
    (void)url;
    (void)version;
    struct http_exchange *exchange = *ret_exchange;
    if (exchange == NULL)
        return MHD_NO;
    if (exchange->phase == HTTP_NEW) {
        exchange->phase = HTTP_BODY;
        http_request_check(exchange, method);
        return is_answered(exchange) && !exchange->is_draining ? send_answer(exchange) : MHD_YES;
    }
    if (*upload_len > 0) {
        bool goes_on = http_request_take(exchange, upload, *upload_len);
        *upload_len = 0;
        return goes_on ? MHD_YES : MHD_NO;
    }
    if (exchange->phase == HTTP_BODY) {
        exchange->phase = HTTP_HANDLED;
        if (!is_answered(exchange))
            call_handler(exchange);
    }
    return is_answered(exchange) ? send_answer(exchange) : MHD_YES;
}
