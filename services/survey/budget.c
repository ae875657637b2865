/* SPDX-License-Identifier: Apache-2.0 */
#include "budget.h"

#include <stddef.h>
#include <string.h>

enum { MOMENT_BYTES = 8 };

static int64_t moment_at(struct text asked, size_t i)
{
    uint64_t moment = 0;
    for (size_t byte = 0; byte < MOMENT_BYTES; byte++)
        moment = moment << 8 | (unsigned char)asked.at[i * MOMENT_BYTES + byte];
    return (int64_t)moment;
}

bool budget_allows(const struct customer *customer, int64_t most, int64_t window_us, int64_t now_us)
{
    int64_t asked = 0;
    for (size_t i = 0; i < customer->asked.len / MOMENT_BYTES; i++)
        if (moment_at(customer->asked, i) > now_us - window_us)
            asked++;
    return asked < most;
}

bool budget_spend(struct customer *customer, int64_t now_us, struct arena *arena)
{
    size_t kept = customer->asked.len / MOMENT_BYTES * MOMENT_BYTES;
    if (kept > (BUDGET_MOST - 1) * MOMENT_BYTES)
        kept = (BUDGET_MOST - 1) * MOMENT_BYTES;
    char *asked = arena_alloc(arena, MOMENT_BYTES + kept);
    if (asked == NULL)
        return false;
    for (size_t byte = 0; byte < MOMENT_BYTES; byte++)
        asked[byte] = (char)((uint64_t)now_us >> (8 * (MOMENT_BYTES - 1 - byte)) & 0xff);
    if (kept > 0)
        memcpy(asked + MOMENT_BYTES, customer->asked.at, kept);
    customer->asked = text_make(asked, MOMENT_BYTES + kept);
    customer->is_changed = true;
    return true;
}
