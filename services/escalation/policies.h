/* SPDX-License-Identifier: Apache-2.0 */
/* The policy files as they are written, and the rulebook that is made of them once they are read. */
#pragma once

#include "rulebook.h"
#include "runtime/policy.h"

struct policies_money {
    struct text currency;
    int64_t from_minor, points;
    int line;
};
struct policies_points {
    int64_t unclassified, return_exchange, repair, inquiry, complaint_type;
    int64_t complaint, very_unhappy;
    const int64_t *urgency;
    size_t urgency_count;
    int64_t standard, silver, gold, vip;
    const struct policies_money *money;
    size_t money_count;
    int64_t p1, p2, p3;
};
struct policies_target {
    int channel, priority; /* 0: any */
    int64_t first_response_us, resolution_us;
};
struct policies_sla {
    struct policies_points priority;
    const struct policies_target *targets;
    size_t target_count;
    int64_t standard_percent, silver_percent, gold_percent, vip_percent;
    int64_t shortest_us;
    const int *first_response_pauses, *resolution_pauses;
    size_t first_response_pause_count, resolution_pause_count;
    int64_t warn_percent, warn_short_percent, warn_short_below_us;
    int64_t confirmation_us, silence_us, satisfied_score;
    const struct text *acknowledgements;
    size_t acknowledgement_count;
};
struct policies_route {
    struct text label;
    int type, channel; /* 0: any */
    bool is_complaint;
    struct text skill;
};
struct policies_routing {
    const struct policies_route *routes;
    size_t route_count;
    int64_t chat, app, phone, email, social, marketplace, api; /* weights */
    int64_t unclassified_us, retry_first_us, retry_most_us, any_language_after;
};
struct policies_messages {
    struct policy_text reply, ask, transferred, resolved, reopened;
};

struct escalation_policy {
    struct policies_sla sla;
    struct policies_routing routing;
    struct policies_messages messages;
    struct rulebook rulebook; /* what the rules use */
};

extern const struct policy_schema policies_schema;
