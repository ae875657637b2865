/* SPDX-License-Identifier: Apache-2.0 */
/* Where the migrations lie: in a source tree, or beside the installed program. */
#pragma once

#include "core/arena.h"
#include "core/status.h"

#include <stdbool.h>

struct migrate_dirs {
    const char *root;
    bool is_source; /* root is a source tree; else <prefix>/share/aftercare */
};

/* `root` as given with --dir, or NULL: the share/aftercare that belongs to the running program. */
enum status migrate_dirs_find(const char *root, struct arena *arena, struct migrate_dirs *ret_dirs,
                              struct error *err) MUST_CHECK;
/* In the arena; NULL when it is full. */
const char *migrate_dirs_runtime(const struct migrate_dirs *dirs, struct arena *arena);
const char *migrate_dirs_service(const struct migrate_dirs *dirs, const char *service, struct arena *arena);
bool migrate_dirs_exists(const char *dir);
/* How many migrations a directory holds. */
int migrate_dirs_count(const char *dir);
