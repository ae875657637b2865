/* SPDX-License-Identifier: Apache-2.0 */
/* Where to read topics from: the positions of all their partitions, for kafka_reader_new. */
#pragma once

#include "runtime/kafka_client.h"

#define POSITIONS_MOST 4096

struct positions {
    struct kafka_position items[POSITIONS_MOST];
    size_t count;
};

struct positions_from {
    enum { FROM_BEGINNING, FROM_END, FROM_OFFSET } kind;
    int64_t offset;    /* FROM_OFFSET: in every partition; moved to what is still there */
    int32_t partition; /* this one only; -1: all */
    bool follows;      /* no end; else the end is where the topic ends now */
};

/* "beginning", "end" or an offset. */
enum status positions_parse(const char *word, struct positions_from *ret_from, struct error *err) MUST_CHECK;
/* The offset to start at, given what is there. Pure. */
int64_t positions_start(const struct positions_from *from, struct kafka_watermarks there);
/* Adds the topic's partitions. INVALID when there is no such topic or partition. `topic` is borrowed. */
enum status positions_add(struct positions *positions, struct kafka_client *client, const char *topic,
                          const struct positions_from *from, struct error *err) MUST_CHECK;
