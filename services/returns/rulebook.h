/* SPDX-License-Identifier: Apache-2.0 */
/* The shop's policies as the rules see them, read from returns.yaml and messages.yaml by policies.c. Never
 * changed after loading; texts live as long as the rulebook. Durations in µs. */
#pragma once

#include "domain.h"
#include "runtime/policy_template.h"
#include "templates.h"

#include <stdbool.h>
#include <stddef.h>

#define RULEBOOK_OPTIONS 8

/* A way to go, as it is offered. */
struct option_rule {
    struct text option_id;
    bool is_pickup; /* a courier is booked */
    struct policy_text name, pros, cons;
    int freight_in_warranty, freight; /* enum paid_by */
    int64_t promise_us;               /* done that long after it was chosen */
};

/* A line of a one-click return is eligible when one of the rules for its wish fits it. */
struct eligibility_rule {
    int wish;
    int goods_kind;   /* 0: any; not said by the order counts as physical */
    bool is_warranty; /* only inside the warranty */
    int64_t days;     /* only so many days after the day of delivery; 0: no limit */
};

struct pickup_rules {
    const struct text *carriers; /* the first for the first courier, the next for the next */
    size_t carrier_count;
    int64_t notice_us;           /* no slot begins sooner */
    int64_t slot_us;             /* how long it is */
    int64_t step_us;             /* slots begin at multiples of it after midnight; 0: any time */
    int64_t opens_us, closes_us; /* times of day between which slots lie */
    int64_t grace_us;            /* after the slot, until the courier counts as missed */
    int64_t rebookings;          /* how often another is booked */
};

struct returns_rules {
    const struct option_rule *options;
    size_t option_count;
    const struct eligibility_rule *eligibility;
    size_t eligibility_count;
    struct pickup_rules pickup;
    int64_t order_wait_us;      /* for an order that has not come */
    int64_t delay_lead_us;      /* so long before the promised time the customer is told that it is late */
    int64_t delay_by_us;        /* and the new promise is so much later */
    int64_t utc_offset_minutes; /* of the shop's clock: days end and couriers come by it */
};

struct rulebook {
    struct returns_rules returns;
    struct messages messages;
};

/* Whether the rules can be kept: INVALID names the entry of returns.yaml that is out of order. */
enum status rulebook_check(const struct rulebook *rulebook, struct error *err) MUST_CHECK;

/* NULL: there is no such option. */
const struct option_rule *rulebook_option(const struct rulebook *rulebook, struct text option_id);
