/* SPDX-License-Identifier: Apache-2.0 */
/* What applying one fact to a case brings about: facts to state, deadlines to arm and cancel. In the order in
 * which they are to happen. Pure. */
#pragma once

#include "case_state.h"
#include "classifier.h"
#include "entities.h"
#include "fact.h"

#define EFFECTS_MOST 32

enum effect_kind {
    EFFECT_CLASSIFIED = 1, /* reading */
    EFFECT_ASKED,          /* id: question; text */
    EFFECT_ANSWERED,       /* id: entry; text */
    EFFECT_DIAGNOSED,      /* id: question; text: the customer's words */
    EFFECT_NOTIFIED,       /* template; text: finished; references */
    EFFECT_APPLIED,        /* id: action */
    EFFECT_REFUSED,        /* id: action; text: reason; is_move_legal */
    EFFECT_ARM,            /* deadline; at_us */
    EFFECT_CANCEL,         /* deadline */
};

/* A classification as it is stated, beyond what the row keeps of it. */
struct reading {
    struct verdict verdict;
    struct entities entities;
    const char *suggestion; /* FAQ entry that is proposed to the agent; NULL: none */
};

struct effect {
    enum effect_kind kind;
    int64_t version;
    struct text id, text;
    const struct reading *reading;
    int32_t template; /* enum template */
    struct text references[2];
    size_t reference_count;
    bool is_move_legal; /* the correction, by this role, with other values */
    enum deadline deadline;
    int64_t at_us;
};

struct effects {
    struct effect items[EFFECTS_MOST];
    size_t count;
};

/* Adds one with the state's version as it is. The rules bring about fewer than EFFECTS_MOST; the last slot is
 * used again beyond, which the tests would show. */
struct effect *effects_add(struct effects *effects, enum effect_kind kind, const struct case_state *state);
