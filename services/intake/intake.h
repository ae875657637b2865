/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a batch, and intake's handlers: what each kind of record leads to. */
#pragma once

#include "events.h"
#include "policy_intake.h"
#include "store.h"

#define DEADLINE_UNMATCHED "unmatched"

/* A fact of a case as load has read it. */
struct fact_read {
    const struct event *event;
    struct case_fact fact;
};

struct work {
    struct store store;
    struct fact_read *facts; /* in the order of their events */
    size_t fact_count, fact_next;
    const struct intake_policy *policy;
    int64_t now_us;
};

/* service's load and save */
enum status intake_load(const struct batch *batch, void **ret_work, struct error *err) MUST_CHECK;
enum status intake_save(void *work, const struct batch *batch, struct error *err) MUST_CHECK;

/* on_said.c: InboundMessage, CallRecord, ReturnRequest */
enum status intake_on_said(void *work, const struct event *event, struct outbox *outbox, struct error *err);
/* on_update.c: OrderUpdate, CustomerUpdate, AgentUpdate */
enum status intake_on_update(void *work, const struct event *event, struct outbox *outbox, struct error *err);
/* on_referring.c: ParcelScan, RefundResult; the deadline of what waits */
enum status intake_on_referring(void *work, const struct event *event, struct outbox *outbox,
                                struct error *err);
enum status intake_on_unmatched(void *work, const struct event *event, struct outbox *outbox,
                                struct error *err);
/* on_action.c: ActionRequest */
enum status intake_on_action(void *work, const struct event *event, struct outbox *outbox, struct error *err);
/* on_fact.c: every fact about a case, of all services */
enum status intake_on_fact(void *work, const struct event *event, struct outbox *outbox, struct error *err);

/* ---- shared by the handlers ---- */
/* opening.c: links the order to the case and states OrderLinked when the order is known. */
void opening_link_order(struct work *work, struct outbox *outbox, struct uuid case_id, struct text shop_id,
                        struct text order_no);
/* Fills what the order and the customer tell and the message did not. */
void opening_complete(struct work *work, struct opening *opening);
/* The customer is told, in the case's language. */
void opening_tell(struct outbox *outbox, struct uuid case_id, const char *template,
                  const struct policy_text *text, const char *language, struct text order_no);
/* referring.c: a case claims a reference; what waits in it goes on. */
enum status referring_bind(struct work *work, struct outbox *outbox, const char *kind, struct text value,
                           struct uuid case_id, int64_t at_us, struct error *err) MUST_CHECK;
/* on_fact.c: the reference that a fact gives to its case; kind NULL when none. */
struct referring fact_claims(const struct case_fact *fact);
/* on_fact.c: whether the case's follow-up, asked for before or by this fact, may be opened by it. `record` is
 * NULL when there is none. */
bool fact_may_open_follow_up(const struct case_fact *fact, const struct case_record *record);
/* opening.c: what is known of the customer, this batch included. */
struct customer_known opening_customer(struct work *work, struct text customer_id);
