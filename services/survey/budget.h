/* SPDX-License-Identifier: Apache-2.0 */
/* Not too often: when a customer was asked of late, over all cases and channels. The row is shared by all
 * lanes, so it is locked from load to COMMIT. Pure. */
#pragma once

#include "core/arena.h"
#include "core/text.h"

#include <stdbool.h>
#include <stdint.h>

#define BUDGET_MOST 16 /* moments remembered; no policy allows more */

struct customer {
    struct text customer_id;
    struct text asked; /* moments of 8 bytes, newest first */
    bool is_changed;   /* not kept */
};

/* Less than `most` surveys in the window that ends now? */
bool budget_allows(const struct customer *customer, int64_t most, int64_t window_us, int64_t now_us);
/* Notes that the customer is asked now; in the arena. False: it is full. */
bool budget_spend(struct customer *customer, int64_t now_us, struct arena *arena);
