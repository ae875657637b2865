/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/kafka_client.h"

#include "runtime/kafka_client_own.h"
#include "runtime/kafka_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_log(const rd_kafka_t *rk, int level, const char *facility, const char *text)
{
    (void)rk, (void)level, (void)facility, (void)text;
}

static void on_error(rd_kafka_t *rk, int code, const char *reason, void *opaque)
{
    (void)rk;
    struct kafka_trouble *trouble = opaque;
    /* "all brokers down" comes last and tells least */
    if (code != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || trouble->text[0] == '\0')
        snprintf(trouble->text, sizeof trouble->text, "%s", reason);
}

enum status kafka_instance_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, struct kafka_trouble *trouble,
                               rd_kafka_t **ret_rk, struct error *err)
{
    char why[300];
    if (conf == NULL)
        return STATUS_FATAL;
    rd_kafka_conf_set_opaque(conf, trouble);
    rd_kafka_conf_set_log_cb(conf, on_log);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof why);
    if (rk == NULL) {
        rd_kafka_conf_destroy(conf);
        return fail(err, STATUS_FATAL, "Kafka: %s", why);
    }
    *ret_rk = rk;
    return STATUS_OK;
}

static bool is_about_connection(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__TIMED_OUT ||
           code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || code == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT ||
           code == RD_KAFKA_RESP_ERR__WAIT_COORD || code == RD_KAFKA_RESP_ERR__RESOLVE ||
           code == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT ||
           code == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
           code == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS;
}

enum status kafka_failure(rd_kafka_t *rk, const struct kafka_trouble *trouble, rd_kafka_resp_err_t code,
                          const char *what, struct error *err)
{
    if (rd_kafka_type(rk) == RD_KAFKA_PRODUCER)
        rd_kafka_poll(rk, 0); /* serves on_error */
    bool is_lost = is_about_connection(code);
    const char *why = is_lost && trouble->text[0] != '\0' ? trouble->text : rd_kafka_err2str(code);
    return fail(err, is_lost ? STATUS_TRANSIENT : STATUS_FATAL, "Kafka: %s: %s", what, why);
}

enum status kafka_client_new(const struct settings *settings, const char *name,
                             struct kafka_client **ret_client, struct error *err)
{
    struct kafka_client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    enum status status = kafka_instance_new(RD_KAFKA_PRODUCER, kafka_config_client(settings, name, err),
                                            &client->trouble, &client->rk, err);
    if (status == STATUS_OK)
        *ret_client = client;
    else
        free(client);
    return status;
}

void kafka_client_free(struct kafka_client *client)
{
    if (client == NULL)
        return;
    if (client->rk != NULL)
        rd_kafka_destroy(client->rk);
    free(client);
}

/* ---- topics ---- */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct kafka_topic *)a)->name, ((const struct kafka_topic *)b)->name);
}

enum status kafka_client_list(struct kafka_client *client, struct arena *arena,
                              struct kafka_topic **ret_topics, size_t *ret_count, struct error *err)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t code = rd_kafka_metadata(client->rk, 1, NULL, &metadata, KAFKA_CLIENT_WAIT_MS);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_failure(client->rk, &client->trouble, code, "asking for the topics", err);
    struct kafka_topic *topics = arena_alloc_array(arena, (size_t)metadata->topic_cnt + 1, sizeof *topics);
    size_t count = 0;
    bool is_full = topics == NULL;
    for (int i = 0; i < metadata->topic_cnt && !is_full; i++) {
        const rd_kafka_metadata_topic_t *topic = &metadata->topics[i];
        if (topic->err != RD_KAFKA_RESP_ERR_NO_ERROR || strncmp(topic->topic, "__", 2) == 0)
            continue;
        const char *name = arena_copy(arena, topic->topic, strlen(topic->topic));
        is_full = name == NULL;
        topics[count++] = (struct kafka_topic){name, topic->partition_cnt};
    }
    rd_kafka_metadata_destroy(metadata);
    if (is_full)
        return fail(err, STATUS_FATAL, "out of memory");
    qsort(topics, count, sizeof *topics, by_name);
    *ret_topics = topics;
    *ret_count = count;
    return STATUS_OK;
}

enum status kafka_client_partitions(struct kafka_client *client, const char *topic, int32_t *ret_partitions,
                                    struct error *err)
{
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client->rk, topic, NULL);
    if (handle == NULL)
        return fail(err, STATUS_FATAL, "Kafka: topic %.200s: %s", topic,
                    rd_kafka_err2str(rd_kafka_last_error()));
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t code = rd_kafka_metadata(client->rk, 0, handle, &metadata, KAFKA_CLIENT_WAIT_MS);
    rd_kafka_topic_destroy(handle);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_failure(client->rk, &client->trouble, code, topic, err);
    bool is_there = metadata->topic_cnt == 1 && metadata->topics[0].err == RD_KAFKA_RESP_ERR_NO_ERROR;
    *ret_partitions = is_there ? metadata->topics[0].partition_cnt : 0;
    rd_kafka_metadata_destroy(metadata);
    return STATUS_OK;
}

enum status kafka_client_watermarks(struct kafka_client *client, const char *topic, int32_t partition,
                                    struct kafka_watermarks *ret_watermarks, struct error *err)
{
    struct kafka_watermarks found;
    rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(client->rk, topic, partition, &found.low,
                                                                &found.high, KAFKA_CLIENT_WAIT_MS);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_failure(client->rk, &client->trouble, code, topic, err);
    *ret_watermarks = found;
    return STATUS_OK;
}

enum status kafka_client_committed(const struct settings *settings, const char *service, const char *topic,
                                   int32_t count, int64_t *offsets, struct error *err)
{
    struct kafka_trouble trouble = {.text = ""};
    rd_kafka_t *rk;
    enum status status = kafka_instance_new(RD_KAFKA_CONSUMER, kafka_config_consumer(settings, service, err),
                                            &trouble, &rk, err);
    if (status != STATUS_OK)
        return status;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(count);
    rd_kafka_topic_partition_list_add_range(list, topic, 0, count - 1);
    rd_kafka_resp_err_t code = rd_kafka_committed(rk, list, KAFKA_CLIENT_WAIT_MS);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        status = kafka_failure(rk, &trouble, code, topic, err);
    for (int i = 0; status == STATUS_OK && i < list->cnt; i++)
        offsets[list->elems[i].partition] = list->elems[i].offset < 0 ? -1 : list->elems[i].offset;
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_consumer_close(rk);
    rd_kafka_destroy(rk);
    return status;
}
