/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the rules share: a case's file, a rulebook, and facts in one line. */
#pragma once

#include "apply.h"
#include "core/time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define S  US_PER_SECOND
#define H  US_PER_HOUR
#define D  US_PER_DAY
#define T0 (1764756000 * S) /* 2025-12-03 10:00 UTC, 18:00 by the shop's clock */

struct bench {
    struct arena arena;
    struct rulebook rules;
    struct case_file file;
    struct effects effects;
    int64_t now_us;
};

/* Each template says its own name and its variables: "pickup_booked {carrier} {slot} {promised}". */
static inline struct policy_text bench_template(struct arena *arena, const char *name, const char *variables)
{
    struct text text = text_of(name), rest = text_of(variables == NULL ? "" : variables);
    while (!text_is_empty(rest)) {
        struct text word = text_cut(&rest, ' ');
        text = text_print(arena, "%.*s {%.*s}", TEXT_ARGS(text), TEXT_ARGS(word));
    }
    return (struct policy_text){text_print(arena, "zh %.*s", TEXT_ARGS(text)), text};
}

static inline void bench_rules(struct arena *arena, struct rulebook *rules)
{
    static const struct text carriers[] = {TEXT("SF"), TEXT("JD")};
    static const struct option_rule options[] = {
        {.option_id = TEXT("service-centre"),
         .name = {TEXT("网点"), TEXT("Centre")},
         .pros = {TEXT("快"), TEXT("fast")},
         .cons = {TEXT("远"), TEXT("far")},
         .freight_in_warranty = PAID_BY_CUSTOMER,
         .freight = PAID_BY_CUSTOMER,
         .promise_us = 5 * D},
        {.option_id = TEXT("home-pickup"),
         .is_pickup = true,
         .name = {TEXT("上门"), TEXT("Pickup")},
         .pros = {TEXT("省心"), TEXT("easy")},
         .cons = {TEXT("慢"), TEXT("slow")},
         .freight_in_warranty = PAID_BY_SHOP,
         .freight = PAID_BY_CUSTOMER,
         .promise_us = 10 * D},
    };
    static const struct eligibility_rule eligibility[] = {
        {.wish = WISH_REPAIR, .goods_kind = GOODS_PHYSICAL, .is_warranty = true},
        {.wish = WISH_REFUND, .goods_kind = GOODS_PHYSICAL, .days = 7},
        {.wish = WISH_EXCHANGE, .goods_kind = GOODS_PHYSICAL, .days = 15},
    };
    *rules = (struct rulebook){
        .returns = {options, 2, eligibility, 3, .order_wait_us = 10 * S, .delay_lead_us = 12 * H,
                    .delay_by_us = 3 * D, .utc_offset_minutes = 480,
                    .pickup = {carriers, 2, .notice_us = 2 * H, .slot_us = 3 * H, .step_us = H,
                               .opens_us = 9 * H, .closes_us = 19 * H, .grace_us = H, .rebookings = 2}}};
#define BENCH_TEMPLATE(name, variables) rules->messages.name = bench_template(arena, #name, variables);
    TEMPLATES(BENCH_TEMPLATE)
}

static inline void bench_open(struct bench *bench)
{
    memset(bench, 0, sizeof *bench);
    arena_init(&bench->arena, 256 << 20);
    bench_rules(&bench->arena, &bench->rules);
    file_init(&bench->file, (struct uuid){{1}});
    bench->now_us = T0;
}

static inline void bench_close(struct bench *bench)
{
    arena_done(&bench->arena);
}

/* Copies with arrays of their own, as the store makes them. */
static inline struct case_file bench_copy(struct arena *arena, const struct case_file *file)
{
    struct case_file copy = *file;
    copy.order_lines =
        arena_copy(arena, file->order_lines, file->order_line_count * sizeof *copy.order_lines);
    copy.lines = arena_copy(arena, file->lines, file->line_count * sizeof *copy.lines);
    copy.parcels = arena_copy(arena, file->parcels, file->parcel_count * sizeof *copy.parcels);
    copy.refunds = arena_copy(arena, file->refunds, file->refund_count * sizeof *copy.refunds);
    return copy;
}

/* Applies the fact; the present is the moment it happened, unless that lies behind. */
static inline void bench_apply(struct bench *bench, struct fact fact)
{
    fact.case_id = bench->file.state.case_id;
    if (fact.at_us > bench->now_us)
        bench->now_us = fact.at_us;
    case_apply(&bench->file, &fact, &bench->rules, &bench->arena, bench->now_us, &bench->effects);
    assert_true(bench->effects.count < EFFECTS_MOST);
}

static inline const struct effect *bench_effect(const struct bench *bench, enum effect_kind kind)
{
    for (size_t i = 0; i < bench->effects.count; i++)
        if (bench->effects.items[i].kind == kind)
            return &bench->effects.items[i];
    return NULL;
}

static inline size_t bench_count(const struct bench *bench, enum effect_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < bench->effects.count; i++)
        count += bench->effects.items[i].kind == kind;
    return count;
}

/* The last fact told the customer this, and named the reference (NULL: none). */
static inline void bench_told(const struct bench *bench, enum template template, const char *reference)
{
    for (size_t i = 0; i < bench->effects.count; i++) {
        const struct effect *effect = &bench->effects.items[i];
        if (effect->kind != EFFECT_NOTIFIED || effect->number != (int32_t) template)
            continue;
        assert_non_null(strstr(effect->text.at, template_names[template]));
        assert_true(text_equal(effect->id, text_of(reference)));
        if (reference != NULL)
            assert_true(text_contains(effect->text, text_of(reference)));
        return;
    }
    fail_msg("the customer was not told %s", template_names[template]);
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

/* Why the last command was refused. */
static inline const char *bench_refused(const struct bench *bench)
{
    const struct effect *effect = bench_effect(bench, EFFECT_REFUSED);
    assert_non_null(effect);
    assert_int_equal(effect->version, bench->file.state.version);
    return effect->text.at;
}

static inline bool bench_may(const struct bench *bench, const char *move)
{
    const struct effect *effect = bench_effect(bench, EFFECT_REFUSED);
    assert_non_null(effect);
    for (size_t i = 0; i < effect->move_count; i++)
        if (strcmp(effect->moves[i], move) == 0)
            return true;
    return false;
}

static inline struct fact opened(int64_t at_us)
{
    return (struct fact){
        .kind = FACT_OPENED, .at_us = at_us, .as.opened = {.channel = 3, .language = LANGUAGE_EN}};
}

/* One robot vacuum of CNY 1999.00 and two filters of CNY 50.00, delivered a day ago. */
static inline struct fact ordered(size_t line_count, int64_t at_us)
{
    static const struct order_line lines[] = {
        {.line_no = 1, .sku = TEXT("RV-1"), .quantity = 1, .price_minor = 199900, .warranty_months = 12},
        {.line_no = 2, .sku = TEXT("F-2"), .quantity = 2, .price_minor = 5000, .goods_kind = GOODS_PHYSICAL},
    };
    return (struct fact){.kind = FACT_ORDER,
                         .at_us = at_us,
                         .as.order = {.order_no = TEXT("O-1"),
                                      .shop_id = TEXT("s-1"),
                                      .updated_at_us = T0 - H,
                                      .paid_minor = line_count == 1 ? 199900 : 209900,
                                      .paid_currency = TEXT("CNY"),
                                      .bought_at_us = T0 - 3 * D,
                                      .delivered_at_us = T0 - D,
                                      .lines = lines,
                                      .line_count = line_count}};
}

static inline struct fact acted(int32_t kind, int64_t at_us)
{
    return (struct fact){.kind = FACT_ACTION,
                         .at_us = at_us,
                         .as.action = {.action_id = TEXT("a-1"),
                                       .kind = kind,
                                       .role = ROLE_AGENT,
                                       .option_id = TEXT("home-pickup"),
                                       .finding = TEXT("broken charger"),
                                       .is_accepted = true,
                                       .waybill = TEXT("SF900"),
                                       .carrier = TEXT("SF")}};
}

static inline struct fact with_lines(struct fact fact, const struct wanted_line *lines, size_t count)
{
    if (fact.kind == FACT_ACTION)
        fact.as.action.wanted = (struct wanted){lines, count};
    else
        fact.as.request.wanted = (struct wanted){lines, count};
    return fact;
}

static inline struct fact clicked(const struct wanted_line *lines, size_t count, int64_t at_us)
{
    return with_lines(
        (struct fact){.kind = FACT_REQUEST,
                      .at_us = at_us,
                      .as.request = {.order_no = TEXT("O-1"), .reason = TEXT("does not charge")}},
        lines, count);
}

static inline struct fact scanned_pickup(const struct bench *bench, size_t parcel, int32_t status,
                                         int64_t at_us)
{
    return (struct fact){.kind = FACT_SCAN,
                         .at_us = at_us,
                         .as.scan = {.pickup_id = bench->file.parcels[parcel].pickup_id,
                                     .waybill = TEXT("SF100"),
                                     .status = status,
                                     .scanned_at_us = at_us}};
}

static inline struct fact scanned(const char *waybill, int32_t status, int64_t at_us)
{
    return (struct fact){.kind = FACT_SCAN,
                         .at_us = at_us,
                         .as.scan = {.waybill = text_of(waybill), .status = status, .scanned_at_us = at_us}};
}

static inline struct fact paid_out(const struct bench *bench, size_t refund, int32_t result, const char *ref,
                                   int64_t at_us)
{
    return (struct fact){.kind = FACT_RESULT,
                         .at_us = at_us,
                         .as.result = {.intent_id = bench->file.refunds[refund].intent_id,
                                       .result = result,
                                       .provider_ref = text_of(ref),
                                       .settled_at_us = at_us}};
}

static inline struct fact due(enum deadline deadline, int64_t at_us)
{
    return (struct fact){.kind = FACT_DUE, .at_us = at_us, .as.due = deadline};
}
