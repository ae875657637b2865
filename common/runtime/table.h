/* SPDX-License-Identifier: Apache-2.0 */
/* Set-based load and save of rows as plain structs, short to write and hard to get wrong.
 *
 * A store describes each table once, as columns bound to struct members; the SQL follows from the
 * description:
 *
 *     static const struct column case_columns[] = {
 *         COLUMN(struct case_row, case_id, COLUMN_UUID),
 *         COLUMN(struct case_row, status, COLUMN_TEXT),
 *         COLUMN(struct case_row, opened_at_us, COLUMN_TIME),   -- SQL name "opened_at": the _us is cut off
 *     };
 *     static const struct table cases = TABLE("cases", struct case_row, case_columns, 1);
 *
 *     struct rows rows;                           -- in the batch's arena
 *     rows_init(&rows, &cases, arena);
 *     rows_want(&rows, &id);                      -- for every record of the batch; repeats are fine
 *     table_queue_load(db, &rows, TABLE_PLAIN);   -- SELECT ... WHERE key = ANY ($1): one statement
 *     postgres_run(db, err);
 *     struct case_row *row = rows_get(&rows, &id);  -- found, or a zeroed row with the key filled in
 *     row->status = ...;
 *     rows_touch(&rows, row);                     -- to be written
 *     table_queue_save(db, &rows);                -- INSERT ... FROM unnest ON CONFLICT DO UPDATE
 *
 * Everything lives in the arena and goes with it: after a rollback a new `struct rows` starts from Postgres
 * again. */
#pragma once

#include "core/arena.h"
#include "core/ids.h"
#include "core/status.h"
#include "core/text.h"
#include "runtime/postgres.h"

#include <stdbool.h>
#include <stddef.h>

enum column_type {
    COLUMN_UUID,  /* struct uuid; nil is written as NULL unless the column is part of the key */
    COLUMN_TEXT,  /* struct text; absent is NULL */
    COLUMN_BYTES, /* struct text as bytea */
    COLUMN_INT4,  /* int32_t; enums of 4 bytes may use it through a member of type int32_t */
    COLUMN_INT8,  /* int64_t */
    COLUMN_BOOL,  /* bool */
    COLUMN_TIME,  /* int64_t µs as timestamptz; 0 is NULL; member "x_at_us" <-> column "x_at" */
    COLUMN_JSON,  /* struct text as jsonb; absent is NULL */
};

struct column {
    const char *name; /* the member's name; a trailing "_us" is cut off for SQL */
    size_t offset;
    size_t size; /* of the member: checked against the type when the table is first used (assert) */
    enum column_type type;
};

#define COLUMN(type_, member_, column_type_)                                                                 \
    {                                                                                                        \
        .name = #member_, .offset = offsetof(type_, member_), .size = sizeof(((type_ *)0)->member_),         \
        .type = (column_type_)                                                                               \
    }

struct table {
    const char *name;
    size_t row_size;
    const struct column *columns; /* the first `key_count` are the primary key */
    size_t column_count;
    size_t key_count;
};

#define TABLE(name_, type_, columns_, key_count_)                                                            \
    {                                                                                                        \
        .name = (name_), .row_size = sizeof(type_), .columns = (columns_),                                   \
        .column_count = sizeof(columns_) / sizeof *(columns_), .key_count = (key_count_)                     \
    }

struct rows_state;
struct rows {
    const struct table *table;
    struct arena *arena;
    struct rows_state *state;
};

enum table_lock {
    TABLE_PLAIN, /* rows of the batch's own cases: the lane's single writer needs no lock */
    /* Rows that lanes share: locked in key order. A row that another worker makes meanwhile fails the save as
     * TRANSIENT: the batch starts again and finds it. */
    TABLE_FOR_UPDATE,
};

void rows_init(struct rows *rows, const struct table *table, struct arena *arena);
/* Asks for the rows whose FIRST key column equals *key (struct uuid *, struct text * or int64_t * by its
 * type): one row for a one-column key, all rows of that parent for a longer one. */
void rows_want(struct rows *rows, const void *key);
/* Queues the SELECT for what is wanted and not loaded yet; call postgres_run afterwards. May be repeated. */
void table_queue_load(struct postgres *db, struct rows *rows, enum table_lock lock);

/* The row with the whole key as in *key_row (only its key members are read), or NULL. */
void *rows_find(struct rows *rows, const void *key_row);
/* For one-column keys: the row, made (zeroed but for the key, is_new) when the database has none. NULL only
 * when the arena is full. */
void *rows_get(struct rows *rows, const void *key);
/* For longer keys: the row equal to *key_row's key members, made when there is none. */
void *rows_get_row(struct rows *rows, const void *key_row);
/* Every row (loaded or made) whose first key column equals *key, in key order; NULL-terminated array in the
 * arena. */
void **rows_of(struct rows *rows, const void *key, size_t *ret_count);

bool rows_is_new(const struct rows *rows, const void *row); /* not in the database before this batch */
void rows_touch(struct rows *rows, void *row);              /* will be written by table_queue_save */

/* Queues one INSERT ... ON CONFLICT (key) DO UPDATE for all touched rows; nothing when there are none. */
void table_queue_save(struct postgres *db, struct rows *rows);
/* Queues INSERT ... ON CONFLICT DO NOTHING for `count` rows of an append-only table: no load needed. */
void table_queue_append(struct postgres *db, const struct table *table, const void *rows, size_t count,
                        struct arena *arena);
