/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/decode.h"

#include "runtime/topic_kind.h"
#include "runtime/wire.h"

#include <librdkafka/rdkafka.h>
#include <string.h>

static enum status read_headers(const rd_kafka_message_t *message, struct arena *arena, struct event *event)
{
    rd_kafka_headers_t *headers = NULL;
    if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return STATUS_OK;
    size_t count = rd_kafka_header_cnt(headers);
    struct header *copy = arena_alloc_array(arena, count + 1, sizeof *copy);
    if (copy == NULL)
        return STATUS_TRANSIENT;
    for (size_t i = 0; i < count; i++) {
        const char *name;
        const void *value;
        size_t len;
        if (rd_kafka_header_get_all(headers, i, &name, &value, &len) != RD_KAFKA_RESP_ERR_NO_ERROR)
            break;
        copy[i] = (struct header){text_of(name), text_make(value == NULL ? "" : value, len)};
        event->header_count = i + 1;
    }
    event->headers = copy;
    return STATUS_OK;
}

/* A type fits a route when the names are equal and, if the type names a package, that is the input's. */
static bool type_fits(const struct envelope *envelope, const struct input *input, const char *fact)
{
    if (!text_equal_string(envelope->type, fact))
        return false;
    if (envelope->type_full.len == envelope->type.len)
        return true;
    struct text package = text_make(envelope->type_full.at, envelope->type_full.len - envelope->type.len - 1);
    return text_equal_string(package, input->message->package_name);
}

static const struct route *find_route(const struct envelope *envelope, const struct input *input)
{
    for (const struct route *route = input->routes; route != NULL && route->fact != NULL; route++)
        if (type_fits(envelope, input, route->fact))
            return route;
    return NULL;
}

/* An inbox also carries what was sent again from the DLQ: records of any topic the service reads. */
static const struct route *find_any_route(const struct service *service, const struct envelope *envelope,
                                          const struct input **input)
{
    const struct route *route = find_route(envelope, *input);
    if (route != NULL || topic_kind_of(text_of((*input)->topic)) != TOPIC_INBOX)
        return route;
    for (const struct input *other = service->inputs; other->topic != NULL; other++) {
        route = find_route(envelope, other);
        if (route != NULL) {
            *input = other;
            return route;
        }
    }
    return NULL;
}

/* Unpacks the value and finds the fact that the header named. */
static enum status read_value(const struct input *input, struct decoded *decoded, struct arena *arena,
                              struct error *err)
{
    struct event *event = &decoded->event;
    if (event->value.at == NULL || event->value.len == 0)
        return fail(err, STATUS_INVALID, "the value is empty");
    ProtobufCMessage *wrapper;
    enum status status = wire_unpack(input->message, arena, event->value, &wrapper, err);
    if (status != STATUS_OK)
        return status;
    event->wrapper = wrapper;
    event->fact = wrapper;
    const ProtobufCMessageDescriptor *fact;
    const void *member;
    if (!wire_is_wrapper(input->message)) {
        if (strcmp(input->message->short_name, decoded->route->fact) == 0)
            return STATUS_OK;
        return fail(err, STATUS_INVALID, "ce_type: %s has no %s", input->message->name, decoded->route->fact);
    }
    if (!wire_oneof(wrapper, &fact, &member))
        return fail(err, STATUS_INVALID, "%s.fact: nothing is set", input->message->name);
    if (strcmp(fact->short_name, decoded->route->fact) != 0)
        return fail(err, STATUS_INVALID, "ce_type says %s, but the value holds %s", decoded->route->fact,
                    fact->short_name);
    event->fact = member;
    return STATUS_OK;
}

static enum status judge_number(struct decoded *decoded, struct cursor *cursor, struct arena *arena)
{
    const struct envelope_seq *seq = &decoded->envelope.seq;
    struct seen *seen = cursor_seen(cursor, arena, decoded->record->input, seq->service, seq->lane);
    if (seen == NULL)
        return STATUS_TRANSIENT;
    switch (seq_judge(seen->n, seq->n, seq->prev)) {
    case SEQ_REPEAT:
        decoded->as = DECODED_REPEAT;
        break;
    case SEQ_HOLE:
        decoded->as = DECODED_HOLE;
        break;
    case SEQ_APPLY:
        seen->n = seq->n; /* whatever becomes of it */
        break;
    }
    return STATUS_OK;
}

static enum status bury(struct decoded *decoded, const char *reason)
{
    decoded->as = DECODED_BURY;
    decoded->reason = reason;
    return STATUS_OK;
}

static enum status read_route(const struct service *service, struct decoded *decoded, struct arena *arena)
{
    const struct input *input = &service->inputs[decoded->record->input];
    decoded->route = find_any_route(service, &decoded->envelope, &input);
    if (decoded->route == NULL) {
        if (decoded->envelope.has_seq) {
            decoded->as = DECODED_UNUSED;
            return STATUS_OK;
        }
        fail(&decoded->why, STATUS_INVALID, "ce_type: '%.*s' is not read from this topic",
             (int)(decoded->envelope.type_full.len > 100 ? 100 : decoded->envelope.type_full.len),
             decoded->envelope.type_full.at == NULL ? "" : decoded->envelope.type_full.at);
        return bury(decoded, "invalid");
    }
    enum status status = read_value(input, decoded, arena, &decoded->why);
    if (status == STATUS_OK && decoded->route->check != NULL)
        status = decoded->route->check(&decoded->event, &decoded->why);
    if (status == STATUS_OK)
        return STATUS_OK;
    return arena->is_exhausted ? STATUS_TRANSIENT : bury(decoded, "invalid");
}

enum status decode_record(const struct service *service, struct record *record, int32_t lane,
                          struct cursor *cursor, struct arena *arena, struct decoded *ret_decoded,
                          struct error *err)
{
    const rd_kafka_message_t *message = record->message;
    struct decoded *decoded = ret_decoded;
    *decoded = (struct decoded){.as = DECODED_EVENT, .record = record};
    decoded->event = (struct event){.topic = text_of(service->inputs[record->input].topic),
                                    .lane = lane,
                                    .offset = message->offset,
                                    .key = text_make(message->key, message->key_len),
                                    .value = text_make(message->payload, message->len),
                                    .envelope = &decoded->envelope};
    if (!uuid_parse(decoded->event.key, &decoded->event.subject_id))
        decoded->event.subject_id = uuid_nil;
    cursor->offsets[record->input] = message->offset + 1;
    enum status status = read_headers(message, arena, &decoded->event);
    if (status != STATUS_OK)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");

    /* Only facts are numbered: on topics that others write, the header would be anybody's claim. */
    status =
        envelope_read(decoded->event.headers, decoded->event.header_count, &decoded->envelope, &decoded->why);
    if (topic_kind_of(decoded->event.topic) != TOPIC_FACTS)
        decoded->envelope.has_seq = false;
    if (status == STATUS_OK && !decoded->envelope.has_seq) {
        decoded->needs_memory = true;
        status = envelope_require_identity(&decoded->envelope, &decoded->why);
    }
    if (status != STATUS_OK)
        return bury(decoded, "invalid");
    if (decoded->envelope.has_seq && judge_number(decoded, cursor, arena) != STATUS_OK)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    if (decoded->as != DECODED_EVENT)
        return STATUS_OK;
    if (record->given_up_as != NULL) {
        decoded->why = *record->why;
        return bury(decoded, record->given_up_as);
    }
    if (read_route(service, decoded, arena) != STATUS_OK)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    return STATUS_OK;
}
