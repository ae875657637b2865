/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of this service: cases, surveys and customers of one batch, read and written set-based.
 *
 *     store_init(&store, arena, most);
 *     store_want_case(&store, &case_id); ...
 *     store_load_cases(db, &store, err);
 *     store_want_customer(&store, id); ...          -- those who may be asked
 *     store_load_customers(db, &store, err);        -- all are locked, in the order of ids
 *     store_read(&store, case_id, &dossier);  ... rules ...  store_write(&store, &dossier);
 *     store_save(db, &store); */
#pragma once

#include "budget.h"
#include "core/status.h"
#include "dossier.h"
#include "effects.h"
#include "runtime/postgres.h"
#include "runtime/table.h"

#include <stddef.h>

struct kept_answer; /* a row of `answers` */

struct store {
    struct rows cases, surveys, customers;
    struct arena *arena;
    struct kept_answer *answers;
    size_t answer_count, answers_most;
    struct text *wanted; /* customers */
    size_t wanted_count;
    size_t events_most;
};

/* `most`: events in the batch, each of which brings at most one answer and one customer. False: the arena is
 * full. */
bool store_init(struct store *store, struct arena *arena, size_t most);
void store_want_case(struct store *store, struct uuid case_id);
enum status store_load_cases(struct postgres *db, struct store *store, struct error *err) MUST_CHECK;
/* The customer of a case that is loaded, if it has one. */
void store_want_customer(struct store *store, struct uuid case_id);
enum status store_load_customers(struct postgres *db, struct store *store, struct error *err) MUST_CHECK;

/* The case as it is in the batch so far; of one that is not kept only the id. False: the arena is full. */
bool store_read(struct store *store, struct uuid case_id, struct dossier *ret_dossier);
/* NULL: the case's customer was not wanted. Changed in place. */
struct customer *store_customer(struct store *store, const struct dossier *dossier);
/* Back into the batch. False: the arena is full. */
bool store_write(struct store *store, const struct dossier *dossier);
/* An answer for the table of versions. */
void store_keep(struct store *store, const struct survey *survey, const struct answer *answer);
void store_save(struct postgres *db, struct store *store);
