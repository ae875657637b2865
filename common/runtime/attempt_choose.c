/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/attempt.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status full(struct error *err)
{
    return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
}

struct ledger_entry *attempt_entry(struct attempt *attempt, struct lane_state *lane)
{
    int32_t position = attempt->entry_of_lane[lane->number];
    if (position != 0)
        return &attempt->entries[position - 1];
    struct ledger_entry *entry = &attempt->entries[attempt->entry_count];
    *entry = (struct ledger_entry){.lane = lane};
    if (!cursor_copy(&lane->cursor, attempt->arena, &entry->cursor) ||
        !outbox_lane_init(&attempt->outs[attempt->entry_count], &entry->cursor, attempt->loop->lane_count,
                          attempt->arena))
        return NULL;
    attempt->entry_of_lane[lane->number] = (int32_t)++attempt->entry_count;
    return entry;
}

struct outbox_lane *attempt_out(struct attempt *attempt, int32_t lane)
{
    return &attempt->outs[attempt->entry_of_lane[lane] - 1];
}

static bool is_eligible(const struct lane_state *lane)
{
    if (!lane->is_held || lane->is_stuck)
        return false;
    const struct publication *publication = lane->publication;
    return publication == NULL || publication_is_done(publication) ||
           !(lane->is_waiting || publication_is_doubtful(publication));
}

static struct deadline_candidate *first_due(const struct loop *loop, int32_t lane)
{
    for (size_t i = 0; i < loop->due_count; i++)
        if (loop->due[i].lane == lane)
            return &loop->due[i];
    return NULL;
}

/* A lane under suspicion that has something to do, taken in turns with everybody else. */
static struct lane_state *lane_to_try_alone(struct loop *loop)
{
    loop->alone_turn = !loop->alone_turn;
    if (!loop->alone_turn)
        return NULL;
    for (int32_t i = 0; i < loop->lane_count; i++) {
        struct lane_state *lane = &loop->lanes[i];
        if (lane->alone_left > 0 && is_eligible(lane) &&
            (lane->head != NULL || first_due(loop, lane->number) != NULL))
            return lane;
    }
    return NULL;
}

static enum status add_due(struct attempt *attempt, struct deadline_candidate *candidate, struct error *err)
{
    struct lane_state *lane = &attempt->loop->lanes[candidate->lane];
    if (attempt_entry(attempt, lane) == NULL)
        return full(err);
    struct attempt_due *due = &attempt->dues[attempt->due_count++];
    due->candidate = candidate;
    for (const struct deadline_route *route = attempt->loop->service->deadlines; route->kind != NULL; route++)
        if (strcmp(route->kind, candidate->due.kind) == 0)
            due->route = route;
    return STATUS_OK;
}

static enum status add_record(struct attempt *attempt, struct lane_state *lane, struct record *record,
                              struct error *err)
{
    struct ledger_entry *entry = attempt_entry(attempt, lane);
    if (entry == NULL)
        return full(err);
    return decode_record(attempt->loop->service, record, lane->number, &entry->cursor, attempt->arena,
                         &attempt->items[attempt->item_count++], err);
}

/* Records of all eligible lanes in the order in which they came, as many as fit. */
static enum status choose_records(struct attempt *attempt, size_t most, struct error *err)
{
    struct loop *loop = attempt->loop;
    struct record **next =
        arena_alloc_array(attempt->arena, (size_t)loop->lane_count, sizeof(struct record *));
    if (next == NULL)
        return full(err);
    for (int32_t i = 0; i < loop->lane_count; i++)
        if (is_eligible(&loop->lanes[i]) && loop->lanes[i].alone_left == 0)
            next[i] = loop->lanes[i].head;
    for (size_t bytes = 0; attempt->item_count < most;) {
        int32_t first = -1;
        for (int32_t i = 0; i < loop->lane_count; i++)
            if (next[i] != NULL && (first < 0 || next[i]->arrival < next[first]->arrival))
                first = i;
        if (first < 0)
            break;
        bytes += next[first]->message->len;
        if (bytes > loop->most_bytes && attempt->item_count > 0)
            break;
        enum status status = add_record(attempt, &loop->lanes[first], next[first], err);
        if (status != STATUS_OK)
            return status;
        next[first] = next[first]->next;
    }
    return STATUS_OK;
}

void attempt_suspect(const struct attempt *attempt, char name[SUSPECT_LEN])
{
    if (attempt->due_count > 0) {
        const struct deadline_candidate *candidate = attempt->dues[0].candidate;
        char subject[UUID_TEXT_LEN + 1];
        snprintf(name, SUSPECT_LEN, "deadline/%s|%s|%lld", uuid_format(candidate->due.subject_id, subject),
                 candidate->due.kind, (long long)candidate->due.generation);
        return;
    }
    const struct event *event = &attempt->items[0].event;
    snprintf(name, SUSPECT_LEN, "%.*s/%d/%lld", TEXT_ARGS(event->topic), (int)event->lane,
             (long long)event->offset);
}

bool attempt_give_up_only(struct attempt *attempt, const char *reason, const struct error *why)
{
    if (attempt->due_count > 0) {
        struct attempt_due *due = &attempt->dues[0];
        if (due->candidate->given_up_as != NULL)
            return false;
        due->candidate->given_up_as = reason;
        due->candidate->why = arena_copy(&attempt->loop->due_arena, why, sizeof *why);
        return due->candidate->why != NULL;
    }
    struct record *record = attempt->items[0].record;
    if (record->given_up_as != NULL)
        return false;
    record->why = malloc(sizeof *record->why);
    if (record->why == NULL)
        return false;
    *record->why = *why;
    record->given_up_as = reason;
    return true;
}

/* Another process wrote this one down, tried it, and died. */
static enum status meet_suspect(struct attempt *attempt, struct lane_state *lane, struct error *err)
{
    char name[SUSPECT_LEN];
    attempt_suspect(attempt, name);
    if (strcmp(name, lane->suspect) != 0)
        return STATUS_OK;
    struct error why;
    fail(&why, STATUS_INVALID, "a process died while it handled this, which it had written down before");
    if (!attempt_give_up_only(attempt, "crash", &why) || attempt->item_count == 0)
        return STATUS_OK;
    attempt->item_count = 0;
    attempt->entry_of_lane[lane->number] = 0; /* decoded once more, now as given up */
    attempt->entry_count = 0;
    return add_record(attempt, lane, lane->head, err);
}

static size_t ready(const struct loop *loop)
{
    size_t count = loop->due_count;
    for (int32_t i = 0; i < loop->lane_count; i++)
        count += loop->lanes[i].queued_count;
    return count;
}

enum status attempt_choose(struct attempt *attempt, struct error *err)
{
    struct loop *loop = attempt->loop;
    size_t lanes = (size_t)loop->lane_count;
    size_t most = ready(loop);
    most = most < loop->cap_now ? most : loop->cap_now;
    if (most == 0)
        return STATUS_OK;
    attempt->entries = arena_alloc_array(attempt->arena, lanes, sizeof *attempt->entries);
    attempt->outs = arena_alloc_array(attempt->arena, lanes, sizeof *attempt->outs);
    attempt->entry_of_lane = arena_alloc_array(attempt->arena, lanes, sizeof *attempt->entry_of_lane);
    attempt->dues = arena_alloc_array(attempt->arena, most, sizeof *attempt->dues);
    attempt->items = arena_alloc_array(attempt->arena, most, sizeof *attempt->items);
    if (attempt->items == NULL || attempt->dues == NULL || attempt->entry_of_lane == NULL ||
        attempt->outs == NULL || attempt->entries == NULL)
        return full(err);

    struct lane_state *alone = lane_to_try_alone(loop);
    if (alone != NULL) {
        attempt->is_alone = true;
        struct deadline_candidate *due = first_due(loop, alone->number);
        enum status status =
            due != NULL ? add_due(attempt, due, err) : add_record(attempt, alone, alone->head, err);
        return status != STATUS_OK ? status : meet_suspect(attempt, alone, err);
    }
    for (size_t i = 0; i < loop->due_count && attempt->due_count < most; i++) {
        const struct lane_state *lane = &loop->lanes[loop->due[i].lane];
        if (!is_eligible(lane) || lane->alone_left > 0)
            continue;
        enum status status = add_due(attempt, &loop->due[i], err);
        if (status != STATUS_OK)
            return status;
    }
    return choose_records(attempt, most - attempt->due_count, err);
}
