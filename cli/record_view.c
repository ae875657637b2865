/* SPDX-License-Identifier: Apache-2.0 */
#include "record_view.h"

#include "core/ids.h"
#include "core/time.h"
#include "runtime/catalogue.h"
#include "runtime/json.h"
#include "runtime/topic_kind.h"
#include "runtime/wire.h"

#include <stdlib.h>
#include <string.h>

/* ---- which message ---- */

static bool type_names(struct text type, const ProtobufCMessageDescriptor *message)
{
    return text_equal_string(type, message->name) || text_equal_string(type, message->short_name);
}

static bool wraps(const ProtobufCMessageDescriptor *wrapper, struct text type)
{
    if (!wire_is_wrapper(wrapper))
        return false;
    for (unsigned i = 0; i < wrapper->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &wrapper->fields[i];
        if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) && field->type == PROTOBUF_C_TYPE_MESSAGE &&
            type_names(type, field->descriptor))
            return true;
    }
    return false;
}

const ProtobufCMessageDescriptor *record_view_find_type(struct text type)
{
    for (size_t i = 0; i < catalogue_topic_count; i++) {
        const ProtobufCMessageDescriptor *message = catalogue_topics[i].descriptor;
        if (message != NULL && (type_names(type, message) || wraps(message, type)))
            return message;
    }
    return NULL;
}

static struct text find_header(const struct kafka_record *record, const char *name)
{
    for (size_t i = 0; i < record->header_count; i++)
        if (text_equal_string(record->headers[i].name, name))
            return record->headers[i].value;
    return TEXT_NULL;
}

static const ProtobufCMessageDescriptor *find_message(const struct kafka_record *record,
                                                      const struct record_view *view)
{
    struct text name = view->is_dead ? view->origin.topic : text_of(record->topic);
    const struct catalogue_topic *topic = catalogue_find(name);
    struct text type = find_header(record, "ce_type");
    if (topic != NULL && topic->descriptor != NULL && !topic->is_inbox)
        return topic->descriptor;
    /* An inbox or a DLQ carries several kinds: the header tells. */
    const ProtobufCMessageDescriptor *by_type = type.at == NULL ? NULL : record_view_find_type(type);
    return by_type != NULL || topic == NULL ? by_type : topic->descriptor;
}

/* ---- making ---- */

static int64_t origin_number(const struct kafka_record *record, const char *name)
{
    int64_t number;
    return text_to_int64(find_header(record, name), &number) ? number : -1;
}

static void read_origin(const struct kafka_record *record, struct record_view *view)
{
    view->origin = (struct record_origin){
        .topic = find_header(record, "kafka_dlt-original-topic"),
        .partition = origin_number(record, "__connect.errors.partition"),
        .offset = origin_number(record, "__connect.errors.offset"),
        .reason = find_header(record, "kafka_dlt-exception-fqcn"),
        .message = find_header(record, "kafka_dlt-exception-message"),
    };
    view->is_dead = view->origin.topic.at != NULL || topic_kind_of(text_of(record->topic)) == TOPIC_DLQ;
}

static struct text last_part(struct text name)
{
    for (size_t i = name.len; i > 0; i--)
        if (name.at[i - 1] == '.')
            return text_make(name.at + i, name.len - i);
    return name;
}

static void decode(const struct kafka_record *record, struct arena *arena, struct record_view *view)
{
    const ProtobufCMessageDescriptor *descriptor = find_message(record, view);
    ProtobufCMessage *message;
    if (descriptor == NULL) {
        fail(&view->why, STATUS_INVALID, "no message of the catalogue fits the topic or ce_type");
        return;
    }
    if (record->value.at == NULL) {
        fail(&view->why, STATUS_INVALID, "the record has no value");
        return;
    }
    if (wire_unpack(descriptor, arena, record->value, &message, &view->why) != STATUS_OK)
        return;
    const ProtobufCMessageDescriptor *fact;
    const void *member;
    if (!wire_is_wrapper(descriptor))
        view->fact = text_of(descriptor->short_name);
    else if (wire_oneof(message, &fact, &member))
        view->fact = text_of(fact->short_name);
    view->body = message_to_json(message);
    if (view->body == NULL)
        fail(&view->why, STATUS_FATAL, "out of memory");
}

static struct text find_case(const struct kafka_record *record, const struct record_view *view,
                             struct arena *arena)
{
    struct uuid uuid;
    struct text named = text_of(json_string_value(json_object_get(view->body, "caseId")));
    if (uuid_parse(named, &uuid))
        return text_copy(arena, named);
    if (uuid_parse(record->key, &uuid))
        return record->key;
    return TEXT_NULL;
}

struct record_view record_view_make(const struct kafka_record *record, struct arena *arena)
{
    struct record_view view = {.body = NULL};
    read_origin(record, &view);
    decode(record, arena, &view);
    if (view.fact.at == NULL)
        view.fact = last_part(find_header(record, "ce_type"));
    view.case_id = find_case(record, &view, arena);
    return view;
}

void record_view_done(struct record_view *view)
{
    json_decref(view->body);
    view->body = NULL;
}

/* ---- one line ---- */

void print_clean(struct text text, FILE *out)
{
    bool is_utf8 = text_is_utf8(text);
    if (text_is_empty(text))
        fputc('-', out);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        fputc(byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !is_utf8) ? '?' : byte, out);
    }
}

void print_hex(struct text bytes, size_t most, FILE *out)
{
    for (size_t i = 0; i < bytes.len && i < most; i++)
        fprintf(out, "%02x", (unsigned char)bytes.at[i]);
    if (bytes.len > most)
        fputs("...", out);
}

static const char *format_time(int64_t timestamp_ms, char to[TIME_TEXT_LEN + 1])
{
    if (timestamp_ms < 0 || timestamp_ms > TIME_MAX_US / US_PER_MS)
        return "-";
    return time_format(timestamp_ms * US_PER_MS, to);
}

static void print_origin(const struct record_origin *origin, FILE *out)
{
    fputs(" [", out);
    print_clean(origin->reason, out);
    fputs(": ", out);
    print_clean(origin->message, out);
    fputs("; from ", out);
    print_clean(origin->topic, out);
    fprintf(out, "/%lld/%lld]", (long long)origin->partition, (long long)origin->offset);
}

void record_view_print(const struct kafka_record *record, const struct record_view *view, FILE *out)
{
    char at[TIME_TEXT_LEN + 1];
    fprintf(out, "%s %s/%d/%lld ", format_time(record->timestamp_ms, at), record->topic,
            (int)record->partition, (long long)record->offset);
    print_clean(view->fact, out);
    fputc(' ', out);
    print_clean(view->case_id, out);
    if (view->is_dead)
        print_origin(&view->origin, out);
    fputc(' ', out);
    if (view->body != NULL) {
        json_dumpf(view->body, out, JSON_COMPACT);
    } else {
        fprintf(out, "(not decoded: %s) ", view->why.text);
        print_hex(record->value, 64, out);
    }
    fputc('\n', out);
}

/* ---- JSON ---- */

static json_t *json_of_text(struct text text)
{
    if (text.at == NULL)
        return json_null();
    if (text_is_utf8(text))
        return json_stringn(text.at, text.len);
    char hex[2 * 1024 + 1];
    size_t len = text.len < 1024 ? text.len : 1024;
    for (size_t i = 0; i < len; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned char)text.at[i]);
    return json_stringn(hex, 2 * len);
}

/* All of it, for it may be needed to the last byte. */
static json_t *json_of_value(struct text value)
{
    char *hex = malloc(2 * value.len + 1);
    if (hex == NULL)
        return NULL;
    for (size_t i = 0; i < value.len; i++)
        snprintf(hex + 2 * i, 3, "%02x", (unsigned char)value.at[i]);
    json_t *json = json_stringn(hex, 2 * value.len);
    free(hex);
    return json;
}

static void add_origin(json_t *json, const struct record_origin *origin)
{
    json_t *from = json_object();
    json_object_set_new(json, "reason", json_of_text(origin->reason));
    json_object_set_new(json, "message", json_of_text(origin->message));
    json_object_set_new(from, "topic", json_of_text(origin->topic));
    json_object_set_new(from, "partition", json_integer(origin->partition));
    json_object_set_new(from, "offset", json_integer(origin->offset));
    json_object_set_new(json, "original", from);
}

json_t *record_view_json(const struct kafka_record *record, const struct record_view *view)
{
    char at[TIME_TEXT_LEN + 1];
    json_t *json = json_object(), *headers = json_object();
    if (json == NULL || headers == NULL) {
        json_decref(json);
        json_decref(headers);
        return NULL;
    }
    json_object_set_new(json, "topic", json_string(record->topic));
    json_object_set_new(json, "partition", json_integer(record->partition));
    json_object_set_new(json, "offset", json_integer(record->offset));
    json_object_set_new(json, "time", json_string(format_time(record->timestamp_ms, at)));
    json_object_set_new(json, "key", json_of_text(record->key));
    json_object_set_new(json, "fact", json_of_text(view->fact));
    json_object_set_new(json, "caseId", json_of_text(view->case_id));
    if (view->is_dead)
        add_origin(json, &view->origin);
    for (size_t i = 0; i < record->header_count; i++) {
        const struct header *header = &record->headers[i];
        if (text_is_utf8(header->name))
            json_object_setn_new(headers, header->name.at, header->name.len, json_of_text(header->value));
    }
    json_object_set_new(json, "headers", headers);
    if (view->body != NULL) {
        json_object_set(json, "value", view->body);
    } else {
        json_object_set_new(json, "problem", json_string(view->why.text));
        json_object_set_new(json, "valueHex", json_of_value(record->value));
    }
    return json;
}
