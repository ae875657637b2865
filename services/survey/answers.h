/* SPDX-License-Identifier: Apache-2.0 */
/* What customers answer, and what follows from it. An answer counts when it was given after the survey was
 * sent and before it was closed, whenever it is read; of several the last one given counts, and every one is
 * kept. Pure. */
#pragma once

#include "dossier.h"
#include "effects.h"
#include "rulebook.h"

/* The survey a message of that moment answers: the last one sent before, and still open then. NULL: none. */
struct survey *answers_find_open(struct dossier *dossier, int64_t at_us);
bool answers_is_low(const struct rulebook *rules, int32_t score, bool is_solved);
/* Takes the answer, which counts. The same as the one in force changes nothing. */
void answers_take(struct survey *survey, const struct answer *answer, const struct rulebook *rules,
                  struct effects *effects);
