/* SPDX-License-Identifier: Apache-2.0 */
/* What a service's HTTP handlers see: routes, the request, the answer. The server itself is http_server.h.
 *
 *     static void show_case(struct http_exchange *exchange)
 *     {
 *         struct uuid id;
 *         if (!uuid_parse(http_param(exchange, "id"), &id)) {
 *             http_problem(exchange, 400, "bad-id", "Not a case id", "id: 36 characters, as in ...");
 *             return;
 *         }
 *         ...
 *         http_answer_json(exchange, 200, json);
 *     }
 *
 * A handler runs on the server's only network thread, must not block there, and does one of three things
 * before it returns: answers, suspends (http_suspend, http_publish), or hands the request to a reader thread
 * (http_read). Routes with is_reader start on a reader thread, which has a Postgres connection. Returning
 * without any of these is answered with 500.
 *
 * Whatever waits has a deadline, 5 s unless said otherwise, after which the server answers 503 with
 * Retry-After. The first answer to a request counts; later ones are thrown away, so whoever is late need not
 * know. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct door;
struct http_exchange; /* one request and its answer */
struct policy_holder;
struct postgres;

#define HTTP_PARAMS_MOST    8
#define HTTP_ARGUMENTS_MOST 32
#define HTTP_WAIT_MOST_S    10

typedef void http_handle_fn(struct http_exchange *exchange);

/* A table of routes ends with a zeroed one and lives for ever. */
struct http_route {
    const char *method; /* "GET" (which answers HEAD as well), "POST", "PUT", "PATCH", "DELETE" */
    const char *path;   /* "/v1/cases/{id}": a parameter is a whole segment, never empty */
    http_handle_fn *handle;
    bool is_reader; /* runs on a reader thread, may use http_postgres */
    bool is_public; /* asks for no API key, is answered even before the service has opened */
    /* The scope the API key must have: 403 otherwise. NULL: any key will do. */
    const char *scope;
};

/* ---- the request: texts live as long as the exchange ---- */
const char *http_method(const struct http_exchange *exchange); /* the route's: "GET" for HEAD too */
/* The decoded value of {name}; UTF-8 without NUL. Absent when the route has no such parameter. */
struct text http_param(const struct http_exchange *exchange, const char *name);
/* The decoded value of a query argument; UTF-8 without NUL; absent when not given. (A name given twice was
 * answered with 400 before the handler ran.) */
struct text http_argument(const struct http_exchange *exchange, const char *name);
/* Absent, or INVALID naming the argument: not a number, or outside min..max. `fallback` when not given. */
enum status http_argument_int(const struct http_exchange *exchange, const char *name, int64_t min,
                              int64_t max, int64_t fallback, int64_t *ret_value,
                              struct error *err) MUST_CHECK;
/* A header's value (the first one of that name), without white space around it; absent when there is none.
 * Bytes as the client sent them: not checked for UTF-8. */
struct text http_header(const struct http_exchange *exchange, const char *name);
struct text
http_body(const struct http_exchange *exchange); /* empty when there is none; bytes as they came */
/* What is before ';' in Content-Type, compared without case. */
bool http_body_is(const struct http_exchange *exchange, const char *content_type);
/* Seconds of "Prefer: wait=N", at most HTTP_WAIT_MOST_S; 0 without. */
int http_wait_s(const struct http_exchange *exchange);
/* Whose API key it is; "anonymous" where no key was asked for. */
struct text http_publisher(const struct http_exchange *exchange);
/* True when the key has the scope, or was given no scopes (it may do everything), or none was asked for. */
bool http_has_scope(const struct http_exchange *exchange, const char *scope);
/* What the key is tied to (api_keys.h): a key with "shop=s-7" admits that shop only, one without such a word
 * any. */
bool http_is_tied(const struct http_exchange *exchange, const char *name);
bool http_admits(const struct http_exchange *exchange, const char *name, struct text value);

/* Memory that lives as long as the exchange (4 MiB at most); for whoever holds the exchange at the moment. */
struct arena *http_arena(struct http_exchange *exchange);
void *http_self(const struct http_exchange *exchange); /* what the service's open returned */
struct policy_holder *http_policies(const struct http_exchange *exchange);
struct door *http_door(const struct http_exchange *exchange);
/* The reader's connection, read-only, connected; NULL elsewhere than on a reader thread. */
struct postgres *http_postgres(const struct http_exchange *exchange);
/* What a handler leaves for whoever goes on with the request (in the arena, usually). */
void http_set_context(struct http_exchange *exchange, void *context);
void *http_context(const struct http_exchange *exchange);

/* ---- the answer ---- */
/* For the answer that this thread gives next. Copied; a name or value with control characters is left out. */
void http_add_header(struct http_exchange *exchange, const char *name, struct text value);
/* The body is copied. content_type may be NULL when the body is empty. */
void http_answer(struct http_exchange *exchange, int status, const char *content_type, struct text body);
/* Takes over the reference; a NULL json is answered with 500. */
void http_answer_json(struct http_exchange *exchange, int status, json_t *json);
/* RFC 9457. `type` is a slug ("stale-version"), shown as urn:aftercare:problem:<type>; the detail names the
 * field and the rule, in UTF-8, and holds no personal data. */
void http_problem(struct http_exchange *exchange, int status, const char *type, const char *title,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same with more members ({"legal_moves": [...]}), whose reference is taken over; may be NULL. */
void http_problem_with(struct http_exchange *exchange, int status, json_t *members, const char *type,
                       const char *title, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* A status as a problem: INVALID 400, REFUSED 409, TRANSIENT 503 with Retry-After, FATAL 500; OK is a
 * mistake: 500. */
void http_problem_of(struct http_exchange *exchange, enum status status, const struct error *err);

/* ---- waiting ---- */
/* Lets the request wait until somebody answers it. timeout_ms 0: the default. True: the exchange now also
 * belongs to the caller, who hands it to whatever will answer; that one, on any thread, answers and then
 * calls http_release exactly once, however late. The handler itself returns without touching the exchange
 * again. False: too many wait or the server stops, and 503 has been answered: just return. */
bool http_suspend(struct http_exchange *exchange, int timeout_ms) MUST_CHECK;
/* Ends the holder's part; without an answer the request is answered with 500. */
void http_release(struct http_exchange *exchange);
/* Goes on with `handle` on a reader thread: from a handler on the network thread, or from one that was given
 * the exchange (http_publish's on_published); return after it. The request has `timeout_ms` from now on (0:
 * the default). */
void http_read(struct http_exchange *exchange, http_handle_fn *handle, int timeout_ms);
/* The same for what can do without Postgres: when it cannot be reached, `otherwise` goes on, on the reader's
 * thread and without http_postgres. */
void http_read_or(struct http_exchange *exchange, http_handle_fn *handle, http_handle_fn *otherwise,
                  int timeout_ms);
/* For handlers on a reader thread that look for what is not there yet: true, the handler will be called again
 * after after_ms, return; false, the seconds of "Prefer: wait=N" are over or were not asked for: answer the
 * state so far. */
bool http_read_again(struct http_exchange *exchange, int after_ms) MUST_CHECK;
