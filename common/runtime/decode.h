/* SPDX-License-Identifier: Apache-2.0 */
/* From a Kafka record to an event a handler can take: envelope, the reader's rule on aftercare-seq, route,
 * wire format, the service's own check. Pure but for memory: what it learns goes into the cursor it is given.
 */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "runtime/event.h"
#include "runtime/lane_state.h"
#include "runtime/record.h"
#include "runtime/service.h"

#include <stdbool.h>

enum decoded_as {
    DECODED_EVENT,  /* to be handled */
    DECODED_BURY,   /* breaks the contract: to the DLQ */
    DECODED_REPEAT, /* applied before */
    DECODED_HOLE,   /* a predecessor of the same batch is missing: the writer will publish all of it again */
    DECODED_UNUSED, /* a fact this service has no route for */
};

struct decoded {
    enum decoded_as as;
    struct record *record;
    struct event
        event; /* BURY: as far as it was read; topic, lane, offset, key, headers and value always are */
    struct envelope envelope;
    const struct route *route; /* EVENT */
    bool needs_memory;         /* EVENT: known by (source, id), not by a number */
    const char *reason;        /* BURY: "invalid", "crash" */
    struct error why;          /* BURY: one sentence */
};

/* Moves cursor->offsets past the record and, when it applies, cursor->seen. TRANSIENT only when the arena is
 * full. */
enum status decode_record(const struct service *service, struct record *record, int32_t lane,
                          struct cursor *cursor, struct arena *arena, struct decoded *ret_decoded,
                          struct error *err) MUST_CHECK;
