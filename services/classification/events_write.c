/* SPDX-License-Identifier: Apache-2.0 */
#include "events.h"

#include "classification.pb-c.h"
#include "domain.h"
#include "runtime/fields.h"

SAME(DECISION_AUTO, AFTERCARE__CLASSIFICATION__V1__DECISION__DECISION_AUTO);
SAME(DECISION_HUMAN, AFTERCARE__CLASSIFICATION__V1__DECISION__DECISION_HUMAN);
SAME(ENTITY_ORDER_NO, AFTERCARE__CLASSIFICATION__V1__ENTITY_KIND__ENTITY_KIND_ORDER_NO);
SAME(ENTITY_PHONE, AFTERCARE__CLASSIFICATION__V1__ENTITY_KIND__ENTITY_KIND_PHONE);

/* What a fact is put together from; the outbox packs it at once, so it may live on the stack. */
struct statement {
    struct outbox *outbox;
    const struct case_state *state;
    const struct effect *effect;
    const struct rulebook *rules;
};

static char *string(const struct statement *statement, struct text text)
{
    return field_of_text(outbox_arena(statement->outbox), text);
}

static void send(const struct statement *statement, const ProtobufCMessage *fact)
{
    outbox_state(statement->outbox, statement->state->case_id, fact);
}

/* The reasons, and what is proposed to the agent as one more. */
static size_t put_reasons(const struct statement *statement, Aftercare__Classification__V1__Reason *reasons,
                          Aftercare__Classification__V1__Reason **to)
{
    const struct reading *reading = statement->effect->reading;
    const struct verdict *verdict = &reading->verdict;
    size_t count = 0;
    for (; count < verdict->reason_count; count++) {
        aftercare__classification__v1__reason__init(&reasons[count]);
        reasons[count].rule = string(statement, verdict->reasons[count].name);
        reasons[count].weight = verdict->reasons[count].weight;
        to[count] = &reasons[count];
    }
    if (reading->suggestion != NULL) {
        aftercare__classification__v1__reason__init(&reasons[count]);
        reasons[count].rule = arena_print(outbox_arena(statement->outbox), "faq:%s", reading->suggestion);
        if (reasons[count].rule == NULL)
            return count;
        reasons[count].weight = verdict->confidence;
        to[count] = &reasons[count];
        count++;
    }
    return count;
}

static size_t put_entities(const struct statement *statement, Aftercare__Classification__V1__Entity *entities,
                           Aftercare__Classification__V1__Entity **to)
{
    const struct entities *found = &statement->effect->reading->entities;
    for (size_t i = 0; i < found->count; i++) {
        aftercare__classification__v1__entity__init(&entities[i]);
        entities[i].kind = (Aftercare__Classification__V1__EntityKind)found->items[i].kind;
        entities[i].value = string(statement, found->items[i].value);
        to[i] = &entities[i];
    }
    return found->count;
}

static size_t put_top(const struct statement *statement, Aftercare__Classification__V1__Candidate *candidates,
                      Aftercare__Classification__V1__Candidate **to)
{
    const struct verdict *verdict = &statement->effect->reading->verdict;
    for (size_t i = 0; i < verdict->top_count; i++) {
        aftercare__classification__v1__candidate__init(&candidates[i]);
        candidates[i].label = string(statement, statement->rules->labels[verdict->top[i].label].name);
        candidates[i].probability = verdict->top[i].probability;
        to[i] = &candidates[i];
    }
    return verdict->top_count;
}

static void state_classified(const struct statement *statement)
{
    const struct case_state *state = statement->state;
    Aftercare__Classification__V1__CaseClassified wire = AFTERCARE__CLASSIFICATION__V1__CASE_CLASSIFIED__INIT;
    Aftercare__Classification__V1__Reason reasons[CLASSIFIER_REASONS + 1],
        *to_reasons[CLASSIFIER_REASONS + 1];
    Aftercare__Classification__V1__Candidate top[CLASSIFIER_TOP], *to_top[CLASSIFIER_TOP];
    Aftercare__Classification__V1__Entity entities[ENTITIES_MOST], *to_entities[ENTITIES_MOST];
    wire.type = (Aftercare__Common__V1__CaseType)state->case_type;
    wire.label = string(statement, state->label);
    wire.is_complaint = state->is_complaint;
    wire.urgency = state->urgency;
    wire.sentiment = state->sentiment;
    wire.language = (Aftercare__Common__V1__Language)state->language;
    wire.confidence = statement->effect->reading->verdict.confidence;
    wire.n_reasons = put_reasons(statement, reasons, to_reasons);
    wire.reasons = to_reasons;
    wire.n_top = put_top(statement, top, to_top);
    wire.top = to_top;
    wire.n_entities = put_entities(statement, entities, to_entities);
    wire.entities = to_entities;
    wire.decision = (Aftercare__Classification__V1__Decision)state->decision;
    wire.in_warranty = state->in_warranty;
    wire.corrected_by = string(statement, state->corrected_by);
    wire.version = statement->effect->version;
    send(statement, &wire.base);
}

/* Facts of plain fields. */
#define STATE_PLAIN(function, Name, NAME, ...)                                                               \
    static void function(const struct statement *statement)                                                  \
    {                                                                                                        \
        const struct effect *effect = statement->effect;                                                     \
        Aftercare__Classification__V1__##Name wire = AFTERCARE__CLASSIFICATION__V1__##NAME##__INIT;          \
        __VA_ARGS__                                                                                          \
        send(statement, &wire.base);                                                                         \
    }
STATE_PLAIN(state_asked, QuestionAsked, QUESTION_ASKED, wire.question_id = string(statement, effect->id);
            wire.text = string(statement, effect->text);)
STATE_PLAIN(state_answered, AnswerGiven, ANSWER_GIVEN, wire.faq_id = string(statement, effect->id);
            wire.text = string(statement, effect->text);)
STATE_PLAIN(state_diagnosed, DiagnosisRecorded, DIAGNOSIS_RECORDED,
            wire.question_id = string(statement, effect->id);
            wire.answer = string(statement, effect->text);)
STATE_PLAIN(state_applied, ActionApplied, ACTION_APPLIED, wire.action_id = string(statement, effect->id);
            wire.version = effect->version;)
STATE_PLAIN(state_refused, CommandRefused, COMMAND_REFUSED,
            char *moves[] = {(char *)"CORRECT_CLASSIFICATION"};
            wire.action_id = string(statement, effect->id); wire.reason = string(statement, effect->text);
            wire.version = effect->version; wire.n_legal_moves = effect->is_move_legal ? 1 : 0;
            wire.legal_moves = moves;)

static void state_notified(const struct statement *statement)
{
    const struct effect *effect = statement->effect;
    const struct case_state *state = statement->state;
    Aftercare__Common__V1__Notice notice = AFTERCARE__COMMON__V1__NOTICE__INIT;
    Aftercare__Classification__V1__CustomerNotified wire =
        AFTERCARE__CLASSIFICATION__V1__CUSTOMER_NOTIFIED__INIT;
    char *references[sizeof effect->references / sizeof *effect->references];
    for (size_t i = 0; i < effect->reference_count; i++)
        references[notice.n_references++] = string(statement, effect->references[i]);
    notice.template_ = (char *)rulebook_template_names[effect->template];
    notice.language = (Aftercare__Common__V1__Language)state->language;
    notice.channel = (Aftercare__Common__V1__Channel)state->channel;
    notice.text = string(statement, effect->text);
    notice.references = references;
    wire.notice = &notice;
    send(statement, &wire.base);
}

static void (*const statements[])(const struct statement *) = {
    [EFFECT_CLASSIFIED] = state_classified, [EFFECT_ASKED] = state_asked,
    [EFFECT_ANSWERED] = state_answered,     [EFFECT_DIAGNOSED] = state_diagnosed,
    [EFFECT_NOTIFIED] = state_notified,     [EFFECT_APPLIED] = state_applied,
    [EFFECT_REFUSED] = state_refused,
};

void events_state(struct outbox *outbox, const struct case_state *state, const struct effects *effects,
                  const struct rulebook *rules)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->items[i];
        if (effect->kind == EFFECT_ARM) {
            outbox_arm(outbox, state->case_id, deadline_names[effect->deadline], effect->at_us);
        } else if (effect->kind == EFFECT_CANCEL) {
            outbox_cancel(outbox, state->case_id, deadline_names[effect->deadline]);
        } else {
            const struct statement statement = {outbox, state, effect, rules};
            statements[effect->kind](&statement);
        }
    }
}
