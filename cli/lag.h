/* SPDX-License-Identifier: Apache-2.0 */
/* How far services are behind: what their ledgers have read against where Kafka's topics end. Pure. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"
#include "runtime/kafka_client.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#define LAG_MOST 8192

struct lag_entry {
    const char *service;
    const char *topic;
    int32_t lane;
    int64_t next;      /* offset the ledger says; -1: none, so the topic's beginning */
    int64_t committed; /* what the group told Kafka; -1: nothing, or not asked */
    struct kafka_watermarks there;
    int64_t records;          /* still to be read */
    int64_t waiting_since_ms; /* Kafka's time of the next record; -1: nothing waits, or it is not known */
};

struct lag_table {
    struct lag_entry entries[LAG_MOST];
    size_t count;
};

/* The offset at which the service will read on. */
int64_t lag_position(const struct lag_entry *entry);
/* Sets `records`. Records that Kafka no longer has do not count. */
void lag_measure(struct lag_entry *entry);
/* Adds one entry for each of the topics that the ledger's JSON names and that is not there yet, for every one
 * of `lanes` lanes, and writes the offsets of this lane. INVALID when the JSON is not {"topic": number}. */
enum status lag_add_offsets(struct lag_table *table, const char *service, int32_t lane, int32_t lanes,
                            struct text offsets, struct arena *arena, struct error *err) MUST_CHECK;

/* One line for each service and topic; with `is_by_lane` for each lane. */
void lag_print(const struct lag_table *table, bool is_by_lane, bool has_committed, int64_t now_ms, FILE *out);
/* A new reference: [{service, topic, records, seconds, lanes: [{lane, next, end, records, seconds}]}]. */
json_t *lag_json(const struct lag_table *table, bool has_committed, int64_t now_ms);
