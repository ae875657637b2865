/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct option_rule rules[] = {{"--key", true}, {"--json", false}, {NULL, false}};

/* Parses up to seven words behind the verb. */
static enum status parse(const char *const words[7], struct arguments *arguments, struct error *err)
{
    char *argv[9] = {(char *)"verb"};
    int argc = 1;
    for (int i = 0; i < 7 && words[i] != NULL; i++)
        argv[argc++] = (char *)words[i];
    return arguments_parse(rules, argc, argv, arguments, err);
}

static void test_words_and_options_mix(void **state)
{
    (void)state;
    struct arguments arguments;
    struct error err;
    const char *const words[7] = {"topic", "--key", "k", "-", "--json"};
    assert_int_equal(parse(words, &arguments, &err), STATUS_OK);
    assert_int_equal(arguments.word_count, 2);
    assert_string_equal(arguments.words[0], "topic");
    assert_string_equal(arguments.words[1], "-");
    assert_string_equal(arguments_value(&arguments, "--key", "none"), "k");
    assert_true(arguments_has(&arguments, "--json"));
    assert_false(arguments.wants_help);
}

static void test_value_after_equals_may_be_empty(void **state)
{
    (void)state;
    struct arguments arguments;
    struct error err;
    const char *const words[7] = {"--key="};
    assert_int_equal(parse(words, &arguments, &err), STATUS_OK);
    assert_string_equal(arguments_value(&arguments, "--key", "none"), "");
}

static void test_all_is_a_word_behind_two_hyphens(void **state)
{
    (void)state;
    struct arguments arguments;
    struct error err;
    const char *const words[7] = {"--", "--json", "--help"};
    assert_int_equal(parse(words, &arguments, &err), STATUS_OK);
    assert_int_equal(arguments.word_count, 2);
    assert_false(arguments_has(&arguments, "--json"));
    assert_false(arguments.wants_help);
}

static void assert_refused(const char *const words[7], const char *sentence)
{
    struct arguments arguments;
    struct error err;
    assert_int_equal(parse(words, &arguments, &err), STATUS_INVALID);
    assert_string_equal(err.text, sentence);
}

static void test_what_is_wrong_is_named(void **state)
{
    (void)state;
    assert_refused((const char *const[7]){"--kay", "k"}, "--kay: there is no such option");
    assert_refused((const char *const[7]){"-x"}, "-x: there is no such option");
    assert_refused((const char *const[7]){"--key"}, "--key: needs a value");
    assert_refused((const char *const[7]){"--json=yes"}, "--json: takes no value");
    assert_refused((const char *const[7]){"--json", "--json"}, "--json: given twice");
}

static void test_numbers_have_bounds(void **state)
{
    (void)state;
    struct arguments arguments;
    struct error err;
    int64_t value = -7;
    assert_int_equal(parse((const char *const[7]){"--key", "12"}, &arguments, &err), STATUS_OK);
    assert_int_equal(arguments_number(&arguments, "--key", 1, 12, 5, &value, &err), STATUS_OK);
    assert_int_equal(value, 12);
    assert_int_equal(arguments_number(&arguments, "--key", 1, 11, 5, &value, &err), STATUS_INVALID);
    assert_string_equal(err.text, "--key: a number from 1 to 11, not '12'");
    assert_int_equal(value, 12);
    assert_int_equal(arguments_number(&arguments, "--other", 1, 11, 5, &value, &err), STATUS_OK);
    assert_int_equal(value, 5);
}

static void test_topics_have_short_names(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 4096);
    assert_string_equal(cli_topic_name(&arena, "intake"), "aftercare.intake.v1");
    assert_string_equal(cli_topic_name(&arena, "inbound.messages"), "aftercare.inbound.messages.v1");
    assert_string_equal(cli_topic_name(&arena, "aftercare.survey.dlq.v1"), "aftercare.survey.dlq.v1");
    assert_string_equal(cli_topic_name(&arena, "other"), "other");
    arena_done(&arena);
}

static void test_services_come_from_the_catalogue(void **state)
{
    (void)state;
    const char *names[CLI_SERVICES];
    assert_true(cli_services(names) >= 5);
    assert_string_equal(names[0], "intake");
    assert_true(cli_is_service("survey"));
    assert_false(cli_is_service("others"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_and_options_mix),
        cmocka_unit_test(test_value_after_equals_may_be_empty),
        cmocka_unit_test(test_all_is_a_word_behind_two_hyphens),
        cmocka_unit_test(test_what_is_wrong_is_named),
        cmocka_unit_test(test_numbers_have_bounds),
        cmocka_unit_test(test_topics_have_short_names),
        cmocka_unit_test(test_services_come_from_the_catalogue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
