/* SPDX-License-Identifier: Apache-2.0 */
#include "apply.h"

#include "acknowledgement.h"
#include "actions.h"
#include "commands.h"
#include "settle.h"

static void open_case(struct case_state *state, const struct fact *fact)
{
    const struct fact_opened *opened = &fact->as.opened;
    if (state->opened_at_us != 0)
        return;
    state->opened_at_us = fact->at_us;
    state->received_at_us = opened->received_at_us != 0 ? opened->received_at_us : fact->at_us;
    state->channel = opened->channel;
    state->tier = opened->tier;
    if (opened->language != 0)
        state->language = opened->language;
    state->shop_id = opened->shop_id;
    state->level = LEVEL_FIRST;
    state->status = CASE_OPEN;
}

static void classify(struct case_state *state, const struct fact *fact)
{
    const struct fact_classified *said = &fact->as.classified;
    if (fact->at_us < state->classified_at_us)
        return;
    state->classified_at_us = fact->at_us;
    state->case_type = said->type;
    state->label = said->label;
    state->is_complaint = said->is_complaint;
    state->urgency = said->urgency;
    state->sentiment = said->sentiment;
    state->decision = said->decision;
    if (state->language == 0)
        state->language = said->language;
}

static void hear(struct case_state *state, const struct fact *fact, struct apply_context *context)
{
    const struct fact_message *message = &fact->as.message;
    switch ((enum actor_role)message->author) {
    case ROLE_CUSTOMER:
        command_remember(state,
                         !message->has_attachments && acknowledgement_is(context->rules, message->text)
                             ? MOMENT_ACKNOWLEDGED
                             : MOMENT_WROTE,
                         fact->at_us, context);
        break;
    case ROLE_AGENT:
    case ROLE_SUPERVISOR:
    case ROLE_SELLER:
        command_respond(state, fact->at_us);
        break;
    case ROLE_WAREHOUSE:
    case ROLE_SYSTEM:
    case ROLE_COUNT:
        break;
    }
}

static void link_order(struct case_state *state, const struct fact *fact)
{
    if (fact->at_us < state->paid_at_us || text_is_empty(fact->as.order.currency))
        return;
    state->paid_at_us = fact->at_us;
    state->paid_minor = fact->as.order.paid_minor;
    state->paid_currency = fact->as.order.currency;
}

static void breach(struct case_state *state, const struct life *life, enum clock_kind clock,
                   struct apply_context *context, struct effects *effects)
{
    bool is_first = clock == CLOCK_FIRST_RESPONSE;
    *(is_first ? &state->first_marks : &state->resolution_marks) |= MARK_BREACHED;
    struct effect *effect = effects_add(effects, EFFECT_DEADLINE_BREACHED, state);
    effect->number = (int32_t)clock;
    effect->at_us = deadlines_due_us(state, life, &context->rules->sla, clock);
    if (life->status == CASE_OPEN)
        command_escalate(state, is_first ? TEXT("first response overdue") : TEXT("resolution overdue"),
                         context, effects);
}

static void warn(struct case_state *state, const struct life *life, enum clock_kind clock,
                 struct apply_context *context, struct effects *effects)
{
    *(clock == CLOCK_FIRST_RESPONSE ? &state->first_marks : &state->resolution_marks) |= MARK_WARNED;
    struct effect *effect = effects_add(effects, EFFECT_DEADLINE_WARNED, state);
    effect->number = (int32_t)clock;
    effect->at_us = deadlines_due_us(state, life, &context->rules->sla, clock);
}

/* `before` still plans it, and its time has come: the deadline means what it meant when it was armed. */
static void come_due(struct case_state *state, struct settle_before *before, enum deadline due,
                     struct apply_context *context, struct effects *effects)
{
    bool is_due = before->plan.due_us[due] != 0 && before->plan.due_us[due] <= context->now_us;
    before->plan.due_us[due] = 0; /* it is armed no more, so it is armed anew if it is still to come */
    if (!is_due)
        return;
    switch (due) {
    case DEADLINE_FIRST_RESPONSE_WARN:
        warn(state, &before->life, CLOCK_FIRST_RESPONSE, context, effects);
        break;
    case DEADLINE_FIRST_RESPONSE:
        breach(state, &before->life, CLOCK_FIRST_RESPONSE, context, effects);
        break;
    case DEADLINE_RESOLUTION_WARN:
        warn(state, &before->life, CLOCK_RESOLUTION, context, effects);
        break;
    case DEADLINE_RESOLUTION:
        breach(state, &before->life, CLOCK_RESOLUTION, context, effects);
        break;
    case DEADLINE_ASSIGN:
        state->tries++;
        state->assign_at_us = 0;
        break;
    case DEADLINE_SILENCE:
        command_resolve(state, TEXT("no answer from the customer"), TEXT("policy"), context->now_us);
        command_remember(state, MOMENT_SILENT, context->now_us, context);
        break;
    case DEADLINE_CONFIRMATION:
        command_remember(state, MOMENT_TIMED_OUT, context->now_us, context);
        break;
    case DEADLINE_COUNT:
        break;
    }
}

static void survey(struct case_state *state, const struct fact *fact, struct apply_context *context)
{
    const struct fact_survey *answer = &fact->as.survey;
    bool is_satisfied = answer->is_solved && answer->score >= context->rules->sla.satisfied_score;
    command_remember(state, is_satisfied ? MOMENT_CONFIRMED : MOMENT_DISPUTED, fact->at_us, context);
}

/* Absent when the action was done. */
static struct text act(struct case_state *state, const struct fact *fact, const struct settle_before *before,
                       struct apply_context *context, struct effects *effects)
{
    struct fact_action allowed = fact->as.action;
    /* Versions may differ in the real run: a rehearsal looks for what the move would need. */
    if (context->agents->is_rehearsal)
        allowed.expected_version = 0;
    struct text objection = action_objection(state, &before->life, &allowed, context->arena);
    return objection.at != NULL ? objection : command_do(state, fact, context, effects);
}

static void refuse(struct case_state *state, const struct fact *fact, struct text objection,
                   const struct life *life, struct effects *effects)
{
    struct effect *effect = effects_add(effects, EFFECT_REFUSED, state);
    effect->id = fact->as.action.action_id;
    effect->text = objection;
    effect->move_count = actions_legal(state->opened_at_us == 0 ? CASE_UNKNOWN : life->status,
                                       fact->as.action.role, effect->moves);
}

static void confirm(struct case_state *state, const struct fact *fact, int64_t version,
                    struct effects *effects)
{
    if (state->version == version)
        effects_add(effects, EFFECT_ACTED, state);
    effects_add(effects, EFFECT_APPLIED, state)->id = fact->as.action.action_id;
}

static struct text reopened_by(enum fact_kind kind)
{
    switch (kind) {
    case FACT_MESSAGE:
        return TEXT("the customer wrote again");
    case FACT_CALL:
        return TEXT("the customer called again");
    case FACT_RETURN_OPENED:
        return TEXT("a return was opened");
    case FACT_ACTION:
        return TEXT("asked for");
    default:
        return TEXT("facts that came late");
    }
}

static void take_in(struct case_state *state, const struct fact *fact, struct settle_before *before,
                    struct apply_context *context, struct effects *effects)
{
    static const enum moment_kind moment_of[] = {
        [FACT_RETURN_OPENED] = MOMENT_RETURN_OPENED,
        [FACT_OPTION_CHOSEN] = MOMENT_OPTION_CHOSEN,
        [FACT_GOODS_RECEIVED] = MOMENT_GOODS_RECEIVED,
        [FACT_GOODS_SENT] = MOMENT_GOODS_SENT,
    };
    switch (fact->kind) {
    case FACT_OPENED:
        open_case(state, fact);
        break;
    case FACT_MESSAGE:
        hear(state, fact, context);
        break;
    case FACT_CALL:
        command_remember(state, MOMENT_WROTE, fact->at_us, context);
        if (fact->as.call.answered_at_us != 0)
            command_respond(state, fact->as.call.answered_at_us);
        break;
    case FACT_ORDER:
        link_order(state, fact);
        break;
    case FACT_CLASSIFIED:
        classify(state, fact);
        break;
    case FACT_ANSWERED:
        command_respond(state, fact->at_us);
        command_remember(state, MOMENT_ANSWERED, fact->at_us, context);
        break;
    case FACT_RETURN_CLOSED:
        command_resolve(state, fact->as.outcome, TEXT("returns"), fact->at_us);
        command_remember(state, MOMENT_RETURN_CLOSED, fact->at_us, context);
        break;
    case FACT_RETURN_OPENED:
    case FACT_OPTION_CHOSEN:
    case FACT_GOODS_RECEIVED:
    case FACT_GOODS_SENT:
        command_remember(state, moment_of[fact->kind], fact->at_us, context);
        break;
    case FACT_SURVEY_ANSWERED:
        survey(state, fact, context);
        break;
    case FACT_DUE:
        come_due(state, before, fact->as.due, context, effects);
        break;
    case FACT_ACTION:
    case FACT_AGENT:
        break;
    }
}

void case_apply(struct case_state *state, const struct fact *fact, struct apply_context *context,
                struct effects *effects)
{
    effects->count = 0;
    struct settle_before before = settle_look(state, context);
    int64_t version = state->version;
    if (fact->kind == FACT_ACTION) {
        struct text objection = act(state, fact, &before, context, effects);
        if (objection.at != NULL) {
            refuse(state, fact, objection, &before.life, effects);
            return;
        }
    } else {
        take_in(state, fact, &before, context, effects);
    }
    struct text why = reopened_by(fact->kind);
    if (fact->kind == FACT_ACTION && !text_is_empty(fact->as.action.text))
        why = fact->as.action.text;
    settle_case(state, &before, why, context, effects);
    if (fact->kind == FACT_ACTION)
        confirm(state, fact, version, effects);
}
