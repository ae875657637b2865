/* SPDX-License-Identifier: Apache-2.0 */
/* What people do to a case, each as a change of the state. Part of apply.h; pure. */
#pragma once

#include "apply.h"

/* The reason for refusing the action, or absent when it was done; refused, nothing has changed. The
 * consequences are settle_case's. */
struct text command_do(struct case_state *state, const struct fact *fact, struct apply_context *context,
                       struct effects *effects);

/* One level up, and to somebody who reaches it; nothing at the last level. */
void command_escalate(struct case_state *state, struct text reason, struct apply_context *context,
                      struct effects *effects);

/* The first response came then; an earlier one stands. */
void command_respond(struct case_state *state, int64_t at_us);
/* A word on how the case was resolved; of two the later counts. */
void command_resolve(struct case_state *state, struct text resolution, struct text by, int64_t at_us);
void command_remember(struct case_state *state, enum moment_kind kind, int64_t at_us,
                      struct apply_context *context);
