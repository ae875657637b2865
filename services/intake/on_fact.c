/* SPDX-License-Identifier: Apache-2.0 */
#include "intake.h"

#include <string.h>

struct referring fact_claims(const struct case_fact *fact)
{
    static const struct {
        const char *service, *fact, *field, *kind;
        const char *only_with; /* a field that must have a value, too */
    } claims[] = {
        {"intake", "OrderLinked", "order.waybill", REFERENCE_WAYBILL, NULL},
        /* A courier's scan names the parcel that the pickup became. */
        {"intake", "ParcelScanned", "scan.waybill", REFERENCE_WAYBILL, "scan.pickup_id"},
        {"returns", "PickupBooked", "pickup_id", REFERENCE_PICKUP, NULL},
        {"returns", "PickupRebooked", "pickup_id", REFERENCE_PICKUP, NULL},
        {"returns", "GoodsShippedBack", "waybill", REFERENCE_WAYBILL, NULL},
        {"returns", "RefundRequested", "intent_id", REFERENCE_REFUND, NULL},
    };
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++) {
        struct text value = case_fact_text(fact, claims[i].field);
        if (case_fact_is(fact, claims[i].service, claims[i].fact) && !text_is_empty(value) &&
            (claims[i].only_with == NULL || !text_is_empty(case_fact_text(fact, claims[i].only_with))))
            return (struct referring){claims[i].kind, value};
    }
    return (struct referring){.kind = NULL};
}

bool fact_may_open_follow_up(const struct case_fact *fact, const struct case_record *record)
{
    return case_fact_is(fact, "survey", "FollowUpRequested") ||
           (case_fact_is(fact, "intake", "CaseOpened") && record != NULL && record->has_follow_up);
}

/* Handlers are called in the order in which load read the facts; some may have been left out since. */
static const struct case_fact *find_fact(struct work *work, const struct event *event)
{
    for (size_t i = work->fact_next; i < work->fact_count; i++) {
        if (work->facts[i].event == event) {
            work->fact_next = i + 1;
            return &work->facts[i].fact;
        }
    }
    return NULL;
}

static void decide_action(struct work *work, const struct case_fact *fact)
{
    bool is_applied = text_equal_string(fact->name, "ActionApplied");
    struct text action_id = case_fact_text(fact, "action_id");
    struct uuid key = action_key(action_id);
    struct action *row = rows_get(&work->store.actions, &key);
    int64_t version = case_fact_number(fact, "version");
    if (row == NULL)
        return;
    bool is_changed = is_applied ? action_apply(row, fact->case_id, version, fact->at_us)
                                 : action_refuse(row, fact->case_id, case_fact_text(fact, "reason"), version,
                                                 case_fact_text(fact, "legal_moves"), fact->at_us);
    if (!is_changed)
        return;
    row->action_id = action_id;
    rows_touch(&work->store.actions, row);
}

/* A follow-up is a conversation of its own, so that it is opened once however often it is asked for. It takes
 * after the case it follows, so it waits until that one is opened. */
static void open_follow_up(struct work *work, const struct case_record *record, struct outbox *outbox)
{
    struct uuid id = conversation_follow_up_case_id(record->case_id, record->follow_up_survey_id);
    struct conversation *row = rows_get(&work->store.conversations, &id);
    if (row == NULL || row->cycle != 0)
        return;
    struct opening opening = {
        .channel = events_channel(record->channel),
        .shop_id = record->shop_id,
        .seller_id = record->seller_id,
        .customer_id = record->customer_id,
        .order_no = record->order_no,
        .language = text_equal_string(record->language, "en") ? "en" : "zh-CN",
        .received_at_us = work->now_us,
        .follow_up_of = record->case_id,
        .reason = record->follow_up_reason,
    };
    opening_complete(work, &opening);
    events_state_opened(outbox, id, &opening);
    row->shop_id = opening.shop_id;
    row->first_case_id = row->case_id = id;
    row->cycle = 1;
    row->opened_at_us = work->now_us;
    rows_touch(&work->store.conversations, row);
    if (!text_is_empty(opening.order_no))
        opening_link_order(work, outbox, id, opening.shop_id, opening.order_no);
    opening_tell(outbox, id, "follow_up", &work->policy->messages.follow_up, opening.language,
                 opening.order_no);
}

enum status intake_on_fact(void *work_, const struct event *event, struct outbox *outbox, struct error *err)
{
    struct work *work = work_;
    const struct case_fact *fact = find_fact(work, event);
    struct case_record *record = rows_get(&work->store.cases, &event->subject_id);
    if (fact == NULL || record == NULL)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    case_state_apply(record, fact);
    rows_touch(&work->store.cases, record);
    struct timeline_line line = timeline_tell(fact, work->store.arena);
    store_add_line(&work->store, &line);

    struct referring claim = fact_claims(fact);
    if (claim.kind != NULL) {
        enum status status =
            referring_bind(work, outbox, claim.kind, claim.value, fact->case_id, fact->at_us, err);
        if (status != STATUS_OK)
            return status;
    }
    if (text_equal_string(fact->name, "ActionApplied") || text_equal_string(fact->name, "CommandRefused"))
        decide_action(work, fact);
    else if (fact_may_open_follow_up(fact, record) && record->opened_at_us != 0)
        open_follow_up(work, record, outbox);
    return STATUS_OK;
}
