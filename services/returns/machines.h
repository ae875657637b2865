/* SPDX-License-Identifier: Apache-2.0 */
/* The state machines, as data: for each of the return, its lines, its parcels and its refunds one table of
 * state x event -> state. What is not in a table is illegal. They are linked by the rules that feed them
 * (opening.h, options.h, parcels.h, workshop.h, refunds.h), never by each other. Rows keep the numbers: new
 * states are added at the end. */
#pragma once

#include <stdint.h>

enum { ILLEGAL = 0 }; /* what the functions below answer when the event has no place in the state */

enum return_stage {
    RETURN_NONE = 1,    /* there never was one */
    RETURN_WAITING,     /* asked for; the case or its order is not known yet. Nothing is stated of it */
    RETURN_REVIEW,      /* asked for by one click, and left to a person */
    RETURN_OFFERED,     /* the customer is to choose */
    RETURN_AGREED,      /* chosen; the goods are still with the customer */
    RETURN_MOVING,      /* a courier has the goods */
    RETURN_IN_WORKSHOP, /* the goods came; each line goes its own way */
    RETURN_CLOSED,      /* over; another may follow */
    RETURN_VOID,        /* was never opened: the offer was refused. As if there were none */
    RETURN_STAGE_COUNT,
};
enum return_event {
    RETURN_ASK,     /* for something that has to wait for the order */
    RETURN_LEAVE,   /* to a person */
    RETURN_OFFER,   /* options, by an agent or because a policy allows it */
    RETURN_GO_ON,   /* the order came, or does not come: options are offered */
    RETURN_REFUSE,  /* what waited is not possible */
    RETURN_CHOOSE,  /* an option */
    RETURN_STRAND,  /* no courier came, as often as the policy has patience */
    RETURN_PICK_UP, /* a courier has the goods */
    RETURN_MISLAY,  /* the parcel is lost or was refused */
    RETURN_RECEIVE,
    RETURN_INSPECT,
    RETURN_REPAIR,
    RETURN_SHIP,
    RETURN_FINISH, /* every line is done */
    RETURN_CANCEL,
    RETURN_EVENT_COUNT,
};
int32_t machine_return(int32_t stage, enum return_event event);

enum line_state {
    LINE_PLANNED = 1,
    LINE_RECEIVED,
    LINE_REPAIRING,
    LINE_REPAIRED,
    LINE_EXCHANGING, /* a new one is to be sent */
    LINE_REFUSED,    /* the claim does not hold: the goods are to be sent back */
    LINE_GOING_BACK,
    LINE_REFUNDING,
    LINE_REFUND_FAILED,
    LINE_DONE,
    LINE_STATE_COUNT,
};
enum line_event {
    LINE_RECEIVE,
    LINE_ACCEPT_REPAIR,
    LINE_ACCEPT_REFUND,
    LINE_ACCEPT_EXCHANGE,
    LINE_REJECT,
    LINE_REPAIR,
    LINE_SHIP,
    LINE_DELIVER,
    LINE_SETTLE,
    LINE_FAIL,
    LINE_CANCEL,
    LINE_EVENT_COUNT,
};
int32_t machine_line(int32_t state, enum line_event event);

enum parcel_state {
    PARCEL_BOOKED = 1, /* a courier is to come, or the waybill is known and not scanned yet */
    PARCEL_MISSED,     /* no courier came in time; one who comes later still counts */
    PARCEL_CALLED_OFF, /* another courier came, or none is needed any more */
    PARCEL_PICKED_UP,
    PARCEL_IN_TRANSIT,
    PARCEL_OUT_FOR_DELIVERY,
    PARCEL_EXCEPTION,
    PARCEL_REFUSED,
    PARCEL_LOST,
    PARCEL_DELIVERED,
    PARCEL_STATE_COUNT,
};
/* Events 1 to 8 are what scans say (enum scan_status). */
enum parcel_event { PARCEL_MISS = 9, PARCEL_CALL_OFF, PARCEL_ARRIVE, PARCEL_EVENT_COUNT };
int32_t machine_parcel(int32_t state, int32_t event);

enum refund_state {
    REFUND_PLANNED = 1,
    REFUND_REQUESTED,
    REFUND_UNKNOWN, /* the payment system does not know: never asked for again, its answer is waited for */
    REFUND_SETTLED, /* paid: for ever */
    REFUND_FAILED,  /* not paid; a person may ask again, under the same key */
    REFUND_STATE_COUNT,
};
/* Events 1 to 3 are results (enum refund_result). */
enum refund_event { REFUND_ASK = 4, REFUND_EVENT_COUNT };
int32_t machine_refund(int32_t state, int32_t event);
