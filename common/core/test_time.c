/* SPDX-License-Identifier: Apache-2.0 */
/* Before cmocka.h, which defines fail() as a macro. */
#include "core/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void assert_formatted(int64_t at_us, const char *text)
{
    char to[TIME_TEXT_LEN + 1];
    assert_string_equal(time_format(at_us, to), text);
}

static int64_t parsed(const char *text)
{
    int64_t at_us;
    if (!time_parse(text_of(text), &at_us))
        fail_msg("'%s' was not read", text);
    return at_us;
}

static void test_format(void **state)
{
    (void)state;
    assert_formatted(0, "1970-01-01T00:00:00Z");
    assert_formatted(-1, "1969-12-31T23:59:59.999999Z");
    assert_formatted(1500, "1970-01-01T00:00:00.001500Z");
    assert_formatted(2000, "1970-01-01T00:00:00.002Z");
    assert_formatted(INT64_C(1795514400120000), "2026-11-24T10:00:00.120Z");
    assert_formatted(INT64_C(951782400000000), "2000-02-29T00:00:00Z");
    assert_formatted(TIME_MIN_US, "0001-01-01T00:00:00Z");
    assert_formatted(TIME_MAX_US, "9999-12-31T23:59:59.999999Z");
    /* Out of range: the nearest there is, for it is formatted into log lines. */
    assert_formatted(INT64_MIN, "0001-01-01T00:00:00Z");
    assert_formatted(INT64_MAX, "9999-12-31T23:59:59.999999Z");
}

static void test_parse(void **state)
{
    (void)state;
    /* RFC 3339 §5.8 */
    assert_int_equal(parsed("1985-04-12T23:20:50.52Z"), INT64_C(482196050520000));
    assert_int_equal(parsed("1996-12-19T16:39:57-08:00"), INT64_C(851042397000000));
    assert_int_equal(parsed("1990-12-31T23:59:60Z"), parsed("1991-01-01T00:00:00Z"));
    assert_int_equal(parsed("1990-12-31T15:59:60-08:00"), parsed("1990-12-31T23:59:60Z"));
    assert_int_equal(parsed("1937-01-01T12:00:27.87+00:20"), INT64_C(-1041337172130000));
    /* Lower case and a space are allowed by it. */
    assert_int_equal(parsed("2026-11-24t18:00:00z"), parsed("2026-11-24 18:00:00Z"));
    assert_int_equal(parsed("2026-11-24T18:00:00-00:00"), parsed("2026-11-24T18:00:00Z"));
    assert_int_equal(parsed("2026-11-24T18:00:00+08:00"), INT64_C(1795514400000000));
    /* Finer than µs is cut off, however long. */
    assert_int_equal(parsed("1970-01-01T00:00:00.0000019999999999999999999999999Z"), 1);
    assert_int_equal(parsed("1969-12-31T23:59:59.9999999Z"), -1);
    assert_int_equal(parsed("2000-02-29T00:00:00Z"), INT64_C(951782400000000));
    assert_int_equal(parsed("0001-01-01T00:00:00Z"), TIME_MIN_US);
    assert_int_equal(parsed("9999-12-31T23:59:59.999999Z"), TIME_MAX_US);
}

static void test_what_is_no_time(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "yesterday",
        "2026-11-24",
        "2026-11-24T10:00Z",
        "2026-11-24T10:00:00",
        "2026-11-24T10:00:00.Z",
        "2026-11-24T10:00:00,5Z",
        "2026-11-24T10:00:00Z ",
        " 2026-11-24T10:00:00Z",
        "2026-11-24T10:00:00Z0",
        "2026-11-24T10:00:00+8:00",
        "2026-11-24T10:00:00+0800",
        "2026-11-24T10:00:00+24:00",
        "2026-11-24T10:00:00+08:60",
        "2026-11-24T24:00:00Z",
        "2026-11-24T10:60:00Z",
        "2026-11-24T10:00:61Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "-001-01-01T00:00:00Z",
        "12026-11-24T10:00:00Z",
        "2026-1-24T10:00:00Z",
        "20261124T100000Z",
        /* Its offset moves it out of the years that there are. */
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t at_us = 7;
        if (time_parse(text_of(wrong[i]), &at_us))
            fail_msg("'%s' was read", wrong[i]);
        assert_int_equal(at_us, 7);
    }
    int64_t at_us;
    assert_false(time_parse(TEXT_NULL, &at_us));
    assert_false(time_parse(text_make("2026-11-24\0"
                                      "10:00:00Z",
                                      20),
                            &at_us));
    assert_false(time_parse(text_make("2026-11-24T10:00:00\0", 20), &at_us));
}

/* Every day of four centuries, and what stands at their seams. */
static void test_there_and_back(void **state)
{
    (void)state;
    char text[TIME_TEXT_LEN + 1];
    for (int64_t day = -200 * 365; day < 200 * 366; day++) {
        int64_t at_us = day * US_PER_DAY + day * 61 % US_PER_DAY * 1000003 % US_PER_DAY;
        assert_int_equal(parsed(time_format(at_us, text)), at_us);
    }
}

static void test_duration(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t us;
    } cases[] = {
        {"0", 0},
        {"0s", 0},
        {"1ms", 1000},
        {"500ms", 500 * US_PER_MS},
        {"90s", 90 * US_PER_SECOND},
        {"1h30m", 90 * US_PER_MINUTE},
        {"7d", 7 * US_PER_DAY},
        {"1d2h3m4s5ms", US_PER_DAY + 2 * US_PER_HOUR + 3 * US_PER_MINUTE + 4 * US_PER_SECOND + 5 * US_PER_MS},
        {"5m", 5 * US_PER_MINUTE},
        {"106751991d", 106751991 * US_PER_DAY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t us;
        struct error err = {""};
        if (time_parse_duration(text_of(cases[i].text), &us, &err) != STATUS_OK)
            fail_msg("'%s': %s", cases[i].text, err.text);
        assert_int_equal(us, cases[i].us);
    }
}

static void test_what_is_no_duration(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "s",
        "1",
        "90",
        "-1s",
        "+1s",
        "1.5h",
        "1 h",
        "1h 5m",
        "1H",
        "1w",
        "5m1h",
        "1h1h",
        "1ms1s",
        "1sec",
        " 1s",
        "1s ",
        "1h0",
        "106751992d",
        "1e3s",
        "0x1s",
        "\xc2\xb5s",
        "106751991d24h",
        "9223372036854775807d",
        "99999999999999999999s",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        int64_t us = 7;
        struct error err = {""};
        if (time_parse_duration(text_of(wrong[i]), &us, &err) != STATUS_INVALID)
            fail_msg("'%s' was read", wrong[i]);
        assert_int_equal(us, 7);
        assert_non_null(strstr(err.text, "duration such as 90s or 1h30m"));
    }
    int64_t us;
    assert_int_equal(time_parse_duration(TEXT_NULL, &us, NULL), STATUS_INVALID);
    assert_int_equal(time_parse_duration(text_make("1s\0", 3), &us, NULL), STATUS_INVALID);
}

static void test_duration_text(void **state)
{
    (void)state;
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        {0, "0s"},
        {250 * US_PER_MS, "250ms"},
        {90 * US_PER_MINUTE, "1h30m"},
        {-45 * US_PER_SECOND, "-45s"},
        {US_PER_DAY + US_PER_MS, "1d1ms"},
        {999, "0s"},
        {-999, "0s"},
        {INT64_MAX, "106751991d4h54s775ms"},
        {INT64_MIN, "-106751991d4h54s775ms"},
    };
    struct arena arena;
    arena_init(&arena, 4096);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(time_duration_text(&arena, cases[i].us).at, cases[i].text);
    arena_done(&arena);
}

static void test_clocks(void **state)
{
    (void)state;
    int64_t before = time_monotonic_us();
    assert_true(time_monotonic_us() >= before);
    /* A moment of our days, in the right unit. */
    assert_true(time_wall_us() > parsed("2026-01-01T00:00:00Z"));
    assert_true(time_wall_us() < parsed("2200-01-01T00:00:00Z"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),          cmocka_unit_test(test_parse),
        cmocka_unit_test(test_what_is_no_time), cmocka_unit_test(test_there_and_back),
        cmocka_unit_test(test_duration),        cmocka_unit_test(test_what_is_no_duration),
        cmocka_unit_test(test_duration_text),   cmocka_unit_test(test_clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
