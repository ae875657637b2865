/* SPDX-License-Identifier: Apache-2.0 */
/* Money: one intent a line for ever, settled at most once, never more than was paid. */
#include "refunds.h"
#include "test_bench.h"

static const struct wanted_line refund_1 = {.line_no = 1, .quantity = 1, .wish = WISH_REFUND};

/* A return of these lines, up to the goods' arrival. */
static void receive(struct bench *bench, const struct wanted_line *lines, size_t count)
{
    bench_apply(bench, with_lines(acted(ACTION_OFFER_OPTIONS, T0), lines, count));
    bench_apply(bench, acted(ACTION_CHOOSE_OPTION, T0 + S));
    bench_apply(bench, acted(ACTION_RECEIVE_GOODS, T0 + D));
    assert_int_equal(bench->file.current.stage, RETURN_IN_WORKSHOP);
}

static void begin(struct bench *bench)
{
    bench_open(bench);
    bench_apply(bench, opened(T0));
    bench_apply(bench, ordered(2, T0));
}

static void ask(struct bench *bench)
{
    begin(bench);
    receive(bench, &refund_1, 1);
    bench_apply(bench, acted(ACTION_INSPECT_GOODS, T0 + D + S));
}

static void a_refund_is_settled_once(void **unused)
{
    (void)unused;
    struct bench bench;
    ask(&bench);
    const struct effect *effect = bench_effect(&bench, EFFECT_REFUND_REQUESTED);
    assert_int_equal(effect->amount_minor, 199900);
    assert_string_equal(effect->currency.at, "CNY");
    assert_string_equal(effect->text.at, "O-1");
    assert_int_equal(effect->number, 1);
    bench_told(&bench, TEMPLATE_refund_requested, "O-1");
    assert_non_null(strstr(bench.effects.items[3].text.at, "CNY 1999.00"));
    bench_apply(&bench, acted(ACTION_INSPECT_GOODS, T0 + D + S)); /* clicked twice */
    assert_non_null(strstr(bench_refused(&bench), "INSPECT_GOODS"));

    bench_apply(&bench, paid_out(&bench, 0, RESULT_SUCCEEDED, "P-1", T0 + 2 * D));
    assert_string_equal(bench_effect(&bench, EFFECT_REFUND_SETTLED)->text.at, "P-1");
    bench_told(&bench, TEMPLATE_refund_settled, "O-1");
    assert_int_equal(bench_effect(&bench, EFFECT_CLOSED)->number, OUTCOME_REFUNDED);
    for (int32_t result = RESULT_SUCCEEDED; result < RESULT_COUNT; result++) {
        bench_apply(&bench, paid_out(&bench, 0, result, "P-2", T0 + 3 * D));
        assert_int_equal(bench.effects.count, 0);
    }
    assert_int_equal(bench.file.refunds[0].noted, 3);
    assert_int_equal(bench.file.refunds[0].noted_result, RESULT_UNKNOWN);
    assert_int_equal(bench.file.refunds[0].state, REFUND_SETTLED);
    bench_close(&bench);
}

static void unknown_waits_and_is_never_asked_again(void **unused)
{
    (void)unused;
    struct bench bench;
    ask(&bench);
    bench_apply(&bench, paid_out(&bench, 0, RESULT_UNKNOWN, "", T0 + 2 * D));
    bench_told(&bench, TEMPLATE_refund_unknown, "O-1");
    assert_int_equal(bench.effects.count, 1);
    bench_apply(&bench, paid_out(&bench, 0, RESULT_UNKNOWN, "", T0 + 2 * D));
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, acted(ACTION_INSPECT_GOODS, T0 + 2 * D));
    assert_non_null(bench_refused(&bench));
    bench_apply(&bench, paid_out(&bench, 0, RESULT_SUCCEEDED, "P-1", T0 + 3 * D));
    assert_non_null(bench_effect(&bench, EFFECT_REFUND_SETTLED));
    bench_close(&bench);
}

static void a_failed_refund_is_asked_for_again_under_the_same_key(void **unused)
{
    (void)unused;
    struct bench bench;
    ask(&bench);
    struct fact failed = paid_out(&bench, 0, RESULT_FAILED, "P-1", T0 + 2 * D);
    failed.as.result.reason = TEXT("account closed");
    bench_apply(&bench, failed);
    assert_string_equal(bench_effect(&bench, EFFECT_REFUND_FAILED)->text.at, "account closed");
    bench_told(&bench, TEMPLATE_refund_failed, "O-1");
    assert_null(bench_effect(&bench, EFFECT_CLOSED));
    bench_apply(&bench, paid_out(&bench, 0, RESULT_SUCCEEDED, "P-1", T0 + 3 * D)); /* contradicts */
    assert_int_equal(bench.effects.count, 0);
    assert_int_equal(bench.file.refunds[0].noted_result, RESULT_SUCCEEDED);

    struct uuid key = bench.file.refunds[0].intent_id;
    bench_apply(&bench, acted(ACTION_INSPECT_GOODS, T0 + 4 * D));
    assert_non_null(bench_effect(&bench, EFFECT_REFUND_REQUESTED));
    assert_int_equal(bench.file.refund_count, 1);
    assert_true(uuid_equal(bench.file.refunds[0].intent_id, key));
    assert_int_equal(bench.file.refunds[0].asked, 2);
    assert_int_equal(bench.file.money.requested_minor, 199900); /* counted once */
    bench_apply(&bench, failed);                                /* the first failure, again */
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, paid_out(&bench, 0, RESULT_SUCCEEDED, "P-9", T0 + 5 * D));
    assert_non_null(bench_effect(&bench, EFFECT_REFUND_SETTLED));
    bench_close(&bench);
}

static void a_failed_refund_may_end_with_the_goods_sent_back(void **unused)
{
    (void)unused;
    struct bench bench;
    ask(&bench);
    bench_apply(&bench, paid_out(&bench, 0, RESULT_FAILED, "P-1", T0 + 2 * D));
    struct fact reject = acted(ACTION_INSPECT_GOODS, T0 + 3 * D);
    reject.as.action.is_accepted = false;
    bench_apply(&bench, reject);
    bench_apply(&bench, acted(ACTION_SHIP_BACK, T0 + 4 * D));
    bench_apply(&bench, scanned("SF900", SCAN_DELIVERED, T0 + 5 * D));
    assert_int_equal(bench_effect(&bench, EFFECT_CLOSED)->number, OUTCOME_REJECTED);
    bench_close(&bench);
}

static void more_than_was_paid_is_never_asked_for(void **unused)
{
    (void)unused;
    struct bench bench;
    ask(&bench);
    bench_apply(&bench, paid_out(&bench, 0, RESULT_SUCCEEDED, "P-1", T0 + 2 * D));
    bench_apply(&bench, with_lines(acted(ACTION_OFFER_OPTIONS, T0 + 3 * D), &refund_1, 1)); /* once more */
    assert_non_null(strstr(bench_refused(&bench), "left to refund"));
    const struct wanted_line filters = {.line_no = 2, .quantity = 2, .wish = WISH_REFUND};
    receive(&bench, &filters, 1);
    assert_int_equal(refunds_left(&bench.file), 10000);
    struct fact less = ordered(2, T0 + 4 * D); /* the shop corrects what was paid, after the offer */
    less.as.order.paid_minor = 205000;
    bench_apply(&bench, less);
    bench_apply(&bench, acted(ACTION_INSPECT_GOODS, T0 + 5 * D));
    assert_string_equal(bench_refused(&bench), "10000 is to be refunded, and 5100 is left of what was paid");
    assert_int_equal(bench.file.refund_count, 1);
    assert_int_equal(bench.file.lines[0].state, LINE_RECEIVED);
    struct fact other = ordered(2, T0 + 6 * D);
    other.as.order.order_no = TEXT("O-2");
    bench_apply(&bench, other);
    bench_apply(&bench, acted(ACTION_INSPECT_GOODS, T0 + 7 * D));
    assert_non_null(strstr(bench_refused(&bench), "not the one this return was opened for"));
    bench_close(&bench);
}

static void another_cases_refunds_of_the_order_count(void **unused)
{
    (void)unused;
    struct bench bench;
    begin(&bench);
    bench.file.money = (struct order_money){TEXT("s-1/O-1"), 100000, TEXT("CNY")};
    bench_apply(&bench, with_lines(acted(ACTION_OFFER_OPTIONS, T0), &refund_1, 1));
    assert_non_null(strstr(bench_refused(&bench), "left to refund"));
    bench.file.money.requested_minor = 10000;
    receive(&bench, &refund_1, 1);
    bench.file.money.requested_minor = 10001; /* meanwhile */
    bench_apply(&bench, acted(ACTION_INSPECT_GOODS, T0 + 2 * D));
    assert_string_equal(bench_refused(&bench),
                        "199900 is to be refunded, and 199899 is left of what was paid");
    bench.file.money = (struct order_money){TEXT("s-1/O-1"), 1, TEXT("USD")};
    bench_apply(&bench, acted(ACTION_INSPECT_GOODS, T0 + 2 * D));
    assert_non_null(strstr(bench_refused(&bench), "another currency"));
    bench_close(&bench);
}

static void every_line_has_its_own_outcome(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, opened(T0));
    static const struct order_line bought[] = {
        {.line_no = 1, .quantity = 1, .price_minor = 1000},
        {.line_no = 2, .quantity = 1, .price_minor = 2000},
        {.line_no = 3, .quantity = 1, .price_minor = 3000},
    };
    struct fact order = ordered(1, T0);
    order.as.order.lines = bought;
    order.as.order.line_count = 3;
    bench_apply(&bench, order);
    const struct wanted_line lines[] = {{.line_no = 1, .quantity = 1, .wish = WISH_REPAIR},
                                        {.line_no = 2, .quantity = 1, .wish = WISH_REFUND},
                                        {.line_no = 3, .quantity = 1, .wish = WISH_EXCHANGE}};
    receive(&bench, lines, 3);
    bench_apply(&bench, with_lines(acted(ACTION_INSPECT_GOODS, T0 + D), lines, 2));
    assert_int_equal(bench.file.lines[0].state, LINE_REPAIRING);
    assert_int_equal(bench.file.lines[1].state, LINE_REFUNDING);
    assert_int_equal(bench.file.lines[2].state, LINE_RECEIVED);
    bench_apply(&bench, with_lines(acted(ACTION_COMPLETE_REPAIR, T0 + D), &lines[1], 1));
    assert_string_equal(bench_refused(&bench), "COMPLETE_REPAIR is not possible for line 2 now");
    const struct wanted_line again[] = {lines[0], lines[0]};
    struct case_file before = bench_copy(&bench.arena, &bench.file);
    bench_apply(&bench, with_lines(acted(ACTION_COMPLETE_REPAIR, T0 + D), again, 2));
    assert_int_equal(bench.file.lines[0].state, LINE_REPAIRED);
    bench.file = before;
    const struct wanted_line missing = {.line_no = 9};
    bench_apply(&bench, with_lines(acted(ACTION_COMPLETE_REPAIR, T0 + D), &missing, 1));
    assert_string_equal(bench_refused(&bench), "the return has no line 9");
    bench_apply(&bench, acted(ACTION_INSPECT_GOODS, T0 + D)); /* the third; not the repair under way */
    assert_int_equal(bench.file.lines[2].state, LINE_EXCHANGING);
    assert_int_equal(bench.file.lines[0].state, LINE_REPAIRING);
    bench_apply(&bench, acted(ACTION_SHIP_BACK, T0 + D)); /* one parcel for all */
    assert_non_null(bench_refused(&bench));
    bench_apply(&bench, acted(ACTION_COMPLETE_REPAIR, T0 + D));
    bench_apply(&bench, acted(ACTION_SHIP_BACK, T0 + D));
    bench_apply(&bench, scanned("SF900", SCAN_DELIVERED, T0 + 2 * D));
    assert_non_null(bench_effect(&bench, EFFECT_DELIVERED));
    assert_null(bench_effect(&bench, EFFECT_CLOSED)); /* the money is still out */
    bench_apply(&bench, paid_out(&bench, 0, RESULT_SUCCEEDED, "P", T0 + 3 * D));
    assert_int_equal(bench_effect(&bench, EFFECT_CLOSED)->number, OUTCOME_REFUNDED);
    assert_int_equal(bench.file.lines[0].outcome, OUTCOME_REPAIRED);
    assert_int_equal(bench.file.lines[1].outcome, OUTCOME_REFUNDED);
    assert_int_equal(bench.file.lines[2].outcome, OUTCOME_EXCHANGED);
    bench_close(&bench);
}

static void results_of_strangers_change_nothing(void **unused)
{
    (void)unused;
    struct bench bench;
    ask(&bench);
    struct fact stranger = paid_out(&bench, 0, RESULT_SUCCEEDED, "P", T0 + 2 * D);
    stranger.as.result.intent_id.bytes[3] ^= 1;
    bench_apply(&bench, stranger);
    assert_int_equal(bench.effects.count, 0);
    assert_int_equal(bench.file.refunds[0].state, REFUND_REQUESTED);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_refund_is_settled_once),
        cmocka_unit_test(unknown_waits_and_is_never_asked_again),
        cmocka_unit_test(a_failed_refund_is_asked_for_again_under_the_same_key),
        cmocka_unit_test(a_failed_refund_may_end_with_the_goods_sent_back),
        cmocka_unit_test(more_than_was_paid_is_never_asked_for),
        cmocka_unit_test(another_cases_refunds_of_the_order_count),
        cmocka_unit_test(every_line_has_its_own_outcome),
        cmocka_unit_test(results_of_strangers_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
