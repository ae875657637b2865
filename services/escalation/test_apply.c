/* SPDX-License-Identifier: Apache-2.0 */
/* One fact after another: what is stated, armed and cancelled. */
#include "test_bench.h"

static void the_first_facts_set_priority_deadlines_and_agent(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    struct agent *lin = bench_agent(&bench, "lin", ",repair,", 1, 1);
    bench_apply(&bench, opened(CHANNEL_PHONE, T0));
    assert_int_equal(bench_effect(&bench, EFFECT_PRIORITISED)->number, PRIORITY_P4);
    assert_int_equal(bench_effect(&bench, EFFECT_DEADLINE_SET)->at_us, T0 + 20 * S);
    assert_int_equal(bench_armed(&bench, DEADLINE_FIRST_RESPONSE), T0 + 20 * S);
    assert_int_equal(bench_armed(&bench, DEADLINE_FIRST_RESPONSE_WARN), T0 + 13200000); /* 66 % */
    assert_int_equal(bench_armed(&bench, DEADLINE_RESOLUTION), T0 + 72 * 3600 * S);
    assert_int_equal(bench_armed(&bench, DEADLINE_RESOLUTION_WARN), T0 + 54 * 3600 * S); /* 75 % */
    assert_int_equal(bench_armed(&bench, DEADLINE_ASSIGN), T0 + 3 * S);
    assert_non_null(bench_effect(&bench, EFFECT_QUEUED));
    assert_null(bench_effect(&bench, EFFECT_ASSIGNED)); /* waits for the classification */
    assert_int_equal(bench.state.version, 2);

    bench_apply(&bench, classified(TYPE_REPAIR, 2, DECISION_HUMAN, T0 + S));
    assert_int_equal(bench_effect(&bench, EFFECT_PRIORITISED)->number, PRIORITY_P2);
    assert_int_equal(bench_armed(&bench, DEADLINE_RESOLUTION), T0 + 4 * 3600 * S);
    assert_int_equal(bench_armed(&bench, DEADLINE_FIRST_RESPONSE), 0); /* 20 s as before */
    assert_true(text_equal(bench_effect(&bench, EFFECT_ASSIGNED)->id, TEXT("lin")));
    assert_true(bench_cancelled(&bench, DEADLINE_ASSIGN));
    assert_int_equal(lin->load, 100);
    assert_int_equal(bench.state.version, 4);
    bench_close(&bench);
}

static void nothing_is_stated_of_a_case_before_it_is_opened(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, classified(TYPE_COMPLAINT, 3, DECISION_HUMAN, T0 + S));
    assert_int_equal(bench.effects.count, 0);
    bench_apply(&bench, happened(FACT_RETURN_OPENED, T0 + 2 * S));
    assert_int_equal(bench.effects.count, 0);
    assert_int_equal(bench.state.version, 0);
    bench_apply(&bench, acted(ACTION_REPLY, 0, T0 + 3 * S));
    assert_int_equal(bench_effect(&bench, EFFECT_REFUSED)->move_count, 0);
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    assert_int_equal(bench_effect(&bench, EFFECT_PRIORITISED)->number, PRIORITY_P1);
    assert_int_equal(bench_effect(&bench, EFFECT_WAITING)->number, WAITING_CUSTOMER);
    bench_close(&bench);
}

static void a_missed_response_is_escalated_one_level_to_somebody_higher(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    struct agent *lin = bench_agent(&bench, "lin", ",repair,", 3, 1);
    struct agent *mei = bench_agent(&bench, "mei", ",", 3, 2);
    mei->load = 200;
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, classified(TYPE_REPAIR, 0, DECISION_HUMAN, T0 + S));
    assert_int_equal(lin->load, 100);
    bench.context.now_us = T0 + 20 * S;
    bench_apply(&bench, due(DEADLINE_FIRST_RESPONSE_WARN, T0 + 19800000));
    assert_int_equal(bench_effect(&bench, EFFECT_DEADLINE_WARNED)->at_us, T0 + 30 * S);
    bench.context.now_us = T0 + 29 * S; /* too early: it was moved, or never armed */
    bench_apply(&bench, due(DEADLINE_FIRST_RESPONSE, T0 + 29 * S));
    assert_null(bench_effect(&bench, EFFECT_DEADLINE_BREACHED));
    assert_int_equal(bench_armed(&bench, DEADLINE_FIRST_RESPONSE), T0 + 30 * S);
    bench.context.now_us = T0 + 30 * S;
    bench_apply(&bench, due(DEADLINE_FIRST_RESPONSE, T0 + 30 * S));
    assert_int_equal(bench_effect(&bench, EFFECT_DEADLINE_BREACHED)->number, CLOCK_FIRST_RESPONSE);
    assert_int_equal(bench_effect(&bench, EFFECT_ESCALATED)->number, 2);
    assert_true(text_equal(bench_effect(&bench, EFFECT_UNASSIGNED)->id, TEXT("lin")));
    assert_true(text_equal(bench_effect(&bench, EFFECT_ASSIGNED)->id, TEXT("mei")));
    assert_int_equal(lin->load, 0);
    assert_int_equal(mei->load, 300);
    bench_apply(&bench, agent_wrote(T0 + 31 * S)); /* a recorded miss stays */
    assert_null(bench_effect(&bench, EFFECT_DEADLINE_MET));
    assert_int_equal(bench.state.first_marks, MARK_WARNED | MARK_BREACHED);
    bench_close(&bench);
}

static void a_miss_nobody_looked_at_is_recorded_when_the_clock_stops(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, agent_wrote(T0 + 30 * S)); /* exactly in time */
    assert_int_equal(bench_effect(&bench, EFFECT_DEADLINE_MET)->at_us, T0 + 30 * S);
    bench_close(&bench);
    bench_open(&bench);
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, agent_wrote(T0 + 30 * S + 1));
    assert_int_equal(bench_effect(&bench, EFFECT_DEADLINE_BREACHED)->at_us, T0 + 30 * S);
    assert_true(bench_cancelled(&bench, DEADLINE_FIRST_RESPONSE));
    bench_close(&bench);
}

static void an_answered_call_is_a_response_and_an_abandoned_one_is_none(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, opened(CHANNEL_PHONE, T0));
    bench_apply(&bench, happened(FACT_CALL, T0 + 60 * S));
    assert_int_equal(bench.state.responded_at_us, 0);
    struct fact call = happened(FACT_CALL, T0 + 61 * S);
    call.as.call.answered_at_us = T0 - S; /* before it was received: clocks never run backwards */
    bench_apply(&bench, call);
    assert_int_equal(bench.state.responded_at_us, T0);
    assert_non_null(bench_effect(&bench, EFFECT_DEADLINE_MET));
    bench_close(&bench);

    bench_open(&bench);
    bench_apply(&bench, opened(CHANNEL_PHONE, T0));
    bench_apply(&bench, agent_wrote(T0 + 10 * S));
    call.as.call.answered_at_us = T0 + 5 * S; /* read later, happened first */
    bench_apply(&bench, call);
    assert_int_equal(bench.state.responded_at_us, T0 + 5 * S);
    bench_apply(&bench, agent_wrote(T0 + 20 * S));
    assert_int_equal(bench.state.responded_at_us, T0 + 5 * S);
    bench_close(&bench);
}

static void waiting_for_the_customer_stops_the_resolution_clock(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, acted(ACTION_ASK, 0, T0 + 10 * S));
    assert_int_equal(bench_effect(&bench, EFFECT_WAITING)->number, WAITING_CUSTOMER);
    assert_int_equal(bench_effect(&bench, EFFECT_NOTIFIED)->number, TEMPLATE_ASK);
    assert_true(bench_cancelled(&bench, DEADLINE_RESOLUTION));
    assert_true(bench_cancelled(&bench, DEADLINE_RESOLUTION_WARN));
    assert_int_equal(bench_armed(&bench, DEADLINE_SILENCE), T0 + 10 * S + 72 * 3600 * S);
    bench_apply(&bench, wrote("it blinks red", T0 + 110 * S));
    assert_int_equal(bench_effect(&bench, EFFECT_WAITING)->number, WAITING_NOBODY);
    assert_int_equal(bench_armed(&bench, DEADLINE_RESOLUTION), T0 + 72 * 3600 * S + 100 * S);
    assert_true(bench_cancelled(&bench, DEADLINE_SILENCE));
    bench_apply(&bench, happened(FACT_OPTION_CHOSEN, T0 + 200 * S)); /* the carrier stops nothing */
    assert_null(bench_effect(&bench, EFFECT_DEADLINE_SET));
    assert_int_equal(bench_effect(&bench, EFFECT_WAITING)->number, WAITING_CARRIER);
    bench_close(&bench);
}

static void a_silent_customer_ends_the_case_and_may_come_back(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    struct agent *lin = bench_agent(&bench, "lin", ",", 3, 1);
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, classified(TYPE_INQUIRY, 0, DECISION_HUMAN, T0 + S));
    bench_apply(&bench, acted(ACTION_ASK, 0, T0 + 10 * S));
    bench.context.now_us = T0 + 80 * 3600 * S;
    bench_apply(&bench, due(DEADLINE_SILENCE, T0 + 10 * S + 72 * 3600 * S));
    assert_int_equal(bench.state.status, CASE_RESOLVED);
    assert_true(text_equal(bench_effect(&bench, EFFECT_RESOLVED)->id, TEXT("policy")));
    assert_int_equal(lin->load, 0);
    assert_int_equal(bench_armed(&bench, DEADLINE_CONFIRMATION), T0 + 152 * 3600 * S);
    bench_apply(&bench, wrote("ok", T0 + 81 * 3600 * S));
    assert_int_equal(bench.state.status, CASE_OPEN); /* "ok" is not in the default rulebook's list */
    assert_true(text_equal(bench_effect(&bench, EFFECT_ASSIGNED)->id, TEXT("lin")));
    assert_true(bench_cancelled(&bench, DEADLINE_CONFIRMATION));
    bench_close(&bench);
}

static void resolved_is_closed_when_nobody_objects(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, acted(ACTION_RESOLVE, 0, T0 + 10 * S));
    assert_int_equal(bench_effect(&bench, EFFECT_RESOLVED)->at_us, T0 + 10 * S);
    assert_true(text_equal(bench_effect(&bench, EFFECT_RESOLVED)->text, TEXT("words")));
    assert_non_null(bench_effect(&bench, EFFECT_APPLIED));
    bench_apply(&bench, wrote("5", T0 + 20 * S));
    assert_int_equal(bench.state.status, CASE_RESOLVED);
    bench.context.now_us = T0 + 73 * 3600 * S;
    bench_apply(&bench, due(DEADLINE_CONFIRMATION, T0 + 10 * S + 72 * 3600 * S));
    assert_int_equal(bench_effect(&bench, EFFECT_CLOSED)->number, CLOSED_TIMEOUT);
    bench_apply(&bench, happened(FACT_CALL, T0 + 74 * 3600 * S)); /* even an abandoned call */
    assert_true(text_equal(bench_effect(&bench, EFFECT_REOPENED)->text, TEXT("the customer called again")));
    bench_close(&bench);
}

static void a_stale_command_changes_nothing(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    int64_t version = bench.state.version;
    struct case_state before = bench.state;
    bench_apply(&bench, acted(ACTION_RESOLVE, version - 1, T0 + S));
    const struct effect *refused = bench_effect(&bench, EFFECT_REFUSED);
    assert_non_null(refused);
    assert_int_equal(bench.effects.count, 1);
    assert_int_equal(refused->version, version);
    assert_true(text_starts_with(refused->text, TEXT("stale")));
    assert_int_equal(refused->move_count, 6);
    assert_memory_equal(&before, &bench.state, sizeof before);
    bench_apply(&bench, acted(ACTION_NOTE, version, T0 + 2 * S));
    assert_int_equal(bench_effect(&bench, EFFECT_APPLIED)->version, version + 1);
    bench_apply(&bench, acted(ACTION_NOTE, version, T0 + 3 * S)); /* the same again is stale */
    assert_non_null(bench_effect(&bench, EFFECT_REFUSED));
    bench_close(&bench);
}

static void transfers_never_exceed_a_capacity(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    struct agent *lin = bench_agent(&bench, "lin", ",", 1, 1);
    struct agent *mei = bench_agent(&bench, "mei", ",", 1, 1);
    mei->load = 100;
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, classified(TYPE_INQUIRY, 0, DECISION_HUMAN, T0 + S));
    assert_int_equal(lin->load, 100);
    struct fact transfer = acted(ACTION_TRANSFER, 0, T0 + 2 * S);
    static const char *const refused[] = {"mei", "lin", "nobody", ""};
    for (size_t i = 0; i < 4; i++) {
        transfer.as.action.target_agent_id = text_of(refused[i]);
        bench_apply(&bench, transfer);
        assert_non_null(bench_effect(&bench, EFFECT_REFUSED));
        assert_int_equal(lin->load, 100);
    }
    mei->load = 0;
    transfer.as.action.target_agent_id = TEXT("mei");
    bench_apply(&bench, transfer);
    assert_int_equal(lin->load, 0);
    assert_int_equal(mei->load, 100);
    assert_int_equal(bench_effect(&bench, EFFECT_NOTIFIED)->number, TEMPLATE_TRANSFERRED);
    bench_close(&bench);
}

static void a_queued_case_is_tried_again_and_again(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    struct agent *lin = bench_agent(&bench, "lin", ",repair,", 1, 1);
    lin->presence = PRESENCE_OFFLINE;
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    int64_t due_us = bench_armed(&bench, DEADLINE_ASSIGN);
    int64_t waits[8];
    for (int i = 0; i < 8; i++) {
        bench.context.now_us = due_us;
        bench_apply(&bench, due(DEADLINE_ASSIGN, due_us));
        assert_null(bench_effect(&bench, EFFECT_QUEUED)); /* stated once */
        waits[i] = bench_armed(&bench, DEADLINE_ASSIGN) - due_us;
        due_us += waits[i];
    }
    assert_int_equal(waits[0], 2 * S);
    assert_int_equal(waits[1], 4 * S);
    assert_int_equal(waits[7], 8 * S);
    lin->presence = PRESENCE_ONLINE;
    bench.context.now_us = due_us;
    bench_apply(&bench, due(DEADLINE_ASSIGN, due_us));
    assert_non_null(bench_effect(&bench, EFFECT_ASSIGNED)); /* not classified: anybody will do */
    assert_int_equal(bench.state.queued_at_us, 0);
    bench_close(&bench);
}

static void a_case_moves_to_the_skill_it_turns_out_to_need(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    struct agent *lin = bench_agent(&bench, "lin", ",inquiry,", 1, 1);
    struct agent *mei = bench_agent(&bench, "mei", ",repair,", 1, 1);
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, classified(TYPE_INQUIRY, 0, DECISION_HUMAN, T0 + S));
    assert_int_equal(lin->load, 100);
    mei->load = 100;
    bench_apply(&bench, classified(TYPE_REPAIR, 0, DECISION_HUMAN, T0 + 2 * S));
    assert_int_equal(lin->load, 100); /* nobody better: they keep it */
    mei->load = 0;
    bench_apply(&bench, classified(TYPE_INQUIRY, 0, DECISION_HUMAN, T0 + 3 * S));
    bench_apply(&bench, classified(TYPE_REPAIR, 0, DECISION_HUMAN, T0 + 4 * S));
    assert_int_equal(lin->load, 0);
    assert_int_equal(mei->load, 100);
    bench_apply(&bench,
                classified(TYPE_INQUIRY, 0, DECISION_HUMAN, T0 + 3 * S)); /* older: not the last word */
    assert_int_equal(mei->load, 100);
    bench_close(&bench);
}

static void an_applied_command_has_its_effect_whatever_is_known_of_later(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, happened(FACT_RETURN_OPENED, T0 + 100 * S));
    bench_apply(&bench, acted(ACTION_RESOLVE, 0, T0 + 90 * S)); /* read later, said earlier */
    assert_int_equal(bench.state.status, CASE_RESOLVED);
    assert_int_equal(bench_effect(&bench, EFFECT_RESOLVED)->at_us, T0 + 100 * S);
    bench_close(&bench);
}

static void a_late_message_undoes_a_resolution_that_was_in_time(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, acted(ACTION_RESOLVE, 0, T0 + 3600 * S));
    assert_int_equal(bench.state.resolution_marks, MARK_MET);
    bench_apply(&bench, happened(FACT_RETURN_CLOSED, T0 + 100 * 3600 * S)); /* resolved already */
    assert_null(bench_effect(&bench, EFFECT_RESOLVED));
    bench_apply(&bench, wrote("no, it is not", T0 + 2 * 3600 * S)); /* so it was open from 2 h to 100 h */
    assert_non_null(bench_effect(&bench, EFFECT_REOPENED));
    assert_non_null(bench_effect(&bench, EFFECT_RESOLVED));
    assert_int_equal(bench.state.status, CASE_RESOLVED);
    assert_int_equal(bench.state.resolution_marks, MARK_BREACHED);
    assert_int_equal(bench_effect(&bench, EFFECT_DEADLINE_BREACHED)->at_us, T0 + 73 * 3600 * S);
    bench_close(&bench);
}

static void an_agent_who_was_not_loaded_is_noticed(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_agent(&bench, "lin", ",", 1, 1);
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, classified(TYPE_INQUIRY, 0, DECISION_HUMAN, T0 + S));
    assert_int_equal(bench.state.weight, 100);
    struct case_state before = bench.state;
    struct fact fact = acted(ACTION_RESOLVE, 0, T0 + 2 * S);
    agents_init(&bench.pool, &bench.arena);
    case_apply(&bench.state, &fact, &bench.context, &bench.effects);
    assert_true(bench.context.is_agent_missing);
    bench.state = before;
    bench.context.is_agent_missing = false;
    agents_note_wanted(&bench.pool, TEXT("lin")); /* looked for and not found: deleted */
    case_apply(&bench.state, &fact, &bench.context, &bench.effects);
    assert_false(bench.context.is_agent_missing);
    assert_int_equal(bench.state.status, CASE_RESOLVED);
    bench_close(&bench);
}

static void the_list_of_moments_is_bounded_and_still_true(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    for (int i = 1; i <= 500; i++) {
        bench_apply(&bench, acted(ACTION_ASK, 0, T0 + 20 * i * S));
        bench_apply(&bench, wrote("and?", T0 + (20 * i + 5) * S));
    }
    assert_in_range(moments_count(bench.state.moments), 1, MOMENTS_MOST);
    struct life life = moments_fold(bench.state.moments);
    assert_int_equal(life.waited_us[WAITING_CUSTOMER], 500 * 5 * S);
    assert_int_equal(life.status, CASE_OPEN);
    life = moments_fold(TEXT("not of this make at all, but long enough to be looked at by mistake......."));
    assert_int_equal(life.status, CASE_OPEN);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_facts_set_priority_deadlines_and_agent),
        cmocka_unit_test(nothing_is_stated_of_a_case_before_it_is_opened),
        cmocka_unit_test(a_missed_response_is_escalated_one_level_to_somebody_higher),
        cmocka_unit_test(a_miss_nobody_looked_at_is_recorded_when_the_clock_stops),
        cmocka_unit_test(an_answered_call_is_a_response_and_an_abandoned_one_is_none),
        cmocka_unit_test(waiting_for_the_customer_stops_the_resolution_clock),
        cmocka_unit_test(a_silent_customer_ends_the_case_and_may_come_back),
        cmocka_unit_test(resolved_is_closed_when_nobody_objects),
        cmocka_unit_test(a_stale_command_changes_nothing),
        cmocka_unit_test(transfers_never_exceed_a_capacity),
        cmocka_unit_test(a_queued_case_is_tried_again_and_again),
        cmocka_unit_test(a_case_moves_to_the_skill_it_turns_out_to_need),
        cmocka_unit_test(an_applied_command_has_its_effect_whatever_is_known_of_later),
        cmocka_unit_test(a_late_message_undoes_a_resolution_that_was_in_time),
        cmocka_unit_test(an_agent_who_was_not_loaded_is_noticed),
        cmocka_unit_test(the_list_of_moments_is_bounded_and_still_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
