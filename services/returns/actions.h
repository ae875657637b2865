/* SPDX-License-Identifier: Apache-2.0 */
/* Which moves are legal now, and for whom: the return's machine, the lines' machines and a table of roles.
 * Pure. */
#pragma once

#include "turn.h"

/* Names of the actions this role may take now; legal_moves of a refusal. */
size_t actions_legal(const struct case_file *file, int32_t role, const char *moves[MOVES_MOST]);

/* Why the action is not taken, as far as version, role and machines tell; absent when they do not object. */
struct text actions_objection(const struct turn *turn, const struct fact_action *action);
