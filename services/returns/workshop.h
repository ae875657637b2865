/* SPDX-License-Identifier: Apache-2.0 */
/* What the workshop does with the goods: received, inspected line by line, repaired, sent back. An action
 * that names lines means those, one that names none all that it can be done to. Pure. */
#pragma once

#include "turn.h"

/* Whether there is a line the action can be done to: part of what makes a move legal. */
bool workshop_can(const struct case_file *file, int32_t action);

/* Each does what the action says and returns absent, or changes nothing and returns why not. */
struct text workshop_receive(struct turn *turn);
struct text workshop_inspect(struct turn *turn, const struct fact_action *action);
struct text workshop_repair(struct turn *turn, const struct fact_action *action);
struct text workshop_ship(struct turn *turn, const struct fact_action *action);

/* Closes the return when every line is done. */
void workshop_finish(struct turn *turn);
