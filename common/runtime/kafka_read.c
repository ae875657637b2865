/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/kafka_client.h"
#include "runtime/kafka_client_own.h"
#include "runtime/kafka_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADERS_MOST 200

struct open_end {
    char *topic;
    int32_t partition;
    int64_t end;
    bool is_done;
};

struct kafka_reader {
    rd_kafka_t *rk;
    struct kafka_trouble trouble;
    struct open_end *ends;
    size_t count, left;
    rd_kafka_message_t *message;
    struct header headers[HEADERS_MOST];
    struct kafka_record record;
};

static bool set(rd_kafka_conf_t *conf, const char *name, const char *value, struct error *err)
{
    char why[200];
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) == RD_KAFKA_CONF_OK)
        return true;
    fail(err, STATUS_FATAL, "Kafka setting %s: %s", name, why);
    return false;
}

/* librdkafka wants a group even from one who only assigns; nothing is committed and nobody is joined. */
static rd_kafka_conf_t *make_conf(const struct settings *settings, const char *name, struct error *err)
{
    rd_kafka_conf_t *conf = kafka_config_client(settings, name, err);
    if (conf == NULL)
        return NULL;
    if (set(conf, "group.id", "aftercare-reader", err) && set(conf, "enable.auto.commit", "false", err) &&
        set(conf, "enable.auto.offset.store", "false", err) &&
        set(conf, "enable.partition.eof", "true", err) && set(conf, "auto.offset.reset", "earliest", err) &&
        set(conf, "fetch.wait.max.ms", "100", err) && set(conf, "isolation.level", "read_committed", err))
        return conf;
    rd_kafka_conf_destroy(conf);
    return NULL;
}

static enum status assign(struct kafka_reader *reader, const struct kafka_position *positions, size_t count,
                          struct error *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++) {
        const struct kafka_position *position = &positions[i];
        if (position->end >= 0 && position->offset >= position->end)
            continue;
        struct open_end *end = &reader->ends[reader->count];
        *end = (struct open_end){strdup(position->topic), position->partition, position->end, false};
        if (end->topic == NULL) {
            rd_kafka_topic_partition_list_destroy(list);
            return fail(err, STATUS_FATAL, "out of memory");
        }
        reader->count++;
        rd_kafka_topic_partition_list_add(list, position->topic, position->partition)->offset =
            position->offset;
    }
    reader->left = reader->count;
    rd_kafka_resp_err_t code = rd_kafka_assign(reader->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_failure(reader->rk, &reader->trouble, code, "assigning", err);
    return STATUS_OK;
}

enum status kafka_reader_new(const struct settings *settings, const char *name,
                             const struct kafka_position *positions, size_t count,
                             struct kafka_reader **ret_reader, struct error *err)
{
    struct kafka_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    reader->ends = calloc(count + 1, sizeof *reader->ends);
    enum status status = reader->ends == NULL
                             ? fail(err, STATUS_FATAL, "out of memory")
                             : kafka_instance_new(RD_KAFKA_CONSUMER, make_conf(settings, name, err),
                                                  &reader->trouble, &reader->rk, err);
    if (status == STATUS_OK) {
        rd_kafka_poll_set_consumer(reader->rk);
        status = assign(reader, positions, count, err);
    }
    if (status == STATUS_OK)
        *ret_reader = reader;
    else
        kafka_reader_free(reader);
    return status;
}

void kafka_reader_free(struct kafka_reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->message != NULL)
        rd_kafka_message_destroy(reader->message);
    if (reader->rk != NULL) {
        rd_kafka_consumer_close(reader->rk);
        rd_kafka_destroy(reader->rk);
    }
    for (size_t i = 0; i < reader->count; i++)
        free(reader->ends[i].topic);
    free(reader->ends);
    free(reader);
}

static struct open_end *find_end(struct kafka_reader *reader, const char *topic, int32_t partition)
{
    for (size_t i = 0; i < reader->count; i++)
        if (reader->ends[i].partition == partition && strcmp(reader->ends[i].topic, topic) == 0)
            return &reader->ends[i];
    return NULL;
}

static void finish(struct kafka_reader *reader, struct open_end *end)
{
    if (end == NULL || end->is_done)
        return;
    end->is_done = true;
    reader->left--;
}

void kafka_reader_finish(struct kafka_reader *reader, const char *topic, int32_t partition)
{
    finish(reader, find_end(reader, topic, partition));
}

bool kafka_reader_is_done(const struct kafka_reader *reader)
{
    return reader->left == 0;
}

static void read_headers(struct kafka_reader *reader)
{
    reader->record.headers = reader->headers;
    reader->record.header_count = 0;
    rd_kafka_headers_t *headers;
    if (rd_kafka_message_headers(reader->message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    const char *name;
    const void *value;
    size_t len;
    for (size_t i = 0; i < HEADERS_MOST; i++) {
        if (rd_kafka_header_get_all(headers, i, &name, &value, &len) != RD_KAFKA_RESP_ERR_NO_ERROR)
            return;
        reader->headers[i] = (struct header){text_of(name), text_make(value == NULL ? "" : value, len)};
        reader->record.header_count = i + 1;
    }
}

static const struct kafka_record *take_record(struct kafka_reader *reader, struct open_end *end)
{
    const rd_kafka_message_t *message = reader->message;
    rd_kafka_timestamp_type_t kind;
    reader->record = (struct kafka_record){
        .topic = end->topic,
        .partition = message->partition,
        .offset = message->offset,
        .timestamp_ms = rd_kafka_message_timestamp(message, &kind),
        .key = text_make(message->key, message->key_len),
        .value = text_make(message->payload, message->len),
    };
    read_headers(reader);
    if (end->end >= 0 && message->offset + 1 >= end->end)
        finish(reader, end);
    return &reader->record;
}

enum status kafka_reader_next(struct kafka_reader *reader, int wait_ms,
                              const struct kafka_record **ret_record, struct error *err)
{
    if (reader->message != NULL)
        rd_kafka_message_destroy(reader->message);
    *ret_record = NULL;
    reader->message = rd_kafka_consumer_poll(reader->rk, wait_ms);
    rd_kafka_message_t *message = reader->message;
    if (message == NULL)
        return STATUS_OK;
    struct open_end *end =
        message->rkt == NULL ? NULL : find_end(reader, rd_kafka_topic_name(message->rkt), message->partition);
    if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        /* The last offsets may hold no record (a transaction's marker, or they were compacted away). */
        if (end != NULL && end->end >= 0)
            finish(reader, end);
        return STATUS_OK;
    }
    if (message->err == RD_KAFKA_RESP_ERR__TRANSPORT || message->err == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
        return STATUS_OK; /* it connects again by itself; a caller that must not wait counts the time */
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_failure(reader->rk, &reader->trouble, message->err, end == NULL ? "reading" : end->topic,
                             err);
    if (end == NULL || end->is_done || (end->end >= 0 && message->offset >= end->end)) {
        finish(reader, end);
        return STATUS_OK;
    }
    *ret_record = take_record(reader, end);
    return STATUS_OK;
}
