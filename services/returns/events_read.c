/* SPDX-License-Identifier: Apache-2.0 */
#include "events.h"

#include "intake.pb-c.h"
#include "runtime/fields.h"
#include "runtime/frame.h"

#include <string.h>

/* The domain's numbers are the wire's. */
SAME(CHANNEL_LAST, AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_API);
SAME(LANGUAGE_EN, AFTERCARE__COMMON__V1__LANGUAGE__LANGUAGE_EN);
SAME(GOODS_VIRTUAL, AFTERCARE__COMMON__V1__GOODS_KIND__GOODS_KIND_VIRTUAL);
SAME(WISH_EXCHANGE, AFTERCARE__INBOUND__V1__RETURN_WISH__RETURN_WISH_EXCHANGE);
SAME(SCAN_BOOKED, AFTERCARE__COMMON__V1__PARCEL_STATUS__PARCEL_STATUS_BOOKED);
SAME(SCAN_DELIVERED, AFTERCARE__COMMON__V1__PARCEL_STATUS__PARCEL_STATUS_DELIVERED);
SAME(SCAN_EXCEPTION, AFTERCARE__COMMON__V1__PARCEL_STATUS__PARCEL_STATUS_EXCEPTION);
SAME(RESULT_UNKNOWN, AFTERCARE__INBOUND__V1__REFUND_OUTCOME__REFUND_OUTCOME_UNKNOWN);
SAME(ROLE_SYSTEM, AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_SYSTEM);
SAME(ACTION_OFFER_OPTIONS, AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_OFFER_OPTIONS);
SAME(ACTION_CANCEL_RETURN, AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_CANCEL_RETURN);

#define RETURN_LINES_MOST 50
#define ORDER_LINES_MOST  1000

/* Absent when there is no amount. */
static enum status money_of(const char *name, const Aftercare__Common__V1__Money *money, int64_t *ret_minor,
                            struct text *ret_currency, struct error *err)
{
    if (money == NULL)
        return STATUS_OK;
    struct text currency = text_of(money->currency);
    if (money->minor < 0)
        return fail(err, STATUS_INVALID, "%s.minor: must not be negative", name);
    if (currency.len != 3 || strspn(currency.at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return fail(err, STATUS_INVALID, "%s.currency: not three capitals", name);
    *ret_minor = money->minor;
    *ret_currency = currency;
    return STATUS_OK;
}

static enum status read_opened(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    (void)arena;
    const Aftercare__Intake__V1__CaseOpened *wire = message;
    TRY(field_number("case_opened.channel", (int64_t)wire->channel, 1, CHANNEL_LAST, err));
    fact->as.opened.channel = (int32_t)wire->channel;
    fact->as.opened.language = (int32_t)wire->language;
    return STATUS_OK;
}

static enum status read_order_line(const Aftercare__Common__V1__OrderLine *wire, struct text paid_currency,
                                   struct order_line *line, struct error *err)
{
    struct text currency = TEXT_NULL;
    TRY(field_number("order_linked.order.lines.line_no", wire->line_no, 1, INT32_MAX, err));
    TRY(field_number("order_linked.order.lines.quantity", wire->quantity, 1, INT32_MAX, err));
    TRY(field_number("order_linked.order.lines.warranty_months", wire->warranty_months, 0, INT32_MAX, err));
    TRY(field_optional_id("order_linked.order.lines.sku", wire->sku, &line->sku, err));
    TRY(field_text("order_linked.order.lines.product", wire->product, FIELD_WORDS_MOST, &line->product, err));
    TRY(money_of("order_linked.order.lines.price", wire->price, &line->price_minor, &currency, err));
    if (!text_equal(currency, paid_currency))
        line->price_minor = 0; /* says nothing about what may be paid back */
    line->line_no = wire->line_no;
    line->quantity = wire->quantity;
    line->warranty_months = wire->warranty_months;
    line->goods_kind = (int32_t)wire->goods_kind;
    return STATUS_OK;
}

static enum status read_order_lines(const Aftercare__Common__V1__OrderSnapshot *wire, struct arena *arena,
                                    struct fact_order *order, struct error *err)
{
    TRY(field_number("order_linked.order.lines: their number", (int64_t)wire->n_lines, 0, ORDER_LINES_MOST,
                     err));
    struct order_line *lines = NULL;
    if (arena != NULL && wire->n_lines > 0) {
        lines = arena_alloc_array(arena, wire->n_lines, sizeof *lines);
        if (lines == NULL)
            return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    }
    for (size_t i = 0; i < wire->n_lines; i++) {
        struct order_line line = {0};
        TRY(read_order_line(wire->lines[i], order->paid_currency, &line, err));
        if (lines != NULL)
            lines[i] = line;
    }
    order->lines = lines;
    order->line_count = lines == NULL ? 0 : wire->n_lines;
    return STATUS_OK;
}

static enum status read_order(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    const Aftercare__Common__V1__OrderSnapshot *wire =
        ((const Aftercare__Intake__V1__OrderLinked *)message)->order;
    struct fact_order *order = &fact->as.order;
    if (wire == NULL)
        return fail(err, STATUS_INVALID, "order_linked.order: must not be empty");
    int64_t placed_at_us = 0;
    TRY(field_id("order_linked.order.order_no", wire->order_no, &order->order_no, err));
    TRY(field_optional_id("order_linked.order.shop_id", wire->shop_id, &order->shop_id, err));
    TRY(money_of("order_linked.order.paid", wire->paid, &order->paid_minor, &order->paid_currency, err));
    TRY(field_optional_time("order_linked.order.updated_at", wire->updated_at, &order->updated_at_us, err));
    TRY(field_optional_time("order_linked.order.placed_at", wire->placed_at, &placed_at_us, err));
    TRY(field_optional_time("order_linked.order.paid_at", wire->paid_at, &order->bought_at_us, err));
    TRY(field_optional_time("order_linked.order.delivered_at", wire->delivered_at, &order->delivered_at_us,
                            err));
    if (order->bought_at_us == 0)
        order->bought_at_us = placed_at_us;
    return read_order_lines(wire, arena, order, err);
}

/* Lines as somebody asks for them. For actions about lines that are there, only their numbers count. */
static enum status read_line(const char *name, const Aftercare__Inbound__V1__ReturnLine *wire,
                             bool is_number_enough, struct wanted_line *line, struct error *err)
{
    if (wire->line_no < 1)
        return fail(err, STATUS_INVALID, "%s.line_no: must be 1 or more, not %d", name, (int)wire->line_no);
    line->line_no = wire->line_no;
    if (is_number_enough)
        return STATUS_OK;
    if (wire->quantity < 1)
        return fail(err, STATUS_INVALID, "%s.quantity: must be 1 or more, not %d", name, (int)wire->quantity);
    if ((int)wire->wish < 1 || (int)wire->wish >= WISH_COUNT)
        return fail(err, STATUS_INVALID, "%s.wish: must not be empty", name);
    enum status status = field_optional_id("sku", wire->sku, &line->sku, err);
    if (status == STATUS_OK)
        status = money_of("amount", wire->amount, &line->amount_minor, &line->currency, err);
    if (status != STATUS_OK)
        return fail_within(err, status, "%s", name);
    line->quantity = wire->quantity;
    line->wish = (int32_t)wire->wish;
    return STATUS_OK;
}

static enum status read_lines(const char *name, size_t count, Aftercare__Inbound__V1__ReturnLine **wire,
                              bool is_number_enough, struct arena *arena, struct wanted *wanted,
                              struct error *err)
{
    struct wanted_line lines[RETURN_LINES_MOST];
    if (count > RETURN_LINES_MOST)
        return fail(err, STATUS_INVALID, "%s: more than %d", name, RETURN_LINES_MOST);
    for (size_t i = 0; i < count; i++) {
        lines[i] = (struct wanted_line){0};
        TRY(read_line(name, wire[i], is_number_enough, &lines[i], err));
    }
    if (arena == NULL || count == 0)
        return STATUS_OK;
    wanted->lines = arena_copy(arena, lines, count * sizeof *lines);
    wanted->count = wanted->lines == NULL ? 0 : count;
    return wanted->lines != NULL ? STATUS_OK : fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
}

static enum status read_action(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    const Aftercare__Inbound__V1__ActionRequest *wire =
        ((const Aftercare__Intake__V1__ActionRequested *)message)->action;
    struct fact_action *action = &fact->as.action;
    if (wire == NULL)
        return fail(err, STATUS_INVALID, "action_requested.action: must not be empty");
    TRY(field_number("action_requested.action.kind", (int64_t)wire->kind, 1, INT32_MAX, err));
    int32_t kind = (int32_t)wire->kind;
    if (kind < ACTION_FIRST || kind >= ACTION_COUNT)
        return STATUS_OK; /* another service's: kind stays 0 */
    TRY(field_id("action_requested.action.action_id", wire->action_id, &action->action_id, err));
    TRY(field_number("action_requested.action.actor_role", (int64_t)wire->actor_role, 1, ROLE_COUNT - 1,
                     err));
    TRY(field_number("action_requested.action.expected_version", wire->expected_version, 0, INT64_MAX, err));
    TRY(field_optional_id("action_requested.action.option_id", wire->option_id, &action->option_id, err));
    TRY(field_optional_id("action_requested.action.waybill", wire->waybill, &action->waybill, err));
    TRY(field_optional_id("action_requested.action.carrier", wire->carrier, &action->carrier, err));
    TRY(field_text("action_requested.action.finding", wire->finding, FIELD_WORDS_MOST, &action->finding,
                   err));
    if (kind == ACTION_CHOOSE_OPTION && text_is_empty(action->option_id))
        return fail(err, STATUS_INVALID, "action_requested.action.option_id: must not be empty");
    if (kind == ACTION_SHIP_BACK && text_is_empty(action->waybill))
        return fail(err, STATUS_INVALID, "action_requested.action.waybill: must not be empty");
    TRY(read_lines("action_requested.action.lines", wire->n_lines, wire->lines, kind != ACTION_OFFER_OPTIONS,
                   arena, &action->wanted, err));
    action->kind = kind;
    action->role = (int32_t)wire->actor_role;
    action->expected_version = wire->expected_version;
    action->is_accepted = wire->is_accepted;
    return STATUS_OK;
}

static enum status read_request(const void *message, struct arena *arena, struct fact *fact,
                                struct error *err)
{
    const Aftercare__Inbound__V1__ReturnRequest *wire =
        ((const Aftercare__Intake__V1__ReturnRequested *)message)->request;
    struct fact_request *request = &fact->as.request;
    if (wire == NULL)
        return fail(err, STATUS_INVALID, "return_requested.request: must not be empty");
    TRY(field_id("return_requested.request.order_no", wire->order_no, &request->order_no, err));
    TRY(field_text("return_requested.request.reason", wire->reason, FIELD_WORDS_MOST, &request->reason, err));
    if (wire->n_lines == 0)
        return fail(err, STATUS_INVALID, "return_requested.request.lines: must not be empty");
    request->language = (int32_t)wire->language;
    return read_lines("return_requested.request.lines", wire->n_lines, wire->lines, false, arena,
                      &request->wanted, err);
}

static enum status read_scan(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    (void)arena;
    const Aftercare__Inbound__V1__ParcelScan *wire =
        ((const Aftercare__Intake__V1__ParcelScanned *)message)->scan;
    struct fact_scan *scan = &fact->as.scan;
    if (wire == NULL)
        return fail(err, STATUS_INVALID, "parcel_scanned.scan: must not be empty");
    TRY(field_optional_id("parcel_scanned.scan.waybill", wire->waybill, &scan->waybill, err));
    TRY(field_optional_id("parcel_scanned.scan.pickup_id", wire->pickup_id, &scan->pickup_id, err));
    TRY(field_optional_id("parcel_scanned.scan.carrier", wire->carrier, &scan->carrier, err));
    TRY(field_text("parcel_scanned.scan.place", wire->place, FIELD_WORDS_MOST, &scan->place, err));
    TRY(field_number("parcel_scanned.scan.status", (int64_t)wire->status, 1, SCAN_COUNT - 1, err));
    TRY(field_time("parcel_scanned.scan.scanned_at", wire->scanned_at, &scan->scanned_at_us, err));
    if (text_is_empty(scan->waybill) && text_is_empty(scan->pickup_id))
        return fail(err, STATUS_INVALID, "parcel_scanned.scan: waybill or pickup_id must be there");
    scan->status = (int32_t)wire->status;
    return STATUS_OK;
}

static enum status read_result(const void *message, struct arena *arena, struct fact *fact, struct error *err)
{
    (void)arena;
    const Aftercare__Inbound__V1__RefundResult *wire =
        ((const Aftercare__Intake__V1__RefundResultReceived *)message)->result;
    struct fact_result *result = &fact->as.result;
    if (wire == NULL)
        return fail(err, STATUS_INVALID, "refund_result_received.result: must not be empty");
    if (!uuid_parse(text_of(wire->intent_id), &result->intent_id))
        return fail(err, STATUS_INVALID, "refund_result_received.result.intent_id: not a UUID");
    TRY(field_number("refund_result_received.result.outcome", (int64_t)wire->outcome, 1, RESULT_COUNT - 1,
                     err));
    TRY(field_optional_id("refund_result_received.result.provider_ref", wire->provider_ref,
                          &result->provider_ref, err));
    TRY(field_text("refund_result_received.result.reason", wire->reason, FIELD_WORDS_MOST, &result->reason,
                   err));
    result->result = (int32_t)wire->outcome;
    return field_optional_time("refund_result_received.result.settled_at", wire->settled_at,
                               &result->settled_at_us, err);
}

static const struct fact_reader readers[] = {
    {&aftercare__intake__v1__case_opened__descriptor, FACT_OPENED, read_opened},
    {&aftercare__intake__v1__order_linked__descriptor, FACT_ORDER, read_order},
    {&aftercare__intake__v1__action_requested__descriptor, FACT_ACTION, read_action},
    {&aftercare__intake__v1__return_requested__descriptor, FACT_REQUEST, read_request},
    {&aftercare__intake__v1__parcel_scanned__descriptor, FACT_SCAN, read_scan},
    {&aftercare__intake__v1__refund_result_received__descriptor, FACT_RESULT, read_result},
    {NULL, 0, NULL},
};

enum status events_read(const struct event *event, struct arena *arena, struct fact *ret_fact,
                        struct error *err)
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
    TRY(reader->read(event->fact, arena, &fact, err));
    TRY(frame_case(event, &fact.case_id, err));
    *ret_fact = fact;
    return STATUS_OK;
}

enum status events_check(const struct event *event, struct error *err)
{
    struct fact fact;
    return events_read(event, NULL, &fact, err);
}
