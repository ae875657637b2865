/* SPDX-License-Identifier: Apache-2.0 */
#include "domain.h"
#include "events.h"
#include "intake.pb-c.h"
#include "runtime/fields.h"
#include "runtime/frame.h"

/* The domain's numbers are the wire's. */
SAME(CHANNEL_CHAT, AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_CHAT);
SAME(CHANNEL_API, AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_API);
SAME(LANGUAGE_EN, AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN);
SAME(TYPE_COMPLAINT, AFTERCARE__COMMON__V1__CASE_TYPE__CASE_TYPE_COMPLAINT);
SAME(ROLE_CUSTOMER, AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_CUSTOMER);
SAME(ROLE_SYSTEM, AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_SYSTEM);
SAME(ACTION_CORRECT, AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_CORRECT_CLASSIFICATION);

#define WARRANTY_MONTHS_MOST 1200

static enum status read_opened(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    (void)arena;
    const Aftercare__Intake__V1__CaseOpened *wire = message;
    struct fact_opened *opened = &fact->as.opened;
    struct text follow_up_of;
    TRY(field_number("case_opened.channel", (int64_t)wire->channel, 1, CHANNEL_COUNT - 1, err));
    TRY(field_number("case_opened.language", (int64_t)wire->language, 0, LANGUAGE_COUNT - 1, err));
    TRY(field_optional_id("case_opened.follow_up_of", wire->follow_up_of, &follow_up_of, err));
    TRY(field_text("case_opened.reason", wire->reason, FIELD_WORDS_MOST, &opened->reason, err));
    TRY(field_time("case_opened.received_at", wire->received_at, &opened->received_at_us, err));
    opened->channel = (int32_t)wire->channel;
    opened->language = (int32_t)wire->language;
    opened->is_follow_up = follow_up_of.len > 0;
    return STATUS_OK;
}

static enum status read_message(const void *message, struct arena *arena, struct fact *fact,
                                struct error *err)
{
    (void)arena;
    const Aftercare__Intake__V1__MessageReceived *wire = message;
    struct fact_words *words = &fact->as.words;
    TRY(field_number("message_received.author", (int64_t)wire->author, 0, ROLE_COUNT - 1, err));
    TRY(field_number("message_received.language", (int64_t)wire->language, 0, LANGUAGE_COUNT - 1, err));
    TRY(field_text("message_received.text", wire->text, FIELD_WORDS_MOST, &words->text, err));
    TRY(field_optional_time("message_received.received_at", wire->received_at, &fact->at_us, err));
    /* As at the door: who is not named is the customer. */
    words->is_customers = wire->author == 0 || (int)wire->author == ROLE_CUSTOMER;
    words->language = (int32_t)wire->language;
    words->has_attachment = wire->n_attachments > 0;
    return STATUS_OK;
}

static enum status read_call(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    (void)arena;
    const Aftercare__Intake__V1__CallRecorded *wire = message;
    struct fact_words *words = &fact->as.words;
    TRY(field_number("call_recorded.language", (int64_t)wire->language, 0, LANGUAGE_COUNT - 1, err));
    TRY(field_text("call_recorded.words", wire->words, FIELD_WORDS_MOST, &words->text, err));
    TRY(field_optional_time("call_recorded.received_at", wire->received_at, &fact->at_us, err));
    words->is_customers = true;
    words->language = (int32_t)wire->language;
    return STATUS_OK;
}

static enum status read_lines(const Aftercare__Common__V1__OrderSnapshot *wire, struct fact_order *order,
                              struct error *err)
{
    for (size_t i = 0; i < wire->n_lines; i++) {
        const Aftercare__Common__V1__OrderLine *from = wire->lines[i];
        struct line line = {.warranty_months = from->warranty_months};
        TRY(field_printable("order_linked.order.lines.product", from->product, FIELD_NAME_MOST, &line.product,
                            err));
        TRY(field_optional_id("order_linked.order.lines.model", from->model, &line.model, err));
        TRY(field_number("order_linked.order.lines.warranty_months", from->warranty_months, 0,
                         WARRANTY_MONTHS_MOST, err));
        if (order->line_count < WARRANTY_LINES_MOST)
            order->lines[order->line_count++] = line;
    }
    return STATUS_OK;
}

static enum status read_order(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    (void)arena;
    const Aftercare__Common__V1__OrderSnapshot *wire =
        ((const Aftercare__Intake__V1__OrderLinked *)message)->order;
    struct fact_order *order = &fact->as.order;
    if (wire == NULL)
        return fail(err, STATUS_INVALID, "order_linked.order: must not be empty");
    TRY(field_id("order_linked.order.order_no", wire->order_no, &order->order_no, err));
    TRY(field_optional_id("order_linked.order.carrier", wire->carrier, &order->carrier, err));
    TRY(field_optional_id("order_linked.order.waybill", wire->waybill, &order->waybill, err));
    TRY(field_optional_time("order_linked.order.placed_at", wire->placed_at, &order->placed_at_us, err));
    TRY(field_optional_time("order_linked.order.shipped_at", wire->shipped_at, &order->shipped_at_us, err));
    TRY(field_optional_time("order_linked.order.delivered_at", wire->delivered_at, &order->delivered_at_us,
                            err));
    order->updated_at_us = fact->at_us;
    TRY(field_optional_time("order_linked.order.updated_at", wire->updated_at, &order->updated_at_us, err));
    return read_lines(wire, order, err);
}

static enum status read_action(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    (void)arena;
    const Aftercare__Inbound__V1__ActionRequest *wire =
        ((const Aftercare__Intake__V1__ActionRequested *)message)->action;
    struct fact_action *action = &fact->as.action;
    if (wire == NULL)
        return fail(err, STATUS_INVALID, "action_requested.action: must not be empty");
    TRY(field_number("action_requested.action.kind", (int64_t)wire->kind, 1, INT32_MAX, err));
    if ((int)wire->kind != ACTION_CORRECT)
        return STATUS_OK; /* another service's */
    TRY(field_id("action_requested.action.action_id", wire->action_id, &action->action_id, err));
    TRY(field_id("action_requested.action.actor_id", wire->actor_id, &action->actor_id, err));
    TRY(field_number("action_requested.action.actor_role", (int64_t)wire->actor_role, 1, ROLE_COUNT - 1,
                     err));
    TRY(field_number("action_requested.action.expected_version", wire->expected_version, 0, INT64_MAX, err));
    TRY(field_number("action_requested.action.correct_type", (int64_t)wire->correct_type, 0, TYPE_COUNT - 1,
                     err));
    TRY(field_optional_id("action_requested.action.correct_label", wire->correct_label, &action->label, err));
    action->is_correction = true;
    action->role = (int32_t)wire->actor_role;
    action->expected_version = wire->expected_version;
    action->type = (int32_t)wire->correct_type;
    return STATUS_OK;
}

static const struct fact_reader readers[] = {
    {&aftercare__intake__v1__case_opened__descriptor, FACT_OPENED, read_opened},
    {&aftercare__intake__v1__message_received__descriptor, FACT_WORDS, read_message},
    {&aftercare__intake__v1__call_recorded__descriptor, FACT_WORDS, read_call},
    {&aftercare__intake__v1__order_linked__descriptor, FACT_ORDER, read_order},
    {&aftercare__intake__v1__action_requested__descriptor, FACT_ACTION, read_action},
    {NULL, 0, NULL},
};

enum status events_read(const struct event *event, struct fact *ret_fact, struct error *err)
{
    struct fact fact = {0};
    if (event->due != NULL) {
        int deadline;
        TRY(frame_deadline(event, deadline_names, DEADLINE_COUNT, &deadline, err));
        *ret_fact = (struct fact){.kind = FACT_DUE,
                                  .case_id = event->due->subject_id,
                                  .at_us = event->due->due_at_us,
                                  .as.due = (enum deadline)deadline};
        return STATUS_OK;
    }
    const struct fact_reader *reader;
    TRY(frame_reader(event, readers, &reader, err));
    TRY(frame_at(event, &fact.at_us, err));
    fact.kind = (enum fact_kind)reader->kind;
    TRY(reader->read(event->fact, NULL, &fact, err));
    TRY(frame_case(event, &fact.case_id, err));
    *ret_fact = fact;
    return STATUS_OK;
}

enum status events_check(const struct event *event, struct error *err)
{
    struct fact fact;
    return events_read(event, &fact, err);
}
