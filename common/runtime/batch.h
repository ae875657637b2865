/* SPDX-License-Identifier: Apache-2.0 */
/* One batch: what is ready in the worker's lanes, as one Postgres transaction (design: the loop, steps 1 to
 * 7). */
#pragma once

#include "core/status.h"
#include "runtime/loop.h"

enum batch_outcome {
    BATCH_IDLE, /* nothing was ready */
    BATCH_COMMITTED,
    BATCH_AGAIN, /* rolled back with a lesson learned (a record given up, a smaller cap, lanes lost): try at
                    once */
    BATCH_WAITS, /* rolled back: Kafka has not confirmed the batch before; its lanes sit out */
};

/* TRANSIENT: rolled back; the connection may be lost (postgres_is_connected). FATAL: the process must stop.
 */
enum status batch_run(struct loop *loop, enum batch_outcome *ret_outcome, struct error *err) MUST_CHECK;
