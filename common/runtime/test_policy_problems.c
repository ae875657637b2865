/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/test_policy_fixture.h"

/* Exactly one problem, with exactly this sentence. */
static const struct {
    const char *yaml;
    const char *problem;
} broken[] = {
    {"warn_percent: 75", "sla.yaml:1: targets: is missing"},
    {TARGET "warn_percnt: 75",
     "sla.yaml:2: warn_percnt: unknown key, only: warn_percent share is_on note desk targets calendars words "
     "notices warning default"},
    {TARGET "note: a\nnote: b", "sla.yaml:3: note: is there twice"},
    {TARGET "warn_percent: 100", "sla.yaml:2: warn_percent: must be 1 to 99, is 100"},
    {TARGET "warn_percent: 7x", "sla.yaml:2: warn_percent: not a whole number: '7x' (like 42)"},
    {TARGET "warn_percent: [1]", "sla.yaml:2: warn_percent: must be a single value"},
    {TARGET "warn_percent:", "sla.yaml:2: warn_percent: has no value"},
    {TARGET "warn_percent: ~", "sla.yaml:2: warn_percent: has no value"},
    {TARGET "share: 1.01", "sla.yaml:2: share: must be 0 to 1, is 1.01"},
    {TARGET "share: nan", "sla.yaml:2: share: not a decimal number: 'nan' (like 0.75)"},
    {TARGET "share: 0x1", "sla.yaml:2: share: not a decimal number: '0x1' (like 0.75)"},
    {TARGET "share: 1.", "sla.yaml:2: share: not a decimal number: '1.' (like 0.75)"},
    {TARGET "is_on: on", "sla.yaml:2: is_on: must be yes or no, is 'on'"},
    {TARGET "note: ''", "sla.yaml:2: note: must not be empty"},
    {TARGET "desk: 8", "sla.yaml:2: desk: must be a mapping"},
    {TARGET "desk: {from: 08:00}", "sla.yaml:2: desk.until: is missing"},
    {TARGET "desk: {until: 24:01}",
     "sla.yaml:2: desk.until: not a time of day: '24:01' (like 09:30, 18:00, 24:00)"},
    {TARGET "desk: {until: 00:59}", "sla.yaml:2: desk.until: must be 1h to 1d"},
    {"targets: []", "sla.yaml:1: targets: must have 1 to 10000 entries, has 0"},
    {"targets: {}", "sla.yaml:1: targets: must be a list"},
    {"targets:\n  - {channel: chat, first_response: 30s}\n  - channel: chat\n    first_response: 5 minuts\n",
     "sla.yaml:4: targets[1].first_response: not a duration: '5 minuts' (like 90s, 1h30m, 7d)"},
    {"targets: [{channel: chat, first_response: 10ms}]",
     "sla.yaml:1: targets[0].first_response: must be at least 1s"},
    {"targets: [{channel: chat, first_response: 1s, priority: P4}]",
     "sla.yaml:1: targets[0].priority: must be one of: P1 P2 P3; is 'P4'"},
    {"targets: [{channel: c, first_response: 1s}]",
     "sla.yaml:1: targets[0].channel: must have 2 to 10 bytes, has 1"},
    {"targets: [{channel: chat, first_response: 1s, line: 3}]",
     "sla.yaml:1: targets[0].line: unknown key, only: channel priority first_response"},
    {"targets: [{channel: fax, first_response: 1s}]", "sla.yaml:1: no faxes"},
    {TARGET "calendars: {cn: {spans: [{until: 12:00}]}, cn: {spans: [{until: 12:00}]}}",
     "sla.yaml:2: calendars.cn: is there twice"},
    {TARGET "calendars: {'': {spans: [{until: 12:00}]}}", "sla.yaml:2: calendars.: the key is empty"},
    {TARGET "calendars: {cn: {spans: [{until: 12:00}], holidays: [2026-02-29]}}",
     "sla.yaml:2: calendars.cn.holidays[0]: not a date: '2026-02-29' (like 2026-10-01)"},
    {TARGET "warning: {en: x}", "sla.yaml:2: warning.zh-CN: is missing"},
    {TARGET "notices: {a: {zh-CN: x, en: '{case_n}'}}",
     "sla.yaml:2: notices.a.en: there is no variable {case_n} here, only: case_no"},
    {TARGET "notices: {a: {zh-CN: 'x}', en: x}}",
     "sla.yaml:2: notices.a.zh-CN: a brace that is no {variable} at '}' (a brace itself is {{ or }})"},
    {TARGET "note: &a x", "sla.yaml:2: anchors (&), aliases (*) and tags (!) are not allowed"},
    {TARGET "note: *a", "sla.yaml:2: anchors (&), aliases (*) and tags (!) are not allowed"},
    {TARGET "note: !!str x", "sla.yaml:2: anchors (&), aliases (*) and tags (!) are not allowed"},
    {TARGET "[a]: x", "sla.yaml:2: a key must be a plain text"},
    {TARGET "---\n" TARGET, "sla.yaml:2: a second document; one file is one document"},
    {TARGET "note: \"a\\0b\"", "sla.yaml:2: a text with a NUL in it or bytes that are no UTF-8"},
    {"- a", "sla.yaml:1: must be a mapping"},
    {TARGET "version: a b", "sla.yaml:2: version: must be 1 to 40 of A-Z a-z 0-9 . _ -"},
    {TARGET "version: 1\nversion: 2", "sla.yaml:3: version: is there twice"},
    {"", "sla.yaml:1: targets: is missing"},
    {"[[[[[[[[[[[[[[[[[[[[[[[[", "sla.yaml:1: nested deeper than 16 levels"},
};

static void test_every_problem_names_line_and_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct policy_set *set = NULL;
        write_file("sla.yaml", broken[i].yaml);
        assert_int_equal(policy_load(&schema, dir, &set, &problems), STATUS_INVALID);
        assert_null(set);
        assert_string_equal(problems.list[0].text, broken[i].problem);
        assert_int_equal(problems.count, 1);
    }
}

static void test_all_problems_of_all_files_come_at_once(void **state)
{
    (void)state;
    struct policy_set *set = NULL;
    write_file("sla.yaml", "warn_percent: x\nshare: y\n");
    write_file("routing.yaml", "most: z\nmore: 1\n");
    assert_int_equal(policy_load(&schema, dir, &set, &problems), STATUS_INVALID);
    assert_int_equal(problems.count, 5);
    assert_non_null(strstr(problems.list[4].text, "routing.yaml:2: more: unknown key"));
    assert_int_equal(done_calls, 0); /* nothing was checked */

    write_file("sla.yaml", "targets: 1\na: 1\n");
    char many[256] = "";
    for (int i = 0; i < 20; i++)
        strcat(many, "a: 1\n");
    write_file("routing.yaml", many);
    assert_int_equal(policy_load(&schema, dir, &set, &problems), STATUS_INVALID);
    assert_int_equal(problems.count, POLICY_PROBLEMS_MOST);
    assert_int_equal(problems.unlisted, 2);
}

static void test_hostile_files_are_refused(void **state)
{
    (void)state;
    struct policy_set *set = NULL;
    assert_int_equal(policy_load(&schema, dir, &set, &problems), STATUS_INVALID);
    assert_non_null(strstr(problems.list[0].text, "sla.yaml: cannot open"));
    assert_int_equal(problems.count, 1);

    write_file("sla.yaml", TARGET "note: \xFF\n");
    assert_int_equal(policy_load(&schema, dir, &set, &problems), STATUS_INVALID);
    assert_non_null(strstr(problems.list[0].text, "sla.yaml:2: not YAML"));

    write_file("sla.yaml", TARGET "note: [\n");
    assert_int_equal(policy_load(&schema, dir, &set, &problems), STATUS_INVALID);
    assert_non_null(strstr(problems.list[0].text, "not YAML"));

    write_file("sla.yaml", TARGET "\"a\\nb\": x\n");
    assert_int_equal(policy_load(&schema, dir, &set, &problems), STATUS_INVALID);
    assert_non_null(strstr(problems.list[0].text, "sla.yaml:2: a?b: unknown key"));

    size_t len = (size_t)1024 * 1024 + 1;
    char *bytes = malloc(len);
    assert_non_null(bytes);
    memset(bytes, '#', len);
    write_bytes("sla.yaml", bytes, len);
    assert_int_equal(policy_load(&schema, dir, &set, &problems), STATUS_INVALID);
    assert_string_equal(problems.list[0].text, "sla.yaml: larger than 1 MiB");

    for (size_t i = 0; i + 1 < len; i += 2)
        memcpy(bytes + i, "-\n", 2);
    write_bytes("sla.yaml", bytes, len - 1);
    assert_int_equal(policy_load(&schema, dir, &set, &problems), STATUS_INVALID);
    assert_non_null(strstr(problems.list[0].text, "more than 100000 values"));
    free(bytes);
}

static void test_wrong_fallback_is_a_problem_not_a_crash(void **state)
{
    (void)state;
    static const struct policy_field fields[] = {
        POLICY_INT(struct routing, most, .fallback = "much"),
        {0},
    };
    static const struct policy_file wrong_files[] = {
        POLICY_FILE(struct policy, routing, "routing.yaml", fields, .is_optional = true),
        {0},
    };
    const struct policy_schema wrong = {.files = wrong_files, .size = sizeof(struct policy)};
    struct policy_set *set = NULL;
    assert_int_equal(policy_load(&wrong, dir, &set, &problems), STATUS_INVALID);
    assert_string_equal(problems.list[0].text, "routing.yaml:1: most: not a whole number: 'much' (like 42)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_problem_names_line_and_rule, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(test_all_problems_of_all_files_come_at_once, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(test_hostile_files_are_refused, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(test_wrong_fallback_is_a_problem_not_a_crash, make_dir, remove_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
