/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/lane_state.h"

#include <jansson.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CURSOR_MEMORY (1024 * 1024)

void lane_init(struct lane_state *lane, int32_t number)
{
    memset(lane, 0, sizeof *lane);
    lane->number = number;
    arena_init(&lane->memory, CURSOR_MEMORY);
    arena_init(&lane->spare, CURSOR_MEMORY);
}

void lane_done(struct lane_state *lane)
{
    lane_discard(lane);
    arena_done(&lane->memory);
    arena_done(&lane->spare);
}

void record_free(struct record *record)
{
    if (record == NULL)
        return;
    rd_kafka_message_destroy(record->message);
    free(record->why);
    free(record);
}

bool lane_push(struct lane_state *lane, struct record *record)
{
    if (record->message->offset < lane->cursor.offsets[record->input]) {
        record_free(record);
        return false;
    }
    record->next = NULL;
    if (lane->tail == NULL)
        lane->head = record;
    else
        lane->tail->next = record;
    lane->tail = record;
    lane->queued_count++;
    lane->queued_bytes += record->message->len;
    return true;
}

void lane_pop(struct lane_state *lane)
{
    struct record *record = lane->head;
    lane->head = record->next;
    if (lane->head == NULL)
        lane->tail = NULL;
    lane->queued_count--;
    lane->queued_bytes -= record->message->len;
    record_free(record);
}

void lane_discard(struct lane_state *lane)
{
    while (lane->head != NULL)
        lane_pop(lane);
}

bool cursor_copy(const struct cursor *from, struct arena *arena, struct cursor *ret_copy)
{
    struct cursor copy = *from;
    copy.offsets = arena_copy(arena, from->offsets, from->input_count * sizeof *from->offsets);
    copy.seen = arena_copy(arena, from->seen, from->seen_count * sizeof *from->seen);
    if (copy.offsets == NULL || copy.seen == NULL)
        return false;
    *ret_copy = copy;
    return true;
}

enum status lane_set_cursor(struct lane_state *lane, const struct cursor *from, struct error *err)
{
    arena_reset(&lane->spare);
    struct cursor copy;
    if (!cursor_copy(from, &lane->spare, &copy))
        return fail(err, STATUS_FATAL, "lane %d: its cursor does not fit into %d bytes", (int)lane->number,
                    CURSOR_MEMORY);
    struct arena used = lane->memory;
    lane->memory = lane->spare;
    lane->spare = used;
    lane->cursor = copy;
    return STATUS_OK;
}

struct seen *cursor_seen(struct cursor *cursor, struct arena *arena, size_t input, struct text service,
                         int32_t lane)
{
    for (size_t i = 0; i < cursor->seen_count; i++) {
        struct seen *seen = &cursor->seen[i];
        if (seen->input == input && seen->lane == lane && text_equal_string(service, seen->service))
            return seen;
    }
    struct seen *grown = arena_alloc_array(arena, cursor->seen_count + 1, sizeof *grown);
    if (grown == NULL || service.len >= sizeof grown->service)
        return NULL;
    if (cursor->seen_count > 0)
        memcpy(grown, cursor->seen, cursor->seen_count * sizeof *grown);
    struct seen *seen = &grown[cursor->seen_count];
    *seen = (struct seen){.input = input, .lane = lane};
    memcpy(seen->service, service.at, service.len);
    cursor->seen = grown;
    cursor->seen_count++;
    return seen;
}

void lane_note_hole(struct lane_state *lane, size_t input, struct text service, int32_t writer_lane,
                    int64_t wanted, int64_t now_us)
{
    if (lane->hole.is_open)
        return;
    lane->hole = (struct hole){
        .is_open = true, .input = input, .lane = writer_lane, .wanted = wanted, .since_us = now_us};
    size_t len = service.len < sizeof lane->hole.service ? service.len : sizeof lane->hole.service - 1;
    memcpy(lane->hole.service, service.at, len);
}

void lane_heal_hole(struct lane_state *lane)
{
    const struct hole *hole = &lane->hole;
    for (size_t i = 0; hole->is_open && i < lane->cursor.seen_count; i++) {
        const struct seen *seen = &lane->cursor.seen[i];
        if (seen->input == hole->input && seen->lane == hole->lane && seen->n >= hole->wanted &&
            strcmp(seen->service, hole->service) == 0)
            lane->hole.is_open = false;
    }
}

static struct text json_in_arena(json_t *object, struct arena *arena)
{
    struct text text = TEXT_NULL;
    char *dump = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
    if (dump != NULL)
        text = text_copy(arena, text_of(dump));
    free(dump);
    json_decref(object);
    return text;
}

struct text cursor_offsets_json(const struct cursor *cursor, const char *const *topics, struct arena *arena)
{
    json_t *object = json_object();
    for (size_t i = 0; i < cursor->input_count; i++)
        if (cursor->offsets[i] >= 0)
            json_object_set_new(object, topics[i], json_integer(cursor->offsets[i]));
    return json_in_arena(object, arena);
}

struct text cursor_seen_json(const struct cursor *cursor, const char *const *topics, struct arena *arena)
{
    json_t *object = json_object();
    for (size_t i = 0; i < cursor->seen_count; i++) {
        const struct seen *seen = &cursor->seen[i];
        char key[400];
        snprintf(key, sizeof key, "%s %s/%d", topics[seen->input], seen->service, (int)seen->lane);
        json_object_set_new(object, key, json_integer(seen->n));
    }
    return json_in_arena(object, arena);
}

static bool find_topic(struct text name, const char *const *topics, size_t count, size_t *ret_index)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal_string(name, topics[i])) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

static enum status parse_seen(const char *key, json_int_t n, const char *const *topics, struct arena *arena,
                              struct cursor *cursor, struct error *err)
{
    struct text rest = text_of(key);
    struct text topic = text_cut(&rest, ' ');
    struct text service = text_cut(&rest, '/');
    int64_t lane;
    if (!text_to_int64(rest, &lane) || lane < 0 || lane > INT32_MAX)
        return fail(err, STATUS_FATAL, "ledger.seen: '%s' is not 'topic service/lane'", key);
    size_t input;
    if (!find_topic(topic, topics, cursor->input_count, &input))
        return STATUS_OK;
    struct seen *seen = cursor_seen(cursor, arena, input, service, (int32_t)lane);
    if (seen == NULL)
        return fail(err, STATUS_FATAL, "ledger.seen: '%s' is too long", key);
    seen->n = n;
    return STATUS_OK;
}

static json_t *parse_object(struct text text, const char *column, struct error *err)
{
    json_error_t problem;
    json_t *object = json_loadb(text.at == NULL ? "" : text.at, text.len, JSON_REJECT_DUPLICATES, &problem);
    if (!json_is_object(object)) {
        fail(err, STATUS_FATAL, "ledger.%s is not a JSON object", column);
        json_decref(object);
        return NULL;
    }
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (json_is_integer(value))
            continue;
        fail(err, STATUS_FATAL, "ledger.%s: '%s' is not an integer", column, key);
        json_decref(object);
        return NULL;
    }
    return object;
}

enum status cursor_parse(struct text offsets, struct text seen, const char *const *topics, size_t input_count,
                         struct arena *arena, struct cursor *ret_cursor, struct error *err)
{
    struct cursor cursor = {.input_count = input_count};
    cursor.offsets = arena_alloc_array(arena, input_count, sizeof *cursor.offsets);
    if (cursor.offsets == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    for (size_t i = 0; i < input_count; i++)
        cursor.offsets[i] = -1;

    json_t *object = parse_object(offsets, "offsets", err);
    if (object == NULL)
        return STATUS_FATAL;
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        size_t input;
        if (find_topic(text_of(key), topics, input_count, &input))
            cursor.offsets[input] = json_integer_value(value);
    }
    json_decref(object);

    object = parse_object(seen, "seen", err);
    if (object == NULL)
        return STATUS_FATAL;
    enum status status = STATUS_OK;
    json_object_foreach(object, key, value)
    {
        if (status == STATUS_OK)
            status = parse_seen(key, json_integer_value(value), topics, arena, &cursor, err);
    }
    json_decref(object);
    if (status == STATUS_OK)
        *ret_cursor = cursor;
    return status;
}
