/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/preflight.h"

#include "runtime/health.h"
#include "runtime/kafka_config.h"
#include "runtime/ledger.h"
#include "runtime/log.h"
#include "runtime/loop.h"
#include "runtime/migrate.h"
#include "runtime/settings.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define KAFKA_TIMEOUT_MS 5000
#define AGAIN_MS         500
#define RUNTIME_VERSION  2 /* the highest number in common/runtime/schema */

/* ---- Kafka ---- */

static enum status count_partitions(rd_kafka_t *rk, const char *topic, int32_t *ret_count, struct error *err)
{
    rd_kafka_topic_t *handle = rd_kafka_topic_new(rk, topic, NULL);
    if (handle == NULL)
        return fail(err, STATUS_FATAL, "%s is not a topic's name", topic);
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_resp_err_t code = rd_kafka_metadata(rk, 0, handle, &metadata, KAFKA_TIMEOUT_MS);
    enum status status = STATUS_OK;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        status = fail(err, STATUS_TRANSIENT, "Kafka: %s", rd_kafka_err2str(code));
    else if (metadata->topic_cnt != 1 || metadata->topics[0].err != RD_KAFKA_RESP_ERR_NO_ERROR)
        status = fail(err, STATUS_TRANSIENT, "topic %s: %s (aftercare topics create)", topic,
                      rd_kafka_err2str(metadata->topics[0].err));
    else
        *ret_count = metadata->topics[0].partition_cnt;
    if (metadata != NULL)
        rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(handle);
    return status;
}

static enum status compare_topic(rd_kafka_t *rk, const char *topic, const char *first, int32_t *count,
                                 struct error *err)
{
    int32_t partitions = 0;
    enum status status = count_partitions(rk, topic, &partitions, err);
    if (status != STATUS_OK)
        return status;
    if (*count == 0)
        *count = partitions;
    if (partitions != *count)
        return fail(err, STATUS_FATAL, "topic %s has %d partitions, %s has %d: all must have the same number",
                    topic, (int)partitions, first, (int)*count);
    return STATUS_OK;
}

static enum status check_topics(const struct service *service, rd_kafka_t *rk, int32_t *ret_count,
                                struct error *err)
{
    char own[2][128];
    snprintf(own[0], sizeof own[0], "aftercare.%s.v1", service->name);
    snprintf(own[1], sizeof own[1], "aftercare.%s.dlq.v1", service->name);
    const char *first = service->inputs[0].topic;
    int32_t count = 0;
    for (const struct input *input = service->inputs; input->topic != NULL; input++) {
        enum status status = compare_topic(rk, input->topic, first, &count, err);
        if (status != STATUS_OK)
            return status;
    }
    for (size_t i = 0; i < 2; i++) {
        enum status status = compare_topic(rk, own[i], first, &count, err);
        if (status != STATUS_OK)
            return status;
    }
    if (count > LOOP_MOST_LANES)
        return fail(err, STATUS_FATAL, "%d partitions; at most %d are supported", (int)count,
                    LOOP_MOST_LANES);
    *ret_count = count;
    return STATUS_OK;
}

static enum status check_kafka(const struct service *service, const struct settings *settings,
                               int32_t *ret_count, struct error *err)
{
    rd_kafka_conf_t *conf = kafka_config_client(settings, service->name, err);
    if (conf == NULL)
        return STATUS_FATAL;
    char why[300];
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (rk == NULL) {
        rd_kafka_conf_destroy(conf);
        return fail(err, STATUS_FATAL, "Kafka: %s", why);
    }
    enum status status = check_topics(service, rk, ret_count, err);
    rd_kafka_destroy(rk);
    return status;
}

/* ---- Postgres ---- */

static const char room_sql[] =
    "SELECT current_setting('max_connections')::int - current_setting("
    "'superuser_reserved_connections')::int,"
    " (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend')";

struct room {
    int32_t most, used;
};

static enum status on_room(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    struct room *room = context;
    room->most = result_int4(result, 0, 0);
    room->used = result_int4(result, 0, 1);
    return STATUS_OK;
}

static enum status check_version(struct postgres *db, const char *source, int needed, struct error *err)
{
    int version;
    enum status status = migrate_version(db, source, &version, err);
    if (status != STATUS_OK && strcmp(postgres_sqlstate(db), "42P01") == 0)
        return fail(err, STATUS_TRANSIENT, "the schema has no tables yet (aftercare migrate)");
    if (status != STATUS_OK)
        return status;
    if (version < needed)
        return fail(err, STATUS_TRANSIENT,
                    "the schema is at %s %03d, this version needs %03d (aftercare migrate)", source, version,
                    needed);
    return STATUS_OK;
}

static enum status check_postgres(const struct service *service, struct postgres *db, int connections,
                                  int32_t lanes, struct error *err)
{
    struct room room = {0, 0};
    enum status status = check_version(db, "runtime", RUNTIME_VERSION, err);
    if (status == STATUS_OK)
        status = check_version(db, "service", service->schema_version, err);
    if (status != STATUS_OK)
        return status;
    struct arena arena;
    arena_init(&arena, 65536);
    status = ledger_check_lane_count(db, lanes, &arena, err);
    arena_done(&arena);
    if (status != STATUS_OK)
        return status;
    postgres_queue(db, room_sql, NULL, on_room, &room);
    status = postgres_run(db, err);
    if (status == STATUS_OK && room.most - room.used < connections)
        log_warn("Postgres has too few connections left: max_connections must grow",
                 LOG_NUMBER("max", room.most), LOG_NUMBER("used", room.used),
                 LOG_NUMBER("wanted", connections));
    return status;
}

/* ---- */

static void rest(void)
{
    struct timespec pause = {.tv_sec = AGAIN_MS / 1000, .tv_nsec = (AGAIN_MS % 1000) * 1000000L};
    nanosleep(&pause, NULL);
}

enum status preflight(const struct service *service, const struct settings *settings, int connections,
                      const atomic_bool *is_stopping, int32_t *ret_lane_count, struct error *err)
{
    struct postgres *db = postgres_new(settings_text(settings, "DATABASE_URL"), service->name, service->name);
    if (db == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    char told[sizeof err->text] = "";
    enum status status = STATUS_TRANSIENT;
    int32_t lanes = 0;
    while (status == STATUS_TRANSIENT && !atomic_load(is_stopping)) {
        status = check_kafka(service, settings, &lanes, err);
        health_set("kafka", status == STATUS_OK, true, status == STATUS_OK ? "" : err->text);
        if (status == STATUS_OK) {
            status = check_postgres(service, db, connections, lanes, err);
            health_set("postgres", status == STATUS_OK, true, status == STATUS_OK ? "" : err->text);
        }
        if (status != STATUS_TRANSIENT)
            break;
        if (strcmp(told, err->text) != 0) /* each reason once, however long it takes */
            log_warn("not ready to start yet", LOG_STRING("error", err->text));
        snprintf(told, sizeof told, "%s", err->text);
        rest();
    }
    postgres_free(db);
    if (status == STATUS_OK)
        *ret_lane_count = lanes;
    return status;
}
