/* SPDX-License-Identifier: Apache-2.0 */
/* What intake's handlers work with: the parts of inbound records that decide something, free of the wire.
 * Texts borrow from the record. Channel, tier, business model, goods kind and author are the wire's numbers,
 * 0 = not said. */
#pragma once

#include "core/ids.h"
#include "core/text.h"

#include <stdbool.h>
#include <stdint.h>

enum said_kind { SAID_MESSAGE, SAID_CALL, SAID_RETURN };

/* A message, a call or a request for a return: something that belongs to a conversation. */
struct said {
    enum said_kind kind;
    struct uuid conversation_id; /* computed */
    struct text own_id;
    struct text conversation; /* the publisher's id; empty: a conversation of its own */
    struct text shop_id, seller_id, customer_id, order_no;
    struct text words;
    struct text language; /* "zh-CN", "en", empty */
    int channel;
    int business_model, goods_kind;
    bool is_by_customer;
    bool is_abandoned; /* a call nobody answered */
};

/* An order as it is recorded; absent texts when it is not known. */
struct order_known {
    bool is_known;
    struct text order_no, shop_id, seller_id, waybill;
    int64_t updated_at_us;
    int business_model, goods_kind;
};

struct customer_known {
    bool is_known;
    int tier;
    bool no_surveys;
    struct text language; /* "zh-CN", "en", empty */
};

/* A scan or a refund's result: what it refers to. */
struct referring {
    const char *kind; /* REFERENCE_... */
    struct text value;
};

struct requested {
    struct text action_id;
    struct uuid case_id;
    struct text kind; /* "REPLY" */
    struct text actor_id;
    bool is_by_seller;
};

/* What CaseOpened says. */
struct opening {
    int channel, tier, business_model, goods_kind;
    struct text shop_id, seller_id, customer_id, order_no, conversation, reason;
    const char *language;
    bool no_surveys;
    int64_t received_at_us;
    struct uuid previous_case_id, follow_up_of;
};
