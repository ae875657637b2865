/* SPDX-License-Identifier: Apache-2.0 */
/* What applying one fact to a case brings about: facts to state, deadlines to arm and cancel, words to the
 * customer. In the order in which they are to happen. Pure. */
#pragma once

#include "deadlines.h"
#include "dossier.h"
#include "rulebook.h"

#define EFFECTS_MOST 24

enum effect_kind {
    EFFECT_SCHEDULED,
    EFFECT_SENT,
    EFFECT_ANSWERED,
    EFFECT_EXPIRED,
    EFFECT_SUPPRESSED,  /* text: reason */
    EFFECT_FOLLOWED_UP, /* text: reason */
    EFFECT_NOTIFIED,    /* template */
    EFFECT_KEPT,        /* an answer, into the table of versions: edition, answer */
    EFFECT_ARM,         /* deadline; at_us */
    EFFECT_CANCEL,      /* deadline */
};

struct answer {
    int64_t at_us;
    int32_t score;
    bool is_solved;
    struct text comment;
    int32_t by; /* enum answered_by */
};

struct effect {
    enum effect_kind kind;
    struct survey survey; /* as it was then */
    struct text text;
    enum template template;
    struct answer answer;
    enum deadline deadline;
    int64_t at_us;
};

struct effects {
    struct effect items[EFFECTS_MOST];
    size_t count;
};

/* Adds one. The rules bring about fewer than EFFECTS_MOST; the last slot is used again beyond, which the
 * tests would show. */
struct effect *effects_add(struct effects *effects, enum effect_kind kind, const struct survey *survey);
