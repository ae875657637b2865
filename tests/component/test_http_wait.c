/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that wait: resumed, too late, too many, abandoned, and a server that stops meanwhile. */
#include "http_client.h"
#include "runtime/health_routes.h"
#include "runtime/http_server.h"
#include "runtime/log.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HELD_MOST 4096

static struct http_server *server;
static struct http_answer answer;

/* What handlers have suspended, for the test to answer. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct http_exchange *held[HELD_MOST];
static size_t held_count;
static atomic_int looks;

static void pause_us(long us)
{
    struct timespec span = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    nanosleep(&span, NULL);
}

static void hold(struct http_exchange *exchange)
{
    int64_t timeout_ms = 0;
    struct error err;
    if (http_argument_int(exchange, "timeout", 1, 60000, 0, &timeout_ms, &err) != STATUS_OK)
        http_problem_of(exchange, STATUS_INVALID, &err);
    else if (http_suspend(exchange, (int)timeout_ms)) {
        pthread_mutex_lock(&lock);
        held[held_count++] = exchange;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    }
}

static struct http_exchange *take_held(void)
{
    pthread_mutex_lock(&lock);
    while (held_count == 0)
        pthread_cond_wait(&changed, &lock);
    struct http_exchange *exchange = held[--held_count];
    pthread_mutex_unlock(&lock);
    return exchange;
}

static void wait_for_held(size_t count)
{
    pthread_mutex_lock(&lock);
    while (held_count < count)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

static void suspend_and_answer(struct http_exchange *exchange)
{
    if (http_suspend(exchange, 0)) {
        http_answer(exchange, 200, "text/plain", TEXT("at once"));
        http_release(exchange);
    }
}

static void suspend_and_forget(struct http_exchange *exchange)
{
    if (http_suspend(exchange, 0))
        http_release(exchange);
}

/* Finds what it looks for the third time. */
static void look(struct http_exchange *exchange)
{
    if (atomic_fetch_add(&looks, 1) >= 2)
        http_answer(exchange, 200, "text/plain", TEXT("found"));
    else if (!http_read_again(exchange, 5))
        http_answer(exchange, 202, "text/plain", TEXT("so far"));
}

static void never(struct http_exchange *exchange)
{
    atomic_fetch_add(&looks, 1);
    if (!http_read_again(exchange, 50))
        http_answer(exchange, 202, "text/plain", TEXT("so far"));
}

static void go_on(struct http_exchange *exchange)
{
    http_answer(exchange, 200, "text/plain", text_of(http_context(exchange)));
}

static void hand_over(struct http_exchange *exchange)
{
    http_set_context(exchange, text_string(http_arena(exchange), TEXT("kept")));
    http_read(exchange, go_on, 0);
}

static void read_and_hold(struct http_exchange *exchange)
{
    hold(exchange);
}

static void read_slowly(struct http_exchange *exchange)
{
    pause_us(300000);
    http_answer(exchange, 200, "text/plain", TEXT("late"));
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/hold", .handle = hold},
    {.method = "POST", .path = "/hold", .handle = hold},
    {.method = "GET", .path = "/at-once", .handle = suspend_and_answer},
    {.method = "GET", .path = "/forget", .handle = suspend_and_forget},
    {.method = "GET", .path = "/look", .handle = look, .is_reader = true},
    {.method = "GET", .path = "/never", .handle = never, .is_reader = true},
    {.method = "GET", .path = "/hand-over", .handle = hand_over},
    {.method = "GET", .path = "/read-and-hold", .handle = read_and_hold, .is_reader = true},
    {.method = "GET", .path = "/read-slowly", .handle = read_slowly, .is_reader = true},
    {.method = NULL},
};

static void start_with(int suspend_ms, unsigned suspended_most)
{
    struct http_plan plan = {.listen = "127.0.0.1:0",
                             .tables = {routes, health_routes},
                             .is_open = true,
                             .suspend_ms = suspend_ms,
                             .suspended_most = suspended_most};
    struct error err = {""};
    enum status status = http_server_start(&plan, &server, &err);
    if (status != STATUS_OK)
        print_error("%s\n", err.text);
    assert_int_equal(status, STATUS_OK);
    http_server_serve(server, NULL);
    atomic_store(&looks, 0);
}

static int start(void **state)
{
    (void)state;
    start_with(0, 0);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    http_server_free(server);
    server = NULL;
    return 0;
}

static int send_get(const char *target, const char *more)
{
    char request[512];
    snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: t\r\n%s\r\n", target, more);
    int fd = client_connect(http_server_port(server));
    assert_true(client_send_text(fd, request));
    return fd;
}

static void ask(const char *target, const char *more)
{
    client_ask(http_server_port(server), "GET", target, more, NULL, &answer);
}

/* ---- tests ---- */

static void another_thread_answers(void **state)
{
    (void)state;
    int fd = send_get("/hold", "");
    struct http_exchange *exchange = take_held();
    ask("/livez", ""); /* the network thread is not held up */
    assert_int_equal(answer.status, 200);
    http_add_header(exchange, "Location", TEXT("/v1/cases/7"));
    http_answer_json(exchange, 202, json_pack("{s:s}", "id", "7"));
    http_release(exchange);
    client_read(fd, 0, &answer);
    assert_int_equal(answer.status, 202);
    assert_string_equal(answer.body, "{\"id\":\"7\"}");
    assert_string_equal(answer_header(&answer, "Location"), "/v1/cases/7");
    client_close(fd);
}

static void answers_within_the_handler(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        ask("/at-once", "");
        assert_int_equal(answer.status, 200);
    }
    ask("/forget", "");
    assert_problem(&answer, 500, "internal", "left without an answer");
}

static void time_is_limited(void **state)
{
    (void)state;
    int fd = send_get("/hold?timeout=20", "");
    client_read(fd, 0, &answer);
    assert_problem(&answer, 503, "timeout", "Idempotency-Key");
    assert_string_equal(answer_header(&answer, "Retry-After"), "2");
    /* Much later, and when the connection is gone as well: nothing happens. */
    client_close(fd);
    ask("/livez", "");
    struct http_exchange *exchange = take_held();
    http_add_header(exchange, "X-Late", TEXT("yes"));
    http_answer(exchange, 200, "text/plain", TEXT("late"));
    http_release(exchange);
}

static void default_time_is_the_plans(void **state)
{
    (void)state;
    start_with(30, 0);
    int fd = send_get("/hold", "");
    client_read(fd, 0, &answer);
    assert_problem(&answer, 503, "timeout", "");
    client_close(fd);
    http_release(take_held());
}

static void client_that_hung_up(void **state)
{
    (void)state;
    client_close(send_get("/hold?timeout=60000", ""));
    struct http_exchange *exchange = take_held();
    pause_us(20000);
    http_answer(exchange, 200, "text/plain", TEXT("to nobody"));
    http_release(exchange);
    ask("/livez", "");
    assert_int_equal(answer.status, 200);
}

static void number_of_waiting_is_limited(void **state)
{
    (void)state;
    start_with(0, 3);
    int fds[3];
    for (int i = 0; i < 3; i++)
        fds[i] = send_get("/hold", "");
    wait_for_held(3);
    ask("/hold", "");
    assert_problem(&answer, 503, "busy", "too many requests wait");
    ask("/look", "");
    assert_problem(&answer, 503, "busy", "too many requests wait");
    struct http_exchange *exchange = take_held();
    http_answer(exchange, 200, "text/plain", TEXT("room"));
    http_release(exchange);
    ask("/at-once", "");
    assert_int_equal(answer.status, 200);
    for (int i = 0; i < 2; i++)
        http_release(take_held()); /* 500 */
    for (int i = 0; i < 3; i++)
        client_close(fds[i]);
}

static void reader_looks_again(void **state)
{
    (void)state;
    ask("/look", "Prefer: wait=10\r\n");
    assert_int_equal(answer.status, 200);
    assert_int_equal(atomic_load(&looks), 3);
    atomic_store(&looks, 0);
    ask("/look", "");
    assert_int_equal(answer.status, 202);
    assert_int_equal(atomic_load(&looks), 1);
    atomic_store(&looks, 0);
    ask("/never", "Prefer: wait=1\r\n");
    assert_int_equal(answer.status, 202);
    assert_string_equal(answer.body, "so far");
    assert_true(atomic_load(&looks) > 1);
}

static void request_changes_hands(void **state)
{
    (void)state;
    ask("/hand-over", "");
    assert_string_equal(answer.body, "kept");
    int fd = send_get("/read-and-hold", "");
    struct http_exchange *exchange = take_held(); /* as from a report, and on to a reader */
    http_set_context(exchange, text_string(http_arena(exchange), TEXT("and on")));
    http_read(exchange, go_on, 0);
    http_release(exchange);
    client_read(fd, 0, &answer);
    assert_string_equal(answer.body, "and on");
    client_close(fd);
}

static void slow_reader_is_not_waited_for(void **state)
{
    (void)state;
    start_with(50, 0);
    int fds[4];
    for (int i = 0; i < 4; i++) /* two are with the readers, two in the queue */
        fds[i] = send_get("/read-slowly", "");
    for (int i = 0; i < 4; i++) {
        client_read(fds[i], 0, &answer);
        assert_problem(&answer, 503, "timeout", "");
        client_close(fds[i]);
    }
}

static void stopping_answers_what_waits(void **state)
{
    (void)state;
    int fds[20];
    for (int i = 0; i < 20; i++)
        fds[i] = send_get(i % 2 == 0 ? "/hold?timeout=60000" : "/never", "Prefer: wait=10\r\n");
    wait_for_held(10);
    http_server_stop(server);
    for (int i = 0; i < 20; i++) {
        client_read(fds[i], 0, &answer);
        assert_problem(&answer, 503, "stopping", "");
        client_close(fds[i]);
    }
    /* Held beyond the server's end. */
    http_server_free(server);
    server = NULL;
    while (held_count > 0) {
        struct http_exchange *exchange = take_held();
        http_answer(exchange, 200, "text/plain", TEXT("late"));
        http_release(exchange);
    }
}

int main(void)
{
    log_open("test", LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(another_thread_answers, start, stop),
        cmocka_unit_test_setup_teardown(answers_within_the_handler, start, stop),
        cmocka_unit_test_setup_teardown(time_is_limited, start, stop),
        cmocka_unit_test_teardown(default_time_is_the_plans, stop),
        cmocka_unit_test_setup_teardown(client_that_hung_up, start, stop),
        cmocka_unit_test_teardown(number_of_waiting_is_limited, stop),
        cmocka_unit_test_setup_teardown(reader_looks_again, start, stop),
        cmocka_unit_test_setup_teardown(request_changes_hands, start, stop),
        cmocka_unit_test_teardown(slow_reader_is_not_waited_for, stop),
        cmocka_unit_test_setup_teardown(stopping_answers_what_waits, start, stop),
    };
    return cmocka_run_group_tests_name("http_wait", tests, NULL, NULL);
}
