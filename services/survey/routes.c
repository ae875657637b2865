/* SPDX-License-Identifier: Apache-2.0 */
#include "routes.h"

#include "events.h"
#include "handlers.h"

/* clang-format off */
#define ROUTE(fact)    {fact, events_check, handlers_handle}
#define DEADLINE(kind) {kind, handlers_handle}
/* clang-format on */

const struct route routes_intake[] = {ROUTE("CaseOpened"), ROUTE("MessageReceived"), {0}};
const struct route routes_escalation[] = {ROUTE("CaseResolved"), ROUTE("CaseReopened"), {0}};
const struct route routes_inbox[] = {ROUTE("SurveyAnswerSubmitted"), {0}};

/* As in deadlines.c. */
const struct deadline_route routes_deadlines[] = {
    DEADLINE("ask"), DEADLINE("opening"), DEADLINE("expiry"), {0}};
