/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a case: what was said of it, and its surveys, one for each time it was resolved. A row
 * each; see schema/001_survey.sql. Moments are µs, 0 is "not yet". */
#pragma once

#include "core/ids.h"
#include "core/text.h"
#include "domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Surveys the rules look at; of a case that was resolved more often the oldest stay in their rows. */
#define DOSSIER_SURVEYS 8

struct case_state {
    struct uuid case_id;
    int64_t opened_at_us; /* 0: CaseOpened has not come */
    int32_t channel, language;
    struct text customer_id, shop_id;
    bool no_surveys;
    int64_t version; /* of escalation's facts, the last one applied */
    bool is_resolved;
    int64_t resolutions; /* how often so far */
    int64_t asked;       /* surveys sent */
};

struct survey {
    struct uuid case_id;
    int64_t resolution; /* from 1 */
    struct uuid survey_id;
    int32_t status;     /* enum survey_status */
    struct text reason; /* why it was suppressed or cancelled */
    int64_t resolved_at_us;
    int64_t due_at_us; /* pending: when CaseOpened is waited for no longer; scheduled: when it is sent */
    int64_t sent_at_us, expires_at_us;
    int64_t chat_until_us; /* the customer wrote of something else: no score by chat from then on */

    int64_t answered_at_us; /* of the answer that counts: the last one the customer gave */
    int32_t score;          /* 0: no answer */
    bool is_solved;
    struct text comment;
    int32_t answered_by;
    int64_t edition;     /* answers so far */
    bool is_followed_up; /* FollowUpRequested was stated */

    bool is_changed; /* not kept: its row is to be written */
};

struct dossier {
    struct case_state state;
    struct survey surveys[DOSSIER_SURVEYS]; /* oldest first */
    size_t count;
};

/* The survey of the case's last resolution; NULL without one. */
struct survey *dossier_last(struct dossier *dossier);
/* NULL: none of them. */
struct survey *dossier_find(struct dossier *dossier, struct uuid survey_id);
/* One more, for the resolution that state.resolutions counts; its id follows from case and resolution. */
struct survey *dossier_add(struct dossier *dossier);
