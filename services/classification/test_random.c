/* SPDX-License-Identifier: Apache-2.0 */
/* Many random lives of cases: what must hold after every fact, whatever came. */
#include "test_bench.h"

static struct bench bench;
static uint64_t seed;

static uint32_t dice(uint32_t sides)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % sides;
}

static const char *const sayings[] = {
    "我的扫地机器人充不上电",
    "My robot vacuum does not charge",
    "转人工",
    "human",
    "怎么开发票",
    "where is my parcel?",
    "谢谢",
    "5",
    "我要投诉",
    "这什么垃圾",
    "",
    "?! ?! ?!",
    "换了插座也不亮",
    "电话13812345678",
    "价保怎么申请",
    "退款多久到账",
    "我要退货",
    "在吗",
    "\xf0\x9f\x98\xa1",
    "订单号20251124001到哪了",
};

static struct fact random_order(int64_t at_us)
{
    struct fact order = ordered(T0 - (int64_t)dice(500) * DAY, at_us - (int64_t)dice(100) * S);
    return dice(2) == 0 ? order
                        : shipped(order, T0 - (int64_t)dice(30) * DAY,
                                  dice(2) == 0 ? 0 : T0 - (int64_t)dice(30) * DAY);
}

static struct fact random_fact(int64_t at_us)
{
    static const char *const labels[] = {"damage", "invoice", "charging-fault", "no-such", ""};
    switch (dice(12)) {
    case 0:
        return opened(at_us);
    case 1:
        return random_order(at_us);
    case 2:
        return corrected(labels[dice(5)], (int32_t)dice(TYPE_COUNT), dice(4), at_us);
    case 3:
        return due((enum deadline)dice(DEADLINE_COUNT), at_us);
    default:
        return wrote(sayings[dice(sizeof sayings / sizeof *sayings)], at_us - (int64_t)dice(20) * S);
    }
}

static void check_statement(const struct case_state *before, int64_t *classified)
{
    int64_t stated = 0;
    for (size_t i = 0; i < bench.effects.count; i++) {
        const struct effect *effect = &bench.effects.items[i];
        stated += effect->kind == EFFECT_CLASSIFIED;
        if (effect->kind == EFFECT_ANSWERED) {
            struct faq_entry entry = {.id = effect->id};
            char once[80];
            snprintf(once, sizeof once, ",%.*s,", TEXT_ARGS(entry.id));
            assert_false(text_contains(before->answered, text_of(once)));
            assert_int_equal(bench.state.decision, DECISION_AUTO);
        }
        if (effect->kind == EFFECT_ASKED)
            assert_true(before->asked_at_us == 0 || bench_effect(&bench, EFFECT_DIAGNOSED) != NULL);
        if (effect->kind == EFFECT_DIAGNOSED)
            assert_true(before->asked_at_us != 0 && before->diagnosis == DIAGNOSIS_RUNS);
        if (effect->kind == EFFECT_NOTIFIED)
            assert_true(effect->text.len > 0 && effect->text.at != NULL);
    }
    assert_true(stated <= 1);
    *classified += stated;
    assert_int_equal(bench.state.version, *classified);
}

static void check_state(const struct case_state *before)
{
    const struct case_state *state = &bench.state;
    if (state->opened_at_us == 0) {
        assert_int_equal(bench.effects.count, bench_effect(&bench, EFFECT_REFUSED) != NULL ? 1 : 0);
        return;
    }
    if (state->version > 0) {
        assert_true(rulebook_label(bench.rules, state->label) >= 0);
        assert_in_range(state->case_type, 1, TYPE_COUNT - 1);
        assert_in_range(state->urgency, 0, URGENCY_MOST);
        assert_true(state->sentiment >= SENTIMENT_LEAST && state->sentiment <= SENTIMENT_MOST);
        assert_in_range(state->language, 1, LANGUAGE_COUNT - 1);
        assert_in_range(state->decision, DECISION_AUTO, DECISION_HUMAN);
    }
    if (state->decision == DECISION_AUTO)
        assert_true(state->corrected_by.at == NULL && state->handed_over.at == NULL && !state->is_complaint);
    if (before->corrected_by.at != NULL && bench_effect(&bench, EFFECT_APPLIED) == NULL)
        assert_true(text_equal(before->label, state->label) && before->case_type == state->case_type);
    assert_true((state->asked_at_us != 0) <= (state->diagnosis == DIAGNOSIS_RUNS));
    if (state->diagnosis == DIAGNOSIS_RUNS)
        assert_true(state->asked_at_us != 0);
}

/* Due deadlines fire as the runtime lets them: only what is armed, and not before its time. */
static void many_random_lives(void **unused)
{
    (void)unused;
    for (seed = 1; seed < 60; seed++) {
        uint64_t life = seed;
        seed *= 7919;
        bench_next(&bench);
        arena_reset(&bench.arena);
        int64_t classified = 0;
        for (int i = 0; i < 25; i++) {
            struct fact fact = random_fact(T0 + (int64_t)i * 30 * S + (int64_t)dice(60) * US_PER_MINUTE);
            struct case_state before = bench.state;
            bench_apply(&bench, fact);
            check_statement(&before, &classified);
            check_state(&before);
        }
        seed = life;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(many_random_lives)};
    bench_open(&bench);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bench_close(&bench);
    return failed;
}
