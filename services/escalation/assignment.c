/* SPDX-License-Identifier: Apache-2.0 */
#include "assignment.h"

static bool route_fits(const struct route_rule *route, const struct case_state *state)
{
    return (route->label.at == NULL || text_equal(route->label, state->label)) &&
           (route->type == 0 || route->type == state->case_type) &&
           (route->channel == 0 || route->channel == state->channel) &&
           (!route->is_complaint || state->is_complaint);
}

struct text assignment_skill(const struct routing_rules *rules, const struct case_state *state)
{
    if (state->classified_at_us == 0)
        return TEXT("any");
    for (size_t i = 0; i < rules->route_count; i++)
        if (route_fits(&rules->routes[i], state))
            return rules->routes[i].skill;
    if (state->is_complaint)
        return TEXT("complaint");
    return text_of(state->case_type == 0 ? "any" : domain_type_name(state->case_type));
}

static bool has_agent(const struct case_state *state)
{
    return state->weight > 0;
}

static struct agent_need need_of(const struct case_state *state, const struct apply_context *context)
{
    int32_t channel = state->channel >= 0 && state->channel < CHANNEL_COUNT ? state->channel : 0;
    return (struct agent_need){
        .skill = state->skill,
        .language = state->language,
        .is_any_language = state->tries >= context->rules->routing.any_language_after,
        .level = state->level,
        .weight = context->rules->routing.weight[channel],
    };
}

/* Gives the place back; the case still remembers whose it was. */
static void release(struct case_state *state, struct apply_context *context)
{
    if (!has_agent(state))
        return;
    struct agent *agent = agents_find(context->agents, state->agent_id);
    if (agent != NULL)
        agent_release(agent, state->weight);
    else if (!agents_was_wanted(context->agents, state->agent_id))
        context->is_agent_missing =
            true; /* one that was asked for and is not there was deleted: no place to give back */
    state->weight = 0;
}

static void leave_queue(struct case_state *state)
{
    state->queued_at_us = 0;
    state->tries = 0;
    state->assign_at_us = 0;
}

static void give(struct case_state *state, struct agent *agent, int32_t weight, struct apply_context *context,
                 struct effects *effects)
{
    agent_take(agent, weight, context->now_us);
    state->agent_id = agent->agent_id;
    state->weight = weight;
    leave_queue(state);
    struct effect *effect = effects_add(effects, EFFECT_ASSIGNED, state);
    effect->id = state->agent_id;
    effect->text = state->skill;
}

static void move(struct case_state *state, struct agent *to, int32_t weight, struct text reason,
                 struct apply_context *context, struct effects *effects)
{
    if (has_agent(state)) {
        struct effect *effect = effects_add(effects, EFFECT_UNASSIGNED, state);
        effect->id = state->agent_id;
        effect->text = reason;
        release(state, context);
    }
    give(state, to, weight, context, effects);
}

/* Whoever had it before it was resolved gets it again if they can; else the best. */
static struct agent *choose(struct case_state *state, const struct agent_need *need,
                            struct apply_context *context)
{
    struct agent *best = agents_pick(context->agents, need);
    if (text_is_empty(state->agent_id))
        return best;
    struct agent *before = agents_find(context->agents, state->agent_id);
    return before != NULL && agent_can_take(before, need->weight) && agent_has_skill(before, need->skill)
               ? before
               : best;
}

static int64_t retry_after_us(const struct routing_rules *rules, int32_t tries)
{
    int64_t wait = rules->retry_first_us;
    for (int32_t i = 0; i < tries && wait < rules->retry_most_us; i++)
        wait *= 2;
    return wait < rules->retry_most_us ? wait : rules->retry_most_us;
}

static bool is_ready(const struct case_state *state)
{
    return state->tries > 0 || (state->classified_at_us != 0 && state->decision != DECISION_AUTO);
}

static void queue(struct case_state *state, bool is_news, struct apply_context *context,
                  struct effects *effects)
{
    const struct routing_rules *rules = &context->rules->routing;
    bool was_queued = state->queued_at_us != 0;
    if (!was_queued)
        state->queued_at_us = context->now_us;
    if (state->assign_at_us <= context->now_us || (is_ready(state) && state->tries == 0 && is_news))
        state->assign_at_us = context->now_us + (is_ready(state) ? retry_after_us(rules, state->tries)
                                                                 : rules->unclassified_us);
    if (!was_queued || is_news)
        effects_add(effects, EFFECT_QUEUED, state)->text = state->skill;
}

static void find_agent(struct case_state *state, bool is_news, struct apply_context *context,
                       struct effects *effects)
{
    if (is_ready(state)) {
        struct agent_need need = need_of(state, context);
        struct agent *agent = choose(state, &need, context);
        if (agent != NULL) {
            give(state, agent, need.weight, context, effects);
            return;
        }
    }
    queue(state, is_news, context, effects);
}

/* The case turned out to need a skill its agent lacks: to somebody who has it, if there is one now. */
static void match_skill(struct case_state *state, struct apply_context *context, struct effects *effects)
{
    struct agent *agent = agents_find(context->agents, state->agent_id);
    if (agent != NULL && agent_has_skill(agent, state->skill))
        return;
    struct agent_need need = need_of(state, context);
    struct agent *better = agents_pick(context->agents, &need);
    if (better != NULL)
        move(state, better, need.weight, TEXT("needs another skill"), context, effects);
}

void assignment_settle(struct case_state *state, const struct life *life, struct apply_context *context,
                       struct effects *effects)
{
    struct text skill = assignment_skill(&context->rules->routing, state);
    bool is_news = state->skill.at != NULL && !text_equal(skill, state->skill);
    state->skill = skill;
    if (life->status != CASE_OPEN) {
        release(state, context);
        leave_queue(state);
    } else if (has_agent(state)) {
        if (is_news)
            match_skill(state, context, effects);
    } else if (state->decision == DECISION_AUTO && life->is_awaiting_answer) {
        leave_queue(state);
    } else {
        find_agent(state, is_news, context, effects);
    }
}

void assignment_raise(struct case_state *state, struct apply_context *context, struct effects *effects)
{
    if (!has_agent(state))
        return; /* settled right after, with the new level */
    struct agent *agent = agents_find(context->agents, state->agent_id);
    if (agent != NULL && agent->level >= state->level)
        return;
    struct agent_need need = need_of(state, context);
    need.is_level_needed = true;
    need.except = state->agent_id;
    struct agent *higher = agents_pick(context->agents, &need);
    if (higher != NULL)
        move(state, higher, need.weight,
             text_print(context->arena, "escalated to level %d", (int)state->level), context, effects);
}

struct text assignment_transfer(struct case_state *state, struct text agent_id, struct apply_context *context,
                                struct effects *effects)
{
    struct agent_need need = need_of(state, context);
    if (has_agent(state)) {
        /* A rehearsal must know whose place it gives back. */
        (void)agents_find(context->agents, state->agent_id);
        need.except = state->agent_id;
    }
    struct agent *to;
    if (text_is_empty(agent_id)) {
        to = agents_pick(context->agents, &need);
        if (to == NULL)
            return TEXT("no other agent with the skill is free");
    } else {
        to = agents_find(context->agents, agent_id);
        if (to == NULL)
            return TEXT("the agent to transfer to is not known");
        if (has_agent(state) && text_equal(agent_id, state->agent_id))
            return TEXT("the agent has the case already");
        if (to->presence != PRESENCE_ONLINE)
            return TEXT("the agent to transfer to is not online");
        if (!agent_can_take(to, need.weight))
            return TEXT("the agent to transfer to has no free place");
    }
    move(state, to, need.weight, TEXT("transferred"), context, effects);
    return TEXT_NULL;
}
