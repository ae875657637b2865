/* SPDX-License-Identifier: Apache-2.0 */
#include "agents.h"

#include <string.h>

void agents_init(struct agent_pool *pool, struct arena *arena)
{
    *pool = (struct agent_pool){.arena = arena};
}

/* Makes room for one more element; `list` and what is returned are arrays of `size` bytes each. */
static void *grown(struct arena *arena, void *list, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return list;
    size_t wider = *capacity == 0 ? 16 : *capacity * 2;
    void *more = arena_alloc_array(arena, wider, size);
    if (more == NULL)
        return NULL;
    if (count > 0)
        memcpy(more, list, count * size);
    *capacity = wider;
    return more;
}

static struct agent *known(const struct agent_pool *pool, struct text agent_id)
{
    for (size_t i = 0; i < pool->count; i++)
        if (text_equal(pool->agents[i]->agent_id, agent_id))
            return pool->agents[i];
    return NULL;
}

bool agents_add(struct agent_pool *pool, struct agent *agent)
{
    if (known(pool, agent->agent_id) != NULL)
        return true;
    struct agent **agents =
        grown(pool->arena, pool->agents, pool->count, &pool->capacity, sizeof(struct agent *));
    if (agents == NULL)
        return false;
    pool->agents = agents;
    pool->agents[pool->count++] = agent;
    return true;
}

bool agents_was_wanted(const struct agent_pool *pool, struct text agent_id)
{
    for (size_t i = 0; i < pool->wanted_count; i++)
        if (text_equal(pool->wanted[i], agent_id))
            return true;
    return false;
}

void agents_note_wanted(struct agent_pool *pool, struct text agent_id)
{
    if (agents_was_wanted(pool, agent_id))
        return;
    struct text *wanted =
        grown(pool->arena, pool->wanted, pool->wanted_count, &pool->wanted_capacity, sizeof *pool->wanted);
    if (wanted == NULL)
        return; /* the arena says so to the loop */
    pool->wanted = wanted;
    pool->wanted[pool->wanted_count++] = agent_id;
}

static void note_need(struct agent_pool *pool, const struct agent_need *need)
{
    struct agent_need *needs =
        grown(pool->arena, pool->needs, pool->need_count, &pool->need_capacity, sizeof *pool->needs);
    if (needs == NULL)
        return;
    pool->needs = needs;
    pool->needs[pool->need_count++] = *need;
}

struct agent *agents_find(struct agent_pool *pool, struct text agent_id)
{
    if (pool->is_rehearsal)
        agents_note_wanted(pool, agent_id);
    return known(pool, agent_id);
}

bool agent_has_skill(const struct agent *agent, struct text skill)
{
    if (agent->skills.len <= 1 || text_equal(skill, TEXT("any")))
        return true;
    struct text rest = agent->skills;
    while (rest.at != NULL)
        if (text_equal(text_cut(&rest, ','), skill))
            return true;
    return false;
}

bool agent_can_take(const struct agent *agent, int32_t weight)
{
    return agent->presence == PRESENCE_ONLINE && (int64_t)agent->load + weight <= agent->capacity;
}

static bool fits(const struct agent *agent, const struct agent_need *need)
{
    if (!agent_can_take(agent, need->weight) || !agent_has_skill(agent, need->skill) ||
        (need->is_level_needed && agent->level < need->level))
        return false;
    if (need->except.at != NULL && text_equal(agent->agent_id, need->except))
        return false;
    return need->is_any_language || agent->languages == 0 || need->language == 0 ||
           (agent->languages & (1 << need->language)) != 0;
}

static bool is_better(const struct agent *a, const struct agent *b, const struct agent_need *need)
{
    bool a_reaches = a->level >= need->level, b_reaches = b->level >= need->level;
    if (a_reaches != b_reaches)
        return a_reaches;
    int64_t a_share = (int64_t)a->load * b->capacity, b_share = (int64_t)b->load * a->capacity;
    if (a_share != b_share)
        return a_share < b_share;
    if (a->assigned_at_us != b->assigned_at_us)
        return a->assigned_at_us < b->assigned_at_us;
    return text_compare(a->agent_id, b->agent_id) < 0;
}

struct agent *agents_pick(struct agent_pool *pool, const struct agent_need *need)
{
    if (pool->is_rehearsal)
        note_need(pool, need);
    struct agent *best = NULL;
    for (size_t i = 0; i < pool->count; i++)
        if (fits(pool->agents[i], need) && (best == NULL || is_better(pool->agents[i], best, need)))
            best = pool->agents[i];
    return best;
}

void agent_take(struct agent *agent, int32_t weight, int64_t now_us)
{
    agent->load += weight;
    agent->assigned_at_us = now_us;
    agent->is_changed = true;
}

void agent_release(struct agent *agent, int32_t weight)
{
    agent->load = agent->load > weight ? agent->load - weight : 0;
    agent->is_changed = true;
}

void agent_update(struct agent *agent, const struct agent *said)
{
    if (said->updated_at_us < agent->updated_at_us)
        return;
    agent->name = said->name;
    agent->team = said->team;
    agent->presence = said->presence;
    agent->skills = said->skills;
    agent->languages = said->languages;
    agent->level = said->level;
    agent->capacity = said->capacity;
    agent->updated_at_us = said->updated_at_us;
    agent->is_changed = true;
}
