/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server: one network thread (epoll) that never blocks, one timer thread, and reader threads, each
 * with its own Postgres connection, when a route asks for them.
 *
 *     http_server_start  health and metrics answer from here on; routes that are not public answer 503
 * "starting" http_server_serve  the service is open http_server_stop   no new connections; all that wait are
 * answered 503; threads end http_server_free   in any order with door_free: an exchange somebody still holds
 * stays valid
 *
 * What the library refuses by itself before it calls us (a header section over 8 KiB: 431, 414; no HTTP: 400
 * or a closed connection) is no problem document; all other refusals are. */
#pragma once

#include "core/status.h"
#include "runtime/http.h"

#include <stdbool.h>
#include <stddef.h>

struct api_keys;
struct http_server;

#define HTTP_TABLES_MOST 4

/* Zero means the default in brackets. Strings are borrowed until stop. */
struct http_plan {
    const char *listen; /* "127.0.0.1:8080", "[::1]:0", ":8080" = all addresses of both families; port 0: a
                           free one */
    const struct http_route
        *tables[HTTP_TABLES_MOST]; /* looked through in this order; NULL entries are passed over */
    struct api_keys *keys;         /* taken over, also on failure; NULL: none */
    bool is_open;                  /* no route asks for a key */
    struct policy_holder *policies;
    struct door *door;
    const char *database_url, *schema, *service; /* for readers: their connection, read-only, and its name */
    int reader_count;                            /* [2]; none are started unless a route is_reader */
    size_t body_bytes_most;                      /* [1 MiB] of a request: 413 */
    size_t bodies_bytes_most;                    /* [64 MiB] of all requests together: 503 */
    unsigned connections_most;                   /* [4096] more wait in the listen queue */
    unsigned suspended_most;                     /* [1024] requests that wait: 503 */
    int suspend_ms;                              /* [5000] */
    int receive_ms; /* [30000] for a whole request to arrive, and for its answer to be taken: closed */
    int idle_s;     /* [15] without any byte: closed */
};

enum status http_server_start(const struct http_plan *plan, struct http_server **ret_server,
                              struct error *err) MUST_CHECK;
/* Routes that are not public are answered from now on; `self` is what handlers get from http_self. Once. */
void http_server_serve(struct http_server *server, void *self);
/* New API keys, taken over; NULL: none. Any thread. */
void http_server_set_keys(struct http_server *server, struct api_keys *keys);
int http_server_port(const struct http_server *server);
int http_server_reader_count(const struct http_server *server); /* Postgres connections it uses */
void http_server_stop(struct http_server *server);
/* Stops when that was not done. NULL is allowed. */
void http_server_free(struct http_server *server);
