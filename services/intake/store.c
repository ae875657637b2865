/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include "store_tables.h"

#include <stdlib.h>
#include <string.h>

/* A round of ids to be made and locked; the next round starts where it ended. */
struct wanted {
    struct uuid *ids;
    size_t count, room;
};

static const char make_actions_sql[] =
    "INSERT INTO action (action_key) SELECT id FROM unnest($1::uuid[]) AS w (id)"
    " ORDER BY id ON CONFLICT DO NOTHING";
static const char make_conversations_sql[] =
    "INSERT INTO conversation (conversation_id) SELECT id FROM unnest($1::uuid[]) AS w (id)"
    " ORDER BY id ON CONFLICT DO NOTHING";
static const char make_references_sql[] =
    "INSERT INTO reference (reference_id) SELECT id FROM unnest($1::uuid[]) AS w (id)"
    " ORDER BY id ON CONFLICT DO NOTHING";
static const char make_subjects_sql[] =
    "INSERT INTO subject (subject_id) SELECT id FROM unnest($1::uuid[]) AS w (id)"
    " ORDER BY id ON CONFLICT DO NOTHING";
static const char forget_settled_sql[] =
    "DELETE FROM waiting WHERE reference_id = ANY ($1::uuid[]) AND settled_at IS NOT NULL";

static struct wanted *new_wanted(struct arena *arena)
{
    return arena_alloc(arena, sizeof(struct wanted));
}

void store_init(struct store *store, struct arena *arena)
{
    *store = (struct store){.arena = arena};
    rows_init(&store->actions, &store_actions, arena);
    rows_init(&store->conversations, &store_conversations, arena);
    rows_init(&store->references, &store_references, arena);
    rows_init(&store->subjects, &store_subjects, arena);
    rows_init(&store->waiting, &store_waiting, arena);
    rows_init(&store->order_links, &store_order_links, arena);
    rows_init(&store->cases, &store_cases, arena);
    rows_init(&store->customers, &store_subjects, arena);
    store->wanted_actions = new_wanted(arena);
    store->wanted_conversations = new_wanted(arena);
    store->wanted_references = new_wanted(arena);
    store->wanted_subjects = new_wanted(arena);
    store->settled = new_wanted(arena);
    store->is_full = store->settled == NULL;
}

/* Room for one more element of `size` in an arena's array that doubles. */
static void *grow(struct store *store, void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    size_t larger = *room == 0 ? 64 : *room * 2;
    void *moved = arena_alloc_array(store->arena, larger, size);
    if (moved == NULL) {
        store->is_full = true;
        return NULL;
    }
    if (count > 0)
        memcpy(moved, items, count * size);
    *room = larger;
    return moved;
}

static void want(struct store *store, struct wanted *wanted, struct uuid id)
{
    if (store->is_full)
        return;
    struct uuid *ids = grow(store, wanted->ids, wanted->count, &wanted->room, sizeof *ids);
    if (ids == NULL)
        return;
    wanted->ids = ids;
    wanted->ids[wanted->count++] = id;
}

void store_want_action(struct store *store, struct uuid action_key)
{
    want(store, store->wanted_actions, action_key);
    rows_want(&store->actions, &action_key);
}

void store_want_conversation(struct store *store, struct uuid conversation_id)
{
    want(store, store->wanted_conversations, conversation_id);
    rows_want(&store->conversations, &conversation_id);
}

void store_want_reference(struct store *store, struct uuid reference_id)
{
    want(store, store->wanted_references, reference_id);
    rows_want(&store->references, &reference_id);
    rows_want(&store->waiting, &reference_id);
}

void store_want_subject(struct store *store, struct uuid subject_id)
{
    want(store, store->wanted_subjects, subject_id);
    rows_want(&store->subjects, &subject_id);
    rows_want(&store->order_links, &subject_id);
}

void store_want_customer(struct store *store, struct uuid subject_id)
{
    rows_want(&store->customers, &subject_id);
}

void store_want_case(struct store *store, struct uuid case_id)
{
    rows_want(&store->cases, &case_id);
}

void store_want_case_of_conversation(struct store *store, struct uuid conversation_id)
{
    const struct conversation *row = rows_find(&store->conversations, &conversation_id);
    if (row != NULL && !uuid_is_nil(row->case_id))
        rows_want(&store->cases, &row->case_id);
}

static int compare_ids(const void *left, const void *right)
{
    return uuid_compare(*(const struct uuid *)left, *(const struct uuid *)right);
}

static void queue_ids(struct store *store, struct postgres *db, const char *sql, struct wanted *wanted)
{
    if (wanted->count == 0)
        return;
    qsort(wanted->ids, wanted->count, sizeof *wanted->ids, compare_ids);
    size_t kept = 1;
    for (size_t i = 1; i < wanted->count; i++)
        if (!uuid_equal(wanted->ids[i], wanted->ids[kept - 1]))
            wanted->ids[kept++] = wanted->ids[i];
    struct postgres_params *params = arena_alloc(store->arena, sizeof *params);
    if (params == NULL) {
        store->is_full = true;
        return;
    }
    params_init(params, store->arena);
    params_add_uuid_array(params, wanted->ids, sizeof *wanted->ids, kept);
    postgres_queue(db, sql, params, NULL, NULL);
    wanted->count = 0;
}

static enum status check_room(const struct store *store, struct error *err)
{
    if (store->is_full || store->arena->is_exhausted)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    return STATUS_OK;
}

enum status store_load(struct store *store, struct postgres *db, struct error *err)
{
    enum status status = check_room(store, err);
    if (status != STATUS_OK)
        return status;
    queue_ids(store, db, make_actions_sql, store->wanted_actions);
    table_queue_load(db, &store->actions, TABLE_FOR_UPDATE);
    queue_ids(store, db, make_conversations_sql, store->wanted_conversations);
    table_queue_load(db, &store->conversations, TABLE_FOR_UPDATE);
    queue_ids(store, db, make_references_sql, store->wanted_references);
    table_queue_load(db, &store->references, TABLE_FOR_UPDATE);
    queue_ids(store, db, make_subjects_sql, store->wanted_subjects);
    table_queue_load(db, &store->subjects, TABLE_FOR_UPDATE);
    /* After the locks: what others added to a row before they let it go. */
    table_queue_load(db, &store->waiting, TABLE_PLAIN);
    table_queue_load(db, &store->order_links, TABLE_PLAIN);
    table_queue_load(db, &store->cases, TABLE_PLAIN);
    table_queue_load(db, &store->customers, TABLE_PLAIN);
    status = postgres_run(db, err);
    return status == STATUS_OK ? check_room(store, err) : status;
}

enum status store_load_cases(struct store *store, struct postgres *db, struct error *err)
{
    table_queue_load(db, &store->cases, TABLE_PLAIN);
    enum status status = postgres_run(db, err);
    return status == STATUS_OK ? check_room(store, err) : status;
}

void store_add_line(struct store *store, const struct timeline_line *line)
{
    struct timeline_line *lines =
        grow(store, store->lines, store->line_count, &store->line_room, sizeof *lines);
    if (lines == NULL)
        return;
    store->lines = lines;
    store->lines[store->line_count++] = *line;
}

void store_settle(struct store *store, struct waiting *record, int64_t now_us)
{
    record->settled_at_us = now_us;
    rows_touch(&store->waiting, record);
    want(store, store->settled, record->reference_id);
}

enum status store_save(struct store *store, struct postgres *db, struct error *err)
{
    enum status status = check_room(store, err);
    if (status != STATUS_OK)
        return status;
    table_queue_save(db, &store->actions);
    table_queue_save(db, &store->conversations);
    table_queue_save(db, &store->references);
    table_queue_save(db, &store->subjects);
    table_queue_save(db, &store->waiting);
    queue_ids(store, db, forget_settled_sql, store->settled);
    table_queue_save(db, &store->order_links);
    table_queue_save(db, &store->cases);
    if (store->line_count > 0)
        table_queue_append(db, &store_timeline, store->lines, store->line_count, store->arena);
    return check_room(store, err);
}
