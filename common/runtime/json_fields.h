/* SPDX-License-Identifier: Apache-2.0 */
/* What reading and writing JSON share: names, sizes, and the two message types that JSON writes as a string.
 */
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_NAME_MAX 64
/* Limits of google.protobuf.Duration: 10000 years. */
#define JSON_DURATION_MAX_SECONDS INT64_C(315576000000)

/* "is_urgent" as "isUrgent"; cut after JSON_NAME_MAX. Returns `to`. */
char *json_camel_name(const char *name, char to[JSON_NAME_MAX + 1]);

/* Bytes that one value takes in its struct or in a repeated field's array. */
size_t json_value_size(ProtobufCType type);

bool json_is_timestamp(const ProtobufCMessageDescriptor *descriptor);
bool json_is_duration(const ProtobufCMessageDescriptor *descriptor);
/* Of a message of one of these two types: int64 seconds = 1, int32 nanos = 2. */
void json_get_seconds(const ProtobufCMessage *message, int64_t *ret_seconds, int32_t *ret_nanos);
void json_set_seconds(ProtobufCMessage *message, int64_t seconds, int32_t nanos);
