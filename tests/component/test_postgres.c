/* SPDX-License-Identifier: Apache-2.0 */
/* Rounds, statuses, lost connections and COMMIT, on a real server. Values: test_postgres_values.c. */
#include "database.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static enum status add_number(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    for (int i = 0; i < PQntuples(result); i++)
        *(int64_t *)context += result_int8(result, i, 0);
    return STATUS_OK;
}

static enum status refuse(void *context, const PGresult *result, struct error *err)
{
    (void)context;
    (void)result;
    return fail(err, STATUS_REFUSED, "not this one");
}

/* Ends the connection of `victim` from outside. */
static void terminate(struct postgres *victim)
{
    struct postgres *other = database_open("public");
    char sql[120];
    snprintf(sql, sizeof sql, "SELECT pg_terminate_backend(%d, 5000)",
             (int)database_number(victim, "SELECT pg_backend_pid()"));
    database_run(other, sql);
    postgres_free(other);
}

static void test_round_hands_each_answer_to_its_callback(void **state)
{
    (void)state;
    struct postgres *db = database_open("public");
    struct arena arena;
    struct postgres_params params;
    struct error err;
    int64_t one = 0, two = 0;
    arena_init(&arena, 1 << 16);
    for (int round = 1; round <= 3; round++) {
        params_init(&params, &arena);
        params_add_int8(&params, 40);
        params_add_int4(&params, 2);
        postgres_queue(db, "SELECT $1 + $2", &params, add_number, &one);
        postgres_queue(db, "SELECT 1", NULL, NULL, NULL);
        postgres_queue(db, "SELECT generate_series(1, 4)", NULL, add_number, &two);
        assert_ok(postgres_run(db, &err), err);
        assert_int_equal(one, 42 * round);
        assert_int_equal(two, 10 * round);
    }
    assert_int_equal(database_number(db,
                                     "SELECT count(*) FROM pg_prepared_statements WHERE from_sql IS NOT NULL"
                                     " AND statement LIKE 'SELECT %' AND statement NOT LIKE '%count%'"),
                     3);
    assert_int_equal(postgres_run(db, &err), STATUS_OK); /* nothing queued */
    arena_done(&arena);
    postgres_free(db);
}

static void test_session_is_settled(void **state)
{
    (void)state;
    struct postgres *db = database_open("it's \"odd\"");
    assert_string_equal(database_string(db, "SELECT current_setting('search_path')"), "\"it's \"\"odd\"\"\"");
    assert_string_equal(database_string(db, "SHOW statement_timeout"), "30s");
    assert_string_equal(database_string(db, "SHOW lock_timeout"), "10s");
    assert_string_equal(database_string(db, "SHOW idle_in_transaction_session_timeout"), "15s");
    assert_string_equal(database_string(db, "SHOW application_name"), "component-test");
    assert_string_equal(database_string(db, "SHOW timezone"), "UTC");
    postgres_free(db);
}

static void test_failure_aborts_the_rest_of_the_round(void **state)
{
    (void)state;
    struct postgres *db = database_open("public");
    struct error err;
    int64_t seen = 0;
    database_run(db, "CREATE TABLE aborted (n int)");
    postgres_queue(db, "INSERT INTO aborted VALUES (1)", NULL, NULL, NULL);
    postgres_queue(db, "SELECT 1 / 0", NULL, add_number, &seen);
    postgres_queue(db, "INSERT INTO aborted VALUES (2)", NULL, NULL, NULL);
    postgres_queue(db, "SELECT 7", NULL, add_number, &seen);
    assert_int_equal(postgres_run(db, &err), STATUS_INVALID);
    assert_string_equal(postgres_sqlstate(db), "22012");
    assert_non_null(strstr(err.text, "22012"));
    assert_int_equal(seen, 0);
    assert_true(postgres_is_connected(db));
    assert_int_equal(database_number(db, "SELECT count(*) FROM aborted"), 0);
    assert_string_equal(postgres_sqlstate(db), "");
    postgres_free(db);
}

static void test_callback_can_fail_the_round(void **state)
{
    (void)state;
    struct postgres *db = database_open("public");
    struct error err;
    int64_t seen = 0;
    postgres_queue(db, "SELECT 1", NULL, refuse, NULL);
    postgres_queue(db, "SELECT 5", NULL, add_number, &seen);
    assert_int_equal(postgres_run(db, &err), STATUS_REFUSED);
    assert_string_equal(err.text, "not this one");
    assert_int_equal(seen, 0); /* what was sent is carried out, but nobody is called any more */
    assert_int_equal(database_number(db, "SELECT 3"), 3);
    postgres_free(db);
}

static void test_sqlstate_decides_the_status(void **state)
{
    (void)state;
    static const struct {
        const char *sqlstate;
        enum status status;
        bool is_connected;
    } cases[] = {
        {"08006", STATUS_TRANSIENT, true},  {"40001", STATUS_TRANSIENT, true},
        {"40P01", STATUS_TRANSIENT, true},  {"53100", STATUS_TRANSIENT, true},
        {"53300", STATUS_TRANSIENT, true},  {"55P03", STATUS_TRANSIENT, true},
        {"57014", STATUS_TRANSIENT, true},  {"57P01", STATUS_TRANSIENT, false},
        {"58030", STATUS_TRANSIENT, true},  {"XX000", STATUS_TRANSIENT, true},
        {"P0001", STATUS_TRANSIENT, true},  {"25P03", STATUS_TRANSIENT, true},
        {"25006", STATUS_TRANSIENT, false}, {"26000", STATUS_TRANSIENT, false},
        {"0A000", STATUS_TRANSIENT, false}, {"21000", STATUS_INVALID, true},
        {"22001", STATUS_INVALID, true},    {"22P05", STATUS_INVALID, true},
        {"23502", STATUS_INVALID, true},    {"23505", STATUS_INVALID, true},
        {"23514", STATUS_INVALID, true},    {"54000", STATUS_INVALID, true},
        {"42P01", STATUS_FATAL, true},      {"42703", STATUS_FATAL, true},
        {"42501", STATUS_FATAL, true},      {"42601", STATUS_FATAL, true},
        {"3F000", STATUS_FATAL, true},      {"3D000", STATUS_FATAL, true},
        {"28000", STATUS_FATAL, true},
    };
    struct postgres *db = database_open("public");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char sql[120];
        snprintf(sql, sizeof sql, "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '%s'; END $$", cases[i].sqlstate);
        const char *sentence = database_fail(db, sql, cases[i].status);
        assert_non_null(strstr(sentence, cases[i].sqlstate));
        assert_string_equal(postgres_sqlstate(db), cases[i].sqlstate);
        if (postgres_is_connected(db) != cases[i].is_connected)
            fail_msg("%s: is connected: %d", cases[i].sqlstate, !cases[i].is_connected);
    }
    postgres_free(db);
}

static void test_constraint_is_named_and_contents_are_not(void **state)
{
    (void)state;
    struct postgres *db = database_open("public");
    database_run(db, "CREATE TABLE named (phone text CONSTRAINT one_phone PRIMARY KEY)");
    database_run(db, "INSERT INTO named VALUES ('13800138000')");
    const char *sentence = database_fail(db, "INSERT INTO named VALUES ('13800138000')", STATUS_INVALID);
    assert_non_null(strstr(sentence, "one_phone"));
    assert_null(strstr(sentence, "13800138000"));
    sentence = database_fail(db, "SELECT '13800138000x'::int8", STATUS_INVALID);
    assert_non_null(strstr(sentence, "22P02"));
    assert_null(strstr(sentence, "13800138000"));
    /* A key too long for its index: the record's fault, and no retry would help. */
    sentence = database_fail(
        db, "INSERT INTO named SELECT string_agg(md5(n::text), '') FROM generate_series(1, 500) AS n",
        STATUS_INVALID);
    assert_non_null(strstr(sentence, "54000"));
    postgres_free(db);
}

static void test_connection_lost_in_the_middle_of_a_round(void **state)
{
    (void)state;
    static const char sum[] = "SELECT n FROM lost";
    struct postgres *db = database_open("public");
    struct error err;
    int64_t seen = 0;
    database_run(db, "CREATE TABLE lost AS SELECT 5 AS n");
    postgres_queue(db, sum, NULL, add_number, &seen); /* prepared on the first connection */
    assert_ok(postgres_run(db, &err), err);
    assert_int_equal(postgres_generation(db), 1);

    postgres_queue(db, "BEGIN", NULL, NULL, NULL);
    postgres_queue(db, "DELETE FROM lost", NULL, NULL, NULL);
    postgres_queue(db, "SELECT pg_terminate_backend(pg_backend_pid())", NULL, NULL, NULL);
    postgres_queue(db, sum, NULL, add_number, &seen);
    assert_int_equal(postgres_run(db, &err), STATUS_TRANSIENT);
    assert_false(postgres_is_connected(db));
    assert_int_equal(seen, 5);
    postgres_rollback(db); /* does nothing */
    assert_false(postgres_is_connected(db));
    assert_int_equal(postgres_commit(db, &err), STATUS_TRANSIENT);
    assert_false(postgres_is_connected(db));

    postgres_queue(db, sum, NULL, add_number, &seen); /* connects, and prepares it again */
    assert_ok(postgres_run(db, &err), err);
    assert_int_equal(seen, 10);
    assert_int_equal(postgres_generation(db), 2);
    postgres_free(db);
}

static void test_connection_lost_between_rounds(void **state)
{
    (void)state;
    struct postgres *db = database_open("public");
    struct error err;
    terminate(db);
    postgres_queue(db, "SELECT 1", NULL, NULL, NULL);
    assert_int_equal(postgres_run(db, &err), STATUS_TRANSIENT);
    assert_false(postgres_is_connected(db));
    assert_int_equal(database_number(db, "SELECT 9"), 9);
    assert_int_equal(postgres_generation(db), 2);
    terminate(db);
    postgres_queue_once(db, "BEGIN");
    assert_int_equal(postgres_run(db, &err), STATUS_TRANSIENT);
    postgres_free(db);
}

static void test_commit_and_rollback(void **state)
{
    (void)state;
    struct postgres *db = database_open("public");
    struct postgres *other = database_open("public");
    struct error err;
    static const char count[] = "SELECT count(*) FROM kept";
    database_run(db, "CREATE TABLE kept (n int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)");
    database_run(db, "BEGIN");
    database_run(db, "INSERT INTO kept VALUES (1)");
    assert_int_equal(database_number(other, count), 0);
    assert_ok(postgres_commit(db, &err), err);
    assert_int_equal(database_number(other, count), 1);

    database_run(db, "BEGIN");
    database_run(db, "INSERT INTO kept VALUES (2)");
    postgres_rollback(db);
    assert_int_equal(database_number(db, count), 1);
    postgres_rollback(db); /* outside of a transaction: nothing */
    assert_true(postgres_is_connected(db));

    /* Queued and given up: must not come along with the next round. */
    postgres_queue(db, "INSERT INTO kept VALUES (3)", NULL, NULL, NULL);
    postgres_rollback(db);
    assert_int_equal(database_number(db, count), 1);

    /* Violated only at COMMIT. */
    database_run(db, "BEGIN");
    database_run(db, "INSERT INTO kept VALUES (1)");
    assert_int_equal(postgres_commit(db, &err), STATUS_INVALID);
    assert_string_equal(postgres_sqlstate(db), "23505");
    assert_int_equal(database_number(db, count), 1);
    postgres_free(db);
    postgres_free(other);
}

static void test_commit_that_is_answered_with_rollback(void **state)
{
    (void)state;
    struct postgres *db = database_open("public");
    struct error err;
    database_run(db, "CREATE TABLE doomed (n int)");
    database_run(db, "BEGIN");
    database_run(db, "INSERT INTO doomed VALUES (1)");
    database_fail(db, "SELECT 1 / 0", STATUS_INVALID);
    assert_int_equal(postgres_commit(db, &err), STATUS_TRANSIENT);
    assert_non_null(strstr(err.text, "ROLLBACK"));
    assert_int_equal(database_number(db, "SELECT count(*) FROM doomed"), 0);
    database_run(db, "BEGIN");
    database_fail(db, "SELECT 1 / 0", STATUS_INVALID);
    postgres_rollback(db);
    assert_true(postgres_is_connected(db));
    database_run(db, "INSERT INTO doomed VALUES (2)");
    assert_int_equal(database_number(db, "SELECT n FROM doomed"), 2);
    postgres_free(db);
}

static void test_connection_lost_during_commit(void **state)
{
    (void)state;
    struct postgres *db = database_open("public");
    struct error err;
    database_run(db, "CREATE TABLE deadly (n int)");
    database_run(
        db,
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(20); RETURN NULL; END'");
    database_run(db, "CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON deadly DEFERRABLE INITIALLY DEFERRED"
                     " FOR EACH ROW EXECUTE FUNCTION die()");
    database_run(db, "BEGIN");
    database_run(db, "INSERT INTO deadly VALUES (1)");
    assert_int_equal(postgres_commit(db, &err), STATUS_TRANSIENT);
    assert_false(postgres_is_connected(db));
    assert_int_equal(database_number(db, "SELECT count(*) FROM deadly"), 0);
    postgres_free(db);
}

/* The process dies after COMMIT has left it and before the answer is read: the server carries it out. */
static void test_crash_after_commit_was_sent(void **state)
{
    (void)state;
    struct postgres *db = database_open("public");
    database_run(db, "CREATE TABLE sent (n int)");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct error err;
        setenv("CRASH_AT", "commit-sent", 1);
        struct postgres *own = postgres_new(database_url(), "public", "child");
        postgres_queue_once(own, "BEGIN");
        postgres_queue_once(own, "INSERT INTO sent VALUES (1)");
        _exit(postgres_run(own, &err) == STATUS_OK && postgres_commit(own, &err) == STATUS_OK ? 0 : 1);
    }
    int ended = 0;
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL);
    while (database_number(db, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'child'") > 0)
        database_run(db, "SELECT pg_sleep(0.02)");
    assert_int_equal(database_number(db, "SELECT count(*) FROM sent"), 1);
    postgres_free(db);
}

static void test_statements_that_a_migration_made_stale(void **state)
{
    (void)state;
    static const char all[] = "SELECT * FROM migrated";
    struct postgres *db = database_open("public");
    struct postgres *other = database_open("public");
    struct error err;
    int64_t seen = 0;
    database_run(db, "CREATE TABLE migrated AS SELECT 4 AS n");
    assert_int_equal(database_number(db, all), 4);
    database_run(other, "ALTER TABLE migrated ADD COLUMN later text");
    postgres_queue(db, all, NULL, add_number, &seen);
    assert_int_equal(postgres_run(db, &err), STATUS_TRANSIENT); /* cached plan must not change result type */
    assert_false(postgres_is_connected(db));
    assert_int_equal(database_number(db, all), 4);

    database_run(db, "DEALLOCATE ALL");
    postgres_queue(db, all, NULL, add_number, &seen);
    assert_int_equal(postgres_run(db, &err), STATUS_TRANSIENT); /* prepared statement does not exist */
    assert_false(postgres_is_connected(db));
    assert_int_equal(database_number(db, all), 4);
    assert_int_equal(postgres_generation(db), 3);
    postgres_free(db);
    postgres_free(other);
}

/* Parse of what stands behind a failure is skipped with it; the next round must not believe that it happened.
 */
static void test_statement_first_met_in_a_failed_round(void **state)
{
    (void)state;
    static const char later[] = "SELECT 6";
    struct postgres *db = database_open("public");
    struct error err;
    int64_t seen = 0;
    for (int i = 0; i < 2; i++) {
        postgres_queue(db, "SELECT 1 / 0", NULL, NULL, NULL);
        postgres_queue(db, later, NULL, add_number, &seen);
        assert_int_equal(postgres_run(db, &err), STATUS_INVALID);
    }
    postgres_queue(db, "SELEC 1", NULL, NULL, NULL);
    postgres_queue(db, later, NULL, add_number, &seen);
    assert_int_equal(postgres_run(db, &err), STATUS_FATAL);
    assert_int_equal(seen, 0);
    assert_int_equal(database_number(db, later), 6);
    postgres_free(db);
}

static void test_servers_that_do_not_let_us_in(void **state)
{
    (void)state;
    static const struct {
        const char *user, *database;
        enum status status;
    } cases[] = {
        {"nobody-at-all", "postgres", STATUS_FATAL},
        {"postgres", "no-such-database", STATUS_FATAL},
        {"locked_out", "postgres", STATUS_FATAL},
    };
    struct postgres *db = database_open("public");
    struct error err;
    char url[300];
    database_run(db, "CREATE ROLE locked_out NOLOGIN");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        snprintf(url, sizeof url, "%s", database_url_as(cases[i].user));
        snprintf(strrchr(url, '/'), 60, "/%s", cases[i].database);
        struct postgres *refused = postgres_new(url, "public", "component-test");
        assert_int_equal(postgres_connect(refused, &err), cases[i].status);
        assert_int_equal(postgres_generation(refused), 0);
        postgres_queue(refused, "SELECT 1", NULL, NULL, NULL);
        assert_int_equal(postgres_run(refused, &err), cases[i].status);
        postgres_free(refused);
    }
    struct postgres *away = postgres_new("postgresql://127.0.0.1:1/x", "public", "component-test");
    assert_int_equal(postgres_connect(away, &err), STATUS_TRANSIENT);
    postgres_free(away);
    struct postgres *garbled = postgres_new("postgresql://u:se%cret@127.0.0.1/x", "public", "component-test");
    assert_int_equal(postgres_connect(garbled, &err), STATUS_FATAL);
    assert_null(strstr(err.text, "cret"));
    postgres_free(garbled);
    postgres_free(db);
    postgres_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_hands_each_answer_to_its_callback),
        cmocka_unit_test(test_session_is_settled),
        cmocka_unit_test(test_failure_aborts_the_rest_of_the_round),
        cmocka_unit_test(test_callback_can_fail_the_round),
        cmocka_unit_test(test_sqlstate_decides_the_status),
        cmocka_unit_test(test_constraint_is_named_and_contents_are_not),
        cmocka_unit_test(test_connection_lost_in_the_middle_of_a_round),
        cmocka_unit_test(test_connection_lost_between_rounds),
        cmocka_unit_test(test_commit_and_rollback),
        cmocka_unit_test(test_commit_that_is_answered_with_rollback),
        cmocka_unit_test(test_connection_lost_during_commit),
        cmocka_unit_test(test_crash_after_commit_was_sent),
        cmocka_unit_test(test_statements_that_a_migration_made_stale),
        cmocka_unit_test(test_statement_first_met_in_a_failed_round),
        cmocka_unit_test(test_servers_that_do_not_let_us_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
