/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of this service: the cases of one batch, read and written set-based.
 *
 *     store_init(&store, arena);
 *     store_want(&store, case_id); ...
 *     store_load(db, &store, err);                  -- the rows of all these cases
 *     store_want_money(&store, order_key); ...      -- of every order a handler may need
 *     store_load_money(db, &store, err);            -- locked until COMMIT
 *     store_open(&store, case_id, &file); ... rules ...; store_close(&store, &file);   -- per fact
 *     store_save(db, &store); */
#pragma once

#include "case_file.h"
#include "core/status.h"
#include "runtime/postgres.h"
#include "runtime/table.h"

struct store {
    struct arena *arena;
    struct rows cases, order_lines, returns, lines, parcels, refunds;
    struct rows money; /* shared by cases */
};

void store_init(struct store *store, struct arena *arena);
void store_want(struct store *store, struct uuid case_id);
enum status store_load(struct postgres *db, struct store *store, struct error *err) MUST_CHECK;

/* The case's row as it was loaded; NULL when it has none. */
const struct case_state *store_case(struct store *store, struct uuid case_id);
void store_want_money(struct store *store, struct text order_key);
enum status store_load_money(struct postgres *db, struct store *store, struct error *err) MUST_CHECK;

/* The file as the batch has it so far, without money. Its arrays are copies: nothing changes before
 * store_close. */
enum status store_open(struct store *store, struct uuid case_id, struct case_file *ret_file,
                       struct error *err) MUST_CHECK;
/* The order's row, for `file->money`. */
enum status store_money(struct store *store, struct text order_key, struct order_money *ret_money,
                        struct error *err) MUST_CHECK;
/* Writes back what is different. */
enum status store_close(struct store *store, const struct case_file *file, struct error *err) MUST_CHECK;
/* Queues the writes. */
void store_save(struct postgres *db, struct store *store);
