/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/http_exchange.h"

#include "core/time.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ARENA_BYTES ((size_t)4 * 1024 * 1024)

struct http_exchange *http_exchange_new(struct http_server *server, const char *target)
{
    struct http_exchange *exchange = calloc(1, sizeof *exchange);
    char *copy = strdup(target);
    if (exchange == NULL || copy == NULL) {
        free(exchange);
        free(copy);
        return NULL;
    }
    atomic_fetch_add(&server->refs, 1);
    exchange->server = server;
    exchange->target = copy;
    exchange->began_us = time_monotonic_us();
    exchange->is_attached = true;
    arena_init(&exchange->arena, ARENA_BYTES);
    pthread_mutex_lock(&server->lock);
    server->attached_count++;
    pthread_mutex_unlock(&server->lock);
    return exchange;
}

void http_exchange_free(struct http_exchange *exchange)
{
    if (exchange->response != NULL)
        MHD_destroy_response(exchange->response);
    atomic_fetch_sub(&exchange->server->bodies_bytes, exchange->body_size);
    free(exchange->body);
    free(exchange->target);
    arena_done(&exchange->arena);
    struct http_server *server = exchange->server;
    free(exchange);
    http_server_unref(server);
}

void http_exchange_detach(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    pthread_mutex_lock(&server->lock);
    exchange->is_attached = false;
    exchange->connection = NULL;
    bool is_last = exchange->holders == 0;
    server->attached_count--;
    pthread_cond_broadcast(&server->exchange_ends);
    pthread_mutex_unlock(&server->lock);
    if (is_last)
        http_exchange_free(exchange);
}

/* ---- what handlers ask ---- */

const char *http_method(const struct http_exchange *exchange)
{
    return exchange->route->method;
}

struct text http_param(const struct http_exchange *exchange, const char *name)
{
    int place = http_route_param(exchange->route, name);
    return place < 0 ? TEXT_NULL : exchange->params[place];
}

struct text http_argument(const struct http_exchange *exchange, const char *name)
{
    for (size_t i = 0; i < exchange->url.argument_count; i++)
        if (text_equal_string(exchange->url.arguments[i].name, name))
            return exchange->url.arguments[i].value;
    return TEXT_NULL;
}

enum status http_argument_int(const struct http_exchange *exchange, const char *name, int64_t min,
                              int64_t max, int64_t fallback, int64_t *ret_value, struct error *err)
{
    struct text text = http_argument(exchange, name);
    int64_t value = fallback;
    if (text.at != NULL && (!text_to_int64(text, &value) || value < min || value > max))
        return fail(err, STATUS_INVALID, "argument '%s': a whole number from %lld to %lld", name,
                    (long long)min, (long long)max);
    *ret_value = value;
    return STATUS_OK;
}

struct text http_header(const struct http_exchange *exchange, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < exchange->header_count; i++)
        if (exchange->headers[i].name.len == len && strncasecmp(exchange->headers[i].name.at, name, len) == 0)
            return exchange->headers[i].value;
    return TEXT_NULL;
}

struct text http_body(const struct http_exchange *exchange)
{
    return text_make(exchange->body == NULL ? "" : exchange->body, exchange->body_len);
}

bool http_body_is(const struct http_exchange *exchange, const char *content_type)
{
    struct text rest = http_header(exchange, "Content-Type");
    if (rest.at == NULL)
        return false;
    struct text type = text_trim(text_cut(&rest, ';'));
    return type.len == strlen(content_type) && strncasecmp(type.at, content_type, type.len) == 0;
}

int http_wait_s(const struct http_exchange *exchange)
{
    struct text rest = http_header(exchange, "Prefer");
    while (rest.at != NULL) {
        struct text value = text_cut(&rest, ',');
        struct text name = text_trim(text_cut(&value, '='));
        int64_t seconds;
        if (name.len != 4 || strncasecmp(name.at, "wait", 4) != 0 || value.at == NULL)
            continue;
        if (!text_to_int64(text_trim(value), &seconds) || seconds < 0)
            return 0;
        return seconds > HTTP_WAIT_MOST_S ? HTTP_WAIT_MOST_S : (int)seconds;
    }
    return 0;
}

struct text http_publisher(const struct http_exchange *exchange)
{
    return text_of(exchange->publisher[0] == '\0' ? "anonymous" : exchange->publisher);
}

bool http_has_scope(const struct http_exchange *exchange, const char *scope)
{
    return api_key_allows(exchange->scopes, scope);
}

bool http_is_tied(const struct http_exchange *exchange, const char *name)
{
    return api_key_is_tied(exchange->scopes, name);
}

bool http_admits(const struct http_exchange *exchange, const char *name, struct text value)
{
    return api_key_admits(exchange->scopes, name, value);
}

struct arena *http_arena(struct http_exchange *exchange)
{
    return &exchange->arena;
}

void *http_self(const struct http_exchange *exchange)
{
    return atomic_load(&exchange->server->is_serving) ? exchange->server->self : NULL;
}

struct policy_holder *http_policies(const struct http_exchange *exchange)
{
    return exchange->server->plan.policies;
}

struct door *http_door(const struct http_exchange *exchange)
{
    return exchange->server->plan.door;
}

struct postgres *http_postgres(const struct http_exchange *exchange)
{
    return exchange->db;
}

void http_set_context(struct http_exchange *exchange, void *context)
{
    exchange->context = context;
}

void *http_context(const struct http_exchange *exchange)
{
    return exchange->context;
}
