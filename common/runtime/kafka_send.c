/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/kafka_client.h"
#include "runtime/kafka_client_own.h"
#include "runtime/kafka_config.h"

#include <stdlib.h>
#include <string.h>

struct kafka_sender {
    rd_kafka_t *rk;
    struct kafka_trouble trouble;
    size_t awaited;
    rd_kafka_resp_err_t first_failure;
    const char *failed_topic;
};

/* The instance's opaque is `trouble`, so the sender travels with each record. */
struct delivery {
    struct kafka_sender *sender;
    struct kafka_outgoing *record;
};

static void note_failure(struct kafka_sender *sender, rd_kafka_resp_err_t code, const char *topic)
{
    if (sender->first_failure == RD_KAFKA_RESP_ERR_NO_ERROR) {
        sender->first_failure = code;
        sender->failed_topic = topic;
    }
}

static void on_report(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque)
{
    (void)rk, (void)opaque;
    struct delivery *delivery = message->_private;
    delivery->sender->awaited--;
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        note_failure(delivery->sender, message->err, delivery->record->topic);
        return;
    }
    delivery->record->partition = message->partition;
    delivery->record->offset = message->offset;
}

enum status kafka_sender_new(const struct settings *settings, const char *name,
                             struct kafka_sender **ret_sender, struct error *err)
{
    struct kafka_sender *sender = calloc(1, sizeof *sender);
    if (sender == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    rd_kafka_conf_t *conf = kafka_config_door(settings, name, err);
    if (conf != NULL)
        rd_kafka_conf_set_dr_msg_cb(conf, on_report);
    enum status status = kafka_instance_new(RD_KAFKA_PRODUCER, conf, &sender->trouble, &sender->rk, err);
    if (status == STATUS_OK)
        *ret_sender = sender;
    else
        free(sender);
    return status;
}

void kafka_sender_free(struct kafka_sender *sender)
{
    if (sender == NULL)
        return;
    rd_kafka_destroy(sender->rk);
    free(sender);
}

static rd_kafka_headers_t *make_headers(const struct kafka_outgoing *record)
{
    rd_kafka_headers_t *headers = rd_kafka_headers_new(record->header_count);
    for (size_t i = 0; i < record->header_count; i++)
        rd_kafka_header_add(headers, record->headers[i].name.at, (ssize_t)record->headers[i].name.len,
                            record->headers[i].value.at, (ssize_t)record->headers[i].value.len);
    return headers;
}

/* Waits while the queue is full. */
static void produce(struct kafka_sender *sender, struct delivery *delivery)
{
    struct kafka_outgoing *record = delivery->record;
    rd_kafka_headers_t *headers = make_headers(record);
    rd_kafka_resp_err_t code;
    do {
        code = rd_kafka_producev(
            sender->rk, RD_KAFKA_V_TOPIC(record->topic), RD_KAFKA_V_KEY(record->key.at, record->key.len),
            RD_KAFKA_V_VALUE((void *)record->value.at, record->value.len), RD_KAFKA_V_HEADERS(headers),
            RD_KAFKA_V_OPAQUE(delivery), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
        if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL)
            rd_kafka_poll(sender->rk, 100);
    } while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        sender->awaited++;
        rd_kafka_poll(sender->rk, 0);
        return;
    }
    rd_kafka_headers_destroy(headers);
    note_failure(sender, code, record->topic);
}

enum status kafka_sender_send(struct kafka_sender *sender, struct kafka_outgoing *records, size_t count,
                              struct error *err)
{
    struct delivery *deliveries = calloc(count + 1, sizeof *deliveries);
    if (deliveries == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    sender->first_failure = RD_KAFKA_RESP_ERR_NO_ERROR;
    for (size_t i = 0; i < count; i++) {
        records[i].offset = -1;
        records[i].partition = -1;
        deliveries[i] = (struct delivery){sender, &records[i]};
        produce(sender, &deliveries[i]);
    }
    while (sender->awaited > 0) /* message.timeout.ms bounds it: every record gets its report */
        rd_kafka_poll(sender->rk, 100);
    free(deliveries);
    if (sender->first_failure == RD_KAFKA_RESP_ERR_NO_ERROR)
        return STATUS_OK;
    return kafka_failure(sender->rk, &sender->trouble, sender->first_failure, sender->failed_topic, err);
}
