/* SPDX-License-Identifier: Apache-2.0 */
#include "reference.h"

#include "core/time.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct uuid case_a = {{1}};
static const struct uuid case_b = {{2}};
static const char *const kinds[] = {REFERENCE_WAYBILL, REFERENCE_PICKUP, REFERENCE_REFUND};

/* The meeting as the handlers play it: what was sent to which case. */
static struct uuid record_comes(struct reference *row, struct waiting *record)
{
    struct uuid to = reference_case(row);
    record->settled_at_us = uuid_is_nil(to) ? 0 : 1;
    return to;
}

static struct uuid case_comes(struct reference *row, struct waiting *record, struct uuid case_id)
{
    bool goes_on = reference_bind(row, case_id, 10) && record != NULL && record->settled_at_us == 0;
    if (goes_on)
        record->settled_at_us = 1;
    return goes_on ? reference_case(row) : uuid_nil;
}

static void both_orders_send_the_record_once_to_the_same_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct reference first = {.reference_id = reference_id(kinds[i], TEXT("1"))}, second = first;
        struct waiting early = {.received_at_us = 5}, late = {.received_at_us = 15};
        assert_true(uuid_is_nil(record_comes(&first, &early)));
        assert_true(uuid_equal(case_comes(&first, &early, case_a), case_a));
        assert_true(uuid_is_nil(case_comes(&first, &early, case_a))); /* said twice, sent once */

        assert_true(uuid_is_nil(case_comes(&second, NULL, case_a)));
        assert_true(uuid_equal(record_comes(&second, &late), case_a));
    }
}

static void kinds_and_values_are_different_references(void **state)
{
    (void)state;
    assert_false(
        uuid_equal(reference_id(REFERENCE_WAYBILL, TEXT("1")), reference_id(REFERENCE_PICKUP, TEXT("1"))));
    assert_false(
        uuid_equal(reference_id(REFERENCE_WAYBILL, TEXT("1")), reference_id(REFERENCE_WAYBILL, TEXT("2"))));
    assert_true(
        uuid_equal(reference_id(REFERENCE_REFUND, TEXT("1")), reference_id(REFERENCE_REFUND, TEXT("1"))));
}

static void the_later_claim_wins_in_every_order(void **state)
{
    (void)state;
    const int64_t moments[][2] = {{10, 20}, {20, 10}, {10, 10}};
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        struct reference one = {0}, other = {0};
        reference_bind(&one, case_a, moments[i][0]);
        reference_bind(&one, case_b, moments[i][1]);
        reference_bind(&other, case_b, moments[i][1]);
        reference_bind(&other, case_a, moments[i][0]);
        assert_true(uuid_equal(one.case_id, other.case_id));
        assert_int_equal(one.bound_at_us, other.bound_at_us);
        assert_true(uuid_equal(one.case_id, moments[i][0] > moments[i][1] ? case_a : case_b));
    }
}

static void what_waits_too_long_is_unmatched(void **state)
{
    (void)state;
    const int64_t allowed = 24 * US_PER_HOUR;
    struct waiting first = {.received_at_us = 100}, second = {.received_at_us = 50},
                   gone = {.settled_at_us = 1};
    const struct waiting *all[] = {&first, &second, &gone};
    assert_false(reference_is_unmatched(&first, 99 + allowed, allowed));
    assert_true(reference_is_unmatched(&first, 100 + allowed, allowed));
    assert_false(reference_is_unmatched(&gone, 100 + allowed, allowed));
    assert_int_equal(reference_next_look_us(all, 3, allowed), 50 + allowed);
    assert_int_equal(reference_next_look_us(all + 2, 1, allowed), 0);
    assert_int_equal(reference_next_look_us(all, 0, allowed), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_orders_send_the_record_once_to_the_same_case),
        cmocka_unit_test(kinds_and_values_are_different_references),
        cmocka_unit_test(the_later_claim_wins_in_every_order),
        cmocka_unit_test(what_waits_too_long_is_unmatched),
    };
    return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
