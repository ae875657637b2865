/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/secret.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdio.h>

bool secret_equal(struct text a, struct text b)
{
    if (a.len != b.len)
        return false;
    return a.len == 0 || CRYPTO_memcmp(a.at, b.at, a.len) == 0;
}

void secret_sha256(struct text text, unsigned char ret_digest[SECRET_SHA256_LEN])
{
    SHA256((const unsigned char *)(text.at == NULL ? "" : text.at), text.len, ret_digest);
}

char *secret_sha256_hex(struct text text, char to[SECRET_SHA256_HEX_LEN + 1])
{
    unsigned char digest[SECRET_SHA256_LEN];
    secret_sha256(text, digest);
    for (size_t i = 0; i < SECRET_SHA256_LEN; i++)
        snprintf(to + 2 * i, 3, "%02x", digest[i]);
    return to;
}
