/* SPDX-License-Identifier: Apache-2.0 */
/* What is installed beside the running program: <prefix>/share/aftercare for <prefix>/bin/<program>. */
#pragma once

#include <limits.h>
#include <stdbool.h>

/* Writes <prefix>/share/aftercare/<name> ("": share/aftercare itself). False when there is no such directory,
 * as for a program that runs from its build directory. */
bool installed_find(const char *name, char ret_path[PATH_MAX]);
