/* SPDX-License-Identifier: Apache-2.0 */
#include "conversation.h"
#include "events.h"
#include "events_wire.h"
#include "inbound.pb-c.h"
#include "runtime/wire.h"
#include "subject.h"

#include <string.h>

static void find_conversation(struct said *said, const char *own_kind)
{
    said->conversation_id = text_is_empty(said->conversation)
                                ? conversation_id_of_one(said->shop_id, own_kind, said->own_id)
                                : conversation_id(said->shop_id, said->conversation);
}

static struct said read_message(const Aftercare__Inbound__V1__InboundMessage *in)
{
    struct said said = {
        .kind = SAID_MESSAGE,
        .own_id = text_of(in->message_id),
        .conversation = text_of(in->conversation_id),
        .shop_id = text_of(in->shop_id),
        .seller_id = text_of(in->seller_id),
        .customer_id = text_of(in->customer_id),
        .order_no = text_of(in->order_no),
        .words = text_of(in->text),
        .language = wire_language_tag(in->language),
        .channel = (int)in->channel,
        .business_model = (int)in->business_model,
        .goods_kind = (int)in->goods_kind,
        .is_by_customer = in->author == AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_UNSPECIFIED ||
                          in->author == AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_CUSTOMER,
    };
    find_conversation(&said, "message");
    return said;
}

static struct said read_call(const Aftercare__Inbound__V1__CallRecord *in)
{
    struct said said = {
        .kind = SAID_CALL,
        .own_id = text_of(in->call_id),
        .conversation = text_of(in->conversation_id),
        .shop_id = text_of(in->shop_id),
        .seller_id = text_of(in->seller_id),
        .customer_id = text_of(in->customer_id),
        .order_no = text_of(in->order_no),
        .words = text_of(in->words),
        .language = wire_language_tag(in->language),
        .channel = (int)AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_PHONE,
        .business_model = (int)in->business_model,
        .goods_kind = (int)in->goods_kind,
        .is_by_customer = true,
        .is_abandoned = in->answered_at == NULL,
    };
    find_conversation(&said, "call");
    return said;
}

/* One click in the shop, without a conversation: a case of its own. */
static struct said read_return(const Aftercare__Inbound__V1__ReturnRequest *in)
{
    struct said said = {
        .kind = SAID_RETURN,
        .own_id = text_of(in->request_id),
        .shop_id = text_of(in->shop_id),
        .customer_id = text_of(in->customer_id),
        .order_no = text_of(in->order_no),
        .words = text_of(in->reason),
        .language = wire_language_tag(in->language),
        .channel = (int)AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_APP,
        .is_by_customer = true,
    };
    find_conversation(&said, "return");
    return said;
}

struct said events_read_said(const ProtobufCMessage *message)
{
    if (MESSAGE_IS(message, inbound_message))
        return read_message((const void *)message);
    if (MESSAGE_IS(message, call_record))
        return read_call((const void *)message);
    return read_return((const void *)message);
}

struct requested events_read_action(const ProtobufCMessage *message)
{
    const Aftercare__Inbound__V1__ActionRequest *in = (const void *)message;
    struct requested requested = {
        .action_id = text_of(in->action_id),
        .kind = TEXT(""),
        .actor_id = text_of(in->actor_id),
        .is_by_seller = in->actor_role == AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_SELLER,
    };
    const ProtobufCEnumValue *kind =
        protobuf_c_enum_descriptor_get_value(&aftercare__common__v1__action_kind__descriptor, (int)in->kind);
    if (kind != NULL)
        requested.kind = text_of(kind->name + strlen("ACTION_KIND_"));
    if (!uuid_parse(text_of(in->case_id), &requested.case_id))
        requested.case_id = uuid_nil;
    return requested;
}

/* A pickup's scan carries the pickup it was booked under; its waybill may be new to everyone. */
struct referring events_read_referring(const ProtobufCMessage *message)
{
    if (MESSAGE_IS(message, refund_result))
        return (struct referring){
            REFERENCE_REFUND, text_of(((const Aftercare__Inbound__V1__RefundResult *)message)->intent_id)};
    const Aftercare__Inbound__V1__ParcelScan *scan = (const void *)message;
    if (*scan->pickup_id != '\0')
        return (struct referring){REFERENCE_PICKUP, text_of(scan->pickup_id)};
    return (struct referring){REFERENCE_WAYBILL, text_of(scan->waybill)};
}

struct uuid events_subject_of(const ProtobufCMessage *message, struct text *ret_own_id,
                              struct text *ret_shop_id, int64_t *ret_updated_at_us)
{
    *ret_shop_id = TEXT_NULL;
    if (MESSAGE_IS(message, order_update)) {
        const Aftercare__Common__V1__OrderSnapshot *order =
            ((const Aftercare__Inbound__V1__OrderUpdate *)message)->order;
        *ret_own_id = text_of(order->order_no);
        *ret_shop_id = text_of(order->shop_id);
        *ret_updated_at_us = wire_moment_us(order->updated_at);
        return subject_id(SUBJECT_ORDER, *ret_shop_id, *ret_own_id);
    }
    if (MESSAGE_IS(message, customer_update)) {
        const Aftercare__Inbound__V1__CustomerUpdate *customer = (const void *)message;
        *ret_own_id = text_of(customer->customer_id);
        *ret_updated_at_us = wire_moment_us(customer->updated_at);
        return subject_id(SUBJECT_CUSTOMER, TEXT_NULL, *ret_own_id);
    }
    const Aftercare__Inbound__V1__AgentUpdate *agent = (const void *)message;
    *ret_own_id = text_of(agent->agent_id);
    *ret_updated_at_us = wire_moment_us(agent->updated_at);
    return subject_id(SUBJECT_AGENT, TEXT_NULL, *ret_own_id);
}

struct order_known events_read_order(struct text record, struct arena *arena)
{
    ProtobufCMessage *message;
    if (record.at == NULL || wire_unpack(&aftercare__inbound__v1__order_update__descriptor, arena, record,
                                         &message, NULL) != STATUS_OK)
        return (struct order_known){.is_known = false};
    const Aftercare__Common__V1__OrderSnapshot *order =
        ((Aftercare__Inbound__V1__OrderUpdate *)message)->order;
    if (order == NULL)
        return (struct order_known){.is_known = false};
    int goods_kind = order->n_lines > 0 ? (int)order->lines[0]->goods_kind : 0;
    for (size_t i = 1; i < order->n_lines; i++)
        if ((int)order->lines[i]->goods_kind != goods_kind)
            goods_kind = 0; /* of both kinds: the order does not tell */
    return (struct order_known){
        .is_known = true,
        .order_no = text_of(order->order_no),
        .shop_id = text_of(order->shop_id),
        .seller_id = text_of(order->seller_id),
        .waybill = text_of(order->waybill),
        .updated_at_us = wire_moment_us(order->updated_at),
        .business_model = (int)order->business_model,
        .goods_kind = goods_kind,
    };
}

struct customer_known events_read_customer(struct text record, struct arena *arena)
{
    ProtobufCMessage *message;
    if (record.at == NULL || wire_unpack(&aftercare__inbound__v1__customer_update__descriptor, arena, record,
                                         &message, NULL) != STATUS_OK)
        return (struct customer_known){.is_known = false};
    const Aftercare__Inbound__V1__CustomerUpdate *customer = (const void *)message;
    return (struct customer_known){
        .is_known = true,
        .tier = (int)customer->tier,
        .no_surveys = customer->no_surveys != 0,
        .language = wire_language_tag(customer->language),
    };
}
