/* SPDX-License-Identifier: Apache-2.0 */
/* Intake states a case's facts from several lanes, so they come in any order: whatever it is, the case ends
 * the same. What the customer says to a question of ours comes after the question, in every order. */
#include "test_bench.h"

#define STREAMS_MOST 8
#define FACTS_MOST   6

struct story {
    struct fact facts[STREAMS_MOST][FACTS_MOST]; /* a stream's own order always holds */
    bool is_reply[STREAMS_MOST][FACTS_MOST];     /* only said once a question is open */
    size_t counts[STREAMS_MOST];
};

/* What must not depend on the order. Not: the version, and when we asked. */
struct outcome {
    int32_t type, urgency, sentiment, language, decision, diagnosis, answers;
    bool is_complaint, in_warranty;
    char texts[6][64];
};

static struct bench bench;

static void keep(char to[64], struct text text)
{
    memset(to, 0, 64);
    memcpy(to, text.at == NULL ? "" : text.at, text.len < 63 ? text.len : 63);
}

static struct outcome outcome_of(const struct case_state *state)
{
    struct outcome outcome;
    memset(&outcome, 0, sizeof outcome);
    outcome.type = state->case_type;
    outcome.urgency = state->urgency;
    outcome.sentiment = state->sentiment;
    outcome.language = state->language;
    outcome.decision = state->decision;
    outcome.diagnosis = state->diagnosis;
    outcome.answers = state->answers;
    outcome.is_complaint = state->is_complaint;
    outcome.in_warranty = state->in_warranty;
    keep(outcome.texts[0], state->label);
    keep(outcome.texts[1], state->corrected_by);
    keep(outcome.texts[2], state->answered);
    keep(outcome.texts[3], state->handed_over);
    keep(outcome.texts[4], state->diagnosis_id);
    keep(outcome.texts[5], state->entities);
    assert_int_equal(state->order_due_at_us, 0);
    assert_int_equal(state->asked_at_us, 0);
    return outcome;
}

static void assert_same(const struct outcome *a, const struct outcome *b)
{
    for (size_t i = 0; i < sizeof a->texts / sizeof *a->texts; i++)
        assert_string_equal(a->texts[i], b->texts[i]);
    assert_memory_equal(a, b, sizeof *a);
}

struct walk {
    const struct story *story;
    size_t paths;
    struct outcome first;
};

static void walk_on(struct walk *walk, const size_t done[STREAMS_MOST])
{
    bool is_end = true;
    for (size_t i = 0; i < STREAMS_MOST; i++) {
        if (done[i] == walk->story->counts[i])
            continue;
        is_end = false;
        struct fact fact = walk->story->facts[i][done[i]];
        if (walk->story->is_reply[i][done[i]]) {
            if (bench.state.asked_at_us == 0)
                continue;
            if (fact.at_us <= bench.context.now_us)
                fact.at_us = bench.context.now_us + S;
        }
        struct case_state state = bench.state;
        int64_t now_us = bench.context.now_us;
        size_t next[STREAMS_MOST];
        memcpy(next, done, sizeof next);
        next[i]++;
        bench_apply(&bench, fact);
        walk_on(walk, next);
        bench.state = state;
        bench.context.now_us = now_us;
    }
    if (!is_end)
        return;
    struct outcome outcome = outcome_of(&bench.state);
    if (walk->paths++ == 0)
        walk->first = outcome;
    assert_same(&walk->first, &outcome);
}

static void tell(struct story *story, size_t stream, struct fact fact)
{
    assert_true(stream < STREAMS_MOST && story->counts[stream] < FACTS_MOST);
    story->facts[stream][story->counts[stream]++] = fact;
}

static void reply(struct story *story, size_t stream, const char *text, int64_t at_us)
{
    story->is_reply[stream][story->counts[stream]] = true;
    tell(story, stream, wrote(text, at_us));
}

/* Every order; returns the one outcome. */
static struct outcome all_orders(const struct story *story, size_t expected_paths)
{
    bench_next(&bench);
    struct walk walk = {.story = story};
    walk_on(&walk, (const size_t[STREAMS_MOST]){0});
    assert_int_equal(walk.paths, expected_paths);
    return walk.first;
}

static void the_robot_vacuum(void **unused)
{
    (void)unused;
    struct story story = {0};
    tell(&story, 0, opened(T0));
    tell(&story, 1, wrote("My robot vacuum no longer charges. I bought it three months ago.", T0));
    reply(&story, 1, "yes, another socket, the light stays off", T0 + 60 * S);
    reply(&story, 1, "wiped them, no change", T0 + 90 * S);
    reply(&story, 1, "no light at all", T0 + 120 * S);
    tell(&story, 1, wrote("5", T0 + 900 * S));
    tell(&story, 2, ordered(T0 - 91 * DAY, T0 - 2 * DAY));
    tell(&story, 2, shipped(ordered(T0 - 91 * DAY, T0 + 30 * S), T0 - 90 * DAY, T0 - 88 * DAY));
    struct outcome end = all_orders(&story, 56);
    assert_string_equal(end.texts[0], "charging-fault");
    assert_string_equal(end.texts[4], "robot-vacuum-charging");
    assert_int_equal(end.type, TYPE_REPAIR);
    assert_int_equal(end.decision, DECISION_HUMAN);
    assert_int_equal(end.diagnosis, DIAGNOSIS_DONE);
    assert_int_equal(end.answers, 3);
    assert_true(end.in_warranty);
}

/* The product is known from the order only. */
static void the_diagnosis_waits_for_the_order(void **unused)
{
    (void)unused;
    struct story story = {0};
    tell(&story, 0, opened(T0));
    tell(&story, 1, wrote("充不上电了", T0));
    reply(&story, 1, "换了插座，不亮", T0 + 60 * S);
    reply(&story, 1, "转人工", T0 + 90 * S);
    tell(&story, 2, ordered(T0 - 91 * DAY, T0));
    struct outcome end = all_orders(&story, 6);
    assert_int_equal(end.diagnosis, DIAGNOSIS_ABANDONED);
    assert_int_equal(end.answers, 1);
    assert_true(end.in_warranty);
}

static void where_the_parcel_is(void **unused)
{
    (void)unused;
    struct story story = {0};
    tell(&story, 0, opened(T0));
    tell(&story, 1, wrote("Where is my parcel? A-2025-001", T0));
    tell(&story, 1, wrote("thank you", T0 + 15 * S));
    tell(&story, 2, shipped(ordered(T0 - 3 * DAY, T0 - DAY), T0 - 2 * DAY, 0));
    tell(&story, 2, shipped(ordered(T0 - 3 * DAY, T0 + S), T0 - 2 * DAY, 0));
    struct outcome end = all_orders(&story, 30);
    assert_string_equal(end.texts[0], "logistics-delay");
    assert_string_equal(end.texts[2], ",where-is-my-parcel,");
    assert_string_equal(end.texts[5], "1:A-2025-001 ");
    assert_int_equal(end.decision, DECISION_AUTO);
}

static void a_parcel_that_nobody_can_explain(void **unused)
{
    (void)unused;
    struct story story = {0};
    tell(&story, 0, opened(T0));
    tell(&story, 1, wrote("我的快递到哪里了", T0));
    tell(&story, 2, shipped(ordered(T0 - 40 * DAY, T0), T0 - 39 * DAY, 0));
    struct outcome end = all_orders(&story, 6);
    assert_int_equal(end.decision, DECISION_HUMAN);
    assert_string_equal(end.texts[2], "");
    assert_true(strlen(end.texts[3]) > 0);
}

/* Each message in a stream of its own: even the customer's words may be read in any order. */
static void words_in_any_order(void **unused)
{
    (void)unused;
    struct story story = {0};
    tell(&story, 0, opened(T0));
    tell(&story, 1, wrote("冰箱漏水了", T0));
    tell(&story, 2, wrote("我的电话是13812345678", T0 + 10 * S));
    tell(&story, 3, wrote("太让人失望了！！！我要退货", T0 + 30 * S));
    tell(&story, 4, wrote("I want a refund by tomorrow", T0 + 40 * S));
    struct outcome end = all_orders(&story, 120);
    assert_string_equal(end.texts[0], "return-request");
    assert_int_equal(end.language, LANGUAGE_EN);
    assert_int_equal(end.urgency, 2);
    assert_int_equal(end.decision, DECISION_HUMAN);
    assert_string_equal(end.texts[5], "3:138****5678 ");
}

static void a_correction_at_any_time(void **unused)
{
    (void)unused;
    struct story story = {0};
    tell(&story, 0, opened(T0));
    tell(&story, 0, corrected("screen-damage", 0, 0, T0 + 20 * S));
    tell(&story, 1, wrote("这个手机屏幕不亮，充不上电", T0));
    tell(&story, 1, wrote("我要投诉", T0 + 30 * S));
    tell(&story, 1, wrote("怎么开发票", T0 + 40 * S));
    tell(&story, 2, ordered(T0 - 91 * DAY, T0));
    struct outcome end = all_orders(&story, 60);
    assert_string_equal(end.texts[0], "screen-damage");
    assert_string_equal(end.texts[1], "lin");
    assert_int_equal(end.type, TYPE_RETURN_EXCHANGE);
    assert_int_equal(end.decision, DECISION_HUMAN);
    assert_true(end.is_complaint);
    assert_true(end.in_warranty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_robot_vacuum),    cmocka_unit_test(the_diagnosis_waits_for_the_order),
        cmocka_unit_test(where_the_parcel_is), cmocka_unit_test(a_parcel_that_nobody_can_explain),
        cmocka_unit_test(words_in_any_order),  cmocka_unit_test(a_correction_at_any_time),
    };
    bench_open(&bench);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    bench_close(&bench);
    return failed;
}
