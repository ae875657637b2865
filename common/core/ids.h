/* SPDX-License-Identifier: Apache-2.0 */
/* UUIDs (RFC 9562). Ids that must come out the same on every retry are version 5 of what they stand for;
 * ids nobody may guess are version 4. */
#pragma once

#include "core/text.h"

#include <stdbool.h>
#include <stdint.h>

struct uuid {
    uint8_t bytes[16];
};

#define UUID_TEXT_LEN 36

extern const struct uuid uuid_nil;

bool uuid_equal(struct uuid a, struct uuid b);
bool uuid_is_nil(struct uuid uuid);
int uuid_compare(struct uuid a, struct uuid b); /* bytewise */
uint64_t uuid_hash(struct uuid uuid);

/* The canonical form only: 36 characters, hyphens at 8-13-18-23; upper case is accepted. */
bool uuid_parse(struct text text, struct uuid *ret_uuid);
/* Lower case, with a NUL. Returns `to`. */
char *uuid_format(struct uuid uuid, char to[UUID_TEXT_LEN + 1]);
/* The same in the arena; absent when it is full. */
struct text uuid_text(struct arena *arena, struct uuid uuid);

/* Version 5 of the parts, each followed by a 0x1F byte so that ("ab","c") and ("a","bc") differ. */
struct uuid uuid_of_parts(struct uuid space, const struct text *parts, size_t count);
/* Version 4 from the kernel's random source; aborts when the kernel has none. */
struct uuid uuid_random(void);
