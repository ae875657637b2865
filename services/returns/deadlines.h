/* SPDX-License-Identifier: Apache-2.0 */
/* Which deadlines a case has, and when. Pure. All follows from the file, so re-arming is a comparison of
 * before and after. A case has one return under way, so its id is the deadlines' subject. */
#pragma once

#include "case_file.h"
#include "rulebook.h"

enum deadline {
    DEADLINE_ORDER,   /* the order has not come: it goes on without */
    DEADLINE_PICKUP,  /* the slot and the policy's patience are over: no courier came */
    DEADLINE_PROMISE, /* the promised day is near and will not be kept: the customer is told */
    DEADLINE_COUNT,
};
/* "order-wait", "pickup", "promise" as armed. */
extern const char *const deadline_names[DEADLINE_COUNT];

struct deadline_plan {
    int64_t due_us[DEADLINE_COUNT]; /* 0: not armed */
};
struct deadline_plan deadlines_plan(const struct case_file *file, const struct rulebook *rules);
