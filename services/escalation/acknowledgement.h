/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a customer's message asks for nothing: a bare score, a word of thanks. Such a message ends a wait
 * for the customer but reopens nothing. Pure. */
#pragma once

#include "core/text.h"
#include "rulebook.h"

/* True for one digit 1 to 5, and for the policy's words, whatever their case and the marks and blanks around
 * them. */
bool acknowledgement_is(const struct rulebook *rules, struct text text);
/* How words are kept for comparing: without marks and blanks around them, ASCII letters small. In the arena.
 */
struct text acknowledgement_plain(struct text text, struct arena *arena);
