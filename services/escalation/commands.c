/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include "actions.h"
#include "assignment.h"

void command_remember(struct case_state *state, enum moment_kind kind, int64_t at_us,
                      struct apply_context *context)
{
    struct text longer = moments_add(state->moments, kind, at_us, context->arena);
    if (longer.at != NULL)
        state->moments = longer;
}

void command_respond(struct case_state *state, int64_t at_us)
{
    if (state->responded_at_us == 0 || at_us < state->responded_at_us)
        state->responded_at_us = at_us;
}

void command_resolve(struct case_state *state, struct text resolution, struct text by, int64_t at_us)
{
    if (at_us < state->resolution_at_us ||
        (at_us == state->resolution_at_us && text_compare(resolution, state->resolution) <= 0))
        return;
    state->resolution_at_us = at_us;
    state->resolution = resolution;
    state->resolved_by = by;
}

void command_escalate(struct case_state *state, struct text reason, struct apply_context *context,
                      struct effects *effects)
{
    if (state->level >= LEVEL_LAST)
        return;
    state->level++;
    struct effect *effect = effects_add(effects, EFFECT_ESCALATED, state);
    effect->number = state->level;
    effect->text = reason;
    assignment_raise(state, context, effects);
}

static void tell(struct case_state *state, enum template template, struct text text, struct effects *effects)
{
    struct effect *effect = effects_add(effects, EFFECT_NOTIFIED, state);
    effect->number = (int32_t) template;
    effect->text = text;
}

static struct text transfer(struct case_state *state, const struct fact_action *action,
                            struct apply_context *context, struct effects *effects)
{
    bool is_handed_over = state->weight > 0;
    struct text objection = assignment_transfer(state, action->target_agent_id, context, effects);
    if (objection.at == NULL && is_handed_over)
        tell(state, TEMPLATE_TRANSFERRED, action->text, effects);
    return objection;
}

static struct text first_of(struct text a, struct text b, struct text c)
{
    return !text_is_empty(a) ? a : !text_is_empty(b) ? b : c;
}

struct text command_do(struct case_state *state, const struct fact *fact, struct apply_context *context,
                       struct effects *effects)
{
    const struct fact_action *action = &fact->as.action;
    /* It was allowed by what is known now, so it comes after all that. */
    int64_t last_us = moments_last_us(state->moments);
    int64_t at_us = fact->at_us > last_us ? fact->at_us : last_us;
    switch ((enum action_kind)action->kind) {
    case ACTION_REPLY:
        command_respond(state, fact->at_us);
        tell(state, TEMPLATE_REPLY, action->text, effects);
        break;
    case ACTION_ASK:
        command_respond(state, fact->at_us);
        command_remember(state, MOMENT_ASKED, at_us, context);
        tell(state, TEMPLATE_ASK, action->text, effects);
        break;
    case ACTION_TRANSFER:
        return transfer(state, action, context, effects);
    case ACTION_ESCALATE:
        if (state->level >= LEVEL_LAST)
            return TEXT("the case is at the highest level already");
        command_escalate(state, first_of(action->text, TEXT("asked for"), TEXT_NULL), context, effects);
        break;
    case ACTION_RESOLVE:
        command_resolve(state, first_of(action->resolution, action->text, TEXT("resolved")), action->actor_id,
                        at_us);
        command_remember(state, MOMENT_RESOLVED, at_us, context);
        tell(state, TEMPLATE_RESOLVED, state->resolution, effects);
        break;
    case ACTION_CLOSE:
        command_remember(state, MOMENT_CONFIRMED, at_us, context);
        break;
    case ACTION_REOPEN:
        command_remember(state, MOMENT_REOPENED, at_us, context);
        tell(state, TEMPLATE_REOPENED, action->text, effects);
        break;
    case ACTION_NOTE:
    case ACTION_COUNT:
        break;
    }
    return TEXT_NULL;
}
