/* SPDX-License-Identifier: Apache-2.0 */
/* Between topics there is no order: whatever the order in which the facts of a story are read, the case ends
 * the same. */
#include "settle.h"
#include "test_bench.h"

#include <string.h>

#define TOPICS_MOST 4
#define FACTS_MOST  10

struct story {
    struct fact facts[TOPICS_MOST][FACTS_MOST]; /* a topic's own order always holds */
    size_t counts[TOPICS_MOST];
};

/* What must not depend on the order. Not: the version, who had the case once it is given back, when it was
 * queued. */
struct outcome {
    int32_t status, waiting_for, priority, level, first_marks, resolution_marks, weight, load;
    int64_t received_at_us, responded_at_us, first_target_us, resolution_target_us;
    struct life life;
    struct deadline_plan plan;
    char texts[5][32];
};

static void keep(char to[32], struct text text)
{
    memset(to, 0, 32);
    memcpy(to, text.at == NULL ? "" : text.at, text.len < 31 ? text.len : 31);
}

static struct outcome outcome_of(const struct bench *bench)
{
    struct outcome outcome;
    memset(&outcome, 0, sizeof outcome);
    const struct case_state *state = &bench->state;
    outcome.status = state->status;
    outcome.waiting_for = state->waiting_for;
    outcome.priority = state->priority;
    outcome.level = state->level;
    outcome.first_marks = state->first_marks;
    outcome.resolution_marks = state->resolution_marks;
    outcome.weight = state->weight;
    outcome.load = bench->agents[0].load;
    outcome.received_at_us = state->received_at_us;
    outcome.responded_at_us = state->responded_at_us;
    outcome.first_target_us = state->first_target_us;
    outcome.resolution_target_us = state->resolution_target_us;
    outcome.life = moments_fold(state->moments);
    outcome.plan = deadlines_plan(state, &outcome.life, &bench->rules);
    keep(outcome.texts[0], state->skill);
    keep(outcome.texts[1], state->resolution);
    keep(outcome.texts[2], state->resolved_by);
    keep(outcome.texts[3], state->label);
    keep(outcome.texts[4], state->weight > 0 ? state->agent_id : TEXT_NULL);
    return outcome;
}

struct walk {
    const struct story *story;
    struct bench *bench;
    size_t paths;
    bool has_first;
    struct outcome first;
};

static void assert_same(const struct outcome *a, const struct outcome *b)
{
    assert_int_equal(a->status, b->status);
    assert_int_equal(a->waiting_for, b->waiting_for);
    assert_int_equal(a->priority, b->priority);
    assert_int_equal(a->first_marks, b->first_marks);
    assert_int_equal(a->resolution_marks, b->resolution_marks);
    assert_int_equal(a->responded_at_us, b->responded_at_us);
    assert_int_equal(a->life.resolves, b->life.resolves);
    assert_int_equal(a->life.reopens, b->life.reopens);
    for (int who = 0; who < WAITING_COUNT; who++)
        assert_int_equal(a->life.waited_us[who], b->life.waited_us[who]);
    for (int i = 0; i < DEADLINE_COUNT; i++)
        assert_int_equal(a->plan.due_us[i], b->plan.due_us[i]);
    assert_memory_equal(a->texts, b->texts, sizeof a->texts);
    assert_int_equal(a->load, b->load);
    assert_int_equal(a->weight, b->weight);
    assert_int_equal(a->first_target_us, b->first_target_us);
    assert_int_equal(a->resolution_target_us, b->resolution_target_us);
}

static void walk_on(struct walk *walk, const size_t done[TOPICS_MOST])
{
    bool is_end = true;
    for (size_t topic = 0; topic < TOPICS_MOST; topic++) {
        if (done[topic] == walk->story->counts[topic])
            continue;
        is_end = false;
        struct bench *bench = walk->bench;
        struct case_state state = bench->state;
        struct agent agent = bench->agents[0];
        int64_t now_us = bench->context.now_us;
        size_t next[TOPICS_MOST];
        memcpy(next, done, sizeof next);
        bench_apply(bench, walk->story->facts[topic][next[topic]++]);
        walk_on(walk, next);
        bench->state = state;
        bench->agents[0] = agent;
        bench->context.now_us = now_us;
    }
    if (!is_end)
        return;
    struct outcome outcome = outcome_of(walk->bench);
    if (!walk->has_first)
        walk->first = outcome;
    walk->has_first = true;
    walk->paths++;
    assert_same(&walk->first, &outcome);
}

static void tell(struct story *story, size_t topic, struct fact fact)
{
    assert_true(story->counts[topic] < FACTS_MOST);
    story->facts[topic][story->counts[topic]++] = fact;
}

/* Every order; returns the one outcome. */
static struct outcome all_orders(const struct story *story, size_t expected_paths)
{
    struct bench bench;
    bench_open(&bench);
    bench_agent(&bench, "lin", ",repair,inquiry,complaint,", 3, 1);
    struct walk walk = {.story = story, .bench = &bench};
    walk_on(&walk, (const size_t[TOPICS_MOST]){0});
    assert_int_equal(walk.paths, expected_paths);
    bench_close(&bench);
    return walk.first;
}

static void the_repair_ends_closed_as_confirmed(void **unused)
{
    (void)unused;
    struct story story = {0};
    tell(&story, 0, opened(CHANNEL_PHONE, T0));
    tell(&story, 0, agent_wrote(T0 + 9 * S));
    tell(&story, 0, paid(199900, T0 + 10 * S));
    tell(&story, 0, wrote("which of the two is better?", T0 + 75 * S));
    tell(&story, 0, wrote("5", T0 + 300 * S));
    tell(&story, 1, classified(TYPE_REPAIR, 1, DECISION_HUMAN, T0 + S));
    tell(&story, 1, classified(TYPE_REPAIR, 2, DECISION_HUMAN, T0 + 40 * S));
    tell(&story, 2, happened(FACT_RETURN_OPENED, T0 + 70 * S));
    tell(&story, 2, happened(FACT_OPTION_CHOSEN, T0 + 80 * S));
    tell(&story, 2, happened(FACT_RETURN_CLOSED, T0 + 200 * S));
    tell(&story, 3, surveyed(5, true, T0 + 301 * S));
    struct outcome end = all_orders(&story, 27720);
    assert_int_equal(end.status, CASE_CLOSED);
    assert_int_equal(end.life.closed_how, CLOSED_CONFIRMED);
    assert_int_equal(end.priority, PRIORITY_P2); /* 15 + 25 + 10 */
    assert_int_equal(end.first_marks, MARK_MET);
    assert_int_equal(end.resolution_marks, MARK_MET);
    assert_int_equal(end.load, 0);
    assert_int_equal(end.life.reopens, 0);
    assert_int_equal(end.life.waited_us[WAITING_CUSTOMER], 5 * S);
    assert_int_equal(end.life.waited_us[WAITING_CARRIER], 120 * S);
    assert_string_equal(end.texts[1], "repaired");
}

static void every_step_of_the_return_counts_in_its_time(void **unused)
{
    (void)unused;
    struct story story = {0};
    tell(&story, 0, opened(CHANNEL_EMAIL, T0));
    tell(&story, 0, wrote("hello", T0 + 15 * S));
    tell(&story, 0, wrote("where is it?", T0 + 25 * S));
    tell(&story, 0, wrote("and now?", T0 + 100 * S));
    tell(&story, 2, happened(FACT_RETURN_OPENED, T0 + 10 * S));
    tell(&story, 2, happened(FACT_OPTION_CHOSEN, T0 + 20 * S));
    tell(&story, 2, happened(FACT_GOODS_RECEIVED, T0 + 30 * S));
    tell(&story, 2, happened(FACT_GOODS_SENT, T0 + 50 * S));
    tell(&story, 1, classified(TYPE_REPAIR, 0, DECISION_HUMAN, T0 + S));
    struct outcome end = all_orders(&story, 630);
    assert_int_equal(end.status, CASE_OPEN);
    assert_int_equal(end.waiting_for, WAITING_CARRIER);
    assert_int_equal(end.life.waited_us[WAITING_CUSTOMER], 5 * S);
    assert_int_equal(end.life.waited_us[WAITING_CARRIER], 10 * S);
    assert_int_equal(end.life.waited_us[WAITING_WAREHOUSE], 20 * S);
    assert_int_equal(end.plan.due_us[DEADLINE_RESOLUTION], T0 + 24 * 3600 * S + 5 * S);
    assert_string_equal(end.texts[4], "lin");
    assert_int_equal(end.load, 100);
}

static void a_message_after_the_end_reopens_and_one_before_does_not(void **unused)
{
    (void)unused;
    struct story story = {0};
    tell(&story, 0, opened(CHANNEL_CHAT, T0));
    tell(&story, 0, agent_wrote(T0 + 5 * S));
    tell(&story, 0, wrote("hurry up", T0 + 90 * S));
    tell(&story, 0, wrote("it still does not charge", T0 + 150 * S));
    tell(&story, 1, classified(TYPE_REPAIR, 0, DECISION_HUMAN, T0 + S));
    tell(&story, 2, happened(FACT_RETURN_OPENED, T0 + 20 * S));
    tell(&story, 2, happened(FACT_RETURN_CLOSED, T0 + 100 * S));
    tell(&story, 3, surveyed(1, false, T0 + 140 * S));
    struct outcome end = all_orders(&story, 840);
    assert_int_equal(end.status, CASE_OPEN);
    assert_int_equal(end.life.reopens, 1);
    assert_int_equal(end.life.waited_us[WAITING_NOBODY], 50 * S);
    assert_int_equal(end.load, 100);

    story.counts[0] = 3; /* without the last message */
    end = all_orders(&story, 420);
    assert_int_equal(end.status, CASE_RESOLVED);
    assert_true(end.life.is_disputed);
    assert_int_equal(end.plan.due_us[DEADLINE_CONFIRMATION], 0);
    assert_int_equal(end.life.waited_us[WAITING_CUSTOMER], 70 * S);
}

static void an_answered_question_waits_for_the_customer(void **unused)
{
    (void)unused;
    struct story story = {0};
    tell(&story, 0, opened(CHANNEL_CHAT, T0));
    tell(&story, 0, wrote("where is my parcel?", T0));
    tell(&story, 0, wrote("thanks", T0 + 30 * S));
    tell(&story, 0, wrote("2", T0 + 31 * S));
    tell(&story, 1, classified(TYPE_INQUIRY, 0, DECISION_AUTO, T0 + S));
    tell(&story, 1, happened(FACT_ANSWERED, T0 + 2 * S));
    struct outcome end = all_orders(&story, 15);
    assert_int_equal(end.status, CASE_OPEN);
    assert_int_equal(end.responded_at_us, T0 + 2 * S);
    assert_int_equal(end.first_marks, MARK_MET);
    story.counts[0] = 2;
    end = all_orders(&story, 6);
    assert_int_equal(end.waiting_for, WAITING_CUSTOMER);
    assert_true(end.life.is_awaiting_answer);
    assert_int_equal(end.plan.due_us[DEADLINE_RESOLUTION], 0);
    assert_int_equal(end.plan.due_us[DEADLINE_SILENCE], T0 + 2 * S + 72 * 3600 * S);
    assert_int_equal(end.plan.due_us[DEADLINE_ASSIGN], 0);
    assert_int_equal(end.load, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_repair_ends_closed_as_confirmed),
        cmocka_unit_test(every_step_of_the_return_counts_in_its_time),
        cmocka_unit_test(a_message_after_the_end_reopens_and_one_before_does_not),
        cmocka_unit_test(an_answered_question_waits_for_the_customer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
