/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mask.h"
#include "events.h"
#include "events_wire.h"
#include "intake.pb-c.h"
#include "runtime/fields.h"
#include "runtime/wire.h"

#include <string.h>

#define CLAIM_WITHIN_US (5 * US_PER_MINUTE)

static char *string(struct outbox *outbox, struct text text)
{
    return field_of_text(outbox_arena(outbox), text);
}

static char *uuid_string(struct outbox *outbox, struct uuid uuid)
{
    if (uuid_is_nil(uuid))
        return (char *)protobuf_c_empty_string;
    return string(outbox, uuid_text(outbox_arena(outbox), uuid));
}

void events_state_opened(struct outbox *outbox, struct uuid case_id, const struct opening *opening)
{
    Google__Protobuf__Timestamp received_at;
    Aftercare__Intake__V1__CaseOpened opened = AFTERCARE__INTAKE__V1__CASE_OPENED__INIT;
    opened.channel = (Aftercare__Common__V1__Channel)opening->channel;
    opened.shop_id = string(outbox, opening->shop_id);
    opened.seller_id = string(outbox, opening->seller_id);
    opened.customer_id = string(outbox, opening->customer_id);
    opened.customer_tier = (Aftercare__Common__V1__CustomerTier)opening->tier;
    opened.no_surveys = opening->no_surveys;
    opened.language = wire_language(opening->language);
    opened.business_model = (Aftercare__Common__V1__BusinessModel)opening->business_model;
    opened.goods_kind = (Aftercare__Common__V1__GoodsKind)opening->goods_kind;
    opened.order_no = string(outbox, opening->order_no);
    opened.conversation_id = string(outbox, opening->conversation);
    opened.received_at = wire_moment(&received_at, opening->received_at_us);
    opened.previous_case_id = uuid_string(outbox, opening->previous_case_id);
    opened.follow_up_of = uuid_string(outbox, opening->follow_up_of);
    opened.reason = string(outbox, opening->reason);
    outbox_state(outbox, case_id, &opened.base);
}

/* What the publisher claims and whether it can be: the clocks of others may be wrong. */
static bool is_doubtful(const struct event *event)
{
    int64_t off_us = event->envelope->time_us - event->now_us;
    return event->envelope->time_us != 0 && (off_us > CLAIM_WITHIN_US || off_us < -CLAIM_WITHIN_US);
}

static void state_message(struct outbox *outbox, struct uuid case_id, const struct event *event,
                          struct text words, const char *language)
{
    const Aftercare__Inbound__V1__InboundMessage *in = (const void *)event->wrapper;
    Google__Protobuf__Timestamp received_at, claimed_at;
    Aftercare__Intake__V1__MessageReceived out = AFTERCARE__INTAKE__V1__MESSAGE_RECEIVED__INIT;
    out.message_id = in->message_id;
    out.channel = in->channel;
    out.author = in->author == AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_UNSPECIFIED
                     ? AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_CUSTOMER
                     : in->author;
    out.text = string(outbox, words);
    out.n_attachments = in->n_attachments;
    out.attachments = in->attachments;
    out.language = wire_language(language);
    out.received_at = wire_moment(&received_at, event->now_us);
    out.claimed_at = wire_moment(&claimed_at, event->envelope->time_us);
    out.is_claim_doubtful = is_doubtful(event);
    outbox_state(outbox, case_id, &out.base);
}

static void state_call(struct outbox *outbox, struct uuid case_id, const struct event *event,
                       struct text words, const char *language)
{
    const Aftercare__Inbound__V1__CallRecord *in = (const void *)event->wrapper;
    Google__Protobuf__Timestamp received_at, claimed_at;
    Aftercare__Intake__V1__CallRecorded out = AFTERCARE__INTAKE__V1__CALL_RECORDED__INIT;
    out.call_id = in->call_id;
    out.rang_at = in->rang_at;
    out.answered_at = in->answered_at;
    out.hung_up_at = in->hung_up_at;
    out.agent_id = in->agent_id;
    out.words = string(outbox, words);
    out.recording_url = in->recording_url;
    out.language = wire_language(language);
    out.received_at = wire_moment(&received_at, event->now_us);
    out.claimed_at = wire_moment(&claimed_at, event->envelope->time_us);
    out.is_claim_doubtful = is_doubtful(event);
    outbox_state(outbox, case_id, &out.base);
}

void events_state_said(struct outbox *outbox, struct uuid case_id, const struct event *event,
                       struct text words, const char *language)
{
    if (MESSAGE_IS(event->wrapper, inbound_message)) {
        state_message(outbox, case_id, event, words, language);
        return;
    }
    if (MESSAGE_IS(event->wrapper, call_record)) {
        state_call(outbox, case_id, event, words, language);
        return;
    }
    Aftercare__Inbound__V1__ReturnRequest request =
        *(const Aftercare__Inbound__V1__ReturnRequest *)event->wrapper;
    Google__Protobuf__Timestamp claimed_at;
    Aftercare__Intake__V1__ReturnRequested out = AFTERCARE__INTAKE__V1__RETURN_REQUESTED__INIT;
    request.reason = string(outbox, words);
    request.language = wire_language(language);
    out.request = &request;
    out.claimed_at = wire_moment(&claimed_at, event->envelope->time_us);
    out.is_claim_doubtful = is_doubtful(event);
    outbox_state(outbox, case_id, &out.base);
}

static char *masked(struct outbox *outbox, char *words, const char *keep)
{
    return string(outbox, mask_numbers(outbox_arena(outbox), text_of(words), text_of(keep)));
}

void events_state_action(struct outbox *outbox, const struct event *event)
{
    struct requested requested = events_read_action(event->wrapper);
    Aftercare__Inbound__V1__ActionRequest action =
        *(const Aftercare__Inbound__V1__ActionRequest *)event->wrapper;
    Aftercare__Intake__V1__ActionRequested out = AFTERCARE__INTAKE__V1__ACTION_REQUESTED__INIT;
    action.case_id = uuid_string(outbox, requested.case_id); /* in its one canonical form */
    action.text = masked(outbox, action.text, action.waybill);
    action.resolution = masked(outbox, action.resolution, action.waybill);
    action.finding = masked(outbox, action.finding, action.waybill);
    out.action = &action;
    outbox_state(outbox, requested.case_id, &out.base);
}

void events_state_order_linked(struct outbox *outbox, struct uuid case_id, struct text record)
{
    ProtobufCMessage *message;
    if (wire_unpack(&aftercare__inbound__v1__order_update__descriptor, outbox_arena(outbox), record, &message,
                    NULL) != STATUS_OK)
        return; /* the arena is full, which the loop sees: what was stored was read before */
    Aftercare__Intake__V1__OrderLinked out = AFTERCARE__INTAKE__V1__ORDER_LINKED__INIT;
    out.order = ((Aftercare__Inbound__V1__OrderUpdate *)message)->order;
    outbox_state(outbox, case_id, &out.base);
}

void events_state_recorded(struct outbox *outbox, const ProtobufCMessage *message)
{
    Aftercare__Intake__V1__OrderRecorded order = AFTERCARE__INTAKE__V1__ORDER_RECORDED__INIT;
    Aftercare__Intake__V1__CustomerRecorded customer = AFTERCARE__INTAKE__V1__CUSTOMER_RECORDED__INIT;
    Aftercare__Intake__V1__AgentRecorded agent = AFTERCARE__INTAKE__V1__AGENT_RECORDED__INIT;
    struct text own_id, shop_id;
    int64_t updated_at_us;
    events_subject_of(message, &own_id, &shop_id, &updated_at_us);
    if (MESSAGE_IS(message, order_update)) {
        order.order = ((const Aftercare__Inbound__V1__OrderUpdate *)message)->order;
        outbox_state_keyed(outbox, own_id, &order.base);
    } else if (MESSAGE_IS(message, customer_update)) {
        customer.customer = (Aftercare__Inbound__V1__CustomerUpdate *)message;
        outbox_state_keyed(outbox, own_id, &customer.base);
    } else {
        agent.agent = (Aftercare__Inbound__V1__AgentUpdate *)message;
        outbox_state_keyed(outbox, own_id, &agent.base);
    }
}

void events_state_referring(struct outbox *outbox, struct uuid case_id, const ProtobufCMessage *message)
{
    Aftercare__Intake__V1__ParcelScanned scanned = AFTERCARE__INTAKE__V1__PARCEL_SCANNED__INIT;
    Aftercare__Intake__V1__RefundResultReceived refund = AFTERCARE__INTAKE__V1__REFUND_RESULT_RECEIVED__INIT;
    if (MESSAGE_IS(message, refund_result)) {
        refund.result = (Aftercare__Inbound__V1__RefundResult *)message;
        outbox_state(outbox, case_id, &refund.base);
    } else {
        scanned.scan = (Aftercare__Inbound__V1__ParcelScan *)message;
        outbox_state(outbox, case_id, &scanned.base);
    }
}

enum status events_state_waiting(struct outbox *outbox, const struct waiting *record, struct uuid case_id,
                                 struct error *err)
{
    const ProtobufCMessageDescriptor *descriptor = text_equal_string(record->fact, "RefundResult")
                                                       ? &aftercare__inbound__v1__refund_result__descriptor
                                                       : &aftercare__inbound__v1__parcel_scan__descriptor;
    ProtobufCMessage *message;
    enum status status = wire_unpack(descriptor, outbox_arena(outbox), record->value, &message, err);
    if (status == STATUS_OK)
        events_state_referring(outbox, case_id, message);
    return status;
}

void events_state_notice(struct outbox *outbox, struct uuid case_id, const char *template,
                         const char *language, struct text text, struct text reference)
{
    char *references[] = {string(outbox, reference)};
    Aftercare__Common__V1__Notice notice = AFTERCARE__COMMON__V1__NOTICE__INIT;
    Aftercare__Intake__V1__CustomerNotified out = AFTERCARE__INTAKE__V1__CUSTOMER_NOTIFIED__INIT;
    notice.template_ = (char *)template;
    notice.language = wire_language(language);
    notice.text = string(outbox, text);
    notice.n_references = text_is_empty(reference) ? 0 : 1;
    notice.references = references;
    out.notice = &notice;
    outbox_state(outbox, case_id, &out.base);
}
