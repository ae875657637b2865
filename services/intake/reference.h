/* SPDX-License-Identifier: Apache-2.0 */
/* Where a case and a record about it meet, whichever comes first: one row per reference (a waybill, a pickup,
 * a refund intent), shared by all lanes and loaded FOR UPDATE. A record whose reference has no case yet waits
 * in it; the fact that gives the reference its case sends the waiting records on; a record that comes later
 * goes on at once. What waits longer than a policy's time is given up as unmatched. */
#pragma once

#include "core/ids.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REFERENCE_WAYBILL "waybill"
#define REFERENCE_PICKUP  "pickup"
#define REFERENCE_REFUND  "refund"

/* The row. */
struct reference {
    struct uuid reference_id;
    struct text kind; /* REFERENCE_... */
    struct text value;
    struct uuid case_id; /* nil: not known yet */
    int64_t bound_at_us; /* when the case's fact happened: a later one corrects an earlier */
};

/* A record that waits: everything needed to read it again or to bury it as it came. */
struct waiting {
    struct uuid reference_id;
    struct text topic;
    int32_t lane;
    int64_t position; /* its offset */
    struct text fact; /* the message's short name */
    struct text key;
    struct text value;
    struct text headers; /* packed */
    int64_t received_at_us;
    int64_t settled_at_us; /* sent on or given up; 0: waits */
};

struct uuid reference_id(const char *kind, struct text value);

/* A fact says whose the reference is. True when the row changed: waiting records may go on. */
bool reference_bind(struct reference *row, struct uuid case_id, int64_t at_us);
/* The case of a record that carries the reference, or nil: it must wait. */
struct uuid reference_case(const struct reference *row);

/* Has it waited longer than the policy allows? */
bool reference_is_unmatched(const struct waiting *record, int64_t now_us, int64_t unmatched_after_us);
/* When the next of these must be looked at; 0: none waits. */
int64_t reference_next_look_us(const struct waiting *const *records, size_t count,
                               int64_t unmatched_after_us);
