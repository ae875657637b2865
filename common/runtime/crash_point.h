/* SPDX-License-Identifier: Apache-2.0 */
/* Places where a test build kills its own process: CRASH_AT=name (or name:N for the Nth time it is passed),
 * or stops it as SIGSTOP does: FREEZE_AT. In release builds there is nothing here. */
#pragma once

#ifdef AFTERCARE_TEST_HOOKS
/* Ends or stops the process when CRASH_AT or FREEZE_AT names this point. */
void crash_point(const char *name);
/* A point that also takes the id of what is being handled: CRASH_AT=handle/<id>. */
void crash_point_for(const char *name, const char *id);
#else
#define crash_point(name)         ((void)0)
#define crash_point_for(name, id) ((void)0)
#endif
