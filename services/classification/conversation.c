/* SPDX-License-Identifier: Apache-2.0 */
#include "conversation.h"

#include "domain.h"

static void notify(const struct case_state *state, enum template template, struct text said, int32_t language,
                   const struct apply_context *context, struct effects *effects)
{
    const struct template_value values[] = {{"text", said}};
    struct text form = policy_text_for(&context->rules->templates[template],
                                       language == LANGUAGE_EN ? TEXT("en") : TEXT("zh-CN"));
    struct effect *effect = effects_add(effects, EFFECT_NOTIFIED, state);
    effect->template = (int32_t) template;
    effect->text = template_render(context->arena, form, values, 1);
}

/* ---- answers ---- */

/* The first message without its answer; NULL when there is none, or a person goes on. */
static const struct faq_entry *next_answer(const struct case_state *state, const struct understanding *seen,
                                           size_t *ret_i)
{
    if (seen->stance.needs_person || state->has_forgotten_person || state->handed_over.at != NULL ||
        state->corrected_by.at != NULL || state->is_follow_up)
        return NULL;
    for (size_t i = 0; i < seen->words.count; i++)
        if (seen->words.items[i].at_us > state->answered_until_us && seen->stance.entries[i] != NULL) {
            *ret_i = i;
            return seen->stance.entries[i];
        }
    return NULL;
}

void conversation_consider(struct case_state *state, const struct understanding *seen,
                           const struct apply_context *context)
{
    size_t i;
    const struct faq_entry *entry = next_answer(state, seen, &i);
    if (entry == NULL || !entry->is_from_order) {
        state->order_due_at_us = 0;
        return;
    }
    enum parcel_answer parcel = faq_parcel(state, context->rules, context->now_us);
    if (parcel == PARCEL_UNKNOWN) {
        if (state->order_due_at_us == 0)
            state->order_due_at_us = context->now_us + context->rules->order_within_us;
        return;
    }
    state->order_due_at_us = 0;
    if (parcel == PARCEL_DOUBTFUL)
        state->handed_over = TEXT("the order's facts are stale or contradict each other");
}

static void give(struct case_state *state, const struct faq_entry *entry, int64_t said_at_us,
                 int32_t language, const struct apply_context *context, struct effects *effects)
{
    enum parcel_answer parcel = faq_parcel(state, context->rules, context->now_us);
    struct text text = faq_text(state, entry, parcel, language, context);
    struct effect *effect = effects_add(effects, EFFECT_ANSWERED, state);
    effect->id = entry->id;
    effect->text = text;
    notify(state, TEMPLATE_ANSWER, text, language, context, effects);
    if (entry->is_from_order) {
        struct effect *notice = &effects->items[effects->count - 1];
        notice->references[notice->reference_count++] = state->order_no;
        if (!text_is_empty(state->waybill))
            notice->references[notice->reference_count++] = state->waybill;
    }
    state->answered_until_us = said_at_us;
    state->answered = text_print(context->arena, "%.*s%.*s,",
                                 TEXT_ARGS(text_is_empty(state->answered) ? TEXT(",") : state->answered),
                                 TEXT_ARGS(entry->id));
}

static void answer(struct case_state *state, const struct understanding *seen,
                   const struct apply_context *context, struct effects *effects)
{
    size_t i;
    const struct faq_entry *entry;
    while (state->order_due_at_us == 0 && (entry = next_answer(state, seen, &i)) != NULL) {
        /* A second question about the parcel must not slip by what conversation_consider looked for. */
        enum parcel_answer parcel = faq_parcel(state, context->rules, context->now_us);
        if (entry->is_from_order && (parcel == PARCEL_UNKNOWN || parcel == PARCEL_DOUBTFUL))
            return;
        give(state, entry, seen->words.items[i].at_us, seen->verdicts[i].language, context, effects);
    }
}

/* ---- the diagnosis ---- */

static const struct diagnosis *find_diagnosis(const struct rulebook *rules, struct text id)
{
    for (size_t i = 0; i < rules->diagnosis_count; i++)
        if (text_equal(rules->diagnoses[i].id, id))
            return &rules->diagnoses[i];
    return NULL;
}

/* May we ask about a fault at all? Not while a person goes on, or when something else is wanted. */
static bool is_for_diagnosis(const struct case_state *state, const struct understanding *seen,
                             const struct rulebook *rules)
{
    return seen->words.count > 0 && !seen->verdict.wants_human && state->corrected_by.at == NULL &&
           !state->is_follow_up && rules->labels[seen->verdict.label].type == TYPE_REPAIR;
}

/* The one that fits what the case is about; NULL when there is none. */
static const struct diagnosis *wanted_diagnosis(const struct understanding *seen,
                                                const struct rulebook *rules)
{
    for (size_t i = 0; i < rules->diagnosis_count && seen->product >= 0; i++)
        if (rules->diagnoses[i].product == seen->product && rules->diagnoses[i].labels[seen->verdict.label])
            return &rules->diagnoses[i];
    return NULL;
}

static void abandon(struct case_state *state)
{
    state->diagnosis = DIAGNOSIS_ABANDONED;
    state->asked_at_us = 0;
}

bool conversation_take_answer(struct case_state *state, const struct fact *fact,
                              const struct apply_context *context, struct effects *effects)
{
    if (state->diagnosis != DIAGNOSIS_RUNS || state->asked_at_us == 0 || fact->at_us <= state->asked_at_us)
        return false;
    const struct diagnosis *diagnosis = find_diagnosis(context->rules, state->diagnosis_id);
    if (diagnosis == NULL || (size_t)state->question >= diagnosis->question_count) {
        abandon(state); /* the policy has changed */
        return false;
    }
    struct effect *effect = effects_add(effects, EFFECT_DIAGNOSED, state);
    effect->id = diagnosis->questions[state->question].id;
    effect->text = fact->as.words.text;
    state->answers++;
    state->question++;
    state->asked_at_us = 0;
    return true;
}

static void ask(struct case_state *state, const struct diagnosis *diagnosis, int32_t language,
                const struct apply_context *context, struct effects *effects)
{
    const struct question *question = &diagnosis->questions[state->question];
    struct text text = policy_text_for(&question->text, language == LANGUAGE_EN ? TEXT("en") : TEXT("zh-CN"));
    struct effect *effect = effects_add(effects, EFFECT_ASKED, state);
    effect->id = question->id;
    effect->text = text;
    notify(state, TEMPLATE_QUESTION, text, language, context, effects);
    state->asked_at_us = context->now_us;
}

static void diagnose(struct case_state *state, const struct understanding *seen,
                     const struct apply_context *context, struct effects *effects)
{
    bool may_ask = is_for_diagnosis(state, seen, context->rules);
    const struct diagnosis *wanted = wanted_diagnosis(seen, context->rules);
    if (state->diagnosis == DIAGNOSIS_NONE && may_ask && wanted != NULL) {
        state->diagnosis = DIAGNOSIS_RUNS;
        state->diagnosis_id = wanted->id;
        state->question = 0;
    }
    if (state->diagnosis != DIAGNOSIS_RUNS)
        return;
    const struct diagnosis *diagnosis = find_diagnosis(context->rules, state->diagnosis_id);
    if (!may_ask || diagnosis == NULL)
        abandon(state);
    else if ((size_t)state->question >= diagnosis->question_count)
        state->diagnosis = DIAGNOSIS_DONE;
    else if (state->asked_at_us == 0)
        ask(state, diagnosis, seen->verdict.language, context, effects);
}

/* ---- both ---- */

static void rearm(enum deadline deadline, int64_t had_us, int64_t due_us, const struct case_state *state,
                  struct effects *effects)
{
    if (due_us == had_us)
        return;
    struct effect *effect = effects_add(effects, due_us == 0 ? EFFECT_CANCEL : EFFECT_ARM, state);
    effect->deadline = deadline;
    effect->at_us = due_us;
}

void conversation_go_on(struct case_state *state, const struct case_state *had,
                        const struct understanding *seen, const struct apply_context *context,
                        struct effects *effects)
{
    answer(state, seen, context, effects);
    diagnose(state, seen, context, effects);
    bool is_new = state->handed_over.at != NULL && had->handed_over.at == NULL;
    if (is_new)
        notify(state, TEMPLATE_HANDED_OVER, TEXT_NULL, seen->verdict.language, context, effects);
    int64_t within_us = context->rules->answer_within_us;
    rearm(DEADLINE_DIAGNOSIS, had->asked_at_us == 0 ? 0 : had->asked_at_us + within_us,
          state->asked_at_us == 0 ? 0 : state->asked_at_us + within_us, state, effects);
    rearm(DEADLINE_ORDER, had->order_due_at_us, state->order_due_at_us, state, effects);
}
