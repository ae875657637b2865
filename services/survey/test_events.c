/* SPDX-License-Identifier: Apache-2.0 */
/* The wire on both sides: what breaks the contract is refused with the field's name, what is stated has every
 * field. */
#include "escalation.pb-c.h"
#include "events.h"
#include "intake.pb-c.h"
#include "outbox_stub.h"
#include "survey.pb-c.h"
#include "test_bench.h"

#include <string.h>

static const struct token_keys keys = {TEXT("0123456789abcdef0123456789abcdef"), TEXT_NULL};

struct text setup_link(const struct setup *setup, const struct token *token, struct arena *arena)
{
    char text[TOKEN_LEN + 1];
    assert_null(setup);
    return text_print(arena, "https://shop.example/s/%s", token_write(&keys, token, text));
}

/* ---- reading ---- */

static char case_id[] = "00000001-0000-4000-8000-000000000001";
static char survey_id[] = "00000001-0000-4000-8000-000000000002";
static Google__Protobuf__Timestamp moment = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
static struct arena arena;
static struct fact fact;
static struct error err;

static enum status read_in(const ProtobufCMessage *wrapper, const void *member, const char *key)
{
    const struct envelope envelope = {.time_us = T0 + 3};
    struct event event = {
        .wrapper = wrapper, .fact = member, .key = text_of(key), .envelope = &envelope, .now_us = T0 + 5};
    struct error check_err;
    memset(&err, 0, sizeof err);
    if (!uuid_parse(event.key, &event.subject_id))
        event.subject_id = uuid_nil;
    enum status status = events_read(&event, &arena, &fact, &err);
    assert_int_equal(events_check(&event, &check_err), status); /* the check says what the reading says */
    return status;
}

static enum status read_intake(const void *member)
{
    Aftercare__Intake__V1__IntakeFact wrapper = AFTERCARE__INTAKE__V1__INTAKE_FACT__INIT;
    wrapper.case_id = case_id;
    wrapper.at = &moment;
    return read_in(&wrapper.base, member, case_id);
}

static enum status read_escalation(const void *member)
{
    Aftercare__Escalation__V1__EscalationFact wrapper = AFTERCARE__ESCALATION__V1__ESCALATION_FACT__INIT;
    wrapper.case_id = case_id;
    wrapper.at = &moment;
    return read_in(&wrapper.base, member, case_id);
}

#define assert_invalid(call, field)                                                                          \
    do {                                                                                                     \
        assert_int_equal(call, STATUS_INVALID);                                                              \
        assert_non_null(strstr(err.text, field));                                                            \
    } while (0)

static void intake_s_facts(void **unused)
{
    (void)unused;
    Aftercare__Intake__V1__CaseOpened opened_wire = AFTERCARE__INTAKE__V1__CASE_OPENED__INIT;
    assert_invalid(read_intake(&opened_wire), "case_opened.channel");
    opened_wire.channel = AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_PHONE;
    opened_wire.language = AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN;
    opened_wire.customer_id = (char *)"c\n1";
    assert_invalid(read_intake(&opened_wire), "case_opened.customer_id: holds a control character");
    char longest[200];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    opened_wire.customer_id = (char *)"c-1";
    opened_wire.shop_id = longest;
    assert_invalid(read_intake(&opened_wire), "case_opened.shop_id: longer");
    opened_wire.shop_id = (char *)"s-1";
    opened_wire.no_surveys = true;
    assert_int_equal(read_intake(&opened_wire), STATUS_OK);
    assert_int_equal(fact.kind, FACT_OPENED);
    assert_int_equal(fact.at_us, T0 + 5);
    assert_int_equal(fact.as.opened.channel, CHANNEL_PHONE);
    assert_int_equal(fact.as.opened.language, LANGUAGE_EN);
    assert_true(fact.as.opened.no_surveys && text_equal_string(fact.as.opened.customer_id, "c-1"));

    Aftercare__Intake__V1__MessageReceived message = AFTERCARE__INTAKE__V1__MESSAGE_RECEIVED__INIT;
    message.text = (char *)"5";
    assert_int_equal(read_intake(&message), STATUS_OK);
    assert_int_equal(fact.as.message.author, ROLE_CUSTOMER);
    message.author = AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_AGENT;
    assert_int_equal(read_intake(&message), STATUS_OK);
    assert_int_not_equal(fact.as.message.author, ROLE_CUSTOMER);
    message.text = arena_alloc(&arena, 80002);
    memset(message.text, 'x', 80001);
    assert_invalid(read_intake(&message), "message_received.text");

    Aftercare__Intake__V1__OrderLinked other = AFTERCARE__INTAKE__V1__ORDER_LINKED__INIT;
    assert_invalid(read_intake(&other), "not read here");
}

static void escalation_s_facts(void **unused)
{
    (void)unused;
    Aftercare__Escalation__V1__CaseResolved resolved_wire = AFTERCARE__ESCALATION__V1__CASE_RESOLVED__INIT;
    Google__Protobuf__Timestamp at = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    assert_invalid(read_escalation(&resolved_wire), "case_resolved.version");
    resolved_wire.version = 4;
    assert_int_equal(read_escalation(&resolved_wire), STATUS_OK);
    assert_int_equal(fact.as.resolved.resolved_at_us, T0 + 5);
    resolved_wire.resolved_at = &at;
    assert_invalid(read_escalation(&resolved_wire), "case_resolved.resolved_at");
    at.seconds = T0 / US_PER_SECOND;
    assert_int_equal(read_escalation(&resolved_wire), STATUS_OK);
    assert_int_equal(fact.as.resolved.resolved_at_us, T0);
    Aftercare__Escalation__V1__CaseReopened reopened_wire = AFTERCARE__ESCALATION__V1__CASE_REOPENED__INIT;
    assert_invalid(read_escalation(&reopened_wire), "case_reopened.version");
    reopened_wire.version = 5;
    assert_int_equal(read_escalation(&reopened_wire), STATUS_OK);
    assert_int_equal(fact.as.version, 5);
}

static void the_page_s_answers(void **unused)
{
    (void)unused;
    Aftercare__Survey__V1__SurveyAnswerSubmitted wire = AFTERCARE__SURVEY__V1__SURVEY_ANSWER_SUBMITTED__INIT;
    assert_invalid(read_in(&wire.base, &wire, case_id), "survey_id: not a UUID");
    wire.survey_id = survey_id;
    assert_invalid(read_in(&wire.base, &wire, case_id), "score");
    wire.score = 5;
    assert_invalid(read_in(&wire.base, &wire, case_id), "case_id: not a UUID");
    wire.case_id = case_id;
    assert_invalid(read_in(&wire.base, &wire, survey_id), "case_id: is not the record's key");
    wire.comment = arena_alloc(&arena, COMMENT_MOST + 2);
    memset(wire.comment, 'x', COMMENT_MOST + 1);
    assert_invalid(read_in(&wire.base, &wire, case_id), "comment: longer than 2000");
    wire.comment = (char *)"4111111111111111";
    assert_int_equal(read_in(&wire.base, &wire, case_id), STATUS_OK);
    assert_true(text_equal_string(fact.as.submitted.comment, "************1111"));
    assert_int_equal(fact.at_us, T0 + 3); /* the sender's time */

    /* What the page sends is what is read. */
    struct uuid id;
    const struct fact_submitted submission = {{{7}}, 2, true, TEXT("words")};
    assert_true(uuid_parse(text_of(case_id), &id));
    struct text value = events_submission(id, &submission, &arena);
    Aftercare__Survey__V1__SurveyAnswerSubmitted *back =
        aftercare__survey__v1__survey_answer_submitted__unpack(NULL, value.len, (const uint8_t *)value.at);
    assert_non_null(back);
    assert_int_equal(read_in(&back->base, back, case_id), STATUS_OK);
    assert_true(uuid_equal(fact.as.submitted.survey_id, submission.survey_id));
    assert_int_equal(fact.as.submitted.score, 2);
    assert_true(fact.as.submitted.is_solved && text_equal_string(fact.as.submitted.comment, "words"));
    aftercare__survey__v1__survey_answer_submitted__free_unpacked(back, NULL);
}

/* ---- writing ---- */

static void put(struct outbox *outbox, const struct bench *bench)
{
    events_state(outbox, &bench->dossier.state, &bench->effects, &bench->rules, NULL);
}

#define FACT(i) ((const Aftercare__Survey__V1__SurveyFact *)outbox.facts[i])

static void what_is_stated_has_every_field(void **unused)
{
    (void)unused;
    static struct bench bench;
    struct outbox outbox = {
        .wrapper = &aftercare__survey__v1__survey_fact__descriptor, .arena = &arena, .now_us = T0 + 7};
    bench_open(&bench);
    bench.rules.templates[TEMPLATE_SURVEY] = (struct policy_text){TEXT("请点 {link}"), TEXT("go to {link}")};
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    bench_apply(&bench, resolved(5, T0));
    put(&outbox, &bench);
    assert_string_equal(outbox.armed[outbox.armed_count - 1], "ask");
    assert_int_equal(FACT(0)->survey_scheduled->due_at->seconds, (T0 + 10 * M) / US_PER_SECOND);
    assert_int_equal(FACT(0)->at->nanos, 7000);
    bench_apply(&bench, due(DEADLINE_ASK, T0 + 10 * M));
    put(&outbox, &bench);
    assert_string_equal(outbox.armed[outbox.armed_count - 1], "expiry");
    const char *sent_id = FACT(1)->survey_sent->survey_id;
    assert_int_equal(strlen(sent_id), UUID_TEXT_LEN);
    const Aftercare__Common__V1__Notice *notice = FACT(2)->customer_notified->notice;
    assert_string_equal(notice->template_, "survey");
    assert_int_equal(notice->language, LANGUAGE_ZH_CN);
    assert_int_equal(notice->channel, CHANNEL_CHAT);
    assert_int_equal(notice->n_references, 1);
    assert_non_null(strstr(notice->text, notice->references[0]));
    struct token token;
    const char *token_text = notice->references[0] + strlen("https://shop.example/s/");
    assert_true(token_read(&keys, text_of(token_text), &token));
    char id[UUID_TEXT_LEN + 1];
    assert_string_equal(uuid_format(token.survey_id, id), sent_id);
    assert_int_equal(token.expires_at_us, FACT(1)->survey_sent->expires_at->seconds * US_PER_SECOND);
    bench_apply(&bench, submitted(token.survey_id, 2, true, T0 + 11 * M));
    put(&outbox, &bench);
    assert_string_equal(outbox.cancelled[outbox.cancelled_count - 1], "expiry");
    const Aftercare__Survey__V1__SurveyAnswered *answered = FACT(3)->survey_answered;
    assert_int_equal(answered->score, 2);
    assert_true(answered->is_solved);
    assert_string_equal(answered->comment, "words");
    assert_int_equal(answered->by, AFTERCARE__SURVEY__V1__ANSWERED_BY__ANSWERED_BY_PAGE);
    assert_int_equal(answered->edition, 1);
    const Aftercare__Survey__V1__FollowUpRequested *follow_up = FACT(4)->follow_up_requested;
    assert_string_equal(follow_up->survey_id, sent_id);
    assert_string_equal(follow_up->reason, "score 2");
    assert_string_equal(follow_up->customer_id, "c-1");
    assert_string_equal(follow_up->shop_id, "s-1");
    assert_int_equal(outbox.fact_count, 5);
    bench_close(&bench);
}

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, 4 << 20);
    moment.seconds = T0 / US_PER_SECOND;
    moment.nanos = 5000;
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intake_s_facts),
        cmocka_unit_test(escalation_s_facts),
        cmocka_unit_test(the_page_s_answers),
        cmocka_unit_test(what_is_stated_has_every_field),
    };
    return cmocka_run_group_tests_name("survey events", tests, open_arena, close_arena);
}
