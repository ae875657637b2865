/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include <string.h>

#define CASE(member, type)  COLUMN(struct case_state, member, type)
#define AGENT(member, type) COLUMN(struct agent, member, type)

static const struct column case_columns[] = {
    CASE(case_id, COLUMN_UUID),
    CASE(version, COLUMN_INT8),
    CASE(opened_at_us, COLUMN_TIME),
    CASE(received_at_us, COLUMN_TIME),
    CASE(channel, COLUMN_INT4),
    CASE(tier, COLUMN_INT4),
    CASE(language, COLUMN_INT4),
    CASE(shop_id, COLUMN_TEXT),
    CASE(classified_at_us, COLUMN_TIME),
    CASE(case_type, COLUMN_INT4),
    CASE(label, COLUMN_TEXT),
    CASE(is_complaint, COLUMN_BOOL),
    CASE(urgency, COLUMN_INT4),
    CASE(sentiment, COLUMN_INT4),
    CASE(decision, COLUMN_INT4),
    CASE(paid_at_us, COLUMN_TIME),
    CASE(paid_minor, COLUMN_INT8),
    CASE(paid_currency, COLUMN_TEXT),
    CASE(resolution_at_us, COLUMN_TIME),
    CASE(resolution, COLUMN_TEXT),
    CASE(resolved_by, COLUMN_TEXT),
    CASE(moments, COLUMN_BYTES),
    CASE(responded_at_us, COLUMN_TIME),
    CASE(status, COLUMN_INT4),
    CASE(waiting_for, COLUMN_INT4),
    CASE(priority, COLUMN_INT4),
    CASE(first_target_us, COLUMN_INT8),
    CASE(resolution_target_us, COLUMN_INT8),
    CASE(first_marks, COLUMN_INT4),
    CASE(resolution_marks, COLUMN_INT4),
    CASE(level, COLUMN_INT4),
    CASE(agent_id, COLUMN_TEXT),
    CASE(skill, COLUMN_TEXT),
    CASE(weight, COLUMN_INT4),
    CASE(queued_at_us, COLUMN_TIME),
    CASE(tries, COLUMN_INT4),
    CASE(assign_at_us, COLUMN_TIME),
};
static const struct table cases = TABLE("cases", struct case_state, case_columns, 1);

static const struct column agent_columns[] = {
    AGENT(agent_id, COLUMN_TEXT),      AGENT(name, COLUMN_TEXT),           AGENT(team, COLUMN_TEXT),
    AGENT(presence, COLUMN_INT4),      AGENT(skills, COLUMN_TEXT),         AGENT(languages, COLUMN_INT4),
    AGENT(level, COLUMN_INT4),         AGENT(capacity, COLUMN_INT4),       AGENT(load, COLUMN_INT4),
    AGENT(updated_at_us, COLUMN_TIME), AGENT(assigned_at_us, COLUMN_TIME),
};
static const struct table agents = TABLE("agents", struct agent, agent_columns, 1);

/* The order is agents_pick's, so that the best are among those locked. */
static const char candidates_sql[] =
    "SELECT agent_id FROM agents"
    " WHERE presence = 1 AND load + $1 <= capacity"
    "   AND ($2 = 'any' OR skills = ',' OR strpos(skills, ',' || $2 || ',') > 0)"
    "   AND (languages = 0 OR languages & $3 <> 0)"
    "   AND (NOT $4 OR level >= $5)"
    " ORDER BY level >= $5 DESC, load::float8 / greatest(capacity, 1), assigned_at NULLS FIRST, agent_id"
    " LIMIT $6 FOR UPDATE SKIP LOCKED";

void store_init(struct store *store, struct arena *arena)
{
    *store = (struct store){.arena = arena};
    rows_init(&store->cases, &cases, arena);
    rows_init(&store->agents, &agents, arena);
    agents_init(&store->pool, arena);
}

void store_init_copies(struct rows *copies, struct arena *arena)
{
    rows_init(copies, &cases, arena);
}

enum status store_load_cases(struct postgres *db, struct store *store, struct error *err)
{
    table_queue_load(db, &store->cases, TABLE_PLAIN);
    return postgres_run(db, err);
}

void store_want_agent(struct store *store, struct text agent_id)
{
    if (store->wanted_count == store->wanted_capacity) {
        size_t wider = store->wanted_capacity == 0 ? 32 : store->wanted_capacity * 2;
        struct text *more = arena_alloc_array(store->arena, wider, sizeof *more);
        if (more == NULL)
            return; /* the arena says so to the loop */
        if (store->wanted_count > 0)
            memcpy(more, store->wanted, store->wanted_count * sizeof *more);
        store->wanted = more;
        store->wanted_capacity = wider;
    }
    store->wanted[store->wanted_count++] = agent_id;
    rows_want(&store->agents, &agent_id);
}

/* Needs of one kind are one question for as many agents as there are cases. */
struct question {
    struct agent_need need;
    int32_t count;
};

static bool is_same(const struct agent_need *a, const struct agent_need *b)
{
    return text_equal(a->skill, b->skill) && a->language == b->language &&
           a->is_any_language == b->is_any_language && a->level == b->level &&
           a->is_level_needed == b->is_level_needed && a->weight == b->weight;
}

static size_t group(const struct agent_need *needs, size_t count, struct question questions[STORE_NEEDS_MOST])
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < used && !is_same(&questions[at].need, &needs[i]))
            at++;
        if (at == STORE_NEEDS_MOST)
            continue;
        if (at == used)
            questions[used++] = (struct question){.need = needs[i]};
        if (questions[at].count < STORE_CANDIDATES_MOST)
            questions[at].count++;
    }
    return used;
}

static enum status on_candidates(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    struct store *store = context;
    for (int i = 0; i < PQntuples(result); i++)
        store_want_agent(store, result_text(result, i, 0, store->arena));
    return STATUS_OK;
}

static void ask(struct postgres *db, struct store *store, const struct question *question)
{
    const struct agent_need *need = &question->need;
    struct postgres_params params;
    params_init(&params, store->arena);
    params_add_int4(&params, need->weight);
    params_add_text(&params, need->skill);
    params_add_int4(&params, need->is_any_language || need->language == 0 ? -1 : 1 << need->language);
    params_add_bool(&params, need->is_level_needed);
    params_add_int4(&params, need->level);
    params_add_int4(&params, question->count + 1); /* one of them may be the one that is left out */
    postgres_queue(db, candidates_sql, &params, on_candidates, store);
}

static enum status fill_pool(struct store *store, struct error *err)
{
    for (size_t i = 0; i < store->wanted_count; i++) {
        agents_note_wanted(&store->pool, store->wanted[i]);
        struct agent *agent = rows_find(&store->agents, &(struct agent){.agent_id = store->wanted[i]});
        if (agent != NULL && !agents_add(&store->pool, agent))
            return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    }
    return STATUS_OK;
}

enum status store_load_agents(struct postgres *db, struct store *store, const struct agent_need *needs,
                              size_t count, struct error *err)
{
    struct question questions[STORE_NEEDS_MOST];
    size_t question_count = group(needs, count, questions);
    table_queue_load(db, &store->agents, TABLE_FOR_UPDATE);
    for (size_t i = 0; i < question_count; i++)
        ask(db, store, &questions[i]);
    enum status status = postgres_run(db, err);
    if (status != STATUS_OK)
        return status;
    if (question_count > 0) {
        table_queue_load(db, &store->agents, TABLE_FOR_UPDATE); /* the candidates, whose locks we have */
        status = postgres_run(db, err);
    }
    return status == STATUS_OK ? fill_pool(store, err) : status;
}

struct agent *store_agent(struct store *store, struct text agent_id)
{
    struct agent *agent = rows_get(&store->agents, &agent_id);
    return agent != NULL && agents_add(&store->pool, agent) ? agent : NULL;
}

void store_save(struct postgres *db, struct store *store)
{
    for (size_t i = 0; i < store->pool.count; i++)
        if (store->pool.agents[i]->is_changed)
            rows_touch(&store->agents, store->pool.agents[i]);
    table_queue_save(db, &store->agents);
    table_queue_save(db, &store->cases);
}
