/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/crash_point.h"

#ifdef AFTERCARE_TEST_HOOKS
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_named(const char *variable, const char *name, atomic_int *passed)
{
    const char *wanted = getenv(variable);
    size_t len = strlen(name);
    if (wanted == NULL || strncmp(wanted, name, len) != 0 || (wanted[len] != '\0' && wanted[len] != ':'))
        return false;
    int nth = wanted[len] == ':' ? atoi(wanted + len + 1) : 1;
    return atomic_fetch_add(passed, 1) + 1 == nth;
}

void crash_point(const char *name)
{
    static atomic_int crashes, freezes;
    if (is_named("CRASH_AT", name, &crashes))
        raise(SIGKILL);
    if (is_named("FREEZE_AT", name, &freezes))
        kill(getpid(), SIGSTOP);
}

void crash_point_for(const char *name, const char *id)
{
    char point[160];
    snprintf(point, sizeof point, "%s/%s", name, id);
    crash_point(point);
}
#else
typedef int crash_point_is_empty;
#endif
