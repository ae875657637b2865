/* SPDX-License-Identifier: Apache-2.0 */
#include "effects.h"

bool effect_is_change(enum effect_kind kind)
{
    return kind <= EFFECT_DELAYED;
}

struct effect *effects_add(struct effects *effects, enum effect_kind kind, struct case_file *file)
{
    if (effects->count == EFFECTS_MOST)
        effects->count--;
    struct effect *effect = &effects->items[effects->count++];
    if (effect_is_change(kind))
        file->state.version++;
    *effect =
        (struct effect){.kind = kind, .version = file->state.version, .return_id = file->current.return_id};
    return effect;
}
