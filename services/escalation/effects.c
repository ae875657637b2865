/* SPDX-License-Identifier: Apache-2.0 */
#include "effects.h"

bool effect_is_change(enum effect_kind kind)
{
    return kind <= EFFECT_ACTED;
}

struct effect *effects_add(struct effects *effects, enum effect_kind kind, struct case_state *state)
{
    if (effects->count == EFFECTS_MOST)
        effects->count--;
    struct effect *effect = &effects->items[effects->count++];
    if (effect_is_change(kind))
        state->version++;
    *effect = (struct effect){.kind = kind, .version = state->version};
    return effect;
}
