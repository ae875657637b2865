/* SPDX-License-Identifier: Apache-2.0 */
#include "subject.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void the_newest_counts_in_every_order(void **state)
{
    (void)state;
    const struct {
        int64_t at_us;
        struct text record;
    } updates[] = {{30, TEXT("delivered")}, {10, TEXT("placed")}, {20, TEXT("paid")}};
    const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct subject row = {.kind = TEXT(SUBJECT_ORDER)};
        for (size_t j = 0; j < 3; j++)
            subject_correct(&row, updates[orders[i][j]].at_us, updates[orders[i][j]].record);
        assert_true(text_equal(row.record, TEXT("delivered")));
        assert_int_equal(row.updated_at_us, 30);
    }
}

static void an_older_record_changes_nothing(void **state)
{
    (void)state;
    struct subject row = {.updated_at_us = 5, .record = TEXT("new")};
    assert_false(subject_correct(&row, 4, TEXT("old")));
    assert_true(text_equal(row.record, TEXT("new")));
    assert_true(subject_correct(&row, 5, TEXT("said again")));
    assert_true(text_equal(row.record, TEXT("said again")));
}

static void a_row_made_in_advance_takes_anything(void **state)
{
    (void)state;
    struct subject row = {.updated_at_us = 0};
    assert_true(subject_correct(&row, -1, TEXT("before 1970")));
    assert_int_equal(row.updated_at_us, -1);
}

static void ids_are_of_kind_shop_and_own_id(void **state)
{
    (void)state;
    struct uuid id = subject_id(SUBJECT_ORDER, TEXT("s"), TEXT("1"));
    assert_true(uuid_equal(id, subject_id(SUBJECT_ORDER, TEXT("s"), TEXT("1"))));
    assert_false(uuid_equal(id, subject_id(SUBJECT_ORDER, TEXT("t"), TEXT("1"))));
    assert_false(uuid_equal(id, subject_id(SUBJECT_CUSTOMER, TEXT("s"), TEXT("1"))));
    assert_false(uuid_equal(id, subject_id(SUBJECT_ORDER, TEXT("s"), TEXT("2"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_counts_in_every_order),
        cmocka_unit_test(an_older_record_changes_nothing),
        cmocka_unit_test(a_row_made_in_advance_takes_anything),
        cmocka_unit_test(ids_are_of_kind_shop_and_own_id),
    };
    return cmocka_run_group_tests_name("subject", tests, NULL, NULL);
}
