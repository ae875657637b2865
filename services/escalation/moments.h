/* SPDX-License-Identifier: Apache-2.0 */
/* What happened to a case, as a list of moments in the order of when each happened, and the case's life as
 * the fold over that list. Between topics there is no order: a customer's message may be read before the
 * return it answers. Because life is always told from the ordered list, the order in which facts were read
 * does not show in it. Pure.
 *
 * The list is bounded: past MOMENTS_MOST the oldest half is folded into a base that later moments build upon.
 * Only a fact that comes later than MOMENTS_MOST / 2 newer ones is then taken as if it had happened right
 * after the base. */
#pragma once

#include "core/arena.h"
#include "core/text.h"
#include "domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOMENTS_MOST 48

/* Those of the same microsecond are taken in the order they were added (one service states all of a batch at
 * once). Numbers are stored: add, never change. */
enum moment_kind {
    MOMENT_WROTE = 1,         /* the customer, asking for something; or called */
    MOMENT_ACKNOWLEDGED = 2,  /* the customer, with a bare score or a word of thanks: reopens nothing */
    MOMENT_ASKED = 3,         /* we, waiting for the customer's answer */
    MOMENT_ANSWERED = 4,      /* automatically; the customer may say more */
    MOMENT_RETURN_OPENED = 5, /* the customer has to choose an option */
    MOMENT_OPTION_CHOSEN = 6, /* the carrier has to move */
    MOMENT_GOODS_RECEIVED = 7,
    MOMENT_GOODS_SENT = 8,
    MOMENT_RETURN_CLOSED = 9,
    MOMENT_RESOLVED = 10, /* by an agent */
    MOMENT_SILENT = 11,   /* the customer for too long: resolved */
    MOMENT_REOPENED = 12, /* by an action */
    MOMENT_CONFIRMED = 13,
    MOMENT_DISPUTED = 14,  /* not satisfied: does not close by itself */
    MOMENT_TIMED_OUT = 15, /* nobody objected */
    MOMENT_KIND_COUNT,
};

struct life {
    int32_t status; /* CASE_OPEN, CASE_RESOLVED, CASE_CLOSED */
    int32_t waiting_for;
    int64_t waiting_since_us;
    bool is_awaiting_answer; /* waiting for the customer because we asked or answered, not because of a return
                              */
    bool is_disputed;
    int64_t resolved_at_us; /* of the present resolution */
    int32_t closed_how;
    int64_t resolves, reopens, closes; /* how often so far */
    int64_t
        waited_us[WAITING_COUNT]; /* ended waits; [WAITING_NOBODY]: time spent resolved or closed, now over */
};

/* `packed` is what moments_add made, absent for none. Life of a case of which nothing is known is open. Bytes
 * that are not of this make count as none. */
struct life moments_fold(struct text packed);

/* The list with one more moment, in the arena; the same list when it has that moment already. Absent when the
 * arena is full. */
struct text moments_add(struct text packed, enum moment_kind kind, int64_t at_us, struct arena *arena);
size_t moments_count(struct text packed);
/* When the latest happened; 0 without any. */
int64_t moments_last_us(struct text packed);
