/* SPDX-License-Identifier: Apache-2.0 */
/* The domain as one function: what a fact does to a case and its surveys. Pure; time is an argument.
 *
 * Why the order of topics does not matter: facts of escalation are known by their version; what decides
 * whether to ask is looked at once it has all come; and an answer counts by when it was given (answers.h),
 * not by when it was read. */
#pragma once

#include "budget.h"
#include "core/arena.h"
#include "dossier.h"
#include "effects.h"
#include "fact.h"
#include "rulebook.h"

struct apply_context {
    const struct rulebook *rules;
    struct customer *customer; /* the case's, locked; NULL unless the fact is the deadline "ask" */
    struct arena *arena;
    int64_t now_us;
};

/* The fact is of this case. Texts of the fact are borrowed by the dossier. REFUSED: an answer that does not
 * count any more; INVALID: an answer to a survey that never was. The dossier stays as it was. */
enum status survey_apply(struct dossier *dossier, const struct fact *fact,
                         const struct apply_context *context, struct effects *ret_effects,
                         struct error *err) MUST_CHECK;
