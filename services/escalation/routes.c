/* SPDX-License-Identifier: Apache-2.0 */
#include "routes.h"

#include "events.h"
#include "handlers.h"

/* clang-format off */
#define ROUTE(fact)    {fact, events_check, handlers_handle}
#define DEADLINE(kind) {kind, handlers_handle}
/* clang-format on */

const struct route routes_intake[] = {
    ROUTE("CaseOpened"),
    ROUTE("MessageReceived"),
    ROUTE("CallRecorded"),
    ROUTE("OrderLinked"),
    ROUTE("ActionRequested"),
    ROUTE("AgentRecorded"),
    {0},
};

const struct route routes_classification[] = {ROUTE("CaseClassified"), ROUTE("AnswerGiven"), {0}};

const struct route routes_returns[] = {
    ROUTE("ReturnOpened"),     ROUTE("OptionChosen"), ROUTE("GoodsReceived"),
    ROUTE("GoodsShippedBack"), ROUTE("ReturnClosed"), {0},
};

const struct route routes_survey[] = {ROUTE("SurveyAnswered"), {0}};

/* As in deadlines.c. */
const struct deadline_route routes_deadlines[] = {
    DEADLINE("first-response-warn"),
    DEADLINE("first-response"),
    DEADLINE("resolution-warn"),
    DEADLINE("resolution"),
    DEADLINE("assign"),
    DEADLINE("customer-silence"),
    DEADLINE("confirmation"),
    {0},
};
