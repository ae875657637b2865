/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/attempt.h"
#include "runtime/consumer.h"
#include "runtime/crash_point.h"
#include "runtime/log.h"
#include "runtime/loop_metrics.h"

#include <stdlib.h>
#include <string.h>

/* So long does a finished batch wait for Kafka to confirm the batch before, with its transaction open. Lanes
 * that are slower sit out until they are confirmed, and the others go on without them. */
#define REPORTS_WAIT_US (100 * US_PER_MS)

static bool is_confirmed(const struct attempt *attempt)
{
    for (size_t i = 0; i < attempt->entry_count; i++) {
        const struct publication *publication = attempt->entries[i].lane->publication;
        if (publication != NULL && !publication_is_done(publication))
            return false;
    }
    return true;
}

/* True when everything these lanes published before is confirmed; lanes that still wait sit out. */
static enum status await_reports(struct attempt *attempt, bool *ret_is_confirmed, struct error *err)
{
    int64_t until_us = time_monotonic_us() + REPORTS_WAIT_US;
    while (!is_confirmed(attempt)) {
        int64_t now_us = time_monotonic_us();
        if (now_us >= until_us)
            break;
        enum status status = publisher_poll(attempt->loop->publisher, 5, err);
        if (status != STATUS_OK)
            return status;
    }
    *ret_is_confirmed = true;
    for (size_t i = 0; i < attempt->entry_count; i++) {
        struct lane_state *lane = attempt->entries[i].lane;
        if (lane->publication == NULL)
            continue;
        if (!publication_is_done(lane->publication)) {
            lane->is_waiting = true;
            *ret_is_confirmed = false;
            continue;
        }
        publication_release(lane->publication);
        lane->publication = NULL;
        lane->is_waiting = false;
    }
    if (*ret_is_confirmed)
        crash_point("after-reports");
    return STATUS_OK;
}

static enum status pack_outputs(struct attempt *attempt, struct error *err)
{
    if (attempt->outbox.bytes > attempt->loop->most_pending)
        return fail(err, STATUS_INVALID, "the batch produces %zu bytes, %zu are allowed",
                    attempt->outbox.bytes, attempt->loop->most_pending);
    for (size_t i = 0; i < attempt->entry_count; i++)
        if (!outbox_pack(&attempt->outs[i], attempt->arena, &attempt->entries[i].pending))
            return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    return STATUS_OK;
}

static enum status write_all(struct attempt *attempt, struct error *err)
{
    struct loop *loop = attempt->loop;
    if (attempt->event_count > 0 && loop->service->save != NULL) {
        enum status status = loop->service->save(attempt->work, &attempt->batch, err);
        if (status != STATUS_OK)
            return status;
    }
    attempt->changes = (struct deadline_changes){attempt->outbox.changes, attempt->outbox.change_count};
    deadline_queue_changes(loop->db, &attempt->changes, attempt->arena);
    attempt->fence = (struct ledger_fence){.entries = attempt->entries, .count = attempt->entry_count};
    ledger_queue_fence(loop->db, &attempt->fence, loop->topics, attempt->arena);
    crash_point("before-save");
    if (attempt->arena->is_exhausted)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    return postgres_run(loop->db, err);
}

/* Lanes that another owner has taken are thrown away; the rest is done again. */
static bool lose_fenced(struct attempt *attempt)
{
    bool is_any = false;
    for (size_t i = 0; i < attempt->entry_count; i++) {
        if (!attempt->entries[i].is_fenced_off)
            continue;
        struct lane_state *lane = attempt->entries[i].lane;
        log_warn("lane has another owner; its batch is rolled back", LOG_NUMBER("lane", lane->number),
                 LOG_NUMBER("epoch", lane->epoch));
        loop_lose_lane(attempt->loop, lane);
        metric_add(attempt->loop->metrics->fenced, 1);
        is_any = true;
    }
    return is_any;
}

enum status attempt_commit(struct attempt *attempt, enum batch_outcome *ret_outcome, struct error *err)
{
    struct loop *loop = attempt->loop;
    enum status status = pack_outputs(attempt, err);
    if (status == STATUS_OK) {
        bool is_ready;
        status = await_reports(attempt, &is_ready, err);
        if (status != STATUS_OK)
            return status;
        if (!is_ready) {
            *ret_outcome = BATCH_WAITS;
            return STATUS_OK;
        }
        status = write_all(attempt, err);
    }
    if (status != STATUS_OK)
        return status;
    if (lose_fenced(attempt)) {
        *ret_outcome = BATCH_AGAIN;
        return STATUS_OK;
    }
    status = postgres_commit(loop->db, err);
    if (status == STATUS_OK) {
        crash_point("after-commit");
        *ret_outcome = BATCH_COMMITTED;
    }
    return status;
}

static void count_items(const struct attempt *attempt)
{
    struct loop_metrics *metrics = attempt->loop->metrics;
    for (size_t i = 0; i < attempt->item_count; i++) {
        const struct decoded *item = &attempt->items[i];
        loop_metrics_record(metrics, item);
        if (item->as == DECODED_HOLE)
            lane_note_hole(&attempt->loop->lanes[item->event.lane], item->record->input,
                           item->envelope.seq.service, item->envelope.seq.lane, item->envelope.seq.prev,
                           time_monotonic_us());
        if (item->as != DECODED_BURY)
            continue;
        log_warn("record sent to the DLQ", LOG_STRING("topic", item->event.topic.at),
                 LOG_NUMBER("partition", item->event.lane), LOG_NUMBER("offset", item->event.offset),
                 LOG_STRING("reason", item->reason), LOG_STRING("error", item->why.text));
    }
}

/* The lane's own rows in memory become what COMMIT made them. */
static enum status conclude_lane(struct attempt *attempt, struct ledger_entry *entry, struct error *err)
{
    struct lane_state *lane = entry->lane;
    lane->batch++;
    lane->takings = 0;
    lane->suspect[0] = attempt->is_alone ? '\0' : lane->suspect[0];
    enum status status = lane_set_cursor(lane, &entry->cursor, err);
    if (status == STATUS_OK)
        lane_heal_hole(lane);
    if (status == STATUS_OK && entry->pending.at != NULL)
        status = publisher_start(attempt->loop->publisher, entry->pending, &lane->publication, err);
    return status;
}

static void drop_candidate(struct loop *loop, const struct deadline_candidate *candidate)
{
    size_t position = (size_t)(candidate - loop->due);
    loop->due[position].lane = -1; /* swept in conclude_dues */
}

/* Deadlines that were in the batch leave the list; Redis forgets those that acted or were stale. */
static void conclude_dues(struct attempt *attempt)
{
    struct loop *loop = attempt->loop;
    for (size_t i = 0; i < attempt->due_count; i++) {
        struct attempt_due *due = &attempt->dues[i];
        if (attempt->guard.verdicts[i] == DEADLINE_NOT_YET) {
            loop_ask_within(loop, due->candidate->due.due_at_us - attempt->guard.now_us);
        } else {
            wakeup_remove(loop->wakeup, due->candidate);
            if (due->is_due) {
                metric_add(loop->metrics->deadlines_fired, 1);
                metric_observe(loop->metrics->deadline_lateness,
                               (double)(attempt->fence.clock_us - due->candidate->due.due_at_us) /
                                   US_PER_SECOND);
            }
            if (due->candidate->given_up_as != NULL) {
                loop_metrics_buried(loop->metrics, due->candidate->given_up_as);
                log_warn("deadline given up", LOG_STRING("kind", due->candidate->due.kind),
                         LOG_STRING("reason", due->candidate->given_up_as),
                         LOG_STRING("error", due->candidate->why->text));
            }
        }
        drop_candidate(loop, due->candidate);
    }
    size_t kept = 0;
    for (size_t i = 0; i < loop->due_count; i++)
        if (loop->due[i].lane >= 0)
            loop->due[kept++] = loop->due[i];
    loop->due_count = kept;
}

/* Redis learns what was armed and cancelled. A re-armed deadline's earlier member is told by its generation.
 */
static void conclude_changes(struct attempt *attempt)
{
    struct loop *loop = attempt->loop;
    for (size_t i = 0; i < attempt->changes.count; i++) {
        const struct deadline_change *change = &attempt->changes.changes[i];
        struct deadline_candidate candidate = {
            .lane = change->lane,
            .due = {change->subject_id, change->kind, change->generation, change->due_at_us}};
        if (change->what == DEADLINE_CANCEL && change->is_applied)
            wakeup_remove(loop->wakeup, &candidate);
        if (change->what != DEADLINE_ARM || !change->is_applied)
            continue;
        int64_t in_us = change->due_at_us - attempt->fence.clock_us;
        if (in_us < WAKEUP_HORIZON_US)
            wakeup_add(loop->wakeup, &candidate);
        loop_ask_within(loop, in_us);
        if (candidate.due.generation > 1) {
            candidate.due.generation--;
            wakeup_remove(loop->wakeup, &candidate);
        }
    }
    wakeup_send(loop->wakeup);
}

static void pop_records(struct attempt *attempt)
{
    for (size_t i = 0; i < attempt->item_count; i++) {
        struct lane_state *lane =
            attempt->entries[attempt->entry_of_lane[attempt->items[i].event.lane] - 1].lane;
        lane_pop(lane); /* in each lane they were taken from the head on */
        if (lane->alone_left > 0)
            lane->alone_left--;
    }
}

enum status attempt_conclude(struct attempt *attempt, struct error *err)
{
    struct loop *loop = attempt->loop;
    loop->cap_now = loop->cap_now * 2 < loop->most_records ? loop->cap_now * 2 : loop->most_records;
    loop_metrics_batch(loop, attempt);
    count_items(attempt);
    for (size_t i = 0; i < attempt->entry_count; i++) {
        enum status status = conclude_lane(attempt, &attempt->entries[i], err);
        if (status != STATUS_OK)
            return status;
    }
    crash_point("before-reports");
    conclude_dues(attempt);
    conclude_changes(attempt);
    consumer_commit(loop->consumer, attempt->entries, attempt->entry_count);
    pop_records(attempt);
    return STATUS_OK;
}
