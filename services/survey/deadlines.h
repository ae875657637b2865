/* SPDX-License-Identifier: Apache-2.0 */
/* Which deadlines a case has, and when. Everything follows from the dossier, so re-arming is a comparison of
 * before and after. Pure. */
#pragma once

#include "dossier.h"

enum deadline {
    DEADLINE_ASK,     /* the survey is sent */
    DEADLINE_OPENING, /* CaseOpened has not come for too long */
    DEADLINE_EXPIRY,
    DEADLINE_COUNT,
};
/* "ask", "opening", "expiry": as armed. */
extern const char *const deadline_names[DEADLINE_COUNT];

struct deadline_plan {
    int64_t due_us[DEADLINE_COUNT]; /* 0: not armed */
};
struct deadline_plan deadlines_plan(const struct dossier *dossier);
