/* SPDX-License-Identifier: Apache-2.0 */
/* What a case is about, told from the customer's words: the seam behind which a classifier stands. It sees
 * words and what is known around them, says a verdict with its reasons, and knows nothing of cases, facts or
 * answers. rule_classifier.h is one; a statistical model is another, or both in one. Pure: no I/O, no state
 * between calls, safe from any thread. */
#pragma once

#include "core/arena.h"
#include "words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLASSIFIER_REASONS 12
#define CLASSIFIER_TOP     3

struct classifier_context {
    int32_t language; /* of the case, for words that have none of their own */
};

struct classifier_reason {
    struct text name; /* the rule, or the n-gram */
    double weight;
};

struct classifier_candidate {
    int32_t label; /* index in the closed list */
    double probability;
};

struct verdict {
    int32_t label; /* index in the closed list, always */
    double confidence;
    struct classifier_candidate top[CLASSIFIER_TOP]; /* best first */
    size_t top_count;
    struct classifier_candidate alone; /* what the last word would be by itself */
    bool is_complaint;
    bool wants_human; /* a person was asked for, at any time */
    int32_t urgency, sentiment, language;
    int32_t product; /* index of the product last spoken of; -1: none was */
    struct classifier_reason reasons[CLASSIFIER_REASONS]; /* weightiest first */
    size_t reason_count;
};

struct classifier {
    const void *self;
    /* What the case is after its first word, after its first two, ... after all: one verdict each in
     * ret_verdicts[0 .. count - 1]. The last word counts most. False when the memory for it is not there. */
    bool (*classify)(const void *self, const struct said *words, size_t count,
                     const struct classifier_context *context, struct arena *arena,
                     struct verdict *ret_verdicts);
};

static inline bool classifier_run(const struct classifier *classifier, const struct said *words, size_t count,
                                  const struct classifier_context *context, struct arena *arena,
                                  struct verdict *ret_verdicts)
{
    return classifier->classify(classifier->self, words, count, context, arena, ret_verdicts);
}
