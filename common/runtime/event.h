/* SPDX-License-Identifier: Apache-2.0 */
/* What a handler sees of one record or one due deadline. Everything is borrowed until the batch ends. */
#pragma once

#include "core/ids.h"
#include "core/text.h"
#include "runtime/envelope.h"

#include <protobuf-c/protobuf-c.h>
#include <stdint.h>

/* A deadline that has come: see deadline.h. */
struct deadline_due {
    struct uuid subject_id;
    const char *kind; /* as in the service's deadline routes */
    int64_t generation;
    int64_t due_at_us;
};

struct event {
    struct text topic; /* absent for a deadline */
    int32_t lane;
    int64_t offset;
    struct text key;
    /* The key as a case id, or the deadline's subject; nil when the key is no UUID. */
    struct uuid subject_id;
    const struct envelope *envelope; /* for a deadline: all absent, time_us = due_at */
    const struct header *headers;    /* as they came, for records that are kept to be sent on */
    size_t header_count;
    struct text value;               /* the record's bytes, as they came */
    const ProtobufCMessage *wrapper; /* the topic's message */
    /* The fact: the member of the wrapper's oneof that the route named; the wrapper itself on topics without
     * one. Cast it to the generated type. */
    const void *fact;
    const struct deadline_due *due; /* NULL for records */
    int64_t now_us;                 /* Postgres's clock_timestamp() at the start of the batch */
};
