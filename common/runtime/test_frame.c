/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/frame.h"

#include "core/time.h"
#include "escalation.pb-c.h"
#include "runtime/fields.h"
#include "survey.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static char case_text[] = "00000001-0000-4000-8000-000000000001";
static struct error err;

static void the_case_is_the_key(void **unused)
{
    (void)unused;
    Aftercare__Survey__V1__SurveyFact wrapper = AFTERCARE__SURVEY__V1__SURVEY_FACT__INIT;
    struct event event = {.wrapper = &wrapper.base};
    struct uuid case_id;
    assert_int_equal(frame_case(&event, &case_id, &err), STATUS_INVALID);
    assert_string_equal(err.text, "case_id: not a UUID");
    wrapper.case_id = case_text;
    assert_int_equal(frame_case(&event, &case_id, &err), STATUS_INVALID);
    assert_string_equal(err.text, "case_id: is not the record's key");
    assert_true(uuid_parse(text_of(case_text), &event.subject_id));
    assert_int_equal(frame_case(&event, &case_id, &err), STATUS_OK);
    assert_true(uuid_equal(case_id, event.subject_id));
}

static void the_time_must_be_there(void **unused)
{
    (void)unused;
    Aftercare__Survey__V1__SurveyFact wrapper = AFTERCARE__SURVEY__V1__SURVEY_FACT__INIT;
    Aftercare__Survey__V1__SurveyAnswerSubmitted untimed =
        AFTERCARE__SURVEY__V1__SURVEY_ANSWER_SUBMITTED__INIT;
    Google__Protobuf__Timestamp at = field_of_time(1764000000000123);
    struct event event = {.wrapper = &wrapper.base};
    int64_t at_us = 0;
    assert_int_equal(frame_at(&event, &at_us, &err), STATUS_INVALID);
    wrapper.at = &at;
    assert_int_equal(frame_at(&event, &at_us, &err), STATUS_OK);
    assert_int_equal(at_us, 1764000000000123);
    event.wrapper = &untimed.base; /* has no such field */
    assert_int_equal(frame_at(&event, &at_us, &err), STATUS_INVALID);
    assert_string_equal(err.text, "at: must not be empty");
}

static void readers_and_deadlines_are_found_by_what_they_are(void **unused)
{
    (void)unused;
    const struct fact_reader readers[] = {{&aftercare__survey__v1__survey_sent__descriptor, 1, NULL},
                                          {&aftercare__survey__v1__survey_expired__descriptor, 2, NULL},
                                          {NULL, 0, NULL}};
    const char *const kinds[] = {"ask", "expiry"};
    const struct fact_reader *reader = NULL;
    Aftercare__Survey__V1__SurveyExpired expired = AFTERCARE__SURVEY__V1__SURVEY_EXPIRED__INIT;
    Aftercare__Survey__V1__SurveyAnswered answered = AFTERCARE__SURVEY__V1__SURVEY_ANSWERED__INIT;
    struct deadline_due due = {.kind = "expiry"};
    struct event event = {.fact = &expired, .due = &due};
    int kind = -1;
    assert_int_equal(frame_reader(&event, readers, &reader, &err), STATUS_OK);
    assert_int_equal(reader->kind, 2);
    event.fact = &answered;
    assert_int_equal(frame_reader(&event, readers, &reader, &err), STATUS_INVALID);
    assert_string_equal(err.text, "aftercare.survey.v1.SurveyAnswered is not read here");
    assert_int_equal(frame_deadline(&event, kinds, 2, &kind, &err), STATUS_OK);
    assert_int_equal(kind, 1);
    due.kind = "tea";
    assert_int_equal(frame_deadline(&event, kinds, 2, &kind, &err), STATUS_INVALID);
    assert_string_equal(err.text, "deadline: no kind 'tea'");
}

static void a_fact_is_wrapped(void **unused)
{
    (void)unused;
    struct arena arena;
    const ProtobufCMessageDescriptor *descriptor = &aftercare__survey__v1__survey_fact__descriptor;
    Aftercare__Survey__V1__SurveyExpired fact = AFTERCARE__SURVEY__V1__SURVEY_EXPIRED__INIT;
    Aftercare__Escalation__V1__CaseClosed other = AFTERCARE__ESCALATION__V1__CASE_CLOSED__INIT;
    const ProtobufCMessage *message = NULL;
    arena_init(&arena, 4096);
    assert_int_equal(
        frame_wrap(&arena, descriptor, text_of(case_text), 1764000000000123, &fact.base, &message, &err),
        STATUS_OK);
    const Aftercare__Survey__V1__SurveyFact *wrapper = (const void *)message;
    assert_string_equal(wrapper->case_id, case_text);
    assert_int_equal(wrapper->at->seconds, 1764000000);
    assert_int_equal(wrapper->at->nanos, 123000);
    assert_int_equal(wrapper->fact_case, AFTERCARE__SURVEY__V1__SURVEY_FACT__FACT_SURVEY_EXPIRED);
    assert_ptr_equal(wrapper->survey_expired, &fact);
    assert_int_equal(frame_wrap(&arena, descriptor, TEXT_NULL, 1, &other.base, &message, &err),
                     STATUS_INVALID);
    assert_null(arena_alloc(&arena, 8192));
    while (frame_wrap(&arena, descriptor, TEXT_NULL, 1, &fact.base, &message, &err) == STATUS_OK)
        ;
    assert_string_equal(err.text, "the batch's memory is used up");
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_case_is_the_key),
        cmocka_unit_test(the_time_must_be_there),
        cmocka_unit_test(readers_and_deadlines_are_found_by_what_they_are),
        cmocka_unit_test(a_fact_is_wrapped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
