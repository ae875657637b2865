/* SPDX-License-Identifier: Apache-2.0 */
/* The case record: what all services have said about a case, in one row. Between topics there is no order, so
 * each service's facts change columns of their own and nothing assumes that another service's fact came:
 * every interleaving leads to one row. Within a service a fact with an older version than the one applied
 * changes nothing. */
#pragma once

#include "case_fact.h"

struct case_record {
    struct uuid case_id;
    /* intake's own facts; these come from several lanes and may overtake each other */
    int64_t opened_at_us;
    int64_t received_at_us;
    struct text channel, shop_id, seller_id, business_model, goods_kind, customer_id, language, order_no;
    struct text product;
    int64_t order_updated_at_us;
    struct uuid previous_case_id;
    struct uuid follow_up_of;
    int32_t messages;
    int64_t last_message_at_us;
    /* classification */
    struct text type, label, decision;
    int32_t urgency, sentiment;
    bool is_complaint, in_warranty;
    int64_t classification_version;
    /* escalation */
    struct text status; /* OPEN WAITING RESOLVED CLOSED; absent: escalation has said nothing yet */
    struct text priority, assignee, waiting_for, resolution, closed_how;
    int32_t level;
    int32_t breaches;
    int64_t first_response_due_at_us, resolution_due_at_us;
    int64_t resolved_at_us, closed_at_us;
    int64_t escalation_version;
    /* returns */
    struct text return_id, return_state, return_outcome, waybill;
    int64_t returns_version;
    /* survey */
    struct text survey_state; /* SCHEDULED SENT ANSWERED EXPIRED SUPPRESSED */
    int32_t score;
    bool is_solved;
    bool has_follow_up; /* asked for */
    struct text follow_up_survey_id, follow_up_reason;
    /* all */
    int32_t facts;
    int64_t updated_at_us;
};

/* Texts of the record borrow from the fact. */
void case_state_apply(struct case_record *record, const struct case_fact *fact);

/* When it was resolved, or else closed; 0: it is open, or there is no record (NULL). */
int64_t case_state_ended_at_us(const struct case_record *record);

/* What to call the case: its status, OPEN when it was opened and nobody said more, else ACCEPTED. */
struct text case_state_status(const struct case_record *record);
