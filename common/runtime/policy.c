/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/policy.h"

#include "runtime/policy_walk.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MOST   ((size_t)1024 * 1024)
#define TREE_BYTES_MOST   ((size_t)64 * 1024 * 1024)
#define POLICY_BYTES_MOST ((size_t)64 * 1024 * 1024)
#define VERSION_MOST      40
#define VERSION_DIGITS    12
#define DIGEST_BYTES      32

struct policy_set {
    const struct policy_schema *schema;
    struct arena arena;
    void *values;
    bool is_checked; /* schema->check has run, so schema->done must */
    char digest[2 * DIGEST_BYTES + 1];
    char version[VERSION_MOST + 1];
    atomic_size_t references;
};

/* What one load carries along. */
struct load {
    struct policy_set *set;
    const char *dir;
    struct policy_problems *problems;
    EVP_MD_CTX *digest;
    struct arena tree; /* of one file at a time */
};

void policy_problem(struct policy_problems *problems, const char *format, ...)
{
    if (problems->count == POLICY_PROBLEMS_MOST) {
        problems->unlisted++;
        return;
    }
    char *text = problems->list[problems->count++].text;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof problems->list[0].text, format, args);
    va_end(args);
    size_t len = strlen(text);
    if (len == sizeof problems->list[0].text - 1)
        text[text_clip(text_make(text, len), len - 1).len] = '\0'; /* cut off: not within a character */
    for (char *c = text; *c != '\0'; c++)                          /* keys and values come from outside */
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
}

static bool add_digest(struct load *load, const struct policy_file *file, struct text bytes)
{
    /* Name and length first, so that no two sets of files are one string of bytes. */
    char head[128];
    int len = snprintf(head, sizeof head, "%s %zu\n", file->name, bytes.len);
    return EVP_DigestUpdate(load->digest, head, (size_t)len) == 1 &&
           EVP_DigestUpdate(load->digest, bytes.at, bytes.len) == 1;
}

/* The file's bytes in the tree's arena; absent when it is missing and may be. False: a problem was noted. */
static bool read_file(struct load *load, const struct policy_file *file, struct text *ret_bytes)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", load->dir, file->name) >= sizeof path) {
        policy_problem(load->problems, "%s: the path is too long", file->name);
        return false;
    }
    FILE *stream = fopen(path, "re");
    if (stream == NULL && errno == ENOENT && file->is_optional) {
        *ret_bytes = TEXT_NULL;
        return true;
    }
    if (stream == NULL) {
        policy_problem(load->problems, "%s: cannot open %s: %s", file->name, path, strerror(errno));
        return false;
    }
    char *buffer = arena_alloc(&load->tree, FILE_BYTES_MOST + 1);
    errno = 0;
    size_t len = buffer == NULL ? 0 : fread(buffer, 1, FILE_BYTES_MOST + 1, stream);
    bool is_read = buffer != NULL && ferror(stream) == 0;
    if (!is_read)
        policy_problem(load->problems, "%s: cannot read %s: %s", file->name, path, strerror(errno));
    else if (len > FILE_BYTES_MOST)
        policy_problem(load->problems, "%s: larger than 1 MiB", file->name);
    fclose(stream);
    if (!is_read || len > FILE_BYTES_MOST)
        return false;
    *ret_bytes = text_make(buffer, len);
    return true;
}

static bool is_version(const struct policy_node *node)
{
    if (node->kind != POLICY_NODE_SCALAR || node->text.len == 0 || node->text.len > VERSION_MOST)
        return false;
    for (size_t i = 0; i < node->text.len; i++) {
        char c = node->text.at[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_letter && strchr("._-", c) == NULL)
            return false;
    }
    return true;
}

static void take_version(struct load *load, const struct policy_file *file, const struct policy_node *node)
{
    if (!is_version(node))
        policy_problem(load->problems, "%s:%d: version: must be 1 to %d of A-Z a-z 0-9 . _ -", file->name,
                       node->key_line, VERSION_MOST);
    else if (load->set->version[0] != '\0')
        policy_problem(load->problems,
                       "%s:%d: version: another file has one already; all files together have one",
                       file->name, node->key_line);
    else
        memcpy(load->set->version, node->text.at, node->text.len);
}

static void load_file(struct load *load, const struct policy_file *file)
{
    struct text bytes;
    if (!read_file(load, file, &bytes))
        return;
    struct policy_node *root = NULL;
    struct error err;
    if (bytes.at != NULL && !add_digest(load, file, bytes)) {
        policy_problem(load->problems, "%s: no digest: out of memory", file->name);
        return;
    }
    if (bytes.at != NULL && policy_yaml_parse(bytes, &load->tree, &root, &err) != STATUS_OK) {
        policy_problem(load->problems, "%s:%s", file->name, err.text);
        return;
    }
    struct policy_walk walk = {file->name, &load->set->arena, load->problems, NULL};
    policy_walk_file(&walk, root, file->fields, (char *)load->set->values + file->offset);
    if (walk.version != NULL)
        take_version(load, file, walk.version);
}

static bool end_digest(struct load *load)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int len = 0;
    if (EVP_DigestFinal_ex(load->digest, digest, &len) != 1 || len != DIGEST_BYTES)
        return false;
    for (size_t i = 0; i < DIGEST_BYTES; i++)
        snprintf(load->set->digest + 2 * i, 3, "%02x", digest[i]);
    if (load->set->version[0] == '\0')
        memcpy(load->set->version, load->set->digest, VERSION_DIGITS);
    return true;
}

static void load_files(struct load *load)
{
    struct policy_set *set = load->set;
    for (const struct policy_file *file = set->schema->files; file->name != NULL; file++) {
        arena_init(&load->tree, TREE_BYTES_MOST);
        load_file(load, file);
        arena_done(&load->tree);
    }
    if (load->problems->count == 0 && !end_digest(load))
        policy_problem(load->problems, "no digest: out of memory");
    if (load->problems->count > 0 || set->schema->check == NULL)
        return;
    set->is_checked = true;
    set->schema->check(set->values, &set->arena, load->problems);
    if (load->problems->count == 0 && set->arena.is_exhausted)
        policy_problem(load->problems, "the policy takes too much memory");
}

enum status policy_load(const struct policy_schema *schema, const char *dir, struct policy_set **ret_set,
                        struct policy_problems *problems)
{
    problems->count = 0;
    problems->unlisted = 0;
    struct policy_set *set = calloc(1, sizeof *set);
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    if (set != NULL) {
        set->schema = schema;
        atomic_init(&set->references, 1);
        arena_init(&set->arena, POLICY_BYTES_MOST);
        set->values = arena_alloc(&set->arena, schema->size);
    }
    if (set != NULL && set->values != NULL && digest != NULL &&
        EVP_DigestInit_ex(digest, EVP_sha256(), NULL) == 1) {
        struct load load = {.set = set, .dir = dir, .problems = problems, .digest = digest};
        load_files(&load);
    } else {
        policy_problem(problems, "out of memory");
    }
    EVP_MD_CTX_free(digest);
    if (problems->count > 0) {
        policy_release(set);
        return STATUS_INVALID;
    }
    *ret_set = set;
    return STATUS_OK;
}

void policy_retain(struct policy_set *set)
{
    atomic_fetch_add(&set->references, 1);
}

void policy_release(struct policy_set *set)
{
    if (set == NULL || atomic_fetch_sub(&set->references, 1) != 1)
        return;
    if (set->is_checked && set->schema->done != NULL)
        set->schema->done(set->values);
    arena_done(&set->arena);
    free(set);
}

const void *policy_values(const struct policy_set *set)
{
    return set->values;
}

const char *policy_version(const struct policy_set *set)
{
    return set->version;
}

const char *policy_digest(const struct policy_set *set)
{
    return set->digest;
}

int policy_check_main(const struct policy_schema *schema, const char *dir)
{
    struct policy_problems problems;
    struct policy_set *set = NULL;
    if (policy_load(schema, dir, &set, &problems) == STATUS_OK) {
        printf("ok, version %s\n", policy_version(set));
        policy_release(set);
        return 0;
    }
    for (size_t i = 0; i < problems.count; i++)
        fprintf(stderr, "%s\n", problems.list[i].text);
    if (problems.unlisted > 0)
        fprintf(stderr, "and %zu more\n", problems.unlisted);
    return 1;
}
