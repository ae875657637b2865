/* SPDX-License-Identifier: Apache-2.0 */
/* What this service says to the customer by itself: answers, and the questions of a diagnosis. Part of
 * apply.h; pure. */
#pragma once

#include "apply.h"
#include "faq.h"

/* Everything the rules made of the case as it is now. */
struct understanding {
    struct words words;
    struct verdict verdicts[WORDS_MOST];
    struct verdict verdict; /* the last one */
    struct stance stance;
    int32_t product; /* spoken of, or the order's line; -1: not known */
};

/* An answer to the open question, when the words are one: said after it was asked. True when it was recorded.
 */
bool conversation_take_answer(struct case_state *state, const struct fact *fact,
                              const struct apply_context *context, struct effects *effects);

/* Looks whether the order's facts answer what is asked, and says in state->handed_over when a person has to.
 * Before the classification is stated, for its decision depends on it. */
void conversation_consider(struct case_state *state, const struct understanding *seen,
                           const struct apply_context *context);
/* Gives the answers that are due, begins, continues or gives up the diagnosis, arms and cancels deadlines.
 * After the classification is stated. `had` is the state before the fact. */
void conversation_go_on(struct case_state *state, const struct case_state *had,
                        const struct understanding *seen, const struct apply_context *context,
                        struct effects *effects);
