/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of this service: the cases of one batch, read and written set-based.
 *
 *     store_init(&store, arena);
 *     rows_want(&store.cases, &case_id); ...
 *     store_load(db, &store, err);
 *     ... rules change rows, which are touched ...
 *     store_save(db, &store); */
#pragma once

#include "case_state.h"
#include "core/status.h"
#include "runtime/postgres.h"
#include "runtime/table.h"

struct store {
    struct rows cases; /* struct case_state */
};

void store_init(struct store *store, struct arena *arena);
enum status store_load(struct postgres *db, struct store *store, struct error *err) MUST_CHECK;
/* Queues the writes. */
void store_save(struct postgres *db, struct store *store);
