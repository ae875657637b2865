/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/api_keys.h"

#include "runtime/secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MOST       1000
#define FILE_BYTES_MOST ((size_t)1024 * 1024)

struct api_keys {
    size_t count;
    struct api_key keys[];
};

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_word(struct text text, const char *also)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_plain && (c == '\0' || strchr(also, c) == NULL))
            return false;
    }
    return true;
}

static bool read_digest(struct text hex, unsigned char digest[SECRET_SHA256_LEN])
{
    if (hex.len != SECRET_SHA256_HEX_LEN)
        return false;
    for (size_t i = 0; i < SECRET_SHA256_LEN; i++) {
        int high = hex_value(hex.at[2 * i]), low = hex_value(hex.at[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        digest[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

static enum status read_line(struct text line, struct api_key *key, struct error *err)
{
    struct text rest = line;
    struct text name = text_trim(text_cut(&rest, ':'));
    struct text hex = rest.at == NULL ? TEXT_NULL : text_trim(text_cut(&rest, ':'));
    struct text scopes = rest.at == NULL ? TEXT("") : text_trim(rest);
    if (text_is_empty(name) || name.len > API_KEY_NAME_MOST || !is_word(name, "._-"))
        return fail(err, STATUS_INVALID, "the name is 1 to %d of a-z A-Z 0-9 . _ -", API_KEY_NAME_MOST);
    if (!read_digest(hex, key->digest))
        return fail(err, STATUS_INVALID,
                    "behind the name and ':' stand the 64 hex digits of the key's SHA-256");
    if (scopes.len >= sizeof key->scopes || !is_word(scopes, "._-=, "))
        return fail(err, STATUS_INVALID, "scopes are words of a-z A-Z 0-9 . _ - =, separated by commas");
    memcpy(key->name, name.at, name.len);
    key->name[name.len] = '\0';
    memcpy(key->scopes, scopes.at, scopes.len);
    key->scopes[scopes.len] = '\0';
    return STATUS_OK;
}

enum status api_keys_parse(const char *name, struct text text, struct api_keys **ret_keys, struct error *err)
{
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++)
        lines += text.at[i] == '\n';
    size_t most = lines < KEYS_MOST ? lines : KEYS_MOST;
    struct api_keys *keys = calloc(1, sizeof *keys + most * sizeof keys->keys[0]);
    if (keys == NULL)
        return fail(err, STATUS_FATAL, "%s: out of memory", name);
    struct text rest = text.at == NULL ? TEXT("") : text;
    for (size_t number = 1; rest.at != NULL; number++) {
        struct text line = text_trim(text_cut(&rest, '\n'));
        if (line.len == 0 || line.at[0] == '#')
            continue;
        struct error why;
        enum status status = keys->count == most ? fail(&why, STATUS_INVALID, "more than %d keys", KEYS_MOST)
                                                 : read_line(line, &keys->keys[keys->count], &why);
        if (status != STATUS_OK) {
            api_keys_free(keys);
            return fail(err, status, "%s:%zu: %s", name, number, why.text);
        }
        keys->count++;
    }
    *ret_keys = keys;
    return STATUS_OK;
}

enum status api_keys_load(const char *path, struct api_keys **ret_keys, struct error *err)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return fail(err, STATUS_INVALID, "%s: %s", path, strerror(errno));
    char *bytes = malloc(FILE_BYTES_MOST + 1);
    size_t len = bytes == NULL ? 0 : fread(bytes, 1, FILE_BYTES_MOST + 1, file);
    bool is_broken = bytes == NULL || ferror(file) != 0;
    fclose(file);
    enum status status;
    if (is_broken)
        status = fail(err, STATUS_INVALID, "%s: cannot be read", path);
    else if (len > FILE_BYTES_MOST)
        status = fail(err, STATUS_INVALID, "%s: larger than 1 MiB", path);
    else
        status = api_keys_parse(path, text_make(bytes, len), ret_keys, err);
    free(bytes);
    return status;
}

void api_keys_free(struct api_keys *keys)
{
    free(keys);
}

size_t api_keys_count(const struct api_keys *keys)
{
    return keys == NULL ? 0 : keys->count;
}

const struct api_key *api_keys_find(const struct api_keys *keys, struct text presented)
{
    unsigned char digest[SECRET_SHA256_LEN];
    secret_sha256(presented, digest);
    const struct api_key *found = NULL;
    /* All of them, always: the time must not tell which one it was. */
    for (size_t i = 0; i < api_keys_count(keys); i++)
        if (secret_equal(text_make(digest, sizeof digest),
                         text_make(keys->keys[i].digest, sizeof keys->keys[i].digest)))
            found = &keys->keys[i];
    return found;
}

bool api_key_allows(const char *scopes, const char *scope)
{
    struct text rest = text_of(scopes);
    bool lists_any = false;
    while (rest.at != NULL) {
        struct text word = text_trim(text_cut(&rest, ','));
        if (text_equal_string(word, scope))
            return true;
        lists_any = lists_any || (word.len > 0 && !text_contains(word, TEXT("=")));
    }
    return !lists_any;
}

/* The value of the next word "name=value"; false when there is none left. */
static bool next_tie(struct text *rest, const char *name, struct text *ret_value)
{
    while (rest->at != NULL) {
        struct text value = text_trim(text_cut(rest, ','));
        struct text own = text_cut(&value, '=');
        if (value.at == NULL || !text_equal_string(own, name))
            continue;
        *ret_value = value;
        return true;
    }
    return false;
}

bool api_key_is_tied(const char *scopes, const char *name)
{
    struct text rest = text_of(scopes), value;
    return next_tie(&rest, name, &value);
}

bool api_key_admits(const char *scopes, const char *name, struct text value)
{
    struct text rest = text_of(scopes), tied;
    while (next_tie(&rest, name, &tied))
        if (text_equal(tied, value))
            return true;
    return !api_key_is_tied(scopes, name);
}
