/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/frame.h"

#include "runtime/fields.h"

#include <string.h>

/* NULL when the message has no such field. */
static void *member_of(const ProtobufCMessage *message, const char *name, ProtobufCType type)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(message->descriptor, name);
    return field != NULL && field->type == type && field->label != PROTOBUF_C_LABEL_REPEATED
               ? (char *)message + field->offset
               : NULL;
}

static char **case_id_of(const ProtobufCMessage *wrapper)
{
    return member_of(wrapper, "case_id", PROTOBUF_C_TYPE_STRING);
}

static Google__Protobuf__Timestamp **at_of(const ProtobufCMessage *wrapper)
{
    return member_of(wrapper, "at", PROTOBUF_C_TYPE_MESSAGE);
}

enum status frame_reader(const struct event *event, const struct fact_reader *readers,
                         const struct fact_reader **ret_reader, struct error *err)
{
    const ProtobufCMessageDescriptor *message = ((const ProtobufCMessage *)event->fact)->descriptor;
    for (const struct fact_reader *reader = readers; reader->message != NULL; reader++)
        if (reader->message == message) {
            *ret_reader = reader;
            return STATUS_OK;
        }
    return fail(err, STATUS_INVALID, "%s is not read here", message->name);
}

enum status frame_at(const struct event *event, int64_t *ret_at_us, struct error *err)
{
    Google__Protobuf__Timestamp **at = at_of(event->wrapper);
    return field_time("at", at == NULL ? NULL : *at, ret_at_us, err);
}

enum status frame_case(const struct event *event, struct uuid *ret_case_id, struct error *err)
{
    char **text = case_id_of(event->wrapper);
    struct uuid case_id;
    if (text == NULL || !uuid_parse(text_of(*text), &case_id))
        return fail(err, STATUS_INVALID, "case_id: not a UUID");
    if (!uuid_equal(case_id, event->subject_id))
        return fail(err, STATUS_INVALID, "case_id: is not the record's key");
    *ret_case_id = case_id;
    return STATUS_OK;
}

enum status frame_deadline(const struct event *event, const char *const *kinds, int kind_count, int *ret_kind,
                           struct error *err)
{
    for (int i = 0; i < kind_count; i++)
        if (strcmp(kinds[i], event->due->kind) == 0) {
            *ret_kind = i;
            return STATUS_OK;
        }
    return fail(err, STATUS_INVALID, "deadline: no kind '%s'", event->due->kind);
}

/* The wrapper's member of the oneof for facts of this type. */
static const ProtobufCFieldDescriptor *field_for(const ProtobufCMessageDescriptor *wrapper,
                                                 const ProtobufCMessageDescriptor *fact)
{
    for (unsigned i = 0; i < wrapper->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &wrapper->fields[i];
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 && field->type == PROTOBUF_C_TYPE_MESSAGE &&
            field->descriptor == fact)
            return field;
    }
    return NULL;
}

enum status frame_wrap(struct arena *arena, const ProtobufCMessageDescriptor *wrapper, struct text case_id,
                       int64_t at_us, const ProtobufCMessage *fact, const ProtobufCMessage **ret_message,
                       struct error *err)
{
    const ProtobufCFieldDescriptor *field = field_for(wrapper, fact->descriptor);
    if (field == NULL)
        return fail(err, STATUS_INVALID, "%s has no fact %s", wrapper->name, fact->descriptor->name);
    ProtobufCMessage *message = arena_alloc(arena, wrapper->sizeof_message);
    Google__Protobuf__Timestamp *time = arena_alloc(arena, sizeof *time);
    char *case_text = text_string(arena, case_id);
    if (message == NULL || time == NULL || case_text == NULL)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    protobuf_c_message_init(wrapper, message);
    *time = field_of_time(at_us);
    memcpy((char *)message + field->quantifier_offset, &field->id, sizeof field->id);
    memcpy((char *)message + field->offset, &fact, sizeof fact);
    if (case_id_of(message) != NULL)
        *case_id_of(message) = case_text;
    if (at_of(message) != NULL)
        *at_of(message) = time;
    *ret_message = message;
    return STATUS_OK;
}
