/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets are kept as digests and compared in a time that does not depend on where they differ. */
#pragma once

#include "core/text.h"

#include <stdbool.h>

#define SECRET_SHA256_LEN     32
#define SECRET_SHA256_HEX_LEN 64

/* False at once when the lengths differ: compare digests where the length is secret too. */
bool secret_equal(struct text a, struct text b);
void secret_sha256(struct text text, unsigned char ret_digest[SECRET_SHA256_LEN]);
/* Lower case, with a NUL. Returns `to`. */
char *secret_sha256_hex(struct text text, char to[SECRET_SHA256_HEX_LEN + 1]);
