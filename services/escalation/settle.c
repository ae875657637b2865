/* SPDX-License-Identifier: Apache-2.0 */
#include "settle.h"

#include "assignment.h"

#include <string.h>

struct settle_before settle_look(const struct case_state *state, const struct apply_context *context)
{
    /* Nothing was stated of a case that was not opened: then everything is news. */
    struct settle_before before = {.life = {.status = CASE_OPEN}};
    if (state->opened_at_us == 0)
        return before;
    before.is_opened = true;
    before.life = moments_fold(state->moments);
    before.plan = deadlines_plan(state, &before.life, context->rules);
    for (int clock = CLOCK_FIRST_RESPONSE; clock < CLOCK_COUNT; clock++)
        before.due_us[clock] =
            deadlines_due_us(state, &before.life, &context->rules->sla, (enum clock_kind)clock);
    return before;
}

static void settle_priority(struct case_state *state, struct apply_context *context, struct effects *effects)
{
    struct priority_input input = {.type = state->case_type,
                                   .is_complaint = state->is_complaint,
                                   .urgency = state->urgency,
                                   .sentiment = state->sentiment,
                                   .tier = state->tier,
                                   .money_minor = state->paid_minor,
                                   .currency = state->paid_currency};
    struct priority_verdict verdict = priority_judge(&context->rules->priority, &input, context->arena);
    if (verdict.priority == state->priority)
        return; /* the targets it matched stay, whatever the policy says now */
    state->priority = verdict.priority;
    struct target target =
        deadlines_target(&context->rules->sla, state->channel, state->priority, state->tier);
    state->first_target_us = target.first_response_us;
    state->resolution_target_us = target.resolution_us;
    struct effect *effect = effects_add(effects, EFFECT_PRIORITISED, state);
    effect->number = verdict.priority;
    effect->reasons = arena_copy(context->arena, verdict.reasons, sizeof verdict.reasons);
    effect->reason_count = effect->reasons == NULL ? 0 : verdict.reason_count;
}

static void state_resolved(struct case_state *state, const struct life *life, struct effects *effects)
{
    struct effect *effect = effects_add(effects, EFFECT_RESOLVED, state);
    effect->text = state->resolution;
    effect->id = state->resolved_by;
    effect->at_us = life->resolved_at_us;
}

static void state_reopened(struct case_state *state, struct text why, struct effects *effects)
{
    effects_add(effects, EFFECT_REOPENED, state)->text = why;
}

/* A fact that comes late may put more than one step into the past: each is stated. */
static void settle_status(struct case_state *state, const struct life *was, const struct life *is,
                          struct text why, struct effects *effects)
{
    bool is_resolved_anew = is->resolves > was->resolves, is_reopened = is->reopens > was->reopens;
    if (is->status == CASE_OPEN) {
        if (is_resolved_anew && was->status == CASE_OPEN)
            state_resolved(state, is, effects);
        if (is_reopened || was->status != CASE_OPEN)
            state_reopened(state, why, effects);
        return;
    }
    if (is_reopened && was->status != CASE_OPEN)
        state_reopened(state, why, effects);
    if (is_resolved_anew || was->status == CASE_OPEN)
        state_resolved(state, is, effects);
    if (is->status == CASE_CLOSED && (was->status != CASE_CLOSED || is->closes > was->closes))
        effects_add(effects, EFFECT_CLOSED, state)->number = is->closed_how;
}

static void settle_waiting(struct case_state *state, const struct life *was, const struct life *is,
                           struct effects *effects)
{
    if (is->status == CASE_OPEN && is->waiting_for != was->waiting_for)
        effects_add(effects, EFFECT_WAITING, state)->number = is->waiting_for;
    state->status = is->status;
    state->waiting_for = is->waiting_for;
}

static void judge_clock(struct case_state *state, const struct life *life, enum clock_kind clock,
                        int64_t stopped_us, struct apply_context *context, struct effects *effects)
{
    bool is_first = clock == CLOCK_FIRST_RESPONSE;
    int32_t *marks = is_first ? &state->first_marks : &state->resolution_marks;
    if (stopped_us == 0 || (*marks & (MARK_BREACHED | MARK_MET)) != 0)
        return;
    int64_t due_us = deadlines_due_us(state, life, &context->rules->sla, clock);
    bool is_late = stopped_us > due_us;
    *marks |= is_late ? MARK_BREACHED : MARK_MET;
    struct effect *effect =
        effects_add(effects, is_late ? EFFECT_DEADLINE_BREACHED : EFFECT_DEADLINE_MET, state);
    effect->number = (int32_t)clock;
    effect->at_us = due_us;
}

/* A miss is recorded even when nothing looked at the clock before it stopped. */
static void settle_clocks(struct case_state *state, const struct life *was, const struct life *life,
                          struct apply_context *context, struct effects *effects)
{
    if (state->responded_at_us != 0 && state->responded_at_us < state->received_at_us)
        state->responded_at_us = state->received_at_us;
    if (life->status == CASE_OPEN || life->resolves != was->resolves)
        state->resolution_marks &= ~MARK_MET;
    judge_clock(state, life, CLOCK_FIRST_RESPONSE, state->responded_at_us, context, effects);
    judge_clock(state, life, CLOCK_RESOLUTION, life->resolved_at_us, context, effects);
}

/* When the clock runs out is stated whenever it changes, also while the clock is paused; of a case that was
 * opened only now even when the clock has stopped, for an answer may be read before the case. */
static void settle_due(struct case_state *state, const struct settle_before *before, const struct life *life,
                       enum clock_kind clock, struct apply_context *context, struct effects *effects)
{
    int32_t marks = clock == CLOCK_FIRST_RESPONSE ? state->first_marks : state->resolution_marks;
    int64_t due_us = deadlines_due_us(state, life, &context->rules->sla, clock);
    if (due_us == before->due_us[clock] || (marks & (MARK_BREACHED | MARK_MET)) != 0)
        return;
    struct effect *effect = effects_add(effects, EFFECT_DEADLINE_SET, state);
    effect->number = (int32_t)clock;
    effect->at_us = due_us;
    effect->warn_at_us = deadlines_warn_us(state, life, &context->rules->sla, clock);
}

static void settle_dues(struct case_state *state, const struct settle_before *before, const struct life *life,
                        struct apply_context *context, struct effects *effects)
{
    settle_due(state, before, life, CLOCK_FIRST_RESPONSE, context, effects);
    settle_due(state, before, life, CLOCK_RESOLUTION, context, effects);
}

static void settle_deadlines(struct case_state *state, const struct deadline_plan *was,
                             const struct life *life, struct apply_context *context, struct effects *effects)
{
    struct deadline_plan is = deadlines_plan(state, life, context->rules);
    for (int i = 0; i < DEADLINE_COUNT; i++) {
        if (is.due_us[i] == was->due_us[i])
            continue;
        struct effect *effect = effects_add(effects, is.due_us[i] == 0 ? EFFECT_CANCEL : EFFECT_ARM, state);
        effect->deadline = (enum deadline)i;
        effect->at_us = is.due_us[i];
    }
}

void settle_case(struct case_state *state, const struct settle_before *before, struct text why,
                 struct apply_context *context, struct effects *effects)
{
    if (state->opened_at_us == 0)
        return;
    struct life life = moments_fold(state->moments);
    settle_priority(state, context, effects);
    settle_status(state, &before->life, &life, why, effects);
    settle_waiting(state, &before->life, &life, effects);
    if (!before->is_opened)
        settle_dues(state, before, &life, context, effects);
    settle_clocks(state, &before->life, &life, context, effects);
    assignment_settle(state, &life, context, effects);
    if (before->is_opened)
        settle_dues(state, before, &life, context, effects);
    settle_deadlines(state, &before->plan, &life, context, effects);
}
