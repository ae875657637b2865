/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the HTTP server: shared by the http_*.c files, nobody else's business.
 *
 * Threads: the network thread (libmicrohttpd's) owns an exchange until a handler suspends it; from then on it
 * belongs to whoever holds it. What two threads may touch at once stands below `lock`: the answer, the
 * holders, the queue.
 *
 * Life: an exchange is attached while libmicrohttpd knows its request, and has holders: the handler that
 * runs, whoever called http_suspend, its place in the readers' queue. It is freed when it is detached and has
 * no holder. While it is suspended it stays attached: libmicrohttpd ends no suspended request, and it panics
 * when it is stopped with one left. So MHD_resume_connection is called under the lock, by the one that sets
 * the answer. */
#pragma once

#include "core/arena.h"
#include "core/text.h"
#include "runtime/api_keys.h"
#include "runtime/http.h"
#include "runtime/http_route.h"
#include "runtime/http_server.h"
#include "runtime/http_url.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_RETRY_AFTER_S "2"
#define HTTP_HEADERS_MOST  64
#define HTTP_ADDED_MOST    16

struct metric;

enum http_phase { HTTP_NEW, HTTP_BODY, HTTP_HANDLED };

struct http_pair {
    struct text name, value;
};

struct http_exchange {
    struct http_server *server;        /* a reference */
    struct MHD_Connection *connection; /* while attached */
    enum http_phase phase;             /* network thread */
    bool is_draining;                  /* network thread: the body is read and thrown away */
    int64_t began_us;
    char *target; /* as it came; malloc'ed */

    struct arena arena;
    struct http_url url;
    const struct http_route *route; /* NULL until found */
    struct text params[HTTP_PARAMS_MOST];
    struct http_pair headers[HTTP_HEADERS_MOST];
    size_t header_count;
    char publisher[API_KEY_NAME_MOST + 1], scopes[sizeof((struct api_key *)NULL)->scopes];
    char *body;
    size_t body_len, body_size;
    size_t received; /* of the body, kept or thrown away */

    /* of the holder that runs */
    struct postgres *db;
    void *context;
    http_handle_fn *handle;    /* what a reader calls */
    http_handle_fn *otherwise; /* what it calls without Postgres; NULL: it answers 503 */
    struct http_pair added[HTTP_ADDED_MOST];
    size_t added_count;

    /* under the server's lock */
    bool is_attached, is_suspended, is_queued;
    int holders;
    bool is_answered;
    struct MHD_Response *response;
    int status;
    int64_t deadline_us;               /* while suspended */
    int64_t again_us;                  /* 0, or when a reader shall look again; counts as a holder */
    struct http_exchange *prev, *next; /* the suspended */
    struct http_exchange *queue_prev, *queue_next; /* the readers' queue */
};

struct http_connection {
    struct http_connection *prev, *next;
    int fd;
    int64_t deadline_us; /* 0: none, its request waits for us */
};

struct http_server {
    struct http_plan plan; /* with the defaults filled in */
    struct MHD_Daemon *daemon;
    void *self; /* set before is_serving */
    atomic_size_t bodies_bytes;
    struct metric *suspended_gauge, *connections_gauge;
    pthread_t timer, *readers;
    int port, readers_started;
    atomic_int refs; /* the owner's, and one per exchange */
    atomic_bool is_serving;
    bool has_timer, is_stopped;

    /* under the lock */
    bool is_stopping, are_threads_ending;
    pthread_mutex_t lock;
    pthread_cond_t timer_wakes, reader_wakes, exchange_ends;
    struct api_keys *keys;
    struct http_exchange *suspended;
    struct http_exchange *queue_first, *queue_last;
    struct http_connection *connections;
    int64_t timer_due_us; /* when the timer thread looks next */
    unsigned suspended_count, attached_count;
};

/* http_exchange.c */
struct http_exchange *http_exchange_new(struct http_server *server, const char *target);
/* libmicrohttpd is done with it. */
void http_exchange_detach(struct http_exchange *exchange);
void http_server_unref(struct http_server *server);

/* http_request.c, network thread */
/* Reads headers, target, route, key. Answers when the request is refused. */
void http_request_check(struct http_exchange *exchange, const char *method);
/* Appends to the body; answers when it is too large. False: far too large, the connection is to be closed. */
bool http_request_take(struct http_exchange *exchange, const char *bytes, size_t len);

/* http_response.c */
/* RFC 9457 without using the exchange's arena; `members` is taken over and may be NULL. NULL: out of memory.
 */
struct MHD_Response *http_problem_make(int status, json_t *members, const char *type, const char *title,
                                       const char *detail);
/* Takes the response over; NULL becomes an empty 500. False: it was answered before. Not under the lock. */
bool http_answer_take(struct http_exchange *exchange, int status, struct MHD_Response *response);
/* The same under the lock. */
bool http_answer_locked(struct http_exchange *exchange, int status, struct MHD_Response *response);

/* http_wait.c */
void *http_timer_run(void *server);
/* Under the lock: looks at the time again not later than due_us. */
void http_timer_expect(struct http_server *server, int64_t due_us);
/* Under the lock: answers all that wait with 503. */
void http_wait_end_all(struct http_server *server);
/* Under the lock: drops a holder; true when the exchange must be freed by the caller, without the lock. */
bool http_release_locked(struct http_exchange *exchange);
void http_exchange_free(struct http_exchange *exchange);

/* http_reader.c */
void http_queue_add(struct http_exchange *exchange);    /* under the lock; takes over a holder */
void http_queue_remove(struct http_exchange *exchange); /* under the lock; the holder is the caller's now */
void *http_reader_run(void *server);

/* http_listen.c */
/* Opens the socket; *ret_port is the one in use. */
enum status http_listen(const char *address, int *ret_socket, int *ret_port, struct error *err) MUST_CHECK;

/* http_network.c: libmicrohttpd's callbacks; `context` is the server */
enum MHD_Result http_network_access(void *context, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *upload,
                                    size_t *upload_len, void **ret_exchange);
void *http_network_begin(void *context, const char *target, struct MHD_Connection *connection);
void http_network_complete(void *context, struct MHD_Connection *connection, void **ret_exchange,
                           enum MHD_RequestTerminationCode code);
void http_network_connect(void *context, struct MHD_Connection *connection, void **ret_socket_context,
                          enum MHD_ConnectionNotificationCode code);

/* http_metrics.c */
void http_metrics_count(const struct http_exchange *exchange, int status);
