/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/table.h"

#include "database.h"
#include "runtime/table_sql.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct thing {
    struct uuid thing_id, other_id;
    struct text name, blob, note;
    int32_t size;
    int64_t weight;
    bool is_new;
    int64_t made_at_us;
};

static const struct column thing_columns[] = {
    COLUMN(struct thing, thing_id, COLUMN_UUID),   COLUMN(struct thing, other_id, COLUMN_UUID),
    COLUMN(struct thing, name, COLUMN_TEXT),       COLUMN(struct thing, blob, COLUMN_BYTES),
    COLUMN(struct thing, note, COLUMN_JSON),       COLUMN(struct thing, size, COLUMN_INT4),
    COLUMN(struct thing, weight, COLUMN_INT8),     COLUMN(struct thing, is_new, COLUMN_BOOL),
    COLUMN(struct thing, made_at_us, COLUMN_TIME),
};
static const struct table things = TABLE("thing", struct thing, thing_columns, 1);

struct line {
    struct text order_no;
    int32_t position;
    int64_t amount;
};

static const struct column line_columns[] = {
    COLUMN(struct line, order_no, COLUMN_TEXT),
    COLUMN(struct line, position, COLUMN_INT4),
    COLUMN(struct line, amount, COLUMN_INT8),
};
static const struct table lines = TABLE("line", struct line, line_columns, 2);

struct link {
    struct uuid from_id, to_id;
};

static const struct column link_columns[] = {
    COLUMN(struct link, from_id, COLUMN_UUID),
    COLUMN(struct link, to_id, COLUMN_UUID),
};
static const struct table links = TABLE("link", struct link, link_columns, 2);

static struct postgres *db;
static struct arena arena;
static struct error err;

static int set_up(void **state)
{
    (void)state;
    db = database_open("public");
    arena_init(&arena, (size_t)64 << 20);
    database_run(db, "DROP TABLE IF EXISTS thing, line, link");
    database_run(
        db, "CREATE TABLE thing (thing_id uuid PRIMARY KEY, other_id uuid, name text, blob bytea, note jsonb,"
            " size int NOT NULL, weight bigint NOT NULL, is_new bool NOT NULL, made_at timestamptz)");
    database_run(db, "CREATE TABLE line (order_no text, position int, amount bigint CHECK (amount < 1000000),"
                     " PRIMARY KEY (order_no, position))");
    database_run(db, "CREATE TABLE link (from_id uuid, to_id uuid, PRIMARY KEY (from_id, to_id))");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    postgres_free(db);
    arena_done(&arena);
    return 0;
}

static struct uuid id_of(int number)
{
    struct uuid id = uuid_nil;
    id.bytes[13] = (uint8_t)(number >> 16);
    id.bytes[14] = (uint8_t)(number >> 8);
    id.bytes[15] = (uint8_t)number;
    return id;
}

static void run(void)
{
    assert_ok(postgres_run(db, &err), err);
}

static void load_things(struct rows *rows, int from, int to, enum table_lock lock)
{
    rows_init(rows, &things, &arena);
    for (int i = from; i <= to; i++) {
        struct uuid id = id_of(i);
        rows_want(rows, &id);
        rows_want(rows, &id);
    }
    table_queue_load(db, rows, lock);
    run();
}

static struct thing *thing_of(struct rows *rows, int number)
{
    struct uuid id = id_of(number);
    return rows_get(rows, &id);
}

static void test_every_type_goes_there_and_back(void **state)
{
    (void)state;
    struct rows rows;
    load_things(&rows, 1, 2, TABLE_PLAIN);
    struct thing *full = thing_of(&rows, 1);
    assert_true(rows_is_new(&rows, full));
    assert_true(uuid_equal(full->thing_id, id_of(1)));
    assert_int_equal(full->size, 0);
    assert_null(full->name.at);
    *full = (struct thing){.thing_id = id_of(1),
                           .other_id = id_of(7),
                           .name = TEXT("{\"O'Neill\", \\}"),
                           .blob = text_make("\0\xff\n", 3),
                           .note = TEXT("{\"a\": [1, 2]}"),
                           .size = -5,
                           .weight = INT64_C(1) << 60,
                           .is_new = true,
                           .made_at_us = INT64_C(1795520000123456)};
    rows_touch(&rows, full);
    rows_touch(&rows, thing_of(&rows, 2));
    rows_touch(&rows, NULL);
    table_queue_save(db, &rows);
    run();
    /* What was never set is NULL, not zero. */
    assert_int_equal(
        database_number(db, "SELECT count(*) FROM thing WHERE other_id IS NULL AND name IS NULL AND blob IS"
                            " NULL AND note IS NULL AND made_at IS NULL AND size = 0 AND NOT is_new"),
        1);
    load_things(&rows, 1, 2, TABLE_PLAIN);
    struct thing *back = thing_of(&rows, 1);
    assert_false(rows_is_new(&rows, back));
    assert_true(uuid_equal(back->other_id, id_of(7)));
    assert_true(text_equal(back->name, full->name));
    assert_true(text_equal(back->blob, full->blob));
    assert_true(text_equal(back->note, full->note));
    assert_int_equal(back->size, -5);
    assert_true(back->weight == INT64_C(1) << 60);
    assert_true(back->is_new);
    assert_true(back->made_at_us == INT64_C(1795520000123456));
    struct thing *bare = thing_of(&rows, 2);
    assert_false(rows_is_new(&rows, bare));
    assert_true(uuid_is_nil(bare->other_id));
    assert_null(bare->name.at);
    assert_true(bare->made_at_us == 0);
}

static void test_only_touched_rows_are_written(void **state)
{
    (void)state;
    struct rows rows;
    database_run(
        db, "INSERT INTO thing SELECT ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, NULL,"
            " 'n' || n, NULL, NULL, n, 0, false FROM generate_series(1, 3) AS n");
    load_things(&rows, 1, 5, TABLE_PLAIN);
    struct uuid missing = id_of(4);
    assert_null(rows_find(&rows, &(struct thing){.thing_id = missing}));
    struct thing *second = thing_of(&rows, 2);
    assert_ptr_equal(second, thing_of(&rows, 2));
    assert_ptr_equal(second, rows_find(&rows, &(struct thing){.thing_id = id_of(2)}));
    second->size = 20;
    rows_touch(&rows, second);
    thing_of(&rows, 3)->size = 30;         /* changed, not touched */
    thing_of(&rows, 4)->size = 40;         /* made, not touched */
    rows_touch(&rows, thing_of(&rows, 5)); /* made and touched */
    table_queue_save(db, &rows);
    run();
    assert_string_equal(
        database_string(db, "SELECT string_agg(size::text, ',' ORDER BY thing_id) FROM thing"), "1,20,3,0");
    assert_string_equal(database_string(db, "SELECT name FROM thing WHERE size = 20"),
                        "n2"); /* the rest as it was */
    load_things(&rows, 1, 5, TABLE_PLAIN);
    table_queue_save(db, &rows); /* nothing touched, nothing queued */
    run();
}

static void test_wanting_more_later_loads_only_that(void **state)
{
    (void)state;
    struct rows rows;
    database_run(db, "INSERT INTO link VALUES ('00000000-0000-0000-0000-000000000001',"
                     " '00000000-0000-0000-0000-000000000002')");
    load_things(&rows, 1, 3, TABLE_PLAIN);
    struct thing *first = thing_of(&rows, 1);
    first->size = 11;
    struct uuid id = id_of(9);
    rows_want(&rows, &id);
    database_run(
        db,
        "INSERT INTO thing VALUES ('00000000-0000-0000-0000-000000000001', NULL, 'late', NULL, NULL, 1, 1,"
        " true), ('00000000-0000-0000-0000-000000000009', NULL, 'nine', NULL, NULL, 9, 9, true)");
    table_queue_load(db, &rows, TABLE_PLAIN);
    run();
    assert_true(text_equal_string(thing_of(&rows, 9)->name, "nine"));
    assert_ptr_equal(thing_of(&rows, 1), first);
    assert_int_equal(first->size, 11);
    table_queue_load(db, &rows, TABLE_PLAIN); /* nothing new: nothing queued */
    run();
}

static void test_longer_keys_load_all_rows_of_a_parent(void **state)
{
    (void)state;
    struct rows rows;
    size_t count = 0;
    database_run(db, "INSERT INTO line SELECT o, p, p * 10 FROM unnest(ARRAY['a', 'a''b', 'c']) AS o,"
                     " generate_series(1, 3) AS p");
    rows_init(&rows, &lines, &arena);
    struct text a = TEXT("a"), quoted = TEXT("a'b"), none = TEXT("none");
    rows_want(&rows, &quoted);
    rows_want(&rows, &a);
    rows_want(&rows, &none);
    table_queue_load(db, &rows, TABLE_PLAIN);
    run();
    struct line *made = rows_get_row(&rows, &(struct line){.order_no = a, .position = -4, .amount = 999});
    assert_true(rows_is_new(&rows, made));
    assert_int_equal(made->amount, 0); /* only the key is taken */
    made->amount = 5;
    rows_touch(&rows, made);
    struct line *known = rows_get_row(&rows, &(struct line){.order_no = quoted, .position = 2});
    assert_false(rows_is_new(&rows, known));
    known->amount = 77;
    rows_touch(&rows, known);

    struct line **of = (struct line **)rows_of(&rows, &a, &count);
    assert_int_equal(count, 4);
    assert_null(of[4]);
    static const int positions[] = {-4, 1, 2, 3};
    for (size_t i = 0; i < count; i++)
        assert_int_equal(of[i]->position, positions[i]);
    of = (struct line **)rows_of(&rows, &none, &count);
    assert_int_equal(count, 0);
    assert_null(of[0]);
    assert_null(rows_find(&rows, &(struct line){.order_no = TEXT("c"), .position = 1})); /* was not wanted */
    table_queue_save(db, &rows);
    run();
    assert_string_equal(
        database_string(db, "SELECT string_agg(order_no || position || '=' || amount, ' ' ORDER BY"
                            " order_no COLLATE \"C\", position) FROM line"),
        "a-4=5 a1=10 a2=20 a3=30 a'b1=10 a'b2=77 a'b3=30 c1=10 c2=20 c3=30");
}

static void test_tables_of_keys_only(void **state)
{
    (void)state;
    struct rows rows;
    for (int i = 0; i < 2; i++) { /* the second time it is there already, and stays */
        rows_init(&rows, &links, &arena);
        rows_touch(&rows, rows_get_row(&rows, &(struct link){uuid_nil, id_of(1)}));
        rows_touch(&rows, rows_get_row(&rows, &(struct link){id_of(1), id_of(2)}));
        table_queue_save(db, &rows);
        run();
    }
    /* A nil id in a key is an id like any other. */
    assert_int_equal(database_number(db, "SELECT count(*) FROM link"), 2);
}

static int64_t free_things(struct postgres *other)
{
    return database_number(other, "SELECT count(*) FROM (SELECT FROM thing FOR UPDATE SKIP LOCKED) AS t");
}

static void test_only_for_update_locks(void **state)
{
    (void)state;
    struct postgres *other = database_open("public");
    struct rows rows;
    database_run(db, "INSERT INTO thing SELECT ('00000000-0000-0000-0000-00000000000' || n)::uuid, NULL,"
                     " 'n' || n, NULL, NULL, n, 0, false FROM generate_series(1, 3) AS n");
    database_run(db, "BEGIN");
    load_things(&rows, 1, 2, TABLE_PLAIN);
    assert_int_equal(free_things(other), 3);
    load_things(&rows, 1, 2, TABLE_FOR_UPDATE);
    assert_int_equal(free_things(other), 1);
    thing_of(&rows, 1)->size = 100;
    rows_touch(&rows, thing_of(&rows, 1));
    rows_touch(&rows, thing_of(&rows, 5));
    table_queue_save(db, &rows);
    run();
    assert_ok(postgres_commit(db, &err), err);
    assert_int_equal(free_things(other), 4);
    assert_int_equal(database_number(db, "SELECT sum(size) FROM thing"), 105);
    postgres_free(other);
}

/* Two workers find a shared row missing; the second one must not write over what the first one made. */
static void test_shared_row_made_by_another_meanwhile(void **state)
{
    (void)state;
    struct postgres *other = database_open("public");
    struct rows rows;
    database_run(db, "BEGIN");
    load_things(&rows, 1, 2, TABLE_FOR_UPDATE);
    database_run(
        other, "INSERT INTO thing VALUES ('00000000-0000-0000-0000-000000000001', NULL, 'first', NULL, NULL,"
               " 1, 1, true)");
    rows_touch(&rows, thing_of(&rows, 1));
    rows_touch(&rows, thing_of(&rows, 2));
    table_queue_save(db, &rows);
    assert_int_equal(postgres_run(db, &err), STATUS_TRANSIENT);
    postgres_rollback(db);
    assert_string_equal(database_string(db, "SELECT string_agg(name, ',') FROM thing"), "first");
    postgres_free(other);
}

static void test_append(void **state)
{
    (void)state;
    const struct line first[] = {{TEXT("x"), 1, 10}, {TEXT("x"), 2, 20}};
    const struct line again[] = {{TEXT("x"), 2, 99}, {TEXT("x"), 3, 30}, {TEXT("x"), 3, 98}};
    table_queue_append(db, &lines, first, 2, &arena);
    table_queue_append(db, &lines, again, 3, &arena);
    table_queue_append(db, &lines, NULL, 0, &arena);
    run();
    assert_string_equal(database_string(db,
                                        "SELECT string_agg(position || '=' || amount, ' ' ORDER BY position)"
                                        " FROM line"),
                        "1=10 2=20 3=30");
    const struct line bad = {TEXT("x"), 4, 1000000};
    table_queue_append(db, &lines, &bad, 1, &arena);
    assert_int_equal(postgres_run(db, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "line_amount_check"));
}

static void test_ten_thousand_rows(void **state)
{
    (void)state;
    enum { COUNT = 10000 };
    struct rows rows;
    for (int time = 1; time <= 2; time++) {
        load_things(&rows, 1, COUNT, TABLE_PLAIN);
        for (int i = 1; i <= COUNT; i++) {
            struct thing *thing = thing_of(&rows, i);
            assert_int_equal(rows_is_new(&rows, thing), time == 1);
            assert_int_equal(thing->size, time == 1 ? 0 : i);
            thing->size = i * time;
            rows_touch(&rows, thing);
        }
        table_queue_save(db, &rows);
        run();
        arena_reset(&arena);
    }
    assert_int_equal(database_number(db, "SELECT count(*) FROM thing"), COUNT);
    assert_int_equal(database_number(db, "SELECT sum(size) FROM thing"), (int64_t)COUNT * (COUNT + 1));
}

/* Whatever no longer fits, nothing is left out in silence: the arena says so, and what was queued fails. */
static void test_full_arena_fails_the_round(void **state)
{
    (void)state;
    for (size_t cap = 200; cap < 60000; cap += cap < 3000 ? 16 : 1021) {
        struct arena small;
        struct rows rows;
        arena_init(&small, cap);
        rows_init(&rows, &things, &small);
        for (int i = 1; i <= 20; i++) {
            struct uuid id = id_of(i);
            rows_want(&rows, &id);
        }
        table_queue_load(db, &rows, cap % 2 == 0 ? TABLE_PLAIN : TABLE_FOR_UPDATE);
        enum status status = postgres_run(db, &err);
        for (int i = 1; i <= 20 && status == STATUS_OK; i++) {
            struct uuid id = id_of(i);
            rows_touch(&rows, rows_get(&rows, &id));
        }
        if (status == STATUS_OK) {
            table_queue_save(db, &rows);
            status = postgres_run(db, &err);
        }
        int64_t count = database_number(db, "SELECT count(*) FROM thing");
        if (small.is_exhausted) {
            assert_int_equal(count, 0);
        } else {
            assert_int_equal(status, STATUS_OK);
            assert_int_equal(count, 20);
            database_run(db, "TRUNCATE thing");
        }
        arena_done(&small);
    }
}

static void *take_sql(void *unused)
{
    (void)unused;
    return (void *)(uintptr_t)table_sql(&links)->load;
}

static void test_statements_are_made_once(void **state)
{
    (void)state;
    pthread_t threads[8];
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_sql, NULL), 0);
    for (int i = 0; i < 8; i++) {
        void *sql = NULL;
        assert_int_equal(pthread_join(threads[i], &sql), 0);
        assert_ptr_equal(sql, table_sql(&links)->load);
    }
    assert_ptr_not_equal(table_sql(&links)->load, table_sql(&lines)->load);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_statements_are_made_once),
        CASE(test_every_type_goes_there_and_back),
        CASE(test_only_touched_rows_are_written),
        CASE(test_wanting_more_later_loads_only_that),
        CASE(test_longer_keys_load_all_rows_of_a_parent),
        CASE(test_tables_of_keys_only),
        CASE(test_only_for_update_locks),
        CASE(test_shared_row_made_by_another_meanwhile),
        CASE(test_append),
        CASE(test_ten_thousand_rows),
        CASE(test_full_arena_fails_the_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
