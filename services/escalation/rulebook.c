/* SPDX-License-Identifier: Apache-2.0 */
#include "rulebook.h"

#include "core/time.h"

#include <string.h>

const char *const rulebook_template_names[TEMPLATE_COUNT] = {
    [TEMPLATE_REPLY] = "reply",
    [TEMPLATE_ASK] = "ask",
    [TEMPLATE_TRANSFERRED] = "transferred",
    [TEMPLATE_RESOLVED] = "resolved",
    [TEMPLATE_REOPENED] = "reopened",
};

static void default_priority(struct priority_rules *rules)
{
    *rules = (struct priority_rules){
        .type_points = {[TYPE_RETURN_EXCHANGE] = 10, [TYPE_REPAIR] = 15, [TYPE_COMPLAINT] = 30},
        .complaint_points = 20,
        .urgency_points = {0, 10, 25, 50},
        .unhappy_points = 10,
        .tier_points = {[TIER_SILVER] = 5, [TIER_GOLD] = 10, [TIER_VIP] = 25},
        .money = {{"CNY", 100000, 10}, {"CNY", 500000, 20}, {"USD", 15000, 10}, {"USD", 75000, 20}},
        .money_count = 4,
        .least = {[PRIORITY_P1] = 60, [PRIORITY_P2] = 35, [PRIORITY_P3] = 10},
    };
}

static void default_targets(struct sla_rules *rules)
{
    static const int64_t first_response_us[CHANNEL_COUNT] = {
        [CHANNEL_CHAT] = 30 * US_PER_SECOND,         [CHANNEL_APP] = 30 * US_PER_SECOND,
        [CHANNEL_PHONE] = 20 * US_PER_SECOND,        [CHANNEL_SOCIAL] = 30 * US_PER_MINUTE,
        [CHANNEL_MARKETPLACE] = 180 * US_PER_SECOND,
    };
    static const struct target by_priority[PRIORITY_COUNT] = {
        [PRIORITY_P1] = {30 * US_PER_MINUTE, 2 * US_PER_HOUR},
        [PRIORITY_P2] = {US_PER_HOUR, 4 * US_PER_HOUR},
        [PRIORITY_P3] = {4 * US_PER_HOUR, 24 * US_PER_HOUR},
        [PRIORITY_P4] = {24 * US_PER_HOUR, 72 * US_PER_HOUR},
    };
    for (int channel = 1; channel < CHANNEL_COUNT; channel++)
        for (int priority = 1; priority < PRIORITY_COUNT; priority++) {
            struct target *target = &rules->targets[channel][priority];
            *target = by_priority[priority];
            if (first_response_us[channel] != 0)
                target->first_response_us = first_response_us[channel];
        }
}

void rulebook_defaults(struct rulebook *rulebook)
{
    memset(rulebook, 0, sizeof *rulebook);
    default_priority(&rulebook->priority);
    struct sla_rules *sla = &rulebook->sla;
    default_targets(sla);
    for (int tier = 0; tier < TIER_COUNT; tier++)
        sla->tier_percent[tier] = tier == TIER_VIP ? 50 : 100;
    sla->least_us = 15 * US_PER_SECOND;
    sla->pauses[CLOCK_RESOLUTION][WAITING_CUSTOMER] = true;
    sla->warn_percent = 75;
    sla->warn_short_percent = 66;
    sla->warn_short_us = 5 * US_PER_MINUTE;
    sla->confirmation_us = 72 * US_PER_HOUR;
    sla->silence_us = 72 * US_PER_HOUR;
    sla->satisfied_score = 3;
    struct routing_rules *routing = &rulebook->routing;
    for (int channel = 0; channel < CHANNEL_COUNT; channel++)
        routing->weight[channel] = 100;
    routing->unclassified_us = 3 * US_PER_SECOND;
    routing->retry_first_us = US_PER_SECOND;
    routing->retry_most_us = 8 * US_PER_SECOND;
    routing->any_language_after = 10;
}

static enum status check_targets(const struct sla_rules *rules, struct error *err)
{
    for (int channel = 1; channel < CHANNEL_COUNT; channel++)
        for (int priority = 1; priority < PRIORITY_COUNT; priority++) {
            const struct target *target = &rules->targets[channel][priority];
            if (target->first_response_us <= 0 || target->resolution_us <= 0)
                return fail(err, STATUS_INVALID, "targets: %s %s: a target must be longer than nothing",
                            domain_channel_name(channel), domain_priority_name(priority));
            if (target->first_response_us > target->resolution_us)
                return fail(err, STATUS_INVALID, "targets: %s %s: first_response is longer than resolution",
                            domain_channel_name(channel), domain_priority_name(priority));
        }
    return STATUS_OK;
}

static enum status check_sla(const struct sla_rules *rules, struct error *err)
{
    for (int tier = 0; tier < TIER_COUNT; tier++)
        if (rules->tier_percent[tier] < 1 || rules->tier_percent[tier] > 1000)
            return fail(err, STATUS_INVALID, "tiers: %s: must be 1 to 1000 per cent", domain_tier_name(tier));
    if (rules->warn_percent < 1 || rules->warn_percent > 99)
        return fail(err, STATUS_INVALID, "warn: percent must be 1 to 99");
    if (rules->warn_short_percent < 1 || rules->warn_short_percent > 99)
        return fail(err, STATUS_INVALID, "warn: short_percent must be 1 to 99");
    if (rules->confirmation_us <= 0)
        return fail(err, STATUS_INVALID, "confirmation: must be longer than nothing");
    if (rules->silence_us <= 0)
        return fail(err, STATUS_INVALID, "silence: must be longer than nothing");
    if (rules->satisfied_score < 1 || rules->satisfied_score > 5)
        return fail(err, STATUS_INVALID, "satisfied_score: must be 1 to 5");
    return check_targets(rules, err);
}

enum status rulebook_check(const struct rulebook *rulebook, struct error *err)
{
    const int32_t *least = rulebook->priority.least;
    if (least[PRIORITY_P1] <= least[PRIORITY_P2] || least[PRIORITY_P2] <= least[PRIORITY_P3])
        return fail(err, STATUS_INVALID, "priority: P1 must need more points than P2, and P2 more than P3");
    const struct routing_rules *routing = &rulebook->routing;
    for (int channel = 1; channel < CHANNEL_COUNT; channel++)
        if (routing->weight[channel] < 1 || routing->weight[channel] > 10000)
            return fail(err, STATUS_INVALID, "weights: %s: must be 1 to 10000 hundredths of a place",
                        domain_channel_name(channel));
    if (routing->retry_first_us <= 0 || routing->retry_most_us < routing->retry_first_us)
        return fail(err, STATUS_INVALID, "retry: first must be longer than nothing and no longer than most");
    if (routing->unclassified_us <= 0)
        return fail(err, STATUS_INVALID, "unclassified: must be longer than nothing");
    return check_sla(&rulebook->sla, err);
}
