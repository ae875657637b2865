/* SPDX-License-Identifier: Apache-2.0 */
#include "rulebook.h"

#include "core/time.h"

const struct option_rule *rulebook_option(const struct rulebook *rulebook, struct text option_id)
{
    for (size_t i = 0; i < rulebook->returns.option_count; i++)
        if (text_equal(rulebook->returns.options[i].option_id, option_id))
            return &rulebook->returns.options[i];
    return NULL;
}

static enum status check_options(const struct rulebook *rulebook, struct error *err)
{
    const struct returns_rules *rules = &rulebook->returns;
    for (size_t i = 0; i < rules->option_count; i++) {
        const struct option_rule *option = &rules->options[i];
        if (rulebook_option(rulebook, option->option_id) != option)
            return fail(err, STATUS_INVALID, "options: %.*s is there twice", TEXT_ARGS(option->option_id));
        if (option->promise_us <= rules->delay_lead_us)
            return fail(err, STATUS_INVALID, "options: %.*s: promise must be longer than delay_lead",
                        TEXT_ARGS(option->option_id));
    }
    return STATUS_OK;
}

enum status rulebook_check(const struct rulebook *rulebook, struct error *err)
{
    const struct returns_rules *rules = &rulebook->returns;
    const struct pickup_rules *pickup = &rules->pickup;
    if (pickup->opens_us + pickup->slot_us > pickup->closes_us)
        return fail(err, STATUS_INVALID, "pickup: no slot fits between opens and closes");
    if (pickup->step_us != 0 && US_PER_DAY % pickup->step_us != 0)
        return fail(err, STATUS_INVALID, "pickup: step must divide a day");
    if (rules->delay_by_us <= rules->delay_lead_us)
        return fail(err, STATUS_INVALID, "delay_by: must be longer than delay_lead");
    return check_options(rulebook, err);
}
