/* SPDX-License-Identifier: Apache-2.0 */
/* Reader routes with a real Postgres. */
#include "http_client.h"
#include "runtime/http_server.h"
#include "runtime/log.h"
#include "runtime/postgres.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static enum status keep_text(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    struct http_exchange *exchange = context;
    http_answer(exchange, 200, "text/plain", result_text(result, 0, 0, http_arena(exchange)));
    return STATUS_OK;
}

static void run(struct http_exchange *exchange, const char *sql)
{
    struct postgres *db = http_postgres(exchange);
    struct error err;
    postgres_queue(db, sql, NULL, keep_text, exchange);
    enum status status = postgres_run(db, &err);
    if (status != STATUS_OK)
        http_problem(exchange, 500, "failed", "Failed", "%s %s", postgres_sqlstate(db), err.text);
}

static void select_settings(struct http_exchange *exchange)
{
    run(exchange, "SELECT current_setting('default_transaction_read_only') || ' ' ||"
                  " current_setting('statement_timeout') || ' ' || current_setting('application_name')");
}

static void write_something(struct http_exchange *exchange)
{
    run(exchange, "CREATE TABLE written_by_a_reader (id int)");
}

static void drop_connection(struct http_exchange *exchange)
{
    run(exchange, "SELECT pg_terminate_backend(pg_backend_pid())::text");
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/settings", .handle = select_settings, .is_reader = true},
    {.method = "GET", .path = "/write", .handle = write_something, .is_reader = true},
    {.method = "GET", .path = "/drop", .handle = drop_connection, .is_reader = true},
    {.method = NULL},
};

static struct http_server *serve(const char *url)
{
    struct http_plan plan = {.listen = "127.0.0.1:0",
                             .tables = {routes},
                             .is_open = true,
                             .database_url = url,
                             .schema = "public",
                             .service = "intake",
                             .reader_count = 1};
    struct http_server *server = NULL;
    struct error err;
    assert_int_equal(http_server_start(&plan, &server, &err), STATUS_OK);
    http_server_serve(server, NULL);
    return server;
}

static struct http_answer answer;

static void readers_only_read(void **state)
{
    (void)state;
    struct http_server *server = serve(getenv("TEST_DATABASE_URL"));
    int port = http_server_port(server);
    client_ask(port, "GET", "/settings", "", NULL, &answer);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "on 5s intake-reader");
    client_ask(port, "GET", "/write", "", NULL, &answer);
    assert_problem(&answer, 500, "failed", "25006");
    http_server_free(server);
}

static void lost_connection_is_made_anew(void **state)
{
    (void)state;
    struct http_server *server = serve(getenv("TEST_DATABASE_URL"));
    int port = http_server_port(server);
    client_ask(port, "GET", "/drop", "", NULL, &answer);
    assert_int_not_equal(answer.status, 0);
    client_ask(port, "GET", "/settings", "", NULL, &answer);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "on 5s intake-reader"); /* the new one is read-only as well */
    http_server_free(server);
}

static void no_database(void **state)
{
    (void)state;
    struct http_server *server = serve("postgres://nobody@127.0.0.1:1/none");
    client_ask(http_server_port(server), "GET", "/settings", "", NULL, &answer);
    assert_problem(&answer, 503, "database", "try again");
    assert_null(strstr(answer.body, "127.0.0.1")); /* where it is, is nobody's business */
    http_server_free(server);
}

int main(void)
{
    log_open("test", LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_only_read),
        cmocka_unit_test(lost_connection_is_made_anew),
        cmocka_unit_test(no_database),
    };
    return cmocka_run_group_tests_name("http_reader", tests, NULL, NULL);
}
