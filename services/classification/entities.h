/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers a customer writes: order numbers, waybills, telephone numbers. A number counts only as a whole: not
 * as a part of a longer run of digits or letters. Card and identity numbers are hidden before anything is
 * looked for. Pure. */
#pragma once

#include "core/arena.h"
#include "core/text.h"

#include <stddef.h>
#include <stdint.h>

#define ENTITIES_MOST 10

struct entity {
    int32_t kind;      /* enum entity_kind */
    struct text value; /* capitals, without blanks; a telephone number as 138****1234 */
};

struct entities {
    struct entity items[ENTITIES_MOST];
    size_t count;
};

/* Adds what is in the text and not there yet; values in the arena. `order_no` is the order as it is known,
 * which is an order number wherever it stands; may be absent. */
void entities_find(struct text text, struct text order_no, struct arena *arena, struct entities *entities);
