/* SPDX-License-Identifier: Apache-2.0 */
/* One YAML document as a tree that keeps its lines. Only what a policy may use: mappings with scalar keys,
 * sequences, scalars. Anchors, aliases, tags and further documents are refused. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"

#include <stdbool.h>
#include <stddef.h>

enum policy_node_kind { POLICY_NODE_SCALAR, POLICY_NODE_LIST, POLICY_NODE_MAPPING };

struct policy_node {
    enum policy_node_kind kind;
    int line;
    bool is_plain;             /* a scalar without quotes */
    struct text text;          /* of a scalar: UTF-8 without NUL */
    struct text key;           /* of a mapping's child */
    int key_line;              /* where that key stands */
    struct policy_node *first; /* children, in the file's order */
    struct policy_node *next;
    size_t count; /* of children */
};

/* The tree lies in the arena and owns its bytes. An empty document is an empty mapping. INVALID: "12:
 * sentence". */
enum status policy_yaml_parse(struct text bytes, struct arena *arena, struct policy_node **ret_root,
                              struct error *err) MUST_CHECK;
