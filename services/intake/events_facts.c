/* SPDX-License-Identifier: Apache-2.0 */
/* Any fact of a case, field by field, by its descriptor: the case record needs no code for a fact it only
 * tells. */
#include "core/mask.h"
#include "core/money.h"
#include "events.h"
#include "events_wire.h"

#include <ctype.h>
#include <string.h>

enum { FIELDS_MOST = 96, DEPTH_MOST = 3, NAME_BYTES = 80 };

struct reading {
    struct arena *arena;
    struct case_fact_field *fields;
    size_t count;
    bool is_full;
};

static struct case_fact_field *add(struct reading *to, const char *prefix, const char *name)
{
    const char *full = *prefix == '\0' ? name : arena_print(to->arena, "%.*s.%s", NAME_BYTES, prefix, name);
    if (full == NULL)
        to->is_full = true;
    if (to->is_full || to->count == FIELDS_MOST)
        return NULL;
    struct case_fact_field *field = &to->fields[to->count++];
    *field = (struct case_fact_field){.name = full};
    return field;
}

/* "ACTION_KIND_REPLY" of ActionKind is "REPLY"; the zero value is nothing said. */
static struct text enum_text(const ProtobufCEnumDescriptor *descriptor, int value)
{
    if (descriptor == &aftercare__common__v1__language__descriptor)
        return wire_language_tag((Aftercare__Common__V1__Language)value);
    const ProtobufCEnumValue *known = protobuf_c_enum_descriptor_get_value(descriptor, value);
    if (known == NULL || value == 0)
        return TEXT("");
    const char *name = known->name;
    for (const char *of_type = descriptor->short_name; *of_type != '\0'; of_type++) {
        if (isupper((unsigned char)*of_type) && of_type != descriptor->short_name && *name == '_')
            name++;
        if (toupper((unsigned char)*of_type) != *name)
            return text_of(known->name);
        name++;
    }
    return text_of(*name == '_' ? name + 1 : known->name);
}

static struct text joined(struct arena *arena, char *const *strings, size_t count)
{
    struct text all = TEXT("");
    for (size_t i = 0; i < count && i < 20; i++)
        all = i == 0 ? text_of(strings[0]) : text_print(arena, "%.*s, %s", TEXT_ARGS(all), strings[i]);
    return all;
}

static void read_message(struct reading *to, const ProtobufCMessage *message, const char *prefix, int depth);

static void read_inner(struct reading *to, const ProtobufCMessage *inner, const char *prefix,
                       const char *name, int depth)
{
    if (inner->descriptor == &google__protobuf__timestamp__descriptor) {
        struct case_fact_field *field = add(to, prefix, name);
        if (field != NULL) {
            field->number = wire_moment_us((const Google__Protobuf__Timestamp *)inner);
            field->is_moment = true;
        }
    } else if (inner->descriptor == &aftercare__common__v1__money__descriptor) {
        const Aftercare__Common__V1__Money *money = (const void *)inner;
        struct money made;
        struct case_fact_field *field = add(to, prefix, name);
        if (field != NULL && money_make(money->minor, text_of(money->currency), &made, NULL) == STATUS_OK)
            field->text = money_text(to->arena, made);
    } else if (depth < DEPTH_MOST) {
        const char *full =
            *prefix == '\0' ? name : arena_print(to->arena, "%.*s.%s", NAME_BYTES, prefix, name);
        if (full == NULL)
            to->is_full = true;
        else
            read_message(to, inner, full, depth + 1);
    }
}

/* The first element of a repeated message is read, as "lines.0"; of all of them the number is kept. */
static void read_repeated(struct reading *to, const ProtobufCFieldDescriptor *of, const char *at,
                          size_t count, const char *prefix, int depth)
{
    struct case_fact_field *field = add(to, prefix, of->name);
    if (field == NULL)
        return;
    field->number = (int64_t)count;
    if (of->type == PROTOBUF_C_TYPE_STRING)
        field->text = joined(to->arena, *(char *const *const *)at, count);
    if (of->type == PROTOBUF_C_TYPE_MESSAGE && count > 0) {
        const char *name = arena_print(to->arena, "%s.0", of->name);
        if (name != NULL)
            read_inner(to, **(const ProtobufCMessage *const *const *)at, prefix, name, depth);
    }
}

static void read_scalar(struct reading *to, const ProtobufCFieldDescriptor *of, const char *at,
                        const char *prefix)
{
    struct case_fact_field *field = add(to, prefix, of->name);
    if (field == NULL)
        return;
    switch (of->type) {
    case PROTOBUF_C_TYPE_STRING:
        field->text = text_of(*(const char *const *)at);
        /* The one free text that did not come in by this door: what is typed on survey's page. */
        if (strcmp(of->name, "comment") == 0)
            field->text = mask_numbers(to->arena, field->text, TEXT_NULL);
        break;
    case PROTOBUF_C_TYPE_ENUM:
        field->text = enum_text(of->descriptor, *(const int *)at);
        break;
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
        field->number = *(const int64_t *)at;
        break;
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_SFIXED32:
        field->number = *(const int32_t *)at;
        break;
    case PROTOBUF_C_TYPE_BOOL:
        field->number = *(const protobuf_c_boolean *)at != 0;
        break;
    default: /* fractions, unsigned numbers and bytes: nothing of the case record needs them */
        to->count--;
        break;
    }
}

static void read_message(struct reading *to, const ProtobufCMessage *message, const char *prefix, int depth)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *of = &descriptor->fields[i];
        const char *at = (const char *)message + of->offset;
        if (of->label == PROTOBUF_C_LABEL_REPEATED) {
            size_t count = *(const size_t *)((const char *)message + of->quantifier_offset);
            read_repeated(to, of, at, count, prefix, depth);
        } else if ((of->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0) {
            continue; /* no fact has a choice inside */
        } else if (of->type == PROTOBUF_C_TYPE_MESSAGE) {
            const ProtobufCMessage *inner = *(const ProtobufCMessage *const *)at;
            if (inner != NULL)
                read_inner(to, inner, prefix, of->name, depth);
        } else {
            read_scalar(to, of, at, prefix);
        }
    }
}

/* A field of the wrapper itself. */
static const void *wrapper_field(const ProtobufCMessage *wrapper, const char *name)
{
    const ProtobufCFieldDescriptor *of =
        protobuf_c_message_descriptor_get_field_by_name(wrapper->descriptor, name);
    return of == NULL ? NULL : *(const void *const *)((const char *)wrapper + of->offset);
}

/* "aftercare.escalation.v1" states as "escalation". */
static struct text service_of(const ProtobufCMessage *wrapper)
{
    struct text rest = text_of(wrapper->descriptor->package_name);
    text_cut(&rest, '.');
    return text_cut(&rest, '.');
}

enum status events_check_fact(const struct event *event, struct error *err)
{
    struct uuid case_id;
    const char *text = wrapper_field(event->wrapper, "case_id");
    const Google__Protobuf__Timestamp *at = wrapper_field(event->wrapper, "at");
    if (text == NULL || !uuid_parse(text_of(text), &case_id) || uuid_is_nil(case_id))
        return fail(err, STATUS_INVALID, "case_id: must be a UUID");
    if (!uuid_equal(case_id, event->subject_id))
        return fail(err, STATUS_INVALID, "case_id: is not the record's key");
    if (at == NULL)
        return fail(err, STATUS_INVALID, "at: is required");
    if (at->seconds < TIME_MIN_US / US_PER_SECOND || at->seconds > TIME_MAX_US / US_PER_SECOND ||
        at->nanos < 0 || at->nanos > 999999999)
        return fail(err, STATUS_INVALID, "at: lies outside the years 1 to 9999");
    return STATUS_OK;
}

bool events_read_fact(const struct event *event, struct arena *arena, struct case_fact *ret_fact)
{
    struct case_fact_field fields[FIELDS_MOST];
    struct reading reading = {.arena = arena, .fields = fields};
    const ProtobufCMessage *message = event->fact;
    read_message(&reading, message, "", 0);
    struct case_fact_place place = {.source = event->topic, .lane = event->lane, .n = event->offset};
    if (event->envelope->has_seq)
        place = (struct case_fact_place){event->envelope->seq.service, event->envelope->seq.lane,
                                         event->envelope->seq.n};
    *ret_fact = (struct case_fact){
        .case_id = event->subject_id,
        .service = service_of(event->wrapper),
        .name = text_of(message->descriptor->short_name),
        .at_us = wire_moment_us(wrapper_field(event->wrapper, "at")),
        .place = place,
        .fields = arena_copy(arena, fields, reading.count * sizeof *fields),
        .field_count = reading.count,
    };
    return !reading.is_full && ret_fact->fields != NULL;
}

int events_channel(struct text word)
{
    for (unsigned i = 0; i < aftercare__common__v1__channel__descriptor.n_values; i++) {
        const ProtobufCEnumValue *value = &aftercare__common__v1__channel__descriptor.values[i];
        if (text_equal_string(word, value->name + strlen("CHANNEL_")))
            return value->value;
    }
    return 0;
}
