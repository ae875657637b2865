/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules are told, without a trace of how it came: made by events_read.c from records and deadlines.
 */
#pragma once

#include "core/ids.h"
#include "core/text.h"
#include "deadlines.h"
#include "domain.h"

#include <stdbool.h>
#include <stdint.h>

enum fact_kind {
    FACT_OPENED = 1,
    FACT_MESSAGE,
    FACT_RESOLVED,
    FACT_REOPENED,
    FACT_SUBMITTED, /* by the page */
    FACT_DUE,       /* a deadline */
};

struct fact_opened {
    int32_t channel, language;
    struct text customer_id, shop_id;
    bool no_surveys;
};
struct fact_message {
    int32_t author; /* enum actor_role */
    struct text text;
    bool has_attachments;
};
struct fact_resolved {
    int64_t version;
    int64_t resolved_at_us;
};
struct fact_submitted {
    struct uuid survey_id;
    int32_t score;
    bool is_solved;
    struct text comment; /* masked */
};

struct fact {
    enum fact_kind kind;
    struct uuid case_id;
    int64_t at_us; /* when it happened, by the clock of whoever states it; a deadline: when it was due */
    union {
        struct fact_opened opened;
        struct fact_message message;
        struct fact_resolved resolved;
        int64_t version; /* FACT_REOPENED */
        struct fact_submitted submitted;
        enum deadline due;
    } as;
};
