/* SPDX-License-Identifier: Apache-2.0 */
/* Tens of thousands of commands, scans, results and deadlines, legal and illegal, for a few cases two of
 * which share an order, always the same ones: after each, what must always hold is looked at. What was
 * requested and settled is counted here a second time, from the effects alone, as the payment system would.
 */
#include "actions.h"
#include "refunds.h"
#include "test_bench.h"

#define CASES   4
#define ORDERS  3 /* the first two cases share one */
#define INTENTS 400
#define WORLDS  800
#define ROUNDS  250

/* What the payment system has heard and said of an intent. */
struct intent {
    struct text id;
    int which, return_no;
    int32_t line_no;
    int64_t amount_minor;
    size_t asked, settled, failed;
};

struct world {
    struct arena arena;
    struct rulebook rules;
    struct case_file files[CASES];
    struct order_money money[ORDERS];
    int64_t requested[ORDERS], settled[ORDERS];
    int64_t armed[CASES][DEADLINE_COUNT];
    struct intent *intents;
    size_t intent_count;
    int64_t now_us;
    uint64_t seed;
};

/* Over all worlds: the walk went everywhere, or it would prove nothing. */
struct seen {
    size_t applied, refused, closed, settlements, failures, missed, delayed, contradicted, waited, twice;
};
static struct seen seen;

static int32_t roll(struct world *world, int32_t sides)
{
    world->seed = world->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int32_t)((world->seed >> 33) % (uint64_t)sides);
}

static int order_of(int which)
{
    return which < 2 ? 0 : which - 1;
}

/* What the payment system is told to pay for these orders, at most. */
static const int64_t paid_minor[ORDERS] = {209900, 199900, 10000};

static struct fact random_order(struct world *world, int which)
{
    static const char *const numbers[ORDERS] = {"O-1", "O-2", "O-3"};
    struct fact fact = ordered((size_t)(1 + roll(world, 2)), world->now_us);
    fact.as.order.order_no = text_of(numbers[order_of(which)]);
    fact.as.order.paid_minor = paid_minor[order_of(which)];
    fact.as.order.updated_at_us = world->now_us - roll(world, 3) * H;
    fact.as.order.delivered_at_us = roll(world, 3) == 0 ? 0 : world->now_us - roll(world, 20) * D;
    return fact;
}

static struct wanted random_lines(struct world *world, bool may_be_none)
{
    size_t count = (size_t)(roll(world, 2) + (may_be_none && roll(world, 3) == 0 ? 0 : 1));
    struct wanted_line *lines = arena_alloc_array(&world->arena, 3, sizeof *lines);
    for (size_t i = 0; i < count; i++) {
        int32_t wish = roll(world, 2) == 0 ? WISH_REFUND : 1 + roll(world, WISH_COUNT - 1);
        int32_t line_no = roll(world, 10) == 0 ? 1 + 2 * roll(world, 2) : (int32_t)i + 1; /* no third */
        lines[i] = (struct wanted_line){.line_no = line_no, .quantity = 1 + !roll(world, 8), .wish = wish};
        if (wish == WISH_REFUND && roll(world, 2) == 0) {
            lines[i].amount_minor = 1 + roll(world, roll(world, 2) == 0 ? 220000 : 2000);
            lines[i].currency = roll(world, 8) == 0 ? TEXT("USD") : TEXT("CNY");
        }
    }
    return (struct wanted){lines, count};
}

static struct fact random_action(struct world *world, int which)
{
    static const char *const options[] = {"home-pickup", "service-centre", "teleport"};
    const struct case_file *file = &world->files[which];
    int32_t kind = ACTION_FIRST + roll(world, ACTION_COUNT - ACTION_FIRST);
    const char *moves[MOVES_MOST];
    size_t legal = actions_legal(file, ROLE_AGENT, moves);
    if (legal > 0 && roll(world, 3) > 0) /* most are possible */
        for (int32_t i = ACTION_FIRST; i < ACTION_COUNT; i++)
            if (strcmp(domain_action_name(i), moves[(size_t)roll(world, (int32_t)legal)]) == 0)
                kind = i;
    if (kind == ACTION_CANCEL_RETURN && roll(world, 5) > 0)
        kind = ACTION_RECEIVE_GOODS; /* or nothing would ever arrive */
    struct fact fact = acted(kind, world->now_us);
    if (roll(world, 6) == 0)
        fact.as.action.role = 1 + roll(world, ROLE_COUNT - 1);
    if (roll(world, 6) == 0)
        fact.as.action.expected_version = file->state.version - roll(world, 2);
    fact.as.action.option_id = text_of(options[roll(world, 7) % 3]);
    fact.as.action.is_accepted = roll(world, 5) > 0;
    fact.as.action.waybill = text_print(&world->arena, "W%d", roll(world, 4));
    if (kind == ACTION_OFFER_OPTIONS)
        fact.as.action.wanted = random_lines(world, true);
    else if (roll(world, 4) == 0)
        fact.as.action.wanted = random_lines(world, true);
    return fact;
}

static struct fact random_scan(struct world *world, int which)
{
    const struct case_file *file = &world->files[which];
    struct fact fact = scanned("W9", 1 + roll(world, SCAN_COUNT - 1), world->now_us - roll(world, 10) * H);
    if (file->parcel_count == 0)
        return fact;
    const struct parcel *parcel = &file->parcels[(size_t)roll(world, (int32_t)file->parcel_count)];
    fact.as.scan.pickup_id = parcel->pickup_id;
    fact.as.scan.waybill = text_is_empty(parcel->waybill) ? TEXT("W7") : parcel->waybill;
    if (roll(world, 3) == 0)
        fact.as.scan.status = SCAN_DELIVERED;
    return fact;
}

/* Results of any intent of the case, new or long settled, named or not; now and then of another case's. */
static struct fact random_result(struct world *world, int which)
{
    int whose = roll(world, 20) == 0 ? roll(world, CASES) : which;
    const struct case_file *file = &world->files[whose];
    struct fact fact = {.kind = FACT_RESULT, .at_us = world->now_us};
    if (file->refund_count > 0) {
        size_t last = file->refund_count - 1;
        fact.as.result.intent_id =
            file->refunds[roll(world, 2) == 0 ? last : (size_t)roll(world, (int32_t)last + 1)].intent_id;
    }
    fact.as.result.result = 1 + roll(world, RESULT_COUNT - 1);
    fact.as.result.provider_ref = roll(world, 3) == 0 ? TEXT("") : TEXT("P");
    fact.as.result.settled_at_us = roll(world, 3) == 0 ? 0 : T0 + roll(world, 4) * S;
    return fact;
}

static struct fact random_fact(struct world *world, int which)
{
    for (int kind = 0; kind < DEADLINE_COUNT; kind++)
        if (world->armed[which][kind] != 0 && world->armed[which][kind] <= world->now_us) {
            int64_t due_us = world->armed[which][kind];
            world->armed[which][kind] = 0; /* as the loop marks it */
            return due((enum deadline)kind, due_us);
        }
    switch (roll(world, 12)) {
    case 0:
        return opened(world->now_us);
    case 1:
        return random_order(world, which);
    case 2:
        return (struct fact){.kind = FACT_REQUEST,
                             .at_us = world->now_us,
                             .as.request = {.order_no = TEXT("O-1"), .wanted = random_lines(world, false)}};
    case 3:
    case 4:
        return random_scan(world, which);
    case 5:
    case 6:
        return random_result(world, which);
    case 7: /* a deadline nobody armed */
        return due((enum deadline)roll(world, DEADLINE_COUNT), world->now_us);
    default:
        return random_action(world, which);
    }
}

/* ---- what must hold ---- */

static struct intent *intent_of(struct world *world, int which, const struct effect *effect)
{
    for (size_t i = 0; i < world->intent_count; i++)
        if (text_equal(world->intents[i].id, effect->id))
            return &world->intents[i];
    assert_int_equal(effect->kind, EFFECT_REFUND_REQUESTED); /* nothing is settled that was not asked for */
    assert_true(world->intent_count < INTENTS);
    const struct case_file *file = &world->files[which];
    for (size_t i = 0; i < world->intent_count; i++) /* one intent a line, for ever */
        assert_false(world->intents[i].which == which &&
                     world->intents[i].return_no == file->current.return_no &&
                     world->intents[i].line_no == effect->number);
    struct intent *intent = &world->intents[world->intent_count++];
    *intent = (struct intent){.id = text_copy(&world->arena, effect->id),
                              .which = which,
                              .return_no = file->current.return_no,
                              .line_no = effect->number,
                              .amount_minor = effect->amount_minor};
    world->requested[order_of(which)] += effect->amount_minor;
    return intent;
}

static void check_money(struct world *world, int which, const struct effect *effect)
{
    struct intent *intent = intent_of(world, which, effect);
    assert_int_equal(intent->settled, 0); /* paid is paid */
    if (effect->kind == EFFECT_REFUND_REQUESTED) {
        assert_int_equal(intent->asked, intent->failed); /* only after a failure */
        assert_int_equal(effect->amount_minor, intent->amount_minor);
        intent->asked++;
        seen.twice += intent->asked == 2;
    } else if (effect->kind == EFFECT_REFUND_SETTLED) {
        assert_int_equal(effect->amount_minor, intent->amount_minor);
        intent->settled++;
        world->settled[order_of(which)] += intent->amount_minor;
        seen.settlements++;
    } else {
        assert_true(intent->failed < intent->asked);
        intent->failed++;
        seen.failures++;
    }
    int order = order_of(which);
    assert_true(world->settled[order] <= world->requested[order]);
    assert_true(world->requested[order] <= paid_minor[order]);
}

static void check_effects(struct world *world, int which, int64_t version, const struct effects *effects)
{
    size_t answers = 0;
    for (size_t i = 0; i < effects->count; i++) {
        const struct effect *effect = &effects->items[i];
        version += effect_is_change(effect->kind);
        assert_int_equal(effect->version, version);
        if (effect->kind == EFFECT_REFUND_REQUESTED || effect->kind == EFFECT_REFUND_SETTLED ||
            effect->kind == EFFECT_REFUND_FAILED)
            check_money(world, which, effect);
        if (effect->kind == EFFECT_ARM)
            world->armed[which][effect->deadline] = effect->at_us;
        if (effect->kind == EFFECT_CANCEL)
            world->armed[which][effect->deadline] = 0;
        answers += effect->kind == EFFECT_APPLIED || effect->kind == EFFECT_REFUSED;
        seen.applied += effect->kind == EFFECT_APPLIED;
        seen.refused += effect->kind == EFFECT_REFUSED;
        seen.closed += effect->kind == EFFECT_CLOSED;
        seen.missed += effect->kind == EFFECT_PICKUP_MISSED;
        seen.delayed += effect->kind == EFFECT_DELAYED;
        if (effect->kind == EFFECT_NOTIFIED)
            assert_true(effect->text.len > 0);
    }
    assert_true(answers <= 1);
    assert_int_equal(world->files[which].state.version, version);
}

static void check_lines(const struct case_file *file)
{
    const struct return_state *current = &file->current;
    size_t done = 0;
    for (size_t i = 0; i < file->line_count; i++) {
        const struct return_line *line = &file->lines[i];
        assert_in_range(line->state, LINE_PLANNED, LINE_DONE);
        assert_int_equal(line->return_no, current->return_no);
        bool is_before = current->stage < RETURN_IN_WORKSHOP;
        assert_true(!is_before || line->state == LINE_PLANNED || line->state == LINE_DONE);
        done += line->state == LINE_DONE;
        const struct refund *refund = file_find_refund(file, refunds_intent_id(current, line->line_no));
        if (line->state == LINE_REFUNDING)
            assert_true(refund->state == REFUND_REQUESTED || refund->state == REFUND_UNKNOWN);
        if (line->state == LINE_REFUND_FAILED)
            assert_int_equal(refund->state, REFUND_FAILED);
        if (line->state == LINE_DONE && line->outcome == OUTCOME_REFUNDED)
            assert_int_equal(refund->state, REFUND_SETTLED);
    }
    if (current->stage == RETURN_CLOSED)
        assert_int_equal(done, file->line_count);
    if (current->stage == RETURN_IN_WORKSHOP)
        assert_true(done < file->line_count);
}

static void check_file(struct world *world, int which)
{
    const struct case_file *file = &world->files[which];
    assert_in_range(file->current.stage, RETURN_NONE, RETURN_STAGE_COUNT - 1);
    check_lines(file);
    size_t moving = 0;
    for (size_t i = 0; i < file->parcel_count; i++) {
        assert_in_range(file->parcels[i].state, PARCEL_BOOKED, PARCEL_DELIVERED);
        moving += file->parcels[i].leg == LEG_TO_WORKSHOP && file->parcels[i].state >= PARCEL_PICKED_UP &&
                  file->parcels[i].state <= PARCEL_EXCEPTION;
    }
    assert_true(moving <= 1);
    assert_int_equal(file->state.return_count, file->current.return_no);
    struct deadline_plan plan = deadlines_plan(file, &world->rules);
    for (int kind = 0; kind < DEADLINE_COUNT; kind++)
        assert_int_equal(world->armed[which][kind], plan.due_us[kind]);
    seen.waited += file->current.stage == RETURN_WAITING;
}

static void assert_unchanged(const struct case_file *before, const struct case_file *after)
{
    assert_memory_equal(&before->state, &after->state, sizeof before->state);
    assert_memory_equal(&before->current, &after->current, sizeof before->current);
    assert_memory_equal(&before->money, &after->money, sizeof before->money);
    assert_int_equal(before->line_count, after->line_count);
    assert_int_equal(before->parcel_count, after->parcel_count);
    assert_int_equal(before->refund_count, after->refund_count);
    for (size_t i = 0; i < before->line_count; i++)
        assert_memory_equal(&before->lines[i], &after->lines[i], sizeof before->lines[i]);
    for (size_t i = 0; i < before->parcel_count; i++)
        assert_memory_equal(&before->parcels[i], &after->parcels[i], sizeof before->parcels[i]);
    for (size_t i = 0; i < before->refund_count; i++)
        assert_memory_equal(&before->refunds[i], &after->refunds[i], sizeof before->refunds[i]);
}

static void one_round(struct world *world)
{
    static struct effects effects;
    int which = roll(world, CASES);
    struct case_file *file = &world->files[which];
    struct fact fact = random_fact(world, which);
    fact.case_id = file->state.case_id;
    struct case_file before = bench_copy(&world->arena, file);
    *file = bench_copy(&world->arena, file);
    before.money = file->money = world->money[order_of(which)];
    case_apply(file, &fact, &world->rules, &world->arena, world->now_us, &effects);
    assert_true(effects.count < EFFECTS_MOST);
    if (file->money.requested_minor > 0)
        world->money[order_of(which)] = file->money;
    check_effects(world, which, before.state.version, &effects);
    check_file(world, which);
    if (fact.kind == FACT_ACTION && effects.count == 1 && effects.items[0].kind == EFFECT_REFUSED)
        assert_unchanged(&before, file);
    if (fact.kind == FACT_ACTION && fact.as.action.expected_version != 0 &&
        fact.as.action.expected_version != before.state.version)
        assert_unchanged(&before, file);
    if (file->refund_count > 0)
        seen.contradicted += file->refunds[file->refund_count - 1].noted_result != 0;
    assert_int_equal(world->money[order_of(which)].requested_minor, world->requested[order_of(which)]);
}

static void begin(struct world *world, uint64_t seed)
{
    static const char *const keys[ORDERS] = {"s-1/O-1", "s-1/O-2", "s-1/O-3"};
    *world = (struct world){.now_us = T0, .seed = seed};
    arena_init(&world->arena, 256 << 20);
    world->intents = arena_alloc_array(&world->arena, INTENTS, sizeof *world->intents);
    bench_rules(&world->arena, &world->rules);
    for (int i = 0; i < CASES; i++)
        file_init(&world->files[i], (struct uuid){{(uint8_t)(i + 1)}});
    for (int i = 0; i < ORDERS; i++)
        world->money[i].order_key = text_of(keys[i]);
}

static void whatever_happens_the_rules_hold(void **unused)
{
    (void)unused;
    static struct world world;
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        begin(&world, seed);
        for (int round = 0; round < ROUNDS; round++) {
            world.now_us += roll(&world, 12) == 0 ? 2 * D : (int64_t)roll(&world, 3 * 3600) * S;
            one_round(&world);
        }
        assert_false(world.arena.is_exhausted);
        arena_done(&world.arena);
    }
    assert_true(seen.applied > 5000);
    assert_true(seen.refused > 5000);
    assert_true(seen.closed > 500);
    assert_true(seen.settlements > 200);
    assert_true(seen.failures > 200);
    assert_true(seen.twice > 80);
    assert_true(seen.contradicted > 100);
    assert_true(seen.missed > 100);
    assert_true(seen.delayed > 100);
    assert_true(seen.waited > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whatever_happens_the_rules_hold)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
