/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/loop_metrics.h"

#include "runtime/attempt.h"
#include "runtime/consumer.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>

void loop_metrics_init(struct loop_metrics *metrics, const char *service)
{
    static const char *const outcomes[] = {"applied", "buried", "repeated", "held_back", "unused"};
    for (size_t i = 0; i < 5; i++)
        metrics->records[i] = metric_counter("aftercare_records", "Records read, by what became of them.",
                                             METRIC_LABELS("service", service, "outcome", outcomes[i]));
    const char *const *labels = METRIC_LABELS("service", service);
    metrics->buried = metric_counter("aftercare_dlq", "Records sent to the DLQ.", labels);
    metrics->batches = metric_counter("aftercare_batches", "Batches committed.", labels);
    metrics->rollbacks =
        metric_counter("aftercare_batches_rolled_back", "Batches rolled back and done again.", labels);
    metrics->fenced = metric_counter("aftercare_lanes_fenced",
                                     "Times a batch met a lane that another process had taken.", labels);
    metrics->takings = metric_counter("aftercare_lanes_taken", "Lanes taken.", labels);
    metrics->batch_records =
        metric_histogram_count("aftercare_batch_size", "Records and deadlines a batch.", labels);
    metrics->batch_seconds =
        metric_histogram_seconds("aftercare_batch_seconds", "From BEGIN to COMMIT of a batch.", labels);
    metrics->record_latency =
        metric_histogram_seconds("aftercare_event_processing_seconds",
                                 "From a record's Kafka timestamp to the COMMIT that covers it.", labels);
    metrics->outputs = metric_counter("aftercare_facts_stated", "Records produced.", labels);
    metrics->deadlines_fired = metric_counter("aftercare_deadlines_fired", "Deadlines that acted.", labels);
    metrics->deadline_lateness =
        metric_histogram_seconds("aftercare_deadline_lateness_seconds",
                                 "From due to COMMIT of the effect, by Postgres's clock.", labels);
    metrics->redis_up = metric_gauge("aftercare_redis_up", "1 while Redis answers.", labels);
}

void loop_metrics_batch(struct loop *loop, const struct attempt *attempt)
{
    struct loop_metrics *metrics = loop->metrics;
    metric_add(metrics->batches, 1);
    metric_observe(metrics->batch_records, (double)(attempt->item_count + attempt->due_count));
    metric_observe(metrics->batch_seconds,
                   (double)(attempt->fence.clock_us - attempt->guard.now_us) / US_PER_SECOND);
    for (size_t i = 0; i < attempt->item_count; i++) {
        int64_t timestamp_ms = rd_kafka_message_timestamp(attempt->items[i].record->message, NULL);
        if (timestamp_ms > 0)
            metric_observe(metrics->record_latency,
                           (double)(attempt->fence.clock_us / US_PER_MS - timestamp_ms) / 1000);
    }
    size_t outputs = 0;
    for (size_t i = 0; i < attempt->entry_count; i++)
        outputs += attempt->outs[i].count;
    metric_add(metrics->outputs, (int64_t)outputs);
}

/* The oldest record of the topic that waits in the lane's queue, as seconds ago. */
static double waiting_seconds(const struct lane_state *lane, size_t input)
{
    for (const struct record *record = lane->head; record != NULL; record = record->next) {
        if (record->input != input)
            continue;
        int64_t timestamp_ms = rd_kafka_message_timestamp(record->message, NULL);
        int64_t now_ms = time_wall_us() / US_PER_MS;
        return timestamp_ms > 0 && timestamp_ms < now_ms ? (double)(now_ms - timestamp_ms) / 1000 : 0;
    }
    return 0;
}

static void survey_input(struct loop *loop, const struct lane_state *lane, size_t input)
{
    char number[12];
    snprintf(number, sizeof number, "%d", (int)lane->number);
    const char *const *labels =
        METRIC_LABELS("service", loop->service->name, "topic", loop->topics[input], "partition", number);
    struct metric *records =
        metric_gauge("aftercare_consumer_lag_records", "Records not committed yet, by the ledger.", labels);
    struct metric *seconds = metric_gauge("aftercare_consumer_lag_seconds",
                                          "Age of the oldest record that waits; 0 when none does.", labels);
    if (!lane->is_held) {
        metric_set(records, 0); /* its new owner tells */
        metric_set(seconds, 0);
        return;
    }
    int64_t high = consumer_high_offset(loop->consumer, loop->topics[input], lane->number);
    int64_t next = lane->cursor.offsets[input] < 0 ? 0 : lane->cursor.offsets[input];
    metric_set(records, high > next ? (double)(high - next) : 0);
    metric_set(seconds, waiting_seconds(lane, input));
}

void loop_metrics_survey(struct loop *loop)
{
    size_t held = 0, pending = 0, stuck = 0;
    for (int32_t i = 0; i < loop->lane_count; i++) {
        const struct lane_state *lane = &loop->lanes[i];
        held += lane->is_held;
        stuck += lane->is_stuck;
        if (lane->publication != NULL && !publication_is_done(lane->publication))
            pending += publication_count(lane->publication);
        for (size_t input = 0; lane->epoch > 0 && input < loop->input_count; input++)
            survey_input(loop, lane, input);
    }
    char number[12];
    snprintf(number, sizeof number, "%d", loop->worker);
    const char *const *labels = METRIC_LABELS("service", loop->service->name, "worker", number);
    metric_set(metric_gauge("aftercare_lanes_held", "Lanes this worker owns.", labels), (double)held);
    metric_set(metric_gauge("aftercare_lanes_stuck", "Lanes whose offset Kafka no longer has.", labels),
               (double)stuck);
    metric_set(
        metric_gauge("aftercare_pending_records", "Records produced that Kafka has not confirmed.", labels),
        (double)pending);
    metric_set(loop->metrics->redis_up, wakeup_is_up(loop->wakeup) ? 1 : 0);
}
