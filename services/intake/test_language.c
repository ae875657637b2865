/* SPDX-License-Identifier: Apache-2.0 */
#include "language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void what_was_said_comes_first(void **state)
{
    (void)state;
    assert_string_equal(language_choose(TEXT("zh-Hans"), TEXT("en"), TEXT("hello"), "en"), "zh-CN");
    assert_string_equal(language_choose(TEXT("ZH_cn"), TEXT("en"), TEXT("hello"), "en"), "zh-CN");
    assert_string_equal(language_choose(TEXT("en-GB"), TEXT("zh"), TEXT("你好"), "zh-CN"), "en");
    assert_string_equal(language_choose(TEXT("fr"), TEXT("zh"), TEXT("你好"), "zh-CN"), "en");
    assert_string_equal(language_choose(TEXT("zha"), TEXT_NULL, TEXT_NULL, "zh-CN"), "en");
}

static void then_the_customer_then_the_words(void **state)
{
    (void)state;
    assert_string_equal(language_choose(TEXT(""), TEXT("zh-CN"), TEXT("hello"), "en"), "zh-CN");
    assert_string_equal(language_choose(TEXT(""), TEXT(""), TEXT("机器人 does not charge"), "en"), "zh-CN");
    assert_string_equal(language_choose(TEXT_NULL, TEXT_NULL, TEXT("does not charge"), "zh-CN"), "en");
    assert_string_equal(language_choose(TEXT_NULL, TEXT_NULL, TEXT("123"), "zh-CN"), "zh-CN");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_said_comes_first),
        cmocka_unit_test(then_the_customer_then_the_words),
    };
    return cmocka_run_group_tests_name("language", tests, NULL, NULL);
}
