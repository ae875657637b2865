/* SPDX-License-Identifier: Apache-2.0 */
/* What a survey's link ends in: case, survey, expiry and language, signed with HMAC-SHA256, as base64url. Who
 * has it may answer, nobody else can make one. Pure: libcrypto computes, it does no I/O. */
#pragma once

#include "core/ids.h"
#include "core/text.h"

#include <stdbool.h>
#include <stdint.h>

#define TOKEN_KEY_LEAST 32 /* bytes */
#define TOKEN_BYTES     74 /* layout, language, case, survey, expiry; 32 of signature */
#define TOKEN_LEN       99 /* characters */

/* To change the key: the old one becomes `previous` until the last link made with it has expired. */
struct token_keys {
    struct text current, previous; /* previous: absent or empty, there is none */
};

struct token {
    struct uuid case_id, survey_id;
    int64_t expires_at_us; /* whole seconds */
    int32_t language;      /* 0: not known */
};

/* Signs with the current key. Returns `to`. */
char *token_write(const struct token_keys *keys, const struct token *token, char to[TOKEN_LEN + 1]);
/* False unless it was made with one of the keys; compared in a time that does not depend on the signature.
 * Whether it has expired is for the caller to say. */
bool token_read(const struct token_keys *keys, struct text text, struct token *ret_token);
