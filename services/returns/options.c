/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include "notices.h"
#include "parcels.h"

static struct text localized(const struct turn *turn, const struct policy_text *text)
{
    return policy_text_for(text, turn->file->state.language == LANGUAGE_EN ? TEXT("en") : TEXT("zh-CN"));
}

static struct text list_line(const struct turn *turn, const struct option_rule *rule, size_t number,
                             const struct offered_option *option)
{
    enum template freight =
        option->freight_paid_by == PAID_BY_SHOP ? TEMPLATE_freight_shop : TEMPLATE_freight_customer;
    const struct template_value values[] = {
        {"number", text_print(turn->arena, "%zu", number)},
        {"name", localized(turn, &rule->name)},
        {"pros", option->pros},
        {"cons", option->cons},
        {"freight", notice_text(turn, freight, NULL, 0)},
        {"promised", notice_moment(turn, option->promised_by_us)},
    };
    return notice_text(turn, TEMPLATE_option_line, values, sizeof values / sizeof *values);
}

void options_offer(struct turn *turn, enum template template)
{
    const struct returns_rules *rules = &turn->rules->returns;
    struct offered_option *options = arena_alloc_array(turn->arena, rules->option_count, sizeof *options);
    if (options == NULL)
        return; /* a full arena stops the batch */
    struct text list = TEXT("");
    for (size_t i = 0; i < rules->option_count; i++) {
        const struct option_rule *rule = &rules->options[i];
        options[i] = (struct offered_option){
            rule->option_id, localized(turn, &rule->pros), localized(turn, &rule->cons),
            turn->file->current.is_in_warranty ? rule->freight_in_warranty : rule->freight,
            turn->now_us + rule->promise_us};
        struct text line = list_line(turn, rule, i + 1, &options[i]);
        list = text_print(turn->arena, "%.*s%s%.*s", TEXT_ARGS(list), i == 0 ? "" : "\n", TEXT_ARGS(line));
    }
    struct effect *effect = effects_add(turn->effects, EFFECT_OFFERED, turn->file);
    effect->options = options;
    effect->option_count = rules->option_count;
    const struct template_value values[] = {{"options", list}};
    notice_tell(turn, template, values, 1, TEXT_NULL);
}

struct text options_objection(const struct turn *turn, struct text option_id)
{
    if (rulebook_option(turn->rules, option_id) != NULL)
        return TEXT_NULL;
    struct text list = TEXT("");
    for (size_t i = 0; i < turn->rules->returns.option_count; i++)
        list = text_print(turn->arena, "%.*s%s%.*s", TEXT_ARGS(list), i == 0 ? "" : ", ",
                          TEXT_ARGS(turn->rules->returns.options[i].option_id));
    return text_print(turn->arena, "there is no option '%.*s', only: %.*s", TEXT_ARGS(option_id),
                      TEXT_ARGS(list));
}

void options_choose(struct turn *turn, struct text option_id)
{
    struct return_state *current = &turn->file->current;
    const struct option_rule *rule = rulebook_option(turn->rules, option_id);
    if (rule == NULL)
        return;
    current->stage = machine_return(current->stage, RETURN_CHOOSE);
    current->option_id = rule->option_id;
    current->promised_by_us = turn->now_us + rule->promise_us;
    current->misses = 0;
    struct effect *effect = effects_add(turn->effects, EFFECT_CHOSEN, turn->file);
    effect->id = rule->option_id;
    effect->at_us = current->promised_by_us;
    if (rule->is_pickup) {
        parcels_book(turn);
        return;
    }
    const struct template_value values[] = {{"name", localized(turn, &rule->name)},
                                            {"promised", notice_moment(turn, current->promised_by_us)}};
    notice_tell(turn, TEMPLATE_option_chosen, values, 2, TEXT_NULL);
}

/* What it is late for. */
static enum template late_reason(const struct case_file *file)
{
    if (file->current.stage == RETURN_AGREED)
        return TEMPLATE_late_pickup;
    if (file->current.stage == RETURN_MOVING)
        return TEMPLATE_late_on_the_way;
    bool is_refunding = false, is_going_back = false;
    for (size_t i = 0; i < file->line_count; i++) {
        int32_t state = file->lines[i].state;
        is_refunding |= state == LINE_REFUNDING || state == LINE_REFUND_FAILED;
        is_going_back |= state == LINE_GOING_BACK;
        if (state == LINE_RECEIVED || state == LINE_REPAIRING)
            return TEMPLATE_late_in_workshop;
    }
    return is_going_back  ? TEMPLATE_late_going_back
           : is_refunding ? TEMPLATE_late_refund
                          : TEMPLATE_late_in_workshop;
}

void options_delay(struct turn *turn)
{
    struct return_state *current = &turn->file->current;
    const struct returns_rules *rules = &turn->rules->returns;
    bool is_due = current->stage == RETURN_AGREED || current->stage == RETURN_MOVING ||
                  current->stage == RETURN_IN_WORKSHOP;
    if (!is_due || current->promised_by_us - rules->delay_lead_us > turn->now_us)
        return;
    /* From the old promise, unless the service slept so long that the new one would be near again. */
    int64_t from_us = current->promised_by_us > turn->now_us ? current->promised_by_us : turn->now_us;
    current->promised_by_us = from_us + rules->delay_by_us;
    current->delays++;
    struct text reason = notice_text(turn, late_reason(turn->file), NULL, 0);
    struct effect *effect = effects_add(turn->effects, EFFECT_DELAYED, turn->file);
    effect->at_us = current->promised_by_us;
    effect->text = reason;
    const struct template_value values[] = {{"promised", notice_moment(turn, current->promised_by_us)},
                                            {"reason", reason}};
    notice_tell(turn, TEMPLATE_promise_delayed, values, 2, TEXT_NULL);
}
