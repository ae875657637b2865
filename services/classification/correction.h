/* SPDX-License-Identifier: Apache-2.0 */
/* CORRECT_CLASSIFICATION: an agent's word on type and label, which later messages do not overwrite. Pure. */
#pragma once

#include "apply.h"

/* The reason for refusing it, in the arena; absent when it was done. Refused, nothing has changed. */
struct text correction_do(struct case_state *state, const struct fact_action *action,
                          const struct apply_context *context);
/* May this role correct, with values that are right? */
bool correction_is_legal(const struct case_state *state, int32_t role);
