/* SPDX-License-Identifier: Apache-2.0 */
/* Compares topics as they are with the catalogue. Pure. */
#pragma once

#include "runtime/catalogue.h"

#include <stdbool.h>
#include <stdio.h>

struct topic_found {
    int32_t partitions; /* 0: there is no such topic */
    bool has_settings;  /* the broker told the two below */
    int64_t retention_ms;
    int64_t max_record_bytes;
};

#define TOPIC_CHECK_MOST 4
struct topic_differences {
    char lines[TOPIC_CHECK_MOST][240]; /* each a sentence that begins with the topic's name */
    size_t count;
};

int64_t topic_check_retention_ms(const struct catalogue_topic *topic);
/* What max.message.bytes must be so that the catalogue's largest record gets through: Kafka applies it to
 * what a producer sends at once, headers and framing included, and librdkafka sends up to 1,000,000 bytes at
 * once. */
int64_t topic_check_max_bytes(const struct catalogue_topic *topic);
/* `partitions`: how many every topic shall have. */
struct topic_differences topic_check(const struct catalogue_topic *topic, const struct topic_found *found,
                                     int32_t partitions);
