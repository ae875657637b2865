/* SPDX-License-Identifier: Apache-2.0 */
#include "case_state.h"

#include <string.h>

/* Sets the text when the fact has it; a fact that does not know never erases. */
static void take(struct text *to, const struct case_fact *fact, const char *field)
{
    struct text text = case_fact_text(fact, field);
    if (!text_is_empty(text))
        *to = text;
}

static void take_uuid(struct uuid *to, const struct case_fact *fact, const char *field)
{
    struct uuid uuid;
    if (uuid_parse(case_fact_text(fact, field), &uuid))
        *to = uuid;
}

static bool is_named(const struct case_fact *fact, const char *name)
{
    return text_equal_string(fact->name, name);
}

static void apply_opened(struct case_record *record, const struct case_fact *fact)
{
    record->opened_at_us = fact->at_us;
    record->received_at_us = case_fact_number(fact, "received_at");
    take(&record->channel, fact, "channel");
    take(&record->shop_id, fact, "shop_id");
    take(&record->seller_id, fact, "seller_id");
    take(&record->business_model, fact, "business_model");
    take(&record->goods_kind, fact, "goods_kind");
    take(&record->customer_id, fact, "customer_id");
    take(&record->language, fact, "language");
    if (record->order_updated_at_us == 0)
        take(&record->order_no, fact, "order_no");
    take_uuid(&record->previous_case_id, fact, "previous_case_id");
    take_uuid(&record->follow_up_of, fact, "follow_up_of");
}

/* The order's facts may be stated from two lanes at once: its own clock decides, not the order of arrival. */
static void apply_order(struct case_record *record, const struct case_fact *fact)
{
    int64_t updated_at_us = case_fact_number(fact, "order.updated_at");
    struct text order_no = case_fact_text(fact, "order.order_no");
    if (updated_at_us < record->order_updated_at_us ||
        (updated_at_us == record->order_updated_at_us && text_compare(order_no, record->order_no) < 0))
        return;
    record->order_updated_at_us = updated_at_us;
    record->order_no = order_no;
    record->product = case_fact_text(fact, "order.lines.0.product");
}

static void apply_intake(struct case_record *record, const struct case_fact *fact)
{
    if (is_named(fact, "CaseOpened"))
        apply_opened(record, fact);
    else if (is_named(fact, "OrderLinked"))
        apply_order(record, fact);
    else if (is_named(fact, "MessageReceived") || is_named(fact, "CallRecorded")) {
        record->messages++;
        if (fact->at_us > record->last_message_at_us)
            record->last_message_at_us = fact->at_us;
    }
}

/* False for a fact older than what was applied; facts of one change share a version. */
static bool is_current(int64_t *version, const struct case_fact *fact)
{
    int64_t of_fact = case_fact_number(fact, "version");
    if (of_fact != 0 && of_fact < *version)
        return false;
    if (of_fact > *version)
        *version = of_fact;
    return true;
}

static void apply_classification(struct case_record *record, const struct case_fact *fact)
{
    if (!is_named(fact, "CaseClassified") || !is_current(&record->classification_version, fact))
        return;
    take(&record->type, fact, "type");
    take(&record->label, fact, "label");
    record->urgency = (int32_t)case_fact_number(fact, "urgency");
    record->sentiment = (int32_t)case_fact_number(fact, "sentiment");
    take(&record->decision, fact, "decision");
    record->is_complaint = case_fact_number(fact, "is_complaint") != 0;
    record->in_warranty = case_fact_number(fact, "in_warranty") != 0;
}

static void reopen(struct case_record *record)
{
    record->status = TEXT("OPEN");
    record->waiting_for = record->resolution = record->closed_how = TEXT_NULL;
    record->resolved_at_us = record->closed_at_us = 0;
}

static void apply_deadline(struct case_record *record, const struct case_fact *fact)
{
    struct text clock = case_fact_text(fact, "clock");
    int64_t due_at_us = case_fact_number(fact, "due_at");
    if (text_equal_string(clock, "FIRST_RESPONSE"))
        record->first_response_due_at_us = due_at_us;
    else if (text_equal_string(clock, "RESOLUTION"))
        record->resolution_due_at_us = due_at_us;
}

/* Waiting for nobody is being open. */
static void apply_waiting(struct case_record *record, const struct case_fact *fact)
{
    struct text waiting_for = case_fact_text(fact, "waiting_for");
    bool is_waiting = !text_is_empty(waiting_for);
    record->waiting_for = is_waiting ? waiting_for : TEXT_NULL;
    record->status = is_waiting ? TEXT("WAITING") : TEXT("OPEN");
}

static void apply_ending(struct case_record *record, const struct case_fact *fact)
{
    record->waiting_for = TEXT_NULL;
    if (is_named(fact, "CaseResolved")) {
        record->status = TEXT("RESOLVED");
        int64_t resolved_at_us = case_fact_number(fact, "resolved_at");
        record->resolved_at_us = resolved_at_us != 0 ? resolved_at_us : fact->at_us;
        take(&record->resolution, fact, "resolution");
    } else {
        record->status = TEXT("CLOSED");
        record->closed_at_us = fact->at_us;
        take(&record->closed_how, fact, "how");
    }
}

static void apply_escalation(struct case_record *record, const struct case_fact *fact)
{
    if (!is_current(&record->escalation_version, fact))
        return;
    if (is_named(fact, "CasePrioritised"))
        take(&record->priority, fact, "priority");
    else if (is_named(fact, "CaseAssigned"))
        take(&record->assignee, fact, "agent_id");
    else if (is_named(fact, "CaseQueued") || is_named(fact, "CaseUnassigned"))
        record->assignee = TEXT_NULL;
    else if (is_named(fact, "CaseEscalated"))
        record->level = (int32_t)case_fact_number(fact, "level");
    else if (is_named(fact, "CaseWaiting"))
        apply_waiting(record, fact);
    else if (is_named(fact, "CaseResolved") || is_named(fact, "CaseClosed"))
        apply_ending(record, fact);
    else if (is_named(fact, "CaseReopened"))
        reopen(record);
    else if (is_named(fact, "DeadlineSet"))
        apply_deadline(record, fact);
    else if (is_named(fact, "DeadlineBreached"))
        record->breaches++;
    if (record->status.at == NULL)
        record->status = TEXT("OPEN");
}

static void apply_returns(struct case_record *record, const struct case_fact *fact)
{
    /* What a fact means for the goods, in one word. Facts that are not here leave the state as it is. */
    static const char *const states[][2] = {
        {"ReturnOpened", "OPENED"},        {"OptionsOffered", "OFFERED"},
        {"OptionChosen", "CHOSEN"},        {"PickupBooked", "PICKUP_BOOKED"},
        {"PickupMissed", "PICKUP_MISSED"}, {"PickupRebooked", "PICKUP_BOOKED"},
        {"GoodsReceived", "RECEIVED"},     {"GoodsInspected", "INSPECTED"},
        {"RepairCompleted", "REPAIRED"},   {"GoodsShippedBack", "SHIPPED_BACK"},
        {"GoodsDelivered", "DELIVERED"},   {"RefundRequested", "REFUNDING"},
        {"RefundSettled", "REFUNDED"},     {"RefundFailed", "REFUND_FAILED"},
        {"ReturnClosed", "CLOSED"},
    };
    if (!is_current(&record->returns_version, fact))
        return;
    take(&record->return_id, fact, "return_id");
    take(&record->waybill, fact, "waybill");
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (is_named(fact, states[i][0]))
            record->return_state = text_of(states[i][1]);
    if (is_named(fact, "ReturnOpened"))
        record->return_outcome = TEXT_NULL;
    if (is_named(fact, "ReturnClosed"))
        take(&record->return_outcome, fact, "outcome");
}

static void apply_survey(struct case_record *record, const struct case_fact *fact)
{
    static const char *const states[][2] = {
        {"SurveyScheduled", "SCHEDULED"},   {"SurveySent", "SENT"},
        {"SurveyAnswered", "ANSWERED"},     {"SurveyExpired", "EXPIRED"},
        {"SurveySuppressed", "SUPPRESSED"},
    };
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (is_named(fact, states[i][0]))
            record->survey_state = text_of(states[i][1]);
    if (is_named(fact, "SurveyAnswered")) {
        record->score = (int32_t)case_fact_number(fact, "score");
        record->is_solved = case_fact_number(fact, "is_solved") != 0;
    }
    if (is_named(fact, "FollowUpRequested")) {
        record->has_follow_up = true;
        take(&record->follow_up_survey_id, fact, "survey_id");
        take(&record->follow_up_reason, fact, "reason");
    }
}

void case_state_apply(struct case_record *record, const struct case_fact *fact)
{
    static const struct {
        const char *service;
        void (*apply)(struct case_record *record, const struct case_fact *fact);
    } services[] = {
        {"intake", apply_intake},         {"classification", apply_classification},
        {"escalation", apply_escalation}, {"returns", apply_returns},
        {"survey", apply_survey},
    };
    for (size_t i = 0; i < sizeof services / sizeof *services; i++)
        if (text_equal_string(fact->service, services[i].service))
            services[i].apply(record, fact);
    record->facts++;
    if (fact->at_us > record->updated_at_us)
        record->updated_at_us = fact->at_us;
}

int64_t case_state_ended_at_us(const struct case_record *record)
{
    if (record == NULL)
        return 0;
    return record->resolved_at_us != 0 ? record->resolved_at_us : record->closed_at_us;
}

struct text case_state_status(const struct case_record *record)
{
    if (!text_is_empty(record->status))
        return record->status;
    return record->opened_at_us != 0 ? TEXT("OPEN") : TEXT("ACCEPTED");
}
