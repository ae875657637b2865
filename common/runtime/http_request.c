/* SPDX-License-Identifier: Apache-2.0 */
/* From the first byte to the handler: what a request must be before a handler sees it. */
#include "runtime/http_exchange.h"

#include "runtime/secret.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BODY_BYTES_FIRST ((size_t)4096)
#define TARGET_LEN_MOST  4096
/* A body this many times too large is read to its end, so that the client gets to read why; others are cut
 * off. */
#define DRAIN_TIMES 16

static enum MHD_Result keep_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct http_exchange *exchange = context;
    (void)kind;
    if (exchange->header_count == HTTP_HEADERS_MOST) {
        http_problem(exchange, 431, "too-many-headers", "Too many headers", "more than %d headers",
                     HTTP_HEADERS_MOST);
        return MHD_NO;
    }
    /* Copied: a reader may still look at them when the connection is gone. */
    struct http_pair *pair = &exchange->headers[exchange->header_count];
    pair->name = text_copy(&exchange->arena, text_of(name));
    pair->value = text_copy(&exchange->arena, text_trim(text_of(value == NULL ? "" : value)));
    if (pair->name.at == NULL || pair->value.at == NULL)
        return MHD_NO;
    exchange->header_count++;
    return MHD_YES;
}

static struct text presented_key(const struct http_exchange *exchange)
{
    struct text own = http_header(exchange, "X-Api-Key");
    struct text rest = http_header(exchange, "Authorization");
    if (own.at != NULL || rest.at == NULL)
        return own;
    struct text scheme = text_cut(&rest, ' ');
    if (rest.at == NULL || scheme.len != 6 || strncasecmp(scheme.at, "Bearer", 6) != 0)
        return TEXT_NULL;
    return text_trim(rest);
}

static void refuse_key(struct http_exchange *exchange, const char *detail)
{
    http_add_header(exchange, "WWW-Authenticate", TEXT("Bearer"));
    http_problem(exchange, 401, "api-key", "An API key is needed", "%s", detail);
}

static void check_key(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    if (exchange->route->is_public || server->plan.is_open)
        return;
    struct text presented = presented_key(exchange);
    pthread_mutex_lock(&server->lock);
    bool has_keys = api_keys_count(server->keys) > 0;
    const struct api_key *key = presented.at == NULL ? NULL : api_keys_find(server->keys, presented);
    if (key != NULL) {
        memcpy(exchange->publisher, key->name, sizeof exchange->publisher);
        memcpy(exchange->scopes, key->scopes, sizeof exchange->scopes);
    }
    pthread_mutex_unlock(&server->lock);
    if (!has_keys)
        refuse_key(exchange,
                   "this service has no API keys: set API_KEYS_FILE, or API_OPEN=yes for trying out");
    else if (presented.at == NULL)
        refuse_key(exchange, "send it as 'Authorization: Bearer <key>' or 'X-Api-Key: <key>'");
    else if (key == NULL)
        refuse_key(exchange, "the key is not known");
    else if (exchange->route->scope != NULL && !http_has_scope(exchange, exchange->route->scope))
        http_problem(exchange, 403, "scope", "The API key may not do this", "it lacks the scope '%s'",
                     exchange->route->scope);
}

static void check_route(struct http_exchange *exchange, const char *method)
{
    struct http_server *server = exchange->server;
    char allow[HTTP_ALLOW_LEN];
    switch (http_route_find(server->plan.tables, HTTP_TABLES_MOST, method, &exchange->url, &exchange->route,
                            exchange->params, allow)) {
    case HTTP_MATCH:
        break;
    case HTTP_MATCH_PATH_ONLY:
        http_add_header(exchange, "Allow", text_of(allow));
        http_problem(exchange, 405, "method", "Method not allowed", "this path takes %s", allow);
        return;
    case HTTP_MATCH_NONE:
        http_problem(exchange, 404, "no-such-path", "No such path", "nothing is served under this path");
        return;
    }
    if (!exchange->route->is_public && !atomic_load(&server->is_serving))
        http_problem(exchange, 503, "starting", "Starting",
                     "the service is not ready yet; try again in a moment");
    else
        check_key(exchange);
}

/* What is to come of the body: its length when that is known. */
static bool has_body(const struct http_exchange *exchange, int64_t *ret_len)
{
    *ret_len = -1;
    struct text length = http_header(exchange, "Content-Length");
    if (length.at != NULL && text_to_int64(length, ret_len))
        return *ret_len > 0;
    return http_header(exchange, "Transfer-Encoding").at != NULL;
}

/* A proxy in front may go by the other one, and the end of this body would be the next client's request: it
 * is refused, and the connection closed. */
static bool has_two_lengths(const struct http_exchange *exchange)
{
    return http_header(exchange, "Transfer-Encoding").at != NULL &&
           http_header(exchange, "Content-Length").at != NULL;
}

static void refuse_body(struct http_exchange *exchange)
{
    http_problem(exchange, 413, "body-too-large", "The body is too large", "at most %zu bytes",
                 exchange->server->plan.body_bytes_most);
}

static void check_all(struct http_exchange *exchange, const char *method)
{
    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, keep_header, exchange);
    if (exchange->is_answered)
        return;
    if (strlen(exchange->target) > TARGET_LEN_MOST) {
        http_problem(exchange, 414, "target-too-long", "The URL is too long", "at most %d bytes",
                     TARGET_LEN_MOST);
        return;
    }
    struct error err;
    enum status status = http_url_parse(&exchange->arena, text_of(exchange->target), &exchange->url, &err);
    if (status == STATUS_INVALID)
        http_problem(exchange, 400, "bad-url", "Malformed URL", "%s", err.text);
    else if (status != STATUS_OK)
        http_problem_of(exchange, status, &err);
    else
        check_route(exchange, method);
    if (!exchange->is_answered && has_two_lengths(exchange))
        http_problem(exchange, 400, "two-lengths", "Malformed request",
                     "Content-Length: must not be there with Transfer-Encoding");
    int64_t len;
    if (!exchange->is_answered && has_body(exchange, &len) &&
        len > (int64_t)exchange->server->plan.body_bytes_most)
        refuse_body(exchange);
}

void http_request_check(struct http_exchange *exchange, const char *method)
{
    check_all(exchange, method);
    int64_t len;
    if (!exchange->is_answered || !has_body(exchange, &len))
        return;
    /* Answering before the body has come closes the connection, and the client may lose the answer by it. */
    exchange->is_draining = http_header(exchange, "Expect").at == NULL && !has_two_lengths(exchange) &&
                            len <= (int64_t)(DRAIN_TIMES * exchange->server->plan.body_bytes_most);
}

static bool make_room(struct http_exchange *exchange, size_t len)
{
    struct http_server *server = exchange->server;
    size_t needed = exchange->body_len + len,
           size = exchange->body_size == 0 ? BODY_BYTES_FIRST : exchange->body_size;
    if (needed <= exchange->body_size)
        return true;
    while (size < needed)
        size *= 2;
    size_t more = size - exchange->body_size;
    if (atomic_fetch_add(&server->bodies_bytes, more) + more > server->plan.bodies_bytes_most) {
        atomic_fetch_sub(&server->bodies_bytes, more);
        return false;
    }
    char *body = realloc(exchange->body, size);
    if (body == NULL) {
        atomic_fetch_sub(&server->bodies_bytes, more);
        return false;
    }
    exchange->body = body;
    exchange->body_size = size;
    return true;
}

bool http_request_take(struct http_exchange *exchange, const char *bytes, size_t len)
{
    size_t most = exchange->server->plan.body_bytes_most;
    exchange->received += len;
    if (exchange->received > DRAIN_TIMES * most)
        return false;
    if (exchange->is_draining)
        return true;
    if (exchange->received > most)
        refuse_body(exchange);
    else if (!make_room(exchange, len))
        http_problem(exchange, 503, "busy", "Too busy", "too many large requests at the moment");
    else {
        memcpy(exchange->body + exchange->body_len, bytes, len);
        exchange->body_len += len;
        return true;
    }
    exchange->is_draining = true;
    return true;
}
