/* SPDX-License-Identifier: Apache-2.0 */
/* One fact after another: what is stated, asked, recorded, armed and refused. */
#include "test_bench.h"

static struct bench bench;

static void start(void)
{
    bench_next(&bench);
    bench_apply(&bench, opened(T0));
}

static void nothing_is_stated_before_the_case_is_opened(void **unused)
{
    (void)unused;
    bench_next(&bench);
    bench_apply(&bench, wrote("我的扫地机器人充不上电", T0));
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, ordered(T0 - 90 * DAY, T0));
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, corrected("damage", 0, 0, T0));
    assert_text(bench_effect(&bench, EFFECT_REFUSED)->text, "the case is not opened yet");
    assert_false(bench_effect(&bench, EFFECT_REFUSED)->is_move_legal);
    bench_apply(&bench, opened(T0));
    assert_int_equal(bench_effect(&bench, EFFECT_CLASSIFIED)->version, 1);
    assert_text(bench.state.label, "charging-fault");
    assert_true(bench.state.in_warranty);
    assert_non_null(bench_effect(&bench, EFFECT_ASKED));
}

static void the_version_rises_only_when_something_changes(void **unused)
{
    (void)unused;
    start();
    bench_apply(&bench, wrote("冰箱漏水了", T0 + S));
    assert_int_equal(bench_effect(&bench, EFFECT_CLASSIFIED)->version, 1);
    assert_int_equal(bench.state.case_type, TYPE_REPAIR);
    bench_apply(&bench, wrote("冰箱下面都是水，漏水", T0 + 2 * S));
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, wrote("电话13812345678", T0 + 3 * S)); /* a number is something */
    assert_int_equal(bench_effect(&bench, EFFECT_CLASSIFIED)->version, 2);
    assert_int_equal(bench_effect(&bench, EFFECT_CLASSIFIED)->reading->entities.count, 1);
    bench_apply(&bench, wrote("谢谢", T0 + 4 * S));
    bench_apply(&bench, wrote("5", T0 + 5 * S));
    bench_apply(&bench, wrote("五星好评！", T0 + 6 * S));
    assert_int_equal(bench.effects.count, 0);
    struct fact agents = wrote("我要投诉", T0 + 7 * S);
    agents.as.words.is_customers = false;
    bench_apply(&bench, agents);
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, wrote("那我要退货", T0 + 8 * S)); /* the last words count most */
    assert_text(bench.state.label, "return-request");
    assert_int_equal(bench.state.case_type, TYPE_RETURN_EXCHANGE);
    assert_int_equal(bench.state.version, 3);
}

static void thanks_alone_are_a_case_too(void **unused)
{
    (void)unused;
    start();
    bench_apply(&bench, wrote("谢谢", T0 + S));
    assert_text(bench.state.label, "thanks");
    assert_int_equal(bench.state.decision, DECISION_HUMAN);
    bench_apply(&bench, wrote("怎么还没发货", T0 + 2 * S));
    assert_text(bench.state.label, "logistics-delay");
}

static void a_call_without_words_gets_a_person(void **unused)
{
    (void)unused;
    start();
    bench_apply(&bench, wrote("", T0 + S));
    assert_text(bench.state.label, "other");
    assert_int_equal(bench.state.decision, DECISION_HUMAN);
    assert_int_equal(bench.state.language, LANGUAGE_ZH_CN);
}

static void a_follow_up_is_a_complaint_for_a_person(void **unused)
{
    (void)unused;
    bench_next(&bench);
    struct fact follow_up = opened(T0);
    follow_up.as.opened.is_follow_up = true;
    follow_up.as.opened.language = LANGUAGE_EN;
    follow_up.as.opened.reason = TEXT("score 1");
    bench_apply(&bench, follow_up);
    assert_text(bench.state.label, "service-complaint");
    assert_true(bench.state.is_complaint);
    assert_int_equal(bench.state.decision, DECISION_HUMAN);
    assert_int_equal(bench.state.language, LANGUAGE_EN);
    bench_apply(&bench, wrote("怎么开发票", T0 + S));
    assert_null(bench_effect(&bench, EFFECT_ANSWERED));
}

static void warranty_is_stated_again_when_the_order_changes(void **unused)
{
    (void)unused;
    start();
    bench_apply(&bench, wrote("洗衣机不转了", T0 + S));
    assert_false(bench.state.in_warranty);
    bench_apply(&bench, ordered(T0 - 90 * DAY, T0 + 2 * S));
    assert_true(bench.state.in_warranty);
    assert_int_equal(bench_effect(&bench, EFFECT_CLASSIFIED)->version, 2);
    bench_apply(&bench, ordered(T0 - 500 * DAY, T0 + S)); /* older: changes nothing */
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, ordered(T0 - 500 * DAY, T0 + 3 * S));
    assert_false(bench.state.in_warranty);
    bench_apply(&bench, shipped(ordered(T0 - 500 * DAY, T0 + 4 * S), T0 - 499 * DAY,
                                T0 - 300 * DAY)); /* from delivery */
    assert_true(bench.state.in_warranty);
    assert_int_equal(bench.state.version, 4);
}

/* ---- the diagnosis ---- */

static void questions_come_one_at_a_time(void **unused)
{
    (void)unused;
    static const char *const answers[] = {"换了插座，灯还是不亮", "擦过了，没用", "没有灯也没有声音"};
    static const char *const ids[] = {"other-socket", "contacts-clean", "lights"};
    start();
    bench_apply(&bench, wrote("我的扫地机器人充不上电", T0 + S));
    assert_int_equal(bench.state.decision, DECISION_HUMAN); /* a person has it meanwhile */
    for (int i = 0; i < 3; i++) {
        assert_text(bench_effect(&bench, EFFECT_ASKED)->id, ids[i]);
        assert_true(text_contains(bench_effect(&bench, EFFECT_NOTIFIED)->text,
                                  bench_effect(&bench, EFFECT_ASKED)->text));
        assert_int_equal(bench_deadline(&bench, EFFECT_ARM, DEADLINE_DIAGNOSIS)->at_us,
                         bench.context.now_us + 30 * US_PER_MINUTE);
        bench_apply(&bench, wrote("好的", T0 + (10 * i + 5) * S)); /* no answer */
        assert_int_equal(bench.effects.count, 0);
        bench_apply(&bench, wrote(answers[i], T0 + (10 * i + 10) * S));
        assert_text(bench_effect(&bench, EFFECT_DIAGNOSED)->id, ids[i]);
        assert_text(bench_effect(&bench, EFFECT_DIAGNOSED)->text, answers[i]);
    }
    assert_null(bench_effect(&bench, EFFECT_ASKED));
    assert_non_null(bench_deadline(&bench, EFFECT_CANCEL, DEADLINE_DIAGNOSIS));
    assert_int_equal(bench.state.diagnosis, DIAGNOSIS_DONE);
    assert_int_equal(bench.state.version, 1);
    bench_apply(&bench, wrote("还有别的办法吗", T0 + 100 * S));
    assert_null(bench_effect(&bench, EFFECT_DIAGNOSED));
    assert_null(bench_effect(&bench, EFFECT_ASKED));
}

static void words_from_before_the_question_are_no_answer(void **unused)
{
    (void)unused;
    start();
    bench.context.now_us = T0 + 10 * S;
    bench_apply(&bench, wrote("My robot vacuum does not charge", T0 + S));
    assert_non_null(bench_effect(&bench, EFFECT_ASKED));
    bench_apply(&bench, wrote("I bought it three months ago", T0 + 2 * S)); /* was on its way already */
    assert_null(bench_effect(&bench, EFFECT_DIAGNOSED));
    bench_apply(&bench, wrote("no, the light stays off", T0 + 20 * S));
    assert_text(bench_effect(&bench, EFFECT_DIAGNOSED)->id, "other-socket");
    assert_true(text_contains(bench_effect(&bench, EFFECT_ASKED)->text, TEXT("contacts")));
}

static void assert_given_up(struct fact fact)
{
    start();
    bench_apply(&bench, wrote("我的扫地机器人充不上电", T0 + S));
    bench_apply(&bench, fact);
    assert_null(bench_effect(&bench, EFFECT_DIAGNOSED));
    assert_null(bench_effect(&bench, EFFECT_ASKED));
    assert_int_equal(bench.state.diagnosis, DIAGNOSIS_ABANDONED);
    bench_apply(&bench, wrote("灯不亮", T0 + 3 * US_PER_HOUR));
    assert_null(bench_effect(&bench, EFFECT_DIAGNOSED));
    assert_null(bench_effect(&bench, EFFECT_ASKED));
}

static void a_diagnosis_is_given_up(void **unused)
{
    (void)unused;
    assert_given_up(wrote("转人工", T0 + 10 * S));
    assert_given_up(corrected("malfunction", 0, 0, T0 + 10 * S));
    start();
    bench_apply(&bench, wrote("我的扫地机器人充不上电", T0 + S));
    bench.context.now_us = T0 + 20 * US_PER_MINUTE;
    bench_apply(&bench, due(DEADLINE_DIAGNOSIS, T0)); /* too early */
    assert_int_equal(bench.state.diagnosis, DIAGNOSIS_RUNS);
    assert_given_up(due(DEADLINE_DIAGNOSIS, T0 + 31 * US_PER_MINUTE));
    start();
    bench_apply(&bench, wrote("我的扫地机器人充不上电", T0 + S));
    bench_apply(&bench,
                wrote("还在保修期内吗", T0 + S + 2)); /* came before it was asked; a repair all the same */
    assert_int_equal(bench.state.diagnosis, DIAGNOSIS_RUNS);
    bench_apply(&bench, wrote("不修了，我要退货", T0 + S + 3));
    assert_int_equal(bench.state.diagnosis, DIAGNOSIS_ABANDONED);
}

static void no_diagnosis_without_the_product_or_with_a_person(void **unused)
{
    (void)unused;
    start();
    bench_apply(&bench, wrote("充不上电了", T0 + S));
    assert_null(bench_effect(&bench, EFFECT_ASKED)); /* which product? */
    bench_apply(&bench, ordered(T0 - 90 * DAY, T0 + 2 * S));
    assert_non_null(bench_effect(&bench, EFFECT_ASKED)); /* the order says so */
    start();
    bench_apply(&bench, wrote("手机充不上电了", T0 + S));
    assert_null(bench_effect(&bench, EFFECT_ASKED));
    start();
    bench_apply(&bench, wrote("扫地机器人充不上电，转人工", T0 + S));
    assert_null(bench_effect(&bench, EFFECT_ASKED));
}

/* ---- corrections ---- */

static void assert_refused(struct fact fact, const char *why)
{
    struct case_state before = bench.state;
    bench_apply(&bench, fact);
    assert_int_equal(bench.effects.count, 1);
    assert_true(text_contains(bench_effect(&bench, EFFECT_REFUSED)->text, text_of(why)));
    assert_int_equal(bench_effect(&bench, EFFECT_REFUSED)->version, before.version);
    assert_memory_equal(&before, &bench.state, sizeof before);
}

static void corrections_are_checked(void **unused)
{
    (void)unused;
    start();
    bench_apply(&bench, wrote("怎么开发票", T0 + S));
    assert_refused(corrected("no-such", 0, 0, T0 + 2 * S), "'no-such' is not one of the shop's labels");
    assert_true(bench_effect(&bench, EFFECT_REFUSED)->is_move_legal);
    assert_refused(corrected("damage", 0, 9, T0 + 2 * S), "stale: version 9 was expected, the case has 1");
    assert_refused(corrected("", 0, 0, T0 + 2 * S), "neither a type nor a label");
    struct fact customers = corrected("damage", 0, 0, T0 + 2 * S);
    customers.as.action.role = ROLE_CUSTOMER;
    assert_refused(customers, "not a move of the role CUSTOMER");
    assert_false(bench_effect(&bench, EFFECT_REFUSED)->is_move_legal);
}

static void a_correction_is_not_overwritten(void **unused)
{
    (void)unused;
    start();
    bench_apply(&bench, wrote("怎么开发票", T0 + S));
    bench_apply(&bench, corrected("damage", TYPE_COMPLAINT, 1, T0 + 2 * S));
    const struct effect *classified = bench_effect(&bench, EFFECT_CLASSIFIED);
    assert_int_equal(classified->version, 2);
    assert_true(classified->reading->verdict.confidence == 1);
    assert_int_equal(bench_effect(&bench, EFFECT_APPLIED)->version, 2);
    bench_apply(&bench, wrote("我要退货", T0 + 3 * S));
    bench_apply(&bench, wrote("怎么取消订单", T0 + 4 * S));
    assert_null(bench_effect(&bench, EFFECT_ANSWERED));
    assert_text(bench.state.label, "damage");
    assert_int_equal(bench.state.case_type, TYPE_COMPLAINT);
    assert_true(bench.state.is_complaint);
    assert_int_equal(bench.state.decision, DECISION_HUMAN);
    assert_text(bench.state.corrected_by, "lin");
    bench_apply(&bench,
                corrected("", TYPE_REPAIR, 0, T0 + 5 * S)); /* the type alone; a person corrects a person */
    assert_text(bench.state.label, "damage");
    assert_int_equal(bench.state.case_type, TYPE_REPAIR);
    bench_apply(&bench, corrected("invoice", 0, 0, T0 + 6 * S));
    assert_int_equal(bench.state.case_type, TYPE_INQUIRY);
}

static void the_memory_that_is_used_up_is_said(void **unused)
{
    (void)unused;
    start();
    struct arena small;
    arena_init(&small, 2000);
    struct apply_context context = bench.context;
    context.arena = &small;
    struct fact fact = wrote("我的扫地机器人充不上电", T0 + S);
    assert_false(case_apply(&bench.state, &fact, &context, &bench.effects));
    assert_true(small.is_exhausted);
    arena_done(&small);
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
        cmocka_unit_test(nothing_is_stated_before_the_case_is_opened),
        cmocka_unit_test(the_version_rises_only_when_something_changes),
        cmocka_unit_test(thanks_alone_are_a_case_too),
        cmocka_unit_test(a_call_without_words_gets_a_person),
        cmocka_unit_test(a_follow_up_is_a_complaint_for_a_person),
        cmocka_unit_test(warranty_is_stated_again_when_the_order_changes),
        cmocka_unit_test(questions_come_one_at_a_time),
        cmocka_unit_test(words_from_before_the_question_are_no_answer),
        cmocka_unit_test(a_diagnosis_is_given_up),
        cmocka_unit_test(no_diagnosis_without_the_product_or_with_a_person),
        cmocka_unit_test(corrections_are_checked),
        cmocka_unit_test(a_correction_is_not_overwritten),
        cmocka_unit_test(the_memory_that_is_used_up_is_said),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
