/* SPDX-License-Identifier: Apache-2.0 */
#include "events.h"

#include "core/money.h"
#include "core/time.h"
#include "inbound.pb-c.h"

#include <string.h>

enum { ID_BYTES = 128, URL_BYTES = 2048, WORDS = 20000, REASON = 2000, PRODUCT = 500 };
enum { LINES = 500, RETURN_LINES = 50, SKILLS = 50, MONTHS = 1200 };

static enum status required(const char *value, const char *field, struct error *err)
{
    return *value != '\0' ? STATUS_OK : fail(err, STATUS_INVALID, "%s: is required", field);
}

static enum status check_printable(const char *value, const char *field, struct error *err)
{
    for (const char *at = value; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return fail(err, STATUS_INVALID, "%s: has a control character", field);
    return STATUS_OK;
}

/* Ids are the publisher's own: printable, at most 128 bytes. Empty is fine where they may be absent. */
static enum status check_id(const char *value, const char *field, struct error *err)
{
    size_t len = strlen(value);
    if (len > ID_BYTES)
        return fail(err, STATUS_INVALID, "%s: has %zu bytes, at most %d are allowed", field, len, ID_BYTES);
    return check_printable(value, field, err);
}

static enum status check_required_id(const char *value, const char *field, struct error *err)
{
    enum status status = required(value, field, err);
    return status == STATUS_OK ? check_id(value, field, err) : status;
}

/* An id that may be absent, or must be there. */
struct named_id {
    const char *field;
    const char *value;
    bool is_required;
};

static enum status check_ids(const struct named_id *ids, size_t count, struct error *err)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = ids[i].is_required ? check_required_id(ids[i].value, ids[i].field, err)
                                    : check_id(ids[i].value, ids[i].field, err);
    return status;
}
#define CHECK_IDS(err, ...)                                                                                  \
    check_ids((const struct named_id[]){__VA_ARGS__},                                                        \
              sizeof((const struct named_id[]){__VA_ARGS__}) / sizeof(struct named_id), err)

/* Length in characters: bytes that do not continue one. */
static enum status check_words(const char *value, const char *field, size_t most, struct error *err)
{
    size_t characters = 0;
    for (const char *at = value; *at != '\0'; at++)
        characters += ((unsigned char)*at & 0xC0) != 0x80;
    if (characters > most)
        return fail(err, STATUS_INVALID, "%s: has %zu characters, at most %zu are allowed", field, characters,
                    most);
    return STATUS_OK;
}

static enum status check_time(const Google__Protobuf__Timestamp *at, const char *field, bool is_required,
                              struct error *err)
{
    if (at == NULL)
        return is_required ? fail(err, STATUS_INVALID, "%s: is required", field) : STATUS_OK;
    if (at->seconds < 0 || at->seconds > TIME_MAX_US / US_PER_SECOND)
        return fail(err, STATUS_INVALID, "%s: lies outside the years 1970 to 9999", field);
    if (is_required && at->seconds == 0)
        return fail(err, STATUS_INVALID, "%s: is the beginning of 1970, as where nobody has set it", field);
    if (at->nanos < 0 || at->nanos > 999999999)
        return fail(err, STATUS_INVALID, "%s: nanos must be 0 to 999999999", field);
    return STATUS_OK;
}

static enum status check_order_of_times(const Google__Protobuf__Timestamp *first, const char *first_field,
                                        const Google__Protobuf__Timestamp *second, const char *second_field,
                                        struct error *err)
{
    if (first == NULL || second == NULL || second->seconds > first->seconds ||
        (second->seconds == first->seconds && second->nanos >= first->nanos))
        return STATUS_OK;
    return fail(err, STATUS_INVALID, "%s: lies before %s", second_field, first_field);
}

static enum status check_money(const Aftercare__Common__V1__Money *money, const char *field,
                               struct error *err)
{
    struct money made;
    if (money == NULL)
        return STATUS_OK;
    if (money->minor < 0)
        return fail(err, STATUS_INVALID, "%s.minor: must not be negative", field);
    enum status status = money_make(money->minor, text_of(money->currency), &made, err);
    return status == STATUS_OK ? status : fail_within(err, status, "%s.currency", field);
}

static enum status check_url(const char *url, const char *field, struct error *err)
{
    if (strncmp(url, "https://", 8) != 0)
        return fail(err, STATUS_INVALID, "%s: must start with https://", field);
    if (strlen(url) > URL_BYTES)
        return fail(err, STATUS_INVALID, "%s: is longer than %d bytes", field, URL_BYTES);
    for (const char *at = url; *at != '\0'; at++)
        if ((unsigned char)*at <= 0x20 || *at == 0x7f)
            return fail(err, STATUS_INVALID, "%s: has a blank or control character", field);
    return STATUS_OK;
}

static enum status check_attachments(Aftercare__Common__V1__Attachment **all, size_t count, struct error *err)
{
    if (count > 20)
        return fail(err, STATUS_INVALID, "attachments: %zu are there, at most 20 are allowed", count);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = check_url(all[i]->url, "url", err);
        if (status == STATUS_OK)
            status = check_id(all[i]->media_type, "media_type", err);
        if (status == STATUS_OK && all[i]->bytes < 0)
            status = fail(err, STATUS_INVALID, "bytes: must not be negative");
        if (status != STATUS_OK)
            fail_within(err, status, "attachments[%zu]", i);
    }
    return status;
}

static enum status check_message(const Aftercare__Inbound__V1__InboundMessage *in, struct error *err)
{
    enum status status =
        CHECK_IDS(err, {"message_id", in->message_id, true}, {"shop_id", in->shop_id, true},
                  {"conversation_id", in->conversation_id, false}, {"seller_id", in->seller_id, false},
                  {"customer_id", in->customer_id, false}, {"customer_phone", in->customer_phone, false},
                  {"customer_email", in->customer_email, false}, {"order_no", in->order_no, false});
    if (status != STATUS_OK)
        return status;
    if (in->channel == AFTERCARE__COMMON__V1__CHANNEL__CHANNEL_UNSPECIFIED)
        return fail(err, STATUS_INVALID, "channel: is required");
    if (text_is_empty(text_trim(text_of(in->text))) && in->n_attachments == 0)
        return fail(err, STATUS_INVALID, "text: text or attachments must be there");
    status = check_words(in->text, "text", WORDS, err);
    return status == STATUS_OK ? check_attachments(in->attachments, in->n_attachments, err) : status;
}

static enum status check_call(const Aftercare__Inbound__V1__CallRecord *in, struct error *err)
{
    enum status status =
        CHECK_IDS(err, {"call_id", in->call_id, true}, {"shop_id", in->shop_id, true},
                  {"conversation_id", in->conversation_id, false}, {"seller_id", in->seller_id, false},
                  {"customer_id", in->customer_id, false}, {"customer_phone", in->customer_phone, false},
                  {"order_no", in->order_no, false}, {"agent_id", in->agent_id, false});
    if (status == STATUS_OK)
        status = check_time(in->rang_at, "rang_at", true, err);
    if (status == STATUS_OK)
        status = check_time(in->answered_at, "answered_at", false, err);
    if (status == STATUS_OK)
        status = check_time(in->hung_up_at, "hung_up_at", false, err);
    if (status == STATUS_OK)
        status = check_order_of_times(in->rang_at, "rang_at", in->answered_at, "answered_at", err);
    if (status == STATUS_OK)
        status = check_order_of_times(in->answered_at != NULL ? in->answered_at : in->rang_at,
                                      in->answered_at != NULL ? "answered_at" : "rang_at", in->hung_up_at,
                                      "hung_up_at", err);
    if (status == STATUS_OK && *in->recording_url != '\0')
        status = check_url(in->recording_url, "recording_url", err);
    return status == STATUS_OK ? check_words(in->words, "words", WORDS, err) : status;
}

static enum status check_return_lines(Aftercare__Inbound__V1__ReturnLine **all, size_t count, size_t least,
                                      struct error *err)
{
    if (count < least || count > RETURN_LINES)
        return fail(err, STATUS_INVALID, "lines: %zu are there, %zu to %d are allowed", count, least,
                    RETURN_LINES);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (all[i]->line_no < 1)
            status = fail(err, STATUS_INVALID, "line_no: must be 1 or more");
        else if (all[i]->quantity < 1)
            status = fail(err, STATUS_INVALID, "quantity: must be 1 or more");
        else if (all[i]->wish == AFTERCARE__INBOUND__V1__RETURN_WISH__RETURN_WISH_UNSPECIFIED)
            status = fail(err, STATUS_INVALID, "wish: is required");
        if (status == STATUS_OK)
            status = check_id(all[i]->sku, "sku", err);
        if (status == STATUS_OK)
            status = check_money(all[i]->amount, "amount", err);
        if (status != STATUS_OK)
            fail_within(err, status, "lines[%zu]", i);
    }
    return status;
}

static enum status check_return(const Aftercare__Inbound__V1__ReturnRequest *in, struct error *err)
{
    enum status status = CHECK_IDS(err, {"request_id", in->request_id, true}, {"shop_id", in->shop_id, true},
                                   {"customer_id", in->customer_id, true}, {"order_no", in->order_no, true});
    if (status == STATUS_OK)
        status = check_return_lines(in->lines, in->n_lines, 1, err);
    return status == STATUS_OK ? check_words(in->reason, "reason", REASON, err) : status;
}

/* What each kind of action cannot do without. */
static enum status check_action_kind(const Aftercare__Inbound__V1__ActionRequest *in, struct error *err)
{
    switch (in->kind) {
    case AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_UNSPECIFIED:
        return fail(err, STATUS_INVALID, "kind: is required");
    case AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_REPLY:
    case AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_NOTE:
    case AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_ASK:
        return text_is_empty(text_trim(text_of(in->text))) ? fail(err, STATUS_INVALID, "text: is required")
                                                           : STATUS_OK;
    case AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_CHOOSE_OPTION:
        return required(in->option_id, "option_id", err);
    case AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_SHIP_BACK:
        return required(in->waybill, "waybill", err);
    case AFTERCARE__COMMON__V1__ACTION_KIND__ACTION_KIND_CORRECT_CLASSIFICATION:
        if (in->correct_type == AFTERCARE__COMMON__V1__CASE_TYPE__CASE_TYPE_UNSPECIFIED)
            return required(in->correct_label, "correct_label", err);
        return STATUS_OK;
    default:
        return STATUS_OK;
    }
}

static enum status check_action(const Aftercare__Inbound__V1__ActionRequest *in, struct error *err)
{
    struct uuid case_id;
    enum status status =
        CHECK_IDS(err, {"action_id", in->action_id, true}, {"case_id", in->case_id, true},
                  {"actor_id", in->actor_id, true}, {"target_agent_id", in->target_agent_id, false},
                  {"option_id", in->option_id, false}, {"waybill", in->waybill, false},
                  {"carrier", in->carrier, false}, {"correct_label", in->correct_label, false});
    if (status != STATUS_OK)
        return status;
    if (!uuid_parse(text_of(in->case_id), &case_id) || uuid_is_nil(case_id))
        return fail(err, STATUS_INVALID, "case_id: must be a UUID");
    if (in->actor_role == AFTERCARE__COMMON__V1__ACTOR_ROLE__ACTOR_ROLE_UNSPECIFIED)
        return fail(err, STATUS_INVALID, "actor_role: is required");
    if (in->expected_version < 0)
        return fail(err, STATUS_INVALID, "expected_version: must not be negative");
    status = check_action_kind(in, err);
    if (status == STATUS_OK)
        status = check_words(in->text, "text", WORDS, err);
    if (status == STATUS_OK)
        status = check_words(in->resolution, "resolution", REASON, err);
    if (status == STATUS_OK)
        status = check_words(in->finding, "finding", REASON, err);
    return status == STATUS_OK ? check_return_lines(in->lines, in->n_lines, 0, err) : status;
}

static enum status check_order_lines(const Aftercare__Common__V1__OrderSnapshot *order, struct error *err)
{
    if (order->n_lines > LINES)
        return fail(err, STATUS_INVALID, "lines: %zu are there, at most %d are allowed", order->n_lines,
                    LINES);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < order->n_lines && status == STATUS_OK; i++) {
        const Aftercare__Common__V1__OrderLine *line = order->lines[i];
        status = CHECK_IDS(err, {"sku", line->sku, false}, {"model", line->model, false});
        if (status == STATUS_OK)
            status = check_words(line->product, "product", PRODUCT, err);
        if (status == STATUS_OK)
            status = check_printable(line->product, "product", err);
        if (status == STATUS_OK)
            status = check_money(line->price, "price", err);
        if (status == STATUS_OK && line->line_no < 1)
            status = fail(err, STATUS_INVALID, "line_no: must be 1 or more");
        if (status == STATUS_OK && line->quantity < 1)
            status = fail(err, STATUS_INVALID, "quantity: must be 1 or more");
        if (status == STATUS_OK && (line->warranty_months < 0 || line->warranty_months > MONTHS))
            status = fail(err, STATUS_INVALID, "warranty_months: must be 0 to %d", MONTHS);
        if (status != STATUS_OK)
            fail_within(err, status, "lines[%zu]", i);
    }
    return status;
}

static enum status check_order(const Aftercare__Inbound__V1__OrderUpdate *in, struct error *err)
{
    const Aftercare__Common__V1__OrderSnapshot *order = in->order;
    if (order == NULL)
        return fail(err, STATUS_INVALID, "order: is required");
    enum status status =
        CHECK_IDS(err, {"order_no", order->order_no, true}, {"shop_id", order->shop_id, true},
                  {"seller_id", order->seller_id, false}, {"customer_id", order->customer_id, false},
                  {"waybill", order->waybill, false}, {"carrier", order->carrier, false});
    const struct {
        const Google__Protobuf__Timestamp *at;
        const char *field;
    } times[] = {{order->placed_at, "placed_at"},
                 {order->paid_at, "paid_at"},
                 {order->shipped_at, "shipped_at"},
                 {order->delivered_at, "delivered_at"}};
    for (size_t i = 0; i < sizeof times / sizeof *times && status == STATUS_OK; i++)
        status = check_time(times[i].at, times[i].field, false, err);
    if (status == STATUS_OK)
        status = check_time(order->updated_at, "updated_at", true, err);
    if (status == STATUS_OK)
        status = check_money(order->paid, "paid", err);
    if (status == STATUS_OK)
        status = check_order_lines(order, err);
    return status == STATUS_OK ? status : fail_within(err, status, "order");
}

static enum status check_customer(const Aftercare__Inbound__V1__CustomerUpdate *in, struct error *err)
{
    enum status status = CHECK_IDS(err, {"customer_id", in->customer_id, true},
                                   {"shop_id", in->shop_id, false}, {"name", in->name, false});
    return status == STATUS_OK ? check_time(in->updated_at, "updated_at", true, err) : status;
}

static enum status check_skill(const char *skill, struct error *err)
{
    enum status status = check_required_id(skill, "skills", err);
    if (status == STATUS_OK && strchr(skill, ',') != NULL)
        return fail(err, STATUS_INVALID, "skills: must not have a comma");
    return status;
}

static enum status check_agent(const Aftercare__Inbound__V1__AgentUpdate *in, struct error *err)
{
    enum status status = CHECK_IDS(err, {"agent_id", in->agent_id, true}, {"name", in->name, false},
                                   {"team", in->team, false});
    for (size_t i = 0; i < in->n_skills && status == STATUS_OK; i++)
        status = check_skill(in->skills[i], err);
    if (status != STATUS_OK)
        return status;
    if (in->n_skills > SKILLS)
        return fail(err, STATUS_INVALID, "skills: %zu are there, at most %d are allowed", in->n_skills,
                    SKILLS);
    if (in->presence == AFTERCARE__INBOUND__V1__PRESENCE__PRESENCE_UNSPECIFIED)
        return fail(err, STATUS_INVALID, "presence: is required");
    if (in->capacity < 0 || in->capacity > 1000)
        return fail(err, STATUS_INVALID, "capacity: must be 0 to 1000");
    if (in->level < 0 || in->level > 3)
        return fail(err, STATUS_INVALID, "level: must be 1 to 3");
    return check_time(in->updated_at, "updated_at", true, err);
}

static enum status check_scan(const Aftercare__Inbound__V1__ParcelScan *in, struct error *err)
{
    enum status status = CHECK_IDS(err, {"waybill", in->waybill, false}, {"pickup_id", in->pickup_id, false},
                                   {"carrier", in->carrier, false});
    if (status != STATUS_OK)
        return status;
    if (*in->waybill == '\0' && *in->pickup_id == '\0')
        return fail(err, STATUS_INVALID, "waybill: waybill or pickup_id must be there");
    if (in->status == AFTERCARE__COMMON__V1__PARCEL_STATUS__PARCEL_STATUS_UNSPECIFIED)
        return fail(err, STATUS_INVALID, "status: is required");
    status = check_words(in->place, "place", REASON, err);
    return status == STATUS_OK ? check_time(in->scanned_at, "scanned_at", true, err) : status;
}

static enum status check_refund(const Aftercare__Inbound__V1__RefundResult *in, struct error *err)
{
    enum status status =
        CHECK_IDS(err, {"intent_id", in->intent_id, true}, {"provider_ref", in->provider_ref, false});
    if (status != STATUS_OK)
        return status;
    if (in->outcome == AFTERCARE__INBOUND__V1__REFUND_OUTCOME__REFUND_OUTCOME_UNSPECIFIED)
        return fail(err, STATUS_INVALID, "outcome: is required");
    status = check_words(in->reason, "reason", REASON, err);
    return status == STATUS_OK ? check_time(in->settled_at, "settled_at", false, err) : status;
}

enum status events_check_inbound(const ProtobufCMessage *message, struct error *err)
{
#define CHECK(type, check)                                                                                   \
    if (message->descriptor == &aftercare__inbound__v1__##type##__descriptor)                                \
    return check((const void *)message, err)
    CHECK(inbound_message, check_message);
    CHECK(call_record, check_call);
    CHECK(return_request, check_return);
    CHECK(action_request, check_action);
    CHECK(order_update, check_order);
    CHECK(customer_update, check_customer);
    CHECK(agent_update, check_agent);
    CHECK(parcel_scan, check_scan);
    CHECK(refund_result, check_refund);
#undef CHECK
    return fail(err, STATUS_INVALID, "%s: is no inbound message", message->descriptor->short_name);
}

enum status events_check_record(const struct event *event, struct error *err)
{
    return events_check_inbound(event->wrapper, err);
}
