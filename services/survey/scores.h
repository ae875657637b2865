/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a chat message is a score and nothing else: "5", "５", "五星", "very satisfied!". Pure. */
#pragma once

#include "core/arena.h"
#include "core/text.h"
#include "rulebook.h"

enum { SCORE_NONE = 0, SCORE_COURTESY = -1 };

/* 1 to 5; SCORE_COURTESY: thanks and the like, which are no answer and ask for nothing; SCORE_NONE: it says
 * something else. Digits are known; all other words are the policy's. */
int32_t scores_read(const struct rulebook *rules, struct text text);
/* How words are kept for comparing: full-width characters as ASCII, letters small, without marks and blanks
 * around them. In the arena; absent when it is full. */
struct text scores_plain(struct text text, struct arena *arena);
