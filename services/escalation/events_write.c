/* SPDX-License-Identifier: Apache-2.0 */
#include "events.h"

#include "escalation.pb-c.h"
#include "runtime/fields.h"

SAME(WAITING_SUPPLIER, AFTERCARE__ESCALATION__V1__WAITING_FOR__WAITING_FOR_SUPPLIER);
SAME(CLOSED_TIMEOUT, AFTERCARE__ESCALATION__V1__CLOSED_HOW__CLOSED_HOW_TIMEOUT);
SAME(CLOCK_RESOLUTION, AFTERCARE__ESCALATION__V1__CLOCK_KIND__CLOCK_KIND_RESOLUTION);
SAME(PRIORITY_P4, AFTERCARE__COMMON__V1__PRIORITY__PRIORITY_P4);

/* What a fact is put together from; the outbox packs it at once, so it may live on the stack. */
struct statement {
    struct outbox *outbox;
    const struct case_state *state;
    const struct effect *effect;
};

static char *string(const struct statement *statement, struct text text)
{
    return field_of_text(outbox_arena(statement->outbox), text);
}

static void send(const struct statement *statement, const ProtobufCMessage *fact)
{
    outbox_state(statement->outbox, statement->state->case_id, fact);
}

static void state_prioritised(const struct statement *statement)
{
    const struct effect *effect = statement->effect;
    Aftercare__Escalation__V1__CasePrioritised wire = AFTERCARE__ESCALATION__V1__CASE_PRIORITISED__INIT;
    char *reasons[PRIORITY_REASONS];
    for (size_t i = 0; i < effect->reason_count && i < PRIORITY_REASONS; i++)
        reasons[wire.n_reasons++] = string(statement, effect->reasons[i]);
    wire.priority = (Aftercare__Common__V1__Priority)effect->number;
    wire.reasons = reasons;
    wire.version = effect->version;
    send(statement, &wire.base);
}

static void state_deadline_set(const struct statement *statement)
{
    const struct effect *effect = statement->effect;
    Aftercare__Escalation__V1__DeadlineSet wire = AFTERCARE__ESCALATION__V1__DEADLINE_SET__INIT;
    Google__Protobuf__Timestamp due = field_of_time(effect->at_us), warn = field_of_time(effect->warn_at_us);
    wire.clock = (Aftercare__Escalation__V1__ClockKind)effect->number;
    wire.due_at = &due;
    wire.warn_at = &warn;
    wire.version = effect->version;
    send(statement, &wire.base);
}

/* Warned, breached and met have the same fields. */
#define STATE_CLOCK(function, Name, NAME)                                                                    \
    static void function(const struct statement *statement)                                                  \
    {                                                                                                        \
        Aftercare__Escalation__V1__##Name wire = AFTERCARE__ESCALATION__V1__##NAME##__INIT;                  \
        Google__Protobuf__Timestamp due = field_of_time(statement->effect->at_us);                           \
        wire.clock = (Aftercare__Escalation__V1__ClockKind)statement->effect->number;                        \
        wire.due_at = &due;                                                                                  \
        wire.version = statement->effect->version;                                                           \
        send(statement, &wire.base);                                                                         \
    }
STATE_CLOCK(state_warned, DeadlineWarned, DEADLINE_WARNED)
STATE_CLOCK(state_breached, DeadlineBreached, DEADLINE_BREACHED)
STATE_CLOCK(state_met, DeadlineMet, DEADLINE_MET)

/* Facts of a version and one or two plain fields. */
#define STATE_PLAIN(function, Name, NAME, ...)                                                               \
    static void function(const struct statement *statement)                                                  \
    {                                                                                                        \
        const struct effect *effect = statement->effect;                                                     \
        Aftercare__Escalation__V1__##Name wire = AFTERCARE__ESCALATION__V1__##NAME##__INIT;                  \
        wire.version = effect->version;                                                                      \
        __VA_ARGS__                                                                                          \
        send(statement, &wire.base);                                                                         \
    }
STATE_PLAIN(state_escalated, CaseEscalated, CASE_ESCALATED, wire.level = effect->number;
            wire.reason = string(statement, effect->text);)
STATE_PLAIN(state_queued, CaseQueued, CASE_QUEUED, wire.skill = string(statement, effect->text);)
STATE_PLAIN(state_assigned, CaseAssigned, CASE_ASSIGNED, wire.agent_id = string(statement, effect->id);
            wire.skill = string(statement, effect->text);)
STATE_PLAIN(state_unassigned, CaseUnassigned, CASE_UNASSIGNED, wire.agent_id = string(statement, effect->id);
            wire.reason = string(statement, effect->text);)
STATE_PLAIN(state_waiting, CaseWaiting, CASE_WAITING,
            wire.waiting_for = (Aftercare__Escalation__V1__WaitingFor)effect->number;)
STATE_PLAIN(state_resolved, CaseResolved, CASE_RESOLVED,
            Google__Protobuf__Timestamp resolved_at = field_of_time(effect->at_us);
            wire.resolution = string(statement, effect->text);
            wire.resolved_by = string(statement, effect->id); wire.resolved_at = &resolved_at;)
STATE_PLAIN(state_closed, CaseClosed, CASE_CLOSED,
            wire.how = (Aftercare__Escalation__V1__ClosedHow)effect->number;)
STATE_PLAIN(state_reopened, CaseReopened, CASE_REOPENED, wire.reason = string(statement, effect->text);)
STATE_PLAIN(state_applied, ActionApplied, ACTION_APPLIED, wire.action_id = string(statement, effect->id);)

static void state_refused(const struct statement *statement)
{
    const struct effect *effect = statement->effect;
    Aftercare__Escalation__V1__CommandRefused wire = AFTERCARE__ESCALATION__V1__COMMAND_REFUSED__INIT;
    char *moves[MOVES_MOST];
    for (size_t i = 0; i < effect->move_count; i++)
        moves[wire.n_legal_moves++] = (char *)effect->moves[i];
    wire.action_id = string(statement, effect->id);
    wire.reason = string(statement, effect->text);
    wire.version = effect->version;
    wire.legal_moves = moves;
    send(statement, &wire.base);
}

static void state_notified(const struct statement *statement, const struct rulebook *rules)
{
    const struct effect *effect = statement->effect;
    const struct case_state *state = statement->state;
    struct text template = policy_text_for(&rules->templates[effect->number],
                                           state->language == LANGUAGE_EN ? TEXT("en") : TEXT("zh-CN"));
    const struct template_value values[] = {{"text", effect->text}};
    struct text text = template_render(outbox_arena(statement->outbox), template, values, 1);
    Aftercare__Common__V1__Notice notice = AFTERCARE__COMMON__V1__NOTICE__INIT;
    Aftercare__Escalation__V1__CustomerNotified wire = AFTERCARE__ESCALATION__V1__CUSTOMER_NOTIFIED__INIT;
    notice.template_ = (char *)rulebook_template_names[effect->number];
    notice.language = state->language == LANGUAGE_EN ? AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN
                                                     : AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_ZH_CN;
    notice.channel = (Aftercare__Common__V1__Channel)state->channel;
    notice.text = string(statement, text);
    wire.notice = &notice;
    send(statement, &wire.base);
}

static void (*const statements[])(const struct statement *) = {
    [EFFECT_PRIORITISED] = state_prioritised, [EFFECT_ESCALATED] = state_escalated,
    [EFFECT_QUEUED] = state_queued,           [EFFECT_ASSIGNED] = state_assigned,
    [EFFECT_UNASSIGNED] = state_unassigned,   [EFFECT_WAITING] = state_waiting,
    [EFFECT_RESOLVED] = state_resolved,       [EFFECT_CLOSED] = state_closed,
    [EFFECT_REOPENED] = state_reopened,       [EFFECT_DEADLINE_SET] = state_deadline_set,
    [EFFECT_DEADLINE_WARNED] = state_warned,  [EFFECT_DEADLINE_BREACHED] = state_breached,
    [EFFECT_DEADLINE_MET] = state_met,        [EFFECT_APPLIED] = state_applied,
    [EFFECT_REFUSED] = state_refused,         [EFFECT_CANCEL] = NULL,
};

void events_state(struct outbox *outbox, const struct case_state *state, const struct effects *effects,
                  const struct rulebook *rules)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->items[i];
        const struct statement statement = {outbox, state, effect};
        if (effect->kind == EFFECT_ARM)
            outbox_arm(outbox, state->case_id, deadline_names[effect->deadline], effect->at_us);
        else if (effect->kind == EFFECT_CANCEL)
            outbox_cancel(outbox, state->case_id, deadline_names[effect->deadline]);
        else if (effect->kind == EFFECT_NOTIFIED)
            state_notified(&statement, rules);
        else if (effect->kind != EFFECT_ACTED && statements[effect->kind] != NULL)
            statements[effect->kind](&statement);
    }
}
