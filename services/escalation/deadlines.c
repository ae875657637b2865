/* SPDX-License-Identifier: Apache-2.0 */
#include "deadlines.h"

const char *const deadline_names[DEADLINE_COUNT] = {
    [DEADLINE_FIRST_RESPONSE_WARN] = "first-response-warn",
    [DEADLINE_FIRST_RESPONSE] = "first-response",
    [DEADLINE_RESOLUTION_WARN] = "resolution-warn",
    [DEADLINE_RESOLUTION] = "resolution",
    [DEADLINE_ASSIGN] = "assign",
    [DEADLINE_SILENCE] = "customer-silence",
    [DEADLINE_CONFIRMATION] = "confirmation",
};

static int64_t shortened(const struct sla_rules *rules, int64_t target_us, int32_t tier)
{
    int64_t by_tier =
        target_us / 100 * rules->tier_percent[tier] + target_us % 100 * rules->tier_percent[tier] / 100;
    if (by_tier < rules->least_us && by_tier < target_us)
        return rules->least_us < target_us ? rules->least_us : target_us;
    return by_tier;
}

struct target deadlines_target(const struct sla_rules *rules, int32_t channel, int32_t priority, int32_t tier)
{
    if (channel < 1 || channel >= CHANNEL_COUNT)
        channel = CHANNEL_API;
    if (priority < 1 || priority >= PRIORITY_COUNT)
        priority = PRIORITY_P4;
    if (tier < 0 || tier >= TIER_COUNT)
        tier = 0;
    struct target target = rules->targets[channel][priority];
    target.first_response_us = shortened(rules, target.first_response_us, tier);
    target.resolution_us = shortened(rules, target.resolution_us, tier);
    return target;
}

static int64_t target_us(const struct case_state *state, enum clock_kind clock)
{
    return clock == CLOCK_FIRST_RESPONSE ? state->first_target_us : state->resolution_target_us;
}

/* Time that does not count: waits that are over, of those this clock is paused by, and the time spent
 * resolved. */
static int64_t paused_us(const struct life *life, const struct sla_rules *rules, enum clock_kind clock)
{
    int64_t paused = life->waited_us[WAITING_NOBODY];
    for (int who = 1; who < WAITING_COUNT; who++)
        if (rules->pauses[clock][who])
            paused += life->waited_us[who];
    return paused;
}

int64_t deadlines_due_us(const struct case_state *state, const struct life *life,
                         const struct sla_rules *rules, enum clock_kind clock)
{
    if (state->opened_at_us == 0)
        return 0;
    return state->received_at_us + target_us(state, clock) + paused_us(life, rules, clock);
}

int64_t deadlines_warn_us(const struct case_state *state, const struct life *life,
                          const struct sla_rules *rules, enum clock_kind clock)
{
    int64_t target = target_us(state, clock);
    int32_t percent = target < rules->warn_short_us ? rules->warn_short_percent : rules->warn_percent;
    int64_t due = deadlines_due_us(state, life, rules, clock);
    return due == 0 ? 0 : due - target / 100 * (100 - percent);
}

/* A case that was resolved after its first response was due, without one: the miss is still to be recorded.
 * Facts that tell of a response in time may be on their way, so that is left to the deadline, which is due at
 * once. */
static bool is_missed(const struct case_state *state, const struct life *life, const struct sla_rules *rules)
{
    return state->responded_at_us == 0 &&
           life->resolved_at_us > deadlines_due_us(state, life, rules, CLOCK_FIRST_RESPONSE);
}

static void plan_first_response(struct deadline_plan *plan, const struct case_state *state,
                                const struct life *life, const struct sla_rules *rules)
{
    if ((state->first_marks & (MARK_BREACHED | MARK_MET)) != 0 || state->responded_at_us != 0)
        return;
    bool is_open = life->status == CASE_OPEN;
    if (is_open ? rules->pauses[CLOCK_FIRST_RESPONSE][life->waiting_for] : !is_missed(state, life, rules))
        return;
    plan->due_us[DEADLINE_FIRST_RESPONSE] = deadlines_due_us(state, life, rules, CLOCK_FIRST_RESPONSE);
    if (is_open && (state->first_marks & MARK_WARNED) == 0)
        plan->due_us[DEADLINE_FIRST_RESPONSE_WARN] =
            deadlines_warn_us(state, life, rules, CLOCK_FIRST_RESPONSE);
}

static void plan_resolution(struct deadline_plan *plan, const struct case_state *state,
                            const struct life *life, const struct sla_rules *rules)
{
    if ((state->resolution_marks & (MARK_BREACHED | MARK_MET)) != 0 || life->status != CASE_OPEN ||
        rules->pauses[CLOCK_RESOLUTION][life->waiting_for])
        return;
    plan->due_us[DEADLINE_RESOLUTION] = deadlines_due_us(state, life, rules, CLOCK_RESOLUTION);
    if ((state->resolution_marks & MARK_WARNED) == 0)
        plan->due_us[DEADLINE_RESOLUTION_WARN] = deadlines_warn_us(state, life, rules, CLOCK_RESOLUTION);
}

struct deadline_plan deadlines_plan(const struct case_state *state, const struct life *life,
                                    const struct rulebook *rules)
{
    struct deadline_plan plan = {0};
    if (state->opened_at_us == 0)
        return plan;
    plan_first_response(&plan, state, life, &rules->sla);
    plan_resolution(&plan, state, life, &rules->sla);
    if (life->status == CASE_OPEN) {
        plan.due_us[DEADLINE_ASSIGN] = state->assign_at_us;
        if (life->is_awaiting_answer)
            plan.due_us[DEADLINE_SILENCE] = life->waiting_since_us + rules->sla.silence_us;
    } else if (life->status == CASE_RESOLVED && !life->is_disputed) {
        plan.due_us[DEADLINE_CONFIRMATION] = life->resolved_at_us + rules->sla.confirmation_us;
    }
    return plan;
}
