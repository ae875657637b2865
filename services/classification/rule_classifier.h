/* SPDX-License-Identifier: Apache-2.0 */
/* The classifier of policy rules: patterns found in the words add weight to labels and set the other heads.
 * Earlier words count less, answers to our questions too; the share of a label among all of them is the
 * confidence, with a floor for "none of these". Pure. */
#pragma once

#include "classifier.h"
#include "rulebook.h"

/* Borrows the rulebook. */
struct classifier rule_classifier(const struct rulebook *rulebook);

/* One message by itself, as it came: does it ask for a person; does it ask for nothing (thanks, a bare
 * score)? */
struct rule_glance {
    bool wants_human, is_acknowledgement;
};
struct rule_glance rule_classifier_glance(const struct rulebook *rulebook, struct text text,
                                          struct arena *arena);
