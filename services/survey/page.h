/* SPDX-License-Identifier: Apache-2.0 */
/* The page behind a survey's link, as HTML: works without JavaScript and on a phone, loads nothing. All texts
 * are the policy's (forms.yaml), and everything that is not markup is escaped. Pure. */
#pragma once

#include "core/arena.h"
#include "core/text.h"
#include "domain.h"
#include "runtime/policy_template.h"

#include <stdbool.h>
#include <stdint.h>

struct forms {
    struct policy_text title, intro, score_question, score_1, score_2, score_3, score_4, score_5;
    struct policy_text solved_question, yes, no, comment_question, comment_hint, submit;
    struct policy_text thanks_title, thanks, sorry, change;
    struct policy_text missing_score, missing_solved, too_long, malformed; /* above the form, to be mended */
    struct policy_text unknown_title, unknown, expired_title, expired, unavailable_title, unavailable;
};

/* The one style sheet, to be allowed by its hash. */
extern const struct text page_style;

/* LANGUAGE_ZH_CN or LANGUAGE_EN: the case's; else what the Accept-Language header likes best; else Chinese.
 */
int32_t page_language(int32_t of_case, struct text accept_language);

/* What the form shows as filled in already; its names are those of the fields. */
struct page_values {
    struct text form; /* an id of this copy of the form, sent along: see submission.h */
    int32_t score;    /* 0: none chosen */
    struct text solved, comment;
};

/* `problem`: a sentence above the form; NULL: none. All pages: in the arena, absent when it is full. */
struct text page_form(const struct forms *forms, int32_t language, const struct page_values *values,
                      const struct policy_text *problem, struct arena *arena);
/* A page that says something. `change`: with a link back to the form, at the same address. */
struct text page_words(const struct forms *forms, int32_t language, const struct policy_text *title,
                       const struct policy_text *words, bool has_change, struct arena *arena);
