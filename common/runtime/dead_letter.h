/* SPDX-License-Identifier: Apache-2.0 */
/* The headers of a record in a DLQ: its own, unchanged (only aftercare-seq moves to aftercare-seq-original,
 * for it numbers the topic it came from), then Spring's kafka_dlt-* (binary integers), Kafka Connect's
 * __connect.errors.* (text), and our own aftercare-seq. `aftercare dlq` and the tools of others read them. */
#pragma once

#include "core/arena.h"
#include "runtime/envelope.h"
#include "runtime/outbox.h"

/* In the arena; NULL when it is full. `envelope` gives aftercare-seq only: ce_* stay the original's. */
const struct header *dead_letter_headers(struct arena *arena, const struct dead_letter *letter,
                                         const struct envelope *envelope, const char *service,
                                         size_t *ret_count);
