/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes from outside, with their length: never assumed to end in NUL. A text borrows; it is valid as long as
 * what it points into (a record, an arena, a literal). `at == NULL` means "absent" (SQL NULL); an empty text
 * has `at != NULL, len == 0`. */
#pragma once

#include "core/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
    const char *at;
    size_t len;
};

#define TEXT(literal) ((struct text){("" literal), sizeof(literal) - 1})
#define TEXT_NULL     ((struct text){NULL, 0})
/* printf("%.*s", TEXT_ARGS(text)) */
#define TEXT_ARGS(text) (int)(text).len, (text).at == NULL ? "" : (text).at

/* Borrows a C string; NULL gives TEXT_NULL. */
struct text text_of(const char *string);
struct text text_make(const void *at, size_t len);
/* A NUL-terminated copy in the arena; TEXT_NULL stays TEXT_NULL, and is the answer when the arena is full. */
struct text text_copy(struct arena *arena, struct text text);
/* The same as a C string; "" for TEXT_NULL, NULL when the arena is full. */
char *text_string(struct arena *arena, struct text text);
struct text text_print(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool text_is_empty(struct text text); /* absent or of length 0 */
bool text_equal(struct text a, struct text b);
bool text_equal_string(struct text a, const char *b);
int text_compare(struct text a, struct text b); /* bytewise, as memcmp; absent first */
bool text_starts_with(struct text text, struct text prefix);
bool text_contains(struct text text, struct text part);
struct text text_trim(struct text text); /* without ASCII white space at both ends */
/* Cuts off and returns what stands before `separator`; `rest` keeps what follows, or becomes absent. */
struct text text_cut(struct text *rest, char separator);

/* Digits only, with an optional '-'; false on anything else and on overflow. */
bool text_to_int64(struct text text, int64_t *ret_value);

/* Well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF) without NUL. */
bool text_is_utf8(struct text text);
/* The longest prefix of at most `max_bytes` that does not cut a UTF-8 character. */
struct text text_clip(struct text text, size_t max_bytes);
/* FNV-1a, for tables in memory. */
uint64_t text_hash(struct text text);
