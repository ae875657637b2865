/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that may block on Postgres so that the network thread never does. */
#include "runtime/http_exchange.h"

#include "runtime/log.h"
#include "runtime/postgres.h"

#include <stdio.h>

void http_queue_add(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    exchange->is_queued = true;
    exchange->queue_next = NULL;
    exchange->queue_prev = server->queue_last;
    if (server->queue_last != NULL)
        server->queue_last->queue_next = exchange;
    else
        server->queue_first = exchange;
    server->queue_last = exchange;
    pthread_cond_signal(&server->reader_wakes);
}

void http_queue_remove(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    exchange->is_queued = false;
    if (exchange->queue_prev != NULL)
        exchange->queue_prev->queue_next = exchange->queue_next;
    else
        server->queue_first = exchange->queue_next;
    if (exchange->queue_next != NULL)
        exchange->queue_next->queue_prev = exchange->queue_prev;
    else
        server->queue_last = exchange->queue_prev;
}

/* A reader only reads, and must not outlast the request by much. */
static enum status connect_reader(struct postgres *db, uint64_t *generation, struct error *err)
{
    enum status status = postgres_connect(db, err);
    if (status != STATUS_OK || postgres_generation(db) == *generation)
        return status;
    postgres_queue_once(db, "SET default_transaction_read_only = on");
    postgres_queue_once(db, "SET statement_timeout = '5s'");
    status = postgres_run(db, err);
    if (status == STATUS_OK)
        *generation = postgres_generation(db);
    else
        postgres_disconnect(db);
    return status;
}

static void read_one(struct http_exchange *exchange, struct postgres *db, uint64_t *generation)
{
    struct error err;
    enum status status = db == NULL ? STATUS_OK : connect_reader(db, generation, &err);
    if (status == STATUS_OK) {
        exchange->db = db;
        exchange->handle(exchange);
        return;
    }
    log_warn("a reader cannot reach Postgres", LOG_STRING("error", err.text));
    if (exchange->otherwise != NULL) {
        exchange->otherwise(exchange);
        return;
    }
    http_problem(exchange, 503, "database", "The database cannot be reached", "try again in a moment");
}

void *http_reader_run(void *context)
{
    struct http_server *server = context;
    const struct http_plan *plan = &server->plan;
    char name[96];
    snprintf(name, sizeof name, "%s-reader", plan->service == NULL ? "http" : plan->service);
    struct postgres *db =
        plan->database_url == NULL ? NULL : postgres_new(plan->database_url, plan->schema, name);
    uint64_t generation = 0;
    pthread_mutex_lock(&server->lock);
    for (;;) {
        struct http_exchange *exchange = server->queue_first;
        if (exchange == NULL) {
            if (server->are_threads_ending)
                break;
            pthread_cond_wait(&server->reader_wakes, &server->lock);
            continue;
        }
        http_queue_remove(exchange);
        pthread_mutex_unlock(&server->lock);
        if (db == NULL && plan->database_url != NULL)
            http_problem(exchange, 503, "busy", "Too busy", "out of memory");
        else
            read_one(exchange, db, &generation);
        http_release(exchange);
        pthread_mutex_lock(&server->lock);
    }
    pthread_mutex_unlock(&server->lock);
    postgres_free(db);
    return NULL;
}
