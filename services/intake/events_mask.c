/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mask.h"
#include "events.h"
#include "runtime/wire.h"

#include <string.h>

/* Where people write what they like. Ids are left alone: one waybill in ten looks like a card number. */
static bool is_words(const char *field)
{
    static const char *const names[] = {"text",  "words", "reason",  "resolution", "finding",
                                        "place", "name",  "product", "team"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(field, names[i]) == 0)
            return true;
    return false;
}

struct masking {
    struct arena *arena;
    struct text keep; /* the number of the order or waybill it is about */
    bool is_looking;  /* only looks whether there is something to hide */
    bool found_any;
    bool is_full;
};

static void walk(struct masking *to, ProtobufCMessage *message);

static void walk_text(struct masking *to, char **at)
{
    struct text masked = mask_numbers(to->arena, text_of(*at), to->keep);
    to->is_full = to->is_full || masked.at == NULL;
    if (masked.at == NULL || masked.at == *at)
        return;
    to->found_any = true;
    if (!to->is_looking)
        *at = (char *)masked.at;
}

static void walk(struct masking *to, ProtobufCMessage *message)
{
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        char *at = (char *)message + field->offset;
        if (field->type == PROTOBUF_C_TYPE_STRING && field->label != PROTOBUF_C_LABEL_REPEATED) {
            if (is_words(field->name))
                walk_text(to, (char **)at);
        } else if (field->type == PROTOBUF_C_TYPE_MESSAGE && field->label == PROTOBUF_C_LABEL_REPEATED) {
            size_t count = *(size_t *)((char *)message + field->quantifier_offset);
            for (size_t j = 0; j < count; j++)
                walk(to, (*(ProtobufCMessage ***)at)[j]);
        } else if (field->type == PROTOBUF_C_TYPE_MESSAGE && *(ProtobufCMessage **)at != NULL) {
            walk(to, *(ProtobufCMessage **)at);
        }
    }
}

static struct text number_to_keep(const ProtobufCMessage *message)
{
    struct text order_no = events_field(message, "order_no");
    return text_is_empty(order_no) ? events_field(message, "waybill") : order_no;
}

bool events_mask(ProtobufCMessage *message, struct arena *arena)
{
    struct masking masking = {.arena = arena, .keep = number_to_keep(message)};
    walk(&masking, message);
    return !masking.is_full;
}

enum status events_mask_record(const struct event *event, struct arena *arena,
                               const ProtobufCMessage **ret_message, struct text *ret_bytes,
                               struct error *err)
{
    struct masking looking = {.arena = arena, .keep = number_to_keep(event->wrapper), .is_looking = true};
    walk(&looking, (ProtobufCMessage *)event->wrapper);
    if (looking.is_full)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    *ret_message = event->wrapper;
    *ret_bytes = event->value;
    if (!looking.found_any)
        return STATUS_OK;
    ProtobufCMessage *copy;
    enum status status = wire_unpack(event->wrapper->descriptor, arena, event->value, &copy, err);
    if (status != STATUS_OK)
        return status;
    if (!events_mask(copy, arena))
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    *ret_message = copy;
    return wire_pack(arena, copy, 0, ret_bytes, err);
}
