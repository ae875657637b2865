/* SPDX-License-Identifier: Apache-2.0 */
/* From proto3 JSON to a record for Kafka: the message the topic carries, checked, with CloudEvents headers.
 * Pure. */
#pragma once

#include "runtime/catalogue.h"
#include "runtime/kafka_client.h"

#include <jansson.h>

struct publish_plan {
    const struct catalogue_topic *topic;
    const char *type;   /* NULL: the message's name, or that of the fact that is set */
    const char *key;    /* NULL: the fact's case id; for inbound topics none */
    const char *id;     /* ce_id; NULL: a random UUID */
    const char *source; /* ce_source */
    int64_t now_us;     /* ce_time */
};

/* The record in the arena; the plan's strings are borrowed. INVALID names the field, header or option, and
 * the rule. */
enum status publish_input_read(const struct publish_plan *plan, const json_t *json, struct arena *arena,
                               struct kafka_outgoing *ret_record, struct error *err) MUST_CHECK;
