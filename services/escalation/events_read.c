/* SPDX-License-Identifier: Apache-2.0 */
#include "events.h"

#include "classification.pb-c.h"
#include "intake.pb-c.h"
#include "returns.pb-c.h"
#include "runtime/fields.h"
#include "runtime/frame.h"
#include "survey.pb-c.h"

#include <string.h>

/* The domain's numbers are the wire's. */
SAME(CHANNEL_CHAT, AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_CHAT);
SAME(CHANNEL_API, AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_API);
SAME(LANGUAGE_EN, AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN);
SAME(TIER_VIP, AFTERCARE__COMMON__V1__CUSTOMER_TIER__CUSTOMER_TIER_VIP);
SAME(TYPE_COMPLAINT, AFTERCARE__COMMON__V1__CASE_TYPE__CASE_TYPE_COMPLAINT);
SAME(ROLE_SYSTEM, AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_SYSTEM);
SAME(ACTION_REPLY, AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_REPLY);
SAME(ACTION_REOPEN, AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_REOPEN);
SAME(DECISION_HUMAN, AFTERCARE__CLASSIFICATION__V1__DECISION__DECISION_HUMAN);
SAME(PRESENCE_OFFLINE, AFTERCARE__INBOUND__V1__PRESENCE__PRESENCE_OFFLINE);

static enum status read_opened(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    (void)arena;
    const Aftercare__Intake__V1__CaseOpened *wire = message;
    struct fact_opened *opened = &fact->as.opened;
    TRY(field_number("case_opened.channel", (int64_t)wire->channel, 1, CHANNEL_COUNT - 1, err));
    TRY(field_optional_id("case_opened.shop_id", wire->shop_id, &opened->shop_id, err));
    TRY(field_time("case_opened.received_at", wire->received_at, &opened->received_at_us, err));
    opened->channel = (int32_t)wire->channel;
    opened->tier = (int32_t)wire->customer_tier;
    opened->language = (int32_t)wire->language;
    return STATUS_OK;
}

static enum status read_message(const void *message, struct arena *arena, struct fact *fact,
                                struct error *err)
{
    (void)arena;
    const Aftercare__Intake__V1__MessageReceived *wire = message;
    TRY(field_text("message_received.text", wire->text, FIELD_WORDS_MOST, &fact->as.message.text, err));
    /* As at the door: who is not named is the customer. */
    fact->as.message.author = wire->author == 0 ? ROLE_CUSTOMER : (int32_t)wire->author;
    fact->as.message.has_attachments = wire->n_attachments > 0;
    return STATUS_OK;
}

static enum status read_call(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    (void)arena;
    const Aftercare__Intake__V1__CallRecorded *wire = message;
    if (wire->answered_at == NULL)
        return STATUS_OK;
    return field_time("call_recorded.answered_at", wire->answered_at, &fact->as.call.answered_at_us, err);
}

static enum status read_order(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    (void)arena;
    const Aftercare__Intake__V1__OrderLinked *wire = message;
    if (wire->order == NULL)
        return fail(err, STATUS_INVALID, "order_linked.order: must not be empty");
    const Aftercare__Common__V1__Money *paid = wire->order->paid;
    if (paid == NULL)
        return STATUS_OK;
    TRY(field_number("order_linked.order.paid.minor", paid->minor, 0, INT64_MAX, err));
    struct text currency = text_of(paid->currency);
    if (currency.len != 3 || strspn(currency.at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return fail(err, STATUS_INVALID, "order_linked.order.paid.currency: not three capitals");
    fact->as.order.paid_minor = paid->minor;
    fact->as.order.currency = currency;
    return STATUS_OK;
}

static enum status read_action(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    (void)arena;
    const Aftercare__Inbound__V1__ActionRequest *wire =
        ((const Aftercare__Intake__V1__ActionRequested *)message)->action;
    struct fact_action *action = &fact->as.action;
    if (wire == NULL)
        return fail(err, STATUS_INVALID, "action_requested.action: must not be empty");
    TRY(field_number("action_requested.action.kind", (int64_t)wire->kind, 1, INT32_MAX, err));
    if ((int)wire->kind >= ACTION_COUNT)
        return STATUS_OK; /* another service's: kind stays 0 */
    TRY(field_id("action_requested.action.action_id", wire->action_id, &action->action_id, err));
    TRY(field_id("action_requested.action.actor_id", wire->actor_id, &action->actor_id, err));
    TRY(field_number("action_requested.action.actor_role", (int64_t)wire->actor_role, 1, ROLE_COUNT - 1,
                     err));
    TRY(field_number("action_requested.action.expected_version", wire->expected_version, 0, INT64_MAX, err));
    TRY(field_text("action_requested.action.text", wire->text, FIELD_WORDS_MOST, &action->text, err));
    TRY(field_text("action_requested.action.resolution", wire->resolution, FIELD_WORDS_MOST,
                   &action->resolution, err));
    TRY(field_optional_id("action_requested.action.target_agent_id", wire->target_agent_id,
                          &action->target_agent_id, err));
    if (text_is_empty(text_trim(action->text)) &&
        ((int)wire->kind == ACTION_REPLY || (int)wire->kind == ACTION_ASK || (int)wire->kind == ACTION_NOTE))
        return fail(err, STATUS_INVALID, "action_requested.action.text: must not be empty for %s",
                    domain_action_name((int32_t)wire->kind));
    action->kind = (int32_t)wire->kind;
    action->role = (int32_t)wire->actor_role;
    action->expected_version = wire->expected_version;
    return STATUS_OK;
}

/* ",repair,complaint,": so that one search finds a whole word. */
static enum status read_skills(const Aftercare__Inbound__V1__AgentUpdate *wire, struct arena *arena,
                               struct agent *agent, struct error *err)
{
    struct text skills = TEXT(",");
    TRY(field_number("agent_recorded.agent.skills: their number", (int64_t)wire->n_skills, 0,
                     AGENT_SKILLS_MAX, err));
    for (size_t i = 0; i < wire->n_skills; i++) {
        struct text skill;
        TRY(field_id("agent_recorded.agent.skills", wire->skills[i], &skill, err));
        if (strchr(skill.at, ',') != NULL)
            return fail(err, STATUS_INVALID, "agent_recorded.agent.skills[%zu]: holds a comma", i);
        if (arena != NULL)
            skills = text_print(arena, "%.*s%.*s,", TEXT_ARGS(skills), TEXT_ARGS(skill));
    }
    agent->skills = skills;
    return STATUS_OK;
}

static enum status read_agent(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    const Aftercare__Inbound__V1__AgentUpdate *wire =
        ((const Aftercare__Intake__V1__AgentRecorded *)message)->agent;
    struct agent *agent = &fact->as.agent;
    if (wire == NULL)
        return fail(err, STATUS_INVALID, "agent_recorded.agent: must not be empty");
    TRY(field_id("agent_recorded.agent.agent_id", wire->agent_id, &agent->agent_id, err));
    TRY(field_text("agent_recorded.agent.name", wire->name, FIELD_WORD_MOST, &agent->name, err));
    TRY(field_text("agent_recorded.agent.team", wire->team, FIELD_WORD_MOST, &agent->team, err));
    TRY(field_number("agent_recorded.agent.presence", (int64_t)wire->presence, 1, PRESENCE_COUNT - 1, err));
    TRY(field_number("agent_recorded.agent.capacity", wire->capacity, 0, 1000, err));
    TRY(field_number("agent_recorded.agent.level", wire->level, 0, LEVEL_LAST, err));
    TRY(field_time("agent_recorded.agent.updated_at", wire->updated_at, &agent->updated_at_us, err));
    TRY(read_skills(wire, arena, agent, err));
    for (size_t i = 0; i < wire->n_languages; i++)
        if ((int)wire->languages[i] > 0 && (int)wire->languages[i] < LANGUAGE_COUNT)
            agent->languages |= 1 << (int)wire->languages[i];
    agent->presence = (int32_t)wire->presence;
    agent->capacity = wire->capacity * AGENT_PLACE;
    agent->level = wire->level == 0 ? LEVEL_FIRST : wire->level;
    return STATUS_OK;
}

static enum status read_classified(const void *message, struct arena *arena, struct fact *fact,
                                   struct error *err)
{
    (void)arena;
    const Aftercare__Classification__V1__CaseClassified *wire = message;
    struct fact_classified *said = &fact->as.classified;
    TRY(field_number("case_classified.type", (int64_t)wire->type, 1, TYPE_COUNT - 1, err));
    TRY(field_number("case_classified.urgency", wire->urgency, 0, URGENCY_MOST, err));
    TRY(field_number("case_classified.sentiment", wire->sentiment, SENTIMENT_LEAST, SENTIMENT_MOST, err));
    TRY(field_text("case_classified.label", wire->label, FIELD_WORD_MOST, &said->label, err));
    said->type = (int32_t)wire->type;
    said->is_complaint = wire->is_complaint;
    said->urgency = wire->urgency;
    said->sentiment = wire->sentiment;
    said->language = (int32_t)wire->language;
    said->decision = wire->decision == 0 ? DECISION_HUMAN : (int32_t)wire->decision;
    return STATUS_OK;
}

static enum status read_closed(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    static const struct text outcomes[] = {
        [AFTERCARE__RETURNS__V1__RETURN_OUTCOME__RETURN_OUTCOME_REPAIRED] = TEXT("repaired"),
        [AFTERCARE__RETURNS__V1__RETURN_OUTCOME__RETURN_OUTCOME_REFUNDED] = TEXT("refunded"),
        [AFTERCARE__RETURNS__V1__RETURN_OUTCOME__RETURN_OUTCOME_EXCHANGED] = TEXT("exchanged"),
        [AFTERCARE__RETURNS__V1__RETURN_OUTCOME__RETURN_OUTCOME_REJECTED] = TEXT("rejected"),
        [AFTERCARE__RETURNS__V1__RETURN_OUTCOME__RETURN_OUTCOME_CANCELLED] = TEXT("cancelled"),
    };
    (void)arena;
    const Aftercare__Returns__V1__ReturnClosed *wire = message;
    TRY(field_number("return_closed.outcome", (int64_t)wire->outcome, 1,
                     (int64_t)(sizeof outcomes / sizeof *outcomes) - 1, err));
    fact->as.outcome = outcomes[wire->outcome];
    return STATUS_OK;
}

static enum status read_survey(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    (void)arena;
    const Aftercare__Survey__V1__SurveyAnswered *wire = message;
    TRY(field_number("survey_answered.score", wire->score, 1, 5, err));
    fact->as.survey = (struct fact_survey){wire->score, wire->is_solved};
    return STATUS_OK;
}

static const struct fact_reader readers[] = {
    {&aftercare__intake__v1__case_opened__descriptor, FACT_OPENED, read_opened},
    {&aftercare__intake__v1__message_received__descriptor, FACT_MESSAGE, read_message},
    {&aftercare__intake__v1__call_recorded__descriptor, FACT_CALL, read_call},
    {&aftercare__intake__v1__order_linked__descriptor, FACT_ORDER, read_order},
    {&aftercare__intake__v1__action_requested__descriptor, FACT_ACTION, read_action},
    {&aftercare__intake__v1__agent_recorded__descriptor, FACT_AGENT, read_agent},
    {&aftercare__classification__v1__case_classified__descriptor, FACT_CLASSIFIED, read_classified},
    {&aftercare__classification__v1__answer_given__descriptor, FACT_ANSWERED, NULL},
    {&aftercare__returns__v1__return_opened__descriptor, FACT_RETURN_OPENED, NULL},
    {&aftercare__returns__v1__option_chosen__descriptor, FACT_OPTION_CHOSEN, NULL},
    {&aftercare__returns__v1__goods_received__descriptor, FACT_GOODS_RECEIVED, NULL},
    {&aftercare__returns__v1__goods_shipped_back__descriptor, FACT_GOODS_SENT, NULL},
    {&aftercare__returns__v1__return_closed__descriptor, FACT_RETURN_CLOSED, read_closed},
    {&aftercare__survey__v1__survey_answered__descriptor, FACT_SURVEY_ANSWERED, read_survey},
    {NULL, 0, NULL},
};

enum status events_read(const struct event *event, struct arena *arena, struct fact *ret_fact,
                        struct error *err)
{
    struct fact fact = {0};
    if (event->due != NULL) {
        int deadline;
        TRY(frame_deadline(event, deadline_names, DEADLINE_COUNT, &deadline, err));
        *ret_fact = (struct fact){.kind = FACT_DUE,
                                  .case_id = event->due->subject_id,
                                  .at_us = event->due->due_at_us,
                                  .as.due = (enum deadline)deadline};
        return STATUS_OK;
    }
    const struct fact_reader *reader;
    TRY(frame_reader(event, readers, &reader, err));
    TRY(frame_at(event, &fact.at_us, err));
    fact.kind = (enum fact_kind)reader->kind;
    if (reader->read != NULL)
        TRY(reader->read(event->fact, arena, &fact, err));
    if (fact.kind != FACT_AGENT)
        TRY(frame_case(event, &fact.case_id, err));
    else if (!text_equal(event->key, fact.as.agent.agent_id))
        return fail(err, STATUS_INVALID, "agent_recorded.agent.agent_id: is not the record's key");
    *ret_fact = fact;
    return STATUS_OK;
}

enum status events_check(const struct event *event, struct error *err)
{
    struct fact fact;
    return events_read(event, NULL, &fact, err);
}
