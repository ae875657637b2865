/* SPDX-License-Identifier: Apache-2.0 */
/* The loop's side of the outbox: made for an attempt, filled by handlers through outbox.h, read when all are
 * through. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "runtime/deadline.h"
#include "runtime/lane_state.h"
#include "runtime/outbox.h"

#include <stdbool.h>
#include <stdint.h>

struct output; /* one record to be published */

/* What one lane produces in this batch, in order. */
struct outbox_lane {
    struct cursor *cursor; /* numbers its outputs */
    struct output *first, *last;
    size_t count;
    int64_t *last_fact, *last_letter; /* per partition: number of the last output there, 0 = none */
};
/* False when the arena is full. */
bool outbox_lane_init(struct outbox_lane *lane, struct cursor *cursor, int32_t lane_count,
                      struct arena *arena);

struct outbox_topic {
    const char *name;
    int32_t max_record_bytes; /* of the catalogue; 0: no such topic */
};

struct outbox {
    struct arena *arena;
    const char *service;
    const ProtobufCMessageDescriptor *wrapper; /* of its facts */
    struct outbox_topic facts, dlq;
    int32_t lane_count; /* partitions of every topic */
    int64_t now_us;
    const struct event *event; /* being handled */
    struct outbox_lane *lane;  /* of that event */
    struct deadline_change *changes;
    size_t change_count;
    uint32_t *change_slots; /* hash table: position + 1 in changes, 0 = free */
    size_t change_slot_count;
    size_t bytes;        /* of all outputs, headers included */
    enum status problem; /* the first one of the event being handled */
    struct error why;
};

/* Before and after each handler: which event and lane calls belong to, and what went wrong in them. */
void outbox_begin(struct outbox *outbox, const struct event *event, struct outbox_lane *lane);
enum status outbox_end(struct outbox *outbox, struct error *err) MUST_CHECK;

/* The first problem of the event being handled is kept; used by the outbox's own parts. */
void outbox_remember(struct outbox *outbox, enum status status, struct error *err);
void outbox_remember_full(struct outbox *outbox);

/* Marks the deadline being handled; a change its handler makes to the same deadline comes after it and
 * counts. */
void outbox_deadline_done(struct outbox *outbox, const struct deadline_candidate *candidate,
                          enum deadline_change_kind what);
/* Whether this batch has already changed that deadline: then what was due before no longer is. */
bool outbox_has_changed(const struct outbox *outbox, struct uuid subject_id, const char *kind);

/* The packed runtime.Pending of a lane, in the arena; absent with count 0. False when the arena is full. */
bool outbox_pack(const struct outbox_lane *lane, struct arena *arena, struct text *ret_pending);
