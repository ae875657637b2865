/* SPDX-License-Identifier: Apache-2.0 */
/* The words of this service. Values are those of proto/common.proto and proto/classification.proto, so that
 * rows, rules and wire agree; events_read.c and events_write.c hold them against each other. 0 always means
 * "not known". */
#pragma once

#include <stdint.h>

enum channel { CHANNEL_CHAT = 1, CHANNEL_API = 7, CHANNEL_COUNT };

enum language { LANGUAGE_ZH_CN = 1, LANGUAGE_EN, LANGUAGE_COUNT };

enum case_type { TYPE_RETURN_EXCHANGE = 1, TYPE_REPAIR, TYPE_INQUIRY, TYPE_COMPLAINT, TYPE_COUNT };

enum decision { DECISION_AUTO = 1, DECISION_SUGGEST, DECISION_HUMAN };

enum actor_role {
    ROLE_CUSTOMER = 1,
    ROLE_AGENT,
    ROLE_SUPERVISOR,
    ROLE_SELLER,
    ROLE_WAREHOUSE,
    ROLE_SYSTEM,
    ROLE_COUNT,
};

/* The one action this service decides. */
enum { ACTION_CORRECT = 9 };

enum entity_kind { ENTITY_ORDER_NO = 1, ENTITY_WAYBILL, ENTITY_PHONE };

enum { URGENCY_MOST = 3, SENTIMENT_LEAST = -2, SENTIMENT_MOST = 2 };

/* "AGENT", ...; "unknown" for a value outside. */
const char *domain_role_name(int32_t role);
