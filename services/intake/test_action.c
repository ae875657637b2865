/* SPDX-License-Identifier: Apache-2.0 */
#include "action.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct uuid case_a = {{1}};
static const struct uuid case_b = {{2}};

static void request_and_outcome_meet_in_both_orders(void **state)
{
    (void)state;
    struct action first = {.version = 0}, second = {.version = 0};
    assert_true(action_request(&first, case_a, TEXT("REPLY"), 10));
    assert_true(text_equal_string(first.state, "pending"));
    assert_true(action_apply(&first, case_a, 3, 20));

    assert_true(action_apply(&second, case_a, 3, 20));
    assert_true(action_request(&second, case_a, TEXT("REPLY"), 10));

    const struct action *both[] = {&first, &second};
    for (size_t i = 0; i < 2; i++) {
        assert_true(text_equal_string(both[i]->state, "applied"));
        assert_true(text_equal_string(both[i]->kind, "REPLY"));
        assert_int_equal(both[i]->version, 3);
        assert_int_equal(both[i]->requested_at_us, 10);
        assert_int_equal(both[i]->decided_at_us, 20);
    }
}

static void the_first_outcome_stays(void **state)
{
    (void)state;
    struct action row = {.version = 0};
    action_request(&row, case_a, TEXT("CLOSE"), 10);
    assert_true(action_refuse(&row, case_a, TEXT("not resolved"), 4, TEXT("RESOLVE"), 20));
    assert_false(action_apply(&row, case_a, 5, 30));
    assert_true(text_equal_string(row.state, "refused"));
    assert_true(text_equal_string(row.legal_moves, "RESOLVE"));
    assert_int_equal(row.version, 4);
}

static void the_same_action_asked_twice_stays_with_its_case(void **state)
{
    (void)state;
    struct action row = {.version = 0};
    assert_true(action_request(&row, case_a, TEXT("NOTE"), 10));
    assert_false(action_request(&row, case_b, TEXT("CLOSE"), 11));
    assert_true(uuid_equal(row.case_id, case_a));
    assert_true(text_equal_string(row.kind, "NOTE"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_and_outcome_meet_in_both_orders),
        cmocka_unit_test(the_first_outcome_stays),
        cmocka_unit_test(the_same_action_asked_twice_stays_with_its_case),
    };
    return cmocka_run_group_tests_name("action", tests, NULL, NULL);
}
