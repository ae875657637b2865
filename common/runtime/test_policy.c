/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/test_policy_fixture.h"

#include <pthread.h>
#include <stdatomic.h>

static struct policy_set *load(void)
{
    struct policy_set *set = NULL;
    enum status status = policy_load(&schema, dir, &set, &problems);
    if (status != STATUS_OK)
        print_error("%s\n", problems.list[0].text);
    assert_int_equal(status, STATUS_OK);
    return set;
}

static void test_a_full_file_fills_the_structs(void **state)
{
    (void)state;
    write_file("sla.yaml", "warn_percent: 66\n"
                           "share: 0.25\n"
                           "is_on: no\n"
                           "note: 备注\n"
                           "desk: {from: 08:30, until: \"17:45:10\"}\n"
                           "targets:\n"
                           "  - channel: chat\n"
                           "    priority: P1\n"
                           "    first_response: 1h30m\n"
                           "  - {channel: phone, first_response: 20s}\n"
                           "calendars:\n"
                           "  cn:\n"
                           "    spans: [{until: 12:00}, {from: 13:00, until: 24:00}]\n"
                           "    holidays: [2026-10-01, 1970-01-02]\n"
                           "words: [a, 'b c']\n"
                           "notices:\n"
                           "  accepted: {zh-CN: '工单 {case_no}', en: 'Case {case_no}'}\n"
                           "warning: {zh-CN: '{晚}', en: '{late}'}\n"
                           "default: x\n");
    write_file("routing.yaml", "most: -7\n");
    struct policy_set *set = load();
    const struct policy *policy = policy_values(set);
    const struct sla *sla = &policy->sla;
    assert_int_equal(sla->warn_percent, 66);
    assert_true(sla->share > 0.2499 && sla->share < 0.2501);
    assert_false(sla->is_on);
    assert_string_equal(sla->note.at, "备注");
    assert_int_equal(sla->desk.from_us, 8 * US_PER_HOUR + 30 * US_PER_MINUTE);
    assert_int_equal(sla->desk.until_us, 17 * US_PER_HOUR + 45 * US_PER_MINUTE + 10 * US_PER_SECOND);
    assert_int_equal(sla->target_count, 2);
    assert_string_equal(sla->targets[0].channel.at, "chat");
    assert_int_equal(sla->targets[0].priority, P1);
    assert_int_equal(sla->targets[0].first_response_us, 90 * US_PER_MINUTE);
    assert_int_equal(sla->targets[0].line, 7);
    assert_int_equal(sla->targets[1].priority, P3);
    assert_int_equal(sla->targets[1].line, 10);
    assert_int_equal(sla->calendar_count, 1);
    assert_string_equal(sla->calendars[0].name.at, "cn");
    assert_int_equal(sla->calendars[0].span_count, 2);
    assert_int_equal(sla->calendars[0].spans[0].from_us, 9 * US_PER_HOUR);
    assert_int_equal(sla->calendars[0].spans[1].until_us, US_PER_DAY);
    assert_int_equal(sla->calendars[0].holidays_us[0], INT64_C(1790812800) * US_PER_SECOND);
    assert_int_equal(sla->calendars[0].holidays_us[1], US_PER_DAY);
    assert_int_equal(sla->word_count, 2);
    assert_string_equal(sla->words[1].at, "b c");
    assert_string_equal(sla->notices[0].name.at, "accepted");
    assert_string_equal(sla->notices[0].text.zh_cn.at, "工单 {case_no}");
    assert_string_equal(sla->warning.en.at, "{late}");
    assert_string_equal(sla->otherwise.at, "x");
    assert_int_equal(policy->routing.most, -7);
    assert_int_equal(policy->sum, 90 * US_PER_MINUTE + 20 * US_PER_SECOND);
    policy_release(set);
    assert_int_equal(done_calls, 1);
}

static void test_what_is_missing_falls_back(void **state)
{
    (void)state;
    write_file("sla.yaml", TARGET);
    struct policy_set *set = load();
    const struct policy *policy = policy_values(set);
    assert_int_equal(policy->sla.warn_percent, 75);
    assert_true(policy->sla.is_on);
    assert_null(policy->sla.note.at);
    assert_int_equal(policy->sla.desk.from_us, 9 * US_PER_HOUR);
    assert_int_equal(policy->sla.desk.until_us, 0);
    assert_null(policy->sla.words);
    assert_int_equal(policy->sla.word_count, 0);
    assert_null(policy->sla.warning.en.at);
    assert_int_equal(policy->routing.most, 5);
    policy_release(set);
}

static void test_the_version_is_said_or_computed(void **state)
{
    (void)state;
    write_file("sla.yaml", TARGET);
    struct policy_set *set = load();
    char version[64], digest[80];
    snprintf(version, sizeof version, "%s", policy_version(set));
    snprintf(digest, sizeof digest, "%s", policy_digest(set));
    assert_int_equal(strlen(digest), 64);
    assert_int_equal(strlen(version), 12);
    assert_memory_equal(version, digest, 12);
    policy_release(set);

    write_file("sla.yaml", TARGET "# a remark\n");
    set = load();
    assert_string_not_equal(policy_version(set), version);
    policy_release(set);

    write_file("sla.yaml", TARGET);
    set = load();
    assert_string_equal(policy_version(set), version);
    policy_release(set);

    write_file("routing.yaml", "version: 2026-11.b_1\n");
    set = load();
    assert_string_equal(policy_version(set), "2026-11.b_1");
    assert_string_not_equal(policy_digest(set), digest);
    policy_release(set);

    write_file("sla.yaml", "version: 1\n" TARGET);
    assert_int_equal(policy_load(&schema, dir, &set, &problems), STATUS_INVALID);
    assert_string_equal(problems.list[0].text,
                        "routing.yaml:1: version: another file has one already; all files "
                        "together have one");
}

static void test_the_check_frees_after_problems_too(void **state)
{
    (void)state;
    struct policy_set *set = NULL;
    write_file("sla.yaml", "targets: [{channel: fax, first_response: 1s}]\n");
    assert_int_equal(policy_load(&schema, dir, &set, &problems), STATUS_INVALID);
    assert_int_equal(done_calls, 1);
    assert_int_equal(policy_check_main(&schema, dir), 1);
    write_file("sla.yaml", TARGET);
    assert_int_equal(policy_check_main(&schema, dir), 0);
    policy_release(NULL);
}

static struct policy_holder *hold(void)
{
    struct policy_holder *holder = NULL;
    assert_int_equal(policy_holder_new(&schema, dir, &holder, &problems), STATUS_OK);
    return holder;
}

static int64_t warn_percent(const struct policy_set *set)
{
    return ((const struct policy *)policy_values(set))->sla.warn_percent;
}

static void test_a_reload_swaps_and_holders_keep_theirs(void **state)
{
    (void)state;
    write_file("sla.yaml", TARGET "warn_percent: 10\n");
    struct policy_holder *holder = hold();
    struct policy_set *first = policy_acquire(holder);
    write_file("sla.yaml", TARGET "warn_percent: 20\n");
    assert_int_equal(policy_holder_reload(holder, &problems), STATUS_OK);
    struct policy_set *second = policy_acquire(holder);
    assert_int_equal(warn_percent(first), 10);
    assert_int_equal(warn_percent(second), 20);
    assert_int_equal(done_calls, 0);
    policy_release(first);
    assert_int_equal(done_calls, 1);
    policy_holder_free(holder);
    assert_int_equal(warn_percent(second), 20);
    policy_release(second);
    assert_int_equal(done_calls, 2);
    policy_holder_free(NULL);
}

static void test_a_wrong_reload_keeps_the_old(void **state)
{
    (void)state;
    struct policy_holder *none = NULL;
    assert_int_equal(policy_holder_new(&schema, dir, &none, &problems), STATUS_INVALID);
    assert_null(none);

    write_file("sla.yaml", "version: 1\n" TARGET "warn_percent: 10\n");
    struct policy_holder *holder = hold();
    write_file("sla.yaml", "version: 2\n" TARGET "warn_percent: 200\n");
    assert_int_equal(policy_holder_reload(holder, &problems), STATUS_INVALID);
    assert_int_equal(problems.count, 1);
    write_file("sla.yaml", "version: 1\n" TARGET "warn_percent: 20\n");
    assert_int_equal(policy_holder_reload(holder, &problems), STATUS_INVALID);
    assert_non_null(strstr(problems.list[0].text, "1 names two different policies"));
    struct policy_set *set = policy_acquire(holder);
    assert_int_equal(warn_percent(set), 10);
    assert_string_equal(policy_version(set), "1");
    policy_release(set);
    policy_holder_free(holder);
}

/* For the sanitizers: readers and a reloader at once; a reader sees one policy, whole. */
static atomic_bool is_over;
static atomic_int torn;

static void *read_all_the_time(void *context)
{
    while (!atomic_load(&is_over)) {
        struct policy_set *set = policy_acquire(context);
        const struct policy *policy = policy_values(set);
        if (policy->sla.warn_percent != policy->routing.most)
            atomic_fetch_add(&torn, 1);
        policy_release(set);
    }
    return NULL;
}

static void test_many_threads_read_one_whole_policy(void **state)
{
    (void)state;
    pthread_t threads[3];
    write_file("sla.yaml", TARGET "warn_percent: 50\n");
    write_file("routing.yaml", "most: 50\n");
    struct policy_holder *holder = hold();
    atomic_store(&is_over, false);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_all_the_time, holder), 0);
    for (int i = 1; i < 60; i++) {
        char sla[128], routing[64];
        snprintf(sla, sizeof sla, TARGET "warn_percent: %d\n", i);
        snprintf(routing, sizeof routing, "most: %d\n", i);
        write_file("sla.yaml", sla);
        write_file("routing.yaml", routing);
        assert_int_equal(policy_holder_reload(holder, &problems), STATUS_OK);
    }
    atomic_store(&is_over, true);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&torn), 0);
    struct policy_set *set = policy_acquire(holder);
    assert_int_equal(warn_percent(set), 59);
    policy_release(set);
    policy_holder_free(holder);
    assert_int_equal(done_calls, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_full_file_fills_the_structs, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(test_what_is_missing_falls_back, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(test_the_version_is_said_or_computed, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(test_the_check_frees_after_problems_too, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(test_a_reload_swaps_and_holders_keep_theirs, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(test_a_wrong_reload_keeps_the_old, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(test_many_threads_read_one_whole_policy, make_dir, remove_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
