/* SPDX-License-Identifier: Apache-2.0 */
#include "deadlines.h"

const char *const deadline_names[DEADLINE_COUNT] = {
    [DEADLINE_ASK] = "ask",
    [DEADLINE_OPENING] = "opening",
    [DEADLINE_EXPIRY] = "expiry",
};

struct deadline_plan deadlines_plan(const struct dossier *dossier)
{
    struct deadline_plan plan = {0};
    for (size_t i = 0; i < dossier->count; i++) {
        const struct survey *survey = &dossier->surveys[i];
        int64_t *expiry_us = &plan.due_us[DEADLINE_EXPIRY];
        if (survey->status == SURVEY_SCHEDULED)
            plan.due_us[DEADLINE_ASK] = survey->due_at_us;
        else if (survey->status == SURVEY_PENDING && dossier->state.opened_at_us == 0)
            plan.due_us[DEADLINE_OPENING] = survey->due_at_us;
        else if (survey->status == SURVEY_SENT && (*expiry_us == 0 || survey->expires_at_us < *expiry_us))
            *expiry_us = survey->expires_at_us;
    }
    return plan;
}
