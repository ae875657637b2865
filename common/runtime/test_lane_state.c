/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/lane_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *const topics[] = {"first.v1", "second.v1"};

static void test_cursor_survives_the_ledger(void **state)
{
    (void)state;
    struct arena arena;
    struct error err;
    struct cursor cursor, again;
    arena_init(&arena, 1 << 20);
    assert_int_equal(cursor_parse(TEXT("{}"), TEXT("{}"), topics, 2, &arena, &cursor, &err), STATUS_OK);
    assert_int_equal(cursor.offsets[0], -1);
    cursor.offsets[1] = 42;
    for (int32_t lane = 0; lane < 20; lane++)
        cursor_seen(&cursor, &arena, 1, TEXT("intake"), lane)->n = INT64_C(1700000000000000) + lane;
    struct text offsets = cursor_offsets_json(&cursor, topics, &arena);
    struct text seen = cursor_seen_json(&cursor, topics, &arena);
    assert_int_equal(cursor_parse(offsets, seen, topics, 2, &arena, &again, &err), STATUS_OK);
    assert_int_equal(again.offsets[0], -1);
    assert_int_equal(again.offsets[1], 42);
    assert_int_equal(again.seen_count, 20);
    assert_int_equal(cursor_seen(&again, &arena, 1, TEXT("intake"), 19)->n, INT64_C(1700000000000019));
    assert_int_equal(cursor_seen(&again, &arena, 0, TEXT("intake"), 19)->n, 0);
    arena_done(&arena);
}

/* Another version of the service may read other topics: their entries are none of ours, and stay in the row.
 */
static void test_foreign_topics_are_passed_over(void **state)
{
    (void)state;
    struct arena arena;
    struct error err;
    struct cursor cursor;
    arena_init(&arena, 1 << 20);
    assert_int_equal(cursor_parse(TEXT("{\"third.v1\": 5, \"first.v1\": 6}"),
                                  TEXT("{\"third.v1 intake/0\": 7}"), topics, 2, &arena, &cursor, &err),
                     STATUS_OK);
    assert_int_equal(cursor.offsets[0], 6);
    assert_int_equal(cursor.seen_count, 0);
    arena_done(&arena);
}

static void test_a_ledger_changed_by_hand_is_refused(void **state)
{
    (void)state;
    static const char *const offsets[] = {"", "[]", "{\"first.v1\": \"6\"}",
                                          "{\"first.v1\": 1, \"first.v1\": 2}"};
    static const char *const seen[] = {"{\"first.v1 intake\": 1}", "{\"first.v1 intake/x\": 1}",
                                       "{\"a\": 1.5}"};
    struct arena arena;
    struct error err;
    struct cursor cursor;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
        assert_int_equal(cursor_parse(text_of(offsets[i]), TEXT("{}"), topics, 2, &arena, &cursor, &err),
                         STATUS_FATAL);
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
        assert_int_equal(cursor_parse(TEXT("{}"), text_of(seen[i]), topics, 2, &arena, &cursor, &err),
                         STATUS_FATAL);
    arena_done(&arena);
}

/* What an attempt moves on stays its own until it is put in place. */
static void test_copy_is_independent(void **state)
{
    (void)state;
    struct arena arena;
    struct error err;
    struct lane_state lane;
    struct cursor cursor, copy;
    arena_init(&arena, 1 << 20);
    lane_init(&lane, 3);
    assert_int_equal(cursor_parse(TEXT("{\"first.v1\": 10}"), TEXT("{\"first.v1 a/1\": 5}"), topics, 2,
                                  &arena, &cursor, &err),
                     STATUS_OK);
    assert_int_equal(lane_set_cursor(&lane, &cursor, &err), STATUS_OK);
    assert_true(cursor_copy(&lane.cursor, &arena, &copy));
    copy.offsets[0] = 11;
    cursor_seen(&copy, &arena, 0, TEXT("a"), 1)->n = 6;
    cursor_seen(&copy, &arena, 0, TEXT("b"), 1)->n = 1;
    assert_int_equal(lane.cursor.offsets[0], 10);
    assert_int_equal(lane.cursor.seen[0].n, 5);
    assert_int_equal(lane.cursor.seen_count, 1);
    assert_int_equal(lane_set_cursor(&lane, &copy, &err), STATUS_OK);
    arena_reset(&arena);
    assert_int_equal(lane.cursor.offsets[0], 11);
    assert_int_equal(lane.cursor.seen_count, 2);
    lane_done(&lane);
    arena_done(&arena);
}

static void set_seen(struct lane_state *lane, int64_t n)
{
    struct arena arena;
    struct error err;
    struct cursor cursor = {.input_count = 1, .offsets = (int64_t[]){7}};
    arena_init(&arena, 4096);
    cursor_seen(&cursor, &arena, 0, TEXT("intake"), 3)->n = n;
    cursor_seen(&cursor, &arena, 0, TEXT("survey"), 3)->n = 1000;
    assert_int_equal(lane_set_cursor(lane, &cursor, &err), STATUS_OK);
    lane_heal_hole(lane);
    arena_done(&arena);
}

static void test_a_hole_stays_until_its_predecessor_was_applied(void **state)
{
    (void)state;
    struct lane_state lane;
    lane_init(&lane, 0);
    set_seen(&lane, 5);
    assert_false(lane.hole.is_open);
    lane_note_hole(&lane, 0, TEXT("intake"), 3, 8, 100);
    lane_note_hole(&lane, 0, TEXT("intake"), 4, 20, 200); /* the first is watched */
    set_seen(&lane, 7);
    assert_true(lane.hole.is_open);
    assert_int_equal(lane.hole.since_us, 100);
    assert_int_equal(lane.hole.wanted, 8);
    set_seen(&lane, 9);
    assert_false(lane.hole.is_open);
    lane_done(&lane);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cursor_survives_the_ledger),
        cmocka_unit_test(test_foreign_topics_are_passed_over),
        cmocka_unit_test(test_a_ledger_changed_by_hand_is_refused),
        cmocka_unit_test(test_copy_is_independent),
        cmocka_unit_test(test_a_hole_stays_until_its_predecessor_was_applied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
