/* SPDX-License-Identifier: Apache-2.0 */
/* Reading single JSON values into the fields of a message; used by json_read.c only. */
#pragma once

#include "core/arena.h"
#include "core/status.h"

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

struct json_reader {
    struct arena *arena;
    struct error *err;
    int depth;
    char path[200]; /* of the value being read; cut when it is longer */
};

/* INVALID, with the path in front of the rule. */
enum status json_complain(const struct json_reader *reader, const char *rule);
/* TRANSIENT. */
enum status json_complain_full(const struct json_reader *reader);

/* Any type but a message; `at` is the field's place. Strings and bytes are copied into the arena. */
enum status json_read_scalar(struct json_reader *reader, const ProtobufCFieldDescriptor *field,
                             const json_t *json, void *at) MUST_CHECK;
enum status json_read_timestamp(struct json_reader *reader, const json_t *json,
                                ProtobufCMessage *message) MUST_CHECK;
enum status json_read_duration(struct json_reader *reader, const json_t *json,
                               ProtobufCMessage *message) MUST_CHECK;
