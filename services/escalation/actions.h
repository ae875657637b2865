/* SPDX-License-Identifier: Apache-2.0 */
/* What may be done to a case, by whom, in which state. Moves as data: a refusal names the legal ones. Pure.
 */
#pragma once

#include "case_state.h"
#include "effects.h"
#include "fact.h"

bool action_is_legal(int32_t status, int32_t role, int32_t kind);
/* Names of the moves open to this role now; returns how many. */
size_t actions_legal(int32_t status, int32_t role, const char *moves[MOVES_MOST]);

/* The reason for which the action is refused before anything else is looked at, in the arena; absent when
 * there is none: a case not yet opened, a version that has passed, a move this role or status does not have.
 */
struct text action_objection(const struct case_state *state, const struct life *life,
                             const struct fact_action *action, struct arena *arena);
