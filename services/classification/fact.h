/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules are told, without a trace of how it came: made by events_read.c from records and deadlines.
 */
#pragma once

#include "core/ids.h"
#include "core/text.h"
#include "warranty.h"

#include <stdbool.h>
#include <stdint.h>

enum fact_kind {
    FACT_OPENED = 1,
    FACT_WORDS, /* a message or a call */
    FACT_ORDER,
    FACT_ACTION,
    FACT_DUE, /* a deadline */
};

enum deadline {
    DEADLINE_DIAGNOSIS, /* the customer did not answer */
    DEADLINE_ORDER,     /* the order's facts did not come */
    DEADLINE_COUNT,
};
/* "diagnosis", "order-facts", as armed. */
extern const char *const deadline_names[DEADLINE_COUNT];

struct fact_opened {
    int32_t channel, language;
    bool is_follow_up;
    struct text reason;
    int64_t received_at_us;
};
struct fact_words {
    bool is_customers; /* others' words do not count */
    int32_t language;
    bool has_attachment;
    struct text text;
};
struct fact_order {
    int64_t updated_at_us; /* the shop's clock */
    struct text order_no, carrier, waybill;
    int64_t placed_at_us, shipped_at_us, delivered_at_us; /* 0: not yet */
    struct line lines[WARRANTY_LINES_MOST];
    size_t line_count;
};
struct fact_action {
    bool is_correction; /* other kinds are other services' */
    struct text action_id, actor_id;
    int32_t role;
    int64_t expected_version; /* 0: whatever it is */
    int32_t type;             /* 0: the label's */
    struct text label;
};

struct fact {
    enum fact_kind kind;
    struct uuid case_id;
    int64_t at_us; /* when it happened: words when they were received; a deadline when it was due */
    union {
        struct fact_opened opened;
        struct fact_words words;
        struct fact_order order;
        struct fact_action action;
        enum deadline due;
    } as;
};
