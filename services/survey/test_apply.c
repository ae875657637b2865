/* SPDX-License-Identifier: Apache-2.0 */
/* What each fact does to a case and its surveys. */
#include "test_bench.h"

static struct bench bench;

static int open_bench(void **state)
{
    (void)state;
    bench_open(&bench);
    return 0;
}

static int close_bench(void **state)
{
    (void)state;
    bench_close(&bench);
    return 0;
}

static void asked_after_the_channel_s_delay(void **unused)
{
    (void)unused;
    bench_apply(&bench, opened(CHANNEL_PHONE, T0));
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, resolved(5, T0 + M));
    assert_int_equal(bench_effect(&bench, EFFECT_SCHEDULED)->survey.due_at_us, T0 + M + US_PER_DAY);
    assert_int_equal(bench_armed(&bench, DEADLINE_ASK), T0 + M + US_PER_DAY);
    /* Too early changes nothing but arms again. */
    bench_apply(&bench, due(DEADLINE_ASK, T0 + 2 * M));
    assert_int_equal(bench.effects.count, 1);
    assert_int_equal(bench_armed(&bench, DEADLINE_ASK), T0 + M + US_PER_DAY);
    bench_apply(&bench, due(DEADLINE_ASK, T0 + M + US_PER_DAY));
    const struct effect *sent = bench_effect(&bench, EFFECT_SENT);
    assert_int_equal(sent->survey.expires_at_us, T0 + M + 8 * US_PER_DAY);
    assert_int_equal(bench_effect(&bench, EFFECT_NOTIFIED)->template, TEMPLATE_SURVEY);
    assert_int_equal(bench_armed(&bench, DEADLINE_EXPIRY), T0 + M + 8 * US_PER_DAY);
    assert_true(uuid_equal(sent->survey.survey_id, survey_of(bench.dossier.state.case_id, 1)));
    /* Again: nothing. */
    bench_apply(&bench, due(DEADLINE_ASK, T0 + 2 * US_PER_DAY));
    assert_int_equal(bench.effects.count, 0);
}

static void chat_is_asked_soon(void **unused)
{
    (void)unused;
    assert_int_equal(bench_ask(&bench)->due_at_us, T0 + 20 * M);
}

static void a_resolution_waits_for_its_case(void **unused)
{
    (void)unused;
    /* Read long after it happened: what it waits for may be in the same queue. */
    bench.now_us = T0 + US_PER_DAY;
    bench_apply(&bench, resolved(5, T0));
    assert_int_equal(bench_armed(&bench, DEADLINE_OPENING), T0 + US_PER_DAY + US_PER_HOUR);
    bench_apply(&bench, opened(CHANNEL_CHAT, T0 - M));
    assert_true(bench_cancelled(&bench, DEADLINE_OPENING));
    assert_int_equal(bench_armed(&bench, DEADLINE_ASK), T0 + 10 * M);
}

static void a_case_that_stays_unknown_is_not_asked_about(void **unused)
{
    (void)unused;
    bench_apply(&bench, resolved(5, T0));
    bench_apply(&bench, due(DEADLINE_OPENING, T0 + US_PER_HOUR));
    assert_true(text_equal(bench_effect(&bench, EFFECT_SUPPRESSED)->text, TEXT("unknown-case")));
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    assert_int_equal(bench.effects.count, 0);
    /* The next time it is. */
    bench_apply(&bench, reopened(6, T0 + 2 * US_PER_HOUR));
    bench_apply(&bench, resolved(7, T0 + 3 * US_PER_HOUR));
    assert_non_null(bench_effect(&bench, EFFECT_SCHEDULED));
}

static void who_wants_none_gets_none(void **unused)
{
    (void)unused;
    struct fact fact = opened(CHANNEL_CHAT, T0);
    fact.as.opened.no_surveys = true;
    bench_apply(&bench, fact);
    bench_apply(&bench, resolved(5, T0 + M));
    assert_true(text_equal(bench_effect(&bench, EFFECT_SUPPRESSED)->text, TEXT("opt-out")));
    assert_int_equal(bench_armed(&bench, DEADLINE_ASK), 0);
}

static void the_budget_is_of_the_customer(void **unused)
{
    (void)unused;
    assert_true(budget_spend(&bench.customer, T0 - 8 * US_PER_DAY, &bench.arena)); /* out of the window */
    assert_true(budget_spend(&bench.customer, T0 - US_PER_DAY, &bench.arena));
    bench_ask(&bench);
    bench.dossier = (struct dossier){.state.case_id = {{2}}};
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, resolved(5, T0 + 11 * M));
    bench_apply(&bench, due(DEADLINE_ASK, T0 + 21 * M));
    assert_true(text_equal(bench_effect(&bench, EFFECT_SUPPRESSED)->text, TEXT("budget")));
    assert_null(bench_effect(&bench, EFFECT_NOTIFIED));
}

static void reopening_cancels_and_closes(void **unused)
{
    (void)unused;
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, resolved(5, T0 + M));
    bench_apply(&bench, reopened(6, T0 + 2 * M));
    assert_true(text_equal(bench_effect(&bench, EFFECT_SUPPRESSED)->text, TEXT("reopened")));
    assert_true(bench_cancelled(&bench, DEADLINE_ASK));
    bench_apply(&bench, resolved(7, T0 + 3 * M));
    bench_apply(&bench, due(DEADLINE_ASK, T0 + 13 * M));
    bench_apply(&bench, reopened(8, T0 + 14 * M));
    assert_non_null(bench_effect(&bench, EFFECT_EXPIRED));
    assert_true(bench_cancelled(&bench, DEADLINE_EXPIRY));
    /* What the customer says all the same counts. */
    struct survey *survey = dossier_last(&bench.dossier);
    bench_apply(&bench, submitted(survey->survey_id, 3, true, T0 + 15 * M));
    assert_int_equal(survey->status, SURVEY_ANSWERED);
    bench_apply(&bench, resolved(9, T0 + 16 * M));
    bench_apply(&bench, due(DEADLINE_ASK, T0 + 26 * M));
    assert_non_null(bench_effect(&bench, EFFECT_SENT));
    /* A third survey about one case is one too many. */
    bench_apply(&bench, reopened(10, T0 + 27 * M));
    bench_apply(&bench, resolved(11, T0 + 28 * M));
    assert_true(text_equal(bench_effect(&bench, EFFECT_SUPPRESSED)->text, TEXT("asked-already")));
}

static void by_policy_reopening_leaves_it_open(void **unused)
{
    (void)unused;
    bench.rules.is_closed_by_reopening = false;
    bench_ask(&bench);
    bench_apply(&bench, reopened(6, T0 + 21 * M));
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, wrote("满意", T0 + 22 * M));
    assert_int_equal(bench_effect(&bench, EFFECT_ANSWERED)->survey.score, 4);
}

static void facts_sent_again_change_nothing(void **unused)
{
    (void)unused;
    bench_ask(&bench);
    struct dossier before = bench.dossier;
    bench_apply(&bench, resolved(5, T0 + 10 * M));
    bench_apply(&bench, reopened(4, T0 + 9 * M));
    bench_apply(&bench, opened(CHANNEL_EMAIL, T0 + M));
    assert_int_equal(bench.effects.count, 0);
    assert_int_equal(bench.dossier.count, before.count);
    assert_int_equal(bench.dossier.state.channel, CHANNEL_CHAT);
    bench_apply(&bench, resolved(8, T0 + 30 * M)); /* resolved already: no second survey */
    assert_int_equal(bench.dossier.count, 1);
}

static void expiry_ends_it(void **unused)
{
    (void)unused;
    struct survey *survey = bench_ask(&bench);
    int64_t expires_at_us = survey->expires_at_us;
    bench_apply(&bench, due(DEADLINE_EXPIRY, expires_at_us));
    assert_non_null(bench_effect(&bench, EFFECT_EXPIRED));
    bench_apply(&bench, wrote("5", expires_at_us));
    assert_int_equal(bench.effects.count, 0);
    assert_int_equal(bench_try(&bench, submitted(survey->survey_id, 5, true, expires_at_us)), STATUS_REFUSED);
    /* Given in time, read late. */
    bench_apply(&bench, submitted(survey->survey_id, 5, true, expires_at_us - 1));
    assert_int_equal(survey->status, SURVEY_ANSWERED);
}

static void an_answer_cancels_the_expiry(void **unused)
{
    (void)unused;
    bench_ask(&bench);
    bench_apply(&bench, wrote("5", T0 + 21 * M));
    assert_true(bench_cancelled(&bench, DEADLINE_EXPIRY));
    assert_int_equal(bench_effect(&bench, EFFECT_NOTIFIED)->template, TEMPLATE_THANKS);
    bench_apply(&bench, due(DEADLINE_EXPIRY, T0 + 8 * US_PER_DAY)); /* it was on its way */
    assert_null(bench_effect(&bench, EFFECT_EXPIRED));
}

static void answers_change_and_are_kept(void **unused)
{
    (void)unused;
    struct survey *survey = bench_ask(&bench);
    bench_apply(&bench, submitted(survey->survey_id, 4, true, T0 + 21 * M));
    assert_int_equal(bench_effect(&bench, EFFECT_ANSWERED)->survey.edition, 1);
    assert_null(bench_effect(&bench, EFFECT_NOTIFIED)); /* the page has thanked */
    bench_apply(&bench, wrote("5", T0 + 30 * M));
    assert_int_equal(bench_effect(&bench, EFFECT_ANSWERED)->survey.edition, 2);
    assert_true(text_is_empty(survey->comment));
    /* Given between the two, read last: kept, and nothing else. */
    bench_apply(&bench, submitted(survey->survey_id, 3, true, T0 + 22 * M));
    assert_null(bench_effect(&bench, EFFECT_ANSWERED));
    assert_int_equal(bench_effect(&bench, EFFECT_KEPT)->answer.score, 3);
    assert_int_equal(survey->score, 5);
    assert_int_equal(survey->edition, 3);
    assert_int_equal(survey->answered_at_us, T0 + 30 * M);
}

static void low_or_unsolved_is_followed_up_once(void **unused)
{
    (void)unused;
    struct survey *survey = bench_ask(&bench);
    struct uuid id = survey->survey_id;
    bench_apply(&bench, submitted(id, 5, true, T0 + 21 * M));
    assert_null(bench_effect(&bench, EFFECT_FOLLOWED_UP));
    bench_apply(&bench, submitted(id, 4, false, T0 + 22 * M));
    assert_true(text_equal(bench_effect(&bench, EFFECT_FOLLOWED_UP)->text, TEXT("not solved")));
    bench_apply(&bench, submitted(id, 1, true, T0 + 23 * M));
    assert_null(bench_effect(&bench, EFFECT_FOLLOWED_UP));
    bench_apply(&bench, reopened(6, T0 + 24 * M));
    bench_apply(&bench, resolved(7, T0 + 25 * M));
    bench_apply(&bench, due(DEADLINE_ASK, T0 + 35 * M));
    bench_apply(&bench, wrote("不满意", T0 + 36 * M)); /* another survey: its own follow-up */
    assert_true(text_equal(bench_effect(&bench, EFFECT_FOLLOWED_UP)->text, TEXT("not solved, score 2")));
    assert_int_equal(bench_effect(&bench, EFFECT_NOTIFIED)->template, TEMPLATE_SORRY);
}

static void what_is_no_answer(void **unused)
{
    (void)unused;
    struct fact fact = wrote("5", T0 + 21 * M);
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, wrote("5", T0 + M)); /* nobody asked */
    assert_int_equal(bench.effects.count, 0);
    struct survey *survey = bench_ask(&bench);
    fact.as.message.author = 2;
    bench_apply(&bench, fact);
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, wrote("5", T0 + 19 * M)); /* written before it was asked, read after */
    assert_int_equal(bench.effects.count, 0);
    assert_int_equal(bench_try(&bench, submitted((struct uuid){{9}}, 5, true, T0 + 21 * M)), STATUS_INVALID);
    assert_int_equal(survey->edition, 0);
}

static void a_chat_about_something_else_is_no_answer(void **unused)
{
    (void)unused;
    struct survey *survey = bench_ask(&bench);
    bench_apply(&bench, wrote("Thanks!", T0 + 21 * M));
    bench_apply(&bench, wrote("4", T0 + 22 * M));
    assert_int_equal(survey->score, 4);
    bench_apply(&bench, wrote("how many lights should blink?", T0 + 23 * M));
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, wrote("1", T0 + 24 * M));
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, wrote("3", T0 + 22 * M + S)); /* read late */
    assert_int_equal(survey->score, 3);
    bench_apply(&bench, submitted(survey->survey_id, 5, true, T0 + 25 * M)); /* the page asks itself */
    assert_int_equal(survey->score, 5);
    /* A picture is something else, whatever stands below it. */
    bench_apply(&bench, reopened(6, T0 + 26 * M));
    bench_apply(&bench, resolved(7, T0 + 27 * M));
    bench_apply(&bench, due(DEADLINE_ASK, T0 + 37 * M));
    struct fact picture = wrote("5", T0 + 38 * M);
    picture.as.message.has_attachments = true;
    bench_apply(&bench, picture);
    bench_apply(&bench, wrote("5", T0 + 39 * M));
    assert_int_equal(dossier_last(&bench.dossier)->edition, 0);
}

static void many_resolutions_keep_the_last(void **unused)
{
    (void)unused;
    bench.rules.asks_per_case = 100;
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    for (int64_t i = 1; i <= 40; i++) {
        bench_apply(&bench, resolved(2 * i, T0 + i * M));
        bench_apply(&bench, reopened(2 * i + 1, T0 + i * M + S));
    }
    assert_int_equal(bench.dossier.count, DOSSIER_SURVEYS);
    assert_int_equal(dossier_last(&bench.dossier)->resolution, 40);
    assert_true(
        uuid_equal(dossier_last(&bench.dossier)->survey_id, survey_of(bench.dossier.state.case_id, 40)));
}

#define BENCH(test) cmocka_unit_test_setup_teardown(test, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH(asked_after_the_channel_s_delay),
        BENCH(chat_is_asked_soon),
        BENCH(a_resolution_waits_for_its_case),
        BENCH(a_case_that_stays_unknown_is_not_asked_about),
        BENCH(who_wants_none_gets_none),
        BENCH(the_budget_is_of_the_customer),
        BENCH(reopening_cancels_and_closes),
        BENCH(by_policy_reopening_leaves_it_open),
        BENCH(facts_sent_again_change_nothing),
        BENCH(expiry_ends_it),
        BENCH(an_answer_cancels_the_expiry),
        BENCH(answers_change_and_are_kept),
        BENCH(low_or_unsolved_is_followed_up_once),
        BENCH(what_is_no_answer),
        BENCH(a_chat_about_something_else_is_no_answer),
        BENCH(many_resolutions_keep_the_last),
    };
    return cmocka_run_group_tests_name("survey apply", tests, NULL, NULL);
}
