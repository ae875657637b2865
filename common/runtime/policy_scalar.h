/* SPDX-License-Identifier: Apache-2.0 */
/* One scalar of a policy file, as its field wants it. */
#pragma once

#include "core/arena.h"
#include "core/status.h"
#include "core/text.h"
#include "runtime/policy.h"

/* Writes the C value of `type` (TEXT to ENUM) to `to`; the field gives bounds and choices, the arena keeps
 * texts. INVALID: "not a duration: '5 minuts' (like 90s, 1h30m, 7d)". */
enum status policy_scalar_parse(const struct policy_field *field, enum policy_type type, struct text text,
                                struct arena *arena, void *to, struct error *err) MUST_CHECK;
