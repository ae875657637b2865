/* SPDX-License-Identifier: Apache-2.0 */
/* Between topics there is no order: whatever the order in which the facts of a story are read, the case and
 * its surveys end the same. What follows from being asked cannot be read before we asked; everything else
 * can. */
#include "test_bench.h"

#include <string.h>

#define TOPICS     3 /* intake, escalation, the inbox */
#define FACTS_MOST 12

struct step {
    struct fact fact;
    int64_t after_asking; /* how often we must have asked */
};
struct story {
    bool is_asked_at_the_end;              /* facts are all read before a survey comes due */
    struct step steps[TOPICS][FACTS_MOST]; /* a topic's own order always holds */
    size_t counts[TOPICS];
};

/* What must not depend on the order. */
struct outcome {
    int64_t resolutions, asked, version;
    size_t count;
    struct {
        struct uuid id;
        int32_t status, score, answered_by;
        bool is_solved, is_followed_up;
        int64_t sent_at_us, chat_until_us, answered_at_us, edition;
    } surveys[DOSSIER_SURVEYS];
    struct deadline_plan plan;
    size_t follow_ups;
};

struct walker {
    const struct story *story;
    struct bench *bench;
    size_t paths, follow_ups;
    struct outcome first;
};

static struct outcome outcome_of(const struct walker *walker)
{
    struct outcome outcome;
    memset(&outcome, 0, sizeof outcome);
    const struct dossier *dossier = &walker->bench->dossier;
    outcome.resolutions = dossier->state.resolutions;
    outcome.asked = dossier->state.asked;
    outcome.version = dossier->state.version;
    outcome.count = dossier->count;
    for (size_t i = 0; i < dossier->count; i++) {
        const struct survey *survey = &dossier->surveys[i];
        outcome.surveys[i].id = survey->survey_id;
        outcome.surveys[i].status = survey->status;
        outcome.surveys[i].score = survey->score;
        outcome.surveys[i].answered_by = survey->answered_by;
        outcome.surveys[i].is_solved = survey->is_solved;
        outcome.surveys[i].is_followed_up = survey->is_followed_up;
        outcome.surveys[i].sent_at_us = survey->sent_at_us;
        outcome.surveys[i].chat_until_us = survey->chat_until_us;
        outcome.surveys[i].answered_at_us = survey->answered_at_us;
        outcome.surveys[i].edition = survey->edition;
    }
    outcome.plan = deadlines_plan(dossier);
    outcome.follow_ups = walker->follow_ups;
    return outcome;
}

static void note_follow_ups(struct walker *walker)
{
    if (bench_effect(walker->bench, EFFECT_FOLLOWED_UP) != NULL)
        walker->follow_ups++;
}

static void ask_when_due(struct bench *bench)
{
    int64_t ask_at_us = deadlines_plan(&bench->dossier).due_us[DEADLINE_ASK];
    if (ask_at_us == 0)
        return;
    bench->now_us = ask_at_us;
    bench_apply(bench, due(DEADLINE_ASK, ask_at_us));
}

/* One fact; then the survey is sent at its very moment if it is scheduled by now. */
static void take(struct walker *walker, struct fact fact)
{
    enum status status = bench_try(walker->bench, fact);
    assert_int_equal(status, STATUS_OK);
    note_follow_ups(walker);
    if (!walker->story->is_asked_at_the_end)
        ask_when_due(walker->bench);
}

static bool may_be_read(const struct walker *walker, const struct step *step)
{
    return walker->bench->dossier.state.asked >= step->after_asking;
}

static void walk_on(struct walker *walker, const size_t done[TOPICS])
{
    bool is_end = true;
    for (size_t topic = 0; topic < TOPICS; topic++) {
        if (done[topic] == walker->story->counts[topic])
            continue;
        is_end = false;
        const struct step *step = &walker->story->steps[topic][done[topic]];
        if (!may_be_read(walker, step))
            continue;
        struct bench saved = *walker->bench;
        size_t follow_ups = walker->follow_ups, next[TOPICS];
        memcpy(next, done, sizeof next);
        next[topic]++;
        take(walker, step->fact);
        walk_on(walker, next);
        saved.arena = walker->bench->arena;
        *walker->bench = saved;
        walker->follow_ups = follow_ups;
    }
    if (!is_end)
        return;
    ask_when_due(walker->bench);
    struct outcome outcome = outcome_of(walker);
    if (walker->paths++ == 0)
        walker->first = outcome;
    assert_memory_equal(&walker->first, &outcome, sizeof outcome);
}

static void tell(struct story *story, size_t topic, int64_t after_asking, struct fact fact)
{
    assert_true(story->counts[topic] < FACTS_MOST);
    story->steps[topic][story->counts[topic]++] = (struct step){fact, after_asking};
}

static struct outcome all_orders(const struct story *story, size_t least_paths)
{
    static struct bench bench;
    bench_open(&bench);
    bench.rules.budget = BUDGET_MOST;
    struct walker walker = {.story = story, .bench = &bench};
    walk_on(&walker, (const size_t[TOPICS]){0});
    assert_true(walker.paths >= least_paths);
    bench_close(&bench);
    return walker.first;
}

static const struct uuid case_id = {{1}};

static void five_stars(void **unused)
{
    (void)unused;
    struct story story = {0};
    tell(&story, 0, 0, opened(CHANNEL_CHAT, T0));
    tell(&story, 0, 0, wrote("5 minutes ago it stopped", T0));
    tell(&story, 0, 0, wrote("thanks", T0 + 11 * M));
    tell(&story, 1, 0, resolved(5, T0 + 10 * M));
    tell(&story, 2, 1, submitted(survey_of(case_id, 1), 5, true, T0 + 30 * M));
    struct outcome end = all_orders(&story, 6);
    assert_int_equal(end.count, 1);
    assert_int_equal(end.surveys[0].status, SURVEY_ANSWERED);
    assert_int_equal(end.surveys[0].score, 5);
    assert_int_equal(end.follow_ups, 0);
}

static void answered_on_both_ways_then_reopened_then_again(void **unused)
{
    (void)unused;
    struct story story = {0};
    tell(&story, 0, 0, opened(CHANNEL_CHAT, T0));
    tell(&story, 0, 1, wrote("满意", T0 + 25 * M)); /* the first survey */
    tell(&story, 0, 1, wrote("it stopped again", T0 + 31 * M));
    tell(&story, 0, 1, wrote("5", T0 + 32 * M)); /* of no survey */
    tell(&story, 0, 2, wrote("1", T0 + 52 * M)); /* the second */
    tell(&story, 1, 0, resolved(5, T0 + 10 * M));
    tell(&story, 1, 1, reopened(6, T0 + 31 * M + S));
    tell(&story, 1, 0, resolved(7, T0 + 40 * M));
    tell(&story, 2, 1, submitted(survey_of(case_id, 1), 3, false, T0 + 24 * M));
    tell(&story, 2, 1,
         submitted(survey_of(case_id, 1), 3, true, T0 + 33 * M)); /* reopened, and all the same */
    tell(&story, 2, 2, submitted(survey_of(case_id, 2), 5, true, T0 + 51 * M));
    struct outcome end = all_orders(&story, 200);
    assert_int_equal(end.asked, 2);
    assert_int_equal(end.surveys[0].status, SURVEY_ANSWERED);
    assert_int_equal(end.surveys[0].score, 3);
    assert_int_equal(end.surveys[0].answered_at_us, T0 + 33 * M);
    assert_int_equal(end.surveys[0].edition, 3);
    assert_int_equal(end.surveys[0].chat_until_us, T0 + 31 * M);
    assert_int_equal(end.surveys[1].score, 1);
    assert_int_equal(end.surveys[1].edition, 2);
    assert_int_equal(end.follow_ups, 2);
}

static void reopened_before_it_was_asked(void **unused)
{
    (void)unused;
    struct story story = {.is_asked_at_the_end = true};
    tell(&story, 0, 0, opened(CHANNEL_CHAT, T0));
    tell(&story, 0, 0, wrote("it stopped again", T0 + 11 * M));
    tell(&story, 0, 0, wrote("5", T0 + 12 * M));
    tell(&story, 1, 0, resolved(5, T0 + 10 * M));
    tell(&story, 1, 0, reopened(6, T0 + 11 * M + S));
    tell(&story, 1, 0, resolved(7, T0 + 13 * M));
    struct outcome end = all_orders(&story, 20);
    assert_int_equal(end.surveys[0].status, SURVEY_CANCELLED);
    assert_int_equal(end.surveys[1].status, SURVEY_SENT);
    assert_int_equal(end.surveys[1].sent_at_us, T0 + 23 * M);
    assert_int_equal(end.asked, 1);
    assert_int_equal(end.plan.due_us[DEADLINE_EXPIRY], T0 + 23 * M + 7 * US_PER_DAY);
}

/* Seeded stories, each read in many orders. */
static uint32_t dice_state;
static uint32_t dice(uint32_t sides)
{
    dice_state = dice_state * 1664525U + 1013904223U;
    return (dice_state >> 8) % sides;
}

static struct story make_story(void)
{
    static const char *const words[] = {"1", "5", "满意", "不满意", "hello", "３"};
    struct story story = {0};
    int64_t at_us = T0, version = 1, asked = 0;
    size_t rounds = 1 + dice(2);
    tell(&story, 0, 0, opened(CHANNEL_CHAT, T0));
    for (size_t round = 0; round < rounds; round++) {
        tell(&story, 1, 0, resolved(++version, at_us += M));
        at_us += 10 * M; /* asked now */
        asked++;
        for (size_t i = dice(4); i > 0; i--)
            if (dice(2) == 0)
                tell(&story, 0, asked, wrote(words[dice(6)], at_us += 1 + dice(1000)));
            else
                tell(&story, 2, asked,
                     submitted(survey_of(case_id, 1 + dice((uint32_t)asked)), 1 + (int32_t)dice(5),
                               dice(3) > 0, at_us += 1 + dice(1000)));
        if (round + 1 < rounds || dice(2) == 0)
            tell(&story, 1, asked, reopened(++version, at_us += M));
    }
    return story;
}

static void any_story_ends_the_same(void **unused)
{
    (void)unused;
    size_t answered = 0, followed_up = 0;
    for (uint32_t seed = 1; seed <= 150; seed++) {
        dice_state = seed;
        const struct story story = make_story();
        struct outcome end = all_orders(&story, 1);
        for (size_t i = 0; i < end.count; i++)
            answered += end.surveys[i].status == SURVEY_ANSWERED;
        followed_up += end.follow_ups;
    }
    assert_true(answered > 50 && followed_up > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_stars),
        cmocka_unit_test(answered_on_both_ways_then_reopened_then_again),
        cmocka_unit_test(reopened_before_it_was_asked),
        cmocka_unit_test(any_story_ends_the_same),
    };
    return cmocka_run_group_tests_name("survey interleaving", tests, NULL, NULL);
}
