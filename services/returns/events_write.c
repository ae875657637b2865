/* SPDX-License-Identifier: Apache-2.0 */
#include "events.h"

#include "returns.pb-c.h"
#include "runtime/fields.h"
#include "templates.h"

SAME(PAID_BY_CUSTOMER, AFTERCARE__RETURNS__V1__PAID_BY__PAID_BY_CUSTOMER);
SAME(LEG_TO_CUSTOMER, AFTERCARE__RETURNS__V1__LEG__LEG_TO_CUSTOMER);
SAME(OUTCOME_CANCELLED, AFTERCARE__RETURNS__V1__RETURN_OUTCOME__RETURN_OUTCOME_CANCELLED);

/* What a fact is put together from; the outbox packs it at once, so it may live on the stack. */
struct statement {
    struct outbox *outbox;
    const struct case_state *state;
    const struct effect *effect;
    char return_id[UUID_TEXT_LEN + 1];
};

static char *string(const struct statement *statement, struct text text)
{
    return field_of_text(outbox_arena(statement->outbox), text);
}

static Aftercare__Common__V1__Money money(const struct statement *statement, int64_t minor,
                                          struct text currency)
{
    Aftercare__Common__V1__Money wire = AFTERCARE__COMMON__V1__MONEY__INIT;
    wire.minor = minor;
    wire.currency = string(statement, currency);
    return wire;
}

static void send(const struct statement *statement, const ProtobufCMessage *fact)
{
    outbox_state(statement->outbox, statement->state->case_id, fact);
}

/* Facts of a return: id, version, and what the last argument sets. */
#define STATE(function, Name, NAME, ...)                                                                     \
    static void function(const struct statement *statement)                                                  \
    {                                                                                                        \
        const struct effect *effect = statement->effect;                                                     \
        Aftercare__Returns__V1__##Name wire = AFTERCARE__RETURNS__V1__##NAME##__INIT;                        \
        wire.return_id = (char *)statement->return_id;                                                       \
        wire.version = effect->version;                                                                      \
        __VA_ARGS__                                                                                          \
        send(statement, &wire.base);                                                                         \
    }

STATE(state_chosen, OptionChosen, OPTION_CHOSEN,
      Google__Protobuf__Timestamp promised = field_of_time(effect->at_us);
      wire.option_id = string(statement, effect->id); wire.promised_by = &promised;)
STATE(state_booked, PickupBooked, PICKUP_BOOKED,
      Google__Protobuf__Timestamp from = field_of_time(effect->at_us);
      Google__Protobuf__Timestamp to = field_of_time(effect->to_us);
      wire.pickup_id = string(statement, effect->id); wire.carrier = string(statement, effect->carrier);
      wire.slot_from = &from; wire.slot_to = &to;)
STATE(state_missed, PickupMissed, PICKUP_MISSED, wire.pickup_id = string(statement, effect->id);)
STATE(state_rebooked, PickupRebooked, PICKUP_REBOOKED,
      Google__Protobuf__Timestamp from = field_of_time(effect->at_us);
      Google__Protobuf__Timestamp to = field_of_time(effect->to_us);
      wire.pickup_id = string(statement, effect->id); wire.carrier = string(statement, effect->carrier);
      wire.slot_from = &from; wire.slot_to = &to;)
STATE(state_moved, ParcelMoved, PARCEL_MOVED, wire.leg = (Aftercare__Returns__V1__Leg)effect->leg;
      wire.status = (Aftercare__Common__V1__ParcelStatus)effect->number;
      wire.waybill = string(statement, effect->id); wire.place = string(statement, effect->text);)
STATE(state_received, GoodsReceived, GOODS_RECEIVED, )
STATE(state_inspected, GoodsInspected, GOODS_INSPECTED, wire.finding = string(statement, effect->text);
      wire.is_accepted = effect->is_accepted;)
STATE(state_repaired, RepairCompleted, REPAIR_COMPLETED, wire.done = string(statement, effect->text);)
STATE(state_shipped, GoodsShippedBack, GOODS_SHIPPED_BACK, wire.waybill = string(statement, effect->id);
      wire.carrier = string(statement, effect->carrier);)
STATE(state_delivered, GoodsDelivered, GOODS_DELIVERED, wire.waybill = string(statement, effect->id);)
STATE(state_requested, RefundRequested, REFUND_REQUESTED,
      Aftercare__Common__V1__Money amount = money(statement, effect->amount_minor, effect->currency);
      wire.intent_id = string(statement, effect->id); wire.line_no = effect->number; wire.amount = &amount;
      wire.order_no = string(statement, effect->text);)
STATE(state_settled, RefundSettled, REFUND_SETTLED,
      Aftercare__Common__V1__Money amount = money(statement, effect->amount_minor, effect->currency);
      wire.intent_id = string(statement, effect->id); wire.amount = &amount;
      wire.provider_ref = string(statement, effect->text);)
STATE(state_failed, RefundFailed, REFUND_FAILED, wire.intent_id = string(statement, effect->id);
      wire.reason = string(statement, effect->text);)
STATE(state_closed, ReturnClosed, RETURN_CLOSED,
      wire.outcome = (Aftercare__Returns__V1__ReturnOutcome)effect->number;)
STATE(state_delayed, PromiseDelayed, PROMISE_DELAYED,
      Google__Protobuf__Timestamp promised = field_of_time(effect->at_us);
      wire.promised_by = &promised; wire.reason = string(statement, effect->text);)

static void state_opened(const struct statement *statement)
{
    const struct effect *effect = statement->effect;
    Aftercare__Returns__V1__ReturnOpened wire = AFTERCARE__RETURNS__V1__RETURN_OPENED__INIT;
    size_t count = effect->line_count;
    Aftercare__Inbound__V1__ReturnLine *lines =
        arena_alloc_array(outbox_arena(statement->outbox), count + 1, sizeof *lines);
    Aftercare__Inbound__V1__ReturnLine **list =
        arena_alloc_array(outbox_arena(statement->outbox), count + 1, sizeof *list);
    Aftercare__Common__V1__Money *amounts =
        arena_alloc_array(outbox_arena(statement->outbox), count + 1, sizeof *amounts);
    if (lines == NULL || list == NULL || amounts == NULL)
        return; /* a full arena stops the batch */
    for (size_t i = 0; i < count; i++) {
        const struct return_line *line = &effect->lines[i];
        if (line->state != LINE_PLANNED)
            continue;
        aftercare__inbound__v1__return_line__init(&lines[i]);
        lines[i].line_no = line->line_no;
        lines[i].sku = string(statement, line->sku);
        lines[i].quantity = line->quantity;
        lines[i].wish = (Aftercare__Inbound__V1__ReturnWish)line->wish;
        amounts[i] = money(statement, line->amount_minor, line->currency);
        if (line->amount_minor > 0)
            lines[i].amount = &amounts[i];
        list[wire.n_lines++] = &lines[i];
    }
    wire.return_id = (char *)statement->return_id;
    wire.order_no = string(statement, effect->text);
    wire.lines = list;
    wire.in_warranty = effect->is_in_warranty;
    wire.version = effect->version;
    send(statement, &wire.base);
}

static void state_offered(const struct statement *statement)
{
    const struct effect *effect = statement->effect;
    Aftercare__Returns__V1__OptionsOffered wire = AFTERCARE__RETURNS__V1__OPTIONS_OFFERED__INIT;
    size_t count = effect->option_count;
    Aftercare__Returns__V1__ReturnOption *options =
        arena_alloc_array(outbox_arena(statement->outbox), count + 1, sizeof *options);
    Aftercare__Returns__V1__ReturnOption **list =
        arena_alloc_array(outbox_arena(statement->outbox), count + 1, sizeof *list);
    Google__Protobuf__Timestamp *promised =
        arena_alloc_array(outbox_arena(statement->outbox), count + 1, sizeof *promised);
    if (options == NULL || list == NULL || promised == NULL)
        return; /* a full arena stops the batch */
    for (size_t i = 0; i < count; i++) {
        const struct offered_option *option = &effect->options[i];
        aftercare__returns__v1__return_option__init(&options[i]);
        promised[i] = field_of_time(option->promised_by_us);
        options[i].option_id = string(statement, option->option_id);
        options[i].pros = string(statement, option->pros);
        options[i].cons = string(statement, option->cons);
        options[i].freight_paid_by = (Aftercare__Returns__V1__PaidBy)option->freight_paid_by;
        options[i].promised_by = &promised[i];
        list[i] = &options[i];
    }
    wire.return_id = (char *)statement->return_id;
    wire.options = list;
    wire.n_options = count;
    wire.version = effect->version;
    send(statement, &wire.base);
}

static void state_applied(const struct statement *statement)
{
    Aftercare__Returns__V1__ActionApplied wire = AFTERCARE__RETURNS__V1__ACTION_APPLIED__INIT;
    wire.action_id = string(statement, statement->effect->id);
    wire.version = statement->effect->version;
    send(statement, &wire.base);
}

static void state_refused(const struct statement *statement)
{
    const struct effect *effect = statement->effect;
    Aftercare__Returns__V1__CommandRefused wire = AFTERCARE__RETURNS__V1__COMMAND_REFUSED__INIT;
    char *moves[MOVES_MOST];
    for (size_t i = 0; i < effect->move_count; i++)
        moves[wire.n_legal_moves++] = (char *)effect->moves[i];
    wire.action_id = string(statement, effect->id);
    wire.reason = string(statement, effect->text);
    wire.version = effect->version;
    wire.legal_moves = moves;
    send(statement, &wire.base);
}

static void state_notified(const struct statement *statement)
{
    const struct effect *effect = statement->effect;
    const struct case_state *state = statement->state;
    Aftercare__Common__V1__Notice notice = AFTERCARE__COMMON__V1__NOTICE__INIT;
    Aftercare__Returns__V1__CustomerNotified wire = AFTERCARE__RETURNS__V1__CUSTOMER_NOTIFIED__INIT;
    char *references[1] = {string(statement, effect->id)};
    notice.template_ = (char *)template_names[effect->number];
    notice.language = state->language == LANGUAGE_EN ? AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN
                                                     : AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_ZH_CN;
    notice.channel = (Aftercare__Common__V1__Channel)state->channel;
    notice.text = string(statement, effect->text);
    notice.references = references;
    notice.n_references = text_is_empty(effect->id) ? 0 : 1;
    wire.notice = &notice;
    send(statement, &wire.base);
}

static void (*const statements[])(const struct statement *) = {
    [EFFECT_OPENED] = state_opened,
    [EFFECT_OFFERED] = state_offered,
    [EFFECT_CHOSEN] = state_chosen,
    [EFFECT_PICKUP_BOOKED] = state_booked,
    [EFFECT_PICKUP_MISSED] = state_missed,
    [EFFECT_PICKUP_REBOOKED] = state_rebooked,
    [EFFECT_PARCEL_MOVED] = state_moved,
    [EFFECT_RECEIVED] = state_received,
    [EFFECT_INSPECTED] = state_inspected,
    [EFFECT_REPAIRED] = state_repaired,
    [EFFECT_SHIPPED_BACK] = state_shipped,
    [EFFECT_DELIVERED] = state_delivered,
    [EFFECT_REFUND_REQUESTED] = state_requested,
    [EFFECT_REFUND_SETTLED] = state_settled,
    [EFFECT_REFUND_FAILED] = state_failed,
    [EFFECT_CLOSED] = state_closed,
    [EFFECT_DELAYED] = state_delayed,
    [EFFECT_APPLIED] = state_applied,
    [EFFECT_REFUSED] = state_refused,
    [EFFECT_NOTIFIED] = state_notified,
};

void events_state(struct outbox *outbox, const struct case_state *state, const struct effects *effects)
{
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->items[i];
        if (effect->kind == EFFECT_ARM) {
            outbox_arm(outbox, state->case_id, deadline_names[effect->deadline], effect->at_us);
            continue;
        }
        if (effect->kind == EFFECT_CANCEL) {
            outbox_cancel(outbox, state->case_id, deadline_names[effect->deadline]);
            continue;
        }
        struct statement statement = {.outbox = outbox, .state = state, .effect = effect};
        uuid_format(effect->return_id, statement.return_id);
        statements[effect->kind](&statement);
    }
}
