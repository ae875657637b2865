/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/loop_metrics.h"

#include "runtime/attempt.h"
#include "runtime/consumer.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>

static const char *const outcomes[] = {"applied", "buried", "repeated", "held_back", "unused"};

static struct metric *record_counter(const struct loop_metrics *metrics, const char *type, enum decoded_as as)
{
    return metric_counter("aftercare_events_processed", "Records read, by fact and by what became of them.",
                          METRIC_LABELS("service", metrics->service, "type", type, "outcome", outcomes[as]));
}

static void add_routes(struct loop_metrics *metrics, const struct input *input)
{
    for (const struct route *route = input->routes; route != NULL && route->fact != NULL; route++) {
        if (metrics->route_count == LOOP_METRICS_ROUTES)
            return;
        metrics->routes[metrics->route_count].route = route;
        metrics->routes[metrics->route_count++].applied = record_counter(metrics, route->fact, DECODED_EVENT);
    }
}

static void init_batches(struct loop_metrics *metrics, const char *const *labels)
{
    metrics->batches = metric_counter("aftercare_batches", "Batches committed.", labels);
    metrics->rollbacks =
        metric_counter("aftercare_batches_rolled_back", "Batches rolled back and done again.", labels);
    metrics->fenced = metric_counter("aftercare_lanes_fenced",
                                     "Times a batch met a lane that another process had taken.", labels);
    metrics->takings = metric_counter("aftercare_lanes_taken", "Lanes taken.", labels);
    metrics->rebalances =
        metric_counter("aftercare_rebalance", "Times the group gave a worker its lanes.", labels);
    metrics->batch_records =
        metric_histogram_count("aftercare_batch_size", "Records and deadlines a batch.", labels);
    metrics->batch_seconds =
        metric_histogram_seconds("aftercare_batch_seconds", "From BEGIN to COMMIT of a batch.", labels);
    metrics->record_latency =
        metric_histogram_seconds("aftercare_event_processing_seconds",
                                 "From a record's Kafka timestamp to the COMMIT that covers it.", labels);
    metrics->outputs = metric_counter("aftercare_facts_stated", "Records produced.", labels);
}

void loop_metrics_init(struct loop_metrics *metrics, const struct service *service)
{
    const char *const *labels = METRIC_LABELS("service", service->name);
    metrics->service = service->name;
    for (enum decoded_as as = DECODED_EVENT; as <= DECODED_UNUSED; as++)
        metrics->records[as] = record_counter(metrics, "", as);
    for (const struct input *input = service->inputs; input->topic != NULL; input++)
        add_routes(metrics, input);
    init_batches(metrics, labels);
    metrics->deadlines_fired = metric_counter("aftercare_deadline_fired", "Deadlines that acted.", labels);
    metrics->deadline_lateness =
        metric_histogram_seconds("aftercare_deadline_lateness_seconds",
                                 "From due to COMMIT of the effect, by Postgres's clock.", labels);
    metrics->deadline_rebuilds =
        metric_counter("aftercare_deadline_rebuild", "Times Redis was filled from Postgres.", labels);
    metrics->redis_up = metric_gauge("aftercare_redis_up", "1 while Redis answers.", labels);
    metric_set(metric_gauge("aftercare_build_info", "What runs here.",
                            METRIC_LABELS("service", service->name, "version", AFTERCARE_VERSION)),
               1);
}

void loop_metrics_buried(struct loop_metrics *metrics, const char *reason)
{
    metric_add(metric_counter("aftercare_dlq", "Records and deadlines sent to the DLQ.",
                              METRIC_LABELS("service", metrics->service, "reason", reason)),
               1);
}

void loop_metrics_record(struct loop_metrics *metrics, const struct decoded *item)
{
    if (item->as == DECODED_BURY)
        loop_metrics_buried(metrics, item->reason);
    for (size_t i = 0; item->as == DECODED_EVENT && i < metrics->route_count; i++) {
        if (metrics->routes[i].route == item->route) {
            metric_add(metrics->routes[i].applied, 1);
            return;
        }
    }
    metric_add(metrics->records[item->as], 1);
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
                           (double)(attempt->fence.clock_us - timestamp_ms * US_PER_MS) / US_PER_SECOND);
    }
    size_t outputs = 0;
    for (size_t i = 0; i < attempt->entry_count; i++)
        outputs += attempt->outs[i].count;
    metric_add(metrics->outputs, (int64_t)outputs);
    metric_set(metric_gauge("aftercare_consumer_last_commit_timestamp_seconds",
                            "When the last batch was committed, by Postgres's clock.",
                            METRIC_LABELS("service", loop->service->name)),
               (double)attempt->fence.clock_us / US_PER_SECOND);
}

struct survey {
    bool is_given[LOOP_MOST_LANES]; /* by the group */
    bool is_deaf;                   /* Kafka did not answer: it is not asked again this time */
};

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

/* A lane the group gives us and that cannot be taken, for Postgres is away: its lag grows all the same. Its
 * records were thrown away, so the oldest one waits at least since the lane was lost. */
static void survey_lost(struct loop *loop, struct survey *survey, const struct lane_state *lane, size_t input,
                        struct metric *records, struct metric *seconds)
{
    int64_t next =
        lane->cursor.input_count == 0 || lane->cursor.offsets[input] < 0 ? 0 : lane->cursor.offsets[input];
    int64_t high =
        survey->is_deaf ? -1 : consumer_ask_high_offset(loop->consumer, loop->topics[input], lane->number);
    survey->is_deaf = high < 0;
    if (high < 0)
        return; /* what was said last still stands */
    metric_set(records, high > next ? (double)(high - next) : 0);
    metric_set(seconds, high > next && lane->lost_at_us != 0
                            ? (double)(time_monotonic_us() - lane->lost_at_us) / US_PER_SECOND
                            : 0);
}

static void survey_input(struct loop *loop, struct survey *survey, const struct lane_state *lane,
                         size_t input)
{
    char number[12];
    snprintf(number, sizeof number, "%d", (int)lane->number);
    const char *const *labels = METRIC_LABELS("service", loop->service->name, "group", loop->group, "topic",
                                              loop->topics[input], "partition", number);
    struct metric *records =
        metric_gauge("aftercare_consumer_lag_records", "Records not committed yet, by the ledger.", labels);
    struct metric *seconds = metric_gauge("aftercare_consumer_lag_seconds",
                                          "Age of the oldest record that waits; 0 when none does.", labels);
    if (lane->is_held) {
        int64_t high = consumer_high_offset(loop->consumer, loop->topics[input], lane->number);
        int64_t next = lane->cursor.offsets[input] < 0 ? 0 : lane->cursor.offsets[input];
        metric_set(records, high > next ? (double)(high - next) : 0);
        metric_set(seconds, waiting_seconds(lane, input));
    } else if (survey->is_given[lane->number]) {
        survey_lost(loop, survey, lane, input, records, seconds);
    } else {
        metric_set(records, 0); /* its new owner tells */
        metric_set(seconds, 0);
    }
}

static void survey_pending(const struct loop *loop, const char *const *labels)
{
    size_t pending = 0;
    int64_t now_us = time_monotonic_us(), oldest_us = 0;
    for (int32_t i = 0; i < loop->lane_count; i++) {
        const struct publication *publication = loop->lanes[i].publication;
        if (publication == NULL || publication_is_done(publication))
            continue;
        pending += publication_count(publication);
        int64_t age_us = now_us - publication_since_us(publication);
        oldest_us = age_us > oldest_us ? age_us : oldest_us;
    }
    metric_set(metric_gauge("aftercare_pending", "Records produced that Kafka has not confirmed.", labels),
               (double)pending);
    metric_set(metric_gauge("aftercare_pending_oldest_age_seconds",
                            "Age of the oldest batch that Kafka has not confirmed.", labels),
               (double)oldest_us / US_PER_SECOND);
}

void loop_metrics_survey(struct loop *loop)
{
    size_t held = 0, stuck = 0, holes = 0, given;
    struct survey survey = {.is_deaf = false};
    const int32_t *lanes = consumer_lanes(loop->consumer, &given);
    for (size_t i = 0; i < given; i++)
        survey.is_given[lanes[i]] = true;
    for (int32_t i = 0; i < loop->lane_count; i++) {
        struct lane_state *lane = &loop->lanes[i];
        held += lane->is_held;
        stuck += lane->is_stuck;
        holes += lane->is_held && lane->hole.is_open;
        /* Once more after it was lost, and then no more: another worker of this process may have it. */
        bool is_ours = lane->is_held || survey.is_given[i];
        for (size_t input = 0; (is_ours || lane->is_surveyed) && input < loop->input_count; input++)
            survey_input(loop, &survey, lane, input);
        lane->is_surveyed = is_ours;
    }
    char number[12];
    snprintf(number, sizeof number, "%d", loop->worker);
    const char *const *labels = METRIC_LABELS("service", loop->service->name, "worker", number);
    metric_set(metric_gauge("aftercare_lanes_held", "Lanes this worker owns.", labels), (double)held);
    metric_set(metric_gauge("aftercare_lanes_stuck", "Lanes whose offset Kafka no longer has.", labels),
               (double)stuck);
    metric_set(metric_gauge("aftercare_lanes_with_hole",
                            "Lanes where a fact's predecessor has not arrived; heals in seconds.", labels),
               (double)holes);
    survey_pending(loop, labels);
    metric_set(loop->metrics->redis_up, wakeup_is_up(loop->wakeup) ? 1 : 0);
}

void loop_metrics_measured(const struct loop *loop, const struct ledger_measure *measure)
{
    char number[12];
    snprintf(number, sizeof number, "%d", loop->worker);
    const char *const *labels = METRIC_LABELS("service", loop->service->name, "worker", number);
    metric_set(metric_gauge("aftercare_deadline_pending", "Armed deadlines, counted up to 100,000.", labels),
               (double)measure->armed);
    metric_set(metric_gauge("aftercare_deadline_overdue", "Armed deadlines more than a second late.", labels),
               (double)measure->overdue);
    labels = METRIC_LABELS("service", loop->service->name);
    metric_set(metric_gauge("aftercare_ledger_bytes", "Size of the ledger, dead rows included.", labels),
               (double)measure->ledger_bytes);
    metric_set(metric_gauge("aftercare_oldest_snapshot_transactions",
                            "Age of the oldest snapshot, which keeps dead rows from being reclaimed.",
                            labels),
               (double)measure->oldest_snapshot);
}
