/* SPDX-License-Identifier: Apache-2.0 */
#include "domain.h"

#include <stddef.h>

const char *domain_role_name(int32_t role)
{
    static const char *const names[] = {
        [ROLE_CUSTOMER] = "CUSTOMER", [ROLE_AGENT] = "AGENT",         [ROLE_SUPERVISOR] = "SUPERVISOR",
        [ROLE_SELLER] = "SELLER",     [ROLE_WAREHOUSE] = "WAREHOUSE", [ROLE_SYSTEM] = "SYSTEM"};
    return role > 0 && role < ROLE_COUNT ? names[role] : "unknown";
}
