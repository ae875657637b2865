/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/policy_walk.h"

#include "runtime/policy_scalar.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define FIELDS_MOST 64
#define ITEMS_MOST  10000
#define SHOWN_MOST  40
#define PATH_BYTES  160

/* Where the walk stands: "targets[3].first_response", from the inside out. */
struct place {
    const struct place *parent;
    struct text key; /* absent: an item of a list */
    size_t index;
    int line;
};

static const struct policy_field localized_fields[] = {
    {.name = "zh_cn",
     .key = "zh-CN",
     .type = POLICY_TYPE_TEXT,
     .offset = offsetof(struct policy_text, zh_cn)},
    {.name = "en", .type = POLICY_TYPE_TEXT, .offset = offsetof(struct policy_text, en)},
    {0},
};

static struct text key_of(const struct policy_field *field)
{
    if (field->key != NULL)
        return text_of(field->key);
    struct text key = text_of(field->name);
    if (key.len > 3 && memcmp(key.at + key.len - 3, "_us", 3) == 0)
        key.len -= 3;
    return key;
}

static size_t print_path(const struct place *place, char *to, size_t size)
{
    size_t len = place->parent == NULL ? 0 : print_path(place->parent, to, size);
    if (place->key.at == NULL && place->parent == NULL)
        return len;
    int more = place->key.at == NULL ? snprintf(to + len, size - len, "[%zu]", place->index)
                                     : snprintf(to + len, size - len, "%s%.*s", len == 0 ? "" : ".",
                                                TEXT_ARGS(text_clip(place->key, SHOWN_MOST)));
    return len + (size_t)more < size ? len + (size_t)more : size - 1;
}

/* Notes "file:line: path: sentence" at `place`. */
static void note(struct policy_walk *walk, const struct place *place, const char *sentence)
{
    char path[PATH_BYTES] = "";
    size_t len = print_path(place, path, sizeof path);
    path[text_clip(text_make(path, len), len).len] = '\0';
    policy_problem(walk->problems, "%s:%d: %s%s%s", walk->file, place->line, path, len == 0 ? "" : ": ",
                   sentence);
}

static bool is_nothing(const struct policy_node *node)
{
    return node->kind == POLICY_NODE_SCALAR && node->is_plain &&
           (node->text.len == 0 || text_equal_string(node->text, "~") ||
            text_equal_string(node->text, "null"));
}

static bool is_kind(struct policy_walk *walk, const struct place *place, const struct policy_node *node,
                    enum policy_node_kind kind)
{
    static const char *const wants[] = {"must be a single value", "must be a list", "must be a mapping"};
    if (is_nothing(node))
        note(walk, place, "has no value");
    else if (node->kind != kind)
        note(walk, place, wants[kind]);
    return !is_nothing(node) && node->kind == kind;
}

static void fill_struct(struct policy_walk *walk, const struct place *place, const struct policy_node *node,
                        const struct policy_field *fields, void *to);
static void fill_fallbacks(struct policy_walk *walk, const struct policy_field *fields, int line, void *to);
static void fill_items(struct policy_walk *walk, const struct place *place, const struct policy_node *node,
                       const struct policy_field *field, void *record);

static void fill_scalar(struct policy_walk *walk, const struct place *place, const struct policy_node *node,
                        const struct policy_field *field, enum policy_type type, void *to)
{
    struct error err;
    if (!is_kind(walk, place, node, POLICY_NODE_SCALAR))
        return;
    if (policy_scalar_parse(field, type, node->text, walk->arena, to, &err) != STATUS_OK)
        note(walk, place, err.text);
}

static void fill_localized(struct policy_walk *walk, const struct place *place,
                           const struct policy_node *node, const struct policy_field *field, void *to)
{
    if (!is_kind(walk, place, node, POLICY_NODE_MAPPING))
        return;
    struct policy_text text = {TEXT_NULL, TEXT_NULL};
    fill_struct(walk, place, node, localized_fields, &text);
    memcpy(to, &text, sizeof text);
    const struct text *const both[] = {&text.zh_cn, &text.en};
    for (size_t i = 0; i < 2 && field->variables != NULL; i++) {
        struct error err;
        if (both[i]->at != NULL && template_check(*both[i], field->variables, &err) != STATUS_OK) {
            struct place inside = {place, key_of(&localized_fields[i]), 0, place->line};
            note(walk, &inside, err.text);
        }
    }
}

/* A value that stands by itself: `type` is the field's or its items'. */
static void fill_value(struct policy_walk *walk, const struct place *place, const struct policy_node *node,
                       const struct policy_field *field, enum policy_type type, void *to)
{
    if (type == POLICY_TYPE_LOCALIZED)
        fill_localized(walk, place, node, field, to);
    else if (type != POLICY_TYPE_MAPPING)
        fill_scalar(walk, place, node, field, type, to);
    else if (is_kind(walk, place, node, POLICY_NODE_MAPPING))
        fill_struct(walk, place, node, field->fields, to);
}

static void fill_field(struct policy_walk *walk, const struct place *place, const struct policy_node *node,
                       const struct policy_field *field, void *record)
{
    if (field->type == POLICY_TYPE_LIST || field->type == POLICY_TYPE_MAP)
        fill_items(walk, place, node, field, record);
    else
        fill_value(walk, place, node, field, field->type, (char *)record + field->offset);
}

static bool is_key_taken(const struct policy_node *list, const struct policy_node *node)
{
    for (const struct policy_node *at = list->first; at != node; at = at->next)
        if (text_equal(at->key, node->key))
            return true;
    return false;
}

static void fill_key(struct policy_walk *walk, const struct place *place, const struct policy_node *list,
                     const struct policy_node *node, void *to)
{
    struct text key = text_copy(walk->arena, node->key);
    if (node->key.len == 0)
        note(walk, place, "the key is empty");
    else if (is_key_taken(list, node))
        note(walk, place, "is there twice");
    memcpy(to, &key, sizeof key);
}

static bool check_count(struct policy_walk *walk, const struct place *place, const struct policy_field *field,
                        size_t count)
{
    size_t most = field->most == 0 ? ITEMS_MOST : field->most;
    if (count >= field->least && count <= most)
        return true;
    char sentence[96];
    snprintf(sentence, sizeof sentence, "must have %zu to %zu entries, has %zu", field->least, most, count);
    note(walk, place, sentence);
    return false;
}

/* The items become one array in the arena. */
static void fill_items(struct policy_walk *walk, const struct place *place, const struct policy_node *node,
                       const struct policy_field *field, void *record)
{
    bool is_map = field->type == POLICY_TYPE_MAP;
    if (!is_kind(walk, place, node, is_map ? POLICY_NODE_MAPPING : POLICY_NODE_LIST) ||
        !check_count(walk, place, field, node->count))
        return;
    char *items = arena_alloc_array(walk->arena, node->count, field->item_size);
    if (items == NULL) {
        note(walk, place, "the policy takes too much memory");
        return;
    }
    size_t i = 0;
    for (const struct policy_node *at = node->first; at != NULL; at = at->next, i++) {
        char *item = items + i * field->item_size;
        struct place inside = {place, at->key, i, at->key.at == NULL ? at->line : at->key_line};
        if (is_map)
            fill_key(walk, &inside, node, at, item + field->key_offset);
        fill_value(walk, &inside, at, field, field->fields != NULL ? POLICY_TYPE_MAPPING : field->item,
                   item + field->item_offset);
    }
    const void *array = items;
    memcpy((char *)record + field->offset, &array, sizeof array);
    memcpy((char *)record + field->count_offset, &node->count, sizeof node->count);
}

/* What a missing key leaves behind. */
static void fill_missing(struct policy_walk *walk, const struct policy_field *field, int line, void *record)
{
    void *to = (char *)record + field->offset;
    if (field->type == POLICY_TYPE_MAPPING) {
        fill_fallbacks(walk, field->fields, line, to);
    } else if (field->fallback != NULL) {
        struct error err;
        enum status status =
            policy_scalar_parse(field, field->type, text_of(field->fallback), walk->arena, to, &err);
        if (status != STATUS_OK) {
            struct place place = {NULL, key_of(field), 0, line};
            note(walk, &place, err.text);
        }
    }
}

static void fill_fallbacks(struct policy_walk *walk, const struct policy_field *fields, int line, void *to)
{
    for (const struct policy_field *field = fields; field->name != NULL; field++)
        fill_missing(walk, field, line, to);
}

static const struct policy_field *find_field(const struct policy_field *fields, struct text key)
{
    for (const struct policy_field *field = fields; field->name != NULL; field++)
        if (field->type != POLICY_TYPE_LINE && text_equal(key_of(field), key))
            return field;
    return NULL;
}

static void note_unknown(struct policy_walk *walk, const struct place *place,
                         const struct policy_field *fields)
{
    char sentence[240];
    size_t len = (size_t)snprintf(sentence, sizeof sentence, "unknown key, only:");
    for (const struct policy_field *field = fields; field->name != NULL; field++) {
        struct text key = key_of(field);
        if (field->type != POLICY_TYPE_LINE && len + key.len + 2 < sizeof sentence)
            len += (size_t)snprintf(sentence + len, sizeof sentence - len, " %.*s", TEXT_ARGS(key));
    }
    note(walk, place, sentence);
}

/* What no key of the node has filled: fallbacks, the line, or a problem. */
static void fill_rest(struct policy_walk *walk, const struct place *place, const struct policy_field *fields,
                      uint64_t seen, void *to)
{
    for (size_t i = 0; fields[i].name != NULL; i++) {
        const struct policy_field *field = &fields[i];
        if (field->type == POLICY_TYPE_LINE)
            memcpy((char *)to + field->offset, &place->line, sizeof place->line);
        else if ((seen & (UINT64_C(1) << i)) != 0)
            continue;
        else if (field->fallback == NULL && !field->is_optional) {
            struct place missing = {place, key_of(field), 0, place->line};
            note(walk, &missing, "is missing");
        } else
            fill_missing(walk, field, place->line, to);
    }
}

static void fill_struct(struct policy_walk *walk, const struct place *place, const struct policy_node *node,
                        const struct policy_field *fields, void *to)
{
    uint64_t seen = 0;
    for (const struct policy_node *at = node->first; at != NULL; at = at->next) {
        struct place inside = {place, at->key, 0, at->key_line};
        const struct policy_field *field = find_field(fields, at->key);
        if (field == NULL && place->parent == NULL && text_equal_string(at->key, "version")) {
            if (walk->version != NULL)
                note(walk, &inside, "is there twice");
            walk->version = at;
            continue;
        }
        if (field == NULL) {
            note_unknown(walk, &inside, fields);
            continue;
        }
        assert(field - fields < FIELDS_MOST);
        uint64_t bit = UINT64_C(1) << (field - fields);
        if ((seen & bit) != 0)
            note(walk, &inside, "is there twice");
        else
            fill_field(walk, &inside, at, field, to);
        seen |= bit;
    }
    fill_rest(walk, place, fields, seen, to);
}

void policy_walk_file(struct policy_walk *walk, const struct policy_node *root,
                      const struct policy_field *fields, void *to)
{
    struct place place = {.line = root == NULL ? 1 : root->line};
    if (root == NULL)
        fill_fallbacks(walk, fields, place.line, to);
    else if (is_kind(walk, &place, root, POLICY_NODE_MAPPING))
        fill_struct(walk, &place, root, fields, to);
}
