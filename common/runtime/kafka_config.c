/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/kafka_config.h"

#include "runtime/log.h"
#include "runtime/settings.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct property {
    const char *name, *value;
    bool is_fixed; /* the loop's guarantees rest on it */
};

static const struct property common_properties[] = {
    {"socket.keepalive.enable", "true", false},
    {"socket.nagle.disable", "true", false},
    {"reconnect.backoff.max.ms", "1000",
     false}, /* the default of 10 s is felt by every customer after a restart */
    {"broker.address.family", "any", false},
    {"log.connection.close", "false", false},
    {NULL, NULL, false},
};

static const struct property consumer_properties[] = {
    /* cooperative-sticky loses records and aborts in librdkafka 2.0.2 */
    {"partition.assignment.strategy", "range", true},
    {"enable.auto.commit", "false", true},
    {"enable.auto.offset.store", "false", true},
    {"auto.offset.reset", "error", true}, /* an offset that is gone is an operator's decision, never a jump */
    {"enable.partition.eof", "false", true},
    {"isolation.level", "read_committed", false},
    {"session.timeout.ms", "6000", false},
    {"heartbeat.interval.ms", "1000", false},
    {"fetch.wait.max.ms", "100", false},
    {"queued.min.messages", "100000", false}, /* less, and it idles at 28k records/s */
    {"queued.max.messages.kbytes", "65536", false},
    {"allow.auto.create.topics", "false", true},
    {NULL, NULL, false},
};

static const struct property producer_properties[] = {
    {"enable.idempotence", "true", true},
    {"enable.gapless.guarantee", "true", true},
    {"message.timeout.ms", "0", true}, /* only a report decides what becomes of a record */
    {"acks", "all", true},
    {"linger.ms", "1", false},
    {"compression.type", "lz4", false},
    {"queue.buffering.max.messages", "200000", false},
    {"queue.buffering.max.kbytes", "262144", false},
    {"message.max.bytes", "8388608", false}, /* the catalogue sets the limits, the broker enforces its own */
    {"allow.auto.create.topics", "false", true},
    {NULL, NULL, false},
};

static const struct property door_properties[] = {
    {"enable.idempotence", "true", false},
    {"message.timeout.ms", "5000", true}, /* a request must be answered */
    {"acks", "all", true},
    {"linger.ms", "1", false},
    {"partitioner", "murmur2_random", true}, /* as the Java client: the same key, the same partition */
    {"allow.auto.create.topics", "false", true},
    {NULL, NULL, false},
};

static const struct property client_properties[] = {
    {"allow.auto.create.topics", "false", true},
    {NULL, NULL, false},
};

static bool set(rd_kafka_conf_t *conf, const char *name, const char *value, struct error *err)
{
    char why[300];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) == RD_KAFKA_CONF_OK)
        return true;
    fail(err, STATUS_FATAL, "Kafka setting %s: %s", name, why);
    return false;
}

static bool set_all(rd_kafka_conf_t *conf, const struct property *properties, struct error *err)
{
    for (const struct property *at = properties; at->name != NULL; at++)
        if (!set(conf, at->name, at->value, err))
            return false;
    return true;
}

static bool is_listed(const struct property *properties, const char *name, bool only_fixed)
{
    for (const struct property *at = properties; at->name != NULL; at++)
        if (strcmp(at->name, name) == 0)
            return at->is_fixed || !only_fixed;
    return false;
}

/* One environment serves consumers and producers: a property that the other side alone knows is passed over
 * there. */
static bool is_for_other_side(const char *name, bool is_consumer)
{
    static const char *const consumer_only[] = {
        "session.timeout.ms",  "heartbeat.interval.ms", "fetch.wait.max.ms",
        "queued.min.messages", "fetch.min.bytes",       "max.poll.interval.ms",
        "isolation.level",     "group.instance.id",     "fetch.max.bytes"};
    static const char *const producer_only[] = {
        "linger.ms", "batch.num.messages", "batch.size",         "compression.type",
        "retries",   "retry.backoff.ms",   "delivery.timeout.ms"};
    for (size_t i = 0; !is_consumer && i < sizeof consumer_only / sizeof *consumer_only; i++)
        if (strcmp(consumer_only[i], name) == 0)
            return true;
    for (size_t i = 0; is_consumer && i < sizeof producer_only / sizeof *producer_only; i++)
        if (strcmp(producer_only[i], name) == 0)
            return true;
    return false;
}

static bool set_overrides(rd_kafka_conf_t *conf, const struct settings *settings, const struct property *own,
                          bool is_consumer, struct error *err)
{
    const char *name, *value;
    for (size_t i = 0; settings_kafka(settings, i, &name, &value); i++) {
        if (is_for_other_side(name, is_consumer))
            continue;
        if (is_listed(own, name, true)) {
            fail(err, STATUS_FATAL, "KAFKA_CONF_*: %s is fixed: the service's guarantees rest on it", name);
            return false;
        }
        if (!set(conf, name, value, err))
            return false;
    }
    return true;
}

/* What librdkafka says of itself, as lines of our log. Two warnings tell nothing new: that a setting of ours
 * is called experimental, and that an old broker makes topics when it likes. */
static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    enum { SYSLOG_WARNING = 4 };
    bool is_known = strcmp(facility, "CONFWARN") == 0 || strcmp(facility, "AUTOCREATE") == 0;
    if (level > SYSLOG_WARNING || is_known)
        log_debug("librdkafka", LOG_STRING("client", rd_kafka_name(rk)), LOG_STRING("facility", facility),
                  LOG_STRING("text", text));
    else
        log_warn("librdkafka", LOG_STRING("client", rd_kafka_name(rk)), LOG_STRING("facility", facility),
                 LOG_STRING("text", text));
}

/* All that comes here was logged before, or comes with a report. */
static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    (void)rk, (void)code, (void)reason, (void)opaque;
}

static rd_kafka_conf_t *make(const struct settings *settings, const char *service, const struct property *own,
                             bool is_consumer, struct error *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char client[128];
    snprintf(client, sizeof client, "aftercare-%s", service);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    if (set(conf, "bootstrap.servers", settings_text(settings, "KAFKA_BOOTSTRAP_SERVERS"), err) &&
        set(conf, "client.id", client, err) && set_all(conf, common_properties, err) &&
        set_all(conf, own, err) && set_overrides(conf, settings, own, is_consumer, err))
        return conf;
    rd_kafka_conf_destroy(conf);
    return NULL;
}

rd_kafka_conf_t *kafka_config_consumer(const struct settings *settings, const char *service,
                                       struct error *err)
{
    rd_kafka_conf_t *conf = make(settings, service, consumer_properties, true, err);
    char group[160];
    snprintf(group, sizeof group, "%s-%s", settings_text(settings, "KAFKA_GROUP_PREFIX"), service);
    if (conf == NULL || set(conf, "group.id", group, err))
        return conf;
    rd_kafka_conf_destroy(conf);
    return NULL;
}

rd_kafka_conf_t *kafka_config_producer(const struct settings *settings, const char *service,
                                       struct error *err)
{
    return make(settings, service, producer_properties, false, err);
}

rd_kafka_conf_t *kafka_config_door(const struct settings *settings, const char *service, struct error *err)
{
    return make(settings, service, door_properties, false, err);
}

rd_kafka_conf_t *kafka_config_client(const struct settings *settings, const char *service, struct error *err)
{
    return make(settings, service, client_properties, false, err);
}
