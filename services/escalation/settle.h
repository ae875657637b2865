/* SPDX-License-Identifier: Apache-2.0 */
/* What follows from what is known of a case: priority and targets, status, waiting, clocks kept or missed,
 * the agent, the deadlines. Part of apply.h; pure. */
#pragma once

#include "apply.h"

/* The case before the fact. */
struct settle_before {
    struct life life;
    struct deadline_plan plan;
    bool is_opened;
    int64_t due_us[CLOCK_COUNT]; /* of each clock, as it was stated last */
};
struct settle_before settle_look(const struct case_state *state, const struct apply_context *context);

/* Brings state and effects up to date. `why` is the reason given if the case turns out to be reopened. */
void settle_case(struct case_state *state, const struct settle_before *before, struct text why,
                 struct apply_context *context, struct effects *effects);
