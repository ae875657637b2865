/* SPDX-License-Identifier: Apache-2.0 */
/* The wire on both sides: what breaks the contract is refused with the field's name, what is stated has every
 * field. */
#include "classification.pb-c.h"
#include "escalation.pb-c.h"
#include "events.h"
#include "intake.pb-c.h"
#include "outbox_stub.h"
#include "returns.pb-c.h"
#include "survey.pb-c.h"
#include "test_bench.h"

#include <string.h>

/* ---- reading ---- */

static char case_id[] = "00000001-0000-4000-8000-000000000001";
static Google__Protobuf__Timestamp moment = GOOGLE__PROTOBUF__TIMESTAMP__INIT;

static struct arena arena;

static enum status read_in(const ProtobufCMessage *wrapper, const void *fact, const char *key,
                           struct fact *ret_fact, struct error *err)
{
    struct event event = {.wrapper = wrapper, .fact = fact, .key = text_of(key)};
    struct error check_err;
    memset(err, 0, sizeof *err);
    if (!uuid_parse(event.key, &event.subject_id))
        event.subject_id = uuid_nil;
    enum status status = events_read(&event, &arena, ret_fact, err);
    assert_int_equal(events_check(&event, &check_err), status); /* the check says what the reading says */
    return status;
}

static enum status read_intake(Aftercare__Intake__V1__IntakeFact *wrapper, void *member,
                               struct fact *ret_fact, struct error *err)
{
    wrapper->case_id = case_id;
    wrapper->at = &moment;
    return read_in(&wrapper->base, member, case_id, ret_fact, err);
}

#define assert_invalid(status, err, field)                                                                   \
    do {                                                                                                     \
        assert_int_equal(status, STATUS_INVALID);                                                            \
        assert_non_null(strstr((err).text, field));                                                          \
    } while (0)

static void an_opened_case_is_read_and_checked(void **unused)
{
    (void)unused;
    Aftercare__Intake__V1__IntakeFact wrapper = AFTERCARE__INTAKE__V1__INTAKE_FACT__INIT;
    Aftercare__Intake__V1__CaseOpened wire = AFTERCARE__INTAKE__V1__CASE_OPENED__INIT;
    struct fact fact;
    struct error err;
    assert_invalid(read_intake(&wrapper, &wire, &fact, &err), err, "case_opened.channel");
    wire.channel = AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_PHONE;
    assert_invalid(read_intake(&wrapper, &wire, &fact, &err), err, "case_opened.received_at");
    wire.received_at = &moment;
    wire.customer_tier = AFTERCARE__COMMON__V1__CUSTOMER_TIER__CUSTOMER_TIER_VIP;
    assert_int_equal(read_intake(&wrapper, &wire, &fact, &err), STATUS_OK);
    assert_int_equal(fact.kind, FACT_OPENED);
    assert_int_equal(fact.as.opened.channel, CHANNEL_PHONE);
    assert_int_equal(fact.as.opened.tier, TIER_VIP);
    assert_int_equal(fact.as.opened.received_at_us, T0 + 5);
    assert_int_equal(fact.at_us, T0 + 5);

    Google__Protobuf__Timestamp wrong = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    wrong.nanos = 1000000000;
    wire.received_at = &wrong;
    assert_invalid(read_intake(&wrapper, &wire, &fact, &err), err, "case_opened.received_at");
    wrong.nanos = 0;
    wrong.seconds = INT64_MAX;
    assert_invalid(read_intake(&wrapper, &wire, &fact, &err), err, "case_opened.received_at");
    wire.received_at = &moment;
    char shop[200];
    memset(shop, 's', sizeof shop - 1);
    shop[sizeof shop - 1] = '\0';
    wire.shop_id = shop;
    assert_invalid(read_intake(&wrapper, &wire, &fact, &err), err, "case_opened.shop_id");
    wire.shop_id = (char *)"a\tb";
    assert_invalid(read_intake(&wrapper, &wire, &fact, &err), err, "case_opened.shop_id");
}

static void the_frame_must_fit_the_key(void **unused)
{
    (void)unused;
    Aftercare__Returns__V1__ReturnsFact wrapper = AFTERCARE__RETURNS__V1__RETURNS_FACT__INIT;
    Aftercare__Returns__V1__GoodsReceived wire = AFTERCARE__RETURNS__V1__GOODS_RECEIVED__INIT;
    struct fact fact;
    struct error err;
    assert_invalid(read_in(&wrapper.base, &wire, case_id, &fact, &err), err, "at:");
    wrapper.at = &moment;
    assert_invalid(read_in(&wrapper.base, &wire, case_id, &fact, &err), err, "case_id");
    wrapper.case_id = (char *)"not-a-uuid";
    assert_invalid(read_in(&wrapper.base, &wire, case_id, &fact, &err), err, "case_id");
    wrapper.case_id = (char *)"00000002-0000-4000-8000-000000000002";
    assert_invalid(read_in(&wrapper.base, &wire, case_id, &fact, &err), err, "is not the record's key");
    wrapper.case_id = case_id;
    assert_int_equal(read_in(&wrapper.base, &wire, case_id, &fact, &err), STATUS_OK);
    assert_int_equal(fact.kind, FACT_GOODS_RECEIVED);
    Aftercare__Returns__V1__GoodsInspected other = AFTERCARE__RETURNS__V1__GOODS_INSPECTED__INIT;
    assert_invalid(read_in(&wrapper.base, &other, case_id, &fact, &err), err, "GoodsInspected");
}

static void an_action_is_read_and_checked(void **unused)
{
    (void)unused;
    Aftercare__Intake__V1__IntakeFact wrapper = AFTERCARE__INTAKE__V1__INTAKE_FACT__INIT;
    Aftercare__Intake__V1__ActionRequested wire = AFTERCARE__INTAKE__V1__ACTION_REQUESTED__INIT;
    Aftercare__Inbound__V1__ActionRequest action = AFTERCARE__INBOUND__V1__ACTION_REQUEST__INIT;
    struct fact fact;
    struct error err;
    assert_invalid(read_intake(&wrapper, &wire, &fact, &err), err, "action_requested.action");
    wire.action = &action;
    assert_invalid(read_intake(&wrapper, &wire, &fact, &err), err, "kind");
    action.kind = AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_SHIP_BACK;
    assert_int_equal(read_intake(&wrapper, &wire, &fact, &err), STATUS_OK); /* another service's */
    assert_int_equal(fact.as.action.kind, 0);
    action.kind = AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_REPLY;
    assert_invalid(read_intake(&wrapper, &wire, &fact, &err), err, "action_id");
    action.action_id = (char *)"a-1";
    assert_invalid(read_intake(&wrapper, &wire, &fact, &err), err, "actor_id");
    action.actor_id = (char *)"lin";
    assert_invalid(read_intake(&wrapper, &wire, &fact, &err), err, "actor_role");
    action.actor_role = AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_AGENT;
    action.expected_version = -1;
    assert_invalid(read_intake(&wrapper, &wire, &fact, &err), err, "expected_version");
    action.expected_version = 4;
    action.text = (char *)"  ";
    assert_invalid(read_intake(&wrapper, &wire, &fact, &err), err, "text: must not be empty for REPLY");
    action.text = (char *)"on it";
    assert_int_equal(read_intake(&wrapper, &wire, &fact, &err), STATUS_OK);
    assert_int_equal(fact.as.action.kind, ACTION_REPLY);
    assert_int_equal(fact.as.action.expected_version, 4);
    assert_true(text_equal(fact.as.action.text, TEXT("on it")));
}

static void an_agent_is_read_and_checked(void **unused)
{
    (void)unused;
    Aftercare__Intake__V1__IntakeFact wrapper = AFTERCARE__INTAKE__V1__INTAKE_FACT__INIT;
    Aftercare__Intake__V1__AgentRecorded wire = AFTERCARE__INTAKE__V1__AGENT_RECORDED__INIT;
    Aftercare__Inbound__V1__AgentUpdate agent = AFTERCARE__INBOUND__V1__AGENT_UPDATE__INIT;
    struct fact fact;
    struct error err;
    char *skills[] = {(char *)"repair", (char *)"complaint"};
    Aftercare__Common__V1__Language languages[] = {AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN};
    wrapper.at = &moment;
    wire.agent = &agent;
    agent.agent_id = (char *)"lin";
    agent.presence = AFTERCARE__INBOUND__V1__PRESENCE__PRESENCE_ONLINE;
    agent.updated_at = &moment;
    agent.capacity = 3;
    agent.skills = skills;
    agent.n_skills = 2;
    agent.languages = languages;
    agent.n_languages = 1;
    assert_int_equal(read_in(&wrapper.base, &wire, "lin", &fact, &err), STATUS_OK);
    assert_true(text_equal(fact.as.agent.skills, TEXT(",repair,complaint,")));
    assert_true(agent_has_skill(&fact.as.agent, TEXT("complaint")));
    assert_int_equal(fact.as.agent.languages, 1 << LANGUAGE_EN);
    assert_int_equal(fact.as.agent.capacity, 300);
    assert_int_equal(fact.as.agent.level, 1);
    assert_invalid(read_in(&wrapper.base, &wire, "mei", &fact, &err), err,
                   "agent_id: is not the record's key");
    skills[1] = (char *)"a,b";
    assert_invalid(read_in(&wrapper.base, &wire, "lin", &fact, &err), err, "skills[1]");
    skills[1] = (char *)"";
    assert_invalid(read_in(&wrapper.base, &wire, "lin", &fact, &err), err, "skills");
    agent.n_skills = 1;
    agent.capacity = 1001;
    assert_invalid(read_in(&wrapper.base, &wire, "lin", &fact, &err), err,
                   "capacity: must be 0 to 1000, not 1001");
    agent.capacity = 1000;
    agent.level = 4;
    assert_invalid(read_in(&wrapper.base, &wire, "lin", &fact, &err), err, "level");
    agent.level = 3;
    agent.presence = 0;
    assert_invalid(read_in(&wrapper.base, &wire, "lin", &fact, &err), err, "presence");
}

static void ranges_are_checked(void **unused)
{
    (void)unused;
    struct fact fact;
    struct error err;
    Aftercare__Classification__V1__ClassificationFact said =
        AFTERCARE__CLASSIFICATION__V1__CLASSIFICATION_FACT__INIT;
    Aftercare__Classification__V1__CaseClassified wire = AFTERCARE__CLASSIFICATION__V1__CASE_CLASSIFIED__INIT;
    said.case_id = case_id;
    said.at = &moment;
    assert_invalid(read_in(&said.base, &wire, case_id, &fact, &err), err, "case_classified.type");
    wire.type = AFTERCARE__COMMON__V1__CASE_TYPE__CASE_TYPE_REPAIR;
    wire.urgency = 4;
    assert_invalid(read_in(&said.base, &wire, case_id, &fact, &err), err, "case_classified.urgency");
    wire.urgency = 3;
    wire.sentiment = -3;
    assert_invalid(read_in(&said.base, &wire, case_id, &fact, &err), err, "case_classified.sentiment");
    wire.sentiment = -2;
    assert_int_equal(read_in(&said.base, &wire, case_id, &fact, &err), STATUS_OK);
    assert_int_equal(fact.as.classified.decision, DECISION_HUMAN); /* unless it says otherwise */

    Aftercare__Survey__V1__SurveyFact asked = AFTERCARE__SURVEY__V1__SURVEY_FACT__INIT;
    Aftercare__Survey__V1__SurveyAnswered answer = AFTERCARE__SURVEY__V1__SURVEY_ANSWERED__INIT;
    asked.case_id = case_id;
    asked.at = &moment;
    answer.score = 6;
    assert_invalid(read_in(&asked.base, &answer, case_id, &fact, &err), err, "survey_answered.score");

    Aftercare__Intake__V1__IntakeFact wrapper = AFTERCARE__INTAKE__V1__INTAKE_FACT__INIT;
    Aftercare__Intake__V1__OrderLinked link = AFTERCARE__INTAKE__V1__ORDER_LINKED__INIT;
    Aftercare__Common__V1__OrderSnapshot order = AFTERCARE__COMMON__V1__ORDER_SNAPSHOT__INIT;
    Aftercare__Common__V1__Money money = AFTERCARE__COMMON__V1__MONEY__INIT;
    assert_invalid(read_intake(&wrapper, &link, &fact, &err), err, "order_linked.order");
    link.order = &order;
    order.paid = &money;
    money.currency = (char *)"cny";
    assert_invalid(read_intake(&wrapper, &link, &fact, &err), err, "paid.currency");
    money.currency = (char *)"CNY";
    money.minor = -1;
    assert_invalid(read_intake(&wrapper, &link, &fact, &err), err, "paid.minor");
}

/* ---- writing ---- */

#define STATED(outbox, name)                                                                                 \
    ((const Aftercare__Escalation__V1__EscalationFact *)outbox_stub_stated(                                  \
        outbox, AFTERCARE__ESCALATION__V1__ESCALATION_FACT__FACT_##name))

static void effects_become_facts(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench.rules.templates[TEMPLATE_REPLY] = (struct policy_text){TEXT("客服：{text}"), TEXT("Agent: {text}")};
    bench_agent(&bench, "lin", ",", 3, 1);
    struct outbox outbox = {.wrapper = &aftercare__escalation__v1__escalation_fact__descriptor,
                            .arena = &bench.arena,
                            .now_us = T0 + 7};
    bench_apply(&bench, opened(CHANNEL_CHAT, T0));
    events_state(&outbox, &bench.state, &bench.effects, &bench.rules);
    const Aftercare__Escalation__V1__EscalationFact *fact = STATED(&outbox, DEADLINE_SET);
    assert_int_equal(fact->deadline_set->clock, CLOCK_FIRST_RESPONSE);
    assert_int_equal(fact->deadline_set->due_at->seconds, (T0 + 30 * S) / S);
    assert_int_equal(fact->at->nanos, 7000);
    assert_string_equal(fact->case_id, "01000000-0000-0000-0000-000000000000");
    assert_int_equal(STATED(&outbox, CASE_PRIORITISED)->case_prioritised->priority, 4);
    assert_string_equal(STATED(&outbox, CASE_QUEUED)->case_queued->skill, "any");
    assert_int_equal(outbox.armed_count, 5);
    outbox_stub_empty(&outbox);

    bench_apply(&bench, classified(TYPE_COMPLAINT, 3, DECISION_HUMAN, T0 + S));
    events_state(&outbox, &bench.state, &bench.effects, &bench.rules);
    assert_string_equal(STATED(&outbox, CASE_ASSIGNED)->case_assigned->agent_id, "lin");
    fact = STATED(&outbox, CASE_PRIORITISED);
    assert_int_equal(fact->case_prioritised->n_reasons, 2);
    assert_string_equal(fact->case_prioritised->reasons[0], "type complaint +30");
    assert_string_equal(outbox.cancelled[0], "assign");
    outbox_stub_empty(&outbox);

    bench_apply(&bench, acted(ACTION_REPLY, 0, T0 + 2 * S));
    events_state(&outbox, &bench.state, &bench.effects, &bench.rules);
    assert_string_equal(STATED(&outbox, CUSTOMER_NOTIFIED)->customer_notified->notice->text, "客服：words");
    assert_string_equal(STATED(&outbox, ACTION_APPLIED)->action_applied->action_id, "a-1");
    assert_int_equal(STATED(&outbox, ACTION_APPLIED)->action_applied->version, bench.state.version);
    assert_int_equal(STATED(&outbox, DEADLINE_MET)->deadline_met->clock, CLOCK_FIRST_RESPONSE);
    outbox_stub_empty(&outbox);

    bench_apply(&bench, acted(ACTION_CLOSE, 0, T0 + 3 * S));
    events_state(&outbox, &bench.state, &bench.effects, &bench.rules);
    fact = STATED(&outbox, COMMAND_REFUSED);
    assert_int_equal(outbox.fact_count, 1);
    assert_int_equal(fact->command_refused->n_legal_moves, 6);
    assert_string_equal(fact->command_refused->reason, "CLOSE is not possible while the case is open");
    outbox_stub_empty(&outbox);

    bench_apply(&bench, happened(FACT_RETURN_CLOSED, T0 + 9 * S));
    events_state(&outbox, &bench.state, &bench.effects, &bench.rules);
    fact = STATED(&outbox, CASE_RESOLVED);
    assert_string_equal(fact->case_resolved->resolution, "repaired");
    assert_string_equal(fact->case_resolved->resolved_by, "returns");
    assert_int_equal(fact->case_resolved->resolved_at->seconds, (T0 + 9 * S) / S);
    bench_close(&bench);
}

static int set_up(void **unused)
{
    (void)unused;
    arena_init(&arena, 1 << 20);
    moment.seconds = T0 / S;
    moment.nanos = 5999;
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    arena_done(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_opened_case_is_read_and_checked),
        cmocka_unit_test(the_frame_must_fit_the_key),
        cmocka_unit_test(an_action_is_read_and_checked),
        cmocka_unit_test(an_agent_is_read_and_checked),
        cmocka_unit_test(ranges_are_checked),
        cmocka_unit_test(effects_become_facts),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
