/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/outbox.h"

#include "core/lane.h"
#include "ledger.pb-c.h"
#include "runtime/dead_letter.h"
#include "runtime/envelope.h"
#include "runtime/frame.h"
#include "runtime/outbox_batch.h"
#include "runtime/wire.h"

#include <stdio.h>
#include <string.h>

struct output {
    struct output *next;
    const char *topic;
    int32_t partition;
    int64_t n;
    struct text key, value;
    const struct header *headers;
    size_t header_count;
};

void outbox_remember(struct outbox *outbox, enum status status, struct error *err)
{
    if (outbox->problem != STATUS_OK)
        return;
    outbox->problem = status;
    outbox->why = *err;
}

void outbox_remember_full(struct outbox *outbox)
{
    struct error err;
    outbox_remember(outbox, fail(&err, STATUS_TRANSIENT, "the batch's memory is used up"), &err);
}

void outbox_begin(struct outbox *outbox, const struct event *event, struct outbox_lane *lane)
{
    outbox->event = event;
    outbox->lane = lane;
    outbox->problem = STATUS_OK;
}

enum status outbox_end(struct outbox *outbox, struct error *err)
{
    if (outbox->problem != STATUS_OK)
        *err = outbox->why;
    return outbox->problem;
}

struct arena *outbox_arena(struct outbox *outbox)
{
    return outbox->arena;
}

int64_t outbox_now_us(const struct outbox *outbox)
{
    return outbox->now_us;
}

/* `last` has the number of the lane's last output per partition of that topic: the next one's `prev`. */
static struct output *append(struct outbox *outbox, const char *topic, int32_t partition, int64_t *last,
                             int64_t *ret_prev)
{
    struct output *output = arena_alloc(outbox->arena, sizeof *output);
    if (output == NULL)
        return NULL;
    struct outbox_lane *lane = outbox->lane;
    *output = (struct output){.topic = topic, .partition = partition, .n = ++lane->cursor->out_seq};
    *ret_prev = last[partition];
    last[partition] = output->n;
    if (lane->last == NULL)
        lane->first = output;
    else
        lane->last->next = output;
    lane->last = output;
    lane->count++;
    return output;
}

bool outbox_lane_init(struct outbox_lane *lane, struct cursor *cursor, int32_t lane_count,
                      struct arena *arena)
{
    *lane = (struct outbox_lane){.cursor = cursor};
    lane->last_fact = arena_alloc_array(arena, (size_t)lane_count, sizeof *lane->last_fact);
    lane->last_letter = arena_alloc_array(arena, (size_t)lane_count, sizeof *lane->last_letter);
    return lane->last_fact != NULL && lane->last_letter != NULL;
}

static struct envelope envelope_of(const struct outbox *outbox, int64_t n, int64_t prev)
{
    return (struct envelope){
        .source = text_print(outbox->arena, "/aftercare/%s", outbox->service),
        .id =
            text_print(outbox->arena, "%s/%d/%lld", outbox->service, (int)outbox->event->lane, (long long)n),
        .time_us = outbox->now_us,
        .traceparent = outbox->event->envelope->traceparent,
        .has_seq = true,
        .seq = {.service = text_of(outbox->service), .lane = outbox->event->lane, .n = n, .prev = prev}};
}

/* As much as `pending` grows by, nearly. */
static void count_bytes(struct outbox *outbox, const struct output *output)
{
    outbox->bytes += output->key.len + output->value.len;
    for (size_t i = 0; output->headers != NULL && i < output->header_count; i++)
        outbox->bytes += output->headers[i].name.len + output->headers[i].value.len;
}

/* `case_id`: absent for facts of no case. */
static enum status state(struct outbox *outbox, struct text key, struct text case_id,
                         const ProtobufCMessage *fact, struct error *err)
{
    const ProtobufCMessage *wrapper;
    struct text value;
    enum status status =
        frame_wrap(outbox->arena, outbox->wrapper, case_id, outbox->now_us, fact, &wrapper, err);
    if (status == STATUS_OK)
        status = wire_pack(outbox->arena, wrapper, (size_t)outbox->facts.max_record_bytes, &value, err);
    if (status != STATUS_OK)
        return fail_within(err, status, "output to %s", outbox->facts.name);
    int32_t partition = lane_of_key(key, outbox->lane_count);
    int64_t prev;
    struct output *output = append(outbox, outbox->facts.name, partition, outbox->lane->last_fact, &prev);
    if (output == NULL)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    struct envelope envelope = envelope_of(outbox, output->n, prev);
    envelope.type_full = text_of(fact->descriptor->name);
    envelope.subject = key;
    envelope.content_type = TEXT("application/protobuf");
    output->key = text_copy(outbox->arena, key);
    output->value = value;
    output->headers = envelope_headers(outbox->arena, &envelope, &output->header_count);
    if (output->headers == NULL || output->key.at == NULL)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    count_bytes(outbox, output);
    return STATUS_OK;
}

static void state_or_remember(struct outbox *outbox, struct text key, struct text case_id,
                              const ProtobufCMessage *fact)
{
    struct error err;
    if (outbox->problem != STATUS_OK)
        return;
    enum status status = state(outbox, key, case_id, fact, &err);
    if (status != STATUS_OK)
        outbox_remember(outbox, status, &err);
}

void outbox_state(struct outbox *outbox, struct uuid case_id, const ProtobufCMessage *fact)
{
    char text[UUID_TEXT_LEN + 1];
    struct text key = text_of(uuid_format(case_id, text));
    state_or_remember(outbox, key, key, fact);
}

void outbox_state_keyed(struct outbox *outbox, struct text key, const ProtobufCMessage *fact)
{
    state_or_remember(outbox, key, TEXT_NULL, fact);
}

void outbox_bury(struct outbox *outbox, const struct dead_letter *letter)
{
    int64_t prev;
    struct output *output = append(outbox, outbox->dlq.name, letter->partition % outbox->lane_count,
                                   outbox->lane->last_letter, &prev);
    if (output == NULL) {
        outbox_remember_full(outbox);
        return;
    }
    struct envelope envelope = envelope_of(outbox, output->n, prev);
    output->key = letter->key;
    output->value = letter->value;
    output->headers =
        dead_letter_headers(outbox->arena, letter, &envelope, outbox->service, &output->header_count);
    if (output->headers == NULL)
        outbox_remember_full(outbox);
    count_bytes(outbox, output);
}

static Runtime__PendingRecord *pending_record(const struct output *output, struct arena *arena)
{
    Runtime__PendingRecord *record = arena_alloc(arena, sizeof *record);
    Runtime__PendingHeader *headers = arena_alloc_array(arena, output->header_count + 1, sizeof *headers);
    Runtime__PendingHeader **list = arena_alloc_array(arena, output->header_count + 1, sizeof *list);
    if (record == NULL || headers == NULL || list == NULL)
        return NULL;
    runtime__pending_record__init(record);
    for (size_t i = 0; i < output->header_count; i++) {
        runtime__pending_header__init(&headers[i]);
        headers[i].name = text_string(arena, output->headers[i].name);
        headers[i].value.data = (uint8_t *)output->headers[i].value.at;
        headers[i].value.len = output->headers[i].value.len;
        if (headers[i].name == NULL)
            return NULL;
        list[i] = &headers[i];
    }
    record->topic = (char *)output->topic;
    record->partition = output->partition;
    record->key.data = (uint8_t *)output->key.at;
    record->key.len = output->key.len;
    record->value.data = (uint8_t *)output->value.at;
    record->value.len = output->value.len;
    record->headers = list;
    record->n_headers = output->header_count;
    return record;
}

bool outbox_pack(const struct outbox_lane *lane, struct arena *arena, struct text *ret_pending)
{
    *ret_pending = TEXT_NULL;
    if (lane->count == 0)
        return true;
    Runtime__Pending pending = RUNTIME__PENDING__INIT;
    pending.records = arena_alloc_array(arena, lane->count, sizeof *pending.records);
    if (pending.records == NULL)
        return false;
    for (const struct output *at = lane->first; at != NULL; at = at->next) {
        Runtime__PendingRecord *record = pending_record(at, arena);
        if (record == NULL)
            return false;
        pending.records[pending.n_records++] = record;
    }
    size_t len = runtime__pending__get_packed_size(&pending);
    uint8_t *bytes = arena_alloc(arena, len);
    if (bytes == NULL)
        return false;
    runtime__pending__pack(&pending, bytes);
    *ret_pending = text_make(bytes, len);
    return true;
}
