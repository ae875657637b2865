/* SPDX-License-Identifier: Apache-2.0 */
#include "publish_input.h"

#include "core/ids.h"
#include "record_view.h"
#include "runtime/json.h"
#include "runtime/wire.h"

#include <string.h>

static enum status find_message(const struct publish_plan *plan,
                                const ProtobufCMessageDescriptor **ret_message, struct error *err)
{
    const struct catalogue_topic *topic = plan->topic;
    if (topic->is_dlq)
        return fail(err, STATUS_INVALID, "%s: only its service writes to a DLQ", topic->name);
    const ProtobufCMessageDescriptor *message = topic->descriptor;
    if (topic->is_inbox && plan->type != NULL)
        message = record_view_find_type(text_of(plan->type));
    if (message != NULL) {
        *ret_message = message;
        return STATUS_OK;
    }
    if (plan->type == NULL)
        return fail(err, STATUS_INVALID, "--type: %s carries several kinds of message, name one",
                    topic->name);
    return fail(err, STATUS_INVALID, "--type: the catalogue has no '%.100s'", plan->type);
}

/* What ce_type says: the fact's full name. A type that was given must be what the value holds. */
static enum status find_type(const struct publish_plan *plan, const ProtobufCMessage *message,
                             struct text *ret_type, struct error *err)
{
    const ProtobufCMessageDescriptor *fact = message->descriptor;
    const void *member;
    if (wire_is_wrapper(message->descriptor) && !wire_oneof(message, &fact, &member))
        return fail(err, STATUS_INVALID, "no fact is set: one member of %s must be, as \"caseOpened\": {...}",
                    message->descriptor->short_name);
    if (plan->type != NULL && strcmp(plan->type, fact->name) != 0 &&
        strcmp(plan->type, fact->short_name) != 0)
        return fail(err, STATUS_INVALID, "--type: is %.100s, but the value holds %s", plan->type,
                    fact->short_name);
    *ret_type = text_of(fact->name);
    return STATUS_OK;
}

static enum status find_key(const struct publish_plan *plan, const json_t *json, struct arena *arena,
                            struct text *ret_key, struct error *err)
{
    const char *case_id = json_string_value(json_object_get(json, "caseId"));
    if (case_id == NULL)
        case_id = json_string_value(json_object_get(json, "case_id"));
    if (plan->key != NULL)
        *ret_key = text_of(plan->key);
    else if (plan->topic->is_inbound)
        *ret_key = TEXT_NULL; /* the publisher's choice: none */
    else if (case_id != NULL && case_id[0] != '\0')
        *ret_key = text_copy(arena, text_of(case_id));
    else
        return fail(err, STATUS_INVALID, "--key: %s is keyed by %s, and the message has no caseId",
                    plan->topic->name, plan->topic->key);
    return STATUS_OK;
}

static enum status make_headers(const struct publish_plan *plan, struct text type, struct arena *arena,
                                struct kafka_outgoing *record, struct error *err)
{
    struct envelope envelope = {
        .type_full = type,
        .source = text_of(plan->source),
        .id = plan->id == NULL ? uuid_text(arena, uuid_random()) : text_of(plan->id),
        .time_us = plan->now_us,
        .content_type = TEXT("application/protobuf"),
    };
    record->headers = envelope_headers(arena, &envelope, &record->header_count);
    if (record->headers == NULL)
        return fail(err, STATUS_TRANSIENT, "out of memory");
    struct envelope ignored; /* read as the services will */
    return envelope_read(record->headers, record->header_count, &ignored, err);
}

enum status publish_input_read(const struct publish_plan *plan, const json_t *json, struct arena *arena,
                               struct kafka_outgoing *ret_record, struct error *err)
{
    struct kafka_outgoing record = {.topic = plan->topic->name, .offset = -1};
    const ProtobufCMessageDescriptor *descriptor = NULL;
    ProtobufCMessage *message = NULL;
    struct text type;
    if (!json_is_object(json))
        return fail(err, STATUS_INVALID, "a message is a JSON object");
    enum status status = find_message(plan, &descriptor, err);
    if (status == STATUS_OK)
        status = json_to_message(arena, descriptor, json, &message, err);
    if (status == STATUS_OK)
        status = find_type(plan, message, &type, err);
    if (status == STATUS_OK)
        status = find_key(plan, json, arena, &record.key, err);
    if (status == STATUS_OK)
        status = wire_pack(arena, message, (size_t)plan->topic->max_record_bytes, &record.value, err);
    if (status == STATUS_OK)
        status = make_headers(plan, type, arena, &record, err);
    if (status == STATUS_OK)
        *ret_record = record;
    return status;
}
