/* SPDX-License-Identifier: Apache-2.0 */
#include "routes.h"

#include "classification.pb-c.h"
#include "escalation.pb-c.h"
#include "inbound.pb-c.h"
#include "intake.h"
#include "intake.pb-c.h"
#include "returns.pb-c.h"
#include "survey.pb-c.h"

/* clang-format off */
#define FACT(fact) {fact, events_check_fact, intake_on_fact}
#define ONE(name_, fact_, handle_) \
    static const struct route name_[] = {{fact_, events_check_record, handle_}, {0}}
#define INBOUND(kind, message, routes) \
    {"aftercare.inbound." kind ".v1", &aftercare__inbound__v1__##message##__descriptor, routes}
#define FACTS(service, routes) \
    {"aftercare." #service ".v1", &aftercare__##service##__v1__##service##_fact__descriptor, routes}
/* clang-format on */

ONE(messages, "InboundMessage", intake_on_said);
ONE(calls, "CallRecord", intake_on_said);
ONE(returns, "ReturnRequest", intake_on_said);
ONE(orders, "OrderUpdate", intake_on_update);
ONE(customers, "CustomerUpdate", intake_on_update);
ONE(agents, "AgentUpdate", intake_on_update);
ONE(parcels, "ParcelScan", intake_on_referring);
ONE(payments, "RefundResult", intake_on_referring);
ONE(actions, "ActionRequest", intake_on_action);

/* Its own facts of no case (OrderRecorded, CustomerRecorded, AgentRecorded) tell it nothing new. */
static const struct route of_intake[] = {
    FACT("CaseOpened"),       FACT("MessageReceived"),
    FACT("CallRecorded"),     FACT("OrderLinked"),
    FACT("ActionRequested"),  FACT("ReturnRequested"),
    FACT("ParcelScanned"),    FACT("RefundResultReceived"),
    FACT("CustomerNotified"), {0},
};

static const struct route of_classification[] = {
    FACT("CaseClassified"), FACT("QuestionAsked"),  FACT("AnswerGiven"),      FACT("DiagnosisRecorded"),
    FACT("ActionApplied"),  FACT("CommandRefused"), FACT("CustomerNotified"), {0},
};

static const struct route of_escalation[] = {
    FACT("CasePrioritised"),
    FACT("DeadlineSet"),
    FACT("DeadlineWarned"),
    FACT("DeadlineBreached"),
    FACT("DeadlineMet"),
    FACT("CaseEscalated"),
    FACT("CaseQueued"),
    FACT("CaseAssigned"),
    FACT("CaseUnassigned"),
    FACT("CaseWaiting"),
    FACT("CaseResolved"),
    FACT("CaseClosed"),
    FACT("CaseReopened"),
    FACT("ActionApplied"),
    FACT("CommandRefused"),
    FACT("CustomerNotified"),
    {0},
};

static const struct route of_returns[] = {
    FACT("ReturnOpened"),    FACT("OptionsOffered"),   FACT("OptionChosen"),
    FACT("PickupBooked"),    FACT("PickupMissed"),     FACT("PickupRebooked"),
    FACT("ParcelMoved"),     FACT("GoodsReceived"),    FACT("GoodsInspected"),
    FACT("RepairCompleted"), FACT("GoodsShippedBack"), FACT("GoodsDelivered"),
    FACT("RefundRequested"), FACT("RefundSettled"),    FACT("RefundFailed"),
    FACT("ReturnClosed"),    FACT("PromiseDelayed"),   FACT("ActionApplied"),
    FACT("CommandRefused"),  FACT("CustomerNotified"), {0},
};

static const struct route of_survey[] = {
    FACT("SurveyScheduled"),  FACT("SurveySent"),        FACT("SurveyAnswered"),   FACT("SurveyExpired"),
    FACT("SurveySuppressed"), FACT("FollowUpRequested"), FACT("CustomerNotified"), {0},
};

const struct input routes_inputs[] = {
    INBOUND("messages", inbound_message, messages),
    INBOUND("calls", call_record, calls),
    INBOUND("returns", return_request, returns),
    INBOUND("orders", order_update, orders),
    INBOUND("customers", customer_update, customers),
    INBOUND("agents", agent_update, agents),
    INBOUND("parcels", parcel_scan, parcels),
    INBOUND("payments", refund_result, payments),
    INBOUND("actions", action_request, actions),
    FACTS(intake, of_intake),
    FACTS(classification, of_classification),
    FACTS(escalation, of_escalation),
    FACTS(returns, of_returns),
    FACTS(survey, of_survey),
    {"aftercare.intake.inbox.v1", NULL, NULL}, /* any of the above, sent again */
    {0},
};

const struct deadline_route routes_deadlines[] = {{DEADLINE_UNMATCHED, intake_on_unmatched}, {0}};
