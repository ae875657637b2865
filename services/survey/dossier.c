/* SPDX-License-Identifier: Apache-2.0 */
#include "dossier.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct survey *dossier_last(struct dossier *dossier)
{
    return dossier->count == 0 ? NULL : &dossier->surveys[dossier->count - 1];
}

struct survey *dossier_find(struct dossier *dossier, struct uuid survey_id)
{
    for (size_t i = 0; i < dossier->count; i++)
        if (uuid_equal(dossier->surveys[i].survey_id, survey_id))
            return &dossier->surveys[i];
    return NULL;
}

struct survey *dossier_add(struct dossier *dossier)
{
    if (dossier->count == DOSSIER_SURVEYS) {
        memmove(&dossier->surveys[0], &dossier->surveys[1],
                (DOSSIER_SURVEYS - 1) * sizeof dossier->surveys[0]);
        dossier->count--;
    }
    struct survey *survey = &dossier->surveys[dossier->count++];
    char number[24];
    snprintf(number, sizeof number, "%" PRId64, dossier->state.resolutions);
    const struct text parts[] = {TEXT("survey"), text_of(number)};
    *survey = (struct survey){.case_id = dossier->state.case_id,
                              .resolution = dossier->state.resolutions,
                              .survey_id = uuid_of_parts(dossier->state.case_id, parts, 2),
                              .is_changed = true};
    return survey;
}
