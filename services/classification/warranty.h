/* SPDX-License-Identifier: Apache-2.0 */
/* The order as this service keeps it, and what follows from it for a claim: which line is meant, whether it
 * is in warranty. Pure. */
#pragma once

#include "core/arena.h"
#include "core/text.h"
#include "rulebook.h"
#include "words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WARRANTY_LINES_MOST 50

struct line {
    struct text product, model;
    int32_t warranty_months;
};

/* One text for all lines, without line numbers; absent when the arena is full. Texts hold no control
 * characters: checked on the wire. */
struct text lines_pack(const struct line *lines, size_t count, struct arena *arena);
size_t lines_unpack(struct text packed, struct line lines[WARRANTY_LINES_MOST]);

/* The line the words are about: the only one; else the only one whose product is the one spoken of
 * (`product`, an index of the rulebook's, or -1), or whose model or product is named. -1 when that is none or
 * several. */
int32_t lines_choose(const struct line *lines, size_t count, const struct rulebook *rulebook, int32_t product,
                     const struct words *words, struct arena *arena);
/* The product a line is, by its name; -1 when it is none of the rulebook's. */
int32_t line_product(const struct line *line, const struct rulebook *rulebook, struct arena *arena);

/* Was `at_us` within so many calendar months after from_us? The last day counts whole (UTC). */
bool warranty_holds(int64_t from_us, int32_t months, int64_t at_us);
