/* SPDX-License-Identifier: Apache-2.0 */
/* Plain text, its language, and the list of what was said. */
#include "domain.h"
#include "words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static struct arena arena;

static void assert_plain(const char *text, const char *wanted)
{
    struct text plain = plain_text(text_of(text), &arena);
    char found[200];
    snprintf(found, sizeof found, "%.*s", TEXT_ARGS(plain));
    assert_string_equal(found, wanted);
}

static void texts_become_plain(void **unused)
{
    (void)unused;
    assert_plain("  Where\tIS \r\n it? ", "where is it?");
    assert_plain("ＡＢＣ　１２３！", "abc 123!");
    assert_plain("好好好好好好", "好好好");
    assert_plain("help!!!!!!!!", "help!!!");
    assert_plain("1000000 13800000000", "1000000 13800000000"); /* digits are numbers */
    assert_plain("it\xe2\x80\x99s he\xe2\x80\x8bre\xef\xbb\xbf", "it's here");
    assert_plain("", "");
    char longer[PLAIN_BYTES_MOST + 60];
    for (size_t i = 0; i < sizeof longer - 1; i++)
        longer[i] = i % 3 == 0 ? '\xe7' : i % 3 == 1 ? '\x9a' : '\x84';
    longer[sizeof longer - 1] = '\0';
    struct text plain = plain_text(text_of(longer), &arena);
    assert_true(plain.len <= PLAIN_BYTES_MOST && text_is_utf8(plain));
}

static void the_language_is_told_from_the_letters(void **unused)
{
    (void)unused;
    assert_int_equal(plain_language(TEXT("我的快递呢")), LANGUAGE_ZH_CN);
    assert_int_equal(plain_language(TEXT("where is my parcel")), LANGUAGE_EN);
    assert_int_equal(plain_language(TEXT("iPhone 15 Pro Max 充不进电")), LANGUAGE_ZH_CN);
    assert_int_equal(plain_language(TEXT("my robot (扫地机) is broken and I want it repaired")), LANGUAGE_EN);
    assert_int_equal(plain_language(TEXT("13812345678 ?!")), 0);
    assert_int_equal(plain_language(TEXT("")), 0);
}

static struct said said(const char *text, int64_t at_us)
{
    return (struct said){.at_us = at_us, .language = LANGUAGE_EN, .text = text_of(text)};
}

static void words_are_kept_by_their_time(void **unused)
{
    (void)unused;
    struct words words = {.count = 0}, back;
    struct said second = said("second", 20), first = said("first", 10), third = said("", 30);
    third.is_answer = third.has_attachment = true;
    third.language = 0;
    assert_true(words_add(&words, &second));
    assert_true(words_add(&words, &third));
    assert_true(words_add(&words, &first));
    words_unpack(words_pack(&words, &arena), &back);
    assert_int_equal(back.count, 3);
    assert_true(text_equal(back.items[0].text, TEXT("first")));
    assert_true(text_equal(back.items[1].text, TEXT("second")));
    assert_true(back.items[2].is_answer && back.items[2].has_attachment);
    assert_int_equal(back.items[2].at_us, 30);
    assert_int_equal(back.items[2].language, 0);
    assert_false(back.items[0].is_answer);
}

static void of_two_at_once_the_later_is_the_one_added_later(void **unused)
{
    (void)unused;
    struct words words = {.count = 0};
    struct said one = said("z", 10), two = said("a", 10), three = said("m", 10);
    words_add(&words, &one);
    words_add(&words, &two);
    words_add(&words, &three);
    assert_true(text_equal(words.items[0].text, TEXT("z")));
    assert_true(text_equal(words.items[1].text, TEXT("a")));
    assert_true(text_equal(words.items[2].text, TEXT("m")));
    assert_true(words.items[0].at_us < words.items[1].at_us && words.items[1].at_us < words.items[2].at_us);
}

static void the_list_is_bounded_and_keeps_the_first(void **unused)
{
    (void)unused;
    struct words words = {.count = 0}, back;
    static char longer[5000];
    memset(longer, 'x', sizeof longer - 1);
    for (int64_t i = 1; i <= 20; i++) {
        struct said next = said(longer, i * 10);
        assert_int_equal(words_add(&words, &next), i <= WORDS_MOST);
    }
    words_unpack(words_pack(&words, &arena), &back);
    assert_int_equal(back.count, WORDS_MOST);
    assert_int_equal(back.items[0].at_us, 10);
    assert_int_equal(back.items[1].at_us, 140);
    assert_int_equal(back.items[WORDS_MOST - 1].at_us, 200);
    assert_int_equal(back.items[0].text.len, PLAIN_BYTES_MOST);
}

static void bytes_of_another_make_are_no_words(void **unused)
{
    (void)unused;
    struct words words = {.count = 0}, back;
    struct said one = said("hello", 10);
    words_add(&words, &one);
    struct text packed = words_pack(&words, &arena);
    for (size_t len = 0; len < packed.len; len++) {
        words_unpack(text_make(packed.at, len), &back);
        assert_int_equal(back.count, 0);
    }
    words_unpack(TEXT("\x7fnonsense nonsense nonsense"), &back);
    assert_int_equal(back.count, 0);
    words_unpack(TEXT_NULL, &back);
    assert_int_equal(back.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_become_plain),
        cmocka_unit_test(the_language_is_told_from_the_letters),
        cmocka_unit_test(words_are_kept_by_their_time),
        cmocka_unit_test(of_two_at_once_the_later_is_the_one_added_later),
        cmocka_unit_test(the_list_is_bounded_and_keeps_the_first),
        cmocka_unit_test(bytes_of_another_make_are_no_words),
    };
    arena_init(&arena, 16 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&arena);
    return failed;
}
