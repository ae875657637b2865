/* SPDX-License-Identifier: Apache-2.0 */
#include "core/time.h"
#include "runtime/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct setting common[] = {
    {.name = "T_TEXT", .type = SETTING_TEXT, .help = "a text"},
    {.name = "T_SECRET", .type = SETTING_SECRET, .fallback = "", .help = "a secret"},
    {.name = "T_URL", .type = SETTING_URL, .fallback = "http://u:hidden@h/", .help = "a URL"},
    {0},
};

static const struct setting own[] = {
    {.name = "T_INT", .type = SETTING_INT, .fallback = "7", .min = 1, .max = 64, .help = "a number"},
    {.name = "T_BYTES", .type = SETTING_BYTES, .fallback = "4MiB", .min = 1024, .help = "a size"},
    {.name = "T_TIME",
     .type = SETTING_DURATION,
     .fallback = "30s",
     .min = US_PER_SECOND,
     .max = US_PER_HOUR,
     .help = "a span"},
    {.name = "T_BOOL", .type = SETTING_BOOL, .fallback = "no", .help = "yes or no"},
    {.name = "T_CHOICE", .type = SETTING_CHOICE, .fallback = "b", .choices = "a b", .help = "one of two"},
    {.name = "T_REDIS", .type = SETTING_URL, .fallback = "", .choices = "redis", .help = "Redis"},
    {0},
};

static char file_path[256];

static int clear_environment(void **state)
{
    (void)state;
    static const char *const names[] = {"T_TEXT",
                                        "T_TEXT_FILE",
                                        "T_SECRET",
                                        "T_SECRET_FILE",
                                        "T_URL",
                                        "T_INT",
                                        "T_BYTES",
                                        "T_TIME",
                                        "T_BOOL",
                                        "T_CHOICE",
                                        "T_REDIS",
                                        "KAFKA_CONF_security_protocol",
                                        "KAFKA_CONF_SECURITY_PROTOCOL",
                                        "KAFKA_CONF_sasl_password",
                                        "KAFKA_CONF_sasl_password_FILE",
                                        "KAFKA_CONF_"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
    return 0;
}

static int make_file(void **state)
{
    const char *root = getenv("TMPDIR");
    snprintf(file_path, sizeof file_path, "%s/setting-XXXXXX", root == NULL ? "." : root);
    int file = mkstemp(file_path);
    if (file >= 0)
        close(file);
    return file < 0 || clear_environment(state) != 0;
}

static int remove_file(void **state)
{
    return clear_environment(state) | remove(file_path);
}

static void write_file(const char *bytes, size_t len)
{
    FILE *file = fopen(file_path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void set(const char *name, const char *value)
{
    assert_int_equal(setenv(name, value, 1), 0);
}

static struct settings *load(void)
{
    struct settings *settings = NULL;
    assert_int_equal(settings_load(common, own, stderr, &settings), STATUS_OK);
    return settings;
}

/* What settings_load says; the caller frees. */
static char *problems(void)
{
    char *text = NULL;
    size_t len = 0;
    struct settings *settings = NULL;
    FILE *stream = open_memstream(&text, &len);
    assert_non_null(stream);
    assert_int_equal(settings_load(common, own, stream, &settings), STATUS_INVALID);
    assert_null(settings);
    fclose(stream);
    return text;
}

static void test_fallbacks_hold(void **state)
{
    (void)state;
    set("T_TEXT", "hello");
    set("T_INT", ""); /* empty counts as not set */
    set("T_UNHEARD_OF", "x");
    struct settings *settings = load();
    assert_string_equal(settings_text(settings, "T_TEXT"), "hello");
    assert_string_equal(settings_text(settings, "T_SECRET"), "");
    assert_string_equal(settings_text(settings, "T_CHOICE"), "b");
    assert_int_equal(settings_int(settings, "T_INT"), 7);
    assert_int_equal(settings_int(settings, "T_BYTES"), 4 * 1024 * 1024);
    assert_int_equal(settings_duration_us(settings, "T_TIME"), 30 * US_PER_SECOND);
    assert_false(settings_bool(settings, "T_BOOL"));
    settings_free(settings);
    settings_free(NULL);
    unsetenv("T_UNHEARD_OF");
}

static void test_values_are_typed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t bytes;
    } sizes[] = {{"1024", 1024}, {"1KiB", 1024}, {"512KiB", 524288}, {"3MiB", 3145728}, {"2GiB", 2147483648}};
    set("T_TEXT", "t");
    set("T_INT", "64");
    set("T_TIME", "1m30s");
    set("T_BOOL", "yes");
    set("T_CHOICE", "a");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        set("T_BYTES", sizes[i].text);
        struct settings *settings = load();
        assert_int_equal(settings_int(settings, "T_BYTES"), sizes[i].bytes);
        assert_int_equal(settings_int(settings, "T_INT"), 64);
        assert_int_equal(settings_duration_us(settings, "T_TIME"), 90 * US_PER_SECOND);
        assert_true(settings_bool(settings, "T_BOOL"));
        settings_free(settings);
    }
}

static void test_all_problems_come_at_once(void **state)
{
    (void)state;
    set("T_INT", "65");
    set("T_BYTES", "4MB");
    set("T_TIME", "5 minuts");
    set("T_BOOL", "maybe\nnot");
    set("T_CHOICE", "c");
    set("T_REDIS", "rediss://u:hidden@h");
    char *text = problems();
    assert_string_equal(text, "T_TEXT: must be set (a text)\n"
                              "T_INT: must be 1 to 64, is 65\n"
                              "T_BYTES: not a size: '4MB' (like 4194304, 512KiB, 4MiB)\n"
                              "T_TIME: not a duration: '5 minuts' (like 90s, 1h30m, 7d)\n"
                              "T_BOOL: must be yes or no, is 'maybe?not'\n"
                              "T_CHOICE: must be one of: a b; is 'c'\n"
                              "T_REDIS: TLS to Redis (rediss://) is not available in this build\n");
    free(text);
}

static void test_bounds_are_said_in_their_unit(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *value;
        const char *problem;
    } cases[] = {
        {"T_BYTES", "1000", "T_BYTES: must be at least 1KiB, is 1000\n"},
        {"T_BYTES", "9223372036854775807GiB",
         "T_BYTES: not a size: '9223372036854775807GiB' (like 4194304, 512KiB, 4MiB)\n"},
        {"T_TIME", "61m", "T_TIME: must be 1s to 1h, is 1h1m\n"},
        {"T_INT", "0x10", "T_INT: not a whole number: '0x10'\n"},
        {"T_INT", "0", "T_INT: must be 1 to 64, is 0\n"},
        {"T_REDIS", "http://h", "T_REDIS: must be a URL that begins with one of: redis; followed by ://\n"},
        {"T_URL", "u:hidden@h", "T_URL: not a URL (scheme://host)\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        clear_environment(state);
        set("T_TEXT", "t");
        set(cases[i].name, cases[i].value);
        char *text = problems();
        assert_string_equal(text, cases[i].problem);
        free(text);
    }
}

static void test_a_file_gives_the_value(void **state)
{
    (void)state;
    set("T_TEXT", "t");
    set("T_SECRET_FILE", file_path);
    write_file("pass word\r\n", 11);
    struct settings *settings = load();
    assert_string_equal(settings_text(settings, "T_SECRET"), "pass word");
    settings_free(settings);

    set("T_SECRET", "other");
    char *text = problems();
    assert_string_equal(text, "T_SECRET: is set twice, as T_SECRET_FILE too\n");
    free(text);

    unsetenv("T_SECRET");
    write_file("pass\0word", 9);
    text = problems();
    assert_non_null(strstr(text, "T_SECRET_FILE: "));
    assert_null(strstr(text, "pass"));
    free(text);

    set("T_SECRET_FILE", "does/not/exist");
    text = problems();
    assert_string_equal(text, "T_SECRET_FILE: cannot open 'does/not/exist': No such file or directory\n");
    free(text);
}

static const char *property(const struct settings *settings, const char *wanted)
{
    const char *name, *value;
    for (size_t i = 0; settings_kafka(settings, i, &name, &value); i++)
        if (strcmp(name, wanted) == 0)
            return value;
    return NULL;
}

static void test_kafka_properties_pass_through(void **state)
{
    (void)state;
    set("T_TEXT", "t");
    set("KAFKA_CONF_SECURITY_PROTOCOL", "SASL_SSL");
    set("KAFKA_CONF_sasl_password_FILE", file_path);
    set("KAFKA_CONF_sasl_password", ""); /* empty counts as not set */
    set("KAFKA_CONF_", "x");
    write_file("hidden=1\n", 9);
    struct settings *settings = load();
    assert_string_equal(property(settings, "security.protocol"), "SASL_SSL");
    assert_string_equal(property(settings, "sasl.password"), "hidden=1");
    assert_null(property(settings, "sasl.password.file"));
    settings_free(settings);

    set("KAFKA_CONF_security_protocol", "PLAINTEXT");
    set("KAFKA_CONF_sasl_password", "hidden=2");
    char *text = problems();
    assert_non_null(strstr(text, "security.protocol is set twice\n"));
    assert_non_null(
        strstr(text, "KAFKA_CONF_sasl_password: is set twice, as KAFKA_CONF_sasl_password_FILE too\n"));
    assert_null(strstr(text, "hidden"));
    free(text);
}

static void test_printing_hides_secrets(void **state)
{
    (void)state;
    static const char *const urls[] = {"redis://u:hidden@h:1/2",
                                       "redis://:hidden@h",
                                       "redis://u:hi@hidden@h",
                                       "redis://h?x=1&password=hidden",
                                       "redis://h?sslPassword=hidden&y=2",
                                       "redis://u:p@h?password=hidden"};
    set("T_TEXT", "shown");
    set("T_SECRET", "hidden");
    set("KAFKA_CONF_sasl_password", "hidden");
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        set("T_REDIS", urls[i]);
        char *text = NULL;
        size_t len = 0;
        FILE *stream = open_memstream(&text, &len);
        assert_non_null(stream);
        struct settings *settings = load();
        settings_print(common, own, settings, stream);
        fclose(stream);
        assert_null(strstr(text, "hidden"));
        assert_non_null(strstr(text, "T_TEXT\n    a text\n    text, must be set\n    now: shown\n"));
        assert_non_null(
            strstr(text, "T_SECRET\n    a secret\n    secret, default: (empty)\n    now: (set)\n"));
        assert_non_null(strstr(text, "T_CHOICE\n    one of two\n    choice (a b), default: b\n    now: b\n"));
        assert_non_null(strstr(text, "default: http://u:***@h/\n"));
        assert_non_null(strstr(text, "sasl.password\n    (set)\n"));
        free(text);
        settings_free(settings);
    }
}

static void test_the_common_table_is_sound(void **state)
{
    (void)state;
    set("KAFKA_BOOTSTRAP_SERVERS", "h:9092");
    set("DATABASE_URL", "postgresql://u@h/d");
    set("REDIS_URL", "redis://h");
    struct settings *settings = NULL;
    assert_int_equal(settings_load(settings_common, NULL, stderr, &settings), STATUS_OK);
    assert_int_equal(settings_int(settings, "WORKERS"), 1);
    assert_int_equal(settings_int(settings, "BATCH_BYTES"), 4 * 1024 * 1024);
    assert_false(settings_bool(settings, "API_OPEN"));
    settings_free(settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_fallbacks_hold, clear_environment, clear_environment),
        cmocka_unit_test_setup_teardown(test_values_are_typed, clear_environment, clear_environment),
        cmocka_unit_test_setup_teardown(test_all_problems_come_at_once, clear_environment, clear_environment),
        cmocka_unit_test_setup_teardown(test_bounds_are_said_in_their_unit, clear_environment,
                                        clear_environment),
        cmocka_unit_test_setup_teardown(test_a_file_gives_the_value, make_file, remove_file),
        cmocka_unit_test_setup_teardown(test_kafka_properties_pass_through, make_file, remove_file),
        cmocka_unit_test_setup_teardown(test_printing_hides_secrets, clear_environment, clear_environment),
        cmocka_unit_test_setup_teardown(test_the_common_table_is_sound, clear_environment, clear_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
