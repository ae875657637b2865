/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the rules share: a case, the default rulebook with a few words, and facts in one line. */
#pragma once

#include "apply.h"
#include "core/time.h"
#include "scores.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define S  US_PER_SECOND
#define M  US_PER_MINUTE
#define T0 (1764000000 * US_PER_SECOND) /* when cases are opened */

struct bench {
    struct arena arena;
    struct rulebook rules;
    struct customer customer;
    struct dossier dossier;
    struct effects effects;
    struct error err;
    int64_t now_us;
};

static inline void bench_word(struct bench *bench, const char *word, int32_t score)
{
    bench->rules.words[bench->rules.word_count++] =
        (struct score_word){scores_plain(text_of(word), &bench->arena), score};
}

static inline void bench_open(struct bench *bench)
{
    *bench = (struct bench){.now_us = T0};
    arena_init(&bench->arena, 64 << 20);
    rulebook_defaults(&bench->rules);
    bench_word(bench, "五星", 5);
    bench_word(bench, "5分", 5);
    bench_word(bench, "满意", 4);
    bench_word(bench, "不满意", 2);
    bench_word(bench, "very satisfied", 5);
    bench_word(bench, "thanks", SCORE_COURTESY);
    bench->dossier.state.case_id = (struct uuid){{1}};
    bench->customer.customer_id = TEXT("c-1");
}

static inline void bench_close(struct bench *bench)
{
    arena_done(&bench->arena);
}

/* Applies the fact; the present is the moment it happened, unless that lies behind. */
static inline enum status bench_try(struct bench *bench, struct fact fact)
{
    fact.case_id = bench->dossier.state.case_id;
    if (fact.at_us > bench->now_us)
        bench->now_us = fact.at_us;
    const struct apply_context context = {&bench->rules, fact.kind == FACT_DUE ? &bench->customer : NULL,
                                          &bench->arena, bench->now_us};
    enum status status = survey_apply(&bench->dossier, &fact, &context, &bench->effects, &bench->err);
    assert_true(bench->effects.count < EFFECTS_MOST);
    return status;
}

static inline void bench_apply(struct bench *bench, struct fact fact)
{
    assert_int_equal(bench_try(bench, fact), STATUS_OK);
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

/* ---- facts ---- */

static inline struct fact opened(int32_t channel, int64_t at_us)
{
    return (struct fact){.kind = FACT_OPENED,
                         .at_us = at_us,
                         .as.opened = {.channel = channel,
                                       .language = LANGUAGE_ZH_CN,
                                       .customer_id = TEXT("c-1"),
                                       .shop_id = TEXT("s-1")}};
}

static inline struct fact wrote(const char *text, int64_t at_us)
{
    return (struct fact){
        .kind = FACT_MESSAGE, .at_us = at_us, .as.message = {.author = ROLE_CUSTOMER, .text = text_of(text)}};
}

static inline struct fact resolved(int64_t version, int64_t at_us)
{
    return (struct fact){.kind = FACT_RESOLVED, .at_us = at_us, .as.resolved = {version, at_us}};
}

static inline struct fact reopened(int64_t version, int64_t at_us)
{
    return (struct fact){.kind = FACT_REOPENED, .at_us = at_us, .as.version = version};
}

static inline struct fact due(enum deadline deadline, int64_t at_us)
{
    return (struct fact){.kind = FACT_DUE, .at_us = at_us, .as.due = deadline};
}

/* The id a case's survey will have, known before it is asked. */
static inline struct uuid survey_of(struct uuid case_id, int64_t resolution)
{
    struct dossier other = {.state = {.case_id = case_id, .resolutions = resolution}};
    return dossier_add(&other)->survey_id;
}

static inline struct fact submitted(struct uuid survey_id, int32_t score, bool is_solved, int64_t at_us)
{
    return (struct fact){
        .kind = FACT_SUBMITTED, .at_us = at_us, .as.submitted = {survey_id, score, is_solved, TEXT("words")}};
}

/* Opened by chat, resolved, asked: the survey, sent at T0 + 20 minutes. */
static inline struct survey *bench_ask(struct bench *bench)
{
    bench_apply(bench, opened(CHANNEL_CHAT, T0));
    bench_apply(bench, resolved(5, T0 + 10 * M));
    bench_apply(bench, due(DEADLINE_ASK, T0 + 20 * M));
    struct survey *survey = dossier_last(&bench->dossier);
    assert_int_equal(survey->status, SURVEY_SENT);
    return survey;
}
