/* SPDX-License-Identifier: Apache-2.0 */
/* Thousands of facts, legal and illegal, for a few cases that share a few agents, always the same ones: after
 * each, what must always hold is looked at. Batches are rehearsed as the service does it, and then see only
 * the agents that the rehearsal asked for. */
#include "actions.h"
#include "settle.h"
#include "test_bench.h"

#include <string.h>

#define CASES  6
#define AGENTS 5
#define BATCH  6
#define ROUNDS 6000

struct world {
    struct arena scratch;
    struct rulebook rules;
    struct case_state cases[CASES];
    struct agent agents[AGENTS];
    int64_t armed[CASES][DEADLINE_COUNT];
    char texts[CASES][1024]; /* moments outlive the scratch arena */
    int64_t now_us;
    uint64_t seed;
    size_t applied, refused, assigned, breached, closed, reopened;
};

static int32_t roll(struct world *world, int32_t sides)
{
    world->seed = world->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int32_t)((world->seed >> 33) % (uint64_t)sides);
}

static void begin(struct world *world, uint64_t seed)
{
    static const char *const ids[AGENTS] = {"a", "b", "c", "d", "e"};
    static const char *const skills[AGENTS] = {",", ",repair,", ",inquiry,complaint,", ",repair,complaint,",
                                               ",return_exchange,"};
    memset(world, 0, sizeof *world);
    arena_init(&world->scratch, 16 << 20);
    rulebook_defaults(&world->rules);
    world->seed = seed;
    world->now_us = T0;
    for (int i = 0; i < AGENTS; i++)
        world->agents[i] = (struct agent){.agent_id = text_of(ids[i]),
                                          .presence = PRESENCE_ONLINE,
                                          .skills = text_of(skills[i]),
                                          .level = 1 + i % 3,
                                          .capacity = AGENT_PLACE};
    for (int i = 0; i < CASES; i++)
        world->cases[i].case_id.bytes[0] = (uint8_t)(i + 1);
}

static void end(struct world *world)
{
    arena_done(&world->scratch);
}

static struct fact random_action(struct world *world, const struct case_state *state)
{
    static const char *const targets[] = {"", "a", "b", "c", "d", "e", "ghost"};
    struct fact fact = acted(1 + roll(world, ACTION_COUNT - 1), 0, world->now_us);
    fact.as.action.role = 1 + roll(world, ROLE_COUNT - 1);
    if (roll(world, 3) > 0)
        fact.as.action.role = ROLE_AGENT;
    if (roll(world, 4) == 0)
        fact.as.action.expected_version = state->version - roll(world, 2);
    fact.as.action.target_agent_id = text_of(targets[roll(world, 7)]);
    return fact;
}

static struct fact random_fact(struct world *world, const struct case_state *state)
{
    static const enum fact_kind plain[] = {FACT_CALL,          FACT_ANSWERED,       FACT_RETURN_OPENED,
                                           FACT_OPTION_CHOSEN, FACT_GOODS_RECEIVED, FACT_GOODS_SENT,
                                           FACT_RETURN_CLOSED};
    int64_t at_us = world->now_us - roll(world, 20) * S; /* topics lag behind each other */
    switch (roll(world, 9)) {
    case 0:
        return opened(1 + roll(world, CHANNEL_COUNT - 1), at_us);
    case 1:
        return wrote(roll(world, 3) == 0 ? "5" : "still broken", at_us);
    case 2:
        return agent_wrote(at_us);
    case 3:
        return classified(1 + roll(world, TYPE_COUNT - 1), roll(world, 4),
                          1 + roll(world, DECISION_COUNT - 1), at_us);
    case 4:
        return paid(roll(world, 10) * 100000, at_us);
    case 5:
        return surveyed(1 + roll(world, 5), roll(world, 2) == 0, at_us);
    case 6:
        return happened(plain[roll(world, 7)], at_us);
    default:
        return random_action(world, state);
    }
}

/* Some deadline that has come, or none. */
static bool find_due(struct world *world, struct fact *ret_fact, int *ret_case)
{
    for (int i = 0; i < CASES; i++)
        for (int kind = 0; kind < DEADLINE_COUNT; kind++)
            if (world->armed[i][kind] != 0 && world->armed[i][kind] <= world->now_us) {
                *ret_fact = due((enum deadline)kind, world->armed[i][kind]);
                *ret_case = i;
                world->armed[i][kind] = 0; /* as the loop marks it */
                return true;
            }
    return false;
}

/* The agents that the store would have locked for this batch. */
static void fill_pool(struct world *world, const struct agent_pool *asked, struct agent_pool *pool)
{
    struct agent_pool everybody;
    agents_init(&everybody, &world->scratch);
    for (int i = 0; i < AGENTS; i++)
        assert_true(agents_add(&everybody, &world->agents[i]));
    agents_init(pool, &world->scratch);
    for (int i = 0; i < AGENTS; i++)
        for (size_t w = 0; w < asked->wanted_count; w++)
            if (text_equal(world->agents[i].agent_id, asked->wanted[w]))
                assert_true(agents_add(pool, &world->agents[i]));
    for (size_t n = 0; n < asked->need_count; n++) {
        struct agent *best = agents_pick(&everybody, &asked->needs[n]);
        if (best != NULL && roll(world, 8) > 0) /* now and then another worker has it locked */
            assert_true(agents_add(pool, best));
    }
}

static void check_agents(const struct world *world)
{
    int32_t loads[AGENTS] = {0};
    for (int i = 0; i < CASES; i++)
        for (int a = 0; a < AGENTS; a++)
            if (world->cases[i].weight > 0 && text_equal(world->cases[i].agent_id, world->agents[a].agent_id))
                loads[a] += world->cases[i].weight;
    for (int a = 0; a < AGENTS; a++)
        assert_int_equal(world->agents[a].load, loads[a]);
}

static void check_effects(struct world *world, int which, const struct case_state *before,
                          const struct effects *effects)
{
    const struct case_state *state = &world->cases[which];
    int64_t version = before->version;
    size_t answers = 0;
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->items[i];
        if (effect_is_change(effect->kind))
            version++;
        assert_int_equal(effect->version, version);
        if (effect->kind == EFFECT_ARM)
            world->armed[which][effect->deadline] = effect->at_us;
        if (effect->kind == EFFECT_CANCEL) {
            assert_int_not_equal(world->armed[which][effect->deadline], 0);
            world->armed[which][effect->deadline] = 0;
        }
        answers += effect->kind == EFFECT_APPLIED || effect->kind == EFFECT_REFUSED;
        world->applied += effect->kind == EFFECT_APPLIED;
        world->refused += effect->kind == EFFECT_REFUSED;
        world->assigned += effect->kind == EFFECT_ASSIGNED;
        world->breached += effect->kind == EFFECT_DEADLINE_BREACHED;
        world->closed += effect->kind == EFFECT_CLOSED;
        world->reopened += effect->kind == EFFECT_REOPENED;
    }
    assert_int_equal(state->version, version);
    assert_true(answers <= 1);
}

static void check_case(struct world *world, int which)
{
    const struct case_state *state = &world->cases[which];
    struct life life = moments_fold(state->moments);
    if (state->opened_at_us == 0) {
        assert_int_equal(state->version, 0);
        assert_int_equal(state->status, CASE_UNKNOWN);
        assert_int_equal(state->weight, 0);
        return;
    }
    assert_in_range(state->status, CASE_OPEN, CASE_CLOSED);
    assert_int_equal(state->status, life.status);
    assert_in_range(state->priority, PRIORITY_P1, PRIORITY_P4);
    assert_in_range(state->level, LEVEL_FIRST, LEVEL_LAST);
    assert_true(state->responded_at_us == 0 || state->responded_at_us >= state->received_at_us);
    assert_int_not_equal(state->first_marks & (MARK_BREACHED | MARK_MET), MARK_BREACHED | MARK_MET);
    assert_int_not_equal(state->resolution_marks & (MARK_BREACHED | MARK_MET), MARK_BREACHED | MARK_MET);
    assert_true(state->status == CASE_OPEN || (state->weight == 0 && state->queued_at_us == 0));
    /* Nobody is forgotten: an open case has an agent, is tried again, or was answered. */
    assert_true(state->status != CASE_OPEN || state->weight > 0 || state->assign_at_us > 0 ||
                (state->decision == DECISION_AUTO && life.is_awaiting_answer));
    struct deadline_plan plan = deadlines_plan(state, &life, &world->rules);
    for (int kind = 0; kind < DEADLINE_COUNT; kind++) {
        assert_int_equal(world->armed[which][kind], plan.due_us[kind]);
        assert_true(plan.due_us[kind] == 0 || plan.due_us[kind] >= state->received_at_us);
    }
}

static void apply_one(struct world *world, int which, const struct fact *fact, struct apply_context *context)
{
    struct case_state *state = &world->cases[which];
    struct case_state before = *state;
    struct effects effects;
    struct life life = moments_fold(state->moments);
    int32_t loads[AGENTS];
    for (int a = 0; a < AGENTS; a++)
        loads[a] = world->agents[a].load;
    case_apply(state, fact, context, &effects);
    assert_false(context->is_agent_missing);
    assert_true(effects.count < EFFECTS_MOST);
    check_effects(world, which, &before, &effects);
    for (int a = 0; a < AGENTS; a++)
        assert_true(world->agents[a].load <= world->agents[a].capacity || world->agents[a].load <= loads[a]);
    if (fact->kind != FACT_ACTION)
        return;
    bool is_refused = effects.items[effects.count - 1].kind == EFFECT_REFUSED;
    const struct fact_action *action = &fact->as.action;
    if (before.opened_at_us == 0 || !action_is_legal(life.status, action->role, action->kind) ||
        (action->expected_version != 0 && action->expected_version != before.version))
        assert_true(is_refused);
    if (is_refused)
        assert_memory_equal(&before, state, sizeof before);
}

/* What the row keeps must not lie in memory that is reset. */
static void persist(struct world *world)
{
    for (int i = 0; i < CASES; i++) {
        struct case_state *state = &world->cases[i];
        assert_true(state->moments.len < sizeof world->texts[i]);
        if (state->moments.at != NULL) {
            memmove(world->texts[i], state->moments.at, state->moments.len);
            state->moments.at = world->texts[i];
        }
    }
}

static void one_batch(struct world *world)
{
    struct fact facts[BATCH];
    int which[BATCH];
    size_t count = 0, wanted = 1 + (size_t)roll(world, BATCH);
    while (count < wanted && find_due(world, &facts[count], &which[count]))
        count++;
    while (count < wanted) {
        which[count] = roll(world, CASES);
        facts[count] = random_fact(world, &world->cases[which[count]]);
        count++;
    }
    struct case_state copies[CASES];
    struct effects effects;
    struct agent_pool asked, pool;
    memcpy(copies, world->cases, sizeof copies);
    agents_init(&asked, &world->scratch);
    asked.is_rehearsal = true;
    struct apply_context rehearsal = {&world->rules, &asked, &world->scratch, world->now_us, false};
    for (size_t i = 0; i < count; i++)
        case_apply(&copies[which[i]], &facts[i], &rehearsal, &effects);
    fill_pool(world, &asked, &pool);
    struct apply_context context = {&world->rules, &pool, &world->scratch, world->now_us, false};
    for (size_t i = 0; i < count; i++)
        apply_one(world, which[i], &facts[i], &context);
    for (int i = 0; i < CASES; i++)
        check_case(world, i);
    check_agents(world);
    persist(world);
    arena_reset(&world->scratch);
}

static void whatever_happens_the_rules_hold(void **unused)
{
    (void)unused;
    static struct world world;
    begin(&world, 42);
    for (int round = 0; round < ROUNDS; round++) {
        int32_t leap = roll(&world, 50);
        world.now_us += leap == 0 ? 30 * 3600 * S : (int64_t)(1 + roll(&world, 40)) * S;
        struct agent *agent = &world.agents[roll(&world, AGENTS)];
        if (roll(&world, 10) == 0)
            agent->presence = 1 + roll(&world, PRESENCE_COUNT - 1);
        if (roll(&world, 10) == 0)
            agent->capacity = roll(&world, 4) * AGENT_PLACE;
        one_batch(&world);
    }
    /* The walk went everywhere, or it would prove nothing. */
    assert_true(world.applied > 300);
    assert_true(world.refused > 300);
    assert_true(world.assigned > 200);
    assert_true(world.breached >= CASES);
    assert_true(world.closed > 50);
    assert_true(world.reopened > 50);
    end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whatever_happens_the_rules_hold)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
