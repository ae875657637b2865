/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/policy_yaml.h"

#include <string.h>
#include <yaml.h>

#define DEPTH_MOST 16
#define NODES_MOST 100000

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the present one */
    bool has_event;
    struct text bytes;
    struct arena *arena;
    size_t nodes;
};

static int line_of(const yaml_mark_t *mark)
{
    return (int)mark->line + 1;
}

static int here(const struct reader *reader)
{
    return line_of(&reader->event.start_mark);
}

static enum status fail_syntax(const struct reader *reader, struct error *err)
{
    const yaml_parser_t *parser = &reader->parser;
    int line = line_of(&parser->problem_mark);
    if (parser->error == YAML_READER_ERROR) { /* knows the byte only */
        line = 1;
        for (size_t i = 0; i < parser->problem_offset && i < reader->bytes.len; i++)
            line += reader->bytes.at[i] == '\n';
    }
    return fail(err, STATUS_INVALID, "%d: not YAML: %s%s%s", line,
                parser->context == NULL ? "" : parser->context, parser->context == NULL ? "" : ", ",
                parser->problem == NULL ? "out of memory" : parser->problem);
}

static enum status advance(struct reader *reader, struct error *err)
{
    if (reader->has_event)
        yaml_event_delete(&reader->event);
    reader->has_event = yaml_parser_parse(&reader->parser, &reader->event) == 1;
    return reader->has_event ? STATUS_OK : fail_syntax(reader, err);
}

static bool is_marked(const yaml_char_t *anchor, const yaml_char_t *tag)
{
    return anchor != NULL || tag != NULL;
}

/* Anchors make values appear where a reader of the file does not see them; tags name types, which the schema
 * knows. */
static bool has_anchor_or_tag(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return true;
    case YAML_SCALAR_EVENT:
        return is_marked(event->data.scalar.anchor, event->data.scalar.tag);
    case YAML_SEQUENCE_START_EVENT:
        return is_marked(event->data.sequence_start.anchor, event->data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
        return is_marked(event->data.mapping_start.anchor, event->data.mapping_start.tag);
    default:
        return false;
    }
}

static enum status copy_scalar(struct reader *reader, struct text *ret_text, struct error *err)
{
    struct text text = text_make(reader->event.data.scalar.value, reader->event.data.scalar.length);
    if (!text_is_utf8(text))
        return fail(err, STATUS_INVALID, "%d: a text with a NUL in it or bytes that are no UTF-8",
                    here(reader));
    struct text copy = text_copy(reader->arena, text);
    if (copy.at == NULL)
        return fail(err, STATUS_INVALID, "%d: the file takes too much memory", here(reader));
    *ret_text = copy;
    return STATUS_OK;
}

static enum status read_node(struct reader *reader, int depth, struct policy_node **ret_node,
                             struct error *err);

static enum status read_key(struct reader *reader, struct text *ret_key, int *ret_line, struct error *err)
{
    if (has_anchor_or_tag(&reader->event))
        return fail(err, STATUS_INVALID, "%d: anchors (&), aliases (*) and tags (!) are not allowed",
                    here(reader));
    if (reader->event.type != YAML_SCALAR_EVENT)
        return fail(err, STATUS_INVALID, "%d: a key must be a plain text", here(reader));
    enum status status = copy_scalar(reader, ret_key, err);
    if (status != STATUS_OK)
        return status;
    *ret_line = here(reader);
    return advance(reader, err);
}

/* The present event is the first inside; the one left is the end of `node`. */
static enum status read_children(struct reader *reader, int depth, struct policy_node *node,
                                 struct error *err)
{
    bool is_mapping = node->kind == POLICY_NODE_MAPPING;
    yaml_event_type_t end = is_mapping ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT;
    struct policy_node **tail = &node->first;
    while (reader->event.type != end) {
        struct text key = TEXT_NULL;
        int key_line = 0;
        enum status status = is_mapping ? read_key(reader, &key, &key_line, err) : STATUS_OK;
        struct policy_node *child = NULL;
        if (status == STATUS_OK)
            status = read_node(reader, depth + 1, &child, err);
        if (child == NULL)
            return status;
        status = advance(reader, err);
        if (status != STATUS_OK)
            return status;
        child->key = key;
        child->key_line = key_line;
        *tail = child;
        tail = &child->next;
        node->count++;
    }
    return STATUS_OK;
}

/* The present event begins the node; the one left is its last. */
static enum status read_node(struct reader *reader, int depth, struct policy_node **ret_node,
                             struct error *err)
{
    if (has_anchor_or_tag(&reader->event))
        return fail(err, STATUS_INVALID, "%d: anchors (&), aliases (*) and tags (!) are not allowed",
                    here(reader));
    if (depth > DEPTH_MOST)
        return fail(err, STATUS_INVALID, "%d: nested deeper than %d levels", here(reader), DEPTH_MOST);
    if (++reader->nodes > NODES_MOST)
        return fail(err, STATUS_INVALID, "%d: more than %d values in one file", here(reader), NODES_MOST);
    struct policy_node *node = arena_alloc(reader->arena, sizeof *node);
    if (node == NULL)
        return fail(err, STATUS_INVALID, "%d: the file takes too much memory", here(reader));
    node->line = here(reader);
    enum status status;
    if (reader->event.type == YAML_SCALAR_EVENT) {
        node->kind = POLICY_NODE_SCALAR;
        node->is_plain = reader->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        status = copy_scalar(reader, &node->text, err);
    } else {
        node->kind = reader->event.type == YAML_MAPPING_START_EVENT ? POLICY_NODE_MAPPING : POLICY_NODE_LIST;
        status = advance(reader, err);
        if (status == STATUS_OK)
            status = read_children(reader, depth, node, err);
    }
    if (status == STATUS_OK)
        *ret_node = node;
    return status;
}

static enum status read_document(struct reader *reader, struct policy_node **ret_root, struct error *err)
{
    struct policy_node *root = NULL;
    enum status status = advance(reader, err); /* STREAM-START */
    if (status == STATUS_OK)
        status = advance(reader, err);
    if (status == STATUS_OK && reader->event.type == YAML_STREAM_END_EVENT) {
        root = arena_alloc(reader->arena, sizeof *root);
        if (root == NULL)
            return fail(err, STATUS_INVALID, "1: the file takes too much memory");
        *root = (struct policy_node){.kind = POLICY_NODE_MAPPING, .line = 1};
        *ret_root = root;
        return STATUS_OK;
    }
    if (status == STATUS_OK) /* DOCUMENT-START */
        status = advance(reader, err);
    if (status == STATUS_OK)
        status = read_node(reader, 1, &root, err);
    if (status == STATUS_OK)
        status = advance(reader, err); /* DOCUMENT-END */
    if (status == STATUS_OK)
        status = advance(reader, err);
    if (status == STATUS_OK && reader->event.type != YAML_STREAM_END_EVENT)
        return fail(err, STATUS_INVALID, "%d: a second document; one file is one document", here(reader));
    if (status == STATUS_OK)
        *ret_root = root;
    return status;
}

enum status policy_yaml_parse(struct text bytes, struct arena *arena, struct policy_node **ret_root,
                              struct error *err)
{
    struct reader reader = {.bytes = bytes, .arena = arena};
    if (yaml_parser_initialize(&reader.parser) != 1)
        return fail(err, STATUS_INVALID, "1: out of memory");
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)bytes.at, bytes.len);
    enum status status = read_document(&reader, ret_root, err);
    if (reader.has_event)
        yaml_event_delete(&reader.event);
    yaml_parser_delete(&reader.parser);
    return status;
}
