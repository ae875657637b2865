/* SPDX-License-Identifier: Apache-2.0 */
/* What the customer is told: a template of the policy, in the case's language, filled in. Pure. */
#pragma once

#include "turn.h"

/* The finished text, in the arena. */
struct text notice_text(const struct turn *turn, enum template template, const struct template_value *values,
                        size_t count);
/* Tells it: EFFECT_NOTIFIED. `reference` is a waybill or order number that occurs in it, or absent. */
void notice_tell(struct turn *turn, enum template template, const struct template_value *values, size_t count,
                 struct text reference);
/* A text without variables. */
void notice_tell_plain(struct turn *turn, enum template template);

/* A moment by the shop's clock, in the case's language; an amount. */
struct text notice_moment(const struct turn *turn, int64_t at_us);
struct text notice_amount(const struct turn *turn, int64_t minor, struct text currency);
