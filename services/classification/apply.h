/* SPDX-License-Identifier: Apache-2.0 */
/* The whole of this service's domain as one function: a case, a fact, the rules and the present in; the case
 * as it is then and the effects out. Pure.
 *
 * What was said is kept (words.h, the order, the correction), and what the case is about is told from all of
 * it anew, so the order of reading does not show. Only what follows from having acted does: a question counts
 * as answered by what was said after it was asked, and an answer that was given stays given. */
#pragma once

#include "case_state.h"
#include "classifier.h"
#include "effects.h"
#include "fact.h"
#include "rulebook.h"

struct apply_context {
    const struct rulebook *rules;
    const struct classifier *classifier;
    struct arena *arena;
    int64_t now_us; /* the database's clock */
};

/* `effects` is emptied first. False when the arena is full: what was changed must be thrown away. */
bool case_apply(struct case_state *state, const struct fact *fact, const struct apply_context *context,
                struct effects *effects);
