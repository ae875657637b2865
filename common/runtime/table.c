/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/table.h"

#include "runtime/rows.h"
#include "runtime/table_sql.h"

#include <stdlib.h>
#include <string.h>

static void read_column(const struct column *column, const PGresult *result, int row, int number, char *to,
                        struct arena *arena)
{
    char *at = to + column->offset;
    switch (column->type) {
    case COLUMN_UUID:
        *(struct uuid *)at = result_uuid(result, row, number);
        break;
    case COLUMN_TEXT:
    case COLUMN_BYTES:
    case COLUMN_JSON:
        *(struct text *)at = result_text(result, row, number, arena);
        break;
    case COLUMN_INT4:
        *(int32_t *)at = result_int4(result, row, number);
        break;
    case COLUMN_INT8:
        *(int64_t *)at = result_int8(result, row, number);
        break;
    case COLUMN_BOOL:
        *(bool *)at = result_bool(result, row, number);
        break;
    case COLUMN_TIME:
        *(int64_t *)at = result_time(result, row, number);
        break;
    }
}

static enum status full(struct error *err)
{
    return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
}

static enum status on_loaded(void *context, const PGresult *result, struct error *err)
{
    struct rows *rows = context;
    for (int i = 0; i < PQntuples(result); i++) {
        char *row = rows_blank(rows);
        if (row == NULL)
            return full(err);
        for (size_t column = 0; column < rows->table->column_count; column++)
            read_column(&rows->table->columns[column], result, i, (int)column, row, rows->arena);
        if (rows_find(rows, row) == NULL && !rows_put(rows, row))
            return full(err);
    }
    return STATUS_OK;
}

static void add_array(struct postgres_params *params, enum column_type type, const void *at, size_t stride,
                      size_t count)
{
    switch (type) {
    case COLUMN_UUID:
        params_add_uuid_array(params, at, stride, count);
        break;
    case COLUMN_TEXT:
    case COLUMN_JSON:
        params_add_text_array(params, at, stride, count);
        break;
    case COLUMN_BYTES:
        params_add_bytea_array(params, at, stride, count);
        break;
    case COLUMN_INT4:
        params_add_int4_array(params, at, stride, count);
        break;
    case COLUMN_INT8:
        params_add_int8_array(params, at, stride, count);
        break;
    case COLUMN_BOOL:
        params_add_bool_array(params, at, stride, count);
        break;
    case COLUMN_TIME:
        params_add_time_array(params, at, stride, count);
        break;
    }
}

void table_queue_load(struct postgres *db, struct rows *rows, enum table_lock lock)
{
    struct rows_state *state = rows->state;
    if (state == NULL || state->loaded == state->wanted_count)
        return;
    const struct column *key = &rows->table->columns[0];
    size_t count = state->wanted_count - state->loaded;
    char *keys = arena_alloc_array(rows->arena, count, key->size);
    if (keys == NULL)
        return; /* the arena says so to the loop */
    for (size_t i = 0; i < count; i++)
        memcpy(keys + i * key->size, state->wanted[state->loaded + i], key->size);
    state->loaded = state->wanted_count;
    state->is_locked = lock == TABLE_FOR_UPDATE;
    struct postgres_params params;
    params_init(&params, rows->arena);
    add_array(&params, key->type, keys, key->size, count);
    const struct table_sql *sql = table_sql(rows->table);
    postgres_queue(db, lock == TABLE_FOR_UPDATE ? sql->load_locked : sql->load, &params, on_loaded, rows);
}

/* `rows` lie one behind the other. */
static void queue_write(struct postgres *db, const struct table *table, const char *sql, const void *rows,
                        size_t count, struct arena *arena, postgres_result_fn *on_result, void *context)
{
    struct postgres_params params;
    params_init(&params, arena);
    for (size_t i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        add_array(&params, column->type, (const char *)rows + column->offset, table->row_size, count);
    }
    postgres_queue(db, sql, &params, on_result, context);
}

static enum status on_inserted(void *context, const PGresult *result, struct error *err)
{
    const char *expected = context;
    if (strcmp(PQcmdTuples((PGresult *)result), expected) == 0)
        return STATUS_OK;
    return fail(err, STATUS_TRANSIENT, "another worker has made the same row meanwhile");
}

static _Thread_local const struct table *sorted_table; /* for qsort, which takes no context in C17 */

static int compare_touched(const void *a, const void *b)
{
    return rows_compare_keys(sorted_table, *(void *const *)a, *(void *const *)b, sorted_table->key_count);
}

/* Touched rows that are new or not, copied together in key order, so that two workers never wait in a circle.
 */
static char *gather(struct rows *rows, bool want_new, bool want_old, size_t *ret_count)
{
    const struct rows_state *state = rows->state;
    void **list = arena_alloc_array(rows->arena, state->count + 1, sizeof(void *));
    size_t count = 0;
    for (size_t i = 0; list != NULL && i < state->count; i++) {
        const struct row_flags *flags = rows_flags(rows, state->rows[i]);
        if (flags->is_touched && (flags->is_new ? want_new : want_old))
            list[count++] = state->rows[i];
    }
    *ret_count = count;
    if (count == 0)
        return NULL;
    sorted_table = rows->table;
    qsort(list, count, sizeof(void *), compare_touched);
    char *together = arena_alloc_array(rows->arena, count, rows->table->row_size);
    for (size_t i = 0; together != NULL && i < count; i++)
        memcpy(together + i * rows->table->row_size, list[i], rows->table->row_size);
    return together;
}

void table_queue_save(struct postgres *db, struct rows *rows)
{
    if (rows->state == NULL)
        return;
    const struct table_sql *sql = table_sql(rows->table);
    size_t count;
    bool is_locked = rows->state->is_locked;
    char *known = gather(rows, !is_locked, true, &count);
    if (known != NULL)
        queue_write(db, rows->table, sql->upsert, known, count, rows->arena, NULL, NULL);
    if (!is_locked)
        return;
    char *made = gather(rows, true, false, &count);
    if (made != NULL)
        queue_write(db, rows->table, sql->insert, made, count, rows->arena, on_inserted,
                    arena_print(rows->arena, "%zu", count));
}

void table_queue_append(struct postgres *db, const struct table *table, const void *rows, size_t count,
                        struct arena *arena)
{
    if (count > 0)
        queue_write(db, table, table_sql(table)->insert, rows, count, arena, NULL, NULL);
}
