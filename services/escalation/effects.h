/* SPDX-License-Identifier: Apache-2.0 */
/* What applying one fact to a case brings about: facts to state, deadlines to arm and cancel, words to the
 * customer. In the order in which they are to happen. Pure. */
#pragma once

#include "case_state.h"
#include "deadlines.h"
#include "priority.h"

#define EFFECTS_MOST 40
#define MOVES_MOST   ACTION_COUNT

enum effect_kind {
    /* Changes: each raises the case's version by one and is stated with it. */
    EFFECT_PRIORITISED, /* number: priority; reasons */
    EFFECT_ESCALATED,   /* number: level; text: reason */
    EFFECT_QUEUED,      /* text: skill */
    EFFECT_ASSIGNED,    /* id: agent; text: skill */
    EFFECT_UNASSIGNED,  /* id: agent; text: reason */
    EFFECT_WAITING,     /* number: for whom */
    EFFECT_RESOLVED,    /* text: resolution; id: by whom; at_us */
    EFFECT_CLOSED,      /* number: how */
    EFFECT_REOPENED,    /* text: reason */
    EFFECT_ACTED, /* an action that changed nothing else; not stated, EFFECT_APPLIED carries the version */
    /* The rest carries the version as it is. */
    EFFECT_DEADLINE_SET,      /* number: clock; at_us: due; warn_at_us */
    EFFECT_DEADLINE_WARNED,   /* number: clock; at_us: due */
    EFFECT_DEADLINE_BREACHED, /* number: clock; at_us: due */
    EFFECT_DEADLINE_MET,      /* number: clock; at_us: due */
    EFFECT_APPLIED,           /* id: action */
    EFFECT_REFUSED,           /* id: action; text: reason; moves */
    EFFECT_NOTIFIED,          /* number: enum template; text: what the template says about */
    EFFECT_ARM,               /* deadline; at_us */
    EFFECT_CANCEL,            /* deadline */
};

struct effect {
    enum effect_kind kind;
    int64_t version;
    int32_t number;
    int64_t at_us, warn_at_us;
    struct text id, text;
    enum deadline deadline;
    const struct text *reasons; /* in the arena */
    size_t reason_count;
    const char *moves[MOVES_MOST]; /* names of actions */
    size_t move_count;
};

struct effects {
    struct effect items[EFFECTS_MOST];
    size_t count;
};

bool effect_is_change(enum effect_kind kind);
/* Adds one, raising the state's version when it is a change. The rules bring about fewer than EFFECTS_MOST;
 * the last slot is used again beyond, which the tests would show. */
struct effect *effects_add(struct effects *effects, enum effect_kind kind, struct case_state *state);
