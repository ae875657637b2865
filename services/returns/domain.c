/* SPDX-License-Identifier: Apache-2.0 */
#include "domain.h"

#include <stddef.h>

static const char *pick(const char *const names[], size_t count, int32_t value)
{
    return value >= 0 && (size_t)value < count && names[value] != NULL ? names[value] : "unknown";
}

#define PICK(names, value) pick(names, sizeof(names) / sizeof *(names), value)

const char *domain_action_name(int32_t action)
{
    static const char *const names[] = {
        [ACTION_OFFER_OPTIONS] = "OFFER_OPTIONS",     [ACTION_CHOOSE_OPTION] = "CHOOSE_OPTION",
        [ACTION_RECEIVE_GOODS] = "RECEIVE_GOODS",     [ACTION_INSPECT_GOODS] = "INSPECT_GOODS",
        [ACTION_COMPLETE_REPAIR] = "COMPLETE_REPAIR", [ACTION_SHIP_BACK] = "SHIP_BACK",
        [ACTION_CANCEL_RETURN] = "CANCEL_RETURN"};
    return PICK(names, action);
}

const char *domain_role_name(int32_t role)
{
    static const char *const names[] = {
        [ROLE_CUSTOMER] = "CUSTOMER", [ROLE_AGENT] = "AGENT",         [ROLE_SUPERVISOR] = "SUPERVISOR",
        [ROLE_SELLER] = "SELLER",     [ROLE_WAREHOUSE] = "WAREHOUSE", [ROLE_SYSTEM] = "SYSTEM"};
    return PICK(names, role);
}
