/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-1 (FIPS 180-4), only because UUID version 5 is defined on it (RFC 9562 §5.5): names, never secrets.
 * Here rather than in a library because `core` uses libc only. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct sha1 {
    uint32_t state[5];
    uint64_t total_bytes;
    uint8_t block[64];
};

void sha1_init(struct sha1 *sha1);
void sha1_add(struct sha1 *sha1, const void *at, size_t len);
void sha1_end(struct sha1 *sha1, uint8_t ret_digest[20]);
