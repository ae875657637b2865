/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/table_sql.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TABLES_MOST 64

static const struct {
    const char *array_type;
    size_t size;
} types[] = {
    [COLUMN_UUID] = {"uuid", sizeof(struct uuid)},    [COLUMN_TEXT] = {"text", sizeof(struct text)},
    [COLUMN_BYTES] = {"bytea", sizeof(struct text)},  [COLUMN_INT4] = {"int4", sizeof(int32_t)},
    [COLUMN_INT8] = {"int8", sizeof(int64_t)},        [COLUMN_BOOL] = {"bool", sizeof(bool)},
    [COLUMN_TIME] = {"timestamptz", sizeof(int64_t)}, [COLUMN_JSON] = {"text", sizeof(struct text)},
};

static void print_column(FILE *out, const struct column *column)
{
    size_t len = strlen(column->name);
    if (len > 3 && strcmp(column->name + len - 3, "_us") == 0)
        len -= 3;
    fprintf(out, "%.*s", (int)len, column->name);
}

static void print_columns(FILE *out, const struct table *table, size_t count, const char *json_cast)
{
    for (size_t i = 0; i < count; i++) {
        fputs(i == 0 ? "" : ", ", out);
        print_column(out, &table->columns[i]);
        if (table->columns[i].type == COLUMN_JSON)
            fputs(json_cast, out);
    }
}

/* What is written: of a column outside the key nil stands for NULL. */
static void print_values(FILE *out, const struct table *table)
{
    for (size_t i = 0; i < table->column_count; i++) {
        const struct column *column = &table->columns[i];
        bool may_be_null = column->type == COLUMN_UUID && i >= table->key_count;
        fprintf(out, "%s%s", i == 0 ? "" : ", ", may_be_null ? "nullif(" : "");
        print_column(out, column);
        if (may_be_null)
            fputs(", '00000000-0000-0000-0000-000000000000')", out);
        if (column->type == COLUMN_JSON)
            fputs("::jsonb", out);
    }
}

static void print_select(FILE *out, const struct table *table, bool is_locked)
{
    fputs("SELECT ", out);
    print_columns(out, table, table->column_count, "::text");
    fprintf(out, " FROM %s WHERE ", table->name);
    print_column(out, &table->columns[0]);
    fprintf(out, " = ANY ($1::%s[])", types[table->columns[0].type].array_type);
    if (!is_locked)
        return;
    fputs(" ORDER BY ", out);
    print_columns(out, table, table->key_count, "");
    fputs(" FOR UPDATE", out);
}

static void print_insert(FILE *out, const struct table *table, bool is_upsert)
{
    fprintf(out, "INSERT INTO %s (", table->name);
    print_columns(out, table, table->column_count, "");
    fputs(") SELECT ", out);
    print_values(out, table);
    fputs(" FROM unnest(", out);
    for (size_t i = 0; i < table->column_count; i++)
        fprintf(out, "%s$%zu::%s[]", i == 0 ? "" : ", ", i + 1, types[table->columns[i].type].array_type);
    fputs(") AS w (", out);
    print_columns(out, table, table->column_count, "");
    fputs(") ON CONFLICT (", out);
    print_columns(out, table, table->key_count, "");
    if (!is_upsert || table->key_count == table->column_count) {
        fputs(") DO NOTHING", out);
        return;
    }
    fputs(") DO UPDATE SET ", out);
    for (size_t i = table->key_count; i < table->column_count; i++) {
        fputs(i == table->key_count ? "" : ", ", out);
        print_column(out, &table->columns[i]);
        fputs(" = excluded.", out);
        print_column(out, &table->columns[i]);
    }
}

static const char *print(const struct table *table, void (*printer)(FILE *, const struct table *, bool),
                         bool flag)
{
    char *sql = NULL;
    size_t len;
    FILE *out = open_memstream(&sql, &len);
    assert(out != NULL);
    printer(out, table, flag);
    int failed = fclose(out);
    assert(failed == 0 && sql != NULL);
    (void)failed;
    return sql;
}

const struct table_sql *table_sql(const struct table *table)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct table_sql known[TABLES_MOST];
    static size_t count;
    pthread_mutex_lock(&lock);
    size_t i = 0;
    while (i < count && known[i].table != table)
        i++;
    if (i == count) {
        assert(count < TABLES_MOST);
        for (size_t column = 0; column < table->column_count; column++)
            assert(table->columns[column].size == types[table->columns[column].type].size);
        known[i] =
            (struct table_sql){table, print(table, print_select, false), print(table, print_select, true),
                               print(table, print_insert, true), print(table, print_insert, false)};
        count++;
    }
    pthread_mutex_unlock(&lock);
    return &known[i];
}
