/* SPDX-License-Identifier: Apache-2.0 */
/* The shop's policies as the rules see them: sla.yaml, routing.yaml and messages.yaml, read and checked by
 * policies.c. Never changed after loading; texts live as long as the rulebook. Durations in µs, shares in per
 * cent. */
#pragma once

#include "core/status.h"
#include "domain.h"
#include "runtime/policy_template.h"

#include <stdbool.h>
#include <stddef.h>

#define RULEBOOK_MONEY_STEPS 16
#define RULEBOOK_ROUTES      128
#define RULEBOOK_WORDS       200

struct money_step {
    char currency[4];
    int64_t from_minor; /* at stake: this much or more */
    int32_t points;
};

/* Points add up; the sum decides. */
struct priority_rules {
    int32_t type_points[TYPE_COUNT]; /* [0]: not classified yet */
    int32_t complaint_points;
    int32_t urgency_points[URGENCY_MOST + 1];
    int32_t unhappy_points; /* sentiment at its worst */
    int32_t tier_points[TIER_COUNT];
    struct money_step money[RULEBOOK_MONEY_STEPS]; /* of one currency the highest that is reached counts */
    size_t money_count;
    int32_t least[PRIORITY_COUNT]; /* P1, P2, P3: at least so many points; falling */
};

struct target {
    int64_t first_response_us;
    int64_t resolution_us;
};

struct sla_rules {
    struct target targets[CHANNEL_COUNT][PRIORITY_COUNT]; /* [channel][priority], from 1 */
    int32_t tier_percent[TIER_COUNT];                     /* of the target: 100 as it is, 50 half of it */
    int64_t least_us; /* no target becomes shorter than this by its tier */
    bool pauses[CLOCK_COUNT][WAITING_COUNT];
    int32_t warn_percent;
    int32_t warn_short_percent; /* for targets below warn_short_us */
    int64_t warn_short_us;
    int64_t confirmation_us; /* resolved to closed */
    int64_t silence_us;      /* asked or answered, and the customer says nothing: resolved */
    int32_t satisfied_score; /* a solved case with this score or more is confirmed */
};

struct route_rule {
    struct text label; /* absent: any */
    int32_t type;      /* 0: any */
    int32_t channel;   /* 0: any */
    bool is_complaint; /* only complaints */
    struct text skill;
};

struct routing_rules {
    struct route_rule routes[RULEBOOK_ROUTES]; /* the first that fits; none fits: the type's name */
    size_t route_count;
    int32_t weight[CHANNEL_COUNT]; /* of a case, in hundredths of a place */
    int64_t unclassified_us;       /* how long a case waits for its classification before anyone gets it */
    int64_t retry_first_us;        /* no agent was free: tried again after this, doubled up to the next */
    int64_t retry_most_us;
    int32_t any_language_after; /* tries, after which the language no longer counts */
};

enum template {
    TEMPLATE_REPLY,
    TEMPLATE_ASK,
    TEMPLATE_TRANSFERRED,
    TEMPLATE_RESOLVED,
    TEMPLATE_REOPENED,
    TEMPLATE_COUNT
};
extern const char *const rulebook_template_names[TEMPLATE_COUNT]; /* "reply", ... as in messages.yaml */

struct rulebook {
    struct priority_rules priority;
    struct sla_rules sla;
    struct routing_rules routing;
    struct policy_text templates[TEMPLATE_COUNT]; /* {text} stands for what was said */
    struct text thanks[RULEBOOK_WORDS]; /* lower case, trimmed: words after which nothing is reopened */
    size_t thanks_count;
};

/* What the files say when they say nothing: the published defaults. */
void rulebook_defaults(struct rulebook *rulebook);

/* Whether the rules can be kept: INVALID names the entry of sla.yaml or routing.yaml that is zero, negative
 * or out of order. */
enum status rulebook_check(const struct rulebook *rulebook, struct error *err) MUST_CHECK;
