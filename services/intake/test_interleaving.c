/* SPDX-License-Identifier: Apache-2.0 */
/* The story as intake's topics tell it, read in many orders: what it states comes back to it on its own
 * topic, each lane's when it likes. Every order ends with one case record, one follow-up and the same lines.
 * The handlers run on rows in memory; the outbox is the test's own. */
#include "api.h"
#include "core/time.h"
#include "escalation.pb-c.h"
#include "inbound.pb-c.h"
#include "intake.h"
#include "intake.pb-c.h"
#include "returns.pb-c.h"
#include "runtime/frame.h"
#include "runtime/json.h"
#include "runtime/wire.h"
#include "store_tables.h"
#include "survey.pb-c.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define NOW (1764000000 * US_PER_SECOND)
enum { MOST = 40, LANES = 6, STREAMS = 7, ROUNDS = 1000, LINE_BYTES = 512 };

struct queue {
    struct event events[MOST];
    size_t count, next;
};

struct outbox {
    struct arena arena;
    struct work work;
    struct queue streams[STREAMS], own[LANES]; /* others' topics; what each lane of intake has stated */
    int32_t lane;                              /* of the event being handled */
    size_t recorded;
};

static const struct intake_policy policy = {
    .rules = {.reopen_within_us = 72 * US_PER_HOUR, .unmatched_after_us = US_PER_HOUR},
    .messages = {{TEXT("received"), TEXT("received")},
                 {TEXT("called"), TEXT("called")},
                 {TEXT("missed"), TEXT("missed")},
                 {TEXT("asked"), TEXT("asked")},
                 {TEXT("follow {order_no}"), TEXT("follow {order_no}")}},
};

static void push(struct outbox *world, struct queue *queue, struct uuid subject, int32_t lane,
                 const ProtobufCMessage *wrapper)
{
    const ProtobufCMessageDescriptor *fact;
    const void *member = wrapper;
    struct error err;
    struct event *event = &queue->events[queue->count];
    struct envelope *envelope = arena_alloc(&world->arena, sizeof *envelope);
    assert_true(queue->count < MOST);
    if (wire_is_wrapper(wrapper->descriptor))
        assert_true(wire_oneof(wrapper, &fact, &member));
    envelope->has_seq = wire_is_wrapper(wrapper->descriptor);
    envelope->seq =
        (struct envelope_seq){text_of(wrapper->descriptor->package_name), lane, (int64_t)queue->count + 1, 0};
    *event = (struct event){.topic = text_of(wrapper->descriptor->name),
                            .lane = lane,
                            .offset = (int64_t)queue->count++,
                            .subject_id = subject,
                            .envelope = envelope,
                            .wrapper = wrapper,
                            .fact = member,
                            .now_us = NOW};
    assert_int_equal(wire_pack(&world->arena, wrapper, 0, &event->value, &err), STATUS_OK);
}

/* ---- the outbox ---- */

void outbox_state(struct outbox *outbox, struct uuid case_id, const ProtobufCMessage *fact)
{
    char text[UUID_TEXT_LEN + 1];
    const ProtobufCMessage *wrapper;
    struct text bytes;
    ProtobufCMessage *copy;
    struct error err;
    assert_int_equal(frame_wrap(&outbox->arena, &aftercare__intake__v1__intake_fact__descriptor,
                                text_of(uuid_format(case_id, text)), NOW, fact, &wrapper, &err),
                     STATUS_OK);
    assert_int_equal(wire_pack(&outbox->arena, wrapper, 0, &bytes, &err), STATUS_OK);
    assert_int_equal(wire_unpack(wrapper->descriptor, &outbox->arena, bytes, &copy, &err), STATUS_OK);
    push(outbox, &outbox->own[outbox->lane], case_id, outbox->lane, copy);
}

void outbox_state_keyed(struct outbox *outbox, struct text key, const ProtobufCMessage *fact)
{
    assert_true(key.len > 0 && fact != NULL);
    outbox->recorded++;
}

void outbox_arm(struct outbox *outbox, struct uuid subject_id, const char *kind, int64_t due_at_us)
{
    (void)outbox;
    (void)subject_id;
    assert_string_equal(kind, DEADLINE_UNMATCHED);
    assert_true(due_at_us == NOW + US_PER_HOUR);
}

void outbox_cancel(struct outbox *outbox, struct uuid subject_id, const char *kind)
{
    (void)outbox;
    (void)subject_id;
    assert_string_equal(kind, DEADLINE_UNMATCHED);
}

void outbox_bury(struct outbox *outbox, const struct dead_letter *letter)
{
    (void)outbox;
    fail_msg("a dead letter: %.*s", TEXT_ARGS(letter->reason));
}

struct arena *outbox_arena(struct outbox *outbox)
{
    return &outbox->arena;
}

int64_t outbox_now_us(const struct outbox *outbox)
{
    (void)outbox;
    return NOW;
}

/* ---- the story ---- */

static void say(struct outbox *world, size_t stream, struct uuid subject,
                const ProtobufCMessageDescriptor *descriptor, const char *json)
{
    ProtobufCMessage *message;
    struct error err;
    if (json_text_to_message(&world->arena, descriptor, text_of(json), &message, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    if (!wire_is_wrapper(descriptor) && events_check_inbound(message, &err) != STATUS_OK)
        fail_msg("%s", err.text);
    push(world, &world->streams[stream], subject, (int32_t)(stream % LANES), message);
}

static struct uuid the_case(void)
{
    return conversation_case_id(conversation_id(TEXT("s"), TEXT("c")), 1);
}

#define SAY(stream, type, json)                                                                              \
    say(world, stream, uuid_nil, &aftercare__inbound__v1__##type##__descriptor, json)
#define STATE(stream, service, json)                                                                         \
    say(world, stream, the_case(), &aftercare__##service##__v1__##service##_fact__descriptor,                \
        "{\"at\":\"2025-11-24T10:00:00Z\"," json "}")

static void tell_story(struct outbox *world)
{
    SAY(0, call_record,
        "{\"callId\":\"t\",\"shopId\":\"s\",\"conversationId\":\"c\",\"orderNo\":\"o\",\"sellerId\":\"x\","
        "\"customerId\":\"u\",\"businessModel\":\"BUSINESS_MODEL_B2C\",\"goodsKind\":\"GOODS_KIND_PHYSICAL\","
        "\"rangAt\":\"2025-11-24T10:00:00Z\",\"words\":\"it does not charge\"}");
    SAY(0, inbound_message,
        "{\"messageId\":\"m\",\"shopId\":\"s\",\"conversationId\":\"c\",\"orderNo\":\"o\","
        "\"channel\":\"CHANNEL_CHAT\",\"text\":\"pickup, please\"}");
    SAY(1, order_update,
        "{\"order\":{\"orderNo\":\"o\",\"shopId\":\"s\",\"updatedAt\":\"2025-11-20T10:00:00Z\","
        "\"lines\":[{\"lineNo\":1,\"quantity\":1,\"product\":\"robot vacuum\"}]}}");
    SAY(2, parcel_scan,
        "{\"pickupId\":\"p\",\"waybill\":\"W\",\"status\":\"PARCEL_STATUS_PICKED_UP\","
        "\"scannedAt\":\"2025-11-24T11:00:00Z\"}");
    SAY(2, parcel_scan,
        "{\"waybill\":\"W\",\"status\":\"PARCEL_STATUS_DELIVERED\",\"scannedAt\":\"2025-11-24T12:00:00Z\"}");
    SAY(3, refund_result, "{\"intentId\":\"i\",\"outcome\":\"REFUND_OUTCOME_SUCCEEDED\"}");
    STATE(4, returns, "\"returnOpened\":{\"returnId\":\"r\",\"version\":\"1\"}");
    STATE(4, returns, "\"pickupBooked\":{\"returnId\":\"r\",\"pickupId\":\"p\",\"version\":\"2\"}");
    STATE(4, returns, "\"refundRequested\":{\"returnId\":\"r\",\"intentId\":\"i\",\"version\":\"3\"}");
    STATE(5, escalation, "\"caseAssigned\":{\"agentId\":\"lin\",\"version\":\"1\"}");
    STATE(5, escalation, "\"caseResolved\":{\"resolution\":\"refunded\",\"version\":\"2\"}");
    STATE(6, survey, "\"surveySent\":{\"surveyId\":\"v\"}");
    STATE(6, survey, "\"followUpRequested\":{\"surveyId\":\"v\",\"reason\":\"score 1\"}");
    STATE(6, survey, "\"followUpRequested\":{\"surveyId\":\"v\",\"reason\":\"score 1\"}");
}

static void handle(struct outbox *world, const struct event *event)
{
    struct work *work = &world->work;
    struct fact_read read = {.event = event};
    struct text type = text_of(event->wrapper->descriptor->short_name);
    struct error err;
    enum status status;
    world->lane = event->lane;
    if (event->wrapper != event->fact) {
        assert_true(events_read_fact(event, &world->arena, &read.fact));
        work->facts = &read;
        work->fact_count = 1;
        work->fact_next = 0;
        status = intake_on_fact(work, event, world, &err);
    } else if (text_equal_string(type, "OrderUpdate"))
        status = intake_on_update(work, event, world, &err);
    else if (text_equal_string(type, "ParcelScan") || text_equal_string(type, "RefundResult"))
        status = intake_on_referring(work, event, world, &err);
    else
        status = intake_on_said(work, event, world, &err);
    assert_int_equal(status, STATUS_OK);
}

static void read_in_some_order(struct outbox *world, uint32_t *seed)
{
    struct queue *all[STREAMS + LANES];
    for (;;) {
        size_t open = 0;
        for (size_t i = 0; i < STREAMS + LANES; i++) {
            struct queue *queue = i < STREAMS ? &world->streams[i] : &world->own[i - STREAMS];
            if (queue->next < queue->count)
                all[open++] = queue;
        }
        if (open == 0)
            return;
        *seed = *seed * 1664525u + 1013904223u;
        struct queue *queue = all[(*seed >> 16) % open];
        handle(world, &queue->events[queue->next++]);
    }
}

/* ---- what it came to ---- */

static int compare_lines(const void *left, const void *right)
{
    return strcmp(left, right);
}

static void print_case(struct outbox *world, struct uuid case_id, json_t *to)
{
    const struct case_record *record = rows_find(&world->work.store.cases, &case_id);
    assert_non_null(record);
    json_array_append_new(to, api_json_of_row(&store_cases, record));
}

static char *outcome_of(struct outbox *world)
{
    struct store *store = &world->work.store;
    static char lines[MOST * LANES][LINE_BYTES];
    char id[UUID_TEXT_LEN + 1];
    json_t *json = json_array();
    print_case(world, the_case(), json);
    print_case(world, conversation_follow_up_case_id(the_case(), TEXT("v")), json);
    for (size_t i = 0; i < store->line_count; i++) {
        const struct timeline_line *line = &store->lines[i];
        snprintf(lines[i], LINE_BYTES, "%s %.*s %.*s: %.*s \"%.*s\"", uuid_format(line->case_id, id),
                 TEXT_ARGS(line->service), TEXT_ARGS(line->fact), TEXT_ARGS(line->sentence_en),
                 TEXT_ARGS(line->words));
    }
    qsort(lines, store->line_count, LINE_BYTES, compare_lines);
    for (size_t i = 0; i < store->line_count; i++)
        json_array_append_new(json, json_string(lines[i]));
    char *text = json_dumps(json, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(json);
    return text;
}

static void expect_nothing_waits(struct outbox *world)
{
    static const struct {
        const char *kind, *value;
    } references[] = {{REFERENCE_PICKUP, "p"}, {REFERENCE_WAYBILL, "W"}, {REFERENCE_REFUND, "i"}};
    for (size_t i = 0; i < 3; i++) {
        struct uuid id = reference_id(references[i].kind, text_of(references[i].value));
        size_t count;
        struct waiting **waiting = (struct waiting **)rows_of(&world->work.store.waiting, &id, &count);
        for (size_t j = 0; j < count; j++)
            assert_true(waiting[j]->settled_at_us != 0);
        const struct reference *row = rows_find(&world->work.store.references, &id);
        assert_true(row != NULL && uuid_equal(row->case_id, the_case()));
    }
}

static void every_order_ends_the_same(void **state)
{
    (void)state;
    struct outbox *world = calloc(1, sizeof *world);
    char *first = NULL;
    uint32_t seed = 7;
    for (int round = 0; round < ROUNDS; round++) {
        memset(world, 0, sizeof *world);
        arena_init(&world->arena, 64 << 20);
        store_init(&world->work.store, &world->arena);
        world->work.policy = &policy;
        world->work.now_us = NOW;
        tell_story(world);
        read_in_some_order(world, &seed);
        expect_nothing_waits(world);
        assert_int_equal(world->recorded, 1);
        char *outcome = outcome_of(world);
        if (first == NULL)
            first = outcome;
        else {
            assert_string_equal(outcome, first);
            free(outcome);
        }
        arena_done(&world->arena);
    }
    /* What the story is, so that one wrong end is not the same wrong end each time. */
    static const char *const parts[] = {"\"PHONE\"",
                                        "robot vacuum",
                                        "\"messages\": 2",
                                        "\"RESOLVED\"",
                                        "\"lin\"",
                                        "REFUNDING",
                                        "Parcel scanned: picked up",
                                        "Parcel scanned: delivered",
                                        "Refund result: succeeded",
                                        "follow o",
                                        "pickup, please"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strstr(first, parts[i]) == NULL)
            fail_msg("no %s in %s", parts[i], first);
    free(first);
    free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_order_ends_the_same)};
    return cmocka_run_group_tests_name("interleaving", tests, NULL, NULL);
}
