/* SPDX-License-Identifier: Apache-2.0 */
/* The words of this service. Values are those of proto/, so that rows, rules and wire agree; events_read.c
 * and events_write.c hold them against each other. 0 always means "not known". */
#pragma once

#include "core/text.h"

#include <stdint.h>

enum language { LANGUAGE_ZH_CN = 1, LANGUAGE_EN, LANGUAGE_COUNT };

enum { CHANNEL_LAST = 7 };

enum goods_kind { GOODS_PHYSICAL = 1, GOODS_VIRTUAL, GOODS_COUNT };

enum wish { WISH_REPAIR = 1, WISH_REFUND, WISH_EXCHANGE, WISH_COUNT };

enum paid_by { PAID_BY_SHOP = 1, PAID_BY_CUSTOMER };

enum leg { LEG_TO_WORKSHOP = 1, LEG_TO_CUSTOMER };

enum outcome {
    OUTCOME_REPAIRED = 1,
    OUTCOME_REFUNDED,
    OUTCOME_EXCHANGED,
    OUTCOME_REJECTED,
    OUTCOME_CANCELLED,
    OUTCOME_COUNT,
};

/* What a carrier's scan says. */
enum scan_status {
    SCAN_BOOKED = 1,
    SCAN_PICKED_UP,
    SCAN_IN_TRANSIT,
    SCAN_OUT_FOR_DELIVERY,
    SCAN_DELIVERED,
    SCAN_REFUSED,
    SCAN_LOST,
    SCAN_EXCEPTION,
    SCAN_COUNT,
};

/* What the payment system says of a refund. */
enum refund_result { RESULT_SUCCEEDED = 1, RESULT_FAILED, RESULT_UNKNOWN, RESULT_COUNT };

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
    ACTION_OFFER_OPTIONS = 10,
    ACTION_CHOOSE_OPTION,
    ACTION_RECEIVE_GOODS,
    ACTION_INSPECT_GOODS,
    ACTION_COMPLETE_REPAIR,
    ACTION_SHIP_BACK,
    ACTION_CANCEL_RETURN,
    ACTION_COUNT,
};
enum { ACTION_FIRST = ACTION_OFFER_OPTIONS };

/* Names as reasons and legal moves write them: "OFFER_OPTIONS", "AGENT". For a value outside: "unknown". */
const char *domain_action_name(int32_t action);
const char *domain_role_name(int32_t role);
