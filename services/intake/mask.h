/* SPDX-License-Identifier: Apache-2.0 */
/* Card numbers and Chinese identity numbers in free text, made unreadable before anything is stored or
 * stated.
 *
 * A card number is 13 to 19 digits that pass the Luhn check; its last four digits stay, so that a person can
 * tell which card was meant. An identity number is 17 digits with a true date and its check character;
 * nothing of it stays. Both may be written in groups ("6222 0212-3456 7890") and with full-width digits.
 * Digits that follow a Latin letter are the number of something else (a waybill), and so is the number named
 * as `keep` (the order's). */
#pragma once

#include "core/arena.h"
#include "core/text.h"

/* The text itself when there is nothing to hide, else a copy in the arena; absent when the arena is full.
 * `words` is well-formed UTF-8. `keep` may be absent. */
struct text mask_numbers(struct arena *arena, struct text words, struct text keep);
