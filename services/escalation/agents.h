/* SPDX-License-Identifier: Apache-2.0 */
/* Agents, and who gets a case: the one with the skill and the language, online, with a free place, who has
 * the least to do for their capacity. Pure; the rows are loaded and locked by the store.
 *
 * Agents are shared by all lanes: their rows are locked from load to COMMIT, and `load` changes only there,
 * in the transaction in which the case changes. So the sum of the weights of an agent's cases is always
 * `load`, and `load + weight <= capacity` holds whenever a case is given, whatever the interleaving.
 *
 * Which agents a batch needs is found by a rehearsal: the rules run once on copies of the cases with a pool
 * that is empty and writes down what it is asked for (`is_rehearsal`). */
#pragma once

#include "core/arena.h"
#include "domain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AGENT_PLACE      100 /* hundredths: one case of weight 100 takes one place */
#define AGENT_SKILLS_MAX 50

/* A row. */
struct agent {
    struct text agent_id;
    struct text name, team;
    int32_t presence;       /* enum presence */
    struct text skills;     /* ",repair,complaint,"; "," for none: such an agent takes everything */
    int32_t languages;      /* bit 1 << enum language; 0: speaks them all */
    int32_t level;          /* 1 to 3 */
    int32_t capacity;       /* hundredths of a place */
    int32_t load;           /* hundredths of a place; what their cases weigh */
    int64_t updated_at_us;  /* the publisher's clock: a later word corrects an earlier one */
    int64_t assigned_at_us; /* last time they were given a case */
    bool is_changed;        /* not a column: to be saved */
};

/* What a case needs. */
struct agent_need {
    struct text skill; /* "any": everybody has it */
    int32_t language;
    bool is_any_language;
    int32_t level;        /* wanted */
    bool is_level_needed; /* nobody below it will do */
    int32_t weight;       /* hundredths of a place */
    struct text except;   /* not this agent */
};

struct agent_pool {
    struct agent **agents;
    size_t count, capacity;
    struct arena *arena;

    bool is_rehearsal;
    /* Ids a rehearsal was asked for; otherwise ids the database was asked for, so one that is not in the pool
     * does not exist. */
    struct text *wanted;
    size_t wanted_count, wanted_capacity;
    struct agent_need *needs;
    size_t need_count, need_capacity;
};

void agents_init(struct agent_pool *pool, struct arena *arena);
/* Adds a loaded row once; false when the arena is full. */
bool agents_add(struct agent_pool *pool, struct agent *agent);

/* The database was asked for this id. */
void agents_note_wanted(struct agent_pool *pool, struct text agent_id);
bool agents_was_wanted(const struct agent_pool *pool, struct text agent_id);
/* NULL when it is not in the pool. */
struct agent *agents_find(struct agent_pool *pool, struct text agent_id);
/* The best who can take it now, or NULL. Order: reaches the level, least load by capacity, longest without a
 * new case, id. */
struct agent *agents_pick(struct agent_pool *pool, const struct agent_need *need);

bool agent_can_take(const struct agent *agent, int32_t weight); /* online, with that much free */
void agent_take(struct agent *agent, int32_t weight, int64_t now_us);
/* Never below 0. */
void agent_release(struct agent *agent, int32_t weight);
/* What is said of an agent replaces what was known, unless it is older. `said` has the fields of AgentUpdate.
 */
void agent_update(struct agent *agent, const struct agent *said);
bool agent_has_skill(const struct agent *agent, struct text skill);
