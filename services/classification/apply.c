/* SPDX-License-Identifier: Apache-2.0 */
#include "apply.h"

#include "conversation.h"
#include "correction.h"
#include "domain.h"
#include "faq.h"
#include "rule_classifier.h"
#include "warranty.h"

#include <string.h>

/* ---- taking in ---- */

static void open_case(struct case_state *state, const struct fact *fact)
{
    const struct fact_opened *opened = &fact->as.opened;
    if (state->opened_at_us != 0)
        return;
    state->opened_at_us = fact->at_us;
    state->received_at_us = opened->received_at_us != 0 ? opened->received_at_us : fact->at_us;
    state->channel = opened->channel;
    state->case_language = opened->language;
    state->is_follow_up = opened->is_follow_up;
    state->reason = opened->reason;
}

static bool hear(struct case_state *state, const struct fact *fact, const struct apply_context *context,
                 struct effects *effects)
{
    const struct fact_words *heard = &fact->as.words;
    if (!heard->is_customers)
        return true;
    struct rule_glance glance = rule_classifier_glance(context->rules, heard->text, context->arena);
    if (glance.is_acknowledgement && !heard->has_attachment) {
        if (fact->at_us > state->acknowledged_at_us)
            state->acknowledged_at_us = fact->at_us;
        return true;
    }
    struct said said = {fact->at_us, heard->language, false, heard->has_attachment, heard->text};
    said.is_answer = !glance.wants_human && conversation_take_answer(state, fact, context, effects);
    struct words words;
    words_unpack(state->words, &words);
    if (!words_add(&words, &said) && state->decision != DECISION_AUTO)
        state->has_forgotten_person = true;
    state->words = words_pack(&words, context->arena);
    return state->words.at != NULL;
}

static bool link_order(struct case_state *state, const struct fact *fact, const struct apply_context *context)
{
    const struct fact_order *order = &fact->as.order;
    if (order->updated_at_us < state->order_updated_at_us)
        return true;
    state->order_updated_at_us = order->updated_at_us;
    state->order_no = order->order_no;
    state->carrier = order->carrier;
    state->waybill = order->waybill;
    state->placed_at_us = order->placed_at_us;
    state->shipped_at_us = order->shipped_at_us;
    state->delivered_at_us = order->delivered_at_us;
    state->lines = lines_pack(order->lines, order->line_count, context->arena);
    return state->lines.at != NULL;
}

/* Its time has come, unless the state says otherwise: it was moved, or what it waited for has come. */
static void come_due(struct case_state *state, const struct fact *fact, const struct apply_context *context)
{
    if (fact->as.due == DEADLINE_DIAGNOSIS && state->asked_at_us != 0 &&
        state->asked_at_us + context->rules->answer_within_us <= context->now_us) {
        state->diagnosis = DIAGNOSIS_ABANDONED;
        state->asked_at_us = 0;
    }
    if (fact->as.due == DEADLINE_ORDER && state->order_due_at_us != 0 &&
        state->order_due_at_us <= context->now_us) {
        state->handed_over = TEXT("the order's facts did not come");
        state->order_due_at_us = 0;
    }
}

/* What has fired is armed no more: nothing to cancel, and to be armed anew if it is still to come. */
static void forget_armed(struct case_state *had, enum deadline deadline)
{
    if (deadline == DEADLINE_DIAGNOSIS)
        had->asked_at_us = 0;
    else
        had->order_due_at_us = 0;
}

/* ---- understanding ---- */

static int32_t product_of(const struct case_state *state, const struct understanding *seen,
                          const struct apply_context *context)
{
    struct line lines[WARRANTY_LINES_MOST];
    size_t count = lines_unpack(state->lines, lines);
    if (seen->verdict.product >= 0)
        return seen->verdict.product;
    int32_t line = lines_choose(lines, count, context->rules, -1, &seen->words, context->arena);
    return line < 0 ? -1 : line_product(&lines[line], context->rules, context->arena);
}

static bool understand(const struct case_state *state, const struct apply_context *context,
                       struct understanding *seen)
{
    *seen = (struct understanding){.product = -1};
    words_unpack(state->words, &seen->words);
    struct said reason = {state->opened_at_us, state->case_language, false, false, state->reason};
    if (seen->words.count == 0 && state->is_follow_up)
        words_add(&seen->words, &reason);
    const struct classifier_context around = {state->case_language};
    if (!classifier_run(context->classifier, seen->words.items, seen->words.count, &around, context->arena,
                        seen->verdicts))
        return false;
    if (seen->words.count > 0) {
        seen->verdict = seen->verdicts[seen->words.count - 1];
    } else {
        int32_t language = state->case_language != 0 ? state->case_language : LANGUAGE_ZH_CN;
        seen->verdict = (struct verdict){.label = context->rules->acknowledgement_label,
                                         .confidence = 1,
                                         .top = {{context->rules->acknowledgement_label, 1}},
                                         .top_count = 1,
                                         .language = language,
                                         .product = -1};
    }
    seen->product = product_of(state, seen, context);
    return faq_judge(state, &seen->words, seen->verdicts, context, &seen->stance);
}

/* What a person or the case's origin says goes before what the words say. */
static void overrule(const struct case_state *state, const struct rulebook *rules, struct verdict *verdict,
                     int32_t *ret_type)
{
    if (state->is_follow_up) {
        verdict->is_complaint = true;
        if (verdict->label == rules->unknown_label)
            verdict->label = rules->follow_up_label;
    }
    *ret_type = rules->labels[verdict->label].type;
    int32_t corrected = state->corrected_by.at == NULL ? -1 : rulebook_label(rules, state->corrected_label);
    if (corrected >= 0) {
        verdict->label = corrected;
        verdict->confidence = 1;
        verdict->top[0] = (struct classifier_candidate){corrected, 1};
        verdict->top_count = 1;
    }
    if (state->corrected_by.at != NULL)
        *ret_type = state->corrected_type;
    if (*ret_type == TYPE_COMPLAINT)
        verdict->is_complaint = true;
}

static int32_t decide(const struct case_state *state, const struct understanding *seen,
                      const struct verdict *verdict)
{
    bool is_persons = verdict->wants_human || verdict->is_complaint || verdict->urgency >= 2 ||
                      state->handed_over.at != NULL || state->corrected_by.at != NULL || state->is_follow_up;
    if (is_persons)
        return DECISION_HUMAN;
    if (!seen->stance.needs_person && !state->has_forgotten_person)
        return DECISION_AUTO;
    return seen->stance.suggestion != NULL ? DECISION_SUGGEST : DECISION_HUMAN;
}

static bool is_in_warranty(const struct case_state *state, const struct understanding *seen,
                           const struct apply_context *context)
{
    struct line lines[WARRANTY_LINES_MOST];
    size_t count = lines_unpack(state->lines, lines);
    int32_t line =
        lines_choose(lines, count, context->rules, seen->verdict.product, &seen->words, context->arena);
    int64_t from_us = state->delivered_at_us != 0 ? state->delivered_at_us : state->placed_at_us;
    if (line >= 0)
        return warranty_holds(from_us, lines[line].warranty_months, state->received_at_us);
    bool all = count > 0; /* not known which: only what is true of each */
    for (size_t i = 0; i < count; i++)
        all = all && warranty_holds(from_us, lines[i].warranty_months, state->received_at_us);
    return all;
}

static struct text entities_text(const struct entities *entities, struct arena *arena)
{
    struct text packed = TEXT("");
    for (size_t i = 0; i < entities->count; i++)
        packed = text_print(arena, "%.*s%d:%.*s ", TEXT_ARGS(packed), (int)entities->items[i].kind,
                            TEXT_ARGS(entities->items[i].value));
    return packed;
}

/* ---- stating ---- */

static bool is_same(const struct case_state *a, const struct case_state *b)
{
    return a->case_type == b->case_type && text_equal(a->label, b->label) &&
           a->is_complaint == b->is_complaint && a->urgency == b->urgency && a->sentiment == b->sentiment &&
           a->language == b->language && a->decision == b->decision && a->in_warranty == b->in_warranty &&
           text_equal(a->entities, b->entities) && text_equal(a->corrected_by, b->corrected_by);
}

static bool state_classification(struct case_state *state, const struct case_state *had,
                                 const struct understanding *seen, const struct apply_context *context,
                                 struct effects *effects)
{
    struct reading *reading = arena_alloc(context->arena, sizeof *reading);
    if (reading == NULL)
        return false;
    reading->verdict = seen->verdict;
    const struct verdict *verdict = &reading->verdict;
    overrule(state, context->rules, &reading->verdict, &state->case_type);
    for (size_t i = 0; i < seen->words.count; i++)
        entities_find(seen->words.items[i].text, state->order_no, context->arena, &reading->entities);
    state->label = context->rules->labels[verdict->label].name;
    state->is_complaint = verdict->is_complaint;
    state->urgency = verdict->urgency;
    state->sentiment = verdict->sentiment;
    state->language = verdict->language;
    state->decision = decide(state, seen, verdict);
    state->in_warranty = is_in_warranty(state, seen, context);
    state->entities = entities_text(&reading->entities, context->arena);
    if (state->decision == DECISION_SUGGEST)
        reading->suggestion = text_string(context->arena, seen->stance.suggestion->id);
    if (had->version > 0 && is_same(had, state))
        return state->entities.at != NULL;
    state->version++;
    effects_add(effects, EFFECT_CLASSIFIED, state)->reading = reading;
    return state->entities.at != NULL;
}

/* Everything that follows from the state as it is now. */
static bool settle(struct case_state *state, const struct case_state *had,
                   const struct apply_context *context, struct effects *effects)
{
    bool has_said = state->words.at != NULL || state->acknowledged_at_us != 0 || state->is_follow_up ||
                    state->corrected_by.at != NULL;
    if (state->opened_at_us == 0 || !has_said)
        return true;
    struct understanding *seen = arena_alloc(context->arena, sizeof *seen);
    if (seen == NULL || !understand(state, context, seen))
        return false;
    conversation_consider(state, seen, context);
    if (!state_classification(state, had, seen, context, effects))
        return false;
    conversation_go_on(state, had, seen, context, effects);
    return true;
}

static void refuse(const struct case_state *state, const struct fact_action *action, struct text objection,
                   struct effects *effects)
{
    struct effect *effect = effects_add(effects, EFFECT_REFUSED, state);
    effect->id = action->action_id;
    effect->text = objection;
    effect->is_move_legal = correction_is_legal(state, action->role);
}

bool case_apply(struct case_state *state, const struct fact *fact, const struct apply_context *context,
                struct effects *effects)
{
    struct case_state had = *state;
    bool is_well = true;
    effects->count = 0;
    switch (fact->kind) {
    case FACT_OPENED:
        open_case(state, fact);
        break;
    case FACT_WORDS:
        is_well = hear(state, fact, context, effects);
        break;
    case FACT_ORDER:
        is_well = link_order(state, fact, context);
        break;
    case FACT_DUE:
        come_due(state, fact, context);
        forget_armed(&had, fact->as.due);
        break;
    case FACT_ACTION: {
        struct text objection = correction_do(state, &fact->as.action, context);
        if (objection.at != NULL) {
            refuse(state, &fact->as.action, objection, effects);
            return true;
        }
        break;
    }
    }
    is_well = is_well && settle(state, &had, context, effects);
    if (fact->kind == FACT_ACTION)
        effects_add(effects, EFFECT_APPLIED, state)->id = fact->as.action.action_id;
    return is_well;
}
