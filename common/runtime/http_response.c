/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/http_exchange.h"

#include "core/time.h"
#include "runtime/metrics.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBLEM_TYPE "urn:aftercare:problem:"
#define DETAIL_LEN   600

static bool is_printable(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7f)
            return false;
    return text.at != NULL;
}

void http_add_header(struct http_exchange *exchange, const char *name, struct text value)
{
    struct text kept_name = text_copy(&exchange->arena, text_of(name));
    struct text kept = text_copy(&exchange->arena, value);
    if (exchange->added_count < HTTP_ADDED_MOST && is_printable(kept_name) && is_printable(kept))
        exchange->added[exchange->added_count++] = (struct http_pair){kept_name, kept};
}

/* ---- giving the answer ---- */

static void forget_waiting(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    if (exchange->prev != NULL)
        exchange->prev->next = exchange->next;
    else
        server->suspended = exchange->next;
    if (exchange->next != NULL)
        exchange->next->prev = exchange->prev;
    server->suspended_count--;
    metric_set(server->suspended_gauge, server->suspended_count);
    /* It is attached, so dropping holders cannot free it here. */
    if (exchange->again_us != 0) {
        exchange->again_us = 0;
        exchange->holders--;
    }
    if (exchange->is_queued) {
        http_queue_remove(exchange);
        exchange->holders--;
    }
}

bool http_answer_locked(struct http_exchange *exchange, int status, struct MHD_Response *response)
{
    if (exchange->is_answered)
        return false;
    exchange->is_answered = true;
    exchange->response = response;
    exchange->status = status;
    if (exchange->is_suspended) {
        forget_waiting(exchange);
        exchange->is_suspended = false;
        MHD_resume_connection(exchange->connection);
    }
    return true;
}

bool http_answer_take(struct http_exchange *exchange, int status, struct MHD_Response *response)
{
    if (response == NULL) {
        response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
        status = 500;
    }
    pthread_mutex_lock(&exchange->server->lock);
    bool is_first = http_answer_locked(exchange, status, response);
    pthread_mutex_unlock(&exchange->server->lock);
    if (!is_first && response != NULL)
        MHD_destroy_response(response);
    return is_first;
}

static void give(struct http_exchange *exchange, int status, struct MHD_Response *response)
{
    for (size_t i = 0; response != NULL && i < exchange->added_count; i++)
        MHD_add_response_header(response, exchange->added[i].name.at, exchange->added[i].value.at);
    exchange->added_count = 0;
    http_answer_take(exchange, status, response);
}

/* ---- kinds of answers ---- */

static struct MHD_Response *make(const char *content_type, size_t len, char *body,
                                 enum MHD_ResponseMemoryMode mode)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(len, body, mode);
    if (response == NULL) {
        if (mode == MHD_RESPMEM_MUST_FREE)
            free(body);
        return NULL;
    }
    if (content_type != NULL)
        MHD_add_response_header(response, "Content-Type", content_type);
    return response;
}

void http_answer(struct http_exchange *exchange, int status, const char *content_type, struct text body)
{
    char *copy = malloc(body.len + 1);
    if (copy != NULL && body.len > 0)
        memcpy(copy, body.at, body.len);
    give(exchange, status, copy == NULL ? NULL : make(content_type, body.len, copy, MHD_RESPMEM_MUST_FREE));
}

static struct MHD_Response *make_json(const char *content_type, json_t *json)
{
    char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return text == NULL ? NULL : make(content_type, strlen(text), text, MHD_RESPMEM_MUST_FREE);
}

void http_answer_json(struct http_exchange *exchange, int status, json_t *json)
{
    give(exchange, status, make_json("application/json", json));
}

struct MHD_Response *http_problem_make(int status, json_t *members, const char *type, const char *title,
                                       const char *detail)
{
    json_t *json = json_object();
    char urn[128];
    snprintf(urn, sizeof urn, PROBLEM_TYPE "%s", type);
    json_object_set_new(json, "type", json_string(urn));
    json_object_set_new(json, "title", json_string(title));
    json_object_set_new(json, "status", json_integer(status));
    json_object_set_new(json, "detail", json_string(detail));
    if (members != NULL)
        json_object_update_missing(json, members);
    json_decref(members);
    struct MHD_Response *response = make_json("application/problem+json", json);
    if (response != NULL && status == 503)
        MHD_add_response_header(response, "Retry-After", HTTP_RETRY_AFTER_S);
    return response;
}

/* `detail` has room for the character that the limit cuts; `len` is what vsnprintf said. */
static void problem(struct http_exchange *exchange, int status, json_t *members, const char *type,
                    const char *title, char *detail, int len)
{
    if (len > DETAIL_LEN)
        detail[text_clip(text_of(detail), DETAIL_LEN).len] = '\0';
    if (len < 0 || !text_is_utf8(text_of(detail)))
        detail[0] = '\0';
    give(exchange, status, http_problem_make(status, members, type, title, detail));
}

void http_problem(struct http_exchange *exchange, int status, const char *type, const char *title,
                  const char *format, ...)
{
    char detail[DETAIL_LEN + 8];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    problem(exchange, status, NULL, type, title, detail, len);
}

void http_problem_with(struct http_exchange *exchange, int status, json_t *members, const char *type,
                       const char *title, const char *format, ...)
{
    char detail[DETAIL_LEN + 8];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    problem(exchange, status, members, type, title, detail, len);
}

void http_problem_of(struct http_exchange *exchange, enum status status, const struct error *err)
{
    switch (status) {
    case STATUS_INVALID:
        http_problem(exchange, 400, "invalid", "The request breaks the contract", "%s", err->text);
        return;
    case STATUS_REFUSED:
        http_problem(exchange, 409, "refused", "Not allowed now", "%s", err->text);
        return;
    case STATUS_TRANSIENT:
        http_problem(exchange, 503, "unavailable", "Not available at the moment", "%s", err->text);
        return;
    case STATUS_FATAL:
        http_problem(exchange, 500, "internal", "Something is wrong here", "%s", err->text);
        return;
    case STATUS_OK:
        break;
    }
    http_problem(exchange, 500, "internal", "Something is wrong here", "a problem without a reason");
}
