/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define FLAGS_SIZE 16 /* in front of a row; keeps its alignment */

static const void *member(const struct column *column, const void *row)
{
    return (const char *)row + column->offset;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash ^= value + UINT64_C(0x9E3779B97F4A7C15) + (hash << 6) + (hash >> 2);
    return hash;
}

static uint64_t hash_value(enum column_type type, const void *at)
{
    struct uuid uuid;
    struct text text;
    int64_t number = 0;
    int32_t small;
    switch (type) {
    case COLUMN_UUID:
        memcpy(&uuid, at, sizeof uuid);
        return uuid_hash(uuid);
    case COLUMN_TEXT:
    case COLUMN_BYTES:
    case COLUMN_JSON:
        memcpy(&text, at, sizeof text);
        return text_hash(text);
    case COLUMN_INT4:
        memcpy(&small, at, sizeof small);
        return mix(17, (uint64_t)small);
    case COLUMN_BOOL:
        return *(const bool *)at ? 3 : 5;
    case COLUMN_INT8:
    case COLUMN_TIME:
        memcpy(&number, at, sizeof number);
        break;
    }
    return mix(31, (uint64_t)number);
}

static int compare_values(enum column_type type, const void *a, const void *b)
{
    struct text left, right;
    int64_t x = 0, y = 0;
    int32_t i, j;
    switch (type) {
    case COLUMN_UUID:
        return memcmp(a, b, sizeof(struct uuid));
    case COLUMN_TEXT:
    case COLUMN_BYTES:
    case COLUMN_JSON:
        memcpy(&left, a, sizeof left);
        memcpy(&right, b, sizeof right);
        return text_compare(left, right);
    case COLUMN_INT4:
        memcpy(&i, a, sizeof i);
        memcpy(&j, b, sizeof j);
        return (i > j) - (i < j);
    case COLUMN_BOOL:
        return *(const bool *)a - *(const bool *)b;
    case COLUMN_INT8:
    case COLUMN_TIME:
        memcpy(&x, a, sizeof x);
        memcpy(&y, b, sizeof y);
        break;
    }
    return (x > y) - (x < y);
}

int rows_compare_keys(const struct table *table, const void *a, const void *b, size_t key_count)
{
    for (size_t i = 0; i < key_count; i++) {
        const struct column *column = &table->columns[i];
        int order = compare_values(column->type, member(column, a), member(column, b));
        if (order != 0)
            return order;
    }
    return 0;
}

static uint64_t hash_key(const struct table *table, const void *row)
{
    uint64_t hash = 7;
    for (size_t i = 0; i < table->key_count; i++)
        hash = mix(hash, hash_value(table->columns[i].type, member(&table->columns[i], row)));
    return hash;
}

struct row_flags *rows_flags(const struct rows *rows, const void *row)
{
    (void)rows;
    return (struct row_flags *)((char *)row - FLAGS_SIZE);
}

void rows_init(struct rows *rows, const struct table *table, struct arena *arena)
{
    *rows = (struct rows){table, arena, arena_alloc(arena, sizeof(struct rows_state))};
}

/* Grows `list` (of pointers) by doubling; false when the arena is full. */
static bool grow_list(struct arena *arena, void *list_at, size_t count, size_t *capacity)
{
    void **list;
    memcpy(&list, list_at, sizeof list);
    if (count < *capacity)
        return true;
    size_t wider = *capacity == 0 ? 32 : *capacity * 2;
    void **grown = arena_alloc_array(arena, wider, sizeof(void *));
    if (grown == NULL)
        return false;
    if (count > 0)
        memcpy(grown, list, count * sizeof(void *));
    memcpy(list_at, &grown, sizeof grown);
    *capacity = wider;
    return true;
}

static bool grow_index(struct arena *arena, struct rows_index *index, size_t count)
{
    if (count < index->slot_count / 2)
        return true;
    size_t wider = index->slot_count == 0 ? 64 : index->slot_count * 2;
    uint32_t *slots = arena_alloc_array(arena, wider, sizeof *slots);
    if (slots == NULL)
        return false;
    *index = (struct rows_index){slots, wider};
    return true; /* empty: the caller fills it again */
}

static void index_insert(struct rows_index *index, uint64_t hash, size_t position)
{
    size_t slot = hash & (index->slot_count - 1);
    while (index->slots[slot] != 0)
        slot = (slot + 1) & (index->slot_count - 1);
    index->slots[slot] = (uint32_t)position + 1;
}

static size_t find_wanted(const struct rows *rows, const void *key)
{
    const struct rows_state *state = rows->state;
    enum column_type type = rows->table->columns[0].type;
    if (state->by_wanted.slot_count == 0)
        return SIZE_MAX;
    size_t mask = state->by_wanted.slot_count - 1;
    for (size_t slot = hash_value(type, key) & mask; state->by_wanted.slots[slot] != 0;
         slot = (slot + 1) & mask) {
        size_t position = state->by_wanted.slots[slot] - 1;
        if (compare_values(type, state->wanted[position], key) == 0)
            return position;
    }
    return SIZE_MAX;
}

void rows_want(struct rows *rows, const void *key)
{
    struct rows_state *state = rows->state;
    const struct column *column = &rows->table->columns[0];
    if (state == NULL || find_wanted(rows, key) != SIZE_MAX)
        return;
    void *copy = arena_copy(rows->arena, key, column->size);
    size_t slots_before = state->by_wanted.slot_count;
    if (copy == NULL ||
        !grow_list(rows->arena, &state->wanted, state->wanted_count, &state->wanted_capacity) ||
        !grow_index(rows->arena, &state->by_wanted, state->wanted_count))
        return; /* the arena says so to the loop */
    state->wanted[state->wanted_count++] = copy;
    size_t from = slots_before == state->by_wanted.slot_count ? state->wanted_count - 1 : 0;
    for (size_t i = from; i < state->wanted_count; i++)
        index_insert(&state->by_wanted, hash_value(column->type, state->wanted[i]), i);
}

void *rows_blank(struct rows *rows)
{
    char *at = arena_alloc(rows->arena, FLAGS_SIZE + rows->table->row_size);
    return at == NULL ? NULL : at + FLAGS_SIZE;
}

bool rows_put(struct rows *rows, void *row)
{
    struct rows_state *state = rows->state;
    size_t slots_before = state->by_key.slot_count;
    if (!grow_list(rows->arena, &state->rows, state->count, &state->capacity) ||
        !grow_index(rows->arena, &state->by_key, state->count))
        return false;
    state->rows[state->count++] = row;
    size_t from = slots_before == state->by_key.slot_count ? state->count - 1 : 0;
    for (size_t i = from; i < state->count; i++)
        index_insert(&state->by_key, hash_key(rows->table, state->rows[i]), i);
    return true;
}

void *rows_find(struct rows *rows, const void *key_row)
{
    const struct rows_state *state = rows->state;
    if (state == NULL || state->by_key.slot_count == 0)
        return NULL;
    size_t mask = state->by_key.slot_count - 1;
    for (size_t slot = hash_key(rows->table, key_row) & mask; state->by_key.slots[slot] != 0;
         slot = (slot + 1) & mask) {
        void *row = state->rows[state->by_key.slots[slot] - 1];
        if (rows_compare_keys(rows->table, row, key_row, rows->table->key_count) == 0)
            return row;
    }
    return NULL;
}

void *rows_get_row(struct rows *rows, const void *key_row)
{
    void *found = rows_find(rows, key_row);
    if (found != NULL || rows->state == NULL)
        return found;
    char *row = rows_blank(rows);
    if (row == NULL)
        return NULL;
    for (size_t i = 0; i < rows->table->key_count; i++) {
        const struct column *column = &rows->table->columns[i];
        memcpy(row + column->offset, member(column, key_row), column->size);
    }
    rows_flags(rows, row)->is_new = true;
    return rows_put(rows, row) ? row : NULL;
}

void *rows_get(struct rows *rows, const void *key)
{
    assert(rows->table->key_count == 1);
    char *key_row = rows_blank(rows);
    if (key_row == NULL)
        return NULL;
    memcpy(key_row + rows->table->columns[0].offset, key, rows->table->columns[0].size);
    void *found = rows_find(rows, key_row);
    if (found != NULL || rows->state == NULL)
        return found;
    rows_flags(rows, key_row)->is_new = true;
    return rows_put(rows, key_row) ? key_row : NULL;
}

static _Thread_local const struct table *sorted_table; /* for qsort, which takes no context in C17 */

static int compare_rows(const void *a, const void *b)
{
    return rows_compare_keys(sorted_table, *(void *const *)a, *(void *const *)b, sorted_table->key_count);
}

void **rows_of(struct rows *rows, const void *key, size_t *ret_count)
{
    const struct rows_state *state = rows->state;
    const struct column *column = &rows->table->columns[0];
    size_t count = 0, present = state == NULL ? 0 : state->count;
    void **found = arena_alloc_array(rows->arena, present + 1, sizeof(void *));
    for (size_t i = 0; found != NULL && i < present; i++)
        if (compare_values(column->type, member(column, state->rows[i]), key) == 0)
            found[count++] = state->rows[i];
    sorted_table = rows->table;
    if (count > 1)
        qsort(found, count, sizeof(void *), compare_rows);
    *ret_count = count;
    return found;
}

bool rows_is_new(const struct rows *rows, const void *row)
{
    return rows_flags(rows, row)->is_new;
}

void rows_touch(struct rows *rows, void *row)
{
    if (row != NULL)
        rows_flags(rows, row)->is_touched = true;
}
