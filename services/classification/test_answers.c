/* SPDX-License-Identifier: Apache-2.0 */
/* What is answered without a person, and when a person has it. */
#include "faq.h"
#include "test_bench.h"

static struct bench bench;

static void start(void)
{
    bench_next(&bench);
    bench_apply(&bench, opened(T0));
    assert_int_equal(bench.effects.count, 0);
}

static void assert_answers(const char *text, const char *id)
{
    start();
    bench_apply(&bench, wrote(text, T0 + S));
    const struct effect *answer = bench_effect(&bench, EFFECT_ANSWERED);
    if (answer == NULL)
        fail_msg("'%s' is not answered but %.*s", text, TEXT_ARGS(bench.state.label));
    assert_text(answer->id, id);
    assert_int_equal(bench.state.decision, DECISION_AUTO);
}

static void what_the_faq_covers_is_answered(void **unused)
{
    (void)unused;
    assert_answers("怎么开发票", "invoice");
    assert_answers("How can I get an invoice?", "invoice");
    assert_answers("价保怎么申请", "price-protection");
    assert_answers("优惠券怎么用不了", "coupon-use");
    assert_answers("Can I pay by credit card?", "payment-methods");
    assert_answers("怎么取消订单", "cancel-order");
    assert_answers("How do I change my address?", "change-address");
    assert_answers("支持七天无理由吗", "return-policy");
    assert_answers("保修多久", "warranty-terms");
    assert_answers("退款多久到账", "refund-time");
    assert_answers("在吗", "greeting");
}

static void every_answer_offers_a_person_in_the_language(void **unused)
{
    (void)unused;
    assert_answers("怎么开发票", "invoice");
    assert_true(text_contains(bench_effect(&bench, EFFECT_NOTIFIED)->text, TEXT("转人工")));
    assert_true(text_contains(bench_effect(&bench, EFFECT_NOTIFIED)->text, TEXT("电子发票")));
    assert_answers("How can I get an invoice?", "invoice");
    assert_true(text_contains(bench_effect(&bench, EFFECT_NOTIFIED)->text, TEXT("\"human\"")));
    assert_true(text_contains(bench_effect(&bench, EFFECT_NOTIFIED)->text, TEXT("electronic invoice")));
}

static void assert_persons(const char *text, int32_t decision)
{
    start();
    bench_apply(&bench, wrote(text, T0 + S));
    assert_null(bench_effect(&bench, EFFECT_ANSWERED));
    if (bench.state.decision != decision)
        fail_msg("'%s': %d", text, bench.state.decision);
}

static void what_speaks_for_a_person_gets_one(void **unused)
{
    (void)unused;
    assert_persons("转人工", DECISION_HUMAN);
    assert_persons("怎么开发票？转人工", DECISION_HUMAN);
    assert_persons("How can I get an invoice? I want a human", DECISION_HUMAN);
    assert_persons("怎么开发票，你们这些骗子", DECISION_HUMAN);
    assert_persons("怎么开发票，今天必须给我", DECISION_HUMAN);
    assert_persons("今天天气真好", DECISION_HUMAN);
    assert_persons("发票上的名字写反了，麻烦看看", DECISION_SUGGEST); /* the label fits, no pattern does */
    start();
    struct fact photo = wrote("怎么开发票", T0 + S);
    photo.as.words.has_attachment = true;
    bench_apply(&bench, photo);
    assert_null(bench_effect(&bench, EFFECT_ANSWERED));
    assert_string_equal(bench_effect(&bench, EFFECT_CLASSIFIED)->reading->suggestion, "invoice");
}

static void the_same_entry_answers_once(void **unused)
{
    (void)unused;
    assert_answers("怎么开发票", "invoice");
    bench_apply(&bench, wrote("怎么取消订单", T0 + 10 * S));
    assert_text(bench_effect(&bench, EFFECT_ANSWERED)->id, "cancel-order");
    bench_apply(&bench, wrote("可是怎么开发票呢", T0 + 20 * S));
    assert_null(bench_effect(&bench, EFFECT_ANSWERED));
    assert_int_equal(bench.state.decision, DECISION_SUGGEST);
    bench_apply(&bench, wrote("价保怎么申请", T0 + 30 * S)); /* a person has the case now */
    assert_null(bench_effect(&bench, EFFECT_ANSWERED));
    assert_int_equal(bench.state.decision, DECISION_SUGGEST);
}

static void once_a_person_was_asked_for_it_stays(void **unused)
{
    (void)unused;
    start();
    bench_apply(&bench, wrote("人工客服", T0 + S));
    for (int i = 2; i < 20; i++)
        bench_apply(&bench, wrote("怎么开发票", T0 + i * S));
    assert_null(bench_effect(&bench, EFFECT_ANSWERED));
    assert_int_equal(bench.state.decision, DECISION_HUMAN);
    /* The messages in which it was asked for are forgotten but for the first; that it was, is not. */
    start();
    bench_apply(&bench, wrote("在吗", T0 + S));
    bench_apply(&bench, wrote("人工客服", T0 + 2 * S));
    for (int i = 3; i < 20; i++)
        bench_apply(&bench, wrote("价保怎么申请", T0 + i * S));
    assert_true(bench.state.decision != DECISION_AUTO);
}

/* ---- where is my parcel ---- */

static void ask_for_parcel(struct fact order)
{
    start();
    bench_apply(&bench, order);
    bench_apply(&bench, wrote("我的快递到哪里了", T0 + S));
}

static void the_order_says_where_the_parcel_is(void **unused)
{
    (void)unused;
    ask_for_parcel(shipped(ordered(T0 - 3 * DAY, T0), T0 - 2 * DAY, 0));
    assert_text(bench_effect(&bench, EFFECT_ANSWERED)->id, "where-is-my-parcel");
    assert_true(text_contains(bench_effect(&bench, EFFECT_ANSWERED)->text, TEXT("SF1234567890123")));
    assert_true(text_contains(bench_effect(&bench, EFFECT_ANSWERED)->text, TEXT("2025-11-23"))); /* UTC+8 */
    assert_int_equal(bench_effect(&bench, EFFECT_NOTIFIED)->reference_count, 2);
    ask_for_parcel(ordered(T0 - DAY, T0));
    assert_true(text_contains(bench_effect(&bench, EFFECT_ANSWERED)->text, TEXT("尚未发出")));
    assert_int_equal(bench_effect(&bench, EFFECT_NOTIFIED)->reference_count, 1);
    ask_for_parcel(shipped(ordered(T0 - 9 * DAY, T0), T0 - 8 * DAY, T0 - 6 * DAY));
    assert_true(text_contains(bench_effect(&bench, EFFECT_ANSWERED)->text, TEXT("2025-11-19")));
}

static void assert_doubtful(struct fact order)
{
    ask_for_parcel(order);
    assert_null(bench_effect(&bench, EFFECT_ANSWERED));
    assert_int_equal(bench.state.decision, DECISION_HUMAN);
    assert_int_equal(bench_effect(&bench, EFFECT_NOTIFIED)->template, TEMPLATE_HANDED_OVER);
}

static void stale_or_contradicting_facts_are_for_a_person(void **unused)
{
    (void)unused;
    assert_doubtful(shipped(ordered(T0 - 20 * DAY, T0), T0 - 11 * DAY, 0)); /* long ago */
    assert_doubtful(ordered(T0 - 4 * DAY, T0));                             /* not shipped */
    assert_doubtful(
        shipped(ordered(T0 - 9 * DAY, T0), T0 - 5 * DAY, T0 - 6 * DAY));  /* delivered, then shipped */
    assert_doubtful(shipped(ordered(T0 - 3 * DAY, T0), T0 - 4 * DAY, 0)); /* shipped, then placed */
    assert_doubtful(shipped(ordered(T0 - 3 * DAY, T0), 0, 0));            /* a waybill, not shipped */
    assert_doubtful(shipped(ordered(T0 - 3 * DAY, T0), 0, T0 - DAY));     /* delivered, not shipped */
    assert_doubtful(shipped(ordered(T0 - 3 * DAY, T0), T0 + 3 * DAY, 0)); /* in the future */
    assert_doubtful(ordered(0, T0));                                      /* nobody knows when */
    struct fact nameless = shipped(ordered(T0 - 3 * DAY, T0), T0 - DAY, 0);
    nameless.as.order.waybill = TEXT("");
    assert_doubtful(nameless);
}

static void an_answer_waits_for_the_order(void **unused)
{
    (void)unused;
    start();
    bench_apply(&bench, wrote("Where is my parcel?", T0 + S));
    assert_int_equal(bench.state.decision, DECISION_AUTO);
    assert_null(bench_effect(&bench, EFFECT_ANSWERED));
    int64_t due_us = bench_deadline(&bench, EFFECT_ARM, DEADLINE_ORDER)->at_us;
    assert_int_equal(due_us, T0 + S + 1000 + 20 * S);
    bench_apply(&bench, shipped(ordered(T0 - 3 * DAY, T0 + 5 * S), T0 - 2 * DAY, 0));
    assert_non_null(bench_effect(&bench, EFFECT_ANSWERED));
    assert_int_equal(bench.state.decision, DECISION_AUTO);
    assert_non_null(bench_deadline(&bench, EFFECT_CANCEL, DEADLINE_ORDER));
    bench_apply(&bench, due(DEADLINE_ORDER, due_us)); /* it was on its way already */
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, ordered(T0 - 3 * DAY, T0 + 60 * S)); /* the same again: nothing is said twice */
    assert_null(bench_effect(&bench, EFFECT_ANSWERED));
}

static void an_order_that_does_not_come_is_for_a_person(void **unused)
{
    (void)unused;
    start();
    bench_apply(&bench, wrote("Where is my parcel?", T0 + S));
    int64_t due_us = bench_deadline(&bench, EFFECT_ARM, DEADLINE_ORDER)->at_us;
    bench_apply(&bench, due(DEADLINE_ORDER, due_us - 10 * S)); /* too early: it was moved */
    assert_int_equal(bench.state.decision, DECISION_AUTO);
    assert_int_equal(bench_deadline(&bench, EFFECT_ARM, DEADLINE_ORDER)->at_us, due_us);
    bench_apply(&bench, due(DEADLINE_ORDER, due_us));
    assert_int_equal(bench.state.decision, DECISION_HUMAN);
    assert_int_equal(bench_effect(&bench, EFFECT_CLASSIFIED)->version, 2);
    assert_int_equal(bench_effect(&bench, EFFECT_NOTIFIED)->template, TEMPLATE_HANDED_OVER);
    bench_apply(&bench,
                shipped(ordered(T0 - 3 * DAY, T0 + 90 * S), T0 - 2 * DAY, 0)); /* too late for an answer */
    assert_null(bench_effect(&bench, EFFECT_ANSWERED));
    assert_null(bench_effect(&bench, EFFECT_NOTIFIED));
    assert_int_equal(bench.state.decision, DECISION_HUMAN);
}

static void asking_for_a_person_ends_the_wait(void **unused)
{
    (void)unused;
    start();
    bench_apply(&bench, wrote("Where is my parcel?", T0 + S));
    bench_apply(&bench, wrote("human please", T0 + 2 * S));
    assert_non_null(bench_deadline(&bench, EFFECT_CANCEL, DEADLINE_ORDER));
    bench_apply(&bench, shipped(ordered(T0 - 3 * DAY, T0 + 5 * S), T0 - 2 * DAY, 0));
    assert_null(bench_effect(&bench, EFFECT_ANSWERED));
}

static int setup(void **unused)
{
    (void)unused;
    bench_open(&bench);
    return 0;
}

static int teardown(void **unused)
{
    (void)unused;
    bench_close(&bench);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_faq_covers_is_answered),
        cmocka_unit_test(every_answer_offers_a_person_in_the_language),
        cmocka_unit_test(what_speaks_for_a_person_gets_one),
        cmocka_unit_test(the_same_entry_answers_once),
        cmocka_unit_test(once_a_person_was_asked_for_it_stays),
        cmocka_unit_test(the_order_says_where_the_parcel_is),
        cmocka_unit_test(stale_or_contradicting_facts_are_for_a_person),
        cmocka_unit_test(an_answer_waits_for_the_order),
        cmocka_unit_test(an_order_that_does_not_come_is_for_a_person),
        cmocka_unit_test(asking_for_a_person_ends_the_wait),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
