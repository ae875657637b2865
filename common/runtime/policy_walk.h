/* SPDX-License-Identifier: Apache-2.0 */
/* Fills a service's struct from a file's tree, as the fields say, and notes everything that is wrong. */
#pragma once

#include "runtime/policy.h"
#include "runtime/policy_yaml.h"

struct policy_walk {
    const char *file; /* for the sentences */
    struct arena *arena;
    struct policy_problems *problems;
    const struct policy_node *version; /* the file's `version:`; NULL: it has none */
};

/* `root` NULL: the file is missing, and allowed to be. */
void policy_walk_file(struct policy_walk *walk, const struct policy_node *root,
                      const struct policy_field *fields, void *to);
