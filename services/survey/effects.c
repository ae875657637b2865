/* SPDX-License-Identifier: Apache-2.0 */
#include "effects.h"

struct effect *effects_add(struct effects *effects, enum effect_kind kind, const struct survey *survey)
{
    if (effects->count == EFFECTS_MOST)
        effects->count--;
    struct effect *effect = &effects->items[effects->count++];
    *effect = (struct effect){.kind = kind};
    if (survey != NULL)
        effect->survey = *survey;
    return effect;
}
