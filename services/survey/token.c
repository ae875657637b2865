/* SPDX-License-Identifier: Apache-2.0 */
#include "token.h"

#include "core/time.h"
#include "runtime/base64.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum { LAYOUT = 1, SIGNED_BYTES = 42, SIGNATURE_BYTES = 32, SECONDS_BYTES = 8 };

_Static_assert(SIGNED_BYTES + SIGNATURE_BYTES == TOKEN_BYTES, "a token is what is signed, and its signature");

/* Without libcrypto's answer there is neither a link nor a check. */
static void sign(struct text key, const uint8_t *bytes, uint8_t signature[SIGNATURE_BYTES])
{
    unsigned len = 0;
    const unsigned char *made =
        HMAC(EVP_sha256(), key.at, (int)key.len, bytes, SIGNED_BYTES, signature, &len);
    assert(made != NULL && len == SIGNATURE_BYTES);
    (void)made;
}

char *token_write(const struct token_keys *keys, const struct token *token, char to[TOKEN_LEN + 1])
{
    uint8_t bytes[TOKEN_BYTES] = {LAYOUT, (uint8_t)token->language};
    uint64_t seconds = (uint64_t)(token->expires_at_us / US_PER_SECOND);
    memcpy(bytes + 2, token->case_id.bytes, 16);
    memcpy(bytes + 18, token->survey_id.bytes, 16);
    for (size_t i = 0; i < SECONDS_BYTES; i++)
        bytes[34 + i] = (uint8_t)(seconds >> (8 * (SECONDS_BYTES - 1 - i)) & 0xff);
    sign(keys->current, bytes, bytes + SIGNED_BYTES);
    char padded[TOKEN_LEN + 2];
    _Static_assert(sizeof padded == (TOKEN_BYTES + 2) / 3 * 4 + 1, "base64url_write needs room for padding");
    base64url_write(bytes, TOKEN_BYTES, padded);
    memcpy(to, padded, TOKEN_LEN + 1);
    return to;
}

static bool is_signed_with(struct text key, const uint8_t bytes[TOKEN_BYTES])
{
    uint8_t signature[SIGNATURE_BYTES];
    if (key.len < TOKEN_KEY_LEAST)
        return false;
    sign(key, bytes, signature);
    return CRYPTO_memcmp(signature, bytes + SIGNED_BYTES, SIGNATURE_BYTES) == 0;
}

bool token_read(const struct token_keys *keys, struct text text, struct token *ret_token)
{
    uint8_t bytes[TOKEN_BYTES + 3];
    size_t len = 0;
    if (text.len != TOKEN_LEN || !base64_read(text, bytes, &len) || len != TOKEN_BYTES || bytes[0] != LAYOUT)
        return false;
    bool is_current = is_signed_with(keys->current, bytes),
         is_previous = is_signed_with(keys->previous, bytes);
    if (!is_current && !is_previous)
        return false;
    uint64_t seconds = 0;
    for (size_t i = 0; i < SECONDS_BYTES; i++)
        seconds = seconds << 8 | bytes[34 + i];
    *ret_token = (struct token){.expires_at_us = (int64_t)seconds * US_PER_SECOND, .language = bytes[1]};
    memcpy(ret_token->case_id.bytes, bytes + 2, 16);
    memcpy(ret_token->survey_id.bytes, bytes + 18, 16);
    return true;
}
