/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and refusals, seen from outside. */
#include "http_client.h"
#include "runtime/api_keys.h"
#include "runtime/health_routes.h"
#include "runtime/http_server.h"
#include "runtime/log.h"
#include "runtime/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct http_server *server;
static struct http_answer answer;
static int self_marker;

/* ---- handlers ---- */

static void echo(struct http_exchange *exchange)
{
    int64_t limit = -1;
    struct error err;
    enum status status = http_argument_int(exchange, "limit", 1, 100, 20, &limit, &err);
    if (status != STATUS_OK) {
        http_problem_of(exchange, status, &err);
        return;
    }
    struct text id = http_param(exchange, "id"), word = http_argument(exchange, "word");
    struct text body = http_body(exchange), publisher = http_publisher(exchange);
    json_t *json = json_pack(
        "{s:s, s:s%, s:s%, s:I, s:s%, s:s%, s:i, s:b, s:b}", "method", http_method(exchange), "id", id.at,
        id.len, "word", word.at == NULL ? "-" : word.at, word.at == NULL ? 1 : word.len, "limit",
        (json_int_t)limit, "body", body.at, body.len, "publisher", publisher.at, publisher.len, "wait",
        http_wait_s(exchange), "is_json", http_body_is(exchange, "application/json"), "has_self",
        http_self(exchange) == &self_marker);
    http_add_header(exchange, "X-Seen", TEXT("yes"));
    http_add_header(exchange, "X-Split", TEXT("a\r\nSet-Cookie: b"));
    http_answer_json(exchange, 200, json);
}

static void refuse(struct http_exchange *exchange)
{
    http_problem_with(exchange, 409,
                      json_pack("{s:[s,s], s:i}", "legal_moves", "close", "reopen", "status", 200),
                      "stale-version", "The case has changed", "expected_version: %d is not %d", 3, 4);
}

static void forget(struct http_exchange *exchange)
{
    (void)exchange;
}

static void answer_twice(struct http_exchange *exchange)
{
    http_answer(exchange, 200, "text/plain", TEXT("first"));
    http_answer(exchange, 500, "text/plain", TEXT("second"));
}

static void read_here(struct http_exchange *exchange)
{
    http_answer(exchange, http_postgres(exchange) == NULL ? 200 : 500, "text/plain",
                http_param(exchange, "id"));
}

static void of_status(struct http_exchange *exchange)
{
    struct error err = {"because"};
    int64_t number;
    if (http_argument_int(exchange, "s", 0, 4, 0, &number, &err) == STATUS_OK)
        http_problem_of(exchange, (enum status)number, &err);
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/v1/echo/{id}", .handle = echo},
    {.method = "POST", .path = "/v1/echo/{id}", .handle = echo},
    {.method = "POST", .path = "/v1/agents", .handle = refuse, .scope = "agent"},
    {.method = "GET", .path = "/v1/forget", .handle = forget, .is_public = true},
    {.method = "GET", .path = "/v1/twice", .handle = answer_twice, .is_public = true},
    {.method = "GET", .path = "/v1/read/{id}", .handle = read_here, .is_reader = true},
    {.method = "GET", .path = "/v1/status", .handle = of_status, .is_public = true},
    {.method = NULL},
};

/* ---- fixture ---- */

static struct api_keys *make_keys(const char *key, const char *scopes)
{
    char line[256], hex[SECRET_SHA256_HEX_LEN + 1];
    snprintf(line, sizeof line, "shop:%s:%s\n", secret_sha256_hex(text_of(key), hex), scopes);
    struct api_keys *keys = NULL;
    struct error err;
    assert_int_equal(api_keys_parse("keys", text_of(line), &keys, &err), STATUS_OK);
    return keys;
}

static void start(struct api_keys *keys, bool is_open)
{
    struct http_plan plan = {
        .listen = "127.0.0.1:0", .tables = {routes, health_routes}, .keys = keys, .is_open = is_open};
    struct error err = {""};
    enum status status = http_server_start(&plan, &server, &err);
    if (status != STATUS_OK)
        print_error("%s\n", err.text);
    assert_int_equal(status, STATUS_OK);
    http_server_serve(server, &self_marker);
}

static int start_open(void **state)
{
    (void)state;
    start(NULL, true);
    return 0;
}

static int start_with_key(void **state)
{
    (void)state;
    start(make_keys("sesame", "reader"), false);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    http_server_free(server);
    server = NULL;
    return 0;
}

static void ask(const char *method, const char *target, const char *more, const char *body)
{
    client_ask(http_server_port(server), method, target, more, body, &answer);
}

static void assert_body_has(const char *part)
{
    if (strstr(answer.body, part) == NULL)
        print_error("missing %s in:\n%s%s\n", part, answer.head, answer.body);
    assert_non_null(strstr(answer.body, part));
}

/* ---- tests ---- */

static void parts_of_a_request_are_decoded(void **state)
{
    (void)state;
    ask("POST", "/v1/echo/%E4%BD%A0%2F7?word=a+b%26&limit=3",
        "Content-Type: Application/JSON; charset=utf-8\r\nPrefer: respond-async, wait=7\r\n", "{\"x\":1}");
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer_header(&answer, "Content-Type"), "application/json");
    assert_body_has("\"id\":\"\xE4\xBD\xA0/7\"");
    assert_body_has("\"word\":\"a b&\"");
    assert_body_has("\"limit\":3");
    assert_body_has("\"body\":\"{\\\"x\\\":1}\"");
    assert_body_has("\"wait\":7");
    assert_body_has("\"is_json\":true");
    assert_body_has("\"has_self\":true");
    assert_body_has("\"publisher\":\"anonymous\"");
    ask("GET", "/v1/echo/7", "Prefer: wait=999\r\n", NULL);
    assert_body_has("\"limit\":20");
    assert_body_has("\"wait\":10");
    assert_body_has("\"is_json\":false");
}

static void headers_cannot_be_split(void **state)
{
    (void)state;
    ask("GET", "/v1/echo/7", "", NULL);
    assert_string_equal(answer_header(&answer, "X-Seen"), "yes");
    assert_null(answer_header(&answer, "X-Split"));
    assert_null(answer_header(&answer, "Set-Cookie"));
}

static void head_has_no_body(void **state)
{
    (void)state;
    ask("HEAD", "/v1/echo/7", "", NULL);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body_len, 0);
    assert_true(strtol(answer_header(&answer, "Content-Length"), NULL, 10) > 50);
}

static void wrong_paths_and_methods(void **state)
{
    (void)state;
    ask("GET", "/v1/nothing", "", NULL);
    assert_problem(&answer, 404, "no-such-path", "nothing is served");
    ask("DELETE", "/v1/echo/7", "", NULL);
    assert_problem(&answer, 405, "method", "GET, HEAD, POST");
    assert_string_equal(answer_header(&answer, "Allow"), "GET, HEAD, POST");
    ask("OPTIONS", "/v1/read/1", "", NULL);
    assert_problem(&answer, 405, "method", "GET, HEAD");
}

static void bad_urls_are_explained(void **state)
{
    (void)state;
    ask("GET", "/v1/echo/%zz", "", NULL);
    assert_problem(&answer, 400, "bad-url", "path: '%' must be followed by two hex digits");
    ask("GET", "/v1/echo/a%00b", "", NULL);
    assert_problem(&answer, 400, "bad-url", "path: not UTF-8 without NUL");
    ask("GET", "/v1/echo/7?word=%C3%28", "", NULL);
    assert_problem(&answer, 400, "bad-url", "argument word: not UTF-8");
    ask("GET", "/v1/echo/7?word=a&word=b", "", NULL);
    assert_problem(&answer, 400, "bad-url", "argument 'word': given twice");
    ask("GET", "/v1/echo/7?limit=101", "", NULL);
    assert_problem(&answer, 400, "invalid", "argument 'limit': a whole number from 1 to 100");
    ask("GET", "/v1/echo/7?limit=many", "", NULL);
    assert_problem(&answer, 400, "invalid", "argument 'limit'");
}

static void problems_carry_members(void **state)
{
    (void)state;
    ask("POST", "/v1/agents", "", "{}");
    assert_problem(&answer, 409, "stale-version", "expected_version: 3 is not 4");
    assert_body_has("\"legal_moves\":[\"close\",\"reopen\"]");
}

static void statuses_become_problems(void **state)
{
    (void)state;
    ask("GET", "/v1/status?s=1", "", NULL);
    assert_problem(&answer, 409, "refused", "because");
    ask("GET", "/v1/status?s=2", "", NULL);
    assert_problem(&answer, 400, "invalid", "because");
    ask("GET", "/v1/status?s=3", "", NULL);
    assert_problem(&answer, 503, "unavailable", "because");
    assert_string_equal(answer_header(&answer, "Retry-After"), "2");
    ask("GET", "/v1/status?s=4", "", NULL);
    assert_problem(&answer, 500, "internal", "because");
}

static void handlers_that_err(void **state)
{
    (void)state;
    ask("GET", "/v1/forget", "", NULL);
    assert_problem(&answer, 500, "internal", "left without an answer");
    ask("GET", "/v1/twice", "", NULL);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "first");
}

static void readers_answer(void **state)
{
    (void)state;
    assert_int_equal(http_server_reader_count(server), 2);
    for (int i = 0; i < 50; i++) {
        ask("GET", "/v1/read/x%20y", "", NULL);
        assert_int_equal(answer.status, 200);
        assert_string_equal(answer.body, "x y");
    }
}

static void connections_are_kept(void **state)
{
    (void)state;
    int fd = client_connect(http_server_port(server));
    /* Two at once, then one more: pipelining and keep-alive, through the network thread and through a reader.
     */
    assert_true(client_send_text(fd, "GET /v1/read/1 HTTP/1.1\r\nHost: t\r\n\r\n"
                                     "POST /v1/echo/2 HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nhi"));
    client_read(fd, 0, &answer);
    assert_string_equal(answer.body, "1");
    client_read(fd, 0, &answer);
    assert_body_has("\"body\":\"hi\"");
    assert_true(client_send_text(fd, "GET /v1/read/3 HTTP/1.1\r\nHost: t\r\n\r\n"));
    client_read(fd, 0, &answer);
    assert_string_equal(answer.body, "3");
    client_close(fd);
}

static void keys_are_asked_for(void **state)
{
    (void)state;
    ask("GET", "/v1/echo/7", "", NULL);
    assert_problem(&answer, 401, "api-key", "X-Api-Key");
    assert_string_equal(answer_header(&answer, "WWW-Authenticate"), "Bearer");
    ask("GET", "/v1/echo/7", "X-Api-Key: sesam\r\n", NULL);
    assert_problem(&answer, 401, "api-key", "not known");
    ask("GET", "/v1/echo/7", "Authorization: Basic c2VzYW1l\r\n", NULL);
    assert_problem(&answer, 401, "api-key", "X-Api-Key");
    ask("GET", "/v1/echo/7", "X-Api-Key: sesame\r\n", NULL);
    assert_int_equal(answer.status, 200);
    assert_body_has("\"publisher\":\"shop\"");
    ask("GET", "/v1/echo/7", "authorization: bearer sesame\r\n", NULL);
    assert_int_equal(answer.status, 200);
    ask("GET", "/v1/twice", "", NULL);
    assert_int_equal(answer.status, 200); /* public */
}

static void scopes_are_asked_for(void **state)
{
    (void)state;
    ask("POST", "/v1/agents", "X-Api-Key: sesame\r\n", "{}");
    assert_problem(&answer, 403, "scope", "'agent'");
    http_server_set_keys(server, make_keys("open", "agent"));
    ask("POST", "/v1/agents", "X-Api-Key: open\r\n", "{}");
    assert_problem(&answer, 409, "stale-version", "");
    ask("POST", "/v1/agents", "X-Api-Key: sesame\r\n", "{}");
    assert_problem(&answer, 401, "api-key", "not known");
    http_server_set_keys(server, NULL);
    ask("POST", "/v1/agents", "X-Api-Key: open\r\n", "{}");
    assert_problem(&answer, 401, "api-key", "API_KEYS_FILE");
}

static void health_answers_before_the_service(void **state)
{
    (void)state;
    struct http_plan plan = {.listen = "127.0.0.1:0", .tables = {routes, health_routes}, .is_open = true};
    struct error err;
    assert_int_equal(http_server_start(&plan, &server, &err), STATUS_OK);
    ask("GET", "/v1/echo/7", "", NULL);
    assert_problem(&answer, 503, "starting", "not ready yet");
    ask("GET", "/livez", "", NULL);
    assert_int_equal(answer.status, 200);
    ask("GET", "/readyz?verbose", "", NULL);
    assert_int_equal(answer.status, 200);
    assert_body_has("[+]running\n");
    http_server_serve(server, NULL);
    ask("GET", "/v1/echo/7", "", NULL);
    assert_int_equal(answer.status, 200);
    assert_body_has("\"has_self\":false");
    ask("GET", "/metrics", "", NULL);
    assert_body_has("aftercare_http_requests_total{route=\"/v1/echo/{id}\",method=\"GET\",code=\"5xx\"} 1\n");
    assert_string_equal(answer.body + answer.body_len - 6, "# EOF\n");
}

static void addresses_that_cannot_be_used(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",       "8080",       "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999",
                                        "::1:80", "127.0.0.1:x"};
    struct http_server *none = NULL;
    struct error err;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct http_plan plan = {.listen = wrong[i], .tables = {health_routes}};
        assert_int_equal(http_server_start(&plan, &none, &err), STATUS_INVALID);
        assert_non_null(strstr(err.text, "address:port"));
        assert_null(none);
    }
    char taken[32];
    snprintf(taken, sizeof taken, "127.0.0.1:%d", http_server_port(server));
    struct http_plan plan = {.listen = taken, .tables = {health_routes}, .keys = make_keys("a", "")};
    assert_int_equal(http_server_start(&plan, &none, &err), STATUS_FATAL);
    assert_non_null(strstr(err.text, "Address already in use"));
}

static void all_addresses(void **state)
{
    (void)state;
    struct http_plan plan = {.listen = ":0", .tables = {health_routes}};
    struct error err;
    assert_int_equal(http_server_start(&plan, &server, &err), STATUS_OK);
    ask("GET", "/livez", "", NULL);
    assert_int_equal(answer.status, 200);
    assert_int_equal(http_server_reader_count(server), 0);
}

int main(void)
{
    log_open("test", LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(health_answers_before_the_service, stop),
        cmocka_unit_test_setup_teardown(parts_of_a_request_are_decoded, start_open, stop),
        cmocka_unit_test_setup_teardown(headers_cannot_be_split, start_open, stop),
        cmocka_unit_test_setup_teardown(head_has_no_body, start_open, stop),
        cmocka_unit_test_setup_teardown(wrong_paths_and_methods, start_open, stop),
        cmocka_unit_test_setup_teardown(bad_urls_are_explained, start_open, stop),
        cmocka_unit_test_setup_teardown(problems_carry_members, start_open, stop),
        cmocka_unit_test_setup_teardown(statuses_become_problems, start_open, stop),
        cmocka_unit_test_setup_teardown(handlers_that_err, start_open, stop),
        cmocka_unit_test_setup_teardown(readers_answer, start_open, stop),
        cmocka_unit_test_setup_teardown(connections_are_kept, start_open, stop),
        cmocka_unit_test_setup_teardown(keys_are_asked_for, start_with_key, stop),
        cmocka_unit_test_setup_teardown(scopes_are_asked_for, start_with_key, stop),
        cmocka_unit_test_setup_teardown(addresses_that_cannot_be_used, start_open, stop),
        cmocka_unit_test_teardown(all_addresses, stop),
    };
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
