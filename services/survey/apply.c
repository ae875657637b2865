/* SPDX-License-Identifier: Apache-2.0 */
#include "apply.h"

#include "answers.h"
#include "scores.h"

/* ---- whether and when to ask ---- */

static void open_case(struct dossier *dossier, const struct fact *fact)
{
    struct case_state *state = &dossier->state;
    if (state->opened_at_us != 0)
        return;
    state->opened_at_us = fact->at_us;
    state->channel = fact->as.opened.channel;
    state->language = fact->as.opened.language;
    state->customer_id = fact->as.opened.customer_id;
    state->shop_id = fact->as.opened.shop_id;
    state->no_surveys = fact->as.opened.no_surveys;
}

static void resolve(struct dossier *dossier, const struct fact *fact, const struct apply_context *context)
{
    struct case_state *state = &dossier->state;
    if (fact->as.resolved.version <= state->version)
        return; /* sent again, or overtaken */
    state->version = fact->as.resolved.version;
    if (state->is_resolved)
        return; /* asked, or about to be */
    state->is_resolved = true;
    state->resolutions++;
    struct survey *survey = dossier_add(dossier);
    survey->status = SURVEY_PENDING;
    survey->resolved_at_us = fact->as.resolved.resolved_at_us;
    /* From now, not from then: after a pause of this service CaseOpened may stand in the same queue. */
    survey->due_at_us = context->now_us + context->rules->await_opening_us;
}

static void suppress(struct survey *survey, struct text reason, struct effects *effects)
{
    survey->status = SURVEY_SUPPRESSED;
    survey->reason = reason;
    survey->is_changed = true;
    effects_add(effects, EFFECT_SUPPRESSED, survey)->text = reason;
}

static void expire(struct survey *survey, struct effects *effects)
{
    survey->status = SURVEY_EXPIRED;
    survey->is_changed = true;
    effects_add(effects, EFFECT_EXPIRED, survey);
}

/* A survey that is not sent yet will not be. One that was sent is not waited for any longer, if the policy
 * says so. */
static void end_by_reopening(struct survey *survey, const struct rulebook *rules, struct effects *effects)
{
    bool was_stated = survey->status == SURVEY_SCHEDULED;
    if (survey->status == SURVEY_PENDING || was_stated) {
        survey->status = SURVEY_CANCELLED;
        survey->reason = TEXT("reopened");
        survey->is_changed = true;
        if (was_stated)
            effects_add(effects, EFFECT_SUPPRESSED, survey)->text = survey->reason;
    } else if (survey->status == SURVEY_SENT && rules->is_closed_by_reopening) {
        expire(survey, effects);
    }
}

static void reopen(struct dossier *dossier, const struct fact *fact, const struct rulebook *rules,
                   struct effects *effects)
{
    struct case_state *state = &dossier->state;
    if (fact->as.version <= state->version)
        return;
    state->version = fact->as.version;
    state->is_resolved = false;
    if (dossier->count > 0)
        end_by_reopening(dossier_last(dossier), rules, effects);
}

/* Once all is there that decides. */
static void decide(struct dossier *dossier, const struct rulebook *rules, struct effects *effects)
{
    const struct case_state *state = &dossier->state;
    struct survey *survey = dossier_last(dossier);
    if (survey == NULL || survey->status != SURVEY_PENDING || state->opened_at_us == 0)
        return;
    if (state->no_surveys) {
        suppress(survey, TEXT("opt-out"), effects);
        return;
    }
    if (state->asked >= rules->asks_per_case) {
        suppress(survey, TEXT("asked-already"), effects);
        return;
    }
    int32_t channel = state->channel > 0 && state->channel < CHANNEL_COUNT ? state->channel : 0;
    survey->status = SURVEY_SCHEDULED;
    survey->due_at_us = survey->resolved_at_us + rules->delay_us[channel];
    survey->is_changed = true;
    effects_add(effects, EFFECT_SCHEDULED, survey);
}

/* ---- deadlines that come ---- */

static enum status ask(struct dossier *dossier, const struct apply_context *context, struct effects *effects,
                       struct error *err)
{
    const struct rulebook *rules = context->rules;
    struct survey *survey = dossier_last(dossier);
    if (survey == NULL || survey->status != SURVEY_SCHEDULED || survey->due_at_us > context->now_us)
        return STATUS_OK;
    struct customer *customer = context->customer;
    if (customer != NULL &&
        !budget_allows(customer, rules->budget, rules->budget_window_us, context->now_us)) {
        suppress(survey, TEXT("budget"), effects);
        return STATUS_OK;
    }
    if (customer != NULL && !budget_spend(customer, context->now_us, context->arena))
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    survey->status = SURVEY_SENT;
    survey->sent_at_us = context->now_us;
    survey->expires_at_us = context->now_us + rules->open_for_us;
    survey->is_changed = true;
    dossier->state.asked++;
    effects_add(effects, EFFECT_SENT, survey);
    effects_add(effects, EFFECT_NOTIFIED, survey)->template = TEMPLATE_SURVEY;
    return STATUS_OK;
}

static enum status act(struct dossier *dossier, enum deadline due, const struct apply_context *context,
                       struct effects *effects, struct error *err)
{
    struct survey *last = dossier_last(dossier);
    switch (due) {
    case DEADLINE_ASK:
        return ask(dossier, context, effects, err);
    case DEADLINE_OPENING:
        /* Whether this customer wants to be asked is not known: so not. */
        if (last != NULL && last->status == SURVEY_PENDING && dossier->state.opened_at_us == 0)
            suppress(last, TEXT("unknown-case"), effects);
        break;
    case DEADLINE_EXPIRY:
        for (size_t i = 0; i < dossier->count; i++)
            if (dossier->surveys[i].status == SURVEY_SENT &&
                dossier->surveys[i].expires_at_us <= context->now_us)
                expire(&dossier->surveys[i], effects);
        break;
    case DEADLINE_COUNT:
        break;
    }
    return STATUS_OK;
}

/* ---- answers ---- */

static void hear(struct dossier *dossier, const struct fact *fact, const struct rulebook *rules,
                 struct effects *effects)
{
    const struct fact_message *message = &fact->as.message;
    if (message->author != ROLE_CUSTOMER || dossier->state.asked == 0)
        return;
    int32_t score = message->has_attachments ? SCORE_NONE : scores_read(rules, message->text);
    if (score == SCORE_NONE) {
        answers_end_chat(dossier, fact->at_us);
        return;
    }
    struct survey *survey = answers_find_asked(dossier, fact->at_us);
    if (survey == NULL || score == SCORE_COURTESY)
        return;
    const struct answer answer = {.at_us = fact->at_us,
                                  .score = score,
                                  .is_solved = score >= rules->solved_from,
                                  .by = ANSWERED_BY_CHAT};
    answers_take(survey, &answer, rules, effects);
}

static enum status take_submitted(struct dossier *dossier, const struct fact *fact,
                                  const struct rulebook *rules, struct effects *effects, struct error *err)
{
    const struct fact_submitted *submitted = &fact->as.submitted;
    struct survey *survey = dossier_find(dossier, submitted->survey_id);
    if (survey == NULL || survey->sent_at_us == 0)
        return fail(err, STATUS_INVALID, "survey_id: no survey that this case was sent");
    if (fact->at_us >= survey->expires_at_us)
        return fail(err, STATUS_REFUSED, "the survey has expired");
    const struct answer answer = {.at_us = fact->at_us,
                                  .score = submitted->score,
                                  .is_solved = submitted->is_solved,
                                  .comment = submitted->comment,
                                  .by = ANSWERED_BY_PAGE};
    answers_take(survey, &answer, rules, effects);
    return STATUS_OK;
}

/* ---- all together ---- */

static void plan_again(const struct deadline_plan *before, const struct dossier *dossier,
                       struct effects *effects)
{
    struct deadline_plan after = deadlines_plan(dossier);
    for (int i = 0; i < DEADLINE_COUNT; i++) {
        if (after.due_us[i] == before->due_us[i])
            continue;
        struct effect *effect = effects_add(effects, after.due_us[i] == 0 ? EFFECT_CANCEL : EFFECT_ARM, NULL);
        effect->deadline = (enum deadline)i;
        effect->at_us = after.due_us[i];
    }
}

enum status survey_apply(struct dossier *dossier, const struct fact *fact,
                         const struct apply_context *context, struct effects *ret_effects, struct error *err)
{
    const struct rulebook *rules = context->rules;
    struct effects *effects = ret_effects;
    enum status status = STATUS_OK;
    effects->count = 0;
    struct deadline_plan before = deadlines_plan(dossier);
    switch (fact->kind) {
    case FACT_OPENED:
        open_case(dossier, fact);
        break;
    case FACT_MESSAGE:
        hear(dossier, fact, rules, effects);
        break;
    case FACT_RESOLVED:
        resolve(dossier, fact, context);
        break;
    case FACT_REOPENED:
        reopen(dossier, fact, rules, effects);
        break;
    case FACT_SUBMITTED:
        status = take_submitted(dossier, fact, rules, effects, err);
        break;
    case FACT_DUE:
        before.due_us[fact->as.due] = 0; /* it has fired */
        status = act(dossier, fact->as.due, context, effects, err);
        break;
    }
    if (status != STATUS_OK)
        return status;
    decide(dossier, rules, effects);
    plan_again(&before, dossier, effects);
    return STATUS_OK;
}
