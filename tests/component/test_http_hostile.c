/* SPDX-License-Identifier: Apache-2.0 */
/* Requests meant to hurt: each is refused or cut off, and the next client is served. */
#include "http_client.h"
#include "runtime/health_routes.h"
#include "runtime/http_server.h"
#include "runtime/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static struct http_server *server;
static struct http_answer answer;

static void count(struct http_exchange *exchange)
{
    struct text body = http_body(exchange);
    http_answer(exchange, 200, "text/plain", text_print(http_arena(exchange), "%zu", body.len));
}

static const struct http_route routes[] = {
    {.method = "POST", .path = "/count", .handle = count, .is_public = true},
    {.method = "POST", .path = "/private", .handle = count},
    {.method = NULL},
};

static void start_with(const struct http_plan *limits)
{
    struct http_plan plan = *limits;
    struct error err = {""};
    plan.listen = "127.0.0.1:0";
    plan.tables[0] = routes;
    plan.tables[1] = health_routes;
    enum status status = http_server_start(&plan, &server, &err);
    if (status != STATUS_OK)
        print_error("%s\n", err.text);
    assert_int_equal(status, STATUS_OK);
    http_server_serve(server, NULL);
}

static int start(void **state)
{
    (void)state;
    start_with(&(struct http_plan){0});
    return 0;
}

/* Whatever happened, the next one is served. */
static int stop(void **state)
{
    (void)state;
    client_ask(http_server_port(server), "POST", "/count", "", "fine", &answer);
    bool is_fine = answer.status == 200 && strcmp(answer.body, "4") == 0;
    http_server_free(server);
    server = NULL;
    return is_fine ? 0 : -1;
}

static int send_head(const char *text)
{
    int fd = client_connect(http_server_port(server));
    client_send_text(fd, text);
    return fd;
}

static void send_filler(int fd, size_t len)
{
    static const char filler[16384];
    while (len > 0) {
        size_t part = len < sizeof filler ? len : sizeof filler;
        if (!client_send(fd, filler, part))
            return; /* cut off, which is allowed */
        len -= part;
    }
}

static void large_body_is_taken(void **state)
{
    (void)state;
    int fd = send_head("POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 1048576\r\n\r\n");
    send_filler(fd, 1048576);
    client_read(fd, 0, &answer);
    assert_string_equal(answer.body, "1048576");
    client_close(fd);
}

static void body_a_byte_too_large(void **state)
{
    (void)state;
    int fd = send_head("POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 1048577\r\n\r\n");
    send_filler(fd, 1048577);
    client_read(fd, 0, &answer);
    assert_problem(&answer, 413, "body-too-large", "at most 1048576 bytes");
    /* It was read to its end: the connection can go on. */
    client_send_text(fd, "POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nhi");
    client_read(fd, 0, &answer);
    assert_string_equal(answer.body, "2");
    client_close(fd);
}

static void body_of_10_mib(void **state)
{
    (void)state;
    int fd = send_head("POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 20971520\r\n\r\n");
    client_read(fd, 0, &answer); /* more than is read to its end: without sending any of it */
    assert_problem(&answer, 413, "body-too-large", "");
    client_close(fd);
    fd = send_head(
        "POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 10485760\r\nExpect: 100-continue\r\n\r\n");
    client_read(fd, 0, &answer);
    assert_problem(&answer, 413, "body-too-large", "");
    client_close(fd);
    fd = send_head("POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 10485760\r\n\r\n");
    send_filler(fd, 10485760);
    client_read(fd, 0, &answer);
    assert_problem(&answer, 413, "body-too-large", "");
    client_close(fd);
}

static void send_chunks(int fd, size_t chunks)
{
    static char chunk[16384 + 16];
    memcpy(chunk, "4000\r\n", 6);
    memcpy(chunk + 6 + 16384, "\r\n", 2);
    for (size_t i = 0; i < chunks; i++)
        if (!client_send(fd, chunk, 6 + 16384 + 2))
            return;
    client_send_text(fd, "0\r\n\r\n");
}

static void chunked_body(void **state)
{
    (void)state;
    static const char head[] = "POST /count HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";
    int fd = send_head(head);
    send_chunks(fd, 2);
    client_read(fd, 0, &answer);
    assert_string_equal(answer.body, "32768");
    client_close(fd);
    fd = send_head(head);
    send_chunks(fd, 100); /* 1.6 MiB: read to its end, refused */
    client_read(fd, 0, &answer);
    assert_problem(&answer, 413, "body-too-large", "");
    client_close(fd);
    fd = send_head(head);
    send_chunks(fd, 2000); /* 31 MiB: cut off */
    client_read(fd, 0, &answer);
    assert_int_equal(answer.status, 0);
    client_close(fd);
}

static void body_without_key_is_not_kept(void **state)
{
    (void)state;
    int fd = send_head("POST /private HTTP/1.1\r\nHost: t\r\nContent-Length: 1000000\r\n\r\n");
    send_filler(fd, 1000000);
    client_read(fd, 0, &answer);
    assert_problem(&answer, 401, "api-key", "");
    client_close(fd);
    fd = send_head("POST /private HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    client_read(fd, 0, &answer);
    assert_problem(&answer, 401, "api-key", "");
    client_close(fd);
}

static void bodies_share_a_limit(void **state)
{
    (void)state;
    start_with(&(struct http_plan){.bodies_bytes_most = (size_t)512 * 1024});
    int fd = send_head("POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 400000\r\n\r\n");
    send_filler(fd, 400000);
    client_read(fd, 0, &answer);
    assert_string_equal(answer.body, "400000");
    client_close(fd);
    fd = send_head("POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 600000\r\n\r\n");
    send_filler(fd, 600000);
    client_read(fd, 0, &answer);
    assert_problem(&answer, 503, "busy", "too many large requests");
    client_close(fd);
    /* What a refused one had is given back. */
    fd = send_head("POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 400000\r\n\r\n");
    send_filler(fd, 400000);
    client_read(fd, 0, &answer);
    assert_string_equal(answer.body, "400000");
    client_close(fd);
}

static void assert_refused(const char *bytes, size_t len)
{
    int fd = client_connect(http_server_port(server));
    client_send(fd, bytes, len);
    client_read(fd, 0, &answer);
    if (answer.status != 0 && (answer.status < 400 || answer.status > 499))
        print_error("answered %d to:\n%s\n", answer.status, bytes);
    assert_true(answer.status == 0 || (answer.status >= 400 && answer.status <= 499));
    client_close(fd);
}

#define REFUSED(bytes) assert_refused(bytes, sizeof(bytes) - 1)

static void malformed_requests(void **state)
{
    (void)state;
    REFUSED("GET /li\0vez HTTP/1.1\r\nHost: t\r\n\r\n");
    REFUSED("GET /livez%00 HTTP/1.1\r\nHost: t\r\n\r\n");
    REFUSED("GET /\xff\xfe HTTP/1.1\r\nHost: t\r\n\r\n");
    REFUSED("GET livez HTTP/1.1\r\nHost: t\r\n\r\n");
    REFUSED("GET http://t/livez HTTP/1.1\r\nHost: t\r\n\r\n");
    REFUSED("OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n");
    REFUSED("GET /livez HTTP/1.1\r\n\r\n"); /* no Host */
    REFUSED("POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: -5\r\n\r\n");
    REFUSED("POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999999999999999999\r\n\r\n");
    REFUSED("POST /count HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    REFUSED("POST /count HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n");
    REFUSED("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"); /* TLS */
}

static void two_lengths(void **state)
{
    (void)state;
    int fd = client_connect(http_server_port(server));
    client_send_text(
        fd, "POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n"
            "2\r\nhi\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nHost: t\r\n\r\n");
    client_read(fd, 0, &answer);
    assert_problem(&answer, 400, "two-lengths", "Transfer-Encoding");
    client_read(fd, 0, &answer);
    assert_int_equal(answer.status, 0); /* closed: what follows is not answered */
    client_close(fd);
}

static void too_much_in_front_of_the_body(void **state)
{
    (void)state;
    char request[20000];
    int len = snprintf(request, sizeof request, "GET /livez?%05000d HTTP/1.1\r\nHost: t\r\n\r\n", 1);
    assert_refused(request, (size_t)len);
    assert_problem(&answer, 414, "target-too-long", "4096");
    len = snprintf(request, sizeof request, "GET /livez?%015000d HTTP/1.1\r\nHost: t\r\n\r\n", 1);
    assert_refused(request, (size_t)len);
    len = snprintf(request, sizeof request, "GET /livez HTTP/1.1\r\nHost: t\r\nX-Large: %015000d\r\n\r\n", 1);
    assert_refused(request, (size_t)len);
    len = snprintf(request, sizeof request, "GET /livez HTTP/1.1\r\nHost: t\r\n");
    for (int i = 0; i < 70; i++)
        len += snprintf(request + len, sizeof request - (size_t)len, "A%d: b\r\n", i);
    len += snprintf(request + len, sizeof request - (size_t)len, "\r\n");
    assert_refused(request, (size_t)len);
    assert_problem(&answer, 431, "too-many-headers", "64");
}

/* Every byte counts as activity, so that the library's own time-out never comes. */
static void slow_clients_are_cut_off(void **state)
{
    (void)state;
    start_with(&(struct http_plan){.receive_ms = 300});
    static const char request[] = "POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 200\r\n\r\n";
    int slow_head = send_head("POST /co"), slow_body = send_head(request), silent = send_head("");
    int steps = 0;
    struct timespec step = {.tv_nsec = 20 * 1000 * 1000};
    while (steps < 200 && (client_send_text(slow_head, "x") || client_send_text(slow_body, "x"))) {
        nanosleep(&step, NULL);
        steps++;
    }
    assert_true(steps < 200); /* the body would have come to its end */
    assert_true(client_is_closed(silent, 10000));
    client_close(slow_head);
    client_close(slow_body);
    client_close(silent);
}

static void connections_are_limited(void **state)
{
    (void)state;
    start_with(&(struct http_plan){.connections_most = 8});
    int fds[12];
    for (int i = 0; i < 12; i++)
        fds[i] = send_head("POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 2\r\n\r\nhi");
    /* The last ones are served when the first have gone. */
    for (int i = 0; i < 12; i++) {
        client_read(fds[i], 0, &answer);
        assert_int_equal(answer.status, 200);
        client_close(fds[i]);
    }
}

static void stop_with_half_a_request(void **state)
{
    (void)state;
    int half = send_head("POST /count HTTP/1.1\r\nHost: t\r\nContent-Length: 200\r\n\r\nhalf"),
        idle = send_head("");
    client_ask(http_server_port(server), "POST", "/count", "", "fine", &answer);
    http_server_free(server);
    assert_true(client_is_closed(half, 10000));
    assert_true(client_is_closed(idle, 10000));
    client_close(half);
    client_close(idle);
    start(state);
}

int main(void)
{
    log_open("test", LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(large_body_is_taken, start, stop),
        cmocka_unit_test_setup_teardown(body_a_byte_too_large, start, stop),
        cmocka_unit_test_setup_teardown(body_of_10_mib, start, stop),
        cmocka_unit_test_setup_teardown(chunked_body, start, stop),
        cmocka_unit_test_setup_teardown(two_lengths, start, stop),
        cmocka_unit_test_setup_teardown(body_without_key_is_not_kept, start, stop),
        cmocka_unit_test_teardown(bodies_share_a_limit, stop),
        cmocka_unit_test_setup_teardown(malformed_requests, start, stop),
        cmocka_unit_test_setup_teardown(too_much_in_front_of_the_body, start, stop),
        cmocka_unit_test_teardown(slow_clients_are_cut_off, stop),
        cmocka_unit_test_teardown(connections_are_limited, stop),
        cmocka_unit_test_setup_teardown(stop_with_half_a_request, start, stop),
    };
    return cmocka_run_group_tests_name("http_hostile", tests, NULL, NULL);
}
