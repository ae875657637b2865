/* SPDX-License-Identifier: Apache-2.0 */
/* What must be true before a service reads its first record. Waits for Kafka and Postgres to come up; refuses
 * what waiting cannot mend. */
#pragma once

#include "core/status.h"
#include "runtime/service.h"

#include <stdatomic.h>
#include <stdint.h>

struct settings;

/* Checks, waiting in between until *is_stopping: the schema is recent enough; every input topic, the
 * service's own topic and its DLQ exist with one and the same number of partitions; the schema was made for
 * that many lanes; Postgres has room for our connections. FATAL with the sentence; TRANSIENT only when it was
 * told to stop meanwhile. */
enum status preflight(const struct service *service, const struct settings *settings, int connections,
                      const atomic_bool *is_stopping, int32_t *ret_lane_count, struct error *err) MUST_CHECK;
