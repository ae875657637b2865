/* SPDX-License-Identifier: Apache-2.0 */
/* What is stated has every field. */
#include "events.h"
#include "outbox_stub.h"
#include "returns.pb-c.h"
#include "test_bench.h"

static struct outbox outbox = {.wrapper = &aftercare__returns__v1__returns_fact__descriptor,
                               .now_us = T0 + 7};

#define WRAPPER(at) ((const Aftercare__Returns__V1__ReturnsFact *)(at))
#define STATED(name, member)                                                                                 \
    (WRAPPER(outbox_stub_stated(&outbox, AFTERCARE__RETURNS__V1__RETURNS_FACT__FACT_##name))->member)

static void say(struct bench *bench, struct fact fact)
{
    outbox_stub_empty(&outbox);
    outbox.arena = &bench->arena;
    bench_apply(bench, fact);
    events_state(&outbox, &bench->file.state, &bench->effects);
}

static void the_repairs_effects_become_facts(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, opened(T0));
    bench_apply(&bench, ordered(1, T0));
    say(&bench, acted(ACTION_OFFER_OPTIONS, T0));
    char return_id[UUID_TEXT_LEN + 1];
    uuid_format(bench.file.current.return_id, return_id);
    const Aftercare__Returns__V1__ReturnOpened *was_opened = STATED(RETURN_OPENED, return_opened);
    assert_string_equal(was_opened->return_id, return_id);
    assert_string_equal(was_opened->order_no, "O-1");
    assert_int_equal(was_opened->n_lines, 1);
    assert_string_equal(was_opened->lines[0]->sku, "RV-1");
    assert_null(was_opened->lines[0]->amount);
    assert_true(was_opened->in_warranty);
    assert_int_equal(was_opened->version, 1);
    assert_int_equal(WRAPPER(outbox.facts[0])->at->nanos, 7000);
    assert_string_equal(WRAPPER(outbox.facts[0])->case_id, "01000000-0000-0000-0000-000000000000");
    const Aftercare__Returns__V1__OptionsOffered *offered = STATED(OPTIONS_OFFERED, options_offered);
    assert_int_equal(offered->n_options, 2);
    assert_string_equal(offered->options[1]->option_id, "home-pickup");
    assert_string_equal(offered->options[1]->pros, "easy");
    assert_string_equal(offered->options[1]->cons, "slow");
    assert_int_equal(offered->options[1]->freight_paid_by, AFTERCARE__RETURNS__V1__PAID_BY__PAID_BY_SHOP);
    assert_int_equal(offered->options[0]->promised_by->seconds, (T0 + 5 * D) / S);
    const Aftercare__Common__V1__Notice *notice = STATED(CUSTOMER_NOTIFIED, customer_notified)->notice;
    assert_string_equal(notice->template_, "options_offered");
    assert_int_equal(notice->language, AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN);
    assert_int_equal(notice->channel, AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_PHONE);
    assert_int_equal(notice->n_references, 0);
    assert_string_equal(STATED(ACTION_APPLIED, action_applied)->action_id, "a-1");

    say(&bench, acted(ACTION_CHOOSE_OPTION, T0));
    assert_string_equal(STATED(OPTION_CHOSEN, option_chosen)->option_id, "home-pickup");
    assert_int_equal(STATED(OPTION_CHOSEN, option_chosen)->promised_by->seconds, (T0 + 10 * D) / S);
    assert_string_equal(STATED(PICKUP_BOOKED, pickup_booked)->carrier, "SF");
    assert_int_equal(STATED(PICKUP_BOOKED, pickup_booked)->slot_to->seconds, (T0 + 18 * H) / S);
    assert_int_equal(outbox.armed_count, 2);
    char first[64];
    strcpy(first, STATED(PICKUP_BOOKED, pickup_booked)->pickup_id);
    say(&bench, due(DEADLINE_PICKUP, T0 + 19 * H));
    assert_string_equal(STATED(PICKUP_MISSED, pickup_missed)->pickup_id, first);
    assert_string_not_equal(STATED(PICKUP_REBOOKED, pickup_rebooked)->pickup_id, first);
    assert_true(STATED(PICKUP_REBOOKED, pickup_rebooked)->slot_from->seconds > (T0 + 19 * H) / S);
    say(&bench, scanned_pickup(&bench, 1, SCAN_PICKED_UP, T0 + 40 * H));
    assert_int_equal(STATED(PARCEL_MOVED, parcel_moved)->leg, AFTERCARE__RETURNS__V1__LEG__LEG_TO_WORKSHOP);
    assert_int_equal(STATED(PARCEL_MOVED, parcel_moved)->status, 2);
    assert_string_equal(STATED(PARCEL_MOVED, parcel_moved)->waybill, "SF100");
    notice = STATED(CUSTOMER_NOTIFIED, customer_notified)->notice;
    assert_string_equal(notice->references[0], "SF100");
    assert_string_equal(outbox.cancelled[0], "pickup");
    say(&bench, acted(ACTION_RECEIVE_GOODS, T0 + 2 * D));
    assert_string_equal(STATED(GOODS_RECEIVED, goods_received)->return_id, return_id);
    say(&bench, acted(ACTION_INSPECT_GOODS, T0 + 2 * D));
    assert_string_equal(STATED(GOODS_INSPECTED, goods_inspected)->finding, "broken charger");
    assert_true(STATED(GOODS_INSPECTED, goods_inspected)->is_accepted);
    say(&bench, acted(ACTION_COMPLETE_REPAIR, T0 + 2 * D));
    assert_string_equal(STATED(REPAIR_COMPLETED, repair_completed)->done, "broken charger");
    say(&bench, due(DEADLINE_PROMISE, T0 + 10 * D - 12 * H));
    assert_int_equal(STATED(PROMISE_DELAYED, promise_delayed)->promised_by->seconds, (T0 + 13 * D) / S);
    assert_string_equal(STATED(PROMISE_DELAYED, promise_delayed)->reason, "late_in_workshop");
    say(&bench, acted(ACTION_SHIP_BACK, T0 + 11 * D));
    assert_string_equal(STATED(GOODS_SHIPPED_BACK, goods_shipped_back)->waybill, "SF900");
    assert_string_equal(STATED(GOODS_SHIPPED_BACK, goods_shipped_back)->carrier, "SF");
    say(&bench, scanned("SF900", SCAN_DELIVERED, T0 + 12 * D));
    assert_string_equal(STATED(GOODS_DELIVERED, goods_delivered)->waybill, "SF900");
    assert_int_equal(STATED(RETURN_CLOSED, return_closed)->outcome, 1);
    assert_int_equal(STATED(RETURN_CLOSED, return_closed)->version, bench.file.state.version);
    bench_close(&bench);
}

static void the_refunds_effects_become_facts(void **unused)
{
    (void)unused;
    static const struct wanted_line refund = {.line_no = 1, .quantity = 1, .wish = WISH_REFUND};
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, opened(T0));
    bench_apply(&bench, ordered(1, T0));
    say(&bench, clicked(&refund, 1, T0));
    assert_int_equal(STATED(RETURN_OPENED, return_opened)->lines[0]->amount->minor, 199900);
    say(&bench, acted(ACTION_INSPECT_GOODS, T0));
    const Aftercare__Returns__V1__CommandRefused *refused = STATED(COMMAND_REFUSED, command_refused);
    assert_string_equal(refused->reason, "INSPECT_GOODS is not possible while the customer is to choose");
    assert_int_equal(refused->n_legal_moves, 2);
    assert_string_equal(refused->legal_moves[0], "CHOOSE_OPTION");
    assert_int_equal(refused->version, 2);
    bench_apply(&bench, acted(ACTION_CHOOSE_OPTION, T0));
    bench_apply(&bench, acted(ACTION_RECEIVE_GOODS, T0));
    say(&bench, acted(ACTION_INSPECT_GOODS, T0));
    const Aftercare__Returns__V1__RefundRequested *requested = STATED(REFUND_REQUESTED, refund_requested);
    char intent_id[UUID_TEXT_LEN + 1];
    uuid_format(bench.file.refunds[0].intent_id, intent_id);
    assert_string_equal(requested->intent_id, intent_id);
    assert_int_equal(requested->line_no, 1);
    assert_int_equal(requested->amount->minor, 199900);
    assert_string_equal(requested->amount->currency, "CNY");
    assert_string_equal(requested->order_no, "O-1");
    struct fact failed = paid_out(&bench, 0, RESULT_FAILED, "P-1", T0 + D);
    failed.as.result.reason = TEXT("account closed");
    say(&bench, failed);
    assert_string_equal(STATED(REFUND_FAILED, refund_failed)->intent_id, intent_id);
    assert_string_equal(STATED(REFUND_FAILED, refund_failed)->reason, "account closed");
    say(&bench, acted(ACTION_INSPECT_GOODS, T0 + D));
    assert_string_equal(STATED(REFUND_REQUESTED, refund_requested)->intent_id, intent_id);
    say(&bench, paid_out(&bench, 0, RESULT_SUCCEEDED, "P-2", T0 + 2 * D));
    assert_string_equal(STATED(REFUND_SETTLED, refund_settled)->provider_ref, "P-2");
    assert_int_equal(STATED(REFUND_SETTLED, refund_settled)->amount->minor, 199900);
    assert_int_equal(STATED(RETURN_CLOSED, return_closed)->outcome, 2);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_repairs_effects_become_facts),
        cmocka_unit_test(the_refunds_effects_become_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
