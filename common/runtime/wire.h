/* SPDX-License-Identifier: Apache-2.0 */
/* Protobuf from outside. protobuf-c unpacks whatever parses: strings with NUL or broken UTF-8, enum values
 * nobody knows, a megabyte of empty sub-messages as 41 MB. So the wire is walked by the descriptor first;
 * only then is it unpacked, into the batch's arena. Pure. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

/* Unpacked, a record may take this much and eight times its own length. */
#define WIRE_MEMORY (1024 * 1024)
#define WIRE_DEPTH  16

/* INVALID, naming the field's path and the rule, on: truncation, wrong wire type, group, NUL or broken UTF-8
 * in a string, unknown enum value, too deep, too much memory, two messages in a field that holds one, two
 * members of one oneof. Unknown fields are skipped, though not free: a newer writer may have added them. A
 * schema registry's frame (0x00, schema id, message index) in front is accepted and cut off: *ret_body is
 * what follows. */
enum status wire_check(const ProtobufCMessageDescriptor *descriptor, struct text bytes, struct text *ret_body,
                       struct error *err) MUST_CHECK;

/* wire_check, then unpacks into the arena. TRANSIENT when the arena is full. */
enum status wire_unpack(const ProtobufCMessageDescriptor *descriptor, struct arena *arena, struct text bytes,
                        ProtobufCMessage **ret_message, struct error *err) MUST_CHECK;

/* Packs into the arena. INVALID when longer than max_bytes (0: no bound), naming both; TRANSIENT when the
 * arena is full. */
enum status wire_pack(struct arena *arena, const ProtobufCMessage *message, size_t max_bytes,
                      struct text *ret_bytes, struct error *err) MUST_CHECK;

/* Whether messages of this kind wrap facts in a oneof: their names end in "Fact" (proto/README.md). */
bool wire_is_wrapper(const ProtobufCMessageDescriptor *descriptor);
/* The member of the oneof that is set; false when none is. */
bool wire_oneof(const ProtobufCMessage *wrapper, const ProtobufCMessageDescriptor **ret_fact,
                const void **ret_member);
