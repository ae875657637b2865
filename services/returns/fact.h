/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules are told, without a trace of how it came: made by events_read.c from records and deadlines.
 */
#pragma once

#include "case_file.h"
#include "deadlines.h"

enum fact_kind {
    FACT_OPENED = 1,
    FACT_ORDER,
    FACT_ACTION,
    FACT_REQUEST, /* one click */
    FACT_SCAN,
    FACT_RESULT, /* of a refund */
    FACT_DUE,    /* a deadline */
};

/* A line as somebody asks for it. */
struct wanted_line {
    int32_t line_no;
    struct text sku;  /* empty: whatever the order has */
    int32_t quantity; /* 0: not said */
    int32_t wish;     /* 0: not said */
    int64_t amount_minor;
    struct text currency; /* absent: no amount was named */
};
struct wanted {
    const struct wanted_line *lines;
    size_t count;
};

struct fact_opened {
    int32_t channel, language;
};
struct fact_order {
    struct text order_no, shop_id;
    int64_t updated_at_us;
    int64_t paid_minor;
    struct text paid_currency; /* absent: not said */
    int64_t bought_at_us, delivered_at_us;
    const struct order_line *lines; /* without case ids */
    size_t line_count;
};
struct fact_action {
    struct text action_id;
    int32_t kind; /* enum action_kind; 0: not of this service */
    int32_t role;
    int64_t expected_version; /* 0: whatever it is */
    struct text option_id, finding, waybill, carrier;
    bool is_accepted;
    struct wanted wanted;
};
struct fact_request {
    struct text order_no, reason;
    int32_t language;
    struct wanted wanted;
};
struct fact_scan {
    struct text waybill, pickup_id, carrier, place;
    int32_t status;
    int64_t scanned_at_us;
};
struct fact_result {
    struct uuid intent_id;
    int32_t result;
    struct text provider_ref, reason;
    int64_t settled_at_us; /* 0: not said */
};

struct fact {
    enum fact_kind kind;
    struct uuid case_id;
    int64_t at_us; /* when it happened, by the clock of who states it; a deadline: when it was due */
    union {
        struct fact_opened opened;
        struct fact_order order;
        struct fact_action action;
        struct fact_request request;
        struct fact_scan scan;
        struct fact_result result;
        enum deadline due;
    } as;
};
