/* SPDX-License-Identifier: Apache-2.0 */
/* Which deadlines a case has, and when: targets by channel, priority and tier, in wall-clock time from the
 * moment the case was received; waits that a policy lets pause a clock, and time spent resolved, move its
 * deadline by their length. Pure. Everything follows from state and life, so re-arming is a comparison of
 * before and after. */
#pragma once

#include "case_state.h"
#include "rulebook.h"

enum deadline {
    DEADLINE_FIRST_RESPONSE_WARN,
    DEADLINE_FIRST_RESPONSE,
    DEADLINE_RESOLUTION_WARN,
    DEADLINE_RESOLUTION,
    DEADLINE_ASSIGN,
    DEADLINE_SILENCE,
    DEADLINE_CONFIRMATION,
    DEADLINE_COUNT,
};
/* "first-response-warn", ... as armed. */
extern const char *const deadline_names[DEADLINE_COUNT];

/* The target in force for this channel, priority and tier (0 counts as standard; an unknown channel as API).
 */
struct target deadlines_target(const struct sla_rules *rules, int32_t channel, int32_t priority,
                               int32_t tier);

struct deadline_plan {
    int64_t due_us[DEADLINE_COUNT]; /* 0: not armed */
};
struct deadline_plan deadlines_plan(const struct case_state *state, const struct life *life,
                                    const struct rulebook *rules);

/* When the clock runs out if nothing pauses it any more; while it is paused the time of the pause so far does
 * not count yet. 0 for a case that is not opened. */
int64_t deadlines_due_us(const struct case_state *state, const struct life *life,
                         const struct sla_rules *rules, enum clock_kind clock);
int64_t deadlines_warn_us(const struct case_state *state, const struct life *life,
                          const struct sla_rules *rules, enum clock_kind clock);
