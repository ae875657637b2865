/* SPDX-License-Identifier: Apache-2.0 */
#include "intake.h"

static bool something_waits(struct work *work, struct uuid reference_id)
{
    size_t count;
    struct waiting **waiting = (struct waiting **)rows_of(&work->store.waiting, &reference_id, &count);
    for (size_t i = 0; waiting != NULL && i < count; i++)
        if (waiting[i]->settled_at_us == 0)
            return true;
    return false;
}

enum status intake_on_referring(void *work_, const struct event *event, struct outbox *outbox,
                                struct error *err)
{
    struct work *work = work_;
    const ProtobufCMessage *message;
    struct text bytes;
    enum status status = events_mask_record(event, work->store.arena, &message, &bytes, err);
    if (status != STATUS_OK)
        return status;
    struct referring referring = events_read_referring(message);
    struct uuid id = reference_id(referring.kind, referring.value);
    struct reference *row = rows_get(&work->store.references, &id);
    if (row == NULL)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    struct uuid case_id = reference_case(row);
    if (!uuid_is_nil(case_id)) {
        events_state_referring(outbox, case_id, message);
        return STATUS_OK;
    }
    bool is_first = !something_waits(work, id);
    struct waiting key = {
        .reference_id = id, .topic = event->topic, .lane = event->lane, .position = event->offset};
    struct waiting *waiting = rows_get_row(&work->store.waiting, &key);
    if (waiting == NULL)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    waiting->fact = text_of(event->wrapper->descriptor->short_name);
    waiting->key = event->key;
    waiting->value = bytes;
    waiting->headers = events_pack_headers(event->headers, event->header_count, work->store.arena);
    waiting->received_at_us = work->now_us;
    waiting->settled_at_us = 0;
    rows_touch(&work->store.waiting, waiting);
    row->kind = text_of(referring.kind);
    row->value = referring.value;
    rows_touch(&work->store.references, row);
    if (is_first) /* else the deadline of the first one looks after this one too */
        outbox_arm(outbox, id, DEADLINE_UNMATCHED, work->now_us + work->policy->rules.unmatched_after_us);
    return STATUS_OK;
}

enum status referring_bind(struct work *work, struct outbox *outbox, const char *kind, struct text value,
                           struct uuid case_id, int64_t at_us, struct error *err)
{
    struct uuid id = reference_id(kind, value);
    struct reference *row = rows_get(&work->store.references, &id);
    if (row == NULL)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    if (!reference_bind(row, case_id, at_us))
        return STATUS_OK;
    row->kind = text_of(kind);
    row->value = value;
    rows_touch(&work->store.references, row);

    size_t count;
    struct waiting **waiting = (struct waiting **)rows_of(&work->store.waiting, &id, &count);
    bool any = false;
    for (size_t i = 0; waiting != NULL && i < count; i++) {
        if (waiting[i]->settled_at_us != 0)
            continue;
        enum status status = events_state_waiting(outbox, waiting[i], case_id, err);
        if (status != STATUS_OK)
            return status;
        store_settle(&work->store, waiting[i], work->now_us);
        any = true;
    }
    if (any)
        outbox_cancel(outbox, id, DEADLINE_UNMATCHED);
    return STATUS_OK;
}

static void bury(struct work *work, const struct reference *row, const struct waiting *record,
                 struct outbox *outbox)
{
    size_t header_count;
    const struct header *headers = events_unpack_headers(record->headers, work->store.arena, &header_count);
    const struct dead_letter letter = {
        .topic = record->topic,
        .partition = record->lane,
        .offset = record->position,
        .timestamp_ms = record->received_at_us / 1000,
        .key = record->key,
        .value = record->value,
        .headers = headers,
        .header_count = header_count,
        .reason = TEXT("unmatched"),
        .message = text_print(work->store.arena, "no case has this %.*s", TEXT_ARGS(row->kind)),
    };
    outbox_bury(outbox, &letter);
}

enum status intake_on_unmatched(void *work_, const struct event *event, struct outbox *outbox,
                                struct error *err)
{
    (void)err;
    struct work *work = work_;
    const int64_t unmatched_after_us = work->policy->rules.unmatched_after_us;
    struct uuid id = event->subject_id;
    const struct reference *row = rows_find(&work->store.references, &id);
    size_t count;
    struct waiting **waiting = (struct waiting **)rows_of(&work->store.waiting, &id, &count);
    if (row == NULL || waiting == NULL)
        return STATUS_OK;
    for (size_t i = 0; i < count; i++) {
        if (!reference_is_unmatched(waiting[i], work->now_us, unmatched_after_us))
            continue;
        bury(work, row, waiting[i], outbox);
        store_settle(&work->store, waiting[i], work->now_us);
    }
    int64_t next_us =
        reference_next_look_us((const struct waiting *const *)waiting, count, unmatched_after_us);
    if (next_us != 0)
        outbox_arm(outbox, id, DEADLINE_UNMATCHED, next_us);
    return STATUS_OK;
}
