/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers.h"

#include "apply.h"
#include "events.h"
#include "policies.h"
#include "store.h"

struct work {
    struct store store;
    const struct rulebook *rules;
    int64_t now_us;
};

static enum status full(struct error *err)
{
    return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
}

static bool is_of_others(const struct fact *fact)
{
    return fact->kind == FACT_ACTION && fact->as.action.kind == 0;
}

/* A row's copy, so that the rehearsal changes nothing. */
static struct case_state *copy_of(struct rows *copies, struct rows *cases, struct uuid case_id)
{
    const struct case_state key = {.case_id = case_id};
    struct case_state *copy = rows_find(copies, &key);
    if (copy != NULL)
        return copy;
    copy = rows_get(copies, &case_id);
    const struct case_state *row = rows_find(cases, &key);
    if (copy != NULL && row != NULL)
        *copy = *row;
    return copy;
}

/* Which agents does this batch need? The rules are asked: they run on copies, with a pool that only writes
 * down what it is asked for. */
static enum status rehearse(struct work *work, const struct fact *facts, size_t count,
                            struct agent_pool *pool, struct error *err)
{
    struct rows copies;
    struct effects effects;
    store_init_copies(&copies, work->store.arena);
    agents_init(pool, work->store.arena);
    pool->is_rehearsal = true;
    struct apply_context context = {work->rules, pool, work->store.arena, work->now_us, false};
    for (size_t i = 0; i < count; i++) {
        if (facts[i].kind == FACT_AGENT || is_of_others(&facts[i]))
            continue;
        struct case_state *copy = copy_of(&copies, &work->store.cases, facts[i].case_id);
        if (copy == NULL)
            return full(err);
        case_apply(copy, &facts[i], &context, &effects);
    }
    return STATUS_OK;
}

static enum status load_agents(struct work *work, const struct batch *batch, const struct fact *facts,
                               struct error *err)
{
    struct agent_pool asked;
    enum status status = rehearse(work, facts, batch->count, &asked, err);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < batch->count; i++)
        if (facts[i].kind == FACT_AGENT)
            store_want_agent(&work->store, facts[i].as.agent.agent_id);
    for (size_t i = 0; i < asked.wanted_count; i++)
        store_want_agent(&work->store, asked.wanted[i]);
    return store_load_agents(batch->db, &work->store, asked.needs, asked.need_count, err);
}

enum status handlers_load(const struct batch *batch, void **ret_work, struct error *err)
{
    const struct escalation_policy *policy = batch->policy;
    struct work *work = arena_alloc(batch->arena, sizeof *work);
    struct fact *facts = arena_alloc_array(batch->arena, batch->count + 1, sizeof *facts);
    if (work == NULL || facts == NULL)
        return full(err);
    work->rules = &policy->rulebook;
    work->now_us = batch->now_us;
    store_init(&work->store, batch->arena);
    for (size_t i = 0; i < batch->count; i++) {
        enum status status = events_read(batch->events[i], batch->arena, &facts[i], err);
        if (status != STATUS_OK)
            return status; /* the routes' check let it through: cannot be */
        if (facts[i].kind != FACT_AGENT && !is_of_others(&facts[i]))
            rows_want(&work->store.cases, &facts[i].case_id);
    }
    enum status status = store_load_cases(batch->db, &work->store, err);
    if (status == STATUS_OK)
        status = load_agents(work, batch, facts, err);
    if (status == STATUS_OK)
        *ret_work = work;
    return status;
}

enum status handlers_save(void *work, const struct batch *batch, struct error *err)
{
    (void)err;
    store_save(batch->db, &((struct work *)work)->store);
    return STATUS_OK;
}

static enum status record_agent(struct work *work, const struct fact *fact, struct error *err)
{
    struct agent *agent = store_agent(&work->store, fact->as.agent.agent_id);
    if (agent == NULL)
        return full(err);
    agent_update(agent, &fact->as.agent);
    return STATUS_OK;
}

enum status handlers_handle(void *at, const struct event *event, struct outbox *outbox, struct error *err)
{
    struct work *work = at;
    struct fact fact;
    struct effects effects;
    enum status status = events_read(event, outbox_arena(outbox), &fact, err);
    if (status != STATUS_OK || is_of_others(&fact))
        return status;
    if (fact.kind == FACT_AGENT)
        return record_agent(work, &fact, err);
    struct case_state *state = rows_get(&work->store.cases, &fact.case_id);
    if (state == NULL)
        return full(err);
    if (fact.kind == FACT_DUE && rows_is_new(&work->store.cases, state))
        return STATUS_OK; /* a deadline of a case that is gone */
    struct apply_context context = {work->rules, &work->store.pool, outbox_arena(outbox), work->now_us,
                                    false};
    case_apply(state, &fact, &context, &effects);
    if (context.is_agent_missing)
        return fail(err, STATUS_INVALID, "the case's agent %.*s was not loaded", TEXT_ARGS(state->agent_id));
    rows_touch(&work->store.cases, state);
    events_state(outbox, state, &effects, work->rules);
    return STATUS_OK;
}
