/* SPDX-License-Identifier: Apache-2.0 */
#include "core/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define BYTES(literal) text_make("" literal, sizeof(literal) - 1)

/* On an exact copy on the heap, so that a sanitizer sees a read past its end. */
static bool is_utf8(struct text text)
{
    char *copy = malloc(text.len == 0 ? 1 : text.len);
    assert_non_null(copy);
    memcpy(copy, text.at, text.len);
    bool answer = text_is_utf8(text_make(copy, text.len));
    free(copy);
    return answer;
}

static void test_utf8_that_is_well_formed(void **state)
{
    (void)state;
    const struct text good[] = {
        BYTES(""),
        BYTES("plain \x01\x7f"),
        BYTES("\xe9\x80\x80\xe8\xb4\xa7"), /* Chinese */
        BYTES("\xc2\x80"),                 /* the first and last of each length */
        BYTES("\xdf\xbf"),
        BYTES("\xe0\xa0\x80"),
        BYTES("\xed\x9f\xbf"), /* before the surrogates */
        BYTES("\xee\x80\x80"), /* after them */
        BYTES("\xef\xbf\xbf"),
        BYTES("\xf0\x90\x80\x80"),
        BYTES("\xf4\x8f\xbf\xbf"), /* U+10FFFF */
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(is_utf8(good[i]));
    assert_true(text_is_utf8(TEXT_NULL));
}

static void test_utf8_that_is_hostile(void **state)
{
    (void)state;
    const struct text bad[] = {
        BYTES("a\0b"),             /* NUL */
        BYTES("\x80"),             /* a continuation alone */
        BYTES("\xbf"),             /* another */
        BYTES("a\xc2"),            /* cut off */
        BYTES("a\xe9\x80"),        /* cut off */
        BYTES("a\xf0\x90\x80"),    /* cut off */
        BYTES("\xc2g"),            /* continued by ASCII */
        BYTES("\xe9\x80g"),        /* continued by ASCII */
        BYTES("\xe9g\x80"),        /* continued by ASCII */
        BYTES("\xc0\x80"),         /* overlong NUL */
        BYTES("\xc1\xbf"),         /* overlong */
        BYTES("\xe0\x9f\xbf"),     /* overlong */
        BYTES("\xf0\x8f\xbf\xbf"), /* overlong */
        BYTES("\xed\xa0\x80"),     /* surrogate */
        BYTES("\xed\xbf\xbf"),     /* surrogate */
        BYTES("\xf4\x90\x80\x80"), /* U+110000 */
        BYTES("\xf5\x80\x80\x80"), /* beyond */
        BYTES("\xf8\x88\x80\x80\x80"),
        BYTES("\xfe"),
        BYTES("\xff"),
        BYTES("\xed\xa0\xbd\xed\xb8\x80"), /* CESU-8 */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (is_utf8(bad[i]))
            fail_msg("case %zu passed", i);
}

/* The number of well-formed characters of two bytes is known: that of U+0080 to U+07FF, and pairs of ASCII.
 */
static void test_utf8_of_all_pairs(void **state)
{
    (void)state;
    size_t good = 0;
    for (unsigned a = 0; a < 256; a++)
        for (unsigned b = 0; b < 256; b++) {
            char pair[2] = {(char)a, (char)b};
            good += is_utf8(text_make(pair, 2));
        }
    assert_int_equal(good, 127 * 127 + 0x780);
}

static void test_clip_never_cuts_a_character(void **state)
{
    (void)state;
    struct text text = BYTES("a\xc3\xa9\xe9\x80\x80\xf0\x9f\xa7\xb9z");
    static const size_t lens[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
    for (size_t max = 0; max < sizeof lens / sizeof *lens; max++) {
        struct text clipped = text_clip(text, max);
        assert_int_equal(clipped.len, lens[max]);
        assert_true(text_is_utf8(clipped));
    }
    assert_int_equal(text_clip(BYTES("\x80\x80\x80\x80"), 3).len, 0);
    assert_null(text_clip(TEXT_NULL, 3).at);
}

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0},
                {"-0", 0},
                {"007", 7},
                {"-12", -12},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN}};
    int64_t value;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(text_to_int64(text_of(good[i].text), &value));
        assert_int_equal(value, good[i].value);
    }
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      " 1",
                                      "1 ",
                                      "1.0",
                                      "--1",
                                      "1-",
                                      "0x1",
                                      "1e3",
                                      "\xd9\xa1",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "99999999999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        value = 7;
        if (text_to_int64(text_of(bad[i]), &value))
            fail_msg("'%s' was read", bad[i]);
        assert_int_equal(value, 7);
    }
    assert_false(text_to_int64(BYTES("1\0"), &value));
    assert_false(text_to_int64(TEXT_NULL, &value));
}

static void test_absent_is_not_empty(void **state)
{
    (void)state;
    assert_true(text_is_empty(TEXT_NULL) && text_is_empty(TEXT("")));
    assert_false(text_equal(TEXT_NULL, TEXT("")));
    assert_true(text_equal(TEXT_NULL, text_of(NULL)));
    assert_false(text_equal_string(TEXT_NULL, ""));
    assert_true(text_compare(TEXT_NULL, TEXT("")) < 0);
    assert_int_equal(text_compare(TEXT_NULL, TEXT_NULL), 0);
    struct arena arena;
    arena_init(&arena, 1024);
    assert_null(text_copy(&arena, TEXT_NULL).at);
    assert_non_null(text_copy(&arena, TEXT("")).at);
    assert_string_equal(text_string(&arena, TEXT_NULL), "");
    arena_done(&arena);
}

static void test_compare_is_bytewise(void **state)
{
    (void)state;
    assert_true(text_compare(TEXT("a"), TEXT("b")) < 0);
    assert_true(text_compare(TEXT("a"), TEXT("aa")) < 0);
    assert_true(text_compare(BYTES("a\0b"), BYTES("a\0a")) > 0);
    assert_true(text_compare(BYTES("\xff"), TEXT("z")) > 0);
    assert_int_equal(text_compare(TEXT("ab"), text_make("abc", 2)), 0);
    assert_false(text_equal(BYTES("a\0b"), BYTES("a\0c")));
}

static void test_finding(void **state)
{
    (void)state;
    assert_true(text_starts_with(TEXT("case-1"), TEXT("case")));
    assert_true(text_starts_with(TEXT("case"), TEXT("")));
    assert_false(text_starts_with(TEXT("cas"), TEXT("case")));
    assert_true(text_contains(TEXT("where is my parcel"), TEXT("parcel")));
    assert_true(text_contains(TEXT("aab"), TEXT("ab")));
    assert_true(text_contains(TEXT(""), TEXT("")));
    assert_false(text_contains(TEXT("ab"), TEXT("abc")));
    assert_false(text_contains(TEXT_NULL, TEXT("a")));
    assert_true(text_equal_string(text_trim(TEXT(" \t\r\n a b \v\f")), "a b"));
    assert_true(text_is_empty(text_trim(TEXT("  "))));
}

static void test_cutting(void **state)
{
    (void)state;
    struct text rest = TEXT("a//b/");
    assert_true(text_equal_string(text_cut(&rest, '/'), "a"));
    assert_true(text_equal_string(text_cut(&rest, '/'), ""));
    assert_true(text_equal_string(text_cut(&rest, '/'), "b"));
    assert_true(rest.at != NULL && rest.len == 0);
    assert_true(text_equal_string(text_cut(&rest, '/'), ""));
    assert_null(rest.at);
    assert_null(text_cut(&rest, '/').at);
}

static void test_full_arena(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 64);
    assert_null(text_copy(&arena, text_make("0123456789012345678901234567890123456789"
                                            "0123456789012345678901234567890123456789",
                                            80))
                    .at);
    assert_null(text_print(&arena, "%80d", 1).at);
    assert_true(text_equal_string(text_print(&arena, "%s-%d", "a", 1), "a-1"));
    arena_done(&arena);
}

static void test_hash(void **state)
{
    (void)state;
    /* FNV-1a's own vectors. */
    assert_true(text_hash(TEXT("")) == 0xcbf29ce484222325U);
    assert_true(text_hash(TEXT("a")) == 0xaf63dc4c8601ec8cU);
    assert_true(text_hash(TEXT("foobar")) == 0x85944171f73967e8U);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_that_is_well_formed),
        cmocka_unit_test(test_utf8_that_is_hostile),
        cmocka_unit_test(test_utf8_of_all_pairs),
        cmocka_unit_test(test_clip_never_cuts_a_character),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_absent_is_not_empty),
        cmocka_unit_test(test_compare_is_bytewise),
        cmocka_unit_test(test_finding),
        cmocka_unit_test(test_cutting),
        cmocka_unit_test(test_full_arena),
        cmocka_unit_test(test_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
