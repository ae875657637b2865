/* SPDX-License-Identifier: Apache-2.0 */
#include "api_post.h"

#include "core/time.h"
#include "runtime/catalogue.h"
#include "runtime/json.h"
#include "runtime/wire.h"

#include <string.h>

enum { KEY_BYTES = 128 };

/* Of what is said without an id of its own and without Idempotency-Key: its content tells what it is. */
static const struct uuid content_space = {
    {0xe0, 0x6b, 0x53, 0x0d, 0x2f, 0x94, 0x4c, 0x1e, 0x87, 0x5a, 0xc3, 0x18, 0x70, 0xbd, 0x46, 0xf9}};

static bool refuse(struct http_exchange *exchange, const char *detail)
{
    http_problem(exchange, 400, "invalid", "The request breaks the contract", "%s", detail);
    return false;
}

static bool read_body(struct http_exchange *exchange, const struct inbound_kind *kind,
                      ProtobufCMessage **ret_message)
{
    struct error err;
    if (!http_body_is(exchange, "application/json")) {
        http_problem(exchange, 415, "media-type", "Unsupported media type",
                     "Content-Type: must be application/json");
        return false;
    }
    enum status status =
        json_text_to_message(http_arena(exchange), kind->message, http_body(exchange), ret_message, &err);
    if (status == STATUS_TRANSIENT) /* the exchange's memory: what takes that much is no message */
        http_problem(exchange, 413, "body-too-large", "The body is too large",
                     "it takes more than 4 MiB of memory");
    else if (status != STATUS_OK)
        refuse(exchange, err.text);
    return status == STATUS_OK;
}

/* Absent: there is none. False: it is malformed. */
static bool read_key(struct http_exchange *exchange, struct text *ret_key)
{
    struct text key = http_header(exchange, "Idempotency-Key");
    if (key.at == NULL) {
        *ret_key = TEXT_NULL;
        return true;
    }
    if (key.len >= 2 && key.at[0] == '"' && key.at[key.len - 1] == '"')
        key = (struct text){key.at + 1, key.len - 2};
    bool is_good = key.len >= 1 && key.len <= KEY_BYTES;
    for (size_t i = 0; is_good && i < key.len; i++)
        is_good = key.at[i] > 0x20 && key.at[i] < 0x7f;
    if (!is_good)
        return refuse(exchange, "Idempotency-Key: must be 1 to 128 printable ASCII characters");
    *ret_key = key;
    return true;
}

/* The header, else the message's own id; a message without an id takes the header's. */
static bool identify(struct http_exchange *exchange, const struct inbound_kind *kind,
                     ProtobufCMessage *message, struct text *ret_key)
{
    struct text own_id = events_field(message, kind->own_id), key;
    if (!read_key(exchange, &key))
        return false;
    if (kind->own_id != NULL && text_is_empty(own_id)) {
        if (key.at == NULL) {
            struct text detail =
                text_print(http_arena(exchange), "%s: is required where there is no Idempotency-Key header",
                           kind->own_id);
            return refuse(exchange, detail.at == NULL ? "" : detail.at);
        }
        char *own = text_string(http_arena(exchange), key);
        if (own != NULL)
            events_set_field(message, kind->own_id, own);
    }
    *ret_key = key.at == NULL ? own_id : key;
    return true;
}

/* CloudEvents in HTTP's binary mode: of it the time and the trace are taken over. */
static bool make_headers(struct http_exchange *exchange, struct post *post, struct text key)
{
    struct arena *arena = http_arena(exchange);
    struct header given[2];
    size_t count = 0;
    struct envelope envelope;
    struct error err;
    if (http_header(exchange, "ce-time").at != NULL)
        given[count++] = (struct header){TEXT("ce_time"), http_header(exchange, "ce-time")};
    if (http_header(exchange, "traceparent").at != NULL)
        given[count++] = (struct header){TEXT("traceparent"), http_header(exchange, "traceparent")};
    if (envelope_read(given, count, &envelope, &err) != STATUS_OK)
        return refuse(exchange, err.text);
    struct text publisher = http_publisher(exchange);
    envelope.type_full = text_of(post->kind->message->name);
    envelope.source = text_print(arena, "/http/%s/%.*s", post->kind->name, TEXT_ARGS(publisher));
    envelope.id = key;
    if (envelope.time_us == 0)
        envelope.time_us = time_wall_us();
    envelope.content_type = TEXT("application/protobuf");
    post->identity = (struct repeat){envelope.source, envelope.id, post->record.value, false};
    post->record.headers = envelope_headers(arena, &envelope, &post->record.header_count);
    if (post->record.headers != NULL && envelope.source.at != NULL)
        return true;
    http_problem(exchange, 503, "busy", "Too busy", "out of memory");
    return false;
}

/* What is said in one conversation, and what is done on one case, goes to one partition and stays in order.
 */
static struct text record_key(struct http_exchange *exchange, const struct post *post)
{
    if (post->is_action)
        return uuid_text(http_arena(exchange), post->action.case_id);
    if (post->kind->is_said)
        return uuid_text(http_arena(exchange), post->said.conversation_id);
    return TEXT_NULL;
}

static bool make_record(struct http_exchange *exchange, struct post *post, struct text key)
{
    struct arena *arena = http_arena(exchange);
    const struct catalogue_topic *topic = catalogue_find(text_of(post->kind->topic));
    struct text value;
    struct error err;
    size_t most = topic == NULL ? 0 : (size_t)topic->max_record_bytes;
    if (wire_pack(arena, post->message, most, &value, &err) != STATUS_OK) {
        http_problem(exchange, 413, "record-too-large", "The message is too large", "%s", err.text);
        return false;
    }
    if (text_is_empty(key))
        key = uuid_text(arena, uuid_of_parts(content_space, &value, 1));
    post->record =
        (struct door_record){.topic = post->kind->topic, .key = record_key(exchange, post), .value = value};
    return make_headers(exchange, post, key);
}

struct post *post_read(struct http_exchange *exchange, const struct inbound_kind *kind)
{
    struct post *post = arena_alloc(http_arena(exchange), sizeof *post);
    ProtobufCMessage *message;
    struct text key;
    struct error err;
    if (post == NULL || !read_body(exchange, kind, &message) || !identify(exchange, kind, message, &key))
        return NULL;
    if (events_check_inbound(message, &err) != STATUS_OK) {
        refuse(exchange, err.text);
        return NULL;
    }
    if (!events_mask(message, http_arena(exchange))) {
        http_problem(exchange, 503, "busy", "Too busy", "out of memory");
        return NULL;
    }
    post->has_key = http_header(exchange, "Idempotency-Key").at != NULL;
    post->kind = kind;
    post->message = message;
    post->is_action = strcmp(kind->name, "actions") == 0;
    if (kind->is_said)
        post->said = events_read_said(message);
    if (post->is_action)
        post->action = events_read_action(message);
    return make_record(exchange, post, key) ? post : NULL;
}
