/* SPDX-License-Identifier: Apache-2.0 */
#include "policies.h"

#include "acknowledgement.h"
#include "core/time.h"

#include <string.h>

#define CHANNELS "any chat app phone email social marketplace api"
#define PARTIES  "nobody customer seller carrier warehouse supplier"
#define POINTS   .min = -1000, .max = 1000, .fallback = "0"
#define PERCENT  .min = 1, .max = 1000, .fallback = "100"
#define WEIGHT   .min = 1, .max = 10000, .fallback = "100"
#define MOST_US  (400 * US_PER_DAY)

static const struct policy_field money_fields[] = {
    POLICY_TEXT(struct policies_money, currency, .min = 3, .max = 3),
    POLICY_INT(struct policies_money, from_minor, .min = 1, .max = INT64_MAX),
    POLICY_INT(struct policies_money, points, .min = -1000, .max = 1000),
    POLICY_LINE(struct policies_money, line),
    {0},
};

static const struct policy_field points_fields[] = {
    POLICY_INT(struct policies_points, unclassified, POINTS),
    POLICY_INT(struct policies_points, return_exchange, POINTS),
    POLICY_INT(struct policies_points, repair, POINTS),
    POLICY_INT(struct policies_points, inquiry, POINTS),
    POLICY_INT(struct policies_points, complaint_type, POINTS),
    POLICY_INT(struct policies_points, complaint, POINTS),
    POLICY_INT(struct policies_points, very_unhappy, POINTS),
    POLICY_LIST_OF(struct policies_points, urgency, urgency_count, POLICY_TYPE_INT, .min = -1000, .max = 1000,
                   .least = URGENCY_MOST + 1, .most = URGENCY_MOST + 1),
    POLICY_INT(struct policies_points, standard, POINTS),
    POLICY_INT(struct policies_points, silver, POINTS),
    POLICY_INT(struct policies_points, gold, POINTS),
    POLICY_INT(struct policies_points, vip, POINTS),
    POLICY_LIST(struct policies_points, money, money_count, money_fields, .is_optional = true,
                .most = RULEBOOK_MONEY_STEPS),
    POLICY_INT(struct policies_points, p1, .min = -10000, .max = 10000),
    POLICY_INT(struct policies_points, p2, .min = -10000, .max = 10000),
    POLICY_INT(struct policies_points, p3, .min = -10000, .max = 10000),
    {0},
};

static const struct policy_field target_fields[] = {
    POLICY_ENUM(struct policies_target, channel, CHANNELS, .fallback = "any"),
    POLICY_ENUM(struct policies_target, priority, "any P1 P2 P3 P4", .fallback = "any"),
    POLICY_DURATION(struct policies_target, first_response_us, .min = US_PER_MS, .max = MOST_US,
                    .is_optional = true),
    POLICY_DURATION(struct policies_target, resolution_us, .min = US_PER_MS, .max = MOST_US,
                    .is_optional = true),
    {0},
};

static const struct policy_field sla_fields[] = {
    POLICY_MAPPING(struct policies_sla, priority, points_fields),
    POLICY_LIST(struct policies_sla, targets, target_count, target_fields, .least = 1, .most = 200),
    POLICY_INT(struct policies_sla, standard_percent, PERCENT),
    POLICY_INT(struct policies_sla, silver_percent, PERCENT),
    POLICY_INT(struct policies_sla, gold_percent, PERCENT),
    POLICY_INT(struct policies_sla, vip_percent, PERCENT),
    POLICY_DURATION(struct policies_sla, shortest_us, .min = US_PER_MS, .max = US_PER_DAY, .fallback = "15s"),
    POLICY_LIST_OF(struct policies_sla, first_response_pauses, first_response_pause_count, POLICY_TYPE_ENUM,
                   .choices = PARTIES, .is_optional = true, .most = WAITING_COUNT),
    POLICY_LIST_OF(struct policies_sla, resolution_pauses, resolution_pause_count, POLICY_TYPE_ENUM,
                   .choices = PARTIES, .is_optional = true, .most = WAITING_COUNT),
    POLICY_INT(struct policies_sla, warn_percent, .min = 1, .max = 99, .fallback = "75"),
    POLICY_INT(struct policies_sla, warn_short_percent, .min = 1, .max = 99, .fallback = "66"),
    POLICY_DURATION(struct policies_sla, warn_short_below_us, .min = 0, .max = MOST_US, .fallback = "5m"),
    POLICY_DURATION(struct policies_sla, confirmation_us, .min = US_PER_MS, .max = MOST_US,
                    .fallback = "72h"),
    POLICY_DURATION(struct policies_sla, silence_us, .min = US_PER_MS, .max = MOST_US, .fallback = "72h"),
    POLICY_INT(struct policies_sla, satisfied_score, .min = 1, .max = 5, .fallback = "3"),
    POLICY_LIST_OF(struct policies_sla, acknowledgements, acknowledgement_count, POLICY_TYPE_TEXT, .min = 1,
                   .max = 64, .is_optional = true, .most = RULEBOOK_WORDS),
    {0},
};

static const struct policy_field route_fields[] = {
    POLICY_TEXT(struct policies_route, label, .min = 1, .max = 200, .is_optional = true),
    POLICY_ENUM(struct policies_route, type, "any return_exchange repair inquiry complaint",
                .fallback = "any"),
    POLICY_ENUM(struct policies_route, channel, CHANNELS, .fallback = "any"),
    POLICY_BOOL(struct policies_route, is_complaint, .key = "complaint", .fallback = "no"),
    POLICY_TEXT(struct policies_route, skill, .min = 1, .max = 128),
    {0},
};

static const struct policy_field routing_fields[] = {
    POLICY_LIST(struct policies_routing, routes, route_count, route_fields, .is_optional = true,
                .most = RULEBOOK_ROUTES),
    POLICY_INT(struct policies_routing, chat, WEIGHT),
    POLICY_INT(struct policies_routing, app, WEIGHT),
    POLICY_INT(struct policies_routing, phone, WEIGHT),
    POLICY_INT(struct policies_routing, email, WEIGHT),
    POLICY_INT(struct policies_routing, social, WEIGHT),
    POLICY_INT(struct policies_routing, marketplace, WEIGHT),
    POLICY_INT(struct policies_routing, api, WEIGHT),
    POLICY_DURATION(struct policies_routing, unclassified_us, .min = US_PER_MS, .max = US_PER_DAY,
                    .fallback = "3s"),
    POLICY_DURATION(struct policies_routing, retry_first_us, .min = 10 * US_PER_MS, .max = US_PER_DAY,
                    .fallback = "1s"),
    POLICY_DURATION(struct policies_routing, retry_most_us, .min = 10 * US_PER_MS, .max = US_PER_DAY,
                    .fallback = "8s"),
    POLICY_INT(struct policies_routing, any_language_after, .min = 0, .max = 1000000, .fallback = "10"),
    {0},
};

static const struct policy_field messages_fields[] = {
    POLICY_LOCALIZED(struct policies_messages, reply, .variables = "text"),
    POLICY_LOCALIZED(struct policies_messages, ask, .variables = "text"),
    POLICY_LOCALIZED(struct policies_messages, transferred, .variables = "text"),
    POLICY_LOCALIZED(struct policies_messages, resolved, .variables = "text"),
    POLICY_LOCALIZED(struct policies_messages, reopened, .variables = "text"),
    {0},
};

static const struct policy_file files[] = {
    POLICY_FILE(struct escalation_policy, sla, "sla.yaml", sla_fields),
    POLICY_FILE(struct escalation_policy, routing, "routing.yaml", routing_fields),
    POLICY_FILE(struct escalation_policy, messages, "messages.yaml", messages_fields),
    {0},
};

static void make_priority(const struct policies_points *from, struct priority_rules *to,
                          struct policy_problems *problems)
{
    *to = (struct priority_rules){
        .type_points = {[0] = (int32_t)from->unclassified,
                        [TYPE_RETURN_EXCHANGE] = (int32_t)from->return_exchange,
                        [TYPE_REPAIR] = (int32_t)from->repair,
                        [TYPE_INQUIRY] = (int32_t)from->inquiry,
                        [TYPE_COMPLAINT] = (int32_t)from->complaint_type},
        .complaint_points = (int32_t)from->complaint,
        .unhappy_points = (int32_t)from->very_unhappy,
        .tier_points = {[TIER_STANDARD] = (int32_t)from->standard,
                        [TIER_SILVER] = (int32_t)from->silver,
                        [TIER_GOLD] = (int32_t)from->gold,
                        [TIER_VIP] = (int32_t)from->vip},
        .money_count = from->money_count,
        .least = {[PRIORITY_P1] = (int32_t)from->p1,
                  [PRIORITY_P2] = (int32_t)from->p2,
                  [PRIORITY_P3] = (int32_t)from->p3},
    };
    for (size_t i = 0; i < from->urgency_count; i++)
        to->urgency_points[i] = (int32_t)from->urgency[i];
    for (size_t i = 0; i < from->money_count; i++) {
        const struct policies_money *step = &from->money[i];
        if (strspn(step->currency.at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
            policy_problem(problems, "sla.yaml:%d: priority.money[%zu].currency: not three capitals",
                           step->line, i);
        to->money[i] = (struct money_step){.from_minor = step->from_minor, .points = (int32_t)step->points};
        memcpy(to->money[i].currency, step->currency.at, 3);
    }
}

/* Later lines of the table correct earlier ones. */
static void make_targets(const struct policies_sla *from, struct sla_rules *to)
{
    for (size_t i = 0; i < from->target_count; i++)
        for (int channel = 1; channel < CHANNEL_COUNT; channel++)
            for (int priority = 1; priority < PRIORITY_COUNT; priority++) {
                const struct policies_target *line = &from->targets[i];
                struct target *target = &to->targets[channel][priority];
                if ((line->channel != 0 && line->channel != channel) ||
                    (line->priority != 0 && line->priority != priority))
                    continue;
                if (line->first_response_us != 0)
                    target->first_response_us = line->first_response_us;
                if (line->resolution_us != 0)
                    target->resolution_us = line->resolution_us;
            }
}

static void make_sla(const struct policies_sla *from, struct sla_rules *to)
{
    *to = (struct sla_rules){
        .tier_percent = {(int32_t)from->standard_percent, (int32_t)from->standard_percent,
                         (int32_t)from->silver_percent, (int32_t)from->gold_percent,
                         (int32_t)from->vip_percent},
        .least_us = from->shortest_us,
        .warn_percent = (int32_t)from->warn_percent,
        .warn_short_percent = (int32_t)from->warn_short_percent,
        .warn_short_us = from->warn_short_below_us,
        .confirmation_us = from->confirmation_us,
        .silence_us = from->silence_us,
        .satisfied_score = (int32_t)from->satisfied_score,
    };
    for (size_t i = 0; i < from->first_response_pause_count; i++)
        to->pauses[CLOCK_FIRST_RESPONSE][from->first_response_pauses[i]] = true;
    for (size_t i = 0; i < from->resolution_pause_count; i++)
        to->pauses[CLOCK_RESOLUTION][from->resolution_pauses[i]] = true;
    /* "nobody" in the list means nothing: a clock that never ran would be no clock. */
    to->pauses[CLOCK_FIRST_RESPONSE][WAITING_NOBODY] = false;
    to->pauses[CLOCK_RESOLUTION][WAITING_NOBODY] = false;
    make_targets(from, to);
}

static void make_routing(const struct policies_routing *from, struct routing_rules *to)
{
    *to = (struct routing_rules){
        .route_count = from->route_count,
        .weight = {(int32_t)from->api, (int32_t)from->chat, (int32_t)from->app, (int32_t)from->phone,
                   (int32_t)from->email, (int32_t)from->social, (int32_t)from->marketplace,
                   (int32_t)from->api},
        .unclassified_us = from->unclassified_us,
        .retry_first_us = from->retry_first_us,
        .retry_most_us = from->retry_most_us,
        .any_language_after = (int32_t)from->any_language_after,
    };
    for (size_t i = 0; i < from->route_count; i++) {
        const struct policies_route *route = &from->routes[i];
        to->routes[i] =
            (struct route_rule){route->label, route->type, route->channel, route->is_complaint, route->skill};
    }
}

static void check(void *policy, struct arena *arena, struct policy_problems *problems)
{
    struct escalation_policy *own = policy;
    struct rulebook *rulebook = &own->rulebook;
    make_priority(&own->sla.priority, &rulebook->priority, problems);
    make_sla(&own->sla, &rulebook->sla);
    make_routing(&own->routing, &rulebook->routing);
    rulebook->templates[TEMPLATE_REPLY] = own->messages.reply;
    rulebook->templates[TEMPLATE_ASK] = own->messages.ask;
    rulebook->templates[TEMPLATE_TRANSFERRED] = own->messages.transferred;
    rulebook->templates[TEMPLATE_RESOLVED] = own->messages.resolved;
    rulebook->templates[TEMPLATE_REOPENED] = own->messages.reopened;
    rulebook->thanks_count = own->sla.acknowledgement_count;
    for (size_t i = 0; i < rulebook->thanks_count; i++)
        rulebook->thanks[i] = acknowledgement_plain(own->sla.acknowledgements[i], arena);
    struct error err;
    if (rulebook_check(rulebook, &err) != STATUS_OK)
        policy_problem(problems, "%s", err.text);
}

const struct policy_schema policies_schema = {files, sizeof(struct escalation_policy), .check = check};
