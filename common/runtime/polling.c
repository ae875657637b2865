/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/polling.h"

#include "runtime/consumer.h"
#include "runtime/log.h"

#include <stdlib.h>
#include <string.h>

#define QUEUE_FACTOR 8 /* queues of so many batches are enough */

static bool find_input(const struct loop *loop, const char *topic, size_t *ret_input)
{
    for (size_t i = 0; i < loop->input_count; i++) {
        if (strcmp(loop->topics[i], topic) == 0) {
            *ret_input = i;
            return true;
        }
    }
    return false;
}

static void stand_still(const struct loop *loop, struct lane_state *lane, size_t input)
{
    if (!lane->is_stuck)
        log_error(
            "Kafka no longer has the offset the ledger names; the lane stands still (aftercare lane reset)",
            LOG_STRING("topic", loop->topics[input]), LOG_NUMBER("partition", lane->number),
            LOG_NUMBER("offset", lane->cursor.offsets[input]));
    lane->is_stuck = true;
    lane_discard(lane);
}

static void take_message(struct loop *loop, rd_kafka_message_t *message)
{
    struct lane_state *lane = loop_lane(loop, message->partition);
    size_t input = 0;
    bool is_ours =
        lane != NULL && lane->is_held && find_input(loop, rd_kafka_topic_name(message->rkt), &input);
    if (is_ours && message->err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
        stand_still(loop, lane, input);
    struct record *record = NULL;
    if (is_ours && !lane->is_stuck && message->err == RD_KAFKA_RESP_ERR_NO_ERROR)
        record = calloc(1, sizeof *record);
    if (record == NULL) {
        rd_kafka_message_destroy(message);
        return;
    }
    record->message = message;
    record->input = input;
    record->arrival = ++loop->arrivals;
    lane_push(lane, record);
}

size_t polling_queued(const struct loop *loop)
{
    size_t count = 0;
    for (int32_t i = 0; i < loop->lane_count; i++)
        count += loop->lanes[i].queued_count;
    return count;
}

/* Nothing is fetched while more waits than the next batches can take, or while no lane is ours and all would
 * be thrown away; polling itself must go on. */
static void balance(struct loop *loop)
{
    size_t count = polling_queued(loop), bytes = 0;
    for (int32_t i = 0; i < loop->lane_count; i++)
        bytes += loop->lanes[i].queued_bytes;
    size_t most = loop->most_records * QUEUE_FACTOR, most_bytes = loop->most_bytes * QUEUE_FACTOR;
    if (loop->must_retake || count > most || bytes > most_bytes)
        consumer_pause(loop->consumer);
    else if (count < most / 2 && bytes < most_bytes / 2)
        consumer_resume(loop->consumer);
}

enum status polling_take(struct loop *loop, int timeout_ms, struct error *err)
{
    enum status fatal = STATUS_OK;
    rd_kafka_message_t *message = consumer_poll(loop->consumer, timeout_ms, &fatal, err);
    for (size_t i = 0; message != NULL && i < loop->most_records; i++) {
        take_message(loop, message);
        message = consumer_poll(loop->consumer, 0, &fatal, err);
    }
    if (message != NULL)
        take_message(loop, message);
    balance(loop);
    return fatal;
}
