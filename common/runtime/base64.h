/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 (RFC 4648). Pure: uses core only, so that a service's rules may use it (add_service(... LIBS
 * base64)). */
#pragma once

#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the text for `len` bytes, without a NUL. */
size_t base64_text_len(size_t len);
/* Writes base64_text_len(len) characters, the standard alphabet with padding, and no NUL. */
void base64_write(const uint8_t *bytes, size_t len, char *to);
/* The URL's alphabet ('-' and '_') without padding, with a NUL: `to` has room for base64_text_len(len) + 1.
 */
void base64url_write(const uint8_t *bytes, size_t len, char *to);
/* Bytes that `text` may need at most when it is read. */
size_t base64_max_len(struct text text);
/* Both alphabets, padding or none; false on any other character, on a wrong length and on stray bits at the
 * end. */
bool base64_read(struct text text, uint8_t *to, size_t *ret_len);
