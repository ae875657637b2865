/* SPDX-License-Identifier: Apache-2.0 */
/* One line of a case's timeline per fact: a sentence a person understands, in Chinese and in English (the
 * reader chooses), and the words that were said, when there were any. */
#pragma once

#include "case_fact.h"
#include "core/arena.h"

/* A row; its key is the case and the fact's place, so the same fact is the same line. */
struct timeline_line {
    struct uuid case_id;
    struct text source; /* the fact's place */
    int32_t lane;
    int64_t n;
    int64_t happened_at_us;
    struct text service;
    struct text fact;
    struct text sentence_zh;
    struct text sentence_en;
    struct text words; /* absent when nothing was said */
};

/* Absent sentences when the arena is full. A fact without a sentence of its own is named. */
struct timeline_line timeline_tell(const struct case_fact *fact, struct arena *arena);

/* The sentences, for checks that every field they name exists: entry `i`, or false behind the last. */
bool timeline_sentence(size_t i, const char **ret_service, const char **ret_fact, const char **ret_zh,
                       const char **ret_en);
