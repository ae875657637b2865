/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines are stated whatever was read first. */
#include "test_bench.h"

/* The time that was last stated for the clock by the last fact; 0: none. */
static int64_t stated_due(const struct bench *bench, enum clock_kind clock)
{
    int64_t due_us = 0;
    for (size_t i = 0; i < bench->effects.count; i++)
        if (bench->effects.items[i].kind == EFFECT_DEADLINE_SET &&
            bench->effects.items[i].number == (int)clock)
            due_us = bench->effects.items[i].at_us;
    return due_us;
}

static void both_deadlines_are_stated_even_of_clocks_that_stand_still(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, happened(FACT_ANSWERED, T0 + 2 * S)); /* is read before the case */
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    assert_int_equal(stated_due(&bench, CLOCK_FIRST_RESPONSE), T0 + 30 * S);
    assert_int_equal(stated_due(&bench, CLOCK_RESOLUTION), T0 + 72 * 3600 * S);
    assert_true(bench_effect(&bench, EFFECT_DEADLINE_SET) < bench_effect(&bench, EFFECT_DEADLINE_MET));
    assert_int_equal(bench_armed(&bench, DEADLINE_RESOLUTION), 0); /* waits for the customer */

    bench_apply(&bench, classified(TYPE_REPAIR, 2, DECISION_AUTO, T0 + 3 * S));
    assert_int_equal(stated_due(&bench, CLOCK_RESOLUTION),
                     T0 + 4 * 3600 * S); /* a new target, still paused */
    assert_int_equal(stated_due(&bench, CLOCK_FIRST_RESPONSE), 0);
    assert_int_equal(bench_armed(&bench, DEADLINE_RESOLUTION), 0);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_deadlines_are_stated_even_of_clocks_that_stand_still),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
