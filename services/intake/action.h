/* SPDX-License-Identifier: Apache-2.0 */
/* What became of an agent's, seller's or customer's action: asked for, then applied or refused by the service
 * that owns it. The first outcome stays: one action has one. */
#pragma once

#include "core/arena.h"
#include "core/ids.h"
#include "core/text.h"

#include <stdbool.h>
#include <stdint.h>

/* One row; shared between the lane that asked and the case's lane. */
struct action {
    struct uuid action_key; /* of action_id */
    struct text action_id;  /* the publisher's own */
    struct uuid case_id;
    struct text kind;
    struct text state; /* pending, applied, refused; absent: not known */
    struct text reason;
    int64_t version;         /* of the case or return after the action, or at the refusal */
    struct text legal_moves; /* separated by ", " */
    int64_t requested_at_us, decided_at_us;
};

struct uuid action_key(struct text action_id);

/* False when the action was asked for before: nothing changes. */
bool action_request(struct action *row, struct uuid case_id, struct text kind, int64_t at_us);
/* False when an outcome is known already. An outcome may come before the request is seen. */
bool action_apply(struct action *row, struct uuid case_id, int64_t version, int64_t at_us);
bool action_refuse(struct action *row, struct uuid case_id, struct text reason, int64_t version,
                   struct text legal_moves, int64_t at_us);
bool action_is_decided(const struct action *row);
