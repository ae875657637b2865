/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/installed.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "/usr" for "/usr/bin/intake". */
static bool cut_to_prefix(char *path)
{
    for (int words = 0; words < 2; words++) {
        char *slash = strrchr(path, '/');
        if (slash == NULL)
            return false;
        *slash = '\0';
    }
    return true;
}

bool installed_find(const char *name, char ret_path[PATH_MAX])
{
    char prefix[PATH_MAX], path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", prefix, sizeof prefix - 1);
    if (len < 0)
        return false;
    prefix[len] = '\0';
    if (!cut_to_prefix(prefix))
        return false;
    int wanted =
        snprintf(path, sizeof path, "%s/share/aftercare%s%s", prefix, name[0] == '\0' ? "" : "/", name);
    struct stat about;
    if (wanted < 0 || (size_t)wanted >= sizeof path || stat(path, &about) != 0 || !S_ISDIR(about.st_mode))
        return false;
    memcpy(ret_path, path, (size_t)wanted + 1);
    return true;
}
