/* SPDX-License-Identifier: Apache-2.0 */
#include "routes.h"

#include "events.h"
#include "handlers.h"

const struct route routes_intake[] = {
    {"CaseOpened", events_check, handlers_handle},      {"MessageReceived", events_check, handlers_handle},
    {"CallRecorded", events_check, handlers_handle},    {"OrderLinked", events_check, handlers_handle},
    {"ActionRequested", events_check, handlers_handle}, {0},
};

/* As in effects.c. */
const struct deadline_route routes_deadlines[] = {
    {"diagnosis", handlers_handle},
    {"order-facts", handlers_handle},
    {0},
};
