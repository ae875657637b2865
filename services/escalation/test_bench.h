/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the rules share: a case, a few agents, the default rulebook, and facts in one line. */
#pragma once

#include "apply.h"
#include "core/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define S  US_PER_SECOND
#define T0 (1764000000 * US_PER_SECOND) /* when cases are received */

struct bench {
    struct arena arena;
    struct rulebook rules;
    struct agent agents[8];
    size_t agent_count;
    struct agent_pool pool;
    struct case_state state;
    struct effects effects;
    struct apply_context context;
};

static inline void bench_open(struct bench *bench)
{
    *bench = (struct bench){0};
    arena_init(&bench->arena, 64 << 20);
    rulebook_defaults(&bench->rules);
    bench->state.case_id = (struct uuid){{1}};
    agents_init(&bench->pool, &bench->arena);
    bench->context = (struct apply_context){&bench->rules, &bench->pool, &bench->arena, T0, false};
}

static inline void bench_close(struct bench *bench)
{
    arena_done(&bench->arena);
}

static inline struct agent *bench_agent(struct bench *bench, const char *id, const char *skills,
                                        int32_t places, int32_t level)
{
    struct agent *agent = &bench->agents[bench->agent_count++];
    *agent = (struct agent){.agent_id = text_of(id),
                            .presence = PRESENCE_ONLINE,
                            .skills = text_of(skills),
                            .level = level,
                            .capacity = places * AGENT_PLACE};
    assert_true(agents_add(&bench->pool, agent));
    return agent;
}

/* Applies the fact; the present is the moment it happened, unless that lies behind. */
static inline void bench_apply(struct bench *bench, struct fact fact)
{
    fact.case_id = bench->state.case_id;
    if (fact.at_us > bench->context.now_us)
        bench->context.now_us = fact.at_us;
    case_apply(&bench->state, &fact, &bench->context, &bench->effects);
    assert_false(bench->context.is_agent_missing);
    assert_true(bench->effects.count < EFFECTS_MOST);
}

static inline const struct effect *bench_effect(const struct bench *bench, enum effect_kind kind)
{
    for (size_t i = 0; i < bench->effects.count; i++)
        if (bench->effects.items[i].kind == kind)
            return &bench->effects.items[i];
    return NULL;
}

/* When the deadline was armed by the last fact; 0: it was not. */
static inline int64_t bench_armed(const struct bench *bench, enum deadline deadline)
{
    for (size_t i = 0; i < bench->effects.count; i++)
        if (bench->effects.items[i].kind == EFFECT_ARM && bench->effects.items[i].deadline == deadline)
            return bench->effects.items[i].at_us;
    return 0;
}

static inline bool bench_cancelled(const struct bench *bench, enum deadline deadline)
{
    for (size_t i = 0; i < bench->effects.count; i++)
        if (bench->effects.items[i].kind == EFFECT_CANCEL && bench->effects.items[i].deadline == deadline)
            return true;
    return false;
}

static inline struct fact opened(int32_t channel, int64_t at_us)
{
    return (struct fact){
        .kind = FACT_OPENED,
        .at_us = at_us,
        .as.opened = {.channel = channel, .language = LANGUAGE_ZH_CN, .received_at_us = at_us}};
}

static inline struct fact wrote(const char *text, int64_t at_us)
{
    return (struct fact){
        .kind = FACT_MESSAGE, .at_us = at_us, .as.message = {.author = ROLE_CUSTOMER, .text = text_of(text)}};
}

static inline struct fact agent_wrote(int64_t at_us)
{
    return (struct fact){
        .kind = FACT_MESSAGE, .at_us = at_us, .as.message = {.author = ROLE_AGENT, .text = TEXT("on it")}};
}

static inline struct fact classified(int32_t type, int32_t urgency, int32_t decision, int64_t at_us)
{
    return (struct fact){
        .kind = FACT_CLASSIFIED,
        .at_us = at_us,
        .as.classified = {.type = type, .urgency = urgency, .decision = decision, .label = TEXT("x")}};
}

static inline struct fact paid(int64_t minor, int64_t at_us)
{
    return (struct fact){
        .kind = FACT_ORDER, .at_us = at_us, .as.order = {.paid_minor = minor, .currency = TEXT("CNY")}};
}

static inline struct fact happened(enum fact_kind kind, int64_t at_us)
{
    struct fact fact = {.kind = kind, .at_us = at_us};
    if (kind == FACT_RETURN_CLOSED)
        fact.as.outcome = TEXT("repaired");
    return fact;
}

static inline struct fact surveyed(int32_t score, bool is_solved, int64_t at_us)
{
    return (struct fact){.kind = FACT_SURVEY_ANSWERED, .at_us = at_us, .as.survey = {score, is_solved}};
}

static inline struct fact acted(int32_t kind, int64_t expected_version, int64_t at_us)
{
    return (struct fact){.kind = FACT_ACTION,
                         .at_us = at_us,
                         .as.action = {.action_id = TEXT("a-1"),
                                       .actor_id = TEXT("lin"),
                                       .kind = kind,
                                       .role = ROLE_AGENT,
                                       .expected_version = expected_version,
                                       .text = TEXT("words")}};
}

static inline struct fact due(enum deadline deadline, int64_t at_us)
{
    return (struct fact){.kind = FACT_DUE, .at_us = at_us, .as.due = deadline};
}
