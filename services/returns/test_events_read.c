/* SPDX-License-Identifier: Apache-2.0 */
/* The wire as it comes in: what breaks the contract is refused with the field's name. */
#include "events.h"
#include "intake.pb-c.h"
#include "returns.pb-c.h"
#include "test_bench.h"

static char case_id[] = "00000001-0000-4000-8000-000000000001";
static Google__Protobuf__Timestamp moment = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
static struct arena arena;

static enum status read_as(const char *key, const ProtobufCMessage *wrapper, const void *member,
                           struct fact *ret_fact, struct error *err)
{
    struct event event = {.wrapper = wrapper, .fact = member, .key = text_of(key)};
    struct error check_err;
    memset(err, 0, sizeof *err);
    if (!uuid_parse(event.key, &event.subject_id))
        event.subject_id = uuid_nil;
    enum status status = events_read(&event, &arena, ret_fact, err);
    assert_int_equal(events_check(&event, &check_err), status); /* the check says what the reading says */
    return status;
}

static enum status read_in(const void *member, struct fact *ret_fact, struct error *err)
{
    Aftercare__Intake__V1__IntakeFact wrapper = AFTERCARE__INTAKE__V1__INTAKE_FACT__INIT;
    wrapper.case_id = case_id;
    wrapper.at = &moment;
    return read_as(case_id, &wrapper.base, member, ret_fact, err);
}

#define assert_invalid(member, field)                                                                        \
    do {                                                                                                     \
        struct fact fact_;                                                                                   \
        struct error err_;                                                                                   \
        assert_int_equal(read_in(member, &fact_, &err_), STATUS_INVALID);                                    \
        if (strstr(err_.text, field) == NULL)                                                                \
            fail_msg("'%s' does not name %s", err_.text, field);                                             \
    } while (0)

static void the_frame_must_fit_the_key(void **unused)
{
    (void)unused;
    Aftercare__Intake__V1__IntakeFact wrapper = AFTERCARE__INTAKE__V1__INTAKE_FACT__INIT;
    Aftercare__Intake__V1__CaseOpened wire = AFTERCARE__INTAKE__V1__CASE_OPENED__INIT;
    struct fact fact;
    struct error err;
    wire.channel = AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_PHONE;
    wire.language = AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN;
    assert_int_equal(read_as(case_id, &wrapper.base, &wire, &fact, &err), STATUS_INVALID);
    assert_string_equal(err.text, "at: must not be empty");
    wrapper.at = &moment;
    wrapper.case_id = (char *)"17";
    assert_int_equal(read_as("17", &wrapper.base, &wire, &fact, &err), STATUS_INVALID);
    assert_string_equal(err.text, "case_id: not a UUID");
    wrapper.case_id = case_id;
    assert_int_equal(read_as("00000002-0000-4000-8000-000000000001", &wrapper.base, &wire, &fact, &err),
                     STATUS_INVALID);
    assert_string_equal(err.text, "case_id: is not the record's key");
    assert_int_equal(read_as(case_id, &wrapper.base, &wire, &fact, &err), STATUS_OK);
    assert_int_equal(fact.kind, FACT_OPENED);
    assert_int_equal(fact.as.opened.channel, 3);
    assert_int_equal(fact.as.opened.language, LANGUAGE_EN);
    assert_int_equal(fact.at_us, T0 + 5);
    wire.channel = 0;
    assert_invalid(&wire, "case_opened.channel");
    Aftercare__Intake__V1__MessageReceived other = AFTERCARE__INTAKE__V1__MESSAGE_RECEIVED__INIT;
    assert_invalid(&other, "MessageReceived is not read here");
    Aftercare__Returns__V1__ReturnsFact strange = AFTERCARE__RETURNS__V1__RETURNS_FACT__INIT;
    wire.channel = AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_PHONE;
    assert_int_equal(read_as(case_id, &strange.base, &wire, &fact, &err), STATUS_INVALID);
}

static void an_order_is_read_and_checked(void **unused)
{
    (void)unused;
    Aftercare__Intake__V1__OrderLinked wire = AFTERCARE__INTAKE__V1__ORDER_LINKED__INIT;
    Aftercare__Common__V1__OrderSnapshot order = AFTERCARE__COMMON__V1__ORDER_SNAPSHOT__INIT;
    Aftercare__Common__V1__OrderLine line = AFTERCARE__COMMON__V1__ORDER_LINE__INIT;
    Aftercare__Common__V1__OrderLine *lines[1001] = {&line};
    Aftercare__Common__V1__Money paid = AFTERCARE__COMMON__V1__MONEY__INIT;
    Aftercare__Common__V1__Money price = AFTERCARE__COMMON__V1__MONEY__INIT;
    struct fact fact;
    struct error err;
    assert_invalid(&wire, "order_linked.order: must not be empty");
    wire.order = &order;
    assert_invalid(&wire, "order_linked.order.order_no");
    order.order_no = (char *)"O-1";
    order.paid = &paid;
    paid.currency = (char *)"cny";
    assert_invalid(&wire, "order_linked.order.paid.currency");
    paid.currency = (char *)"CNY";
    paid.minor = -1;
    assert_invalid(&wire, "order_linked.order.paid.minor");
    paid.minor = 199900;
    order.lines = lines;
    order.n_lines = 1;
    assert_invalid(&wire, "lines.line_no");
    line.line_no = 1;
    assert_invalid(&wire, "lines.quantity");
    line.quantity = 2;
    line.warranty_months = -1;
    assert_invalid(&wire, "lines.warranty_months");
    line.warranty_months = 12;
    line.price = &price;
    price.currency = (char *)"";
    assert_invalid(&wire, "lines.price.currency");
    price.currency = (char *)"USD";
    price.minor = 500;
    Google__Protobuf__Timestamp wrong = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    wrong.nanos = 1000000000;
    order.delivered_at = &wrong;
    assert_invalid(&wire, "order_linked.order.delivered_at");
    order.delivered_at = &moment;
    order.placed_at = &moment;
    line.sku = (char *)"a\tb";
    assert_invalid(&wire, "lines.sku");
    line.sku = (char *)"RV-1";
    assert_int_equal(read_in(&wire, &fact, &err), STATUS_OK);
    assert_int_equal(fact.as.order.line_count, 1);
    assert_int_equal(fact.as.order.lines[0].price_minor, 0); /* not what was paid in */
    assert_int_equal(fact.as.order.bought_at_us, T0 + 5);
    price.currency = (char *)"CNY";
    assert_int_equal(read_in(&wire, &fact, &err), STATUS_OK);
    assert_int_equal(fact.as.order.lines[0].price_minor, 500);
    for (size_t i = 0; i < 1001; i++)
        lines[i] = &line;
    order.n_lines = 1001;
    assert_invalid(&wire, "lines: their number");
}

static void an_action_is_read_and_checked(void **unused)
{
    (void)unused;
    Aftercare__Intake__V1__ActionRequested wire = AFTERCARE__INTAKE__V1__ACTION_REQUESTED__INIT;
    Aftercare__Inbound__V1__ActionRequest action = AFTERCARE__INBOUND__V1__ACTION_REQUEST__INIT;
    struct fact fact;
    struct error err;
    assert_invalid(&wire, "action_requested.action: must not be empty");
    wire.action = &action;
    assert_invalid(&wire, "action.kind");
    action.kind = AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_REPLY; /* escalation's */
    assert_int_equal(read_in(&wire, &fact, &err), STATUS_OK);
    assert_int_equal(fact.as.action.kind, 0);
    action.kind = AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_CHOOSE_OPTION;
    assert_invalid(&wire, "action.action_id");
    action.action_id = (char *)"a-1";
    assert_invalid(&wire, "action.actor_role");
    action.actor_role = AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_CUSTOMER;
    assert_invalid(&wire, "action.option_id");
    action.option_id = (char *)"home-pickup";
    action.expected_version = -1;
    assert_invalid(&wire, "action.expected_version");
    action.expected_version = 4;
    assert_int_equal(read_in(&wire, &fact, &err), STATUS_OK);
    assert_int_equal(fact.as.action.kind, ACTION_CHOOSE_OPTION);
    assert_int_equal(fact.as.action.expected_version, 4);
    assert_true(text_equal(fact.as.action.option_id, TEXT("home-pickup")));
    action.kind = AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_SHIP_BACK;
    assert_invalid(&wire, "action.waybill");
    char waybill[130];
    memset(waybill, '7', sizeof waybill - 1);
    waybill[sizeof waybill - 1] = '\0';
    action.waybill = waybill;
    assert_invalid(&wire, "action.waybill: longer than 128");
    waybill[20] = '\0';
    assert_int_equal(read_in(&wire, &fact, &err), STATUS_OK);
}

static void lines_are_read_and_checked(void **unused)
{
    (void)unused;
    Aftercare__Intake__V1__ReturnRequested wire = AFTERCARE__INTAKE__V1__RETURN_REQUESTED__INIT;
    Aftercare__Inbound__V1__ReturnRequest request = AFTERCARE__INBOUND__V1__RETURN_REQUEST__INIT;
    Aftercare__Inbound__V1__ReturnLine line = AFTERCARE__INBOUND__V1__RETURN_LINE__INIT;
    Aftercare__Inbound__V1__ReturnLine *lines[51];
    Aftercare__Common__V1__Money amount = AFTERCARE__COMMON__V1__MONEY__INIT;
    struct fact fact;
    struct error err;
    for (size_t i = 0; i < 51; i++)
        lines[i] = &line;
    assert_invalid(&wire, "return_requested.request: must not be empty");
    wire.request = &request;
    assert_invalid(&wire, "request.order_no");
    request.order_no = (char *)"O-1";
    assert_invalid(&wire, "request.lines: must not be empty");
    request.lines = lines;
    request.n_lines = 51;
    assert_invalid(&wire, "request.lines: more than 50");
    request.n_lines = 1;
    assert_invalid(&wire, "request.lines.line_no: must be 1 or more, not 0");
    line.line_no = 1;
    assert_invalid(&wire, "request.lines.quantity");
    line.quantity = -3;
    assert_invalid(&wire, "request.lines.quantity: must be 1 or more, not -3");
    line.quantity = 1;
    assert_invalid(&wire, "request.lines.wish");
    line.wish = AFTERCARE__INBOUND__V1__RETURN_WISH__RETURN_WISH_REFUND;
    line.amount = &amount;
    amount.currency = (char *)"CNY";
    amount.minor = INT64_MIN;
    assert_invalid(&wire, "request.lines: amount.minor");
    amount.minor = 1;
    amount.currency = (char *)"CNYX";
    assert_invalid(&wire, "request.lines: amount.currency");
    amount.currency = (char *)"CNY";
    assert_int_equal(read_in(&wire, &fact, &err), STATUS_OK);
    assert_int_equal(fact.as.request.wanted.count, 1);
    assert_int_equal(fact.as.request.wanted.lines[0].amount_minor, 1);
    assert_int_equal(fact.as.request.wanted.lines[0].wish, WISH_REFUND);

    /* For what is there already, the number is enough. */
    Aftercare__Intake__V1__ActionRequested asked = AFTERCARE__INTAKE__V1__ACTION_REQUESTED__INIT;
    Aftercare__Inbound__V1__ActionRequest action = AFTERCARE__INBOUND__V1__ACTION_REQUEST__INIT;
    Aftercare__Inbound__V1__ReturnLine bare = AFTERCARE__INBOUND__V1__RETURN_LINE__INIT;
    asked.action = &action;
    lines[0] = &bare;
    action.lines = lines;
    action.n_lines = 1;
    action.action_id = (char *)"a-1";
    action.actor_role = AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_WAREHOUSE;
    action.kind = AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_INSPECT_GOODS;
    bare.line_no = 2;
    assert_int_equal(read_in(&asked, &fact, &err), STATUS_OK);
    assert_int_equal(fact.as.action.wanted.lines[0].line_no, 2);
    action.kind = AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_OFFER_OPTIONS;
    assert_invalid(&asked, "action.lines.quantity");
}

static void scans_and_results_are_read_and_checked(void **unused)
{
    (void)unused;
    Aftercare__Intake__V1__ParcelScanned wire = AFTERCARE__INTAKE__V1__PARCEL_SCANNED__INIT;
    Aftercare__Inbound__V1__ParcelScan scan = AFTERCARE__INBOUND__V1__PARCEL_SCAN__INIT;
    struct fact fact;
    struct error err;
    assert_invalid(&wire, "parcel_scanned.scan: must not be empty");
    wire.scan = &scan;
    assert_invalid(&wire, "scan.status");
    scan.status = AFTERCARE__COMMON__V1__PARCEL_STATUS__PARCEL_STATUS_LOST;
    assert_invalid(&wire, "scan.scanned_at");
    scan.scanned_at = &moment;
    assert_invalid(&wire, "waybill or pickup_id must be there");
    scan.pickup_id = (char *)"p";
    static char place[80002];
    memset(place, 'x', sizeof place - 1);
    place[sizeof place - 1] = '\0';
    scan.place = place;
    assert_invalid(&wire, "scan.place");
    scan.place = (char *)"上海";
    assert_int_equal(read_in(&wire, &fact, &err), STATUS_OK);
    assert_int_equal(fact.as.scan.status, SCAN_LOST);
    assert_int_equal(fact.as.scan.scanned_at_us, T0 + 5);

    Aftercare__Intake__V1__RefundResultReceived heard = AFTERCARE__INTAKE__V1__REFUND_RESULT_RECEIVED__INIT;
    Aftercare__Inbound__V1__RefundResult result = AFTERCARE__INBOUND__V1__REFUND_RESULT__INIT;
    assert_invalid(&heard, "refund_result_received.result: must not be empty");
    heard.result = &result;
    assert_invalid(&heard, "result.intent_id: not a UUID");
    result.intent_id = case_id;
    assert_invalid(&heard, "result.outcome");
    result.outcome = AFTERCARE__INBOUND__V1__REFUND_OUTCOME__REFUND_OUTCOME_FAILED;
    result.provider_ref = (char *)"P-1";
    assert_int_equal(read_in(&heard, &fact, &err), STATUS_OK);
    assert_int_equal(fact.as.result.result, RESULT_FAILED);
    assert_int_equal(fact.as.result.settled_at_us, 0);
}

static void a_deadline_is_read_by_its_kind(void **unused)
{
    (void)unused;
    struct deadline_due due_at = {.kind = "pickup", .due_at_us = T0};
    struct event event = {.due = &due_at};
    struct fact fact;
    struct error err;
    assert_int_equal(events_read(&event, &arena, &fact, &err), STATUS_OK);
    assert_int_equal(fact.kind, FACT_DUE);
    assert_int_equal(fact.as.due, DEADLINE_PICKUP);
    due_at.kind = "tea";
    assert_int_equal(events_read(&event, &arena, &fact, &err), STATUS_INVALID);
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
        cmocka_unit_test(the_frame_must_fit_the_key),
        cmocka_unit_test(an_order_is_read_and_checked),
        cmocka_unit_test(an_action_is_read_and_checked),
        cmocka_unit_test(lines_are_read_and_checked),
        cmocka_unit_test(scans_and_results_are_read_and_checked),
        cmocka_unit_test(a_deadline_is_read_by_its_kind),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
