/* SPDX-License-Identifier: Apache-2.0 */
#include "migrate_dirs.h"

#include "runtime/installed.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

enum status migrate_dirs_find(const char *root, struct arena *arena, struct migrate_dirs *ret_dirs,
                              struct error *err)
{
    if (root != NULL) {
        if (!migrate_dirs_exists(root))
            return fail(err, STATUS_INVALID, "--dir: %.300s is no directory", root);
        *ret_dirs = (struct migrate_dirs){.root = root, .is_source = true};
        return STATUS_OK;
    }
    char path[PATH_MAX];
    if (!installed_find("", path))
        return fail(err, STATUS_INVALID,
                    "no migrations are installed beside this program; name a source tree with --dir");
    const char *share = arena_print(arena, "%s", path);
    if (share == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    *ret_dirs = (struct migrate_dirs){.root = share, .is_source = false};
    return STATUS_OK;
}

const char *migrate_dirs_runtime(const struct migrate_dirs *dirs, struct arena *arena)
{
    return arena_print(arena, dirs->is_source ? "%s/common/runtime/schema" : "%s/runtime/schema", dirs->root);
}

const char *migrate_dirs_service(const struct migrate_dirs *dirs, const char *service, struct arena *arena)
{
    return arena_print(arena, dirs->is_source ? "%s/services/%s/schema" : "%s/%s/schema", dirs->root,
                       service);
}

bool migrate_dirs_exists(const char *dir)
{
    struct stat about;
    return stat(dir, &about) == 0 && S_ISDIR(about.st_mode);
}

int migrate_dirs_count(const char *dir)
{
    DIR *handle = opendir(dir);
    int count = 0;
    if (handle == NULL)
        return 0;
    for (struct dirent *entry = readdir(handle); entry != NULL; entry = readdir(handle)) {
        size_t len = strlen(entry->d_name);
        count += entry->d_name[0] != '.' && len > 4 && strcmp(entry->d_name + len - 4, ".sql") == 0;
    }
    closedir(handle);
    return count;
}
