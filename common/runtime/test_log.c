/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MOST 8192

/* stderr goes to a file while a test writes its lines. */
static int real_stderr;
static FILE *taken;

static int take_stderr(void **state)
{
    (void)state;
    taken = tmpfile();
    real_stderr = dup(STDERR_FILENO);
    if (taken == NULL || real_stderr < 0 || dup2(fileno(taken), STDERR_FILENO) < 0)
        return 1;
    log_open("test", LOG_INFO);
    return 0;
}

static int give_stderr_back(void **state)
{
    (void)state;
    if (taken == NULL)
        return 0;
    int status = dup2(real_stderr, STDERR_FILENO) < 0;
    close(real_stderr);
    fclose(taken);
    taken = NULL;
    log_context_clear(NULL);
    return status;
}

/* The next line as JSON; NULL behind the last. A line that is no JSON fails. */
static json_t *next_line(void)
{
    static char line[2 * LINE_MOST];
    if (fgets(line, sizeof line, taken) == NULL)
        return NULL;
    size_t len = strlen(line);
    assert_true(len <= LINE_MOST);
    assert_int_equal(line[len - 1], '\n');
    json_error_t error;
    json_t *json = json_loads(line, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL)
        print_error("%s in: %s\n", error.text, line);
    assert_non_null(json);
    return json;
}

static const char *string_of(const json_t *json, const char *key)
{
    const char *string = json_string_value(json_object_get(json, key));
    assert_non_null(string);
    return string;
}

static void test_a_line_has_context_and_fields(void **state)
{
    (void)state;
    log_context_set("worker", "1");
    log_context_set("lane", "3");
    log_context_set("worker", "2");
    log_info("lane taken", LOG_NUMBER("epoch", INT64_MIN), LOG_STRING("why", "a \"b\""),
             LOG_STRING("no", NULL));
    log_context_clear("worker");
    log_warn("next", LOG_NUMBER("n", 1));
    log_context_clear(NULL);
    log_error("last", LOG_NUMBER("n", 1));
    log_debug("below the level", LOG_NUMBER("n", 1));
    rewind(taken);

    json_t *json = next_line();
    assert_int_equal(strlen(string_of(json, "at")) >= 20, 1);
    assert_string_equal(string_of(json, "level"), "info");
    assert_string_equal(string_of(json, "service"), "test");
    assert_string_equal(string_of(json, "msg"), "lane taken");
    assert_string_equal(string_of(json, "worker"), "2");
    assert_string_equal(string_of(json, "lane"), "3");
    assert_true(json_integer_value(json_object_get(json, "epoch")) == INT64_MIN);
    assert_string_equal(string_of(json, "why"), "a \"b\"");
    assert_string_equal(string_of(json, "no"), "");
    json_decref(json);

    json = next_line();
    assert_string_equal(string_of(json, "level"), "warn");
    assert_null(json_object_get(json, "worker"));
    assert_string_equal(string_of(json, "lane"), "3");
    json_decref(json);

    json = next_line();
    assert_string_equal(string_of(json, "level"), "error");
    assert_null(json_object_get(json, "lane"));
    json_decref(json);
    assert_null(next_line());
}

static void test_hostile_bytes_stay_one_line_of_json(void **state)
{
    (void)state;
    static const struct {
        const char *in;
        const char *out;
    } cases[] = {
        {"\n\r\t\b\x1b[31m\x7f", "\n\r\t\b\x1b[31m\x7f"},
        {"\\\"{}", "\\\"{}"},
        {"中文 \xF0\x9F\x98\x80", "中文 \xF0\x9F\x98\x80"},
        {"a\xFF b\x80", "a? b?"},
        {"\xC0\xAF", "??"},           /* overlong */
        {"\xED\xA0\x80", "???"},      /* a surrogate */
        {"\xE4\xB8", "??"},           /* cut off */
        {"\xF4\x90\x80\x80", "????"}, /* beyond U+10FFFF */
        {"\xE4\xB8中", "??中"},
    };
    size_t count = sizeof cases / sizeof *cases;
    for (size_t i = 0; i < count; i++)
        log_info(cases[i].in, LOG_STRING("value", cases[i].in));
    rewind(taken);
    for (size_t i = 0; i < count; i++) {
        json_t *json = next_line();
        assert_non_null(json);
        assert_string_equal(string_of(json, "msg"), cases[i].out);
        assert_string_equal(string_of(json, "value"), cases[i].out);
        json_decref(json);
    }
    assert_null(next_line());
}

static void test_long_values_are_cut_within_the_bound(void **state)
{
    (void)state;
    static const char *const units[] = {"a", "中", "\x01", "\"", "\xFF", "\xF0\x9F\x98\x80"};
    enum { REPEATS = 9000 };
    char *value = malloc(REPEATS * 4 + 8);
    assert_non_null(value);
    size_t count = 0;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++) {
        for (size_t shift = 0; shift < 5; shift++) { /* so that the cut falls on every byte of a character */
            memset(value, 'x', shift);
            size_t len = strlen(units[u]);
            for (size_t i = 0; i < REPEATS; i++)
                memcpy(value + shift + i * len, units[u], len);
            value[shift + REPEATS * len] = '\0';
            log_context_set("long", value);
            log_info("long", LOG_STRING("value", value), LOG_STRING("more", value), LOG_NUMBER("n", 1));
            log_info(value, LOG_STRING("value", value), LOG_NUMBER("n", 1));
            count += 2;
        }
    }
    free(value);
    rewind(taken);
    for (size_t i = 0; i < count; i++) {
        json_t *json = next_line();
        assert_non_null(json);
        assert_true(strlen(string_of(json, i % 2 == 0 ? "value" : "msg")) > 1000);
        json_decref(json);
    }
}

static void test_the_context_has_a_bound(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%d", i);
        log_context_set(key, "v");
    }
    log_info("x", LOG_NUMBER("n", 1));
    rewind(taken);
    json_t *json = next_line();
    assert_int_equal(json_object_size(json), 4 + 8 + 1);
    assert_null(json_object_get(json, "k8"));
    json_decref(json);
}

#define THREADS 4
#define LINES   300

static void *write_lines(void *context)
{
    log_context_set("thread", context);
    for (int i = 0; i < LINES; i++)
        log_info("from a thread", LOG_NUMBER("i", i));
    return NULL;
}

static void test_lines_of_threads_do_not_mix(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    static char names[THREADS][2] = {"0", "1", "2", "3"};
    int next[THREADS] = {0};
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_lines, names[i]), 0);
    log_set_level(LOG_INFO);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    rewind(taken);
    for (json_t *json = next_line(); json != NULL; json = next_line()) {
        int *expected = &next[string_of(json, "thread")[0] - '0'];
        assert_int_equal(json_integer_value(json_object_get(json, "i")), *expected);
        (*expected)++;
        json_decref(json);
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(next[i], LINES);
}

static void test_levels_have_names(void **state)
{
    (void)state;
    enum log_level level = LOG_INFO;
    struct error err;
    assert_int_equal(log_parse_level("debug", &level, &err), STATUS_OK);
    assert_int_equal(level, LOG_DEBUG);
    assert_int_equal(log_parse_level("error", &level, &err), STATUS_OK);
    assert_int_equal(level, LOG_ERROR);
    assert_int_equal(log_parse_level("loud", &level, &err), STATUS_INVALID);
    assert_int_equal(level, LOG_ERROR);
    assert_non_null(strstr(err.text, "'loud'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_line_has_context_and_fields, take_stderr, give_stderr_back),
        cmocka_unit_test_setup_teardown(test_hostile_bytes_stay_one_line_of_json, take_stderr,
                                        give_stderr_back),
        cmocka_unit_test_setup_teardown(test_long_values_are_cut_within_the_bound, take_stderr,
                                        give_stderr_back),
        cmocka_unit_test_setup_teardown(test_the_context_has_a_bound, take_stderr, give_stderr_back),
        cmocka_unit_test_setup_teardown(test_lines_of_threads_do_not_mix, take_stderr, give_stderr_back),
        cmocka_unit_test(test_levels_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
