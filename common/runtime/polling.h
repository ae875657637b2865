/* SPDX-License-Identifier: Apache-2.0 */
/* From Kafka into the lanes' queues. */
#pragma once

#include "core/status.h"
#include "runtime/loop.h"

/* Waits at most timeout_ms for a first message, then takes what is there, a batch's worth at most. Messages
 * of lanes that are not held, and records below the ledger's offset, are dropped. Stops fetching while the
 * queues are full. FATAL when the consumer cannot go on. */
enum status polling_take(struct loop *loop, int timeout_ms, struct error *err) MUST_CHECK;

/* Records in all queues. */
size_t polling_queued(const struct loop *loop);
