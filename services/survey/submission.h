/* SPDX-License-Identifier: Apache-2.0 */
/* The page's form as it was sent back: read, checked, and given an identity. Pure.
 *
 * The identity is made of the token, of the copy of the form and of what it says: a double click, or the same
 * form sent again because Kafka was away, is one answer; a new copy of the form is a new answer, even when it
 * says what an earlier one said. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "page.h"
#include "runtime/http_url.h"
#include "token.h"

#include <stdbool.h>
#include <stdint.h>

#define SUBMISSION_ID_LEN 64

enum submission_problem {
    SUBMISSION_GOOD,
    SUBMISSION_WITHOUT_SCORE,
    SUBMISSION_WITHOUT_SOLVED,
    SUBMISSION_TOO_LONG, /* the comment */
    SUBMISSION_MALFORMED,
};

struct submission {
    struct page_values values; /* to show the form again; the comment masked */
    bool is_solved;
    char id[SUBMISSION_ID_LEN + 1]; /* of a good one */
};

/* Texts are in the arena or borrow from the fields. */
enum submission_problem submission_read(const struct http_url *fields, const struct token *token,
                                        struct arena *arena, struct submission *ret_submission);
