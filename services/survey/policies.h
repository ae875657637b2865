/* SPDX-License-Identifier: Apache-2.0 */
/* The policy files as they are written, and the rulebook that is made of them once they are read. */
#pragma once

#include "page.h"
#include "rulebook.h"
#include "runtime/policy.h"

struct policies_word {
    int64_t score;
    const struct text *words;
    size_t word_count;
};
struct policies_survey {
    int64_t chat_us, app_us, phone_us, email_us, social_us, marketplace_us, api_us; /* delays */
    int64_t open_for_us, await_opening_us, budget_window_us;
    int64_t asks_per_case, budget, low_score, solved_from;
    int reopening;
    const struct policies_word *chat_scores;
    size_t chat_score_count;
    const struct text *courtesies;
    size_t courtesy_count;
};
struct policies_messages {
    struct policy_text survey, thanks, sorry;
};

struct survey_policy {
    struct policies_survey survey;
    struct policies_messages messages;
    struct forms forms;
    struct rulebook rulebook; /* what the rules use */
};

extern const struct policy_schema policies_schema;
