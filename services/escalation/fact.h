/* SPDX-License-Identifier: Apache-2.0 */
/* What the rules are told, without a trace of how it came: made by events.c from records and deadlines. */
#pragma once

#include "agents.h"
#include "core/ids.h"
#include "deadlines.h"
#include "domain.h"

enum fact_kind {
    FACT_OPENED = 1,
    FACT_MESSAGE,
    FACT_CALL,
    FACT_ORDER,
    FACT_ACTION,
    FACT_AGENT, /* of no case */
    FACT_CLASSIFIED,
    FACT_ANSWERED, /* automatically */
    FACT_RETURN_OPENED,
    FACT_OPTION_CHOSEN,
    FACT_GOODS_RECEIVED,
    FACT_GOODS_SENT,
    FACT_RETURN_CLOSED,
    FACT_SURVEY_ANSWERED,
    FACT_DUE, /* a deadline */
};

struct fact_opened {
    int32_t channel, tier, language;
    struct text shop_id;
    int64_t received_at_us;
};
struct fact_message {
    int32_t author; /* enum actor_role */
    struct text text;
    bool has_attachments;
};
struct fact_call {
    int64_t answered_at_us; /* 0: abandoned */
};
struct fact_order {
    int64_t paid_minor;
    struct text currency; /* absent: not known */
};
struct fact_action {
    struct text action_id, actor_id;
    int32_t kind; /* enum action_kind; 0: not of this service */
    int32_t role;
    int64_t expected_version; /* 0: whatever it is */
    struct text text, target_agent_id, resolution;
};
struct fact_classified {
    int32_t type;
    struct text label;
    bool is_complaint;
    int32_t urgency, sentiment, language, decision;
};
struct fact_survey {
    int32_t score;
    bool is_solved;
};

struct fact {
    enum fact_kind kind;
    struct uuid case_id; /* nil for FACT_AGENT */
    int64_t
        at_us; /* when it happened, by the clock of the service that states it; a deadline: when it was due */
    union {
        struct fact_opened opened;
        struct fact_message message;
        struct fact_call call;
        struct fact_order order;
        struct fact_action action;
        struct fact_classified classified;
        struct text outcome; /* FACT_RETURN_CLOSED: "repaired" */
        struct fact_survey survey;
        struct agent agent;
        enum deadline due;
    } as;
};
