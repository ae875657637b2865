/* SPDX-License-Identifier: Apache-2.0 */
#include "events.h"

#include "core/mask.h"
#include "core/time.h"
#include "escalation.pb-c.h"
#include "intake.pb-c.h"
#include "survey.pb-c.h"

#include <string.h>

/* The domain's numbers are the wire's. */
#define SAME(ours, theirs) _Static_assert((int)(ours) == (int)(theirs), "domain.h and proto/ disagree")
SAME(CHANNEL_CHAT, AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_CHAT);
SAME(CHANNEL_API, AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_API);
SAME(LANGUAGE_EN, AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN);
SAME(ROLE_CUSTOMER, AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_CUSTOMER);

#define ID_MOST    128   /* bytes */
#define WORDS_MOST 80000 /* bytes: 20,000 characters */

typedef enum status read_fn(const void *message, struct arena *arena, struct fact *fact, struct error *err);

#define TRY(call)                                                                                            \
    do {                                                                                                     \
        enum status status_ = (call);                                                                        \
        if (status_ != STATUS_OK)                                                                            \
            return status_;                                                                                  \
    } while (0)

/* ---- single fields ---- */

static enum status read_id(const char *name, const char *value, struct text *ret_text, struct error *err)
{
    struct text text = text_of(value);
    if (text.len > ID_MOST)
        return fail(err, STATUS_INVALID, "%s: longer than %d bytes", name, ID_MOST);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < 0x20 || text.at[i] == 0x7f)
            return fail(err, STATUS_INVALID, "%s: holds a control character", name);
    *ret_text = text;
    return STATUS_OK;
}

static enum status check_number(const char *name, int64_t value, int64_t least, int64_t most,
                                struct error *err)
{
    if (value < least || value > most)
        return fail(err, STATUS_INVALID, "%s: must be %lld to %lld, not %lld", name, (long long)least,
                    (long long)most, (long long)value);
    return STATUS_OK;
}

static enum status read_time(const char *name, const Google__Protobuf__Timestamp *at, int64_t *ret_at_us,
                             struct error *err)
{
    if (at == NULL)
        return fail(err, STATUS_INVALID, "%s: must not be empty", name);
    if (at->seconds <= 0 || at->seconds > TIME_MAX_US / US_PER_SECOND || at->nanos < 0 ||
        at->nanos > 999999999)
        return fail(err, STATUS_INVALID, "%s: no moment from 1970 to 9999", name);
    *ret_at_us = at->seconds * US_PER_SECOND + at->nanos / 1000;
    return STATUS_OK;
}

static size_t count_characters(struct text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return count;
}

/* ---- facts ---- */

static enum status read_opened(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    (void)arena;
    const Aftercare__Intake__V1__CaseOpened *wire = message;
    struct fact_opened *opened = &fact->as.opened;
    TRY(check_number("case_opened.channel", (int64_t)wire->channel, 1, CHANNEL_COUNT - 1, err));
    TRY(read_id("case_opened.customer_id", wire->customer_id, &opened->customer_id, err));
    TRY(read_id("case_opened.shop_id", wire->shop_id, &opened->shop_id, err));
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
    struct text text = text_of(wire->text);
    if (text.len > WORDS_MOST)
        return fail(err, STATUS_INVALID, "message_received.text: longer than %d bytes", WORDS_MOST);
    /* As at the door: who is not named is the customer. */
    fact->as.message.author = wire->author == 0 ? ROLE_CUSTOMER : (int32_t)wire->author;
    fact->as.message.text = text;
    fact->as.message.has_attachments = wire->n_attachments > 0;
    return STATUS_OK;
}

static enum status read_resolved(const void *message, struct arena *arena, struct fact *fact,
                                 struct error *err)
{
    (void)arena;
    const Aftercare__Escalation__V1__CaseResolved *wire = message;
    TRY(check_number("case_resolved.version", wire->version, 1, INT64_MAX, err));
    fact->as.resolved.version = wire->version;
    fact->as.resolved.resolved_at_us = fact->at_us;
    if (wire->resolved_at != NULL)
        TRY(read_time("case_resolved.resolved_at", wire->resolved_at, &fact->as.resolved.resolved_at_us,
                      err));
    return STATUS_OK;
}

static enum status read_reopened(const void *message, struct arena *arena, struct fact *fact,
                                 struct error *err)
{
    (void)arena;
    const Aftercare__Escalation__V1__CaseReopened *wire = message;
    TRY(check_number("case_reopened.version", wire->version, 1, INT64_MAX, err));
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
    TRY(check_number("score", wire->score, SCORE_LEAST, SCORE_MOST, err));
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

static const struct {
    const ProtobufCMessageDescriptor *message;
    enum fact_kind kind;
    read_fn *read;
} readers[] = {
    {&aftercare__intake__v1__case_opened__descriptor, FACT_OPENED, read_opened},
    {&aftercare__intake__v1__message_received__descriptor, FACT_MESSAGE, read_message},
    {&aftercare__escalation__v1__case_resolved__descriptor, FACT_RESOLVED, read_resolved},
    {&aftercare__escalation__v1__case_reopened__descriptor, FACT_REOPENED, read_reopened},
    {&aftercare__survey__v1__survey_answer_submitted__descriptor, FACT_SUBMITTED, read_submitted},
};

/* ---- all together ---- */

static enum status read_frame(const struct event *event, struct text *ret_case_id, int64_t *ret_at_us,
                              struct error *err)
{
    const ProtobufCMessage *wrapper = event->wrapper;
    if (wrapper->descriptor == &aftercare__intake__v1__intake_fact__descriptor) {
        const Aftercare__Intake__V1__IntakeFact *frame = (const void *)wrapper;
        *ret_case_id = text_of(frame->case_id);
        return read_time("at", frame->at, ret_at_us, err);
    }
    if (wrapper->descriptor == &aftercare__escalation__v1__escalation_fact__descriptor) {
        const Aftercare__Escalation__V1__EscalationFact *frame = (const void *)wrapper;
        *ret_case_id = text_of(frame->case_id);
        return read_time("at", frame->at, ret_at_us, err);
    }
    /* A form has no time but its sender's: believed, but for the future. */
    const Aftercare__Survey__V1__SurveyAnswerSubmitted *form = (const void *)wrapper;
    int64_t sent_at_us = event->envelope->time_us;
    *ret_case_id = text_of(form->case_id);
    *ret_at_us = sent_at_us > 0 && sent_at_us < event->now_us ? sent_at_us : event->now_us;
    return STATUS_OK;
}

static enum status read_due(const struct event *event, struct fact *fact, struct error *err)
{
    for (int i = 0; i < DEADLINE_COUNT; i++)
        if (strcmp(deadline_names[i], event->due->kind) == 0) {
            *fact = (struct fact){.kind = FACT_DUE,
                                  .case_id = event->due->subject_id,
                                  .at_us = event->due->due_at_us,
                                  .as.due = (enum deadline)i};
            return STATUS_OK;
        }
    return fail(err, STATUS_INVALID, "deadline: no kind '%s'", event->due->kind);
}

enum status events_read(const struct event *event, struct arena *arena, struct fact *ret_fact,
                        struct error *err)
{
    struct fact fact = {0};
    if (event->due != NULL) {
        TRY(read_due(event, &fact, err));
        *ret_fact = fact;
        return STATUS_OK;
    }
    const ProtobufCMessageDescriptor *message = ((const ProtobufCMessage *)event->fact)->descriptor;
    size_t i = 0;
    while (i < sizeof readers / sizeof *readers && readers[i].message != message)
        i++;
    if (i == sizeof readers / sizeof *readers)
        return fail(err, STATUS_INVALID, "%s is not read here", message->name);
    struct text case_id;
    TRY(read_frame(event, &case_id, &fact.at_us, err));
    fact.kind = readers[i].kind;
    TRY(readers[i].read(event->fact, arena, &fact, err));
    if (!uuid_parse(case_id, &fact.case_id))
        return fail(err, STATUS_INVALID, "case_id: not a UUID");
    /* The lane follows from the key, and everything about a case happens on its lane: the two must agree. */
    if (!uuid_equal(fact.case_id, event->subject_id))
        return fail(err, STATUS_INVALID, "case_id: is not the record's key");
    *ret_fact = fact;
    return STATUS_OK;
}

enum status events_check(const struct event *event, struct error *err)
{
    struct fact fact;
    return events_read(event, NULL, &fact, err);
}
