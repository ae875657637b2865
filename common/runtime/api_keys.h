/* SPDX-License-Identifier: Apache-2.0 */
/* Who may call the API. A file holds one key a line, never the key itself:
 *
 *     # name : SHA-256 of the key, in hex : scopes, may be left out (then the key may do everything)
 *     storefront:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
 *     agent-desk:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752:agent,seller
 *
 * A name may stand in several lines (two keys while one is replaced). */
#pragma once

#include "core/status.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>

#define API_KEY_NAME_MOST 64

struct api_keys;

struct api_key {
    char name[API_KEY_NAME_MOST + 1]; /* a-z A-Z 0-9 . _ - */
    unsigned char digest[32];
    char scopes[160]; /* as written; "" = everything */
};

/* INVALID naming file and line for anything that is not as above, more than 1000 keys, or a file that cannot
 * be read. */
enum status api_keys_load(const char *path, struct api_keys **ret_keys, struct error *err) MUST_CHECK;
/* The same from memory; `name` stands for the file in sentences. */
enum status api_keys_parse(const char *name, struct text text, struct api_keys **ret_keys,
                           struct error *err) MUST_CHECK;
void api_keys_free(struct api_keys *keys);
size_t api_keys_count(const struct api_keys *keys);

/* Compares with every key in constant time; NULL when it is none of them. Borrowed from `keys`. */
const struct api_key *api_keys_find(const struct api_keys *keys, struct text presented);
/* True when `scopes` is empty or lists `scope`. */
bool api_key_allows(const char *scopes, const char *scope);
