/* SPDX-License-Identifier: Apache-2.0 */
/* How urgent a case is: points for what is known of it, added up, compared with the shop's steps. Pure. */
#pragma once

#include "core/arena.h"
#include "core/text.h"
#include "rulebook.h"

#define PRIORITY_REASONS 6

struct priority_input {
    int32_t type; /* enum case_type; 0: not classified yet */
    bool is_complaint;
    int32_t urgency;   /* 0 to 3 */
    int32_t sentiment; /* -2 to 2 */
    int32_t tier;      /* 0: not known, as standard */
    int64_t money_minor;
    struct text currency; /* absent: no money is known to be at stake */
};

struct priority_verdict {
    int32_t priority; /* enum priority */
    int32_t points;
    struct text reasons[PRIORITY_REASONS]; /* "type repair +15", in the arena */
    size_t reason_count;
};

/* Values outside their range count as the nearest inside. The reasons' points add up to `points`. */
struct priority_verdict priority_judge(const struct priority_rules *rules, const struct priority_input *input,
                                       struct arena *arena);
