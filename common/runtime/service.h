/* SPDX-License-Identifier: Apache-2.0 */
/* A service is a table: what it reads, which handler takes which fact, how its state is loaded and saved.
 * service_main() does the rest: settings, log, HTTP, workers, signals, graceful stop.
 *
 * For every batch the loop calls, in one Postgres transaction:
 *   load    once: what rows does this batch need? The store reads them, set-based, into the batch's arena;
 *   handle  per record, in order, in memory: rules decide, state changes, the outbox collects;
 *   save    once: the store queues the writes; the loop sends them with the fence and commits.
 * A batch may be tried several times: after a rollback everything starts again from load, with a fresh arena.
 * Handlers never begin, commit, retry, produce, log failures or ask "seen before?". */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "runtime/event.h"
#include "runtime/outbox.h"
#include "runtime/postgres.h"
#include "runtime/settings.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

struct http_route;
struct policy_schema;

/* Does the fact keep the contract (ids, ranges, lengths)? Pure, called before anything is loaded. INVALID
 * sends the record to the DLQ with the sentence in err. */
typedef enum status event_check_fn(const struct event *event, struct error *err);
/* Decides what the event means. INVALID: as above (the batch is done again without it). `work` is what load
 * returned. */
typedef enum status event_handle_fn(void *work, const struct event *event, struct outbox *outbox,
                                    struct error *err);

struct route {
    const char *fact;      /* the message's short name, as in ce_type: "CaseOpened" */
    event_check_fn *check; /* may be NULL */
    event_handle_fn *handle;
};

struct deadline_route {
    const char *kind; /* "first-response" */
    event_handle_fn *handle;
};

struct input {
    const char *topic;
    const ProtobufCMessageDescriptor *message; /* the topic's wrapper, or its only message */
    const struct route *routes;                /* ends with a zeroed one */
};

struct batch {
    struct postgres *db;
    struct arena *arena;
    const struct event *const *events; /* those that will be handled, in order */
    size_t count;
    int64_t now_us;
    void *self;         /* the service's own, from open */
    const void *policy; /* the policy as it was when the batch began; NULL without policies */
};

struct service {
    const char *name; /* also: Postgres schema, consumer group's suffix, topic aftercare.<name>.v1 */
    const ProtobufCMessageDescriptor *fact; /* the wrapper of its own topic */
    const struct input *inputs; /* ends with a zeroed one; the service's inbox is an input like any other */
    const struct deadline_route *deadlines; /* ends with a zeroed one; NULL: none */
    const struct setting *settings;         /* its own, after the common ones; NULL: none */
    int schema_version;                     /* the migration it needs at least */

    const struct policy_schema *policies; /* files it reads from POLICY_DIR; NULL: none */
    const struct http_route *http_routes; /* NULL: only health and metrics */

    /* Reads the rows of the batch (postgres_queue, postgres_run on batch->db) and returns the state handlers
     * work on. */
    enum status (*load)(const struct batch *batch, void **ret_work, struct error *err);
    /* Queues the writes; the loop runs them. */
    enum status (*save)(void *work, const struct batch *batch, struct error *err);

    /* Once per process, before the first batch and after the last; both may be NULL. `settings` are the
     * common ones and the service's own; they outlive the service. */
    enum status (*open)(const struct settings *settings, void **ret_self, struct error *err);
    void (*close)(void *self);
};

/* Runs until SIGTERM or SIGINT; returns the exit code. --settings prints the table, --check [DIR] checks
 * policies,
 * --version, --help. */
int service_main(const struct service *service, int argc, char **argv);
