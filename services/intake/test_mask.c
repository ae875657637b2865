/* SPDX-License-Identifier: Apache-2.0 */
#include "mask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *words, const char *keep, const char *masked)
{
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct text got = mask_numbers(&arena, text_of(words), text_of(keep));
    assert_int_equal(got.len, strlen(masked));
    assert_memory_equal(got.at, masked, got.len);
    arena_done(&arena);
}

static void cards_keep_their_last_four(void **state)
{
    (void)state;
    expect("card 4111111111111111 please", NULL, "card ************1111 please");
    expect("4111 1111 1111 1111", NULL, "**** **** **** 1111");
    expect("卡号4111-1111-1111-1111。", NULL, "卡号****-****-****-1111。");
    expect("卡号４１１１１１１１１１１１１１１１", NULL, "卡号************１１１１");
    expect("378282246310005 and 5555555555554444", NULL, "***********0005 and ************4444");
    expect("call 13800138000 4111 1111 1111 1111", NULL, "call 13800138000 **** **** **** 1111");
}

static void identity_numbers_go_whole(void **state)
{
    (void)state;
    expect("身份证11010519491231002X", NULL, "身份证******************");
    expect("11010519491231002x ok", NULL, "****************** ok");
    expect("id110105 19491231 002X", NULL, "id****** ******** ****");
    expect("110105194912310021", NULL, "110105194912310021"); /* wrong check character */
    expect("110105194913310022", NULL, "110105194913310022"); /* no month 13 */
}

static void other_numbers_stay(void **state)
{
    (void)state;
    expect("", NULL, "");
    expect("phone 13800138000, order 20261124", NULL, "phone 13800138000, order 20261124");
    expect("4111111111111112", NULL, "4111111111111112");
    expect("0000000000000000", NULL, "0000000000000000");
    expect("SF4111111111111111", NULL, "SF4111111111111111");
    expect("order 4111111111111111", "4111111111111111", "order 4111111111111111");
    expect("12345678901234567890123456789012345678901234567890123456789012345678901234567890", NULL,
           "12345678901234567890123456789012345678901234567890123456789012345678901234567890");
}

static void a_full_arena_gives_nothing_rather_than_the_number(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1);
    assert_null(mask_numbers(&arena, TEXT("4111111111111111"), TEXT_NULL).at);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cards_keep_their_last_four),
        cmocka_unit_test(identity_numbers_go_whole),
        cmocka_unit_test(other_numbers_stay),
        cmocka_unit_test(a_full_arena_gives_nothing_rather_than_the_number),
    };
    return cmocka_run_group_tests_name("mask", tests, NULL, NULL);
}
