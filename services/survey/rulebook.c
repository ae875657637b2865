/* SPDX-License-Identifier: Apache-2.0 */
#include "rulebook.h"

#include "core/time.h"

const char *const rulebook_template_names[TEMPLATE_COUNT] = {
    [TEMPLATE_SURVEY] = "survey",
    [TEMPLATE_THANKS] = "thanks",
    [TEMPLATE_SORRY] = "sorry",
};

void rulebook_defaults(struct rulebook *rulebook)
{
    *rulebook = (struct rulebook){.open_for_us = 7 * US_PER_DAY,
                                  .is_closed_by_reopening = true,
                                  .await_opening_us = US_PER_HOUR,
                                  .asks_per_case = 2,
                                  .budget = 2,
                                  .budget_window_us = 7 * US_PER_DAY,
                                  .low_score = 2,
                                  .solved_from = 3};
    for (int channel = 0; channel < CHANNEL_COUNT; channel++)
        rulebook->delay_us[channel] = 24 * US_PER_HOUR;
    rulebook->delay_us[CHANNEL_CHAT] = 10 * US_PER_MINUTE;
}
