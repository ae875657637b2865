/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns: what is refused when they are compiled, and that no text stalls one. */
#include "pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static bool finds(const char *source, const char *text)
{
    struct error err;
    struct pattern *pattern;
    const struct text alternatives[] = {text_of(source)};
    if (pattern_compile(alternatives, 1, &pattern, &err) != STATUS_OK)
        fail_msg("%s: %s", source, err.text);
    struct pattern_scan *scan = pattern_scan_new();
    assert_non_null(scan);
    pattern_scan_text(scan, text_of(text));
    bool found = pattern_scan_finds(scan, pattern);
    pattern_scan_free(scan);
    pattern_free(pattern);
    return found;
}

static void assert_refused(const char *source, const char *why)
{
    struct error err;
    struct pattern *pattern = NULL;
    const struct text alternatives[] = {TEXT("fine"), text_of(source)};
    if (pattern_compile(alternatives, 2, &pattern, &err) == STATUS_OK)
        fail_msg("'%s' is taken", source);
    assert_null(pattern);
    if (strstr(err.text, why) == NULL)
        fail_msg("'%s': %s", source, err.text);
}

static void patterns_find_in_both_languages(void **unused)
{
    (void)unused;
    assert_true(finds("退(款|货)", "我要退货"));
    assert_false(finds("退(款|货)", "我要进货"));
    assert_true(finds("\\bparcel\\b", "Where is my PARCEL?"));
    assert_false(finds("\\bparcel\\b", "two parcels"));
    assert_true(finds("充.电", "充好电")); /* a character, not a byte */
}

static void several_alternatives_are_one_pattern(void **unused)
{
    (void)unused;
    const struct text alternatives[] = {TEXT("^a|b$"), TEXT("c"), TEXT("(?i)D")};
    struct pattern *pattern;
    struct error err;
    assert_int_equal(pattern_compile(alternatives, 3, &pattern, &err), STATUS_OK);
    struct pattern_scan *scan = pattern_scan_new();
    static const char *const hits[] = {"ax", "xb", "xcx", "d"};
    for (size_t i = 0; i < 4; i++) {
        pattern_scan_text(scan, text_of(hits[i]));
        assert_true(pattern_scan_finds(scan, pattern));
    }
    pattern_scan_text(scan, TEXT("xa"));
    assert_false(pattern_scan_finds(scan, pattern));
    assert_false(pattern_scan_finds(scan, NULL));
    pattern_scan_free(scan);
    pattern_free(pattern);
}

static void what_cannot_be_kept_is_refused(void **unused)
{
    (void)unused;
    assert_refused("(a", "missing closing parenthesis");
    assert_refused("a)|(b", "unmatched closing parenthesis");
    assert_refused("[z-a]", "range out of order");
    assert_refused("", "1 to");
    assert_refused("a*", "matches the empty text");
    assert_refused("x|", "matches the empty text");
    assert_refused("\\C+", "\\C");
    assert_refused("(?C1)a|\\Qfine", "");
    char longer[PATTERN_LONGEST + 2];
    memset(longer, 'a', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_refused(longer, "1 to");
}

static void patterns_that_backtrack_too_much_are_refused(void **unused)
{
    (void)unused;
    assert_refused("(a+)+$b", "backtracks too much");
    assert_refused("(a|a)*c", "backtracks too much");
    assert_refused("(zq|z|q)+\\d", "backtracks too much");
    assert_refused("(\\d+)*x", "backtracks too much");
    assert_refused("(的+)+吗", "backtracks too much");
}

/* One that the probes do not find out: the text decides. */
static void a_text_that_stalls_a_pattern_is_no_match(void **unused)
{
    (void)unused;
    const struct text alternatives[] = {TEXT("(x{1,9}x{1,9}){1,40}y")};
    struct pattern *pattern;
    struct error err;
    assert_int_equal(pattern_compile(alternatives, 1, &pattern, &err), STATUS_OK);
    char text[2001];
    memset(text, 'x', sizeof text - 1);
    memcpy(text + sizeof text - 3, "zy", 3);
    struct pattern_scan *scan = pattern_scan_new();
    pattern_scan_text(scan, text_of(text));
    for (int i = 0; i < 100; i++)
        assert_false(pattern_scan_finds(scan, pattern));
    assert_int_equal(pattern_scan_given_up(scan), PATTERN_PATIENCE); /* the other 97 cost nothing */
    pattern_scan_text(scan, TEXT("xxy"));
    assert_true(pattern_scan_finds(scan, pattern)); /* patience starts anew with the next text */
    assert_int_equal(pattern_scan_given_up(scan), 0);
    pattern_scan_free(scan);
    pattern_free(pattern);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_find_in_both_languages),
        cmocka_unit_test(several_alternatives_are_one_pattern),
        cmocka_unit_test(what_cannot_be_kept_is_refused),
        cmocka_unit_test(patterns_that_backtrack_too_much_are_refused),
        cmocka_unit_test(a_text_that_stalls_a_pattern_is_no_match),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
