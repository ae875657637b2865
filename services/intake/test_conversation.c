/* SPDX-License-Identifier: Apache-2.0 */
#include "conversation.h"

#include "core/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const int64_t now = 1000 * US_PER_DAY;
static const int64_t window = 72 * US_PER_HOUR;
static const int64_t alive = 0;

static struct conversation fresh(void)
{
    return (struct conversation){.conversation_id = conversation_id(TEXT("shop"), TEXT("c-1"))};
}

static void the_same_conversation_is_the_same_case(void **state)
{
    (void)state;
    struct conversation row = fresh();
    struct conversation_choice first = conversation_choose(&row, alive, now, window);
    assert_true(first.is_new);
    assert_int_equal(first.cycle, 1);
    assert_true(uuid_is_nil(first.previous_case_id));
    assert_true(uuid_equal(first.case_id, conversation_case_id(row.conversation_id, 1)));
    conversation_enter(&row, &first, now);
    assert_int_equal(row.opened_at_us, now);
    struct conversation_choice second = conversation_choose(&row, alive, now + 1, window);
    assert_false(second.is_new);
    assert_true(uuid_equal(second.case_id, first.case_id));
    conversation_enter(&row, &second, now + 1);
    assert_int_equal(row.opened_at_us, now);
    assert_int_equal(row.cycle, 1);
}

static void ids_depend_on_every_part(void **state)
{
    (void)state;
    struct uuid id = conversation_id(TEXT("s"), TEXT("1"));
    assert_true(uuid_equal(id, conversation_id(TEXT("s"), TEXT("1"))));
    assert_false(uuid_equal(id, conversation_id(TEXT("t"), TEXT("1"))));
    assert_false(uuid_equal(id, conversation_id(TEXT("s"), TEXT("2"))));
    struct uuid one = conversation_id_of_one(TEXT("s"), "message", TEXT("1"));
    assert_false(uuid_equal(one, id));
    assert_false(uuid_equal(one, conversation_id_of_one(TEXT("s"), "call", TEXT("1"))));
    assert_true(uuid_equal(one, conversation_id_of_one(TEXT("s"), "message", TEXT("1"))));
    assert_false(uuid_equal(conversation_case_id(id, 1), conversation_case_id(id, 2)));
    assert_false(uuid_equal(conversation_follow_up_case_id(id, TEXT("a")),
                            conversation_follow_up_case_id(id, TEXT("b"))));
}

static void a_resolved_case_is_reopened_within_the_window_only(void **state)
{
    (void)state;
    struct conversation row = fresh();
    struct conversation_choice first = conversation_choose(&row, alive, now, window);
    conversation_enter(&row, &first, now);
    assert_false(conversation_choose(&row, now, now + window, window).is_new);
    struct conversation_choice next = conversation_choose(&row, now, now + window + 1, window);
    assert_true(next.is_new);
    assert_int_equal(next.cycle, 2);
    assert_true(uuid_equal(next.previous_case_id, first.case_id));
    assert_true(uuid_equal(next.case_id, conversation_case_id(row.conversation_id, 2)));
}

static void a_third_cycle_follows_the_second(void **state)
{
    (void)state;
    struct conversation row = fresh();
    struct conversation_choice first = conversation_choose(&row, alive, now, window);
    conversation_enter(&row, &first, now);
    const int64_t late = now + window + 1;
    struct conversation_choice second = conversation_choose(&row, now, late, window);
    conversation_enter(&row, &second, late);
    assert_int_equal(row.opened_at_us, late);
    assert_true(uuid_equal(row.previous_case_id, first.case_id));
    assert_true(uuid_equal(row.first_case_id, first.case_id));
    /* The second case is alive. */
    assert_int_equal(conversation_choose(&row, alive, late + 9, window).cycle, 2);
    struct conversation_choice third = conversation_choose(&row, late, late + window + 1, window);
    assert_int_equal(third.cycle, 3);
    assert_true(uuid_equal(third.previous_case_id, second.case_id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_conversation_is_the_same_case),
        cmocka_unit_test(ids_depend_on_every_part),
        cmocka_unit_test(a_resolved_case_is_reopened_within_the_window_only),
        cmocka_unit_test(a_third_cycle_follows_the_second),
    };
    return cmocka_run_group_tests_name("conversation", tests, NULL, NULL);
}
