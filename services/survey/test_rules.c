/* SPDX-License-Identifier: Apache-2.0 */
/* Scores in the chat, and the budget. */
#include "test_bench.h"

static struct bench bench;

static int32_t score(const char *text)
{
    return scores_read(&bench.rules, text_of(text));
}

static void bare_scores(void **unused)
{
    (void)unused;
    bench_open(&bench);
    for (char digit = '1'; digit <= '5'; digit++)
        assert_int_equal(score((const char[]){digit, '\0'}), digit - '0');
    assert_int_equal(score("５"), 5);
    assert_int_equal(score(" 5 。"), 5);
    assert_int_equal(score("5!!!"), 5);
    assert_int_equal(score("　５分～"), 5);
    assert_int_equal(score("５分！"), 5);
    assert_int_equal(score("五星"), 5);
    assert_int_equal(score("满意"), 4);
    assert_int_equal(score("不满意。"), 2);
    assert_int_equal(score("Very Satisfied!"), 5);
    assert_int_equal(score("thanks ~"), SCORE_COURTESY);
    assert_int_equal(score("ＶＥＲＹ　ｓａｔｉｓｆｉｅｄ"), 5);
    bench_close(&bench);
}

static void anything_else_is_none(void **unused)
{
    (void)unused;
    bench_open(&bench);
    static const char *const others[] = {
        "",
        " ",
        "0",
        "6",
        "55",
        "5 5",
        "-5",
        "4.5",
        "5星星",
        "五",
        "满意吗",
        "satisfied",
        "very satisfied with nothing",
        "。。。",
        "\xEF\xBC",
        "\xEF",
        "5\xE3\x80",
        "它还是不能充电 5",
        "I would give it a 5 if it worked, but it does not charge at all, so no"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(score(others[i]), 0);
    assert_int_equal(scores_read(&bench.rules, TEXT_NULL), 0);
    assert_int_equal(scores_read(&bench.rules, text_make("5\0", 2)), 0);
    bench_close(&bench);
}

static void a_budget_forgets_what_is_old(void **unused)
{
    (void)unused;
    struct arena arena;
    struct customer customer = {.customer_id = TEXT("c-1")};
    arena_init(&arena, 1 << 20);
    assert_true(budget_allows(&customer, 1, S, T0));
    assert_false(budget_allows(&customer, 0, S, T0)); /* never anybody */
    assert_true(budget_spend(&customer, T0, &arena));
    assert_true(customer.is_changed);
    assert_false(budget_allows(&customer, 1, S, T0));
    assert_false(budget_allows(&customer, 1, S, T0 + S - 1));
    assert_true(budget_allows(&customer, 1, S, T0 + S));
    assert_true(budget_allows(&customer, 2, S, T0));
    for (int i = 1; i <= 40; i++)
        assert_true(budget_spend(&customer, T0 + i, &arena));
    assert_int_equal(customer.asked.len, BUDGET_MOST * 8);
    assert_false(budget_allows(&customer, BUDGET_MOST, S, T0 + 41));
    assert_true(budget_allows(&customer, 3, 2, T0 + 41)); /* of 40 and 41 - 2 only one is later */
    customer.asked = text_make("torn", 4);
    assert_true(budget_allows(&customer, 1, S, T0));
    arena_done(&arena);
    arena_init(&arena, 1);
    assert_false(budget_spend(&customer, T0, &arena));
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bare_scores),
        cmocka_unit_test(anything_else_is_none),
        cmocka_unit_test(a_budget_forgets_what_is_old),
    };
    return cmocka_run_group_tests_name("survey rules", tests, NULL, NULL);
}
