/* SPDX-License-Identifier: Apache-2.0 */
/* A fact about a case as the case record sees it: who stated it, when, and its fields by name. Facts of all
 * services look alike here, so a fact that an upstream service adds later still becomes a line of the
 * timeline. */
#pragma once

#include "core/ids.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fields of a message inside are "notice.text"; a repeated text is one text joined by ", "; of other repeated
 * fields only the number of elements is kept. */
struct case_fact_field {
    const char *name;
    struct text text; /* strings, enum values without their prefix, ids, money; absent otherwise */
    int64_t number;   /* numbers, booleans, moments in µs, counts */
    bool is_moment;
};

/* Where the fact stands among all facts of its case: the same record always has the same place. */
struct case_fact_place {
    struct text source; /* the service; for a record sent again, its inbox topic */
    int32_t lane;
    int64_t n; /* aftercare-seq's number; the offset in an inbox */
};

struct case_fact {
    struct uuid case_id;
    struct text service; /* "escalation" */
    struct text name;    /* "CaseAssigned" */
    int64_t at_us;
    struct case_fact_place place;
    const struct case_fact_field *fields;
    size_t field_count;
};

/* Absent, 0 and false when the fact has no such field. */
struct text case_fact_text(const struct case_fact *fact, const char *field);
int64_t case_fact_number(const struct case_fact *fact, const char *field);
bool case_fact_is(const struct case_fact *fact, const char *service, const char *name);
