/* SPDX-License-Identifier: Apache-2.0 */
/* A worker's Kafka consumer: group membership and records. It keeps no offsets: what is read from where comes
 * from the ledger. A lane is handed over when the group has given the worker that partition of every topic.
 */
#pragma once

#include "core/status.h"
#include "runtime/ledger.h"

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct consumer;
struct settings;

/* Called from consumer_poll only. */
struct consumer_listener {
    void *context;
    /* The group gave these lanes whole; left_out are partitions of which it gave only some topics. The
     * listener takes the lanes and calls consumer_read. */
    void (*on_assigned)(void *context, const int32_t *lanes, size_t count, const int32_t *left_out,
                        size_t left_count);
    /* Everything is gone. After a loss the new owners may be at work already. */
    void (*on_revoked)(void *context, bool is_lost);
};

/* `topics` and the listener live as long as the consumer. Subscribes at once. */
enum status consumer_new(const struct settings *settings, const char *service, const char *const *topics,
                         size_t topic_count, int32_t lane_count, const struct consumer_listener *listener,
                         struct consumer **ret_consumer, struct error *err) MUST_CHECK;
/* Leaves the group. All durable work must be done before. */
void consumer_close(struct consumer *consumer);

/* One message (the caller destroys it), NULL when none came in time, or an error was handled: *ret_fatal then
 * is not OK when the process cannot go on. Errors with a partition are passed on as messages. */
rd_kafka_message_t *consumer_poll(struct consumer *consumer, int timeout_ms, enum status *ret_fatal,
                                  struct error *err);

/* The lanes the group gives us now, whole. */
const int32_t *consumer_lanes(const struct consumer *consumer, size_t *ret_count);

/* Reads exactly these lanes from now on, each topic from its cursor; all that was fetched before is void. */
enum status consumer_read(struct consumer *consumer, struct lane_state *const *lanes, size_t count,
                          struct error *err) MUST_CHECK;
/* Stops fetching while there is more than enough, or nothing can be written; polling must go on. */
void consumer_pause(struct consumer *consumer);
void consumer_resume(struct consumer *consumer);
bool consumer_is_paused(const struct consumer *consumer);

/* Tells Kafka where the lanes are, for lag tools only; one commit in flight, a later one waits for it. */
void consumer_commit(struct consumer *consumer, const struct ledger_entry *entries, size_t count);

/* Whether brokers answer. While all of them are away it asks again, for 100 ms at most. */
bool consumer_is_up(struct consumer *consumer);

/* Highest offset known of that partition; -1: unknown. No round trip. */
int64_t consumer_high_offset(struct consumer *consumer, const char *topic, int32_t partition);
/* The same, asked of the broker, which may take 100 ms: for partitions that are not read at the moment. */
int64_t consumer_ask_high_offset(struct consumer *consumer, const char *topic, int32_t partition);
