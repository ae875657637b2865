/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a chat message is a score and nothing else: "5", "５", "五星", "very satisfied!". Pure. */
#pragma once

#include "core/arena.h"
#include "core/text.h"
#include "rulebook.h"

/* 1 to 5; 0: it is not one. Digits are known; all other words are the policy's. */
int32_t scores_read(const struct rulebook *rules, struct text text);
/* How words are kept for comparing: full-width characters as ASCII, letters small, without marks and blanks
 * around them. In the arena; absent when it is full. */
struct text scores_plain(struct text text, struct arena *arena);
