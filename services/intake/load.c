/* SPDX-License-Identifier: Apache-2.0 */
/* What a batch needs is known from its records, but for two things that only rows tell: whether a
 * conversation's case is over, and which order the case of a follow-up is about. They are read in a second
 * round. */
#include "intake.h"

static void want_said(struct store *store, const struct event *event)
{
    struct said said = events_read_said(event->wrapper);
    store_want_conversation(store, said.conversation_id);
    if (!text_is_empty(said.customer_id))
        store_want_customer(store, subject_id(SUBJECT_CUSTOMER, TEXT_NULL, said.customer_id));
    if (!text_is_empty(said.order_no))
        store_want_subject(store, subject_id(SUBJECT_ORDER, said.shop_id, said.order_no));
}

static void want_update(struct store *store, const struct event *event)
{
    struct text own_id, shop_id;
    int64_t updated_at_us;
    store_want_subject(store, events_subject_of(event->wrapper, &own_id, &shop_id, &updated_at_us));
}

static void want_fact(struct store *store, const struct case_fact *fact)
{
    struct referring claim = fact_claims(fact);
    store_want_case(store, fact->case_id);
    if (claim.kind != NULL)
        store_want_reference(store, reference_id(claim.kind, claim.value));
    if (text_equal_string(fact->name, "ActionApplied") || text_equal_string(fact->name, "CommandRefused"))
        store_want_action(store, action_key(case_fact_text(fact, "action_id")));
    if (case_fact_is(fact, "survey", "FollowUpRequested"))
        store_want_conversation(
            store, conversation_follow_up_case_id(fact->case_id, case_fact_text(fact, "survey_id")));
}

static enum status want_event(struct work *work, const struct event *event, struct error *err)
{
    struct store *store = &work->store;
    if (event->due != NULL) {
        store_want_reference(store, event->subject_id);
        return STATUS_OK;
    }
    struct text type = text_of(((const ProtobufCMessage *)event->fact)->descriptor->short_name);
    if (text_equal_string(type, "InboundMessage") || text_equal_string(type, "CallRecord") ||
        text_equal_string(type, "ReturnRequest"))
        want_said(store, event);
    else if (text_equal_string(type, "OrderUpdate") || text_equal_string(type, "CustomerUpdate") ||
             text_equal_string(type, "AgentUpdate"))
        want_update(store, event);
    else if (text_equal_string(type, "ParcelScan") || text_equal_string(type, "RefundResult")) {
        struct referring referring = events_read_referring(event->wrapper);
        store_want_reference(store, reference_id(referring.kind, referring.value));
    } else if (text_equal_string(type, "ActionRequest")) {
        store_want_action(store, action_key(events_read_action(event->wrapper).action_id));
    } else {
        struct fact_read *read = &work->facts[work->fact_count];
        read->event = event;
        if (!events_read_fact(event, store->arena, &read->fact))
            return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
        work->fact_count++;
        want_fact(store, &read->fact);
    }
    return STATUS_OK;
}

/* What the first round brought to light. */
static void want_more(struct work *work, const struct batch *batch)
{
    struct store *store = &work->store;
    for (size_t i = 0; i < batch->count; i++) {
        const struct event *event = batch->events[i];
        const char *type =
            event->due != NULL ? "" : ((const ProtobufCMessage *)event->fact)->descriptor->short_name;
        struct text name = text_of(type);
        if (text_equal_string(name, "InboundMessage") || text_equal_string(name, "CallRecord") ||
            text_equal_string(name, "ReturnRequest")) {
            struct said said = events_read_said(event->wrapper);
            store_want_case_of_conversation(store, said.conversation_id);
        }
    }
    for (size_t i = 0; i < work->fact_count; i++) {
        const struct case_fact *fact = &work->facts[i].fact;
        const struct case_record *record = rows_find(&store->cases, &fact->case_id);
        if (!fact_may_open_follow_up(fact, record) || record == NULL)
            continue;
        if (!text_is_empty(record->follow_up_survey_id))
            store_want_conversation(
                store, conversation_follow_up_case_id(fact->case_id, record->follow_up_survey_id));
        if (!text_is_empty(record->customer_id))
            store_want_customer(store, subject_id(SUBJECT_CUSTOMER, TEXT_NULL, record->customer_id));
        if (!text_is_empty(record->order_no))
            store_want_subject(store, subject_id(SUBJECT_ORDER, record->shop_id, record->order_no));
    }
}

enum status intake_load(const struct batch *batch, void **ret_work, struct error *err)
{
    struct work *work = arena_alloc(batch->arena, sizeof *work);
    struct fact_read *facts = arena_alloc_array(batch->arena, batch->count + 1, sizeof *facts);
    if (work == NULL || facts == NULL)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    *work = (struct work){.policy = batch->policy, .now_us = batch->now_us, .facts = facts};
    store_init(&work->store, batch->arena);
    for (size_t i = 0; i < batch->count; i++) {
        enum status status = want_event(work, batch->events[i], err);
        if (status != STATUS_OK)
            return status;
    }
    enum status status = store_load(&work->store, batch->db, err);
    if (status != STATUS_OK)
        return status;
    want_more(work, batch);
    status = store_load(&work->store, batch->db, err);
    if (status == STATUS_OK)
        *ret_work = work;
    return status;
}

enum status intake_save(void *work_, const struct batch *batch, struct error *err)
{
    struct work *work = work_;
    return store_save(&work->store, batch->db, err);
}
