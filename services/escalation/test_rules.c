/* SPDX-License-Identifier: Apache-2.0 */
/* The small rules: priority, targets, agents, acknowledgements, moves, the rulebook's own check. */
#include "acknowledgement.h"
#include "actions.h"
#include "assignment.h"
#include "deadlines.h"
#include "priority.h"
#include "test_bench.h"

#include <stdlib.h>
#include <string.h>

static struct priority_verdict judge(struct bench *bench, struct priority_input input)
{
    return priority_judge(&bench->rules.priority, &input, &bench->arena);
}

static void priority_adds_up_and_is_explained(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    struct priority_verdict plain = judge(&bench, (struct priority_input){.type = TYPE_INQUIRY});
    assert_int_equal(plain.priority, PRIORITY_P4);
    assert_int_equal(plain.reason_count, 0);
    struct priority_verdict repair = judge(&bench, (struct priority_input){.type = TYPE_REPAIR});
    assert_int_equal(repair.priority, PRIORITY_P3);
    struct priority_verdict worst = judge(&bench, (struct priority_input){.type = TYPE_REPAIR,
                                                                          .is_complaint = true,
                                                                          .urgency = 2,
                                                                          .sentiment = -2,
                                                                          .tier = TIER_VIP,
                                                                          .money_minor = 500000,
                                                                          .currency = TEXT("CNY")});
    assert_int_equal(worst.priority, PRIORITY_P1);
    assert_int_equal(worst.reason_count, PRIORITY_REASONS);
    int sum = 0;
    for (size_t i = 0; i < worst.reason_count; i++)
        sum += atoi(strrchr(text_string(&bench.arena, worst.reasons[i]), ' '));
    assert_int_equal(sum, worst.points);
    assert_int_equal(worst.points, 15 + 20 + 25 + 10 + 25 + 20);
    assert_true(text_equal(worst.reasons[0], TEXT("type repair +15")));
    bench_close(&bench);
}

static void priority_takes_the_highest_money_step_of_the_currency(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    struct priority_input input = {.money_minor = 99999, .currency = TEXT("CNY")};
    assert_int_equal(judge(&bench, input).points, 0);
    input.money_minor = 100000;
    assert_int_equal(judge(&bench, input).points, 10);
    input.money_minor = 900000;
    assert_int_equal(judge(&bench, input).points, 20);
    input.currency = TEXT("EUR");
    assert_int_equal(judge(&bench, input).points, 0);
    input.currency = TEXT_NULL;
    assert_int_equal(judge(&bench, input).points, 0);
    bench_close(&bench);
}

static void priority_bounds_what_is_out_of_range(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    struct priority_input input = {.type = 99, .urgency = 1000, .tier = -4, .sentiment = -9};
    assert_int_equal(judge(&bench, input).points, 30 + 50 + 10);
    bench_close(&bench);
}

static void targets_follow_channel_priority_and_tier(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    const struct sla_rules *sla = &bench.rules.sla;
    assert_int_equal(deadlines_target(sla, CHANNEL_CHAT, PRIORITY_P4, 0).first_response_us, 30 * S);
    assert_int_equal(deadlines_target(sla, CHANNEL_PHONE, PRIORITY_P1, 0).first_response_us, 20 * S);
    assert_int_equal(deadlines_target(sla, CHANNEL_EMAIL, PRIORITY_P3, TIER_GOLD).first_response_us,
                     4 * 3600 * S);
    assert_int_equal(deadlines_target(sla, CHANNEL_EMAIL, PRIORITY_P1, TIER_VIP).resolution_us, 3600 * S);
    /* Half of 20 s would be 10: not below 15. */
    assert_int_equal(deadlines_target(sla, CHANNEL_PHONE, PRIORITY_P1, TIER_VIP).first_response_us, 15 * S);
    assert_int_equal(deadlines_target(sla, 0, 0, 99).resolution_us, 72 * 3600 * S);
    bench.rules.sla.targets[CHANNEL_CHAT][PRIORITY_P1].first_response_us = 2 * S;
    assert_int_equal(deadlines_target(sla, CHANNEL_CHAT, PRIORITY_P1, TIER_VIP).first_response_us, 2 * S);
    bench_close(&bench);
}

static void rulebook_refuses_what_cannot_be_kept(void **state)
{
    (void)state;
    static struct rulebook rules;
    struct error err;
    rulebook_defaults(&rules);
    assert_int_equal(rulebook_check(&rules, &err), STATUS_OK);
    rules.sla.targets[CHANNEL_SOCIAL][PRIORITY_P2].first_response_us = 0;
    assert_int_equal(rulebook_check(&rules, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "social P2"));
    rulebook_defaults(&rules);
    rules.priority.least[PRIORITY_P2] = 60;
    assert_int_equal(rulebook_check(&rules, &err), STATUS_INVALID);
    rulebook_defaults(&rules);
    rules.routing.retry_most_us = rules.routing.retry_first_us - 1;
    assert_int_equal(rulebook_check(&rules, &err), STATUS_INVALID);
    rulebook_defaults(&rules);
    rules.routing.weight[CHANNEL_PHONE] = 0;
    assert_int_equal(rulebook_check(&rules, &err), STATUS_INVALID);
}

static void agents_are_picked_by_skill_language_level_and_load(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    struct agent *busy = bench_agent(&bench, "busy", ",repair,", 2, 1);
    struct agent *idle = bench_agent(&bench, "idle", ",repair,", 4, 1);
    struct agent *other = bench_agent(&bench, "other", ",complaint,", 9, 1);
    struct agent_need need = {.skill = TEXT("repair"), .language = LANGUAGE_EN, .level = 1, .weight = 100};
    busy->load = 100;
    idle->load = 200;
    /* One of two, two of four: equal shares, so who got nothing for longest. */
    busy->assigned_at_us = 5;
    assert_ptr_equal(agents_pick(&bench.pool, &need), idle);
    idle->assigned_at_us = 9;
    assert_ptr_equal(agents_pick(&bench.pool, &need), busy);
    busy->load = 200; /* full */
    assert_ptr_equal(agents_pick(&bench.pool, &need), idle);
    idle->presence = PRESENCE_AWAY;
    assert_null(agents_pick(&bench.pool, &need));
    idle->presence = PRESENCE_ONLINE;
    idle->languages = 1 << LANGUAGE_ZH_CN;
    assert_null(agents_pick(&bench.pool, &need));
    need.is_any_language = true;
    assert_ptr_equal(agents_pick(&bench.pool, &need), idle);
    need.skill = TEXT("rep");
    assert_null(agents_pick(&bench.pool, &need));
    need.skill = TEXT("any");
    assert_ptr_equal(agents_pick(&bench.pool, &need), other);
    need.except = TEXT("other");
    assert_ptr_equal(agents_pick(&bench.pool, &need), idle);
    bench_close(&bench);
}

static void agents_of_the_level_come_first(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    struct agent *first = bench_agent(&bench, "a", ",", 9, 1);
    struct agent *second = bench_agent(&bench, "b", ",", 9, 2);
    struct agent_need need = {.skill = TEXT("repair"), .level = 2, .weight = 100};
    second->load = 500;
    assert_ptr_equal(agents_pick(&bench.pool, &need), second);
    second->presence = PRESENCE_OFFLINE;
    assert_ptr_equal(agents_pick(&bench.pool, &need), first);
    need.is_level_needed = true;
    assert_null(agents_pick(&bench.pool, &need));
    bench_close(&bench);
}

static void later_words_on_an_agent_correct_earlier_ones(void **state)
{
    (void)state;
    struct agent agent = {.agent_id = TEXT("lin"), .load = 300};
    agent_update(&agent, &(struct agent){.presence = PRESENCE_ONLINE, .capacity = 300, .updated_at_us = 20});
    agent_update(&agent, &(struct agent){.presence = PRESENCE_OFFLINE, .capacity = 100, .updated_at_us = 10});
    assert_int_equal(agent.presence, PRESENCE_ONLINE);
    assert_int_equal(agent.capacity, 300);
    assert_int_equal(agent.load, 300);
    agent_update(&agent, &(struct agent){.presence = PRESENCE_AWAY, .capacity = 200, .updated_at_us = 30});
    assert_int_equal(agent.presence, PRESENCE_AWAY);
    assert_int_equal(agent.load, 300); /* what they have they keep */
    assert_false(agent_can_take(&agent, 100));
}

static void scores_and_thanks_are_acknowledgements(void **state)
{
    (void)state;
    static struct rulebook rules;
    rulebook_defaults(&rules);
    rules.thanks[rules.thanks_count++] = TEXT("谢谢");
    rules.thanks[rules.thanks_count++] = TEXT("thank you");
    static const char *const yes[] = {"5", " 1 ", "谢谢！", "谢谢～ ", "Thank You!!", "3。"};
    static const char *const no[] = {
        "", "6", "0", "55", "5 times I asked", "谢谢，但是还是坏的", "thank you for nothing"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(acknowledgement_is(&rules, text_of(yes[i])));
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_false(acknowledgement_is(&rules, text_of(no[i])));
}

static void moves_depend_on_status_and_role(void **state)
{
    (void)state;
    assert_true(action_is_legal(CASE_OPEN, ROLE_AGENT, ACTION_RESOLVE));
    assert_false(action_is_legal(CASE_RESOLVED, ROLE_AGENT, ACTION_RESOLVE));
    assert_false(action_is_legal(CASE_OPEN, ROLE_CUSTOMER, ACTION_RESOLVE));
    assert_true(action_is_legal(CASE_RESOLVED, ROLE_CUSTOMER, ACTION_REOPEN));
    assert_false(action_is_legal(CASE_UNKNOWN, ROLE_AGENT, ACTION_NOTE));
    assert_false(action_is_legal(CASE_OPEN, 99, ACTION_NOTE));
    assert_false(action_is_legal(CASE_OPEN, ROLE_AGENT, 0));
    const char *moves[MOVES_MOST];
    assert_int_equal(actions_legal(CASE_CLOSED, ROLE_AGENT, moves), 2);
    assert_string_equal(moves[0], "NOTE");
    assert_string_equal(moves[1], "REOPEN");
}

static void routes_name_the_skill(void **state)
{
    (void)state;
    static struct rulebook rules;
    rulebook_defaults(&rules);
    rules.routing.routes[rules.routing.route_count++] =
        (struct route_rule){.label = TEXT("invoice"), .skill = TEXT("finance")};
    rules.routing.routes[rules.routing.route_count++] =
        (struct route_rule){.type = TYPE_REPAIR, .channel = CHANNEL_PHONE, .skill = TEXT("hotline")};
    struct case_state it = {.case_type = TYPE_REPAIR, .channel = CHANNEL_PHONE, .label = TEXT("invoice")};
    assert_true(text_equal(assignment_skill(&rules.routing, &it), TEXT("any")));
    it.classified_at_us = 1;
    assert_true(text_equal(assignment_skill(&rules.routing, &it), TEXT("finance")));
    it.label = TEXT("charging-fault");
    assert_true(text_equal(assignment_skill(&rules.routing, &it), TEXT("hotline")));
    it.channel = CHANNEL_CHAT;
    assert_true(text_equal(assignment_skill(&rules.routing, &it), TEXT("repair")));
    it.is_complaint = true;
    assert_true(text_equal(assignment_skill(&rules.routing, &it), TEXT("complaint")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(priority_adds_up_and_is_explained),
        cmocka_unit_test(priority_takes_the_highest_money_step_of_the_currency),
        cmocka_unit_test(priority_bounds_what_is_out_of_range),
        cmocka_unit_test(targets_follow_channel_priority_and_tier),
        cmocka_unit_test(rulebook_refuses_what_cannot_be_kept),
        cmocka_unit_test(agents_are_picked_by_skill_language_level_and_load),
        cmocka_unit_test(agents_of_the_level_come_first),
        cmocka_unit_test(later_words_on_an_agent_correct_earlier_ones),
        cmocka_unit_test(scores_and_thanks_are_acknowledgements),
        cmocka_unit_test(moves_depend_on_status_and_role),
        cmocka_unit_test(routes_name_the_skill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
