/* SPDX-License-Identifier: Apache-2.0 */
/* The wire on both sides: what breaks the contract is refused with the field's name, what is stated has every
 * field. */
#include "classification.pb-c.h"
#include "core/time.h"
#include "domain.h"
#include "events.h"
#include "intake.pb-c.h"
#include "outbox_stub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define T0 (1764000000 * US_PER_SECOND)

/* ---- reading ---- */

static char case_id[] = "00000001-0000-4000-8000-000000000001";
static Google__Protobuf__Timestamp moment = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
static struct arena arena;
static struct fact fact;
static struct error err;

static enum status read_in(const ProtobufCMessage *wrapper, const void *member)
{
    struct event event = {.wrapper = wrapper, .fact = member, .key = text_of(case_id)};
    struct error check_err;
    memset(&err, 0, sizeof err);
    assert_true(uuid_parse(event.key, &event.subject_id));
    enum status status = events_read(&event, &fact, &err);
    assert_int_equal(events_check(&event, &check_err), status); /* the check says what the reading says */
    return status;
}

static enum status read_intake(const void *member)
{
    Aftercare__Intake__V1__IntakeFact wrapper = AFTERCARE__INTAKE__V1__INTAKE_FACT__INIT;
    wrapper.case_id = case_id;
    wrapper.at = &moment;
    return read_in(&wrapper.base, member);
}

#define assert_invalid(member, field)                                                                        \
    do {                                                                                                     \
        assert_int_equal(read_intake(member), STATUS_INVALID);                                               \
        if (strstr(err.text, field) == NULL)                                                                 \
            fail_msg("%s: %s", field, err.text);                                                             \
    } while (0)
#define assert_read(member) assert_int_equal(read_intake(member), STATUS_OK)

static char *longer(size_t len)
{
    char *text = arena_alloc(&arena, len + 1);
    memset(text, 'x', len);
    return text;
}

static void an_opened_case_is_read_and_checked(void **unused)
{
    (void)unused;
    Aftercare__Intake__V1__CaseOpened wire = AFTERCARE__INTAKE__V1__CASE_OPENED__INIT;
    assert_invalid(&wire, "case_opened.channel");
    wire.channel = AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_PHONE;
    assert_invalid(&wire, "case_opened.received_at");
    wire.received_at = &moment;
    wire.language = (Aftercare__Common__V1__Language)9;
    assert_invalid(&wire, "case_opened.language");
    wire.language = AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN;
    assert_read(&wire);
    assert_int_equal(fact.kind, FACT_OPENED);
    assert_int_equal(fact.as.opened.language, LANGUAGE_EN);
    assert_int_equal(fact.as.opened.received_at_us, T0);
    assert_false(fact.as.opened.is_follow_up);
    wire.follow_up_of = case_id;
    wire.reason = (char *)"score 1";
    assert_read(&wire);
    assert_true(fact.as.opened.is_follow_up);
    wire.reason = longer(80001);
    assert_invalid(&wire, "case_opened.reason");
}

static void the_frame_must_fit_the_key(void **unused)
{
    (void)unused;
    Aftercare__Intake__V1__IntakeFact wrapper = AFTERCARE__INTAKE__V1__INTAKE_FACT__INIT;
    Aftercare__Intake__V1__CallRecorded wire = AFTERCARE__INTAKE__V1__CALL_RECORDED__INIT;
    assert_int_equal(read_in(&wrapper.base, &wire), STATUS_INVALID);
    assert_non_null(strstr(err.text, "at:"));
    wrapper.at = &moment;
    wrapper.case_id = (char *)"nonsense";
    assert_int_equal(read_in(&wrapper.base, &wire), STATUS_INVALID);
    assert_non_null(strstr(err.text, "case_id: not a UUID"));
    wrapper.case_id = (char *)"00000002-0000-4000-8000-000000000002";
    assert_int_equal(read_in(&wrapper.base, &wire), STATUS_INVALID);
    assert_non_null(strstr(err.text, "is not the record's key"));
    Google__Protobuf__Timestamp wrong = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    wrong.nanos = -1;
    wrapper.at = &wrong;
    assert_int_equal(read_in(&wrapper.base, &wire), STATUS_INVALID);
    Aftercare__Intake__V1__ParcelScanned other = AFTERCARE__INTAKE__V1__PARCEL_SCANNED__INIT;
    assert_invalid(&other, "ParcelScanned is not read here");
    Aftercare__Classification__V1__ClassificationFact own =
        AFTERCARE__CLASSIFICATION__V1__CLASSIFICATION_FACT__INIT;
    assert_int_equal(read_in(&own.base, &wire), STATUS_INVALID);
}

static void words_are_read_and_checked(void **unused)
{
    (void)unused;
    Aftercare__Intake__V1__MessageReceived wire = AFTERCARE__INTAKE__V1__MESSAGE_RECEIVED__INIT;
    Google__Protobuf__Timestamp later = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    later.seconds = moment.seconds + 5;
    wire.text = (char *)"hello";
    assert_read(&wire);
    assert_int_equal(fact.at_us, T0); /* the fact's, when it does not say */
    wire.received_at = &later;
    assert_read(&wire);
    assert_int_equal(fact.kind, FACT_WORDS);
    assert_int_equal(fact.at_us, T0 + 5 * US_PER_SECOND);
    assert_true(fact.as.words.is_customers);
    wire.author = AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_AGENT;
    assert_read(&wire);
    assert_false(fact.as.words.is_customers);
    wire.author = (Aftercare__Common__V1__ActorRole)77;
    assert_invalid(&wire, "message_received.author");
    wire.author = AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_CUSTOMER;
    wire.language = (Aftercare__Common__V1__Language)-1;
    assert_invalid(&wire, "message_received.language");
    wire.language = 0;
    later.seconds = INT64_MAX;
    assert_invalid(&wire, "message_received.received_at");
    later.seconds = moment.seconds;
    wire.text = longer(80001);
    assert_invalid(&wire, "message_received.text");

    Aftercare__Intake__V1__CallRecorded call = AFTERCARE__INTAKE__V1__CALL_RECORDED__INIT;
    assert_read(&call); /* abandoned: nothing was said */
    assert_int_equal(fact.as.words.text.len, 0);
    call.words = longer(80001);
    assert_invalid(&call, "call_recorded.words");
    call.words = NULL;
    call.language = (Aftercare__Common__V1__Language)9;
    assert_invalid(&call, "call_recorded.language");
}

static void an_order_is_read_and_checked(void **unused)
{
    (void)unused;
    Aftercare__Intake__V1__OrderLinked wire = AFTERCARE__INTAKE__V1__ORDER_LINKED__INIT;
    Aftercare__Common__V1__OrderSnapshot order = AFTERCARE__COMMON__V1__ORDER_SNAPSHOT__INIT;
    Aftercare__Common__V1__OrderLine line = AFTERCARE__COMMON__V1__ORDER_LINE__INIT, *lines[60];
    assert_invalid(&wire, "order_linked.order: must not be empty");
    wire.order = &order;
    assert_invalid(&wire, "order_linked.order.order_no");
    order.order_no = (char *)"A-1";
    for (size_t i = 0; i < 60; i++)
        lines[i] = &line;
    order.lines = lines;
    order.n_lines = 60;
    line.warranty_months = 12;
    assert_read(&wire);
    assert_int_equal(fact.as.order.line_count, WARRANTY_LINES_MOST); /* more are not looked at */
    assert_int_equal(fact.as.order.updated_at_us, T0);
    line.warranty_months = -1;
    assert_invalid(&wire, "order_linked.order.lines.warranty_months");
    line.warranty_months = 12;
    line.product = (char *)"\x1e"; /* would break the row's lines */
    assert_invalid(&wire, "order_linked.order.lines.product");
    line.product = longer(2000); /* as long as the door lets through: 500 characters */
    assert_read(&wire);
    line.product = longer(2001);
    assert_invalid(&wire, "lines.product: longer");
    line.product = NULL;
    line.model = longer(129);
    assert_invalid(&wire, "order_linked.order.lines.model");
    line.model = NULL;
    order.waybill = longer(129);
    assert_invalid(&wire, "order_linked.order.waybill");
    order.waybill = NULL;
    Google__Protobuf__Timestamp wrong = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    wrong.seconds = -1;
    order.shipped_at = &wrong;
    assert_invalid(&wire, "order_linked.order.shipped_at");
}

static void a_correction_is_read_and_checked(void **unused)
{
    (void)unused;
    Aftercare__Intake__V1__ActionRequested wire = AFTERCARE__INTAKE__V1__ACTION_REQUESTED__INIT;
    Aftercare__Inbound__V1__ActionRequest action = AFTERCARE__INBOUND__V1__ACTION_REQUEST__INIT;
    assert_invalid(&wire, "action_requested.action: must not be empty");
    wire.action = &action;
    assert_invalid(&wire, "action_requested.action.kind");
    action.kind = AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_REPLY;
    assert_read(&wire); /* another service's: not looked at */
    assert_false(fact.as.action.is_correction);
    action.kind = AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_CORRECT_CLASSIFICATION;
    assert_invalid(&wire, "action_requested.action.action_id");
    action.action_id = (char *)"a-1";
    assert_invalid(&wire, "action_requested.action.actor_id");
    action.actor_id = (char *)"lin";
    assert_invalid(&wire, "action_requested.action.actor_role");
    action.actor_role = AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_AGENT;
    action.expected_version = -1;
    assert_invalid(&wire, "action_requested.action.expected_version");
    action.expected_version = 3;
    action.correct_type = (Aftercare__Common__V1__CaseType)5;
    assert_invalid(&wire, "action_requested.action.correct_type");
    action.correct_type = AFTERCARE__COMMON__V1__CASE_TYPE__CASE_TYPE_REPAIR;
    action.correct_label = longer(129);
    assert_invalid(&wire, "action_requested.action.correct_label");
    action.correct_label = (char *)"charging-fault";
    assert_read(&wire);
    assert_true(fact.as.action.is_correction);
    assert_int_equal(fact.as.action.expected_version, 3);
    assert_int_equal(fact.as.action.type, TYPE_REPAIR);
}

static void deadlines_are_told_apart(void **unused)
{
    (void)unused;
    for (int i = 0; i < DEADLINE_COUNT; i++) {
        struct deadline_due due = {{{1}}, deadline_names[i], 1, T0};
        struct event event = {.due = &due};
        assert_int_equal(events_read(&event, &fact, &err), STATUS_OK);
        assert_int_equal(fact.kind, FACT_DUE);
        assert_int_equal(fact.as.due, i);
    }
    struct deadline_due due = {{{1}}, "no-such", 1, T0};
    struct event event = {.due = &due};
    assert_int_equal(events_read(&event, &fact, &err), STATUS_INVALID);
}

/* ---- writing ---- */

static const struct label labels[] = {{TEXT("charging-fault"), TYPE_REPAIR}, {TEXT("other"), TYPE_INQUIRY}};
static const struct rulebook rules = {.labels = labels, .label_count = 2};
static const struct case_state state = {.case_id = {{1}},
                                        .channel = CHANNEL_CHAT,
                                        .case_type = TYPE_REPAIR,
                                        .label = TEXT("charging-fault"),
                                        .is_complaint = true,
                                        .urgency = 2,
                                        .sentiment = -1,
                                        .language = LANGUAGE_EN,
                                        .decision = DECISION_SUGGEST,
                                        .in_warranty = true,
                                        .corrected_by = TEXT("lin"),
                                        .version = 4};

#define FACT(i) ((const Aftercare__Classification__V1__ClassificationFact *)outbox.facts[i])

static void a_classification_is_stated_whole(void **unused)
{
    (void)unused;
    struct outbox outbox = {.wrapper = &aftercare__classification__v1__classification_fact__descriptor,
                            .arena = &arena,
                            .now_us = T0 + 7};
    const struct reading reading = {.verdict = {.label = 0,
                                                .confidence = 0.75,
                                                .top = {{0, 0.75}, {1, 0.25}},
                                                .top_count = 2,
                                                .reasons = {{TEXT("charging-en"), 5}},
                                                .reason_count = 1},
                                    .entities = {.items = {{ENTITY_PHONE, TEXT("138****5678")}}, .count = 1},
                                    .suggestion = "charging"};
    const struct effects effects = {.items = {{.kind = EFFECT_CLASSIFIED, .version = 4, .reading = &reading}},
                                    .count = 1};
    events_state(&outbox, &state, &effects, &rules);
    assert_int_equal(outbox.fact_count, 1);
    assert_int_equal(FACT(0)->at->seconds, T0 / US_PER_SECOND);
    const Aftercare__Classification__V1__CaseClassified *said = FACT(0)->case_classified;
    assert_int_equal(said->type, TYPE_REPAIR);
    assert_string_equal(said->label, "charging-fault");
    assert_true(said->is_complaint && said->in_warranty);
    assert_int_equal(said->urgency, 2);
    assert_int_equal(said->sentiment, -1);
    assert_int_equal(said->language, LANGUAGE_EN);
    assert_int_equal(said->decision, DECISION_SUGGEST);
    assert_true(said->confidence == 0.75);
    assert_int_equal(said->n_reasons, 2);
    assert_string_equal(said->reasons[0]->rule, "charging-en");
    assert_string_equal(said->reasons[1]->rule, "faq:charging");
    assert_int_equal(said->n_top, 2);
    assert_string_equal(said->top[1]->label, "other");
    assert_int_equal(said->n_entities, 1);
    assert_string_equal(said->entities[0]->value, "138****5678");
    assert_string_equal(said->corrected_by, "lin");
    assert_int_equal(said->version, 4);
}

static void the_other_effects_become_facts_and_deadlines(void **unused)
{
    (void)unused;
    struct outbox outbox = {.wrapper = &aftercare__classification__v1__classification_fact__descriptor,
                            .arena = &arena,
                            .now_us = T0 + 7};
    const struct effects effects = {
        .items = {{.kind = EFFECT_ASKED, .id = TEXT("q"), .text = TEXT("socket?")},
                  {.kind = EFFECT_ANSWERED, .id = TEXT("f"), .text = TEXT("so")},
                  {.kind = EFFECT_DIAGNOSED, .id = TEXT("q"), .text = TEXT("no")},
                  {.kind = EFFECT_NOTIFIED,
                   .template = TEMPLATE_QUESTION,
                   .text = TEXT("tell us"),
                   .references = {TEXT("A-1"), TEXT("W")},
                   .reference_count = 2},
                  {.kind = EFFECT_APPLIED, .id = TEXT("a-1"), .version = 4},
                  {.kind = EFFECT_REFUSED,
                   .id = TEXT("a-2"),
                   .text = TEXT("stale"),
                   .version = 4,
                   .is_move_legal = true},
                  {.kind = EFFECT_REFUSED, .id = TEXT("a-3"), .text = TEXT("role")},
                  {.kind = EFFECT_ARM, .deadline = DEADLINE_DIAGNOSIS, .at_us = T0},
                  {.kind = EFFECT_CANCEL, .deadline = DEADLINE_ORDER}},
        .count = 9};
    events_state(&outbox, &state, &effects, &rules);
    assert_int_equal(outbox.fact_count, 7);
    assert_string_equal(FACT(0)->question_asked->text, "socket?");
    assert_string_equal(FACT(1)->answer_given->faq_id, "f");
    assert_string_equal(FACT(2)->diagnosis_recorded->answer, "no");
    const Aftercare__Common__V1__Notice *notice = FACT(3)->customer_notified->notice;
    assert_string_equal(notice->template_, "question");
    assert_int_equal(notice->channel, CHANNEL_CHAT);
    assert_int_equal(notice->language, LANGUAGE_EN);
    assert_int_equal(notice->n_references, 2);
    assert_string_equal(notice->references[1], "W");
    assert_int_equal(FACT(4)->action_applied->version, 4);
    assert_string_equal(FACT(5)->command_refused->reason, "stale");
    assert_int_equal(FACT(5)->command_refused->n_legal_moves, 1);
    assert_string_equal(FACT(5)->command_refused->legal_moves[0], "CORRECT_CLASSIFICATION");
    assert_int_equal(FACT(6)->command_refused->n_legal_moves, 0);
    assert_string_equal(outbox.armed[outbox.armed_count - 1], "diagnosis");
    assert_string_equal(outbox.cancelled[outbox.cancelled_count - 1], "order-facts");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_opened_case_is_read_and_checked),
        cmocka_unit_test(the_frame_must_fit_the_key),
        cmocka_unit_test(words_are_read_and_checked),
        cmocka_unit_test(an_order_is_read_and_checked),
        cmocka_unit_test(a_correction_is_read_and_checked),
        cmocka_unit_test(deadlines_are_told_apart),
        cmocka_unit_test(a_classification_is_stated_whole),
        cmocka_unit_test(the_other_effects_become_facts_and_deadlines),
    };
    moment.seconds = T0 / US_PER_SECOND;
    arena_init(&arena, 16 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&arena);
    return failed;
}
