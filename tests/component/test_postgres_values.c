/* SPDX-License-Identifier: Apache-2.0 */
/* Parameters and results in binary format: what goes to Postgres comes back, hostile values included. */
#include "core/time.h"
#include "database.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct postgres *db;
static struct arena arena;
static struct postgres_params params;

static int set_up(void **state)
{
    (void)state;
    db = database_open("public");
    arena_init(&arena, (size_t)64 << 20);
    params_init(&params, &arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    postgres_free(db);
    arena_done(&arena);
    return 0;
}

static void run(const char *sql, postgres_result_fn *on_result, void *context)
{
    struct error err;
    postgres_queue(db, sql, &params, on_result, context);
    assert_ok(postgres_run(db, &err), err);
}

static enum status check_scalars(void *context, const PGresult *result, struct error *err)
{
    (void)context;
    (void)err;
    struct uuid uuid;
    assert_true(uuid_parse(TEXT("0b5cf2a4-7a54-4d1c-9f3e-2d8a4c6b1e90"), &uuid));
    assert_int_equal(result_int4(result, 0, 0), INT32_MIN);
    assert_true(result_int8(result, 0, 1) == INT64_MIN);
    assert_true(result_bool(result, 0, 2));
    assert_true(text_equal_string(result_text(result, 0, 3, &arena), "it's \\ \"x\"; \xe4\xbd\xa0"));
    assert_true(text_equal(result_text(result, 0, 4, &arena), text_make("a\0b", 3)));
    assert_true(uuid_equal(result_uuid(result, 0, 5), uuid));
    assert_true(result_time(result, 0, 6) == INT64_C(1795520000123456));
    assert_true(text_equal_string(result_text(result, 0, 7, &arena), "{\"a\": 1}"));
    assert_int_equal(result_int8(result, 0, 8), -7);
    assert_int_equal(result_int4(result, 0, 8), -7);
    assert_true(text_equal_string(result_text(result, 0, 9, &arena), ""));
    assert_non_null(result_text(result, 0, 9, &arena).at);
    return STATUS_OK;
}

static void test_scalars(void **state)
{
    (void)state;
    struct uuid uuid;
    assert_true(uuid_parse(TEXT("0b5cf2a4-7a54-4d1c-9f3e-2d8a4c6b1e90"), &uuid));
    params_add_int4(&params, INT32_MIN);
    params_add_int8(&params, INT64_MIN);
    params_add_bool(&params, true);
    params_add_text(&params, TEXT("it's \\ \"x\"; \xe4\xbd\xa0"));
    params_add_bytea(&params, text_make("a\0b", 3));
    params_add_uuid(&params, uuid);
    params_add_time(&params, INT64_C(1795520000123456));
    params_add_text(&params, TEXT("{\"a\":1}"));
    params_add_text(&params, TEXT(""));
    run("SELECT $1, $2, $3, $4, $5, $6, $7, $8::jsonb, (-7)::int2, $9", check_scalars, NULL);
}

static enum status check_nulls(void *context, const PGresult *result, struct error *err)
{
    (void)context;
    (void)err;
    for (int column = 0; column < 7; column++)
        assert_true(result_is_null(result, 0, column));
    assert_null(result_text(result, 0, 0, &arena).at);
    assert_null(result_text(result, 0, 1, &arena).at);
    assert_true(result_time(result, 0, 2) == 0);
    assert_int_equal(result_int4(result, 0, 3), 0);
    assert_true(result_int8(result, 0, 4) == 0);
    assert_false(result_bool(result, 0, 5));
    assert_true(uuid_is_nil(result_uuid(result, 0, 6)));
    assert_false(result_is_null(result, 0, 7));
    return STATUS_OK;
}

static void test_absent_is_null(void **state)
{
    (void)state;
    params_add_text(&params, TEXT_NULL);
    params_add_bytea(&params, TEXT_NULL);
    params_add_time(&params, 0);
    run("SELECT $1, $2, $3, NULL::int4, NULL::int8, NULL::bool, NULL::uuid, 1", check_nulls, NULL);
}

static enum status check_times(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    const int64_t *at = context;
    char expected[TIME_TEXT_LEN + 1];
    assert_int_equal(PQntuples(result), 7);
    for (int row = 0; row < 7; row++) {
        assert_true(result_time(result, row, 0) == at[row]);
        if (at[row] == 0) {
            assert_true(result_is_null(result, row, 0));
            continue;
        }
        struct text seen = result_text(result, row, 1, &arena);
        time_format(at[row], expected);
        int64_t parsed = 0;
        assert_true(time_parse(seen, &parsed));
        assert_true(parsed == at[row]);
    }
    return STATUS_OK;
}

static void test_times(void **state)
{
    (void)state;
    /* now; never; just before and at Postgres's own epoch; before 1970; the ends of what is allowed */
    int64_t at[] = {INT64_C(1795520000123456),
                    0,
                    INT64_C(946684799999999),
                    INT64_C(946684800000000),
                    -1,
                    TIME_MIN_US,
                    TIME_MAX_US};
    params_add_time_array(&params, at, sizeof *at, 7);
    run("SELECT t, to_char(t, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM unnest($1) AS t", check_times, at);
}

static enum status check_infinities(void *context, const PGresult *result, struct error *err)
{
    (void)context;
    (void)err;
    assert_true(result_time(result, 0, 0) > TIME_MAX_US);
    assert_true(result_time(result, 0, 1) < TIME_MIN_US);
    return STATUS_OK;
}

static void test_times_out_of_all_range(void **state)
{
    (void)state;
    struct error err;
    run("SELECT 'infinity'::timestamptz, '-infinity'::timestamptz", check_infinities, NULL);
    params_add_time(&params, INT64_MIN + 1);
    params_add_time(&params, INT64_MAX);
    postgres_queue(db, "SELECT $1, $2", &params, NULL, NULL);
    enum status status = postgres_run(db, &err);
    assert_true(status == STATUS_OK || status == STATUS_INVALID); /* and nothing breaks */
}

struct item {
    struct text name;
    int32_t number;
    struct uuid id;
    bool is_good;
    int64_t big;
    struct text bytes;
};

static enum status check_items(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    const struct item *items = context;
    for (int row = 0; row < PQntuples(result); row++) {
        const struct item *item = &items[result_int8(result, row, 0) - 1];
        assert_true(text_equal(result_text(result, row, 1, &arena), item->name));
        assert_int_equal(result_int4(result, row, 2), item->number);
        assert_true(uuid_equal(result_uuid(result, row, 3), item->id));
        assert_int_equal(result_bool(result, row, 4), item->is_good);
        assert_true(result_int8(result, row, 5) == item->big);
        assert_true(text_equal(result_text(result, row, 6, &arena), item->bytes));
        arena_reset(&arena);
    }
    return PQntuples(result) == 10000 ? STATUS_OK : fail(err, STATUS_FATAL, "%d rows", PQntuples(result));
}

/* Everything that array literals, SQL and COPY give a meaning to. */
static const char *const hostile[] = {
    "",         "NULL",
    "null",     "{}",
    "{a,b}",    ",",
    "\"",       "\\",
    "\\\\\"",   "'; DROP TABLE x; --",
    "$1",       "\t\n",
    "\r",       "\\N",
    "\\.",      " padded ",
    "%s%n",     "\x01",
    "\xc2\xa0", "\xe4\xbd\xa0\xe5\xa5\xbd",
    "\x7f",     "[1]=",
    "::",       "\xf0\x9f\x98\x80",
};

static void test_ten_thousand_rows_of_hostile_text(void **state)
{
    (void)state;
    enum { COUNT = 10000, KINDS = sizeof hostile / sizeof *hostile };
    struct item *items = calloc(COUNT, sizeof *items);
    assert_non_null(items);
    for (int i = 0; i < COUNT; i++) {
        items[i].name = i % 7 == 3 ? TEXT_NULL : text_of(hostile[i % KINDS]);
        items[i].number = i % 2 == 0 ? i : -i;
        items[i].id = uuid_of_parts(uuid_nil, &(struct text){(const char *)&i, sizeof i}, 1);
        items[i].is_good = i % 3 == 0;
        items[i].big = (int64_t)i << 40;
        items[i].bytes = i % 5 == 0 ? TEXT_NULL : text_make(&items[i].id, (size_t)i % 17);
    }
    params_add_text_array(&params, &items->name, sizeof *items, COUNT);
    params_add_int4_array(&params, &items->number, sizeof *items, COUNT);
    params_add_uuid_array(&params, &items->id, sizeof *items, COUNT);
    params_add_bool_array(&params, &items->is_good, sizeof *items, COUNT);
    params_add_int8_array(&params, &items->big, sizeof *items, COUNT);
    params_add_bytea_array(&params, &items->bytes, sizeof *items, COUNT);
    run("SELECT r.* FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY AS a (n, i, u, b, l, y, o),"
        " LATERAL (SELECT o, n, i, u, b, l, y) AS r",
        check_items, items);
    free(items);
}

static enum status check_empty(void *context, const PGresult *result, struct error *err)
{
    (void)context;
    (void)err;
    for (int column = 0; column < 7; column++)
        assert_int_equal(result_int8(result, 0, column), 0);
    return STATUS_OK;
}

static void test_empty_arrays(void **state)
{
    (void)state;
    params_add_int4_array(&params, NULL, 0, 0);
    params_add_int8_array(&params, NULL, 0, 0);
    params_add_bool_array(&params, NULL, 0, 0);
    params_add_text_array(&params, NULL, 0, 0);
    params_add_bytea_array(&params, NULL, 0, 0);
    params_add_uuid_array(&params, NULL, 0, 0);
    params_add_time_array(&params, NULL, 0, 0);
    run("SELECT cardinality($1), cardinality($2), cardinality($3), cardinality($4), cardinality($5),"
        " cardinality($6), cardinality($7)",
        check_empty, NULL);
}

static void expect_invalid(const char *sql, const char *sqlstate)
{
    struct error err;
    postgres_queue(db, sql, &params, NULL, NULL);
    assert_int_equal(postgres_run(db, &err), STATUS_INVALID);
    assert_string_equal(postgres_sqlstate(db), sqlstate);
}

static void test_text_that_is_no_text(void **state)
{
    (void)state;
    static const struct text bad[] = {{"a\0b", 3}, {"\xff", 1}, {"\xed\xa0\x80", 3}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        params_init(&params, &arena);
        params_add_text(&params, bad[i]);
        expect_invalid("SELECT $1", "22021");
        params_init(&params, &arena);
        params_add_text_array(&params, &bad[i], sizeof *bad, 1);
        expect_invalid("SELECT cardinality($1)", "22021");
    }
    params_init(&params, &arena);
    params_add_text(&params, TEXT("{\"a\": \"\\u0000\"}"));
    expect_invalid("SELECT $1::jsonb", "22P05");
}

static void test_parameters_that_do_not_fit(void **state)
{
    (void)state;
    static const char long_value[900];
    struct arena small;
    struct error err;
    arena_init(&small, 1000);
    database_run(db, "CREATE TABLE overflown (n int)");
    params_init(&params, &small);
    params_add_bytea(&params, text_make(long_value, sizeof long_value));
    params_add_bytea(&params, text_make(long_value, sizeof long_value));
    params_add_int4(&params, 1);
    assert_true(params.is_overflown);
    postgres_queue(db, "INSERT INTO overflown VALUES (1)", NULL, NULL, NULL);
    postgres_queue(db, "SELECT $1, $2", &params, NULL, NULL);
    postgres_queue(db, "INSERT INTO overflown VALUES (2)", NULL, NULL, NULL);
    assert_int_equal(postgres_run(db, &err), STATUS_INVALID);
    assert_int_equal(database_number(db, "SELECT count(*) FROM overflown"), 0);

    params_init(&params, &arena);
    for (int i = 0; i < POSTGRES_MAX_PARAMS; i++)
        params_add_int4(&params, i);
    assert_false(params.is_overflown);
    params_add_int4(&params, 0);
    assert_true(params.is_overflown);
    arena_done(&small);
}

static enum status check_echo(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    const struct text *sent = context;
    assert_int_equal(PQgetlength(result, 0, 0), sent->len);
    assert_memory_equal(PQgetvalue(result, 0, 0), sent->at, sent->len);
    return STATUS_OK;
}

/* Far more than the sockets' buffers hold, both ways at once: neither side may wait for the other. */
static void test_megabytes_both_ways_in_one_round(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20, TIMES = 24 };
    static const char echo[] = "SELECT $1";
    char *bytes = malloc(SIZE);
    assert_non_null(bytes);
    for (int i = 0; i < SIZE; i++)
        bytes[i] = (char)(i * 7 + (i >> 8));
    struct text sent = text_make(bytes, SIZE);
    struct error err;
    for (int i = 0; i < TIMES; i++) {
        params_init(&params, &arena);
        params_add_bytea(&params, sent);
        postgres_queue(db, echo, &params, check_echo, &sent);
    }
    assert_ok(postgres_run(db, &err), err);
    free(bytes);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_scalars),
        CASE(test_absent_is_null),
        CASE(test_times),
        CASE(test_times_out_of_all_range),
        CASE(test_ten_thousand_rows_of_hostile_text),
        CASE(test_empty_arrays),
        CASE(test_text_that_is_no_text),
        CASE(test_parameters_that_do_not_fit),
        CASE(test_megabytes_both_ways_in_one_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
