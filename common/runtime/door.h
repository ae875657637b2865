/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP door's own producer: publishes single records and tells what became of each, within about five
 * seconds. Unlike the lanes' publisher it gives up: whoever asked waits for an answer and can send again.
 *
 * One polling thread per door calls all reports. A door whose producer fails for good makes itself a new one.
 */
#pragma once

#include "core/status.h"
#include "core/text.h"
#include "runtime/envelope.h"

#include <stddef.h>
#include <stdint.h>

struct door;
struct rd_kafka_conf_s;

#define DOOR_HEADERS_MOST 32

/* Copied by door_publish. */
struct door_record {
    const char *topic;
    struct text key; /* absent: a partition at random */
    struct text value;
    const struct header *headers;
    size_t header_count;
};

struct door_report {
    /* OK: Kafka has acknowledged it, at this place. TRANSIENT: unknown, it may be there or not: send again
     * under the same identity. INVALID: Kafka refuses this record for good (too large). */
    enum status status;
    const char *topic;
    int32_t partition; /* only with OK */
    int64_t offset;    /* only with OK */
    struct error err;  /* only without OK */
};

/* Called exactly once for every record door_publish took, on the door's thread; must not block. */
typedef void door_reported_fn(void *context, const struct door_report *report);

/* Takes the configuration over, also on failure (see kafka_config_door). */
enum status door_new(struct rd_kafka_conf_s *conf, struct door **ret_door, struct error *err) MUST_CHECK;
/* Waits at most grace_ms for what is on its way; whatever is left is reported TRANSIENT. NULL is allowed. */
void door_free(struct door *door, int grace_ms);

/* Makes the producer learn about the topic, so that the first record does not wait for it. Does not block. */
void door_touch(struct door *door, const char *topic);

/* Never blocks. Any thread. Not OK: the record was not taken and will not be reported (TRANSIENT: the queue
 * is full; INVALID: too large, too many headers). */
enum status door_publish(struct door *door, const struct door_record *record, door_reported_fn *on_reported,
                         void *context, struct error *err) MUST_CHECK;
