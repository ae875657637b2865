/* SPDX-License-Identifier: Apache-2.0 */
#include "priority.h"

static void add(struct priority_verdict *verdict, struct arena *arena, int32_t points, const char *what,
                const char *value)
{
    if (points == 0)
        return;
    verdict->points += points;
    verdict->reasons[verdict->reason_count++] =
        text_print(arena, "%s%s%s %+d", what, value[0] == '\0' ? "" : " ", value, (int)points);
}

static int32_t within(int32_t value, int32_t least, int32_t most)
{
    return value < least ? least : value > most ? most : value;
}

static const struct money_step *money_reached(const struct priority_rules *rules,
                                              const struct priority_input *input)
{
    const struct money_step *best = NULL;
    for (size_t i = 0; i < rules->money_count; i++) {
        const struct money_step *step = &rules->money[i];
        if (text_equal_string(input->currency, step->currency) && input->money_minor >= step->from_minor &&
            (best == NULL || step->from_minor > best->from_minor))
            best = step;
    }
    return best;
}

static int32_t level_of(const struct priority_rules *rules, int32_t points)
{
    int32_t priority = PRIORITY_P1;
    while (priority < PRIORITY_P4 && points < rules->least[priority])
        priority++;
    return priority;
}

struct priority_verdict priority_judge(const struct priority_rules *rules, const struct priority_input *input,
                                       struct arena *arena)
{
    struct priority_verdict verdict = {0};
    int32_t type = within(input->type, 0, TYPE_COUNT - 1);
    int32_t tier = within(input->tier, 0, TIER_COUNT - 1);
    int32_t urgency = within(input->urgency, 0, URGENCY_MOST);
    const char *const urgency_names[URGENCY_MOST + 1] = {"0", "1", "2", "3"};
    add(&verdict, arena, rules->type_points[type], "type",
        type == 0 ? "not known yet" : domain_type_name(type));
    if (input->is_complaint)
        add(&verdict, arena, rules->complaint_points, "complaint", "");
    add(&verdict, arena, rules->urgency_points[urgency], "urgency", urgency_names[urgency]);
    if (input->sentiment <= SENTIMENT_LEAST)
        add(&verdict, arena, rules->unhappy_points, "very unhappy", "");
    add(&verdict, arena, rules->tier_points[tier], "tier", domain_tier_name(tier));
    const struct money_step *step = money_reached(rules, input);
    if (step != NULL)
        add(&verdict, arena, step->points, "money at stake", step->currency);
    verdict.priority = level_of(rules, verdict.points);
    return verdict;
}
