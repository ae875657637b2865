/* SPDX-License-Identifier: Apache-2.0 */
/* Who may call the API. A file holds one key a line, never the key itself:
 *
 *     # name : SHA-256 of the key, in hex : scopes, may be left out (then the key may do everything)
 *     storefront:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
 *     agent-desk:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752:agent,seller
 *
 *     shop-7-desk:...:agent-actions,cases,shop=s-7
 *
 * A name may stand in several lines (two keys while one is replaced). A word with '=' gives no scope: it ties
 * the key to a value. A key with ties only may do everything, with those values. */
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
/* True when `scopes` lists no scope, or this one. */
bool api_key_allows(const char *scopes, const char *scope);
/* True when `scopes` ties the key to values of `name`: "shop=s-7" does to a shop. */
bool api_key_is_tied(const char *scopes, const char *name);
/* True when it is not tied, or the value is one of those it is tied to. */
bool api_key_admits(const char *scopes, const char *name, struct text value);
