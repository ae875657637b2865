/* SPDX-License-Identifier: Apache-2.0 */
/* Before cmocka.h, which defines fail() as a macro. */
#include "core/money.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static struct money of(int64_t minor, const char *currency)
{
    struct money money;
    assert_int_equal(money_make(minor, text_of(currency), &money, NULL), STATUS_OK);
    return money;
}

static void assert_money(struct money money, int64_t minor, const char *currency)
{
    assert_int_equal(money.minor, minor);
    assert_string_equal(money.currency, currency);
}

static void test_currency_is_three_capitals(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "CN", "CNYX", "cny", "CN1", "C Y", "\xc3\x84Z"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct money money = {.minor = 7};
        struct error err = {""};
        assert_int_equal(money_make(1, text_of(wrong[i]), &money, &err), STATUS_INVALID);
        assert_non_null(strstr(err.text, "currency: three capitals"));
        assert_int_equal(money.minor, 7);
    }
    struct money money;
    assert_int_equal(money_make(1, TEXT_NULL, &money, NULL), STATUS_INVALID);
    assert_int_equal(money_make(1, text_make("CN\0", 3), &money, NULL), STATUS_INVALID);
    assert_money(of(INT64_MIN, "CNY"), INT64_MIN, "CNY");
}

static void test_sums_and_rests(void **state)
{
    (void)state;
    struct money sum;
    assert_int_equal(money_add(of(1999, "CNY"), of(1, "CNY"), &sum, NULL), STATUS_OK);
    assert_money(sum, 2000, "CNY");
    assert_int_equal(money_subtract(of(1, "CNY"), of(1999, "CNY"), &sum, NULL), STATUS_OK);
    assert_money(sum, -1998, "CNY");
}

static void test_no_amount_is_neutral(void **state)
{
    (void)state;
    struct money none = {0}, sum;
    assert_true(money_is_none(none));
    assert_false(money_is_none(of(0, "CNY")));
    assert_int_equal(money_add(none, of(5, "EUR"), &sum, NULL), STATUS_OK);
    assert_money(sum, 5, "EUR");
    assert_int_equal(money_add(of(5, "EUR"), none, &sum, NULL), STATUS_OK);
    assert_money(sum, 5, "EUR");
    assert_int_equal(money_subtract(none, of(5, "EUR"), &sum, NULL), STATUS_OK);
    assert_money(sum, -5, "EUR");
    assert_int_equal(money_add(none, none, &sum, NULL), STATUS_OK);
    assert_true(money_is_none(sum));
}

static void test_currencies_never_meet(void **state)
{
    (void)state;
    struct money sum = {.minor = 7};
    struct error err;
    assert_int_equal(money_add(of(1, "CNY"), of(1, "USD"), &sum, &err), STATUS_INVALID);
    assert_string_equal(err.text, "currency: CNY and USD do not add up");
    assert_int_equal(money_subtract(of(1, "CNY"), of(1, "USD"), &sum, &err), STATUS_INVALID);
    assert_int_equal(sum.minor, 7);
}

static void test_overflow_is_an_error(void **state)
{
    (void)state;
    struct money sum = {.minor = 7};
    struct error err;
    assert_int_equal(money_add(of(INT64_MAX, "CNY"), of(1, "CNY"), &sum, &err), STATUS_INVALID);
    assert_string_equal(err.text, "amount: too large");
    assert_int_equal(money_add(of(INT64_MIN, "CNY"), of(-1, "CNY"), &sum, NULL), STATUS_INVALID);
    assert_int_equal(money_subtract(of(INT64_MIN, "CNY"), of(1, "CNY"), &sum, NULL), STATUS_INVALID);
    assert_int_equal(money_subtract((struct money){0}, of(INT64_MIN, "CNY"), &sum, NULL), STATUS_INVALID);
    assert_int_equal(sum.minor, 7);
    assert_int_equal(money_add(of(INT64_MAX, "CNY"), of(INT64_MIN, "CNY"), &sum, NULL), STATUS_OK);
    assert_money(sum, -1, "CNY");
}

static void test_text(void **state)
{
    (void)state;
    static const struct {
        int64_t minor;
        const char *currency, *text;
    } cases[] = {
        {1234, "CNY", "CNY 12.34"},
        {5, "CNY", "CNY 0.05"},
        {0, "EUR", "EUR 0.00"},
        {-5, "EUR", "EUR -0.05"},
        {-1234, "EUR", "EUR -12.34"},
        {1234, "JPY", "JPY 1234"},
        {-1, "KRW", "KRW -1"},
        {INT64_MAX, "USD", "USD 92233720368547758.07"},
        {INT64_MIN, "USD", "USD -92233720368547758.08"},
    };
    struct arena arena;
    arena_init(&arena, 4096);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(money_text(&arena, of(cases[i].minor, cases[i].currency)).at, cases[i].text);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_currency_is_three_capitals), cmocka_unit_test(test_sums_and_rests),
        cmocka_unit_test(test_no_amount_is_neutral),       cmocka_unit_test(test_currencies_never_meet),
        cmocka_unit_test(test_overflow_is_an_error),       cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
