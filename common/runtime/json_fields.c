/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/json_fields.h"

#include <string.h>

char *json_camel_name(const char *name, char to[JSON_NAME_MAX + 1])
{
    size_t len = 0;
    bool is_upper = false;
    for (; *name != '\0' && len < JSON_NAME_MAX; name++) {
        if (*name == '_') {
            is_upper = true;
            continue;
        }
        to[len++] = (char)(is_upper && *name >= 'a' && *name <= 'z' ? *name - 'a' + 'A' : *name);
        is_upper = false;
    }
    to[len] = '\0';
    return to;
}

size_t json_value_size(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_STRING:
        return sizeof(char *);
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(ProtobufCMessage *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return 8;
    default:
        return 4;
    }
}

bool json_is_timestamp(const ProtobufCMessageDescriptor *descriptor)
{
    return strcmp(descriptor->name, "google.protobuf.Timestamp") == 0;
}

bool json_is_duration(const ProtobufCMessageDescriptor *descriptor)
{
    return strcmp(descriptor->name, "google.protobuf.Duration") == 0;
}

static size_t field_offset(const ProtobufCMessage *message, unsigned number)
{
    return protobuf_c_message_descriptor_get_field(message->descriptor, number)->offset;
}

void json_get_seconds(const ProtobufCMessage *message, int64_t *ret_seconds, int32_t *ret_nanos)
{
    memcpy(ret_seconds, (const char *)message + field_offset(message, 1), sizeof *ret_seconds);
    memcpy(ret_nanos, (const char *)message + field_offset(message, 2), sizeof *ret_nanos);
}

void json_set_seconds(ProtobufCMessage *message, int64_t seconds, int32_t nanos)
{
    memcpy((char *)message + field_offset(message, 1), &seconds, sizeof seconds);
    memcpy((char *)message + field_offset(message, 2), &nanos, sizeof nanos);
}
