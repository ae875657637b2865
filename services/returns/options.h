/* SPDX-License-Identifier: Apache-2.0 */
/* The ways to go: offered with what speaks for and against each, chosen by the customer, and what is promised
 * with the choice. Pure. */
#pragma once

#include "turn.h"

/* States what is offered, with the dates as they would be if it were chosen now, and tells the customer by
 * `template` (its {options} are the list). */
void options_offer(struct turn *turn, enum template template);

/* Why it cannot be chosen; absent when it can. */
struct text options_objection(const struct turn *turn, struct text option_id);
void options_choose(struct turn *turn, struct text option_id);

/* The promised time is near and the return is not done: a new one is promised, with the reason. */
void options_delay(struct turn *turn);
