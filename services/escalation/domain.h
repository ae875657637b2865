/* SPDX-License-Identifier: Apache-2.0 */
/* The words of this service. Values are those of proto/common.proto and proto/escalation.proto, so that rows,
 * rules and wire agree; events.c holds them against each other. 0 always means "not known". */
#pragma once

#include "core/text.h"

#include <stdint.h>

enum channel {
    CHANNEL_CHAT = 1,
    CHANNEL_APP,
    CHANNEL_PHONE,
    CHANNEL_EMAIL,
    CHANNEL_SOCIAL,
    CHANNEL_MARKETPLACE,
    CHANNEL_API,
    CHANNEL_COUNT,
};

enum language { LANGUAGE_ZH_CN = 1, LANGUAGE_EN, LANGUAGE_COUNT };

enum tier { TIER_STANDARD = 1, TIER_SILVER, TIER_GOLD, TIER_VIP, TIER_COUNT };

enum case_type { TYPE_RETURN_EXCHANGE = 1, TYPE_REPAIR, TYPE_INQUIRY, TYPE_COMPLAINT, TYPE_COUNT };

enum priority { PRIORITY_P1 = 1, PRIORITY_P2, PRIORITY_P3, PRIORITY_P4, PRIORITY_COUNT };

enum decision { DECISION_AUTO = 1, DECISION_SUGGEST, DECISION_HUMAN, DECISION_COUNT };

enum waiting_for {
    WAITING_NOBODY,
    WAITING_CUSTOMER,
    WAITING_SELLER,
    WAITING_CARRIER,
    WAITING_WAREHOUSE,
    WAITING_SUPPLIER,
    WAITING_COUNT,
};

enum closed_how { CLOSED_CONFIRMED = 1, CLOSED_TIMEOUT };

enum case_status {
    CASE_UNKNOWN,
    CASE_OPEN,
    CASE_RESOLVED,
    CASE_CLOSED
}; /* UNKNOWN: CaseOpened has not come */

enum clock_kind { CLOCK_FIRST_RESPONSE = 1, CLOCK_RESOLUTION, CLOCK_COUNT };

enum presence { PRESENCE_ONLINE = 1, PRESENCE_AWAY, PRESENCE_OFFLINE, PRESENCE_COUNT };

enum actor_role {
    ROLE_CUSTOMER = 1,
    ROLE_AGENT,
    ROLE_SUPERVISOR,
    ROLE_SELLER,
    ROLE_WAREHOUSE,
    ROLE_SYSTEM,
    ROLE_COUNT,
};

/* What this service decides; the other kinds are not its own. */
enum action_kind {
    ACTION_REPLY = 1,
    ACTION_NOTE,
    ACTION_ASK,
    ACTION_TRANSFER,
    ACTION_ESCALATE,
    ACTION_RESOLVE,
    ACTION_CLOSE,
    ACTION_REOPEN,
    ACTION_COUNT,
};

enum { URGENCY_MOST = 3, SENTIMENT_LEAST = -2, SENTIMENT_MOST = 2, LEVEL_FIRST = 1, LEVEL_LAST = 3 };

/* Names as policies and reasons write them: "chat", "vip", "return_exchange", "P1", "customer", "RESOLVE",
 * "AGENT". For a value outside: "unknown". */
const char *domain_channel_name(int32_t channel);
const char *domain_tier_name(int32_t tier);
const char *domain_type_name(int32_t type);
const char *domain_priority_name(int32_t priority);
const char *domain_waiting_name(int32_t waiting_for);
const char *domain_action_name(int32_t action);
const char *domain_role_name(int32_t role);
const char *domain_status_name(int32_t status);
