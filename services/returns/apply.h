/* SPDX-License-Identifier: Apache-2.0 */
/* The whole of this service's domain as one function: a case's file, a fact, the rules and the present in;
 * the file as it is then and the effects out. Pure.
 *
 * What the case and its order are is kept by the last word on them; commands, scans, results and deadlines
 * move the machines (machines.h). A command that is not legal changes nothing: EFFECT_REFUSED says why and
 * what is legal. `file->money` must be that of the order which the case has after the fact. */
#pragma once

#include "turn.h"

/* `effects` is emptied first. */
void case_apply(struct case_file *file, const struct fact *fact, const struct rulebook *rules,
                struct arena *arena, int64_t now_us, struct effects *effects);

/* Whether the order is the last word on the case's order. */
bool case_takes_order(const struct case_state *state, const struct fact *fact);
