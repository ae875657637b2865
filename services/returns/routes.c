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
    ROUTE("OrderLinked"),
    ROUTE("ActionRequested"),
    ROUTE("ReturnRequested"),
    ROUTE("ParcelScanned"),
    ROUTE("RefundResultReceived"),
    {0},
};

/* As in deadlines.c. */
const struct deadline_route routes_deadlines[] = {
    DEADLINE("order-wait"),
    DEADLINE("pickup"),
    DEADLINE("promise"),
    {0},
};
