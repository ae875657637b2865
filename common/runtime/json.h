/* SPDX-License-Identifier: Apache-2.0 */
/* Protobuf messages as JSON and back, by the proto3 JSON mapping: names in lowerCamelCase (the original names
 * are read too), int64 as strings, enums by name, bytes in base64, Timestamp as RFC 3339, Duration as "1.5s".
 * Pure.
 *
 * Reading is strict, because what it makes goes where checked messages go: INVALID, naming the path as in
 * "lines[2].amount.minor" and the rule, on unknown names, wrong types, numbers out of range, unknown enum
 * values, a name or a oneof given twice, NUL. `null` stands for "absent". Times finer than a microsecond are
 * cut off. No sentence quotes a value. The length of the text is for the caller to bound: jansson takes some
 * thirty times as much while it parses. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

/* Builds the message in the arena: valid as long as the arena, nothing to free; it borrows nothing from
 * `json`. TRANSIENT when the arena is full. */
enum status json_to_message(struct arena *arena, const ProtobufCMessageDescriptor *descriptor,
                            const json_t *json, ProtobufCMessage **ret_message, struct error *err) MUST_CHECK;
/* The same from text, which must be one JSON object. */
enum status json_text_to_message(struct arena *arena, const ProtobufCMessageDescriptor *descriptor,
                                 struct text json, ProtobufCMessage **ret_message,
                                 struct error *err) MUST_CHECK;

/* A new reference, for json_decref; members with their default value are left out, as are fields this program
 * does not know. NULL when memory is short or a string in the message is no UTF-8. Times outside years 1 to
 * 9999 are clamped. */
json_t *message_to_json(const ProtobufCMessage *message);
/* The same with the defaults in: 0, "", false, the enum's zero, []; an absent message, and whatever of a
 * oneof is not chosen, is left out all the same. */
json_t *message_to_json_full(const ProtobufCMessage *message);
