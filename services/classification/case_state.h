/* SPDX-License-Identifier: Apache-2.0 */
/* A case as this service keeps it: one row. Made by whichever fact comes first, completed by the others:
 * everything here may still be unknown (0, absent) when a rule looks at it. */
#pragma once

#include "core/ids.h"
#include "core/text.h"

#include <stdbool.h>
#include <stdint.h>

enum diagnosis_state { DIAGNOSIS_NONE, DIAGNOSIS_RUNS, DIAGNOSIS_DONE, DIAGNOSIS_ABANDONED };

struct case_state {
    struct uuid case_id;
    int64_t version; /* rises by one with every CaseClassified */

    /* What was said. */
    int64_t opened_at_us; /* 0: CaseOpened has not come: nothing is stated yet */
    int64_t received_at_us;
    int32_t channel, case_language;
    bool is_follow_up; /* of a case whose customer was not satisfied */
    struct text reason;
    struct text words;          /* see words.h */
    bool has_forgotten_person;  /* words that had to be forgotten were for a person */
    int64_t acknowledged_at_us; /* the last word of thanks or bare score */

    /* The order, as the shop last told it. */
    int64_t order_updated_at_us; /* 0: not known */
    struct text order_no, carrier, waybill;
    int64_t placed_at_us, shipped_at_us, delivered_at_us;
    struct text lines; /* see warranty.h */

    /* An agent's word. */
    struct text corrected_by; /* absent: nobody's */
    int32_t corrected_type;
    struct text corrected_label;

    /* Automatic answers. */
    int64_t answered_until_us; /* words up to this moment have theirs */
    struct text answered;      /* ",where-is-my-parcel,invoice," */
    int64_t order_due_at_us;   /* an answer waits for the order until then; 0: none does */
    struct text handed_over;   /* why a person has to go on; absent: need not */

    /* The diagnosis. */
    struct text diagnosis_id; /* absent: none was begun */
    int32_t diagnosis;        /* enum diagnosis_state */
    int32_t question;         /* index of the one that is open or comes next */
    int64_t asked_at_us;      /* 0: no question is open */
    int32_t answers;          /* recorded so far */

    /* What was last stated, to tell what has changed, and for people who look. */
    int32_t case_type;
    struct text label;
    bool is_complaint;
    int32_t urgency, sentiment, language, decision;
    bool in_warranty;
    struct text entities; /* "1:12345 3:138****1234" */
};
