/* SPDX-License-Identifier: Apache-2.0 */
/* A customer's words as patterns see them: full-width characters as ASCII, Latin letters small, blanks
 * single, invisible characters gone, a character that is repeated more than three times three times (digits
 * excepted, for they are numbers). Pure. */
#pragma once

#include "core/arena.h"
#include "core/text.h"

#include <stdint.h>

#define PLAIN_BYTES_MOST 2000 /* what is longer is cut: a problem is told in its first sentences */

/* `text` is well-formed UTF-8. In the arena; absent when it is full. */
struct text plain_text(struct text text, struct arena *arena);
/* The language it is written in: LANGUAGE_ZH_CN, LANGUAGE_EN, or 0 when it has neither. */
int32_t plain_language(struct text text);
