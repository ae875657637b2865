/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/json.h"

#include "runtime/json_fields.h"
#include "runtime/json_values.h"

#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 16

static enum status read_message(struct json_reader *reader, const ProtobufCMessageDescriptor *descriptor,
                                const json_t *json, ProtobufCMessage **ret_message);

static const char *path_of(const struct json_reader *reader)
{
    return reader->path[0] == '\0' ? "the message" : reader->path;
}

enum status json_complain(const struct json_reader *reader, const char *rule)
{
    return fail(reader->err, STATUS_INVALID, "%s: %s", path_of(reader), rule);
}

enum status json_complain_full(const struct json_reader *reader)
{
    return fail(reader->err, STATUS_TRANSIENT, "%s: the memory for it is used up", path_of(reader));
}

static struct text printable_name(const char *name)
{
    struct text text = text_clip(text_of(name), 40);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < 0x20)
            return TEXT("?");
    return text;
}

static enum status read_value(struct json_reader *reader, const ProtobufCFieldDescriptor *field,
                              const json_t *json, void *at)
{
    if (field->type != PROTOBUF_C_TYPE_MESSAGE)
        return json_read_scalar(reader, field, json, at);
    ProtobufCMessage *message = NULL;
    enum status status = read_message(reader, field->descriptor, json, &message);
    if (status == STATUS_OK)
        memcpy(at, &message, sizeof message);
    return status;
}

static enum status read_array(struct json_reader *reader, const ProtobufCFieldDescriptor *field,
                              const json_t *json, char *base)
{
    if (!json_is_array(json))
        return json_complain(reader, "must be an array");
    size_t count = json_array_size(json), size = json_value_size(field->type), len = strlen(reader->path);
    if (count == 0)
        return STATUS_OK;
    char *values = arena_alloc_array(reader->arena, count, size);
    if (values == NULL)
        return json_complain_full(reader);
    for (size_t i = 0; i < count; i++) {
        snprintf(reader->path + len, sizeof reader->path - len, "[%zu]", i);
        const json_t *element = json_array_get(json, i);
        enum status status = json_is_null(element) ? json_complain(reader, "must not be null")
                                                   : read_value(reader, field, element, values + i * size);
        if (status != STATUS_OK)
            return status;
        reader->path[len] = '\0';
    }
    memcpy(base + field->quantifier_offset, &count, sizeof count);
    memcpy(base + field->offset, &values, sizeof values);
    return STATUS_OK;
}

static enum status choose(struct json_reader *reader, const ProtobufCMessageDescriptor *descriptor,
                          const ProtobufCFieldDescriptor *field, char *base)
{
    uint32_t chosen;
    memcpy(&chosen, base + field->quantifier_offset, sizeof chosen);
    if (chosen == 0) {
        memcpy(base + field->quantifier_offset, &field->id, sizeof field->id);
        return STATUS_OK;
    }
    char name[JSON_NAME_MAX + 1], rule[JSON_NAME_MAX + 40];
    const ProtobufCFieldDescriptor *other = protobuf_c_message_descriptor_get_field(descriptor, chosen);
    snprintf(rule, sizeof rule, "cannot be given together with %s", json_camel_name(other->name, name));
    return json_complain(reader, rule);
}

static enum status read_field(struct json_reader *reader, const ProtobufCMessageDescriptor *descriptor,
                              const ProtobufCFieldDescriptor *field, const json_t *json, char *base)
{
    if (json_is_null(json))
        return STATUS_OK;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return read_array(reader, field, json, base);
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
        enum status status = choose(reader, descriptor, field, base);
        if (status != STATUS_OK)
            return status;
    } else if (field->label == PROTOBUF_C_LABEL_OPTIONAL && field->quantifier_offset != 0) {
        protobuf_c_boolean has = 1; /* proto2 */
        memcpy(base + field->quantifier_offset, &has, sizeof has);
    }
    return read_value(reader, field, json, base + field->offset);
}

/* The name fits no field; says which it was. */
static enum status complain_unknown(struct json_reader *reader, const ProtobufCMessageDescriptor *descriptor,
                                    const json_t *object)
{
    const char *name;
    json_t *ignored;
    json_object_foreach((json_t *)object, name, ignored)
    {
        bool is_known = false;
        for (unsigned i = 0; i < descriptor->n_fields && !is_known; i++) {
            char camel[JSON_NAME_MAX + 1];
            is_known = strcmp(name, descriptor->fields[i].name) == 0 ||
                       strcmp(name, json_camel_name(descriptor->fields[i].name, camel)) == 0;
        }
        if (is_known)
            continue;
        size_t len = strlen(reader->path);
        snprintf(reader->path + len, sizeof reader->path - len, "%s%.*s", len == 0 ? "" : ".",
                 TEXT_ARGS(printable_name(name)));
        return json_complain(reader, "is not a field of this message");
    }
    return json_complain(reader, "has a field given twice");
}

static enum status read_fields(struct json_reader *reader, const json_t *object, ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    size_t len = strlen(reader->path), met = 0;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields[i];
        char camel[JSON_NAME_MAX + 1];
        json_camel_name(field->name, camel);
        const json_t *json = json_object_get(object, camel);
        const json_t *original =
            strcmp(camel, field->name) == 0 ? NULL : json_object_get(object, field->name);
        if (json == NULL && original == NULL)
            continue;
        snprintf(reader->path + len, sizeof reader->path - len, "%s%s", len == 0 ? "" : ".",
                 json == NULL ? field->name : camel);
        if (json != NULL && original != NULL)
            return json_complain(reader, "is given twice, under both of its names");
        enum status status =
            read_field(reader, descriptor, field, json == NULL ? original : json, (char *)message);
        if (status != STATUS_OK)
            return status;
        reader->path[len] = '\0';
        met++;
    }
    return met == json_object_size(object) ? STATUS_OK : complain_unknown(reader, descriptor, object);
}

static enum status read_message(struct json_reader *reader, const ProtobufCMessageDescriptor *descriptor,
                                const json_t *json, ProtobufCMessage **ret_message)
{
    if (reader->depth == DEPTH_MAX)
        return json_complain(reader, "is nested too deep");
    ProtobufCMessage *message = arena_alloc(reader->arena, descriptor->sizeof_message);
    if (message == NULL)
        return json_complain_full(reader);
    protobuf_c_message_init(descriptor, message);
    enum status status;
    reader->depth++;
    if (json_is_timestamp(descriptor))
        status = json_read_timestamp(reader, json, message);
    else if (json_is_duration(descriptor))
        status = json_read_duration(reader, json, message);
    else if (!json_is_object(json))
        status = json_complain(reader, "must be an object");
    else
        status = read_fields(reader, json, message);
    reader->depth--;
    if (status == STATUS_OK)
        *ret_message = message;
    return status;
}

enum status json_to_message(struct arena *arena, const ProtobufCMessageDescriptor *descriptor,
                            const json_t *json, ProtobufCMessage **ret_message, struct error *err)
{
    struct json_reader reader = {.arena = arena, .err = err};
    return read_message(&reader, descriptor, json, ret_message);
}

/* jansson's own sentence quotes the text, which may hold personal data. */
static enum status complain_syntax(const json_error_t *problem, struct error *err)
{
    const char *rule = "is not JSON here";
    switch (json_error_code(problem)) {
    case json_error_duplicate_key:
        rule = "a name is given twice in one object";
        break;
    case json_error_null_character:
    case json_error_null_byte_in_key:
        rule = "a string holds NUL";
        break;
    case json_error_numeric_overflow:
        rule = "a number is too large; write it as a string";
        break;
    case json_error_invalid_utf8:
        rule = "is not UTF-8";
        break;
    case json_error_premature_end_of_input:
        rule = "ends too early";
        break;
    case json_error_end_of_input_expected:
        rule = "something follows the object";
        break;
    case json_error_stack_overflow:
        rule = "is nested too deep";
        break;
    case json_error_out_of_memory:
        return fail(err, STATUS_TRANSIENT, "JSON: out of memory");
    default:
        break;
    }
    return fail(err, STATUS_INVALID, "JSON: line %d, column %d: %s", problem->line, problem->column, rule);
}

enum status json_text_to_message(struct arena *arena, const ProtobufCMessageDescriptor *descriptor,
                                 struct text json, ProtobufCMessage **ret_message, struct error *err)
{
    json_error_t problem;
    json_t *root = json_loadb(json.at == NULL ? "" : json.at, json.len, JSON_REJECT_DUPLICATES, &problem);
    if (root == NULL)
        return complain_syntax(&problem, err);
    enum status status = json_to_message(arena, descriptor, root, ret_message, err);
    json_decref(root);
    return status;
}
