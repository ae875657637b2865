/* SPDX-License-Identifier: Apache-2.0 */
/* The topics, as proto/README.md lists them: the build makes the table from it (tools/catalogue-to-c). */
#pragma once

#include "core/text.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalogue_topic {
    const char *name;
    const char
        *message; /* full protobuf name of what it carries; "" where that is several kinds (inbox, DLQ) */
    const char *producer; /* service, or "others" */
    const char *key;      /* what the key is, in words */
    int32_t retention_days;
    int32_t max_record_bytes;
    bool is_fact_topic, is_inbound, is_inbox, is_dlq;
    const ProtobufCMessageDescriptor *descriptor; /* NULL without message */
};

extern const struct catalogue_topic catalogue_topics[];
extern const size_t catalogue_topic_count;

/* NULL when there is none. */
const struct catalogue_topic *catalogue_find(struct text name);
