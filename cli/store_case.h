/* SPDX-License-Identifier: Apache-2.0 */
/* A case as intake has recorded it. The connection's schema is intake's. */
#pragma once

#include "runtime/postgres.h"

struct case_line {
    int64_t happened_at_us;
    struct text service, fact;
    struct text sentence_zh, sentence_en;
    struct text words; /* absent when nothing was said */
};

struct case_story {
    struct text record; /* JSON of the record's columns that are set; absent: no such case */
    struct case_line *lines;
    size_t count; /* by time */
};

/* In the arena. */
enum status store_case_read(struct postgres *db, struct uuid case_id, struct arena *arena,
                            struct case_story *ret_story, struct error *err) MUST_CHECK;
