/* SPDX-License-Identifier: Apache-2.0 */
#include "events.h"

#include "core/mask.h"
#include "core/time.h"
#include "escalation.pb-c.h"
#include "intake.pb-c.h"
#include "runtime/fields.h"
#include "runtime/frame.h"
#include "survey.pb-c.h"

#include <string.h>

/* The domain's numbers are the wire's. */
SAME(CHANNEL_CHAT, AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_CHAT);
SAME(CHANNEL_API, AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_API);
SAME(LANGUAGE_EN, AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN);
SAME(ROLE_CUSTOMER, AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_CUSTOMER);

static size_t count_characters(struct text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return count;
}

static enum status read_opened(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    (void)arena;
    const Aftercare__Intake__V1__CaseOpened *wire = message;
    struct fact_opened *opened = &fact->as.opened;
    TRY(field_number("case_opened.channel", (int64_t)wire->channel, 1, CHANNEL_COUNT - 1, err));
    TRY(field_optional_id("case_opened.customer_id", wire->customer_id, &opened->customer_id, err));
    TRY(field_optional_id("case_opened.shop_id", wire->shop_id, &opened->shop_id, err));
    opened->channel = (int32_t)wire->channel;
    opened->language = (int)wire->language < LANGUAGE_COUNT ? (int32_t)wire->language : 0;
    opened->no_surveys = wire->no_surveys;
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

static enum status read_resolved(const void *message, struct arena *arena, struct fact *fact,
                                 struct error *err)
{
    (void)arena;
    const Aftercare__Escalation__V1__CaseResolved *wire = message;
    TRY(field_number("case_resolved.version", wire->version, 1, INT64_MAX, err));
    fact->as.resolved.version = wire->version;
    fact->as.resolved.resolved_at_us = fact->at_us;
    TRY(field_optional_time("case_resolved.resolved_at", wire->resolved_at, &fact->as.resolved.resolved_at_us,
                            err));
    if (fact->as.resolved.resolved_at_us == 0)
        return fail(err, STATUS_INVALID, "case_resolved.resolved_at: must not be empty");
    return STATUS_OK;
}

static enum status read_reopened(const void *message, struct arena *arena, struct fact *fact,
                                 struct error *err)
{
    (void)arena;
    const Aftercare__Escalation__V1__CaseReopened *wire = message;
    TRY(field_number("case_reopened.version", wire->version, 1, INT64_MAX, err));
    fact->as.version = wire->version;
    return STATUS_OK;
}

static enum status read_submitted(const void *message, struct arena *arena, struct fact *fact,
                                  struct error *err)
{
    const Aftercare__Survey__V1__SurveyAnswerSubmitted *wire = message;
    struct fact_submitted *submitted = &fact->as.submitted;
    if (!uuid_parse(text_of(wire->survey_id), &submitted->survey_id))
        return fail(err, STATUS_INVALID, "survey_id: not a UUID");
    TRY(field_number("score", wire->score, SCORE_LEAST, SCORE_MOST, err));
    struct text comment = text_of(wire->comment);
    if (count_characters(comment) > COMMENT_MOST)
        return fail(err, STATUS_INVALID, "comment: longer than %d characters", COMMENT_MOST);
    submitted->score = wire->score;
    submitted->is_solved = wire->is_solved;
    if (arena == NULL)
        return STATUS_OK;
    /* The page masks before it sends; others may send too. */
    submitted->comment = mask_numbers(arena, comment, TEXT_NULL);
    return submitted->comment.at != NULL ? STATUS_OK
                                         : fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
}

static const struct fact_reader readers[] = {
    {&aftercare__intake__v1__case_opened__descriptor, FACT_OPENED, read_opened},
    {&aftercare__intake__v1__message_received__descriptor, FACT_MESSAGE, read_message},
    {&aftercare__escalation__v1__case_resolved__descriptor, FACT_RESOLVED, read_resolved},
    {&aftercare__escalation__v1__case_reopened__descriptor, FACT_REOPENED, read_reopened},
    {&aftercare__survey__v1__survey_answer_submitted__descriptor, FACT_SUBMITTED, read_submitted},
    {NULL, 0, NULL},
};

/* A form has no time but its sender's: believed, but for the future. */
static int64_t sent_at(const struct event *event)
{
    int64_t sent_at_us = event->envelope->time_us;
    return sent_at_us > 0 && sent_at_us < event->now_us ? sent_at_us : event->now_us;
}

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
    if (reader->kind == FACT_SUBMITTED)
        fact.at_us = sent_at(event);
    else
        TRY(frame_at(event, &fact.at_us, err));
    fact.kind = (enum fact_kind)reader->kind;
    TRY(reader->read(event->fact, arena, &fact, err));
    TRY(frame_case(event, &fact.case_id, err));
    *ret_fact = fact;
    return STATUS_OK;
}

enum status events_check(const struct event *event, struct error *err)
{
    struct fact fact;
    return events_read(event, NULL, &fact, err);
}
