/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/fields.h"

#include "core/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define assert_invalid(call, sentence)                                                                       \
    do {                                                                                                     \
        assert_int_equal(call, STATUS_INVALID);                                                              \
        assert_string_equal(err.text, sentence);                                                             \
    } while (0)

static void ids_are_short_and_printable(void **unused)
{
    (void)unused;
    struct error err;
    struct text text = TEXT("before");
    char longest[FIELD_ID_MOST + 2];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_invalid(field_id("f", longest, &text, &err), "f: longer than 128 bytes");
    assert_invalid(field_id("f", "", &text, &err), "f: must not be empty");
    assert_invalid(field_id("f", NULL, &text, &err), "f: must not be empty");
    assert_invalid(field_optional_id("f", "a\x1f", &text, &err), "f: holds a control character");
    assert_invalid(field_optional_id("f", "a\x7f", &text, &err), "f: holds a control character");
    assert_true(text_equal_string(text, "before")); /* untouched on failure */
    longest[FIELD_ID_MOST] = '\0';
    assert_int_equal(field_id("f", longest, &text, &err), STATUS_OK);
    assert_int_equal(text.len, FIELD_ID_MOST);
    assert_int_equal(field_optional_id("f", NULL, &text, &err), STATUS_OK);
    assert_true(text.at != NULL && text.len == 0);
}

static void texts_and_numbers_have_bounds(void **unused)
{
    (void)unused;
    struct error err;
    struct text text;
    assert_int_equal(field_text("f", "\n\x01", 2, &text, &err), STATUS_OK);
    assert_invalid(field_text("f", "abc", 2, &text, &err), "f: longer than 2 bytes");
    assert_int_equal(field_number("f", -1, -1, 7, &err), STATUS_OK);
    assert_int_equal(field_number("f", 7, -1, 7, &err), STATUS_OK);
    assert_invalid(field_number("f", 8, -1, 7, &err), "f: must be -1 to 7, not 8");
    assert_invalid(field_number("f", -2, -1, 7, &err), "f: must be -1 to 7, not -2");
}

static void times_are_of_our_age(void **unused)
{
    (void)unused;
    struct error err;
    int64_t at_us = 7;
    Google__Protobuf__Timestamp at = field_of_time(TIME_MAX_US);
    assert_int_equal(field_time("f", &at, &at_us, &err), STATUS_OK);
    assert_int_equal(at_us, TIME_MAX_US);
    at = field_of_time(0);
    assert_int_equal(field_time("f", &at, &at_us, &err), STATUS_OK);
    assert_int_equal(at_us, 0);
    at = field_of_time(-1);
    assert_int_equal(at.seconds, -1);
    assert_int_equal(at.nanos, 999999000);
    at_us = 7;
    assert_invalid(field_time("f", NULL, &at_us, &err), "f: must not be empty");
    assert_int_equal(field_optional_time("f", NULL, &at_us, &err), STATUS_OK);
    const struct {
        int64_t seconds;
        int32_t nanos;
    } wrong[] = {{-1, 0}, {INT64_MAX, 0}, {INT64_MIN, 0}, {1, -1}, {1, 1000000000}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        at.seconds = wrong[i].seconds;
        at.nanos = wrong[i].nanos;
        assert_invalid(field_optional_time("f", &at, &at_us, &err), "f: no moment from 1970 to 9999");
    }
    assert_int_equal(at_us, 7);
}

static void written_fields_are_never_null(void **unused)
{
    (void)unused;
    struct arena arena;
    arena_init(&arena, 64);
    assert_string_equal(field_of_text(&arena, TEXT("abc")), "abc");
    assert_string_equal(field_of_text(&arena, TEXT_NULL), "");
    assert_null(arena_alloc(&arena, 1000));
    static const char longer[1000];
    assert_string_equal(field_of_text(&arena, text_make(longer, sizeof longer)), "");
    assert_true(arena.is_exhausted);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_short_and_printable),
        cmocka_unit_test(texts_and_numbers_have_bounds),
        cmocka_unit_test(times_are_of_our_age),
        cmocka_unit_test(written_fields_are_never_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
