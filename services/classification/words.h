/* SPDX-License-Identifier: Apache-2.0 */
/* What the customer has said in a case, in the order of when it was said, bounded: past WORDS_MOST the second
 * oldest goes (the first says what the matter is). Because everything is told from this list, the order in
 * which messages were read does not show. Pure. */
#pragma once

#include "core/arena.h"
#include "core/text.h"
#include "plain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORDS_MOST 8

struct said {
    int64_t at_us;
    int32_t language;    /* as the publisher says; 0: not said */
    bool is_answer;      /* to a question of ours: says little about what the matter is */
    bool has_attachment; /* which only a person can look at */
    struct text text;    /* at most PLAIN_BYTES_MOST bytes */
};

struct words {
    struct said items[WORDS_MOST];
    size_t count;
};

/* `packed` is what words_pack made, absent for none; texts borrow from it. Bytes of another make are none. */
void words_unpack(struct text packed, struct words *ret_words);
/* In the arena; absent when it is full. */
struct text words_pack(const struct words *words, struct arena *arena);
/* False when the list had to forget one for it. No two have the same time: of two, the one added later is the
 * later. */
bool words_add(struct words *words, const struct said *said);
