/* SPDX-License-Identifier: Apache-2.0 */
/* librdkafka's settings, in one place, each with its reason; KAFKA_CONF_x_y=value overrides any but those the
 * loop's guarantees rest on (named in kafka_config.c), which are refused. */
#pragma once

#include "core/status.h"

#include <librdkafka/rdkafka.h>

struct settings;

/* A worker's consumer: range assignor, no offsets kept by the library, group
 * `<KAFKA_GROUP_PREFIX>-<service>`. */
rd_kafka_conf_t *kafka_config_consumer(const struct settings *settings, const char *service,
                                       struct error *err);
/* A worker's producer: idempotent, never gives a record up by itself. */
rd_kafka_conf_t *kafka_config_producer(const struct settings *settings, const char *service,
                                       struct error *err);
/* The HTTP door's producer: gives a record up after 5 s, so that a request can be answered. */
rd_kafka_conf_t *kafka_config_door(const struct settings *settings, const char *service, struct error *err);
/* For asking about topics only. */
rd_kafka_conf_t *kafka_config_client(const struct settings *settings, const char *service, struct error *err);
/* All return NULL with err filled when a property is refused. */
