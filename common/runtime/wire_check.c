/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/wire.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum wire_type {
    WIRE_VARINT = 0,
    WIRE_FIXED64 = 1,
    WIRE_BYTES = 2,
    WIRE_GROUP = 3,
    WIRE_GROUP_END = 4,
    WIRE_FIXED32 = 5
};

/* What protobuf-c 1.4 and 1.5 allocate, generously rounded: one block costs up to 16 bytes of alignment;
 * while a message is scanned the first 16 of its fields are kept on the stack and then slabs of 32, 64, ...
 * of 48 bytes, which an arena does not get back. */
#define BLOCK_COST      16
#define PLACE_COST      8 /* in a repeated field's array */
#define UNKNOWN_COST    40
#define SCANNED_COST    48
#define FIRST_SLAB_SIZE 16

#define FIELDS_MAX 512 /* of one message type, for the set of those met */

struct walk {
    size_t memory, memory_cap;
    char path[160]; /* of the message being walked, "" at the top */
    struct error *err;
};

/* One message being walked. */
struct frame {
    const ProtobufCMessageDescriptor *descriptor;
    int depth;
    size_t scanned, slab_end, slab_size;
    uint64_t met[FIELDS_MAX / 64];
};

static enum status complain(const struct walk *walk, const char *field, const char *rule)
{
    return fail(walk->err, STATUS_INVALID, "%s%s%s: %s", walk->path, walk->path[0] == '\0' ? "" : ".", field,
                rule);
}

/* About the message itself, not one of its fields. */
static enum status complain_here(const struct walk *walk, const struct frame *frame, const char *rule)
{
    const char *name = walk->path[0] == '\0' ? frame->descriptor->short_name : walk->path;
    return fail(walk->err, STATUS_INVALID, "%s: %s", name, rule);
}

static bool spend(struct walk *walk, size_t bytes)
{
    walk->memory += bytes;
    return walk->memory <= walk->memory_cap;
}

static bool read_varint(struct text *rest, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (size_t i = 0; i < 10 && i < rest->len; i++) {
        uint8_t byte = (uint8_t)rest->at[i];
        if (i == 9 && byte > 1)
            return false;
        value |= (uint64_t)(byte & 0x7F) << (7 * i);
        if ((byte & 0x80) == 0) {
            *rest = text_make(rest->at + i + 1, rest->len - i - 1);
            *ret_value = value;
            return true;
        }
    }
    return false;
}

static bool take_bytes(struct text *rest, uint64_t count, struct text *ret_bytes)
{
    if (count > rest->len)
        return false;
    *ret_bytes = text_make(rest->at, (size_t)count);
    *rest = text_make(rest->at + count, rest->len - (size_t)count);
    return true;
}

/* One value; `bytes` is what stands on the wire, but for WIRE_VARINT, which gives its `number`. */
static bool read_value(struct text *rest, enum wire_type type, uint64_t *ret_number, struct text *ret_bytes)
{
    uint64_t len;
    switch (type) {
    case WIRE_VARINT:
        return read_varint(rest, ret_number);
    case WIRE_FIXED64:
        return take_bytes(rest, 8, ret_bytes);
    case WIRE_FIXED32:
        return take_bytes(rest, 4, ret_bytes);
    case WIRE_BYTES:
        return read_varint(rest, &len) && take_bytes(rest, len, ret_bytes);
    default:
        return false;
    }
}

static enum wire_type wire_type_of(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return WIRE_FIXED32;
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return WIRE_FIXED64;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return WIRE_BYTES;
    default:
        return WIRE_VARINT;
    }
}

static enum status check_enum(const struct walk *walk, const ProtobufCFieldDescriptor *field, uint64_t number)
{
    /* Negative values travel as ten bytes; the value is what fits into 32 bits. */
    if (protobuf_c_enum_descriptor_get_value(field->descriptor, (int)(uint32_t)number) != NULL)
        return STATUS_OK;
    char rule[64];
    snprintf(rule, sizeof rule, "%lld is not a value of this enum", (long long)(int32_t)(uint32_t)number);
    return complain(walk, field->name, rule);
}

static enum status check_packed(struct walk *walk, const ProtobufCFieldDescriptor *field, struct text bytes)
{
    enum wire_type type = wire_type_of(field->type);
    /* protobuf-c makes room for a packed bool per byte, before it looks. */
    if (field->type == PROTOBUF_C_TYPE_BOOL && !spend(walk, PLACE_COST * bytes.len))
        return complain(walk, field->name, "the record would take too much memory");
    while (bytes.len > 0) {
        uint64_t number = 0;
        struct text ignored;
        if (!read_value(&bytes, type, &number, &ignored))
            return complain(walk, field->name, "is cut off");
        if (!spend(walk, PLACE_COST))
            return complain(walk, field->name, "the record would take too much memory");
        if (field->type != PROTOBUF_C_TYPE_ENUM)
            continue;
        enum status status = check_enum(walk, field, number);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* A message twice in a field that holds one would be merged, at a price that grows with the square of the
 * record; of a oneof, the last member would win over what others may have read. No encoder writes either. */
static enum status check_once(const struct walk *walk, struct frame *frame,
                              const ProtobufCFieldDescriptor *field)
{
    size_t index = (size_t)(field - frame->descriptor->fields);
    bool is_oneof = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (index >= FIELDS_MAX)
        return complain(walk, field->name, "its message type has too many fields to be checked");
    if (field->label == PROTOBUF_C_LABEL_REPEATED || (field->type != PROTOBUF_C_TYPE_MESSAGE && !is_oneof))
        return STATUS_OK;
    if ((frame->met[index / 64] >> index % 64 & 1) != 0)
        return complain(walk, field->name, "is there twice");
    for (size_t i = 0; is_oneof && i < frame->descriptor->n_fields && i < FIELDS_MAX; i++) {
        const ProtobufCFieldDescriptor *other = &frame->descriptor->fields[i];
        if ((other->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
            other->quantifier_offset == field->quantifier_offset && (frame->met[i / 64] >> i % 64 & 1) != 0)
            return complain(walk, field->name, "another member of its oneof is there, too");
    }
    frame->met[index / 64] |= UINT64_C(1) << index % 64;
    return STATUS_OK;
}

static enum status walk_message(struct walk *walk, const ProtobufCMessageDescriptor *descriptor,
                                struct text bytes, int depth);

static enum status walk_into(struct walk *walk, const ProtobufCFieldDescriptor *field, struct text bytes,
                             int depth)
{
    size_t len = strlen(walk->path);
    snprintf(walk->path + len, sizeof walk->path - len, "%s%s", len == 0 ? "" : ".", field->name);
    enum status status = walk_message(walk, field->descriptor, bytes, depth + 1);
    walk->path[len] = '\0';
    return status;
}

static enum status check_field(struct walk *walk, struct frame *frame, const ProtobufCFieldDescriptor *field,
                               enum wire_type type, uint64_t number, struct text bytes)
{
    enum wire_type expected = wire_type_of(field->type);
    bool is_packed =
        type == WIRE_BYTES && expected != WIRE_BYTES && field->label == PROTOBUF_C_LABEL_REPEATED;
    if (type != expected && !is_packed)
        return complain(walk, field->name, "has the wrong wire type");
    enum status status = check_once(walk, frame, field);
    if (status != STATUS_OK)
        return status;
    bool is_copied = field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_BYTES;
    size_t cost = BLOCK_COST + 2 * PLACE_COST + (is_copied ? bytes.len + BLOCK_COST : 0);
    if (!spend(walk, is_packed || field->label == PROTOBUF_C_LABEL_REPEATED || is_copied ? cost : 0))
        return complain(walk, field->name, "the record would take too much memory");
    if (is_packed)
        return check_packed(walk, field, bytes);
    switch (field->type) {
    case PROTOBUF_C_TYPE_ENUM:
        return check_enum(walk, field, number);
    case PROTOBUF_C_TYPE_STRING:
        return text_is_utf8(bytes) ? STATUS_OK : complain(walk, field->name, "must be UTF-8 without NUL");
    case PROTOBUF_C_TYPE_MESSAGE:
        return walk_into(walk, field, bytes, frame->depth);
    default:
        return STATUS_OK;
    }
}

/* What protobuf-c needs to remember one more field while it scans the message. */
static bool spend_on_scanning(struct walk *walk, struct frame *frame)
{
    if (frame->scanned++ < frame->slab_end)
        return true;
    frame->slab_size *= 2;
    frame->slab_end += frame->slab_size;
    return spend(walk, frame->slab_size * SCANNED_COST);
}

static enum status walk_message(struct walk *walk, const ProtobufCMessageDescriptor *descriptor,
                                struct text bytes, int depth)
{
    struct frame frame = {
        .descriptor = descriptor, .depth = depth, .slab_end = FIRST_SLAB_SIZE, .slab_size = FIRST_SLAB_SIZE};
    if (depth > WIRE_DEPTH)
        return complain_here(walk, &frame, "is nested too deep");
    if (!spend(walk, descriptor->sizeof_message + BLOCK_COST))
        return complain_here(walk, &frame, "the record would take too much memory");
    while (bytes.len > 0) {
        uint64_t tag, number = 0;
        struct text value = TEXT_NULL;
        if (!read_varint(&bytes, &tag) || tag >> 3 == 0 || tag >> 3 > 536870911)
            return complain_here(walk, &frame, "is not protobuf");
        enum wire_type type = (enum wire_type)(tag & 7);
        if (type == WIRE_GROUP || type == WIRE_GROUP_END)
            return complain_here(walk, &frame, "holds a group, which is not read");
        if (!read_value(&bytes, type, &number, &value))
            return complain_here(walk, &frame, "is cut off, or not protobuf");
        if (!spend_on_scanning(walk, &frame))
            return complain_here(walk, &frame, "the record would take too much memory");
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(descriptor, (unsigned)(tag >> 3));
        if (field == NULL) {
            /* Kept by protobuf-c, with its bytes. */
            if (!spend(walk, value.len + UNKNOWN_COST + BLOCK_COST + 10))
                return complain_here(walk, &frame, "the record would take too much memory");
            continue;
        }
        enum status status = check_field(walk, &frame, field, type, number, value);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

/* 0x00, four bytes of schema id, then the message index: zigzag varints, count first; a lone 0x00 stands for
 * [0]. */
static bool cut_frame(struct text *body)
{
    if (body->len == 0 || body->at[0] != 0)
        return true; /* field number 0 does not exist: plain protobuf never begins so */
    if (body->len < 6)
        return false;
    struct text rest = text_make(body->at + 5, body->len - 5);
    uint64_t count, index;
    if (!read_varint(&rest, &count) || count > 2 * WIRE_DEPTH || count % 2 != 0)
        return false;
    for (uint64_t i = 0; i < count / 2; i++)
        if (!read_varint(&rest, &index) || index % 2 != 0)
            return false;
    *body = rest;
    return true;
}

enum status wire_check(const ProtobufCMessageDescriptor *descriptor, struct text bytes, struct text *ret_body,
                       struct error *err)
{
    struct text body = bytes;
    if (!cut_frame(&body))
        return fail(err, STATUS_INVALID, "%s: neither protobuf nor a schema registry's frame",
                    descriptor->short_name);
    struct walk walk = {.memory_cap = WIRE_MEMORY + 8 * body.len, .err = err};
    enum status status = walk_message(&walk, descriptor, body, 1);
    if (status == STATUS_OK)
        *ret_body = body;
    return status;
}
