/* SPDX-License-Identifier: Apache-2.0 */
/* What customers answer, and what follows from it. An answer counts when it was given after the survey was
 * sent and before it expires, whenever it is read, even when the case was reopened meanwhile: what a customer
 * says is not thrown away, and the page need not know. Of several the last one given counts, and every one is
 * kept.
 *
 * By chat a score is an answer only until the customer writes of something else: "1" may then be the answer
 * to another question. Pure. */
#pragma once

#include "dossier.h"
#include "effects.h"
#include "rulebook.h"

/* The survey a score by chat of that moment answers: the last one sent before, if it is still open then.
 * NULL: none. */
struct survey *answers_find_asked(struct dossier *dossier, int64_t at_us);
/* The customer writes of something else. */
void answers_end_chat(struct dossier *dossier, int64_t at_us);
bool answers_is_low(const struct rulebook *rules, int32_t score, bool is_solved);
/* Takes the answer, which counts. */
void answers_take(struct survey *survey, const struct answer *answer, const struct rulebook *rules,
                  struct effects *effects);
