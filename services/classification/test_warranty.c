/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar months, and which line a claim is about. */
#include "core/time.h"
#include "warranty.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct arena arena;

static int64_t at(const char *time)
{
    int64_t at_us;
    assert_true(time_parse(text_of(time), &at_us));
    return at_us;
}

static void months_are_those_of_the_calendar(void **unused)
{
    (void)unused;
    assert_true(warranty_holds(at("2025-08-24T10:00:00Z"), 12, at("2025-11-24T10:00:00Z")));
    assert_true(
        warranty_holds(at("2024-11-24T10:00:00Z"), 12, at("2025-11-24T23:59:59Z"))); /* the last day whole */
    assert_false(warranty_holds(at("2024-11-24T10:00:00Z"), 12, at("2025-11-25T00:00:00Z")));
    assert_true(warranty_holds(at("2025-01-31T00:00:00Z"), 1, at("2025-02-28T20:00:00Z"))); /* no 31st */
    assert_false(warranty_holds(at("2025-01-31T00:00:00Z"), 1, at("2025-03-01T00:00:00Z")));
    assert_true(warranty_holds(at("2024-02-29T00:00:00Z"), 12, at("2025-02-28T12:00:00Z")));
    assert_false(warranty_holds(at("2025-08-24T10:00:00Z"), 0, at("2025-08-25T10:00:00Z")));
    assert_false(warranty_holds(0, 12, at("2025-08-25T10:00:00Z"))); /* not known since when */
    assert_false(
        warranty_holds(at("2025-11-25T00:00:00Z"), 12, at("2025-11-24T00:00:00Z"))); /* not bought yet */
    assert_true(warranty_holds(at("9999-06-01T00:00:00Z"), 1200, at("9999-12-31T00:00:00Z")));
}

static void lines_are_kept_as_they_are(void **unused)
{
    (void)unused;
    const struct line lines[] = {
        {TEXT("扫地机器人"), TEXT("X10"), 12}, {TEXT("bag"), TEXT(""), 0}, {TEXT(""), TEXT(""), 3}};
    struct line back[WARRANTY_LINES_MOST];
    assert_int_equal(lines_unpack(lines_pack(lines, 3, &arena), back), 3);
    assert_true(text_equal(back[0].product, TEXT("扫地机器人")) && text_equal(back[0].model, TEXT("X10")));
    assert_int_equal(back[0].warranty_months, 12);
    assert_int_equal(back[1].warranty_months, 0);
    assert_int_equal(back[2].warranty_months, 3);
    assert_int_equal(lines_unpack(lines_pack(lines, 0, &arena), back), 0);
    assert_int_equal(lines_unpack(TEXT_NULL, back), 0);
    assert_int_equal(lines_unpack(TEXT("nonsense"), back), 0);
}

static struct words words_of(const char *text)
{
    return (struct words){.items = {{.at_us = 1, .text = text_of(text)}}, .count = 1};
}

static void the_words_choose_the_line(void **unused)
{
    (void)unused;
    struct error err;
    struct product products[2] = {{.name = TEXT("robot-vacuum")}, {.name = TEXT("phone")}};
    const struct text vacuum[] = {TEXT("扫地机|robot vacuum")}, phone[] = {TEXT("手机|phone")};
    assert_int_equal(pattern_compile(vacuum, 1, &products[0].pattern, &err), STATUS_OK);
    assert_int_equal(pattern_compile(phone, 1, &products[1].pattern, &err), STATUS_OK);
    const struct rulebook rules = {.products = products, .product_count = 2};
    const struct line lines[] = {{TEXT("Robot Vacuum"), TEXT("X10"), 12},
                                 {TEXT("手机"), TEXT("P7"), 24},
                                 {TEXT("手机"), TEXT("P8"), 24}};
    struct words words = words_of("it does not charge");
    assert_int_equal(lines_choose(lines, 1, &rules, -1, &words, &arena), 0); /* the only one */
    assert_int_equal(lines_choose(lines, 3, &rules, -1, &words, &arena), -1);
    assert_int_equal(lines_choose(lines, 3, &rules, 0, &words, &arena), 0);  /* the product spoken of */
    assert_int_equal(lines_choose(lines, 3, &rules, 1, &words, &arena), -1); /* two of them */
    words = words_of("我的p8坏了");
    assert_int_equal(lines_choose(lines, 3, &rules, -1, &words, &arena), 2); /* named by its model */
    assert_int_equal(lines_choose(lines, 0, &rules, -1, &words, &arena), -1);
    assert_int_equal(line_product(&lines[0], &rules, &arena), 0);
    assert_int_equal(line_product(&(struct line){.product = TEXT("bag")}, &rules, &arena), -1);
    pattern_free(products[0].pattern);
    pattern_free(products[1].pattern);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_are_those_of_the_calendar),
        cmocka_unit_test(lines_are_kept_as_they_are),
        cmocka_unit_test(the_words_choose_the_line),
    };
    arena_init(&arena, 16 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&arena);
    return failed;
}
