/* SPDX-License-Identifier: Apache-2.0 */
/* The repair, from the offer to the parcel that arrives, and what may go wrong on the way. */
#include "test_bench.h"

static void begin(struct bench *bench)
{
    bench_open(bench);
    bench_apply(bench, opened(T0));
    bench_apply(bench, ordered(1, T0));
}

static void agree(struct bench *bench)
{
    begin(bench);
    bench_apply(bench, acted(ACTION_OFFER_OPTIONS, T0 + S));
    bench_apply(bench, acted(ACTION_CHOOSE_OPTION, T0 + 2 * S));
}

static void the_repair_from_offer_to_delivery(void **unused)
{
    (void)unused;
    struct bench bench;
    begin(&bench);
    bench_apply(&bench, acted(ACTION_OFFER_OPTIONS, T0 + S));
    const struct effect *effect = bench_effect(&bench, EFFECT_OPENED);
    assert_non_null(effect);
    assert_int_equal(effect->version, 1);
    assert_int_equal(effect->line_count, 1);
    assert_int_equal(effect->lines[0].wish, WISH_REPAIR);
    assert_true(effect->is_in_warranty);
    effect = bench_effect(&bench, EFFECT_OFFERED);
    assert_int_equal(effect->version, 2);
    assert_int_equal(effect->option_count, 2);
    assert_string_equal(effect->options[1].pros.at, "easy");
    assert_int_equal(effect->options[0].freight_paid_by, PAID_BY_CUSTOMER);
    assert_int_equal(effect->options[1].freight_paid_by, PAID_BY_SHOP);
    assert_int_equal(effect->options[1].promised_by_us, T0 + S + 10 * D);
    assert_int_equal(bench_effect(&bench, EFFECT_APPLIED)->version, 2);
    bench_told(&bench, TEMPLATE_options_offered, NULL);

    bench_apply(&bench, acted(ACTION_CHOOSE_OPTION, T0 + 2 * S));
    assert_int_equal(bench_effect(&bench, EFFECT_CHOSEN)->at_us, T0 + 2 * S + 10 * D);
    effect = bench_effect(&bench, EFFECT_PICKUP_BOOKED);
    /* 18:00 by the shop's clock: nothing fits before it closes, so the next morning. */
    assert_int_equal(effect->at_us, T0 + 15 * H);
    assert_int_equal(effect->to_us, T0 + 18 * H);
    assert_string_equal(effect->carrier.at, "SF");
    bench_told(&bench, TEMPLATE_pickup_booked, NULL);
    assert_non_null(strstr(bench_effect(&bench, EFFECT_NOTIFIED)->text.at, "4 Dec 09:00–12:00"));
    assert_int_equal(bench_armed(&bench, DEADLINE_PICKUP), T0 + 19 * H);
    assert_int_equal(bench_armed(&bench, DEADLINE_PROMISE), T0 + 2 * S + 10 * D - 12 * H);

    bench_apply(&bench, scanned_pickup(&bench, 0, SCAN_PICKED_UP, T0 + 16 * H));
    effect = bench_effect(&bench, EFFECT_PARCEL_MOVED);
    assert_int_equal(effect->leg, LEG_TO_WORKSHOP);
    assert_int_equal(effect->number, SCAN_PICKED_UP);
    assert_string_equal(effect->id.at, "SF100");
    bench_told(&bench, TEMPLATE_coming_picked_up, "SF100");
    assert_true(bench_cancelled(&bench, DEADLINE_PICKUP));

    bench_apply(&bench, acted(ACTION_RECEIVE_GOODS, T0 + 2 * D));
    assert_non_null(bench_effect(&bench, EFFECT_RECEIVED));
    bench_told(&bench, TEMPLATE_goods_received, NULL);
    bench_apply(&bench, acted(ACTION_INSPECT_GOODS, T0 + 2 * D + H));
    assert_true(bench_effect(&bench, EFFECT_INSPECTED)->is_accepted);
    bench_told(&bench, TEMPLATE_inspected_accepted, NULL);
    bench_apply(&bench, acted(ACTION_COMPLETE_REPAIR, T0 + 2 * D + 2 * H));
    bench_told(&bench, TEMPLATE_repair_completed, NULL);
    bench_apply(&bench, acted(ACTION_SHIP_BACK, T0 + 2 * D + 3 * H));
    bench_told(&bench, TEMPLATE_shipped_back, "SF900");
    bench_apply(&bench, scanned("SF900", SCAN_IN_TRANSIT, T0 + 3 * D));
    bench_told(&bench, TEMPLATE_going_in_transit, "SF900");
    bench_apply(&bench, scanned("SF900", SCAN_DELIVERED, T0 + 4 * D));
    bench_told(&bench, TEMPLATE_going_delivered, "SF900");
    assert_non_null(bench_effect(&bench, EFFECT_DELIVERED));
    effect = bench_effect(&bench, EFFECT_CLOSED);
    assert_int_equal(effect->number, OUTCOME_REPAIRED);
    assert_int_equal(effect->version, bench.file.state.version);
    assert_true(bench_cancelled(&bench, DEADLINE_PROMISE));
    assert_int_equal(bench.file.current.stage, RETURN_CLOSED);
    bench_close(&bench);
}

static void a_courier_who_does_not_come_is_replaced(void **unused)
{
    (void)unused;
    struct bench bench;
    agree(&bench);
    int64_t at_us = T0 + 19 * H;
    for (int miss = 0; miss < 2; miss++) {
        bench_apply(&bench, due(DEADLINE_PICKUP, at_us));
        struct text missed = bench_effect(&bench, EFFECT_PICKUP_MISSED)->id;
        const struct effect *effect = bench_effect(&bench, EFFECT_PICKUP_REBOOKED);
        assert_non_null(effect);
        assert_false(text_equal(effect->id, missed));
        assert_string_equal(effect->carrier.at, miss == 0 ? "JD" : "SF");
        bench_told(&bench, TEMPLATE_pickup_rebooked, NULL);
        at_us = bench_armed(&bench, DEADLINE_PICKUP);
        assert_int_equal(at_us, effect->to_us + H);
    }
    bench_apply(&bench, due(DEADLINE_PICKUP, at_us));
    assert_non_null(bench_effect(&bench, EFFECT_PICKUP_MISSED));
    assert_null(bench_effect(&bench, EFFECT_PICKUP_REBOOKED));
    assert_int_equal(bench.file.current.stage, RETURN_OFFERED);
    assert_non_null(bench_effect(&bench, EFFECT_OFFERED));
    bench_told(&bench, TEMPLATE_pickup_given_up, NULL);
    assert_true(bench_cancelled(&bench, DEADLINE_PROMISE));
    /* The customer chooses anew, and patience with it. */
    struct fact fact = acted(ACTION_CHOOSE_OPTION, at_us + S);
    fact.as.action.role = ROLE_CUSTOMER;
    bench_apply(&bench, fact);
    assert_int_equal(bench.file.current.misses, 0);
    assert_non_null(bench_effect(&bench, EFFECT_PICKUP_BOOKED));
    bench_close(&bench);
}

static void a_courier_who_comes_late_still_counts(void **unused)
{
    (void)unused;
    struct bench bench;
    agree(&bench);
    bench_apply(&bench, due(DEADLINE_PICKUP, T0 + 19 * H));
    bench_apply(&bench, scanned_pickup(&bench, 0, SCAN_PICKED_UP, T0 + 20 * H));
    bench_told(&bench, TEMPLATE_coming_picked_up, "SF100");
    assert_true(bench_cancelled(&bench, DEADLINE_PICKUP));
    assert_int_equal(bench.file.parcels[0].state, PARCEL_PICKED_UP);
    assert_int_equal(bench.file.parcels[1].state, PARCEL_CALLED_OFF);
    assert_int_equal(bench.file.current.stage, RETURN_MOVING);
    /* The deadline that was on its way finds nothing to do. */
    bench_apply(&bench, due(DEADLINE_PICKUP, T0 + 48 * H));
    assert_int_equal(bench.effects.count, 0);
    /* Nor does a courier who comes for nothing. */
    bench_apply(&bench, scanned_pickup(&bench, 1, SCAN_PICKED_UP, T0 + 49 * H));
    assert_int_equal(bench.effects.count, 0);
    bench_close(&bench);

    agree(&bench); /* given up, and then he stands at the door */
    for (int miss = 0; miss < 3; miss++)
        bench_apply(&bench, due(DEADLINE_PICKUP, T0 + (miss + 1) * 3 * D));
    assert_int_equal(bench.file.current.stage, RETURN_OFFERED);
    bench_apply(&bench, scanned_pickup(&bench, 2, SCAN_PICKED_UP, T0 + 10 * D));
    assert_int_equal(bench.file.current.stage, RETURN_MOVING);
    bench_close(&bench);
}

static void a_deadline_that_comes_before_its_time_does_nothing(void **unused)
{
    (void)unused;
    struct bench bench;
    agree(&bench);
    bench_apply(&bench, due(DEADLINE_PICKUP, T0 + 19 * H - 1));
    assert_null(bench_effect(&bench, EFFECT_PICKUP_MISSED));
    assert_int_equal(bench_armed(&bench, DEADLINE_PICKUP), T0 + 19 * H);
    bench_apply(&bench, due(DEADLINE_PROMISE, T0 + 19 * H));
    assert_null(bench_effect(&bench, EFFECT_DELAYED));
    assert_int_equal(bench_armed(&bench, DEADLINE_PROMISE), T0 + 2 * S + 10 * D - 12 * H);
    bench_close(&bench);
}

static void scans_out_of_order_or_repeated_change_nothing_wrong(void **unused)
{
    (void)unused;
    struct bench bench;
    agree(&bench);
    bench_apply(&bench, scanned_pickup(&bench, 0, SCAN_PICKED_UP, T0 + H));
    bench_apply(&bench, scanned("SF100", SCAN_OUT_FOR_DELIVERY, T0 + 5 * H));
    int64_t version = bench.file.state.version;
    bench_apply(&bench, scanned("SF100", SCAN_IN_TRANSIT, T0 + 3 * H)); /* read late */
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, scanned("SF100", SCAN_OUT_FOR_DELIVERY, T0 + 5 * H));
    bench_apply(&bench, scanned("SF100", SCAN_OUT_FOR_DELIVERY, T0 + 6 * H));
    bench_apply(&bench, scanned("SF100", SCAN_BOOKED, T0 + 7 * H));
    bench_apply(&bench, scanned("ORDERS-OWN", SCAN_DELIVERED, T0 + 7 * H));
    assert_int_equal(bench.file.state.version, version);
    bench_apply(&bench, scanned("SF100", SCAN_EXCEPTION, T0 + 8 * H));
    bench_told(&bench, TEMPLATE_coming_exception, "SF100");
    bench_apply(&bench, scanned("SF100", SCAN_DELIVERED, T0 + 9 * H));
    bench_told(&bench, TEMPLATE_coming_delivered, "SF100");
    bench_apply(&bench, scanned("SF100", SCAN_LOST, T0 + 10 * H));
    assert_int_equal(bench.effects.count, 0);
    assert_int_equal(bench.file.parcels[0].state, PARCEL_DELIVERED);
    bench_close(&bench);
}

static void a_lost_parcel_can_be_cancelled_and_found_again(void **unused)
{
    (void)unused;
    struct bench bench;
    agree(&bench);
    bench_apply(&bench, scanned_pickup(&bench, 0, SCAN_PICKED_UP, T0 + H));
    bench_apply(&bench, acted(ACTION_CANCEL_RETURN, T0 + 2 * H)); /* the courier has the goods */
    assert_non_null(strstr(bench_refused(&bench), "the goods are on their way"));
    assert_true(bench_may(&bench, "RECEIVE_GOODS"));
    bench_apply(&bench, scanned("SF100", SCAN_LOST, T0 + 3 * H));
    bench_told(&bench, TEMPLATE_coming_lost, "SF100");
    struct case_file lost = bench_copy(&bench.arena, &bench.file);
    bench_apply(&bench, acted(ACTION_CANCEL_RETURN, T0 + 4 * H));
    assert_int_equal(bench_effect(&bench, EFFECT_CLOSED)->number, OUTCOME_CANCELLED);
    bench_told(&bench, TEMPLATE_cancelled, NULL);
    bench.file = lost;
    bench_apply(&bench, scanned("SF100", SCAN_DELIVERED, T0 + 5 * H));
    assert_int_equal(bench.file.current.stage, RETURN_MOVING);
    bench_close(&bench);
}

static void a_parcel_lost_on_the_way_back_is_sent_again(void **unused)
{
    (void)unused;
    struct bench bench;
    agree(&bench);
    bench_apply(&bench, acted(ACTION_RECEIVE_GOODS, T0 + H)); /* brought in; no scan ever came */
    assert_true(bench_cancelled(&bench, DEADLINE_PICKUP));
    bench_apply(&bench, acted(ACTION_INSPECT_GOODS, T0 + 2 * H));
    bench_apply(&bench, acted(ACTION_COMPLETE_REPAIR, T0 + 3 * H));
    bench_apply(&bench, acted(ACTION_SHIP_BACK, T0 + 4 * H));
    struct fact again = acted(ACTION_SHIP_BACK, T0 + 5 * H);
    again.as.action.waybill = TEXT("SF901");
    bench_apply(&bench, again);
    assert_non_null(strstr(bench_refused(&bench), "SHIP_BACK is not possible"));
    bench_apply(&bench, scanned("SF900", SCAN_LOST, T0 + 6 * H));
    bench_told(&bench, TEMPLATE_going_lost, "SF900");
    bench_apply(&bench, again);
    assert_non_null(bench_effect(&bench, EFFECT_SHIPPED_BACK));
    bench_apply(&bench, scanned("SF901", SCAN_DELIVERED, T0 + 9 * H));
    assert_int_equal(bench_effect(&bench, EFFECT_CLOSED)->number, OUTCOME_REPAIRED);
    bench_close(&bench);
}

static void a_claim_that_does_not_hold_goes_back_as_it_came(void **unused)
{
    (void)unused;
    struct bench bench;
    agree(&bench);
    bench_apply(&bench, acted(ACTION_RECEIVE_GOODS, T0 + H));
    struct fact fact = acted(ACTION_INSPECT_GOODS, T0 + 2 * H);
    fact.as.action.is_accepted = false;
    bench_apply(&bench, fact);
    bench_told(&bench, TEMPLATE_inspected_rejected, NULL);
    bench_apply(&bench, acted(ACTION_COMPLETE_REPAIR, T0 + 3 * H));
    assert_non_null(strstr(bench_refused(&bench), "COMPLETE_REPAIR"));
    assert_true(bench_may(&bench, "SHIP_BACK"));
    bench_apply(&bench, acted(ACTION_SHIP_BACK, T0 + 4 * H));
    bench_apply(&bench, scanned("SF900", SCAN_DELIVERED, T0 + 5 * H));
    assert_int_equal(bench_effect(&bench, EFFECT_CLOSED)->number, OUTCOME_REJECTED);
    bench_close(&bench);
}

static void a_delay_is_said_before_the_promised_time(void **unused)
{
    (void)unused;
    struct bench bench;
    agree(&bench);
    int64_t promised_us = bench.file.current.promised_by_us;
    bench_apply(&bench, acted(ACTION_RECEIVE_GOODS, T0 + D));
    bench_apply(&bench, due(DEADLINE_PROMISE, promised_us - 12 * H));
    const struct effect *effect = bench_effect(&bench, EFFECT_DELAYED);
    assert_int_equal(effect->at_us, promised_us + 3 * D);
    assert_true(bench.now_us < promised_us);
    assert_string_equal(effect->text.at, "late_in_workshop");
    bench_told(&bench, TEMPLATE_promise_delayed, NULL);
    assert_int_equal(bench_armed(&bench, DEADLINE_PROMISE), promised_us + 3 * D - 12 * H);
    /* After a long sleep of the service the next promise still lies ahead. */
    bench_apply(&bench, due(DEADLINE_PROMISE, promised_us + 30 * D));
    assert_int_equal(bench_effect(&bench, EFFECT_DELAYED)->at_us, promised_us + 33 * D);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_repair_from_offer_to_delivery),
        cmocka_unit_test(a_courier_who_does_not_come_is_replaced),
        cmocka_unit_test(a_courier_who_comes_late_still_counts),
        cmocka_unit_test(a_deadline_that_comes_before_its_time_does_nothing),
        cmocka_unit_test(scans_out_of_order_or_repeated_change_nothing_wrong),
        cmocka_unit_test(a_lost_parcel_can_be_cancelled_and_found_again),
        cmocka_unit_test(a_parcel_lost_on_the_way_back_is_sent_again),
        cmocka_unit_test(a_claim_that_does_not_hold_goes_back_as_it_came),
        cmocka_unit_test(a_delay_is_said_before_the_promised_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
