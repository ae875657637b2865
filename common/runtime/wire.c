/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/wire.h"

#include <string.h>

static void *alloc_in_arena(void *context, size_t size)
{
    return arena_alloc(context, size);
}

static void free_in_arena(void *context, void *at)
{
    (void)context;
    (void)at;
}

enum status wire_unpack(const ProtobufCMessageDescriptor *descriptor, struct arena *arena, struct text bytes,
                        ProtobufCMessage **ret_message, struct error *err)
{
    struct text body;
    enum status status = wire_check(descriptor, bytes, &body, err);
    if (status != STATUS_OK)
        return status;
    ProtobufCAllocator allocator = {alloc_in_arena, free_in_arena, arena};
    ProtobufCMessage *message =
        protobuf_c_message_unpack(descriptor, &allocator, body.len, (const uint8_t *)body.at);
    if (message == NULL && arena->is_exhausted)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    if (message == NULL)
        return fail(err, STATUS_INVALID, "%s: does not unpack", descriptor->short_name);
    *ret_message = message;
    return STATUS_OK;
}

enum status wire_pack(struct arena *arena, const ProtobufCMessage *message, size_t max_bytes,
                      struct text *ret_bytes, struct error *err)
{
    size_t len = protobuf_c_message_get_packed_size(message);
    if (max_bytes != 0 && len > max_bytes)
        return fail(err, STATUS_INVALID, "%s: %zu bytes, at most %zu are allowed",
                    message->descriptor->short_name, len, max_bytes);
    uint8_t *at = arena_alloc(arena, len + 1);
    if (at == NULL)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    protobuf_c_message_pack(message, at);
    *ret_bytes = text_make(at, len);
    return STATUS_OK;
}

/* protobuf-c names no oneofs in descriptors; their members are the fields flagged so. */
static bool is_member(const ProtobufCFieldDescriptor *field)
{
    return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 && field->type == PROTOBUF_C_TYPE_MESSAGE;
}

bool wire_is_wrapper(const ProtobufCMessageDescriptor *descriptor)
{
    size_t len = strlen(descriptor->short_name);
    return len > 4 && strcmp(descriptor->short_name + len - 4, "Fact") == 0;
}

bool wire_oneof(const ProtobufCMessage *wrapper, const ProtobufCMessageDescriptor **ret_fact,
                const void **ret_member)
{
    const char *base = (const char *)wrapper;
    for (unsigned i = 0; i < wrapper->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &wrapper->descriptor->fields[i];
        uint32_t chosen;
        if (!is_member(field))
            continue;
        memcpy(&chosen, base + field->quantifier_offset, sizeof chosen);
        if (chosen != field->id)
            continue;
        const void *member;
        memcpy(&member, base + field->offset, sizeof member);
        if (member == NULL)
            return false;
        *ret_fact = field->descriptor;
        *ret_member = member;
        return true;
    }
    return false;
}
