/* SPDX-License-Identifier: Apache-2.0 */
#include "events.h"
#include "inbound.pb-c.h"

#include <string.h>

/* clang-format off */
#define KIND(name, message) name, "aftercare.inbound." name ".v1", &aftercare__inbound__v1__##message##__descriptor
/* clang-format on */

static const struct inbound_kind kinds[] = {
    {KIND("messages", inbound_message), "message_id", "shop_id", "seller_id", true},
    {KIND("calls", call_record), "call_id", "shop_id", "seller_id", true},
    {KIND("returns", return_request), "request_id", "shop_id", NULL, true},
    {KIND("orders", order_update), NULL, "order.shop_id", "order.seller_id", false},
    {KIND("customers", customer_update), NULL, "shop_id", NULL, false},
    {KIND("agents", agent_update), NULL, NULL, NULL, false},
    {KIND("parcels", parcel_scan), NULL, NULL, NULL, false},
    {KIND("payments", refund_result), NULL, NULL, NULL, false},
    {KIND("actions", action_request), "action_id", NULL, NULL, false},
};

const struct inbound_kind *events_kind(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

bool events_is_inbound_topic(struct text topic)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (text_equal_string(topic, kinds[i].topic))
            return true;
    return false;
}

static const ProtobufCFieldDescriptor *find(const ProtobufCMessage *message, struct text name)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++)
        if (text_equal_string(name, message->descriptor->fields[i].name))
            return &message->descriptor->fields[i];
    return NULL;
}

struct text events_field(const ProtobufCMessage *message, const char *path)
{
    struct text rest = text_of(path);
    while (message != NULL && rest.at != NULL) {
        const ProtobufCFieldDescriptor *field = find(message, text_cut(&rest, '.'));
        if (field == NULL)
            return TEXT_NULL;
        const char *at = (const char *)message + field->offset;
        if (field->type == PROTOBUF_C_TYPE_STRING)
            return text_of(*(const char *const *)at);
        message = field->type == PROTOBUF_C_TYPE_MESSAGE ? *(const ProtobufCMessage *const *)at : NULL;
    }
    return TEXT_NULL;
}

void events_set_field(ProtobufCMessage *message, const char *name, char *value)
{
    const ProtobufCFieldDescriptor *field = find(message, text_of(name));
    if (field != NULL && field->type == PROTOBUF_C_TYPE_STRING)
        *(char **)((char *)message + field->offset) = value;
}
