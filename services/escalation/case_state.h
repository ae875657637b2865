/* SPDX-License-Identifier: Apache-2.0 */
/* A case as this service keeps it: one row. Made by whichever fact comes first, completed by the others:
 * everything here may still be unknown (0, absent) when a rule looks at it. */
#pragma once

#include "core/ids.h"
#include "core/text.h"
#include "moments.h"

#include <stdbool.h>
#include <stdint.h>

/* Bits of first_marks and resolution_marks. */
enum { MARK_WARNED = 1, MARK_BREACHED = 2, MARK_MET = 4 };

struct case_state {
    struct uuid case_id;
    int64_t version; /* rises by one with every stated change */

    /* What was said, each by the last word on it. */
    int64_t opened_at_us; /* 0: CaseOpened has not come */
    int64_t received_at_us;
    int32_t channel, tier, language;
    struct text shop_id;
    int64_t classified_at_us; /* 0: not classified */
    int32_t case_type;
    struct text label;
    bool is_complaint;
    int32_t urgency, sentiment, decision;
    int64_t paid_at_us; /* when the order's amount was told */
    int64_t paid_minor;
    struct text paid_currency;
    int64_t resolution_at_us; /* of the last word on how it was resolved */
    struct text resolution, resolved_by;
    struct text moments;     /* see moments.h */
    int64_t responded_at_us; /* the first of all responses */

    /* What follows from it, as the rules last decided; for people who look, and to tell what has changed. */
    int32_t status, waiting_for;
    int32_t priority;
    int64_t first_target_us, resolution_target_us;
    int32_t first_marks, resolution_marks;
    int32_t level; /* 1 to 3 once opened */

    /* Who has it. */
    struct text agent_id;
    struct text skill;
    int32_t weight;       /* hundredths of a place taken of the agent; 0 without one */
    int64_t queued_at_us; /* 0: not in the queue */
    int32_t tries;
    int64_t assign_at_us; /* when the next try is due; 0: none is */
};
