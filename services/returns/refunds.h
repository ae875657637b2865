/* SPDX-License-Identifier: Apache-2.0 */
/* Money. An intent is made once for a line, and its key is the same for ever; it counts against what was paid
 * from then on, whatever becomes of it. So: what is settled <= what was requested <= what was paid, over all
 * cases and returns of an order. A result settles an intent at most once; repeated, late and contradicting
 * results change nothing and are noted in its row. Pure. */
#pragma once

#include "turn.h"

/* What may still be asked back of the case's order; 0 while what was paid is not known. */
int64_t refunds_left(const struct case_file *file);

struct uuid refunds_intent_id(const struct return_state *current, int32_t line_no);

/* Why these refund lines of the current return cannot be asked for now; absent when they can. Intents that
 * are there already (asked again after a failure) need nothing more. */
struct text refunds_objection(const struct turn *turn, struct return_line *const *lines, size_t count);
/* Asks: for the first time or, after a failure, again under the same key. */
void refunds_ask(struct turn *turn, struct return_line *line);

void refunds_hear(struct turn *turn, const struct fact_result *result);
