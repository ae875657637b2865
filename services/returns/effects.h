/* SPDX-License-Identifier: Apache-2.0 */
/* What applying one fact brings about: facts to state, deadlines to arm and cancel, words to the customer. In
 * the order in which they are to happen. Pure. */
#pragma once

#include "case_file.h"
#include "deadlines.h"

#define EFFECTS_MOST 220 /* a return has at most 50 lines, each of which may bring about four */
#define MOVES_MOST   (ACTION_COUNT - ACTION_FIRST)

enum effect_kind {
    /* Changes: each raises the case's version by one and is stated with it. */
    EFFECT_OPENED,           /* lines */
    EFFECT_OFFERED,          /* options */
    EFFECT_CHOSEN,           /* id: option; at_us: promised by */
    EFFECT_PICKUP_BOOKED,    /* id: pickup; carrier; at_us, to_us: slot */
    EFFECT_PICKUP_MISSED,    /* id: pickup */
    EFFECT_PICKUP_REBOOKED,  /* as EFFECT_PICKUP_BOOKED */
    EFFECT_PARCEL_MOVED,     /* number: scan status; leg; id: waybill; text: place */
    EFFECT_RECEIVED,         /* */
    EFFECT_INSPECTED,        /* text: finding; is_accepted */
    EFFECT_REPAIRED,         /* text: what was done */
    EFFECT_SHIPPED_BACK,     /* id: waybill; carrier */
    EFFECT_DELIVERED,        /* id: waybill */
    EFFECT_REFUND_REQUESTED, /* id: intent; number: line; amount_minor, currency; text: order */
    EFFECT_REFUND_SETTLED,   /* id: intent; amount_minor, currency; text: the provider's reference */
    EFFECT_REFUND_FAILED,    /* id: intent; text: reason */
    EFFECT_CLOSED,           /* number: outcome */
    EFFECT_DELAYED,          /* at_us: promised by now; text: reason */
    /* The rest carries the version as it is. */
    EFFECT_APPLIED,  /* id: action */
    EFFECT_REFUSED,  /* id: action; text: reason; moves */
    EFFECT_NOTIFIED, /* number: enum template; text: finished; id: a reference that occurs in it */
    EFFECT_ARM,      /* deadline; at_us */
    EFFECT_CANCEL,   /* deadline */
};

/* An option as it is offered now, in the case's language. */
struct offered_option {
    struct text option_id, pros, cons;
    int32_t freight_paid_by;
    int64_t promised_by_us;
};

struct effect {
    enum effect_kind kind;
    int64_t version;
    struct uuid return_id;
    int32_t number, leg;
    int64_t at_us, to_us;
    struct text id, text, carrier;
    bool is_accepted;
    bool is_in_warranty;
    int64_t amount_minor;
    struct text currency;
    const struct return_line *lines; /* in the arena */
    size_t line_count;
    const struct offered_option *options; /* in the arena */
    size_t option_count;
    enum deadline deadline;
    const char *moves[MOVES_MOST]; /* names of actions */
    size_t move_count;
};

struct effects {
    struct effect items[EFFECTS_MOST];
    size_t count;
};

bool effect_is_change(enum effect_kind kind);
/* Adds one of the current return, raising the case's version when it is a change. The rules bring about fewer
 * than EFFECTS_MOST; the last slot is used again beyond, which the tests would show. */
struct effect *effects_add(struct effects *effects, enum effect_kind kind, struct case_file *file);
