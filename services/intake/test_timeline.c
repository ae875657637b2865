/* SPDX-License-Identifier: Apache-2.0 */
#include "timeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define T(field, value)                                                                                      \
    {                                                                                                        \
        .name = (field), .text = {(value), sizeof(value) - 1 }                                               \
    }

static void expect(const struct case_fact *fact, const char *zh, const char *en, const char *words)
{
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct timeline_line line = timeline_tell(fact, &arena);
    assert_true(text_equal_string(line.sentence_zh, zh));
    assert_true(text_equal_string(line.sentence_en, en));
    if (words == NULL)
        assert_null(line.words.at);
    else
        assert_true(text_equal_string(line.words, words));
    arena_done(&arena);
}

static void a_sentence_names_what_the_fact_says(void **state)
{
    (void)state;
    const struct case_fact_field fields[] = {T("type", "REPAIR"), T("label", "charging fault")};
    const struct case_fact fact = {.service = TEXT("classification"),
                                   .name = TEXT("CaseClassified"),
                                   .fields = fields,
                                   .field_count = 2};
    expect(&fact, "分类：维修，charging fault", "Classified as repair, charging fault", NULL);
    const struct case_fact without = {.service = TEXT("classification"),
                                      .name = TEXT("CaseClassified"),
                                      .fields = fields,
                                      .field_count = 1};
    expect(&without, "分类：维修", "Classified as repair", NULL);
}

static void moments_and_numbers_are_written_out(void **state)
{
    (void)state;
    const struct case_fact_field due[] = {T("clock", "FIRST_RESPONSE"),
                                          {.name = "due_at", .number = 1764000000000000, .is_moment = true}};
    const struct case_fact set = {
        .service = TEXT("escalation"), .name = TEXT("DeadlineSet"), .fields = due, .field_count = 2};
    expect(&set, "时限：首次响应，2025-11-24 16:00 UTC前",
           "Deadline for first response: 2025-11-24 16:00 UTC", NULL);
    const struct case_fact_field score[] = {{.name = "score", .number = 5}, T("comment", "很好")};
    const struct case_fact answered = {
        .service = TEXT("survey"), .name = TEXT("SurveyAnswered"), .fields = score, .field_count = 2};
    expect(&answered, "顾客评价 5 星", "The customer gave 5 of 5", "很好");
}

static void an_unknown_fact_is_named(void **state)
{
    (void)state;
    const struct case_fact fact = {.service = TEXT("insight"), .name = TEXT("TrendSeen")};
    expect(&fact, "TrendSeen", "TrendSeen", NULL);
}

static void long_values_are_cut_between_characters(void **state)
{
    (void)state;
    char words[900];
    for (size_t i = 0; i + 3 <= sizeof words; i += 3)
        memcpy(words + i, "长", 3);
    const struct case_fact_field fields[] = {{.name = "done", .text = {words, sizeof words}}};
    const struct case_fact fact = {
        .service = TEXT("returns"), .name = TEXT("RepairCompleted"), .fields = fields, .field_count = 1};
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct timeline_line line = timeline_tell(&fact, &arena);
    assert_true(text_is_utf8(line.sentence_zh));
    assert_true(line.sentence_zh.len < 200);
    arena_done(&arena);
}

static void every_sentence_exists_in_both_languages(void **state)
{
    (void)state;
    const char *service, *fact, *zh, *en;
    size_t i = 0;
    for (; timeline_sentence(i, &service, &fact, &zh, &en); i++) {
        assert_true(zh[0] != '\0' && en[0] != '\0');
        assert_true(text_is_utf8(text_of(zh)));
        assert_int_equal(strchr(zh, '[') != NULL, strchr(zh, ']') != NULL);
        for (const char *c = en; *c != '\0'; c++)
            assert_true((unsigned char)*c < 0x80);
    }
    assert_true(i > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_names_what_the_fact_says),
        cmocka_unit_test(moments_and_numbers_are_written_out),
        cmocka_unit_test(an_unknown_fact_is_named),
        cmocka_unit_test(long_values_are_cut_between_characters),
        cmocka_unit_test(every_sentence_exists_in_both_languages),
    };
    return cmocka_run_group_tests_name("timeline", tests, NULL, NULL);
}
