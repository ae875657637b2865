/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/kafka_client.h"
#include "runtime/kafka_client_own.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOPICS_MOST 100

static enum status refuse(rd_kafka_resp_err_t code, const char *why, struct error *err)
{
    if (code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE || code == RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION)
        return fail(err, STATUS_REFUSED, "this broker has no admin API");
    return fail(err, STATUS_FATAL, "Kafka: %s", why);
}

/* REFUSED when the cluster's controller is none of its brokers, as devbroker's: librdkafka would look for it
 * until the request times out. A cluster that is choosing its controller names none, and is waited for. */
static enum status find_controller(struct kafka_client *client, struct error *err)
{
    const struct rd_kafka_metadata *metadata;
    rd_kafka_resp_err_t code = rd_kafka_metadata(client->rk, 0, NULL, &metadata, KAFKA_CLIENT_WAIT_MS);
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kafka_failure(client->rk, &client->trouble, code, "the admin API", err);
    int32_t controller = rd_kafka_controllerid(client->rk, KAFKA_CLIENT_WAIT_MS);
    bool is_there = controller < 0;
    for (int i = 0; i < metadata->broker_cnt; i++)
        is_there = is_there || metadata->brokers[i].id == controller;
    rd_kafka_metadata_destroy(metadata);
    return is_there ? STATUS_OK : fail(err, STATUS_REFUSED, "this broker has no admin API");
}

/* Waits for the answer. */
static enum status wait_event(struct kafka_client *client, rd_kafka_queue_t *queue,
                              rd_kafka_event_t **ret_event, struct error *err)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 2 * KAFKA_CLIENT_WAIT_MS);
    if (event == NULL)
        return kafka_failure(client->rk, &client->trouble, RD_KAFKA_RESP_ERR__TIMED_OUT, "the admin API",
                             err);
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        *ret_event = event;
        return STATUS_OK;
    }
    enum status status;
    if (code == RD_KAFKA_RESP_ERR__TIMED_OUT || code == RD_KAFKA_RESP_ERR__TRANSPORT)
        status = kafka_failure(client->rk, &client->trouble, code, "the admin API", err);
    else
        status = refuse(code, rd_kafka_event_error_string(event), err);
    rd_kafka_event_destroy(event);
    return status;
}

static rd_kafka_AdminOptions_t *make_options(struct kafka_client *client, rd_kafka_admin_op_t op)
{
    char why[200];
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(client->rk, op);
    rd_kafka_AdminOptions_set_request_timeout(options, KAFKA_CLIENT_WAIT_MS, why, sizeof why);
    if (op == RD_KAFKA_ADMIN_OP_CREATETOPICS) /* and wait until the brokers know them */
        rd_kafka_AdminOptions_set_operation_timeout(options, KAFKA_CLIENT_WAIT_MS, why, sizeof why);
    return options;
}

/* ---- making ---- */

static enum status new_topic(const struct kafka_topic_plan *plan, rd_kafka_NewTopic_t **ret_topic,
                             struct error *err)
{
    char why[300], number[24];
    rd_kafka_NewTopic_t *topic =
        rd_kafka_NewTopic_new(plan->name, plan->partitions, plan->replication, why, sizeof why);
    if (topic == NULL)
        return fail(err, STATUS_FATAL, "%s: %s", plan->name, why);
    snprintf(number, sizeof number, "%lld", (long long)plan->retention_ms);
    rd_kafka_NewTopic_set_config(topic, "retention.ms", number);
    snprintf(number, sizeof number, "%lld", (long long)plan->max_record_bytes);
    rd_kafka_NewTopic_set_config(topic, "max.message.bytes", number);
    *ret_topic = topic;
    return STATUS_OK;
}

static enum status read_created(const rd_kafka_event_t *event, struct kafka_topic_plan *plans, size_t count,
                                struct error *err)
{
    size_t result_count;
    const rd_kafka_topic_result_t **results = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result((rd_kafka_event_t *)event), &result_count);
    for (size_t i = 0; i < result_count; i++) {
        const char *name = rd_kafka_topic_result_name(results[i]);
        rd_kafka_resp_err_t code = rd_kafka_topic_result_error(results[i]);
        bool was_there = code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS;
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR && !was_there) {
            const char *why = rd_kafka_topic_result_error_string(results[i]);
            return fail(err, STATUS_FATAL, "%s: %s", name, why == NULL ? rd_kafka_err2str(code) : why);
        }
        for (size_t plan = 0; plan < count; plan++)
            if (strcmp(plans[plan].name, name) == 0)
                plans[plan].was_there = was_there;
    }
    return STATUS_OK;
}

enum status kafka_client_create(struct kafka_client *client, struct kafka_topic_plan *plans, size_t count,
                                struct error *err)
{
    rd_kafka_NewTopic_t *topics[TOPICS_MOST];
    size_t made = 0;
    enum status status =
        count <= TOPICS_MOST ? find_controller(client, err) : fail(err, STATUS_FATAL, "too many topics");
    for (; made < count && status == STATUS_OK; made += status == STATUS_OK)
        status = new_topic(&plans[made], &topics[made], err);
    if (status == STATUS_OK) {
        rd_kafka_queue_t *queue = rd_kafka_queue_new(client->rk);
        rd_kafka_AdminOptions_t *options = make_options(client, RD_KAFKA_ADMIN_OP_CREATETOPICS);
        rd_kafka_event_t *event = NULL;
        rd_kafka_CreateTopics(client->rk, topics, count, options, queue);
        status = wait_event(client, queue, &event, err);
        if (status == STATUS_OK) {
            status = read_created(event, plans, count, err);
            rd_kafka_event_destroy(event);
        }
        rd_kafka_AdminOptions_destroy(options);
        rd_kafka_queue_destroy(queue);
    }
    rd_kafka_NewTopic_destroy_array(topics, made);
    return status;
}

/* ---- describing ---- */

static int64_t config_number(const rd_kafka_ConfigResource_t *resource, const char *name)
{
    size_t count;
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resource, &count);
    for (size_t i = 0; i < count; i++) {
        int64_t number;
        if (strcmp(rd_kafka_ConfigEntry_name(entries[i]), name) == 0 &&
            text_to_int64(text_of(rd_kafka_ConfigEntry_value(entries[i])), &number))
            return number;
    }
    return -1;
}

static enum status read_described(const rd_kafka_event_t *event, struct kafka_topic_settings *topics,
                                  size_t count, struct error *err)
{
    size_t result_count;
    const rd_kafka_ConfigResource_t **results = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result((rd_kafka_event_t *)event), &result_count);
    for (size_t i = 0; i < result_count; i++) {
        const char *name = rd_kafka_ConfigResource_name(results[i]);
        rd_kafka_resp_err_t code = rd_kafka_ConfigResource_error(results[i]);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
            return fail_within(err, refuse(code, rd_kafka_err2str(code), err), "%s", name);
        for (size_t topic = 0; topic < count; topic++) {
            if (strcmp(topics[topic].name, name) != 0)
                continue;
            topics[topic].retention_ms = config_number(results[i], "retention.ms");
            topics[topic].max_record_bytes = config_number(results[i], "max.message.bytes");
        }
    }
    return STATUS_OK;
}

enum status kafka_client_describe(struct kafka_client *client, struct kafka_topic_settings *topics,
                                  size_t count, struct error *err)
{
    rd_kafka_ConfigResource_t *resources[TOPICS_MOST];
    if (count > TOPICS_MOST)
        return fail(err, STATUS_FATAL, "too many topics");
    if (count == 0)
        return STATUS_OK;
    enum status status = find_controller(client, err);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        resources[i] = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topics[i].name);
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client->rk);
    rd_kafka_AdminOptions_t *options = make_options(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    rd_kafka_event_t *event = NULL;
    rd_kafka_DescribeConfigs(client->rk, resources, count, options, queue);
    status = wait_event(client, queue, &event, err);
    if (status == STATUS_OK) {
        status = read_described(event, topics, count, err);
        rd_kafka_event_destroy(event);
    }
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(queue);
    rd_kafka_ConfigResource_destroy_array(resources, count);
    return status;
}
