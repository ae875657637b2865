/* SPDX-License-Identifier: Apache-2.0 */
/* The contract of inbound messages, and what of them must not be kept. */
#include "events.h"
#include "runtime/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define CARD "6222021234567894"

static struct arena arena;

static ProtobufCMessage *read_json(const char *kind, const char *json)
{
    ProtobufCMessage *message;
    struct error err;
    if (json_text_to_message(&arena, events_kind(kind)->message, text_of(json), &message, &err) != STATUS_OK)
        fail_msg("%s: %s", json, err.text);
    return message;
}

static int open_arena(void **state)
{
    (void)state;
    arena_init(&arena, 8 << 20);
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

/* Each is good but for what the sentence names. */
static void the_field_and_the_rule_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *json, *sentence;
    } cases[] = {
        {"agents",
         "{'agentId':'a','presence':'PRESENCE_ONLINE','updatedAt':'2026-11-01T10:00:00Z','skills':['x,y']}",
         "skills: must not have a comma"},
        {"actions",
         "{'actionId':'a','caseId':'5d3a0b7c-2c0e-4f0e-9f51-2a9d3c1b7e64','kind':'ACTION_KIND_NOTE',"
         "'actorId':'a','actorRole':'ACTOR_ROLE_AGENT','text':' \\n'}",
         "text: is required"},
        {"messages", "{'shopId':'s','channel':'CHANNEL_CHAT','text':'x'}", "message_id: is required"},
        {"messages", "{'messageId':'m','channel':'CHANNEL_CHAT','text':'x'}", "shop_id: is required"},
        {"messages", "{'messageId':'m','shopId':'s','text':'x'}", "channel: is required"},
        {"messages", "{'messageId':'m','shopId':'s','channel':'CHANNEL_CHAT','text':'  '}",
         "text: text or attachments"},
        {"messages", "{'messageId':'a\\tb','shopId':'s','channel':'CHANNEL_CHAT','text':'x'}",
         "message_id: has a control"},
        {"messages",
         "{'messageId':'m','shopId':'s','channel':'CHANNEL_CHAT','attachments':[{'url':'http://x'}]}",
         "attachments[0]: url: must start with https"},
        {"calls", "{'callId':'c','shopId':'s'}", "rang_at: is required"},
        {"calls", "{'callId':'c','shopId':'s','rangAt':'1969-12-31T23:59:59Z'}",
         "rang_at: lies outside the years 1970"},
        {"calls",
         "{'callId':'c','shopId':'s','rangAt':'2026-01-02T00:00:00Z','answeredAt':'2026-01-01T00:00:00Z'}",
         "answered_at: lies before rang_at"},
        {"calls",
         "{'callId':'c','shopId':'s','rangAt':'2026-01-02T00:00:00Z','hungUpAt':'2026-01-01T00:00:00Z'}",
         "hung_up_at: lies before rang_at"},
        {"returns", "{'requestId':'r','shopId':'s','customerId':'u','orderNo':'o'}", "lines: 0 are there"},
        {"returns",
         "{'requestId':'r','shopId':'s','customerId':'u','orderNo':'o','lines':[{'lineNo':1,'quantity':1}]}",
         "lines[0]: wish: is required"},
        {"returns",
         "{'requestId':'r','shopId':'s','customerId':'u','orderNo':'o','lines':[{'lineNo':1,'quantity':1,"
         "'wish':'RETURN_WISH_REFUND','amount':{'minor':'-1','currency':'CNY'}}]}",
         "amount.minor: must not be negative"},
        {"orders", "{}", "order: is required"},
        {"orders", "{'order':{'orderNo':'o','shopId':'s'}}", "order: updated_at: is required"},
        {"orders",
         "{'order':{'orderNo':'o','shopId':'s','updatedAt':'2026-01-01T00:00:00Z',"
         "'lines':[{'lineNo':1,'quantity':1,'product':'a\\u001eb'}]}}",
         "lines[0]: product: has a control"},
        {"orders",
         "{'order':{'orderNo':'o','shopId':'s','updatedAt':'2026-01-01T00:00:00Z',"
         "'lines':[{'lineNo':1,'quantity':1,'warrantyMonths':1201}]}}",
         "lines[0]: warranty_months: must be 0 to 1200"},
        {"customers", "{'customerId':'u'}", "updated_at: is required"},
        {"customers", "{'customerId':'u','updatedAt':'1970-01-01T00:00:00Z'}",
         "updated_at: is the beginning"},
        {"agents", "{'agentId':'a','updatedAt':'2026-01-01T00:00:00Z'}", "presence: is required"},
        {"agents",
         "{'agentId':'a','presence':'PRESENCE_AWAY','capacity':1001,'updatedAt':'2026-01-01T00:00:00Z'}",
         "capacity: must be 0 to 1000"},
        {"parcels", "{'status':'PARCEL_STATUS_LOST','scannedAt':'2026-01-01T00:00:00Z'}",
         "waybill or pickup_id"},
        {"parcels", "{'waybill':'w','scannedAt':'2026-01-01T00:00:00Z'}", "status: is required"},
        {"payments", "{'intentId':'i'}", "outcome: is required"},
        {"actions",
         "{'actionId':'a','caseId':'seven','kind':'ACTION_KIND_CLOSE','actorId':'l','actorRole':'ACTOR_ROLE_"
         "AGENT'}",
         "case_id: must be a UUID"},
        {"actions",
         "{'actionId':'a','caseId':'0b7c2c0e-5d3a-5f0e-9f51-2a9d3c1b7e64','kind':'ACTION_KIND_REPLY','"
         "actorId':'l',"
         "'actorRole':'ACTOR_ROLE_AGENT'}",
         "text: is required"},
        {"actions",
         "{'actionId':'a','caseId':'0b7c2c0e-5d3a-5f0e-9f51-2a9d3c1b7e64','kind':'ACTION_KIND_CLOSE','"
         "actorId':'l',"
         "'actorRole':'ACTOR_ROLE_AGENT','expectedVersion':'-1'}",
         "expected_version: must not be negative"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *json = text_string(&arena, text_of(cases[i].json));
        struct error err = {""};
        for (char *at = json; *at != '\0'; at++)
            *at = *at == '\'' ? '"' : *at;
        assert_int_equal(events_check_inbound(read_json(cases[i].kind, json), &err), STATUS_INVALID);
        if (strstr(err.text, cases[i].sentence) == NULL)
            fail_msg("%s: '%s' does not say '%s'", json, err.text, cases[i].sentence);
    }
}

/* Exactly the longest is taken, one more is not; characters are counted, not bytes. */
static void lengths_have_bounds(void **state)
{
    (void)state;
    static const char head[] =
        "{\"messageId\":\"m\",\"shopId\":\"s\",\"channel\":\"CHANNEL_CHAT\",\"text\":\"";
    static char json[sizeof head + 20001 * 3 + 3];
    for (size_t count = 20000; count <= 20001; count++) {
        char *at = json;
        memcpy(at, head, sizeof head - 1);
        at += sizeof head - 1;
        for (size_t i = 0; i < count; i++, at += 3)
            memcpy(at, "长", 3);
        memcpy(at, "\"}", 3);
        struct error err;
        assert_int_equal(events_check_inbound(read_json("messages", json), &err),
                         count == 20000 ? STATUS_OK : STATUS_INVALID);
    }
}

static void free_text_is_masked_and_ids_are_not(void **state)
{
    (void)state;
    ProtobufCMessage *action = read_json("actions", "{\"actionId\":\"" CARD "\",\"text\":\"card " CARD
                                                    "\",\"finding\":\"" CARD "\",\"waybill\":\"" CARD "\"}");
    assert_true(events_mask(action, &arena));
    assert_true(text_equal_string(events_field(action, "action_id"), CARD));
    assert_true(text_equal_string(events_field(action, "waybill"), CARD));
    assert_true(text_equal_string(events_field(action, "finding"), CARD)); /* the waybill's own number */
    ProtobufCMessage *order = read_json(
        "orders",
        "{\"order\":{\"orderNo\":\"o\",\"shopId\":\"s\",\"lines\":[{\"product\":\"for " CARD "\"}]}}");
    struct text before;
    assert_true(events_mask(order, &arena));
    json_t *json = message_to_json(order);
    char *text = json_dumps(json, 0);
    before = text_of(text);
    assert_false(text_contains(before, TEXT(CARD)));
    assert_true(text_contains(before, TEXT("for ************7894")));
    free(text);
    json_decref(json);
}

static void what_is_said_finds_its_conversation(void **state)
{
    (void)state;
    struct said one = events_read_said(
        read_json("messages", "{\"messageId\":\"1\",\"shopId\":\"s\",\"conversationId\":\"c\"}"));
    struct said two =
        events_read_said(read_json("calls", "{\"callId\":\"2\",\"shopId\":\"s\",\"conversationId\":\"c\"}"));
    struct said alone = events_read_said(read_json("messages", "{\"messageId\":\"1\",\"shopId\":\"s\"}"));
    struct said click = events_read_said(read_json("returns", "{\"requestId\":\"1\",\"shopId\":\"s\"}"));
    assert_true(uuid_equal(one.conversation_id, two.conversation_id));
    assert_false(uuid_equal(one.conversation_id, alone.conversation_id));
    assert_false(uuid_equal(alone.conversation_id, click.conversation_id));
    assert_true(two.is_abandoned && two.is_by_customer);
}

static void headers_survive_waiting(void **state)
{
    (void)state;
    const struct header headers[] = {
        {TEXT("ce_id"), TEXT("1")}, {TEXT("empty"), TEXT("")}, {TEXT("none"), TEXT_NULL}};
    size_t count;
    struct text packed = events_pack_headers(headers, 3, &arena);
    const struct header *back = events_unpack_headers(packed, &arena, &count);
    assert_int_equal(count, 3);
    assert_true(text_equal_string(back[0].value, "1") && back[1].value.len == 0 && back[1].value.at != NULL);
    assert_null(back[2].value.at);
    events_unpack_headers(text_make(packed.at, packed.len - 1), &arena, &count);
    assert_int_equal(count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_field_and_the_rule_are_named),
        cmocka_unit_test(lengths_have_bounds),
        cmocka_unit_test(free_text_is_masked_and_ids_are_not),
        cmocka_unit_test(what_is_said_finds_its_conversation),
        cmocka_unit_test(headers_survive_waiting),
    };
    return cmocka_run_group_tests_name("events", tests, open_arena, close_arena);
}
