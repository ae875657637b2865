/* SPDX-License-Identifier: Apache-2.0 */
/* Who is first: the answer, the clock, the client that hangs up, or the server's end. Worth most under
 * sanitizers. */
#include "http_client.h"
#include "runtime/http_server.h"
#include "runtime/log.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define HELD_MOST 1024

static struct http_server *server;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct http_exchange *held[HELD_MOST];
static size_t held_count;

static void pause_us(long us)
{
    struct timespec span = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    nanosleep(&span, NULL);
}

static void hold(struct http_exchange *exchange)
{
    int64_t timeout_ms = 0;
    struct error err;
    if (http_argument_int(exchange, "timeout", 1, 60000, 1, &timeout_ms, &err) != STATUS_OK)
        http_problem_of(exchange, STATUS_INVALID, &err);
    else if (http_suspend(exchange, (int)timeout_ms)) {
        pthread_mutex_lock(&lock);
        held[held_count++] = exchange;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&lock);
    }
}

static const struct http_route routes[] = {
    {.method = "GET", .path = "/hold", .handle = hold},
    {.method = "GET", .path = "/read-and-hold", .handle = hold, .is_reader = true},
    {.method = NULL},
};

static atomic_bool is_over;
static atomic_int answered, too_late;

static void *answer_all(void *context)
{
    unsigned seed = (unsigned)(uintptr_t)context;
    for (;;) {
        pthread_mutex_lock(&lock);
        while (held_count == 0 && !atomic_load(&is_over))
            pthread_cond_wait(&changed, &lock);
        struct http_exchange *exchange = held_count == 0 ? NULL : held[--held_count];
        pthread_mutex_unlock(&lock);
        if (exchange == NULL)
            return NULL;
        pause_us(rand_r(&seed) % 4000);
        http_add_header(exchange, "X-Answered", text_print(http_arena(exchange), "%d", 1));
        http_answer_json(exchange, 200, json_pack("{s:s}", "state", "answered"));
        http_release(exchange);
    }
}

static void *ask_often(void *context)
{
    unsigned seed = (unsigned)(uintptr_t)context;
    struct http_answer *mine = malloc(sizeof *mine);
    for (int i = 0; mine != NULL && i < 150; i++) {
        char request[128];
        snprintf(request, sizeof request, "GET /%s?timeout=%d HTTP/1.1\r\nHost: t\r\n\r\n",
                 i % 3 == 0 ? "read-and-hold" : "hold", 1 + rand_r(&seed) % 3);
        int fd = client_connect(http_server_port(server));
        client_send_text(fd, request);
        if (rand_r(&seed) % 5 == 0) {
            client_close(fd);
            continue;
        }
        client_read(fd, 0, mine);
        if (mine->status == 200)
            atomic_fetch_add(&answered, 1);
        else if (mine->status == 503)
            atomic_fetch_add(&too_late, 1);
        client_close(fd);
    }
    free(mine);
    return NULL;
}

static void race_has_one_winner(void **state)
{
    (void)state;
    struct http_plan plan = {.listen = "127.0.0.1:0", .tables = {routes}, .is_open = true};
    struct error err;
    assert_int_equal(http_server_start(&plan, &server, &err), STATUS_OK);
    http_server_serve(server, NULL);
    pthread_t answering[3], asking[4];
    atomic_store(&is_over, false);
    for (uintptr_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&answering[i], NULL, answer_all, (void *)(i + 1)), 0);
    for (uintptr_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&asking[i], NULL, ask_often, (void *)(i + 10)), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(asking[i], NULL);
    http_server_stop(server); /* some that hung up are still waiting */
    atomic_store(&is_over, true);
    pthread_mutex_lock(&lock);
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    for (size_t i = 0; i < 3; i++)
        pthread_join(answering[i], NULL);
    print_message("answered %d, too late %d\n", atomic_load(&answered), atomic_load(&too_late));
    assert_true(atomic_load(&answered) > 0);
    assert_true(atomic_load(&too_late) > 0);
    assert_true(atomic_load(&answered) + atomic_load(&too_late) > 400); /* of 600, a fifth hung up */
    http_server_free(server);
}

int main(void)
{
    log_open("test", LOG_ERROR);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(race_has_one_winner),
    };
    return cmocka_run_group_tests_name("http_race", tests, NULL, NULL);
}
