/* SPDX-License-Identifier: Apache-2.0 */
/* All SQL of this service: the cases and agents of one batch, read and written set-based.
 *
 *     store_init(&store, arena);
 *     rows_want(&store.cases, &case_id); ...
 *     store_load_cases(db, &store, err);
 *     store_want_agent(&store, agent_id); ...          -- agents known by name
 *     store_load_agents(db, &store, needs, count, err) -- they, and the best few for each need; all are
 * locked
 *     ... rules change rows, cases are touched, agents say is_changed ...
 *     store_save(db, &store);
 *
 * Locks: agents known by name wait for their lock, in the order of ids; after that nothing waits any more,
 * for candidates are taken with SKIP LOCKED. So two batches never wait for each other in a circle. */
#pragma once

#include "agents.h"
#include "case_state.h"
#include "core/status.h"
#include "runtime/postgres.h"
#include "runtime/table.h"

#include <stddef.h>

/* Candidates locked for one kind of need, and kinds of need looked after in one batch; cases beyond that stay
 * queued and are tried again. */
#define STORE_CANDIDATES_MOST 64
#define STORE_NEEDS_MOST      64

struct store {
    struct rows cases;      /* struct case_state */
    struct rows agents;     /* struct agent */
    struct agent_pool pool; /* every agent loaded */
    struct arena *arena;
    struct text *wanted; /* ids of agents */
    size_t wanted_count, wanted_capacity;
};

void store_init(struct store *store, struct arena *arena);
/* Another set of case rows, of which nothing is ever saved. */
void store_init_copies(struct rows *copies, struct arena *arena);
enum status store_load_cases(struct postgres *db, struct store *store, struct error *err) MUST_CHECK;
void store_want_agent(struct store *store, struct text agent_id);
enum status store_load_agents(struct postgres *db, struct store *store, const struct agent_need *needs,
                              size_t count, struct error *err) MUST_CHECK;
/* The agent's row, made when there is none, and in the pool; NULL when the arena is full. It must have been
 * wanted before store_load_agents. */
struct agent *store_agent(struct store *store, struct text agent_id);
/* Queues the writes. */
void store_save(struct postgres *db, struct store *store);
