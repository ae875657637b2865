/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/policy_template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct template_value values[] = {
    {"name", {"王 {waybill}", 13}},
    {"waybill", {"SF123", 5}},
    {"none", {NULL, 0}},
};

static void test_variables_are_filled_in(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *rendered;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"{waybill}", "SF123"},
        {"包裹 {waybill} 已寄出{waybill}。", "包裹 SF123 已寄出SF123。"},
        {"{{waybill}} }}{{", "{waybill} }{"},
        {"{name}!", "王 {waybill}!"}, /* a value is not looked into */
        {"[{none}]", "[]"},
        {"{other} {waybill}", "{other} SF123"},
        {"{waybill", "{waybill"}, /* unchecked text stays as it is */
        {"a } {waybill}", "a } {waybill}"},
    };
    struct arena arena;
    arena_init(&arena, 65536);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text text = template_render(&arena, text_of(cases[i].text), values, 3);
        assert_string_equal(text.at, cases[i].rendered);
    }
    arena_done(&arena);
}

static void test_a_full_arena_gives_nothing(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 16);
    assert_null(template_render(&arena, TEXT("0123456789abcdefg{waybill}"), values, 3).at);
    assert_true(arena.is_exhausted);
    arena_done(&arena);
}

static void test_wrong_templates_are_refused(void **state)
{
    (void)state;
    static const char *const good[] = {"", "x", "{a}", "{{", "{b_2}{a}", "{{{a}}}"};
    static const char *const bad[] = {"{", "}", "{}", "{a", "{a b}", "{A}", "{c}", "x{a}}", "{{a}", "{b_}"};
    struct error err;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(template_check(text_of(good[i]), "a b_2", &err), STATUS_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(template_check(text_of(bad[i]), "a b_2", &err), STATUS_INVALID);
    assert_int_equal(template_check(TEXT("{c}"), NULL, &err), STATUS_INVALID);
    assert_string_equal(err.text, "there is no variable {c} here, only: none");
}

static void test_language_by_its_first_part(void **state)
{
    (void)state;
    static const char *const chinese[] = {"zh", "zh-CN", "zh_TW", "ZH-Hans"};
    static const char *const other[] = {"en", "zha", "z", "", "fr-zh", NULL};
    const struct policy_text text = {TEXT("中"), TEXT("en")};
    for (size_t i = 0; i < sizeof chinese / sizeof *chinese; i++)
        assert_ptr_equal(policy_text_for(&text, text_of(chinese[i])).at, text.zh_cn.at);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        assert_ptr_equal(policy_text_for(&text, text_of(other[i])).at, text.en.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_variables_are_filled_in),
        cmocka_unit_test(test_a_full_arena_gives_nothing),
        cmocka_unit_test(test_wrong_templates_are_refused),
        cmocka_unit_test(test_language_by_its_first_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
