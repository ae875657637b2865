/* SPDX-License-Identifier: Apache-2.0 */
#include "effects.h"

const char *const deadline_names[DEADLINE_COUNT] = {
    [DEADLINE_DIAGNOSIS] = "diagnosis",
    [DEADLINE_ORDER] = "order-facts",
};

struct effect *effects_add(struct effects *effects, enum effect_kind kind, const struct case_state *state)
{
    if (effects->count == EFFECTS_MOST)
        effects->count--;
    struct effect *effect = &effects->items[effects->count++];
    *effect = (struct effect){.kind = kind, .version = state->version};
    return effect;
}
