/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/consumer.h"

#include "runtime/kafka_config.h"
#include "runtime/log.h"

#include <stdlib.h>
#include <string.h>

#define ASK_MS 100

struct consumer {
    rd_kafka_t *rk;
    const char *const *topics;
    size_t topic_count;
    int32_t lane_count;
    const struct consumer_listener *listener;
    uint8_t *given; /* per lane: of how many topics the group gave us the partition */
    int32_t *lanes, *left_out;
    size_t whole_count, left_count;
    bool is_paused;
    bool is_committing;
    bool is_away;                           /* a connection failed, and no broker has answered since */
    rd_kafka_topic_partition_list_t *later; /* offsets to commit when the one in flight is done */
};

static void sort_out(struct consumer *consumer, const rd_kafka_topic_partition_list_t *partitions)
{
    memset(consumer->given, 0, (size_t)consumer->lane_count);
    for (int i = 0; i < partitions->cnt; i++)
        if (partitions->elems[i].partition < consumer->lane_count)
            consumer->given[partitions->elems[i].partition]++;
    consumer->whole_count = 0;
    consumer->left_count = 0;
    for (int32_t lane = 0; lane < consumer->lane_count; lane++) {
        if (consumer->given[lane] == consumer->topic_count)
            consumer->lanes[consumer->whole_count++] = lane;
        else if (consumer->given[lane] > 0)
            consumer->left_out[consumer->left_count++] = lane;
    }
}

/* The partitions of the present assignment. */
static void set_paused(struct consumer *consumer, bool is_paused)
{
    rd_kafka_topic_partition_list_t *list = NULL;
    if (consumer->is_paused == is_paused ||
        rd_kafka_assignment(consumer->rk, &list) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return;
    if (is_paused)
        rd_kafka_pause_partitions(consumer->rk, list);
    else
        rd_kafka_resume_partitions(consumer->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    consumer->is_paused = is_paused;
}

/* A partition that was paused stays so in librdkafka when it leaves the assignment and comes back: whoever
 * assigns resumes first, or the lane would never be read again. */
static rd_kafka_resp_err_t assign(struct consumer *consumer, const rd_kafka_topic_partition_list_t *list)
{
    set_paused(consumer, false);
    return rd_kafka_assign(consumer->rk, list);
}

static void on_rebalance(rd_kafka_t *rk, rd_kafka_resp_err_t code,
                         rd_kafka_topic_partition_list_t *partitions, void *context)
{
    struct consumer *consumer = context;
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        sort_out(consumer, partitions);
        consumer->listener->on_assigned(consumer->listener->context, consumer->lanes, consumer->whole_count,
                                        consumer->left_out, consumer->left_count);
        return;
    }
    consumer->whole_count = 0;
    consumer->left_count = 0;
    consumer->listener->on_revoked(consumer->listener->context, rd_kafka_assignment_lost(rk) != 0);
    assign(consumer, NULL);
}

/* Anything about connections is a suspicion, which consumer_is_up looks into. */
static void on_error(rd_kafka_t *rk, int code, const char *reason, void *context)
{
    (void)rk, (void)reason;
    struct consumer *consumer = context;
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || code == RD_KAFKA_RESP_ERR__TRANSPORT ||
        code == RD_KAFKA_RESP_ERR__RESOLVE || code == RD_KAFKA_RESP_ERR__TIMED_OUT)
        consumer->is_away = true;
}

static void send_commit(struct consumer *consumer, rd_kafka_topic_partition_list_t *offsets)
{
    consumer->is_committing = rd_kafka_commit(consumer->rk, offsets, 1) == RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_topic_partition_list_destroy(offsets);
}

/* A refused commit loses nothing: the ledger is what counts, and the next one says more. */
static void on_committed(rd_kafka_t *rk, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t *offsets,
                         void *context)
{
    (void)rk;
    (void)offsets;
    struct consumer *consumer = context;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR && code != RD_KAFKA_RESP_ERR__NO_OFFSET)
        log_debug("offsets were not committed to Kafka", LOG_STRING("error", rd_kafka_err2name(code)));
    consumer->is_committing = false;
    if (consumer->later == NULL)
        return;
    rd_kafka_topic_partition_list_t *later = consumer->later;
    consumer->later = NULL;
    send_commit(consumer, later);
}

static enum status subscribe(struct consumer *consumer, struct error *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)consumer->topic_count);
    for (size_t i = 0; i < consumer->topic_count; i++)
        rd_kafka_topic_partition_list_add(list, consumer->topics[i], RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(consumer->rk, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail(err, STATUS_FATAL, "Kafka subscribe: %s", rd_kafka_err2str(code));
    return STATUS_OK;
}

static void consumer_drop(struct consumer *consumer)
{
    if (consumer->later != NULL)
        rd_kafka_topic_partition_list_destroy(consumer->later);
    if (consumer->rk != NULL)
        rd_kafka_destroy(consumer->rk);
    free(consumer->given);
    free(consumer->lanes);
    free(consumer->left_out);
    free(consumer);
}

enum status consumer_new(const struct settings *settings, const char *service, const char *const *topics,
                         size_t topic_count, int32_t lane_count, const struct consumer_listener *listener,
                         struct consumer **ret_consumer, struct error *err)
{
    struct consumer *consumer = calloc(1, sizeof *consumer);
    if (consumer == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    consumer->topics = topics;
    consumer->topic_count = topic_count;
    consumer->lane_count = lane_count;
    consumer->listener = listener;
    consumer->given = calloc((size_t)lane_count, 1);
    consumer->lanes = calloc((size_t)lane_count, sizeof *consumer->lanes);
    consumer->left_out = calloc((size_t)lane_count, sizeof *consumer->left_out);
    rd_kafka_conf_t *conf = kafka_config_consumer(settings, service, err);
    if (conf == NULL || consumer->given == NULL || consumer->lanes == NULL || consumer->left_out == NULL) {
        if (conf != NULL)
            rd_kafka_conf_destroy(conf);
        consumer_drop(consumer);
        return STATUS_FATAL;
    }
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_offset_commit_cb(conf, on_committed);
    rd_kafka_conf_set_opaque(conf, consumer);
    char why[300];
    consumer->rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (consumer->rk == NULL) {
        rd_kafka_conf_destroy(conf);
        consumer_drop(consumer);
        return fail(err, STATUS_FATAL, "Kafka consumer: %s", why);
    }
    rd_kafka_poll_set_consumer(consumer->rk);
    enum status status = subscribe(consumer, err);
    if (status != STATUS_OK) {
        consumer_drop(consumer);
        return status;
    }
    *ret_consumer = consumer;
    return STATUS_OK;
}

void consumer_close(struct consumer *consumer)
{
    if (consumer == NULL)
        return;
    rd_kafka_consumer_close(consumer->rk);
    consumer_drop(consumer);
}

static rd_kafka_message_t *sort_error(struct consumer *consumer, rd_kafka_message_t *message,
                                      enum status *ret_fatal, struct error *err)
{
    if (message->err == RD_KAFKA_RESP_ERR__FATAL) {
        char why[300];
        rd_kafka_fatal_error(consumer->rk, why, sizeof why);
        *ret_fatal = fail(err, STATUS_FATAL, "Kafka consumer: %s", why);
    } else if (message->rkt != NULL && message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) {
        return message;
    } else {
        log_debug("Kafka consumer", LOG_STRING("error", rd_kafka_err2name(message->err)),
                  LOG_STRING("reason", rd_kafka_message_errstr(message)));
    }
    rd_kafka_message_destroy(message);
    return NULL;
}

rd_kafka_message_t *consumer_poll(struct consumer *consumer, int timeout_ms, enum status *ret_fatal,
                                  struct error *err)
{
    *ret_fatal = STATUS_OK;
    rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer->rk, timeout_ms);
    if (message == NULL || message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        return message;
    return sort_error(consumer, message, ret_fatal, err);
}

const int32_t *consumer_lanes(const struct consumer *consumer, size_t *ret_count)
{
    *ret_count = consumer->whole_count;
    return consumer->lanes;
}

static void add_offsets(struct consumer *consumer, rd_kafka_topic_partition_list_t *list, int32_t lane,
                        const struct cursor *cursor, bool with_beginnings)
{
    for (size_t i = 0; i < consumer->topic_count; i++) {
        int64_t offset = cursor->offsets[i];
        if (offset < 0 && !with_beginnings)
            continue;
        rd_kafka_topic_partition_list_add(list, consumer->topics[i], lane)->offset =
            offset < 0 ? RD_KAFKA_OFFSET_BEGINNING : offset;
    }
}

enum status consumer_read(struct consumer *consumer, struct lane_state *const *lanes, size_t count,
                          struct error *err)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)(count * consumer->topic_count));
    for (size_t i = 0; i < count; i++)
        add_offsets(consumer, list, lanes[i]->number, &lanes[i]->cursor, true);
    rd_kafka_resp_err_t code = assign(consumer, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail(err, STATUS_TRANSIENT, "Kafka assign: %s", rd_kafka_err2str(code));
    return STATUS_OK;
}

void consumer_pause(struct consumer *consumer)
{
    set_paused(consumer, true);
}

void consumer_resume(struct consumer *consumer)
{
    set_paused(consumer, false);
}

bool consumer_is_paused(const struct consumer *consumer)
{
    return consumer->is_paused;
}

static void merge(rd_kafka_topic_partition_list_t *into, const rd_kafka_topic_partition_list_t *from)
{
    for (int i = 0; i < from->cnt; i++) {
        const rd_kafka_topic_partition_t *newer = &from->elems[i];
        rd_kafka_topic_partition_t *known =
            rd_kafka_topic_partition_list_find(into, newer->topic, newer->partition);
        if (known == NULL)
            known = rd_kafka_topic_partition_list_add(into, newer->topic, newer->partition);
        known->offset = newer->offset;
    }
}

void consumer_commit(struct consumer *consumer, const struct ledger_entry *entries, size_t count)
{
    rd_kafka_topic_partition_list_t *list =
        rd_kafka_topic_partition_list_new((int)(count * consumer->topic_count));
    for (size_t i = 0; i < count; i++)
        add_offsets(consumer, list, entries[i].lane->number, &entries[i].cursor, false);
    if (!consumer->is_committing) {
        send_commit(consumer, list);
        return;
    }
    if (consumer->later == NULL) {
        consumer->later = list;
        return;
    }
    merge(consumer->later, list);
    rd_kafka_topic_partition_list_destroy(list);
}

bool consumer_is_up(struct consumer *consumer)
{
    const struct rd_kafka_metadata *metadata;
    if (consumer->is_away &&
        rd_kafka_metadata(consumer->rk, 0, NULL, &metadata, ASK_MS) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_metadata_destroy(metadata);
        consumer->is_away = false;
    }
    return !consumer->is_away;
}

int64_t consumer_high_offset(struct consumer *consumer, const char *topic, int32_t partition)
{
    int64_t low, high;
    if (rd_kafka_get_watermark_offsets(consumer->rk, topic, partition, &low, &high) !=
            RD_KAFKA_RESP_ERR_NO_ERROR ||
        high < 0)
        return -1;
    return high;
}

int64_t consumer_ask_high_offset(struct consumer *consumer, const char *topic, int32_t partition)
{
    int64_t low, high;
    rd_kafka_resp_err_t code =
        rd_kafka_query_watermark_offsets(consumer->rk, topic, partition, &low, &high, ASK_MS);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ? high : -1;
}
