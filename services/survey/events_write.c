/* SPDX-License-Identifier: Apache-2.0 */
#include "events.h"

#include "runtime/fields.h"
#include "survey.pb-c.h"

SAME(ANSWERED_BY_CHAT, AFTERCARE__SURVEY__V1__ANSWERED_BY__ANSWERED_BY_CHAT);
SAME(ANSWERED_BY_PAGE, AFTERCARE__SURVEY__V1__ANSWERED_BY__ANSWERED_BY_PAGE);

const char events_submission_type[] = "aftercare.survey.v1.SurveyAnswerSubmitted";

/* What a fact is put together from; the outbox packs it at once, so it may live on the stack. */
struct statement {
    struct outbox *outbox;
    const struct case_state *state;
    const struct effect *effect;
    char survey_id[UUID_TEXT_LEN + 1];
};

static char *string(const struct statement *statement, struct text text)
{
    return field_of_text(outbox_arena(statement->outbox), text);
}

static void send(const struct statement *statement, const ProtobufCMessage *fact)
{
    outbox_state(statement->outbox, statement->state->case_id, fact);
}

static void state_scheduled(const struct statement *statement)
{
    Aftercare__Survey__V1__SurveyScheduled wire = AFTERCARE__SURVEY__V1__SURVEY_SCHEDULED__INIT;
    Google__Protobuf__Timestamp due = field_of_time(statement->effect->survey.due_at_us);
    wire.survey_id = (char *)statement->survey_id;
    wire.due_at = &due;
    send(statement, &wire.base);
}

static void state_sent(const struct statement *statement)
{
    Aftercare__Survey__V1__SurveySent wire = AFTERCARE__SURVEY__V1__SURVEY_SENT__INIT;
    Google__Protobuf__Timestamp expires = field_of_time(statement->effect->survey.expires_at_us);
    wire.survey_id = (char *)statement->survey_id;
    wire.expires_at = &expires;
    send(statement, &wire.base);
}

static void state_answered(const struct statement *statement)
{
    const struct survey *survey = &statement->effect->survey;
    Aftercare__Survey__V1__SurveyAnswered wire = AFTERCARE__SURVEY__V1__SURVEY_ANSWERED__INIT;
    wire.survey_id = (char *)statement->survey_id;
    wire.score = survey->score;
    wire.is_solved = survey->is_solved;
    wire.comment = string(statement, survey->comment);
    wire.by = (Aftercare__Survey__V1__AnsweredBy)survey->answered_by;
    wire.edition = survey->edition < INT32_MAX ? (int32_t)survey->edition : INT32_MAX;
    send(statement, &wire.base);
}

static void state_expired(const struct statement *statement)
{
    Aftercare__Survey__V1__SurveyExpired wire = AFTERCARE__SURVEY__V1__SURVEY_EXPIRED__INIT;
    wire.survey_id = (char *)statement->survey_id;
    send(statement, &wire.base);
}

static void state_suppressed(const struct statement *statement)
{
    Aftercare__Survey__V1__SurveySuppressed wire = AFTERCARE__SURVEY__V1__SURVEY_SUPPRESSED__INIT;
    wire.reason = string(statement, statement->effect->text);
    send(statement, &wire.base);
}

static void state_followed_up(const struct statement *statement)
{
    Aftercare__Survey__V1__FollowUpRequested wire = AFTERCARE__SURVEY__V1__FOLLOW_UP_REQUESTED__INIT;
    wire.survey_id = (char *)statement->survey_id;
    wire.reason = string(statement, statement->effect->text);
    wire.customer_id = string(statement, statement->state->customer_id);
    wire.shop_id = string(statement, statement->state->shop_id);
    send(statement, &wire.base);
}

static void state_notified(const struct statement *statement, const struct rulebook *rules,
                           const struct setup *setup)
{
    const struct case_state *state = statement->state;
    const struct effect *effect = statement->effect;
    bool is_english = state->language == LANGUAGE_EN, has_link = effect->template == TEMPLATE_SURVEY;
    const struct token token = {state->case_id, effect->survey.survey_id, effect->survey.expires_at_us,
                                state->language};
    struct text link = has_link ? setup_link(setup, &token, outbox_arena(statement->outbox)) : TEXT("");
    const struct template_value values[] = {{"link", link}};
    struct text template =
        policy_text_for(&rules->templates[effect->template], is_english ? TEXT("en") : TEXT("zh-CN"));
    Aftercare__Common__V1__Notice notice = AFTERCARE__COMMON__V1__NOTICE__INIT;
    Aftercare__Survey__V1__CustomerNotified wire = AFTERCARE__SURVEY__V1__CUSTOMER_NOTIFIED__INIT;
    char *references[] = {string(statement, link)};
    notice.template_ = (char *)rulebook_template_names[effect->template];
    notice.language = is_english ? AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN
                                 : AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_ZH_CN;
    notice.channel = (Aftercare__Common__V1__Channel)state->channel;
    notice.text = string(statement, template_render(outbox_arena(statement->outbox), template, values, 1));
    notice.references = references;
    notice.n_references = has_link ? 1 : 0;
    wire.notice = &notice;
    send(statement, &wire.base);
}

static void state_one(const struct statement *statement, const struct rulebook *rules,
                      const struct setup *setup)
{
    const struct effect *effect = statement->effect;
    switch (effect->kind) {
    case EFFECT_SCHEDULED:
        state_scheduled(statement);
        break;
    case EFFECT_SENT:
        state_sent(statement);
        break;
    case EFFECT_ANSWERED:
        state_answered(statement);
        break;
    case EFFECT_EXPIRED:
        state_expired(statement);
        break;
    case EFFECT_SUPPRESSED:
        state_suppressed(statement);
        break;
    case EFFECT_FOLLOWED_UP:
        state_followed_up(statement);
        break;
    case EFFECT_NOTIFIED:
        state_notified(statement, rules, setup);
        break;
    case EFFECT_KEPT:
        break;
    case EFFECT_ARM:
        outbox_arm(statement->outbox, statement->state->case_id, deadline_names[effect->deadline],
                   effect->at_us);
        break;
    case EFFECT_CANCEL:
        outbox_cancel(statement->outbox, statement->state->case_id, deadline_names[effect->deadline]);
        break;
    }
}

void events_state(struct outbox *outbox, const struct case_state *state, const struct effects *effects,
                  const struct rulebook *rules, const struct setup *setup)
{
    for (size_t i = 0; i < effects->count; i++) {
        struct statement statement = {.outbox = outbox, .state = state, .effect = &effects->items[i]};
        uuid_format(effects->items[i].survey.survey_id, statement.survey_id);
        state_one(&statement, rules, setup);
    }
}

struct text events_submission(struct uuid case_id, const struct fact_submitted *submitted,
                              struct arena *arena)
{
    char case_text[UUID_TEXT_LEN + 1], survey_text[UUID_TEXT_LEN + 1];
    Aftercare__Survey__V1__SurveyAnswerSubmitted wire = AFTERCARE__SURVEY__V1__SURVEY_ANSWER_SUBMITTED__INIT;
    wire.case_id = uuid_format(case_id, case_text);
    wire.survey_id = uuid_format(submitted->survey_id, survey_text);
    wire.score = submitted->score;
    wire.is_solved = submitted->is_solved;
    wire.comment = field_of_text(arena, submitted->comment);
    uint8_t *bytes = arena_alloc(arena, protobuf_c_message_get_packed_size(&wire.base) + 1);
    return bytes == NULL ? TEXT_NULL : text_make(bytes, protobuf_c_message_pack(&wire.base, bytes));
}
