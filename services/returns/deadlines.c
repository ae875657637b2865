/* SPDX-License-Identifier: Apache-2.0 */
#include "deadlines.h"

const char *const deadline_names[DEADLINE_COUNT] = {
    [DEADLINE_ORDER] = "order-wait",
    [DEADLINE_PICKUP] = "pickup",
    [DEADLINE_PROMISE] = "promise",
};

struct deadline_plan deadlines_plan(const struct case_file *file, const struct rulebook *rules)
{
    struct deadline_plan plan = {0};
    const struct return_state *current = &file->current;
    switch ((enum return_stage)current->stage) {
    case RETURN_WAITING:
        plan.due_us[DEADLINE_ORDER] = current->wait_until_us;
        break;
    case RETURN_AGREED: {
        const struct parcel *pickup = file_last_parcel(file, LEG_TO_WORKSHOP);
        if (pickup != NULL && pickup->state == PARCEL_BOOKED)
            plan.due_us[DEADLINE_PICKUP] = pickup->slot_to_us + rules->returns.pickup.grace_us;
        plan.due_us[DEADLINE_PROMISE] = current->promised_by_us - rules->returns.delay_lead_us;
        break;
    }
    case RETURN_MOVING:
    case RETURN_IN_WORKSHOP:
        plan.due_us[DEADLINE_PROMISE] = current->promised_by_us - rules->returns.delay_lead_us;
        break;
    default:
        break;
    }
    return plan;
}
