/* SPDX-License-Identifier: Apache-2.0 */
/* Kafka for a program that is not a service: the operator's command asks about topics, makes them, sends a
 * few records and reads some without joining a group. One thread; every call waits for its answer, at most
 * KAFKA_CLIENT_WAIT_MS.
 *
 * Statuses: TRANSIENT when no broker answers (the sentence has the reason), REFUSED when the broker is too
 * simple for the question (no admin API), FATAL for settings that cannot work and for what the broker
 * refuses. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"
#include "runtime/envelope.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KAFKA_CLIENT_WAIT_MS 10000

struct settings;
struct kafka_client;

struct kafka_topic {
    const char *name;
    int32_t partitions;
};

struct kafka_watermarks {
    int64_t low;  /* first offset that is still there */
    int64_t high; /* offset of the next record to come */
};

/* Needs KAFKA_BOOTSTRAP_SERVERS among the settings. `name` goes into client.id. */
enum status kafka_client_new(const struct settings *settings, const char *name,
                             struct kafka_client **ret_client, struct error *err) MUST_CHECK;
void kafka_client_free(struct kafka_client *client);

/* All topics, by name, in the arena; the broker's own (__*) left out. */
enum status kafka_client_list(struct kafka_client *client, struct arena *arena,
                              struct kafka_topic **ret_topics, size_t *ret_count,
                              struct error *err) MUST_CHECK;
/* 0 when there is no such topic. */
enum status kafka_client_partitions(struct kafka_client *client, const char *topic, int32_t *ret_partitions,
                                    struct error *err) MUST_CHECK;
enum status kafka_client_watermarks(struct kafka_client *client, const char *topic, int32_t partition,
                                    struct kafka_watermarks *ret_watermarks, struct error *err) MUST_CHECK;
/* What group `<KAFKA_GROUP_PREFIX>-<service>` (a setting too) has committed for partitions 0 .. count - 1;
 * -1: nothing. */
enum status kafka_client_committed(const struct settings *settings, const char *service, const char *topic,
                                   int32_t count, int64_t *offsets, struct error *err) MUST_CHECK;

/* ---- the admin API ---- */

struct kafka_topic_plan {
    const char *name;
    int32_t partitions;
    int32_t replication;
    int64_t retention_ms;
    int64_t max_record_bytes;
    /* Filled by the calls below. */
    bool was_there;
};

/* Makes the topics that are not there; was_there tells which were. What is there stays as it is. REFUSED:
 * this broker cannot make topics on request. */
enum status kafka_client_create(struct kafka_client *client, struct kafka_topic_plan *plans, size_t count,
                                struct error *err) MUST_CHECK;

struct kafka_topic_settings {
    const char *name;
    int64_t retention_ms;
    int64_t max_record_bytes;
};

/* Asks for the settings of topics that exist; `name` is given. REFUSED: this broker does not tell. */
enum status kafka_client_describe(struct kafka_client *client, struct kafka_topic_settings *topics,
                                  size_t count, struct error *err) MUST_CHECK;

/* ---- sending ---- */

struct kafka_outgoing {
    const char *topic;
    struct text key; /* absent: any partition; else murmur2, as the Java client */
    struct text value;
    const struct header *headers;
    size_t header_count;
    /* Filled when it was acknowledged. */
    int32_t partition;
    int64_t offset;
};

struct kafka_sender;

enum status kafka_sender_new(const struct settings *settings, const char *name,
                             struct kafka_sender **ret_sender, struct error *err) MUST_CHECK;
void kafka_sender_free(struct kafka_sender *sender);
/* Sends all, in order, and waits until each is acknowledged or refused: offset -1 for those that were not.
 * The status is the first failure's. */
enum status kafka_sender_send(struct kafka_sender *sender, struct kafka_outgoing *records, size_t count,
                              struct error *err) MUST_CHECK;

/* ---- reading ---- */

struct kafka_position {
    const char *topic;
    int32_t partition;
    int64_t offset; /* the first to be read */
    int64_t end;    /* read up to, but not including, this offset; -1: for ever */
};

struct kafka_record {
    const char *topic;
    int32_t partition;
    int64_t offset;
    int64_t timestamp_ms; /* -1: none */
    struct text key, value;
    const struct header *headers;
    size_t header_count;
};

struct kafka_reader;

/* Reads from the given positions, in no group. Positions at or behind their end are left out. An offset that
 * is no longer there is read from the oldest one that is. */
enum status kafka_reader_new(const struct settings *settings, const char *name,
                             const struct kafka_position *positions, size_t count,
                             struct kafka_reader **ret_reader, struct error *err) MUST_CHECK;
void kafka_reader_free(struct kafka_reader *reader);
/* The next record, waiting for it at most wait_ms. *ret_record is NULL when none came; it is valid until the
 * next call. */
enum status kafka_reader_next(struct kafka_reader *reader, int wait_ms,
                              const struct kafka_record **ret_record, struct error *err) MUST_CHECK;
/* Reads no more of that partition. */
void kafka_reader_finish(struct kafka_reader *reader, const char *topic, int32_t partition);
/* Every position was read to its end. Never, when one has none. */
bool kafka_reader_is_done(const struct kafka_reader *reader);
