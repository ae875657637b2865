/* SPDX-License-Identifier: Apache-2.0 */
/* What a batch needs is known from its records, but for two things that only rows tell: which order and
 * customer the case of a follow-up is about, and whether a conversation's case is over. The first is read
 * before anything is locked, so that all rows that lanes share are locked in one round and in one order; the
 * second after it. */
#include "intake.h"

static bool is_said(const struct event *event)
{
    struct text type = text_of(((const ProtobufCMessage *)event->fact)->descriptor->short_name);
    return text_equal_string(type, "InboundMessage") || text_equal_string(type, "CallRecord") ||
           text_equal_string(type, "ReturnRequest");
}

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
    if (is_said(event))
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

/* A follow-up takes after its case, whatever was known of that before and whatever this batch tells of it. */
static void want_kin(struct store *store, struct uuid case_id, const struct case_record *record,
                     struct text shop_id, struct text order_no, struct text customer_id)
{
    if (record != NULL && !text_is_empty(record->follow_up_survey_id))
        store_want_conversation(store, conversation_follow_up_case_id(case_id, record->follow_up_survey_id));
    if (!text_is_empty(customer_id))
        store_want_customer(store, subject_id(SUBJECT_CUSTOMER, TEXT_NULL, customer_id));
    if (!text_is_empty(order_no))
        store_want_subject(store, subject_id(SUBJECT_ORDER, shop_id, order_no));
}

static bool opens_follow_ups(struct work *work)
{
    for (size_t i = 0; i < work->fact_count; i++) {
        const struct case_fact *fact = &work->facts[i].fact;
        if (fact_may_open_follow_up(fact, rows_find(&work->store.cases, &fact->case_id)))
            return true;
    }
    return false;
}

static bool may_be_kin(const struct work *work)
{
    for (size_t i = 0; i < work->fact_count; i++)
        if (case_fact_is(&work->facts[i].fact, "survey", "FollowUpRequested") ||
            case_fact_is(&work->facts[i].fact, "intake", "CaseOpened"))
            return true;
    return false;
}

static enum status want_follow_ups(struct work *work, struct postgres *db, struct error *err)
{
    struct store *store = &work->store;
    if (!may_be_kin(work))
        return STATUS_OK;
    enum status status = store_load_cases(store, db, err);
    if (status != STATUS_OK || !opens_follow_ups(work))
        return status;
    for (size_t i = 0; i < work->fact_count; i++) {
        const struct case_fact *fact = &work->facts[i].fact;
        const struct case_record *record = rows_find(&store->cases, &fact->case_id);
        if (record != NULL)
            want_kin(store, fact->case_id, record, record->shop_id, record->order_no, record->customer_id);
        if (case_fact_is(fact, "intake", "CaseOpened"))
            want_kin(store, fact->case_id, NULL, case_fact_text(fact, "shop_id"),
                     case_fact_text(fact, "order_no"), case_fact_text(fact, "customer_id"));
        else if (case_fact_is(fact, "intake", "OrderLinked"))
            want_kin(store, fact->case_id, NULL, case_fact_text(fact, "order.shop_id"),
                     case_fact_text(fact, "order.order_no"), TEXT_NULL);
    }
    return STATUS_OK;
}

/* Now that the conversations are locked. */
static void want_their_cases(struct work *work, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct event *event = batch->events[i];
        if (event->due == NULL && is_said(event))
            store_want_case_of_conversation(&work->store, events_read_said(event->wrapper).conversation_id);
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
    enum status status = want_follow_ups(work, batch->db, err);
    if (status == STATUS_OK)
        status = store_load(&work->store, batch->db, err);
    if (status != STATUS_OK)
        return status;
    want_their_cases(work, batch);
    status = store_load_cases(&work->store, batch->db, err);
    if (status == STATUS_OK)
        *ret_work = work;
    return status;
}

enum status intake_save(void *work_, const struct batch *batch, struct error *err)
{
    struct work *work = work_;
    return store_save(&work->store, batch->db, err);
}
