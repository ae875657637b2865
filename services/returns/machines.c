/* SPDX-License-Identifier: Apache-2.0 */
#include "machines.h"

#include "domain.h"

/* A new return may be asked for where none is under way. */
#define MAY_BEGIN                                                                                            \
    {                                                                                                        \
        [RETURN_ASK] = RETURN_WAITING, [RETURN_LEAVE] = RETURN_REVIEW, [RETURN_OFFER] = RETURN_OFFERED       \
    }

static const uint8_t return_table[RETURN_STAGE_COUNT][RETURN_EVENT_COUNT] = {
    [RETURN_NONE] = MAY_BEGIN,
    [RETURN_WAITING] =
        {[RETURN_LEAVE] = RETURN_REVIEW, [RETURN_GO_ON] = RETURN_OFFERED, [RETURN_REFUSE] = RETURN_VOID},
    [RETURN_REVIEW] = {[RETURN_OFFER] = RETURN_OFFERED, [RETURN_CANCEL] = RETURN_CLOSED},
    [RETURN_OFFERED] = {[RETURN_CHOOSE] = RETURN_AGREED,
                        [RETURN_PICK_UP] = RETURN_MOVING, /* a courier who had been given up */
                        [RETURN_CANCEL] = RETURN_CLOSED},
    [RETURN_AGREED] = {[RETURN_STRAND] = RETURN_OFFERED,
                       [RETURN_PICK_UP] = RETURN_MOVING,
                       [RETURN_RECEIVE] = RETURN_IN_WORKSHOP,
                       [RETURN_CANCEL] = RETURN_CLOSED},
    [RETURN_MOVING] = {[RETURN_MISLAY] = RETURN_AGREED, [RETURN_RECEIVE] = RETURN_IN_WORKSHOP},
    [RETURN_IN_WORKSHOP] = {[RETURN_INSPECT] = RETURN_IN_WORKSHOP,
                            [RETURN_REPAIR] = RETURN_IN_WORKSHOP,
                            [RETURN_SHIP] = RETURN_IN_WORKSHOP,
                            [RETURN_FINISH] = RETURN_CLOSED},
    [RETURN_CLOSED] = MAY_BEGIN,
    [RETURN_VOID] = MAY_BEGIN,
};

static const uint8_t line_table[LINE_STATE_COUNT][LINE_EVENT_COUNT] = {
    [LINE_PLANNED] = {[LINE_RECEIVE] = LINE_RECEIVED, [LINE_CANCEL] = LINE_DONE},
    [LINE_RECEIVED] = {[LINE_ACCEPT_REPAIR] = LINE_REPAIRING,
                       [LINE_ACCEPT_REFUND] = LINE_REFUNDING,
                       [LINE_ACCEPT_EXCHANGE] = LINE_EXCHANGING,
                       [LINE_REJECT] = LINE_REFUSED},
    [LINE_REPAIRING] = {[LINE_REPAIR] = LINE_REPAIRED, [LINE_REJECT] = LINE_REFUSED},
    [LINE_REPAIRED] = {[LINE_SHIP] = LINE_GOING_BACK},
    [LINE_EXCHANGING] = {[LINE_SHIP] = LINE_GOING_BACK},
    [LINE_REFUSED] = {[LINE_SHIP] = LINE_GOING_BACK},
    [LINE_GOING_BACK] = {[LINE_SHIP] = LINE_GOING_BACK, /* the first parcel was lost or refused */
                         [LINE_DELIVER] = LINE_DONE},
    [LINE_REFUNDING] = {[LINE_SETTLE] = LINE_DONE, [LINE_FAIL] = LINE_REFUND_FAILED},
    [LINE_REFUND_FAILED] = {[LINE_ACCEPT_REFUND] = LINE_REFUNDING, [LINE_REJECT] = LINE_REFUSED},
};

/* On the way, any of these may be next; which of two came later is told by their time (parcels.h). */
#define SCANS_ON_THE_WAY                                                                                     \
    [SCAN_PICKED_UP] = PARCEL_PICKED_UP, [SCAN_IN_TRANSIT] = PARCEL_IN_TRANSIT,                              \
    [SCAN_OUT_FOR_DELIVERY] = PARCEL_OUT_FOR_DELIVERY, [SCAN_DELIVERED] = PARCEL_DELIVERED,                  \
    [SCAN_REFUSED] = PARCEL_REFUSED, [SCAN_LOST] = PARCEL_LOST, [SCAN_EXCEPTION] = PARCEL_EXCEPTION

#define ON_THE_WAY                                                                                           \
    {                                                                                                        \
        SCANS_ON_THE_WAY, [PARCEL_ARRIVE] = PARCEL_DELIVERED                                                 \
    }

static const uint8_t parcel_table[PARCEL_STATE_COUNT][PARCEL_EVENT_COUNT] = {
    [PARCEL_BOOKED] = {SCANS_ON_THE_WAY, [PARCEL_MISS] = PARCEL_MISSED, [PARCEL_CALL_OFF] = PARCEL_CALLED_OFF,
                       [PARCEL_ARRIVE] = PARCEL_DELIVERED},
    [PARCEL_MISSED] =
        {SCANS_ON_THE_WAY, [PARCEL_CALL_OFF] = PARCEL_CALLED_OFF, [PARCEL_ARRIVE] = PARCEL_DELIVERED},
    [PARCEL_PICKED_UP] = ON_THE_WAY,
    [PARCEL_IN_TRANSIT] = ON_THE_WAY,
    [PARCEL_OUT_FOR_DELIVERY] = ON_THE_WAY,
    [PARCEL_EXCEPTION] = ON_THE_WAY,
    /* It goes back to its sender, where it is "delivered" too. */
    [PARCEL_REFUSED] = {[PARCEL_ARRIVE] = PARCEL_DELIVERED},
    [PARCEL_LOST] = {[SCAN_DELIVERED] = PARCEL_DELIVERED, [PARCEL_ARRIVE] = PARCEL_DELIVERED},
};

static const uint8_t refund_table[REFUND_STATE_COUNT][REFUND_EVENT_COUNT] = {
    [REFUND_PLANNED] = {[REFUND_ASK] = REFUND_REQUESTED},
    [REFUND_REQUESTED] = {[RESULT_SUCCEEDED] = REFUND_SETTLED,
                          [RESULT_FAILED] = REFUND_FAILED,
                          [RESULT_UNKNOWN] = REFUND_UNKNOWN},
    [REFUND_UNKNOWN] = {[RESULT_SUCCEEDED] = REFUND_SETTLED, [RESULT_FAILED] = REFUND_FAILED},
    [REFUND_FAILED] = {[REFUND_ASK] = REFUND_REQUESTED},
};

#define LOOK_UP(table, states, events, state, event)                                                         \
    ((state) < 0 || (state) >= (states) || (int32_t)(event) < 0 || (int32_t)(event) >= (int32_t)(events)     \
         ? ILLEGAL                                                                                           \
         : (table)[state][event])

int32_t machine_return(int32_t stage, enum return_event event)
{
    return LOOK_UP(return_table, RETURN_STAGE_COUNT, RETURN_EVENT_COUNT, stage, event);
}

int32_t machine_line(int32_t state, enum line_event event)
{
    return LOOK_UP(line_table, LINE_STATE_COUNT, LINE_EVENT_COUNT, state, event);
}

int32_t machine_parcel(int32_t state, int32_t event)
{
    return LOOK_UP(parcel_table, PARCEL_STATE_COUNT, PARCEL_EVENT_COUNT, state, event);
}

int32_t machine_refund(int32_t state, int32_t event)
{
    return LOOK_UP(refund_table, REFUND_STATE_COUNT, REFUND_EVENT_COUNT, state, event);
}
