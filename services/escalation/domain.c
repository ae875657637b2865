/* SPDX-License-Identifier: Apache-2.0 */
#include "domain.h"

#include <stddef.h>

static const char *pick(const char *const names[], size_t count, int32_t value)
{
    return value >= 0 && (size_t)value < count && names[value] != NULL ? names[value] : "unknown";
}

#define PICK(names, value) pick(names, sizeof(names) / sizeof *(names), value)

const char *domain_channel_name(int32_t channel)
{
    static const char *const names[] = {
        [CHANNEL_CHAT] = "chat",   [CHANNEL_APP] = "app",       [CHANNEL_PHONE] = "phone",
        [CHANNEL_EMAIL] = "email", [CHANNEL_SOCIAL] = "social", [CHANNEL_MARKETPLACE] = "marketplace",
        [CHANNEL_API] = "api"};
    return PICK(names, channel);
}

const char *domain_tier_name(int32_t tier)
{
    static const char *const names[] = {
        [TIER_STANDARD] = "standard", [TIER_SILVER] = "silver", [TIER_GOLD] = "gold", [TIER_VIP] = "vip"};
    return PICK(names, tier);
}

const char *domain_type_name(int32_t type)
{
    static const char *const names[] = {[TYPE_RETURN_EXCHANGE] = "return_exchange",
                                        [TYPE_REPAIR] = "repair",
                                        [TYPE_INQUIRY] = "inquiry",
                                        [TYPE_COMPLAINT] = "complaint"};
    return PICK(names, type);
}

const char *domain_priority_name(int32_t priority)
{
    static const char *const names[] = {
        [PRIORITY_P1] = "P1", [PRIORITY_P2] = "P2", [PRIORITY_P3] = "P3", [PRIORITY_P4] = "P4"};
    return PICK(names, priority);
}

const char *domain_waiting_name(int32_t waiting_for)
{
    static const char *const names[] = {
        [WAITING_NOBODY] = "nobody",   [WAITING_CUSTOMER] = "customer",   [WAITING_SELLER] = "seller",
        [WAITING_CARRIER] = "carrier", [WAITING_WAREHOUSE] = "warehouse", [WAITING_SUPPLIER] = "supplier"};
    return PICK(names, waiting_for);
}

const char *domain_action_name(int32_t action)
{
    static const char *const names[] = {
        [ACTION_REPLY] = "REPLY",       [ACTION_NOTE] = "NOTE",         [ACTION_ASK] = "ASK",
        [ACTION_TRANSFER] = "TRANSFER", [ACTION_ESCALATE] = "ESCALATE", [ACTION_RESOLVE] = "RESOLVE",
        [ACTION_CLOSE] = "CLOSE",       [ACTION_REOPEN] = "REOPEN"};
    return PICK(names, action);
}

const char *domain_role_name(int32_t role)
{
    static const char *const names[] = {
        [ROLE_CUSTOMER] = "CUSTOMER", [ROLE_AGENT] = "AGENT",         [ROLE_SUPERVISOR] = "SUPERVISOR",
        [ROLE_SELLER] = "SELLER",     [ROLE_WAREHOUSE] = "WAREHOUSE", [ROLE_SYSTEM] = "SYSTEM"};
    return PICK(names, role);
}

const char *domain_status_name(int32_t status)
{
    static const char *const names[] = {[CASE_UNKNOWN] = "not opened",
                                        [CASE_OPEN] = "open",
                                        [CASE_RESOLVED] = "resolved",
                                        [CASE_CLOSED] = "closed"};
    return PICK(names, status);
}
