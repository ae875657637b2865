/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the rules share: a case, the default policies as they are shipped, facts in one line. */
#pragma once

#include "apply.h"
#include "core/time.h"
#include "domain.h"
#include "policies.h"
#include "rule_classifier.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define S   US_PER_SECOND
#define DAY US_PER_DAY
#define T0  (1764000000 * US_PER_SECOND) /* 2025-11-24T16:00:00Z, when cases are received */

struct bench {
    struct arena arena;
    struct policy_set *set;
    const struct rulebook *rules;
    struct classifier classifier;
    struct case_state state;
    struct effects effects;
    struct apply_context context;
};

static inline void bench_open(struct bench *bench)
{
    struct policy_problems problems;
    *bench = (struct bench){0};
    arena_init(&bench->arena, 512 << 20);
    if (policy_load(&policies_schema, CLASSIFICATION_POLICIES, &bench->set, &problems) != STATUS_OK)
        fail_msg("%s", problems.list[0].text);
    bench->rules = &((const struct classification_policy *)policy_values(bench->set))->rulebook;
    bench->classifier = rule_classifier(bench->rules);
    bench->state.case_id = (struct uuid){{1}};
    bench->context = (struct apply_context){bench->rules, &bench->classifier, &bench->arena, T0};
}

static inline void bench_close(struct bench *bench)
{
    policy_release(bench->set);
    arena_done(&bench->arena);
}

/* A new case under the same policies. */
static inline void bench_next(struct bench *bench)
{
    bench->state = (struct case_state){.case_id = {{1}}};
    bench->context.now_us = T0;
}

/* Applies the fact; the present is a moment after it happened, unless that lies behind. */
static inline void bench_apply(struct bench *bench, struct fact fact)
{
    fact.case_id = bench->state.case_id;
    if (fact.at_us + 1000 > bench->context.now_us)
        bench->context.now_us = fact.at_us + 1000;
    assert_true(case_apply(&bench->state, &fact, &bench->context, &bench->effects));
    assert_true(bench->effects.count < EFFECTS_MOST);
}

/* The last effect of that kind of the last fact; NULL when there was none. */
static inline const struct effect *bench_effect(const struct bench *bench, enum effect_kind kind)
{
    for (size_t i = bench->effects.count; i > 0; i--)
        if (bench->effects.items[i - 1].kind == kind)
            return &bench->effects.items[i - 1];
    return NULL;
}

static inline const struct effect *bench_deadline(const struct bench *bench, enum effect_kind kind,
                                                  enum deadline deadline)
{
    for (size_t i = 0; i < bench->effects.count; i++)
        if (bench->effects.items[i].kind == kind && bench->effects.items[i].deadline == deadline)
            return &bench->effects.items[i];
    return NULL;
}

static inline struct fact opened(int64_t at_us)
{
    return (struct fact){.kind = FACT_OPENED,
                         .at_us = at_us,
                         .as.opened = {.channel = CHANNEL_CHAT, .received_at_us = at_us, .reason = TEXT("")}};
}

static inline struct fact wrote(const char *text, int64_t at_us)
{
    return (struct fact){
        .kind = FACT_WORDS, .at_us = at_us, .as.words = {.is_customers = true, .text = text_of(text)}};
}

/* A robot vacuum with a year's warranty, not shipped. */
static inline struct fact ordered(int64_t placed_at_us, int64_t updated_at_us)
{
    return (struct fact){.kind = FACT_ORDER,
                         .at_us = updated_at_us,
                         .as.order = {.updated_at_us = updated_at_us,
                                      .order_no = TEXT("A-2025-001"),
                                      .placed_at_us = placed_at_us,
                                      .lines = {{TEXT("robot vacuum X10"), TEXT("X10"), 12}},
                                      .line_count = 1}};
}

static inline struct fact shipped(struct fact order, int64_t shipped_at_us, int64_t delivered_at_us)
{
    order.as.order.carrier = TEXT("SF Express");
    order.as.order.waybill = TEXT("SF1234567890123");
    order.as.order.shipped_at_us = shipped_at_us;
    order.as.order.delivered_at_us = delivered_at_us;
    return order;
}

static inline struct fact corrected(const char *label, int32_t type, int64_t expected_version, int64_t at_us)
{
    return (struct fact){.kind = FACT_ACTION,
                         .at_us = at_us,
                         .as.action = {.is_correction = true,
                                       .action_id = TEXT("a-1"),
                                       .actor_id = TEXT("lin"),
                                       .role = ROLE_AGENT,
                                       .expected_version = expected_version,
                                       .type = type,
                                       .label = text_of(label)}};
}

static inline struct fact due(enum deadline deadline, int64_t at_us)
{
    return (struct fact){.kind = FACT_DUE, .at_us = at_us, .as.due = deadline};
}

/* A failure shows both texts. */
static inline void assert_text(struct text text, const char *wanted)
{
    char found[256];
    snprintf(found, sizeof found, "%.*s", TEXT_ARGS(text));
    assert_string_equal(found, wanted);
}
