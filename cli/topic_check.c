/* SPDX-License-Identifier: Apache-2.0 */
#include "topic_check.h"

#include <stdarg.h>

#define MS_PER_DAY     INT64_C(86400000)
#define LEAST_BYTES    INT64_C(1048576) /* a producer's batch */
#define OVERHEAD_BYTES INT64_C(65536)   /* headers, key and framing of one record */

int64_t topic_check_retention_ms(const struct catalogue_topic *topic)
{
    return topic->retention_days * MS_PER_DAY;
}

int64_t topic_check_max_bytes(const struct catalogue_topic *topic)
{
    int64_t bytes = topic->max_record_bytes + OVERHEAD_BYTES;
    return bytes < LEAST_BYTES ? LEAST_BYTES : bytes;
}

static void add(struct topic_differences *differences, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct topic_differences *differences, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(differences->lines[differences->count++], sizeof differences->lines[0], format, args);
    va_end(args);
}

struct topic_differences topic_check(const struct catalogue_topic *topic, const struct topic_found *found,
                                     int32_t partitions)
{
    struct topic_differences differences = {.count = 0};
    if (found->partitions == 0) {
        add(&differences, "%s: is missing", topic->name);
        return differences;
    }
    if (found->partitions != partitions)
        add(&differences, "%s: has %d partitions, not %d", topic->name, (int)found->partitions,
            (int)partitions);
    if (!found->has_settings)
        return differences;
    int64_t retention_ms = topic_check_retention_ms(topic);
    if (found->retention_ms != retention_ms)
        add(&differences, "%s: retention.ms is %lld, not %lld (%d days)", topic->name,
            (long long)found->retention_ms, (long long)retention_ms, (int)topic->retention_days);
    int64_t max_bytes = topic_check_max_bytes(topic);
    if (found->max_record_bytes != max_bytes)
        add(&differences, "%s: max.message.bytes is %lld, not %lld", topic->name,
            (long long)found->max_record_bytes, (long long)max_bytes);
    return differences;
}
