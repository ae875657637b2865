/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/attempt.h"
#include "runtime/crash_point.h"
#include "runtime/loop_metrics.h"

#include <librdkafka/rdkafka.h>
#include <stdlib.h>
#include <string.h>

static const char clock_sql[] = "SELECT clock_timestamp()";

static enum status on_clock(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    struct attempt *attempt = context;
    attempt->guard.now_us = result_time(result, 0, 0);
    return STATUS_OK;
}

static enum status full(struct error *err)
{
    return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
}

/* What must be remembered, and what is said to be due, as Postgres sees them. */
static enum status ask_postgres(struct attempt *attempt, struct error *err)
{
    attempt->repeats.items =
        arena_alloc_array(attempt->arena, attempt->item_count + 1, sizeof(struct repeat));
    attempt->repeat_items = arena_alloc_array(attempt->arena, attempt->item_count + 1, sizeof(size_t));
    attempt->guard.candidates =
        arena_alloc_array(attempt->arena, attempt->due_count + 1, sizeof(struct deadline_candidate));
    if (attempt->guard.candidates == NULL || attempt->repeat_items == NULL || attempt->repeats.items == NULL)
        return full(err);
    for (size_t i = 0; i < attempt->item_count; i++) {
        const struct decoded *item = &attempt->items[i];
        if (item->as != DECODED_EVENT || !item->needs_memory)
            continue;
        attempt->repeat_items[attempt->repeats.count] = i;
        attempt->repeats.items[attempt->repeats.count++] = (struct repeat){
            .source = item->envelope.source, .id = item->envelope.id, .value = item->event.value};
    }
    for (size_t i = 0; i < attempt->due_count; i++)
        attempt->guard.candidates[i] = *attempt->dues[i].candidate;
    attempt->guard.count = attempt->due_count;

    struct postgres *db = attempt->loop->db;
    postgres_queue(db, "BEGIN", NULL, NULL, NULL);
    postgres_queue(db, clock_sql, NULL, on_clock, attempt);
    repeats_queue(db, &attempt->repeats, attempt->arena);
    deadline_queue_guard(db, &attempt->guard, attempt->arena);
    enum status status = postgres_run(db, err);
    if (status == STATUS_OK && attempt->arena->is_exhausted)
        return full(err);
    return status;
}

static void take_answers(struct attempt *attempt)
{
    for (size_t i = 0; i < attempt->repeats.count; i++)
        if (!attempt->repeats.items[i].is_new)
            attempt->items[attempt->repeat_items[i]].as = DECODED_REPEAT;
    for (size_t i = 0; i < attempt->due_count; i++) {
        struct attempt_due *due = &attempt->dues[i];
        const struct deadline_candidate *candidate = &attempt->guard.candidates[i];
        due->is_due = attempt->guard.verdicts[i] == DEADLINE_DUE;
        due->candidate->due.due_at_us = candidate->due.due_at_us;
        due->envelope = (struct envelope){.time_us = candidate->due.due_at_us};
        due->event = (struct event){.lane = candidate->lane,
                                    .offset = -1,
                                    .subject_id = candidate->due.subject_id,
                                    .envelope = &due->envelope,
                                    .due = &due->candidate->due};
    }
}

static enum status gather_events(struct attempt *attempt, struct error *err)
{
    attempt->events = arena_alloc_array(attempt->arena, attempt->due_count + attempt->item_count + 1,
                                        sizeof *attempt->events);
    if (attempt->events == NULL)
        return full(err);
    int64_t now_us = attempt->guard.now_us;
    for (size_t i = 0; i < attempt->due_count; i++) {
        struct attempt_due *due = &attempt->dues[i];
        due->event.now_us = now_us;
        if (due->is_due && due->candidate->given_up_as == NULL)
            attempt->events[attempt->event_count++] = &due->event;
    }
    for (size_t i = 0; i < attempt->item_count; i++) {
        struct decoded *item = &attempt->items[i];
        item->event.now_us = now_us;
        if (item->as == DECODED_EVENT)
            attempt->events[attempt->event_count++] = &item->event;
    }
    return STATUS_OK;
}

enum status attempt_open(struct attempt *attempt, struct error *err)
{
    struct loop *loop = attempt->loop;
    enum status status = ask_postgres(attempt, err);
    if (status != STATUS_OK)
        return status;
    take_answers(attempt);
    status = gather_events(attempt, err);
    if (status != STATUS_OK)
        return status;
    attempt->batch.db = loop->db;
    attempt->batch.arena = attempt->arena;
    attempt->batch.events = attempt->events;
    attempt->batch.count = attempt->event_count;
    attempt->batch.now_us = attempt->guard.now_us;
    attempt->batch.self = loop->self;
    attempt->outbox = (struct outbox){.arena = attempt->arena,
                                      .service = loop->service->name,
                                      .wrapper = loop->service->fact,
                                      .facts = loop->facts,
                                      .dlq = loop->dlq,
                                      .lane_count = loop->lane_count,
                                      .now_us = attempt->guard.now_us};
    if (attempt->event_count == 0 || loop->service->load == NULL)
        return STATUS_OK;
    status = loop->service->load(&attempt->batch, &attempt->work, err);
    if (status == STATUS_OK && attempt->arena->is_exhausted)
        return full(err);
    return status;
}

/* The handler said, or its outputs showed, that the record cannot be done: it is marked, and the batch starts
 * again without what it changed in memory. */
static enum status give_up(struct record *record, const struct error *why, struct error *err)
{
    record->why = malloc(sizeof *record->why);
    if (record->why == NULL)
        return fail(err, STATUS_TRANSIENT, "out of memory");
    *record->why = *why;
    record->given_up_as = "invalid";
    return STATUS_OK;
}

static enum status handle(struct attempt *attempt, event_handle_fn *handler, const struct event *event,
                          struct error *err)
{
    outbox_begin(&attempt->outbox, event, attempt_out(attempt, event->lane));
#ifdef AFTERCARE_TEST_HOOKS
    crash_point_for("handle", text_string(attempt->arena, event->due != NULL ? text_of(event->due->kind)
                                                                             : event->envelope->id));
#endif
    enum status status = handler(attempt->work, event, &attempt->outbox, err);
    if (status == STATUS_REFUSED)
        status = STATUS_OK; /* the handler has recorded and stated it */
    if (status == STATUS_OK)
        status = outbox_end(&attempt->outbox, err);
    return attempt->arena->is_exhausted ? full(err) : status;
}

static void bury_record(struct attempt *attempt, const struct decoded *item)
{
    struct outbox *outbox = &attempt->outbox;
    outbox_begin(outbox, &item->event, attempt_out(attempt, item->event.lane));
    outbox_bury(outbox,
                &(struct dead_letter){.topic = item->event.topic,
                                      .partition = item->event.lane,
                                      .offset = item->event.offset,
                                      .timestamp_ms = rd_kafka_message_timestamp(item->record->message, NULL),
                                      .key = item->event.key,
                                      .value = item->event.value.at == NULL ? TEXT("") : item->event.value,
                                      .headers = item->event.headers,
                                      .header_count = item->event.header_count,
                                      .reason = text_of(item->reason),
                                      .message = text_of(item->why.text)});
}

static void bury_due(struct attempt *attempt, struct attempt_due *due)
{
    struct outbox *outbox = &attempt->outbox;
    const struct deadline_candidate *candidate = due->candidate;
    outbox_begin(outbox, &due->event, attempt_out(attempt, candidate->lane));
    outbox_deadline_done(outbox, candidate, DEADLINE_FAILED);
    struct text subject = uuid_text(attempt->arena, candidate->due.subject_id);
    outbox_bury(outbox, &(struct dead_letter){.topic = TEXT("deadline"),
                                              .partition = candidate->lane,
                                              .offset = candidate->due.generation,
                                              .timestamp_ms = candidate->due.due_at_us / US_PER_MS,
                                              .key = subject,
                                              .value = text_of(candidate->due.kind),
                                              .reason = text_of(candidate->given_up_as),
                                              .message = text_of(candidate->why->text)});
}

static enum status apply_due(struct attempt *attempt, struct attempt_due *due, bool *ret_is_again,
                             struct error *err)
{
    /* Something earlier in this batch may have cancelled or moved it. */
    if (!due->is_due ||
        outbox_has_changed(&attempt->outbox, due->event.subject_id, due->candidate->due.kind)) {
        due->is_due = false;
        return STATUS_OK;
    }
    if (due->candidate->given_up_as != NULL) {
        bury_due(attempt, due);
        return outbox_end(&attempt->outbox, err);
    }
    outbox_deadline_done(&attempt->outbox, due->candidate, DEADLINE_FIRED);
    enum status status = handle(attempt, due->route->handle, &due->event, err);
    if (status != STATUS_INVALID)
        return status;
    due->candidate->why = arena_copy(&attempt->loop->due_arena, err, sizeof *err);
    if (due->candidate->why == NULL)
        return full(err);
    due->candidate->given_up_as = "invalid";
    *ret_is_again = true;
    return STATUS_OK;
}

static enum status apply_record(struct attempt *attempt, struct decoded *item, bool *ret_is_again,
                                struct error *err)
{
    if (item->as == DECODED_BURY) {
        bury_record(attempt, item);
        return outbox_end(&attempt->outbox, err);
    }
    if (item->as != DECODED_EVENT)
        return STATUS_OK;
    enum status status = handle(attempt, item->route->handle, &item->event, err);
    if (status != STATUS_INVALID)
        return status;
    *ret_is_again = true;
    return give_up(item->record, err, err);
}

enum status attempt_apply(struct attempt *attempt, bool *ret_is_again, struct error *err)
{
    for (size_t i = 0; i < attempt->due_count && !*ret_is_again; i++) {
        enum status status = apply_due(attempt, &attempt->dues[i], ret_is_again, err);
        if (status != STATUS_OK)
            return status;
    }
    for (size_t i = 0; i < attempt->item_count && !*ret_is_again; i++) {
        enum status status = apply_record(attempt, &attempt->items[i], ret_is_again, err);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}
