/* SPDX-License-Identifier: Apache-2.0 */
/* A Kafka record as a person or a program wants to see it: decoded by the catalogue, in one line or as JSON.
 * Pure. What comes from outside is printed without control characters. */
#pragma once

#include "core/arena.h"
#include "runtime/kafka_client.h"

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdio.h>

/* Where a record in a DLQ came from, and why it is there. */
struct record_origin {
    struct text topic;
    int64_t partition, offset; /* -1: not told */
    struct text reason;        /* "invalid", "crash" ... */
    struct text message;       /* one sentence */
};

struct record_view {
    struct text fact;    /* the fact's or message's name; absent when nothing names it */
    struct text case_id; /* absent when it belongs to no case */
    json_t *body;        /* NULL: not decoded */
    struct error why;    /* why not */
    bool is_dead;        /* it has an origin */
    struct record_origin origin;
};

/* The message that carries facts of this ce_type ("aftercare.intake.v1.CaseOpened" or "CaseOpened"): a
 * wrapper or the message itself. NULL when the catalogue has none. */
const ProtobufCMessageDescriptor *record_view_find_type(struct text type);

/* Borrows from the record; end it with record_view_done. */
struct record_view record_view_make(const struct kafka_record *record, struct arena *arena);
void record_view_done(struct record_view *view);

/* "time topic/partition/offset fact case-id JSON\n" */
void record_view_print(const struct kafka_record *record, const struct record_view *view, FILE *out);
/* A new reference: topic, partition, offset, time, key, fact, caseId, headers, value (or valueHex and
 * problem), and for dead letters reason, message and original. NULL when memory is short. */
json_t *record_view_json(const struct kafka_record *record, const struct record_view *view);

/* Writes the text with '?' for control characters and for what is no UTF-8; "-" when it is absent. */
void print_clean(struct text text, FILE *out);
/* Bytes in hex, at most `most` of them, then "...". */
void print_hex(struct text bytes, size_t most, FILE *out);
