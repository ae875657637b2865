/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of a fact: the wrapper's case_id, its `at`, the record's key, the deadline that came. The same in
 * every service, so it is read and filled by the wrapper's descriptor. Pure. */
#pragma once

#include "core/arena.h"
#include "core/ids.h"
#include "core/status.h"
#include "runtime/event.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

struct fact; /* the service's own: what its rules are told */

/* Turns a message into a fact of the service, holding it against the contract. Without an arena (NULL)
 * nothing is kept: then it is a check. */
typedef enum status fact_read_fn(const void *message, struct arena *arena, struct fact *fact,
                                 struct error *err);
struct fact_reader {
    const ProtobufCMessageDescriptor *message;
    int kind;           /* the service's enum fact_kind */
    fact_read_fn *read; /* NULL: the message says all by its name */
};

/* The reader of the event's fact; `readers` end with a zeroed one. INVALID: there is none. */
enum status frame_reader(const struct event *event, const struct fact_reader *readers,
                         const struct fact_reader **ret_reader, struct error *err) MUST_CHECK;
/* The wrapper's `at`. */
enum status frame_at(const struct event *event, int64_t *ret_at_us, struct error *err) MUST_CHECK;
/* The wrapper's case. The lane follows from the key, and everything about a case happens on its lane: INVALID
 * unless the two agree. */
enum status frame_case(const struct event *event, struct uuid *ret_case_id, struct error *err) MUST_CHECK;
/* Which of the kinds the event's deadline has. */
enum status frame_deadline(const struct event *event, const char *const *kinds, int kind_count, int *ret_kind,
                           struct error *err) MUST_CHECK;

/* Puts the fact into a wrapper made in the arena, with the case (absent: none) and the time where the wrapper
 * has fields for them. The fact is borrowed. INVALID: the wrapper has no such fact; TRANSIENT: the arena is
 * full. */
enum status frame_wrap(struct arena *arena, const ProtobufCMessageDescriptor *wrapper, struct text case_id,
                       int64_t at_us, const ProtobufCMessage *fact, const ProtobufCMessage **ret_message,
                       struct error *err) MUST_CHECK;
