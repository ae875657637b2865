/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/http_url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static struct arena arena;

static int reset(void **state)
{
    (void)state;
    arena_done(&arena);
    arena_init(&arena, (size_t)1024 * 1024);
    return 0;
}

static int done(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static struct http_url parse(const char *target)
{
    struct http_url url;
    struct error err = {""};
    assert_int_equal(http_url_parse(&arena, text_of(target), &url, &err), STATUS_OK);
    return url;
}

static void assert_text(struct text text, const char *expected)
{
    assert_non_null(text.at);
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.at, expected, text.len);
}

static void paths(void **state)
{
    (void)state;
    struct http_url url = parse("/v1/cases/7");
    assert_int_equal(url.segment_count, 3);
    assert_text(url.segments[0], "v1");
    assert_text(url.segments[2], "7");
    url = parse("/");
    assert_int_equal(url.segment_count, 1);
    assert_text(url.segments[0], "");
    url = parse("/a%2Fb/%E4%BD%A0+/");
    assert_int_equal(url.segment_count, 3);
    assert_text(url.segments[0], "a/b"); /* an encoded slash does not part */
    assert_text(url.segments[1], "\xE4\xBD\xA0+");
    assert_text(url.segments[2], "");
}

static void arguments(void **state)
{
    (void)state;
    struct http_url url = parse("/x?a=1&b=x+y%26z&&verbose&c=%3d=&d=");
    assert_int_equal(url.argument_count, 5);
    assert_text(url.arguments[0].name, "a");
    assert_text(url.arguments[0].value, "1");
    assert_text(url.arguments[1].value, "x y&z");
    assert_text(url.arguments[2].name, "verbose");
    assert_text(url.arguments[2].value, "");
    assert_text(url.arguments[3].value, "==");
    assert_text(url.arguments[4].value, "");
    assert_int_equal(parse("/x?").argument_count, 0);
}

static void assert_refused(const char *target, const char *reason)
{
    struct http_url url;
    struct error err = {""};
    enum status status = http_url_parse(&arena, text_of(target), &url, &err);
    if (status != STATUS_INVALID || strstr(err.text, reason) == NULL)
        print_error("%s: '%s' does not say '%s'\n", target, err.text, reason);
    assert_int_equal(status, STATUS_INVALID);
    assert_non_null(strstr(err.text, reason));
}

static void encodings(void **state)
{
    (void)state;
    assert_refused("/a%", "path: '%' must be followed");
    assert_refused("/a%4", "path: '%' must be followed");
    assert_refused("/a%4g", "path: '%' must be followed");
    assert_refused("/a%%41", "path: '%' must be followed");
    assert_refused("/a%00b", "path: not UTF-8 without NUL");
    assert_refused("/a%C3", "path: not UTF-8 without NUL");
    assert_refused("/a?limit=%zz", "argument limit: '%' must be followed");
    assert_refused("/a?limit=%ff", "argument limit: not UTF-8");
    assert_refused("/a?limit=%00", "argument limit: not UTF-8 without NUL");
    assert_refused("/a?%ff=1", "an argument's name: not UTF-8");
    parse("/a%41"); /* at the very end */
}

static void shapes(void **state)
{
    (void)state;
    assert_refused("", "must start with '/'");
    assert_refused("*", "must start with '/'");
    assert_refused("http://host/path", "must start with '/'");
    assert_refused("/a b", "control character or a blank");
    assert_refused("/a\x7f", "control character or a blank");
    assert_refused("/a\x01", "control character or a blank");
    assert_refused("/a?x=1&y=2&x=3", "argument 'x': given twice");
    assert_refused("/a?x=1&%78=3", "argument 'x': given twice");
    assert_refused("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "more than 16 segments");
    char many[400] = "/a?";
    for (int i = 0; i <= HTTP_ARGUMENTS_MOST; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), "a%d&", i);
    assert_refused(many, "more than 32 arguments");
}

static enum status parse_form(struct text body, struct http_url *ret_url, const char **ret_reason)
{
    static struct error err;
    err = (struct error){""};
    *ret_reason = err.text;
    return http_url_parse_form(&arena, body, ret_url, &err);
}

static void forms(void **state)
{
    (void)state;
    struct http_url form = {0};
    const char *reason;
    assert_int_equal(
        parse_form(TEXT("score=5&comment=%E5%A5%BD+ok%0D%0A%3Cb%3E&empty=&raw=a b"), &form, &reason),
        STATUS_OK);
    assert_int_equal(form.segment_count, 0);
    assert_text(http_url_argument(&form, "score"), "5");
    assert_text(http_url_argument(&form, "comment"), "\xE5\xA5\xBD ok\r\n<b>");
    assert_text(http_url_argument(&form, "empty"), "");
    assert_text(http_url_argument(&form, "raw"), "a b");
    assert_null(http_url_argument(&form, "solved").at);
    assert_int_equal(parse_form(TEXT(""), &form, &reason), STATUS_OK);
    assert_int_equal(form.argument_count, 0);
    assert_int_equal(parse_form(TEXT_NULL, &form, &reason), STATUS_OK);
    static const struct {
        struct text body;
        const char *reason;
    } wrong[] = {{TEXT("score=1&score=5"), "'score': given twice"},
                 {TEXT("score=%"), "argument score: '%' must be followed"},
                 {TEXT("comment=%ff"), "argument comment: not UTF-8"},
                 {TEXT("comment=\xC3\x28"), "argument comment: not UTF-8"},
                 {TEXT("comment=a\0b"), "argument comment: not UTF-8 without NUL"},
                 {TEXT("\0\0\0"), "an argument's name: not UTF-8"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(parse_form(wrong[i].body, &form, &reason), STATUS_INVALID);
        assert_non_null(strstr(reason, wrong[i].reason));
    }
}

/* Whatever bytes come: what is accepted is text, and never more than came. */
static void any_bytes_are_a_form_or_refused(void **state)
{
    (void)state;
    static const char likely[] = "%&=+0aF\xE5\xA5\xBD";
    uint32_t seed = 20261127;
    size_t accepted = 0;
    for (int round = 0; round < 20000; round++) {
        char body[24];
        size_t len = 0;
        for (seed = seed * 1664525U + 1013904223U; len < (seed >> 8) % sizeof body; len++) {
            uint32_t dice = seed * (uint32_t)(2 * len + 3);
            body[len] =
                (dice >> 27) < 30 ? likely[(dice >> 16) % (sizeof likely - 1)] : (char)(dice >> 8 & 0xff);
        }
        struct http_url form;
        const char *reason;
        if (round % 1000 == 0)
            arena_reset(&arena);
        if (parse_form(text_make(body, len), &form, &reason) != STATUS_OK) {
            assert_int_not_equal(reason[0], '\0');
            continue;
        }
        accepted++;
        for (size_t i = 0; i < form.argument_count; i++) {
            assert_true(text_is_utf8(form.arguments[i].name) && text_is_utf8(form.arguments[i].value));
            assert_true(form.arguments[i].name.len + form.arguments[i].value.len <= len);
        }
    }
    assert_true(accepted > 1000);
}

static void memory_is_bounded(void **state)
{
    (void)state;
    struct arena small;
    struct http_url url;
    struct error err;
    arena_init(&small, 16);
    assert_int_equal(http_url_parse(&small, TEXT("/0123456789012345678901234567890123456789"), &url, &err),
                     STATUS_TRANSIENT);
    arena_done(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(paths, reset, done),
        cmocka_unit_test_setup_teardown(arguments, reset, done),
        cmocka_unit_test_setup_teardown(encodings, reset, done),
        cmocka_unit_test_setup_teardown(shapes, reset, done),
        cmocka_unit_test_setup_teardown(forms, reset, done),
        cmocka_unit_test_setup_teardown(any_bytes_are_a_form_or_refused, reset, done),
        cmocka_unit_test(memory_is_bounded),
    };
    return cmocka_run_group_tests_name("http_url", tests, NULL, NULL);
}
