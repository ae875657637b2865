/* SPDX-License-Identifier: Apache-2.0 */
/* The shop's policies as the rules see them: survey.yaml and messages.yaml, read and checked by policies.c.
 * Never changed after loading; texts live as long as the rulebook. Durations in µs. */
#pragma once

#include "domain.h"
#include "runtime/policy_template.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RULEBOOK_WORDS 200

enum template { TEMPLATE_SURVEY, TEMPLATE_THANKS, TEMPLATE_SORRY, TEMPLATE_COUNT };
/* "survey", ...: as a Notice names it. */
extern const char *const rulebook_template_names[TEMPLATE_COUNT];

struct score_word {
    struct text word; /* as scores_plain makes it */
    int32_t score;    /* or SCORE_COURTESY */
};

struct rulebook {
    int64_t delay_us[CHANNEL_COUNT]; /* from resolved to asked; [0]: a channel that is not known */
    int64_t open_for_us;             /* from asked to expired */
    bool is_closed_by_reopening;     /* a survey that was sent */
    int64_t await_opening_us;        /* how long a resolved case may stay unknown */
    int64_t asks_per_case, budget, budget_window_us;
    int32_t low_score;   /* this or less: followed up */
    int32_t solved_from; /* a score by chat: solved from here on */
    struct score_word words[RULEBOOK_WORDS];
    size_t word_count;
    struct policy_text templates[TEMPLATE_COUNT];
};

/* What the policy files say that come with the service, without words and templates. */
void rulebook_defaults(struct rulebook *rulebook);
