/* SPDX-License-Identifier: Apache-2.0 */
/* Lanes and topics are in no order: whatever the order in which the facts of a story are read, as far as one
 * is not the cause of the other, the case ends the same. */
#include "test_bench.h"

#define LANES_MOST 4
#define FACTS_MOST 8

typedef struct fact make_fn(const struct bench *bench, int64_t at_us);
/* Whether the fact can be there already: nobody chooses before something is offered. NULL: any time. */
typedef bool ripe_fn(const struct case_file *file);

struct told {
    make_fn *make;
    ripe_fn *is_ripe;
    int64_t at_us;
};

struct story {
    struct told facts[LANES_MOST][FACTS_MOST]; /* a lane's own order always holds */
    size_t counts[LANES_MOST];
};

/* What must not depend on the order. Not: the version, for what comes late is not stated any more. */
struct ending {
    struct return_state current;
    struct deadline_plan plan;
    int64_t paid_minor, delivered_at_us, requested_minor;
    int32_t language, channel;
    size_t line_count, parcel_count, refund_count;
    struct return_line lines[4];
    struct parcel parcels[4];
    int32_t refund_state, refund_asked;
    char waybills[4][16];
};

static void ending_of(const struct bench *bench, struct ending *outcome)
{
    const struct case_file *file = &bench->file;
    memset(outcome, 0, sizeof *outcome);
    outcome->current = file->current;
    outcome->plan = deadlines_plan(file, &bench->rules);
    outcome->paid_minor = file->state.paid_minor;
    outcome->delivered_at_us = file->state.delivered_at_us;
    outcome->requested_minor = file->money.requested_minor;
    outcome->language = file->state.language;
    outcome->channel = file->state.channel;
    outcome->line_count = file->line_count;
    outcome->parcel_count = file->parcel_count;
    outcome->refund_count = file->refund_count;
    for (size_t i = 0; i < file->line_count; i++)
        outcome->lines[i] = file->lines[i];
    for (size_t i = 0; i < file->parcel_count; i++) {
        outcome->parcels[i] = file->parcels[i];
        memcpy(outcome->waybills[i], file->parcels[i].waybill.at, file->parcels[i].waybill.len);
    }
    if (file->refund_count > 0) {
        outcome->refund_state = file->refunds[0].state;
        outcome->refund_asked = file->refunds[0].asked;
    }
}

static void assert_same(const struct ending *a, const struct ending *b)
{
    assert_int_equal(a->current.stage, b->current.stage);
    assert_int_equal(a->current.outcome, b->current.outcome);
    assert_int_equal(a->current.is_in_warranty, b->current.is_in_warranty);
    assert_true(text_equal(a->current.order_no, b->current.order_no));
    assert_int_equal(a->paid_minor, b->paid_minor);
    assert_int_equal(a->delivered_at_us, b->delivered_at_us);
    assert_int_equal(a->requested_minor, b->requested_minor);
    assert_int_equal(a->language, b->language);
    assert_int_equal(a->channel, b->channel);
    assert_int_equal(a->line_count, b->line_count);
    assert_int_equal(a->parcel_count, b->parcel_count);
    assert_int_equal(a->refund_count, b->refund_count);
    assert_int_equal(a->refund_state, b->refund_state);
    assert_int_equal(a->refund_asked, b->refund_asked);
    for (size_t i = 0; i < a->line_count; i++) {
        assert_int_equal(a->lines[i].state, b->lines[i].state);
        assert_int_equal(a->lines[i].outcome, b->lines[i].outcome);
    }
    for (size_t i = 0; i < a->parcel_count; i++) {
        assert_int_equal(a->parcels[i].state, b->parcels[i].state);
        assert_int_equal(a->parcels[i].leg, b->parcels[i].leg);
        assert_string_equal(a->waybills[i], b->waybills[i]);
    }
    for (int i = 0; i < DEADLINE_COUNT; i++)
        assert_int_equal(a->plan.due_us[i] != 0, b->plan.due_us[i] != 0);
}

struct walk {
    const struct story *story;
    struct bench *bench;
    size_t paths;
    bool has_first;
    struct ending first;
};

static void walk_on(struct walk *walk, const size_t done[LANES_MOST])
{
    bool is_end = true, is_stuck = true;
    struct bench *bench = walk->bench;
    for (size_t lane = 0; lane < LANES_MOST; lane++) {
        if (done[lane] == walk->story->counts[lane])
            continue;
        is_end = false;
        const struct told *next = &walk->story->facts[lane][done[lane]];
        if (next->is_ripe != NULL && !next->is_ripe(&bench->file))
            continue;
        is_stuck = false;
        struct case_file before = bench->file;
        int64_t now_us = bench->now_us;
        size_t after[LANES_MOST];
        memcpy(after, done, sizeof after);
        after[lane]++;
        bench->file = bench_copy(&bench->arena, &before);
        bench_apply(bench, next->make(bench, next->at_us));
        if (bench_effect(bench, EFFECT_REFUSED) != NULL)
            fail_msg("refused: %s", bench_effect(bench, EFFECT_REFUSED)->text.at);
        walk_on(walk, after);
        bench->file = before;
        bench->now_us = now_us;
    }
    if (!is_end) {
        assert_false(is_stuck);
        return;
    }
    struct ending outcome;
    ending_of(bench, &outcome);
    if (!walk->has_first)
        walk->first = outcome;
    walk->has_first = true;
    walk->paths++;
    assert_same(&walk->first, &outcome);
}

static void tell(struct story *story, size_t lane, make_fn *make, ripe_fn *is_ripe, int64_t at_us)
{
    assert_true(story->counts[lane] < FACTS_MOST);
    story->facts[lane][story->counts[lane]++] = (struct told){make, is_ripe, at_us};
}

/* Every order; the outcome all of them have. */
static struct ending all_orders(const struct story *story, size_t least_paths)
{
    struct bench bench;
    bench_open(&bench);
    bench.file.money.order_key = TEXT("s-1/O-1");
    struct walk walk = {.story = story, .bench = &bench};
    walk_on(&walk, (const size_t[LANES_MOST]){0});
    assert_true(walk.paths >= least_paths);
    bench_close(&bench);
    return walk.first;
}

/* ---- the facts ---- */

static struct fact open_it(const struct bench *bench, int64_t at_us)
{
    (void)bench;
    return opened(at_us);
}
static struct fact link_it(const struct bench *bench, int64_t at_us)
{
    (void)bench;
    struct fact fact = ordered(1, at_us);
    fact.as.order.delivered_at_us = 0; /* not yet */
    return fact;
}
static struct fact link_again(const struct bench *bench, int64_t at_us)
{
    (void)bench;
    struct fact fact = ordered(1, at_us);
    fact.as.order.updated_at_us += H;
    return fact;
}

#define ACTION(function, kind)                                                                               \
    static struct fact function(const struct bench *bench, int64_t at_us)                                    \
    {                                                                                                        \
        (void)bench;                                                                                         \
        return acted(kind, at_us);                                                                           \
    }
ACTION(offer, ACTION_OFFER_OPTIONS)
ACTION(choose, ACTION_CHOOSE_OPTION)
ACTION(receive, ACTION_RECEIVE_GOODS)
ACTION(inspect, ACTION_INSPECT_GOODS)
ACTION(repair, ACTION_COMPLETE_REPAIR)
ACTION(ship, ACTION_SHIP_BACK)

static struct fact click(const struct bench *bench, int64_t at_us)
{
    static const struct wanted_line line = {.line_no = 1, .quantity = 1, .wish = WISH_REFUND};
    (void)bench;
    return clicked(&line, 1, at_us);
}
static struct fact pick_up(const struct bench *bench, int64_t at_us)
{
    return scanned_pickup(bench, 0, SCAN_PICKED_UP, at_us);
}
static struct fact carry(const struct bench *bench, int64_t at_us)
{
    struct fact fact = scanned_pickup(bench, 0, SCAN_IN_TRANSIT, at_us);
    return fact;
}
static struct fact bring(const struct bench *bench, int64_t at_us)
{
    return scanned_pickup(bench, 0, SCAN_DELIVERED, at_us);
}
static struct fact travel_back(const struct bench *bench, int64_t at_us)
{
    (void)bench;
    return scanned("SF900", SCAN_IN_TRANSIT, at_us);
}
static struct fact bring_back(const struct bench *bench, int64_t at_us)
{
    (void)bench;
    return scanned("SF900", SCAN_DELIVERED, at_us);
}
static struct fact miss(const struct bench *bench, int64_t at_us)
{
    (void)bench;
    return due(DEADLINE_PICKUP, at_us);
}
static struct fact pay(const struct bench *bench, int64_t at_us)
{
    return paid_out(bench, 0, RESULT_SUCCEEDED, "P-1", at_us);
}
static struct fact doubt(const struct bench *bench, int64_t at_us)
{
    return paid_out(bench, 0, RESULT_UNKNOWN, "P-1", at_us);
}

/* ---- their causes ---- */

static bool is_offered(const struct case_file *file)
{
    return file->current.stage == RETURN_OFFERED;
}
static bool is_booked(const struct case_file *file)
{
    return file->parcel_count > 0;
}
static bool is_sent_back(const struct case_file *file)
{
    return file_last_parcel(file, LEG_TO_CUSTOMER) != NULL;
}
static bool is_asked(const struct case_file *file)
{
    return file->refund_count > 0;
}

static void the_repair_ends_the_same(void **unused)
{
    (void)unused;
    struct story story = {0};
    tell(&story, 0, open_it, NULL, T0);
    tell(&story, 0, link_it, NULL, T0 + S);
    tell(&story, 0, link_again, NULL, T0 + 2 * S);
    tell(&story, 1, offer, NULL, T0 + S);
    tell(&story, 1, choose, is_offered, T0 + 5 * S);
    tell(&story, 1, receive, NULL, T0 + D);
    tell(&story, 1, inspect, NULL, T0 + D + H);
    tell(&story, 1, repair, NULL, T0 + D + 2 * H);
    tell(&story, 1, ship, NULL, T0 + D + 3 * H);
    tell(&story, 2, pick_up, is_booked, T0 + 16 * H);
    tell(&story, 2, carry, NULL, T0 + 17 * H);
    tell(&story, 2, bring, NULL, T0 + 18 * H);
    tell(&story, 3, travel_back, is_sent_back, T0 + 3 * D);
    tell(&story, 3, bring_back, NULL, T0 + 4 * D);
    struct ending end = all_orders(&story, 1000);
    assert_int_equal(end.current.stage, RETURN_CLOSED);
    assert_int_equal(end.current.outcome, OUTCOME_REPAIRED);
    assert_true(end.current.is_in_warranty);
    assert_int_equal(end.parcels[0].state, PARCEL_DELIVERED);
    assert_string_equal(end.waybills[0], "SF100");
    assert_int_equal(end.delivered_at_us, T0 - D);
}

/* The courier comes late: the scan and the deadline are read in either order. */
static void a_late_courier_ends_the_same(void **unused)
{
    (void)unused;
    struct bench bench; /* how many parcels there are depends on it; what comes of them does not */
    for (int is_miss_first = 0; is_miss_first < 2; is_miss_first++) {
        bench_open(&bench);
        bench_apply(&bench, opened(T0));
        bench_apply(&bench, ordered(1, T0));
        bench_apply(&bench, acted(ACTION_OFFER_OPTIONS, T0 + S));
        bench_apply(&bench, acted(ACTION_CHOOSE_OPTION, T0 + 2 * S));
        if (is_miss_first)
            bench_apply(&bench, miss(&bench, T0 + 19 * H + 2 * S));
        bench_apply(&bench, pick_up(&bench, T0 + 19 * H + S));
        if (!is_miss_first)
            bench_apply(&bench, miss(&bench, T0 + 19 * H + 2 * S));
        bench_apply(&bench, carry(&bench, T0 + 20 * H));
        assert_int_equal(bench.file.current.stage, RETURN_MOVING);
        assert_int_equal(bench.file.parcels[0].state, PARCEL_IN_TRANSIT);
        struct deadline_plan plan = deadlines_plan(&bench.file, &bench.rules);
        assert_int_equal(plan.due_us[DEADLINE_PICKUP], 0);
        assert_int_equal(plan.due_us[DEADLINE_PROMISE], T0 + 2 * S + 10 * D - 12 * H);
        bench_close(&bench);
    }
}

static void the_refund_ends_the_same(void **unused)
{
    (void)unused;
    struct story story = {0};
    tell(&story, 0, open_it, NULL, T0);
    tell(&story, 0, link_again, NULL, T0 + S);
    tell(&story, 0, link_it, NULL, T0 + 2 * S); /* older by the shop's clock, read later */
    tell(&story, 1, click, NULL, T0 + S);
    tell(&story, 1, choose, is_offered, T0 + 5 * S);
    tell(&story, 1, receive, NULL, T0 + D);
    tell(&story, 1, inspect, NULL, T0 + D + H);
    tell(&story, 2, pick_up, is_booked, T0 + 16 * H);
    tell(&story, 2, bring, NULL, T0 + 18 * H);
    tell(&story, 3, doubt, is_asked, T0 + 2 * D);
    tell(&story, 3, pay, NULL, T0 + 3 * D);
    tell(&story, 3, pay, NULL, T0 + 3 * D);
    tell(&story, 3, doubt, NULL, T0 + 4 * D);
    struct ending end = all_orders(&story, 100);
    assert_int_equal(end.current.stage, RETURN_CLOSED);
    assert_int_equal(end.current.outcome, OUTCOME_REFUNDED);
    assert_int_equal(end.refund_state, REFUND_SETTLED);
    assert_int_equal(end.requested_minor, 199900);
}

/* Scans of one parcel in every order; those on the way are told apart by their time. */
static void scans_in_any_order_end_the_same(void **unused)
{
    (void)unused;
    static const int32_t statuses[] = {SCAN_PICKED_UP, SCAN_IN_TRANSIT, SCAN_EXCEPTION,
                                       SCAN_OUT_FOR_DELIVERY};
    enum { COUNT = sizeof statuses / sizeof *statuses };
    for (int with_delivery = 0; with_delivery < 2; with_delivery++)
        for (int order = 0; order < 256; order++) {
            struct bench bench;
            bench_open(&bench);
            bench_apply(&bench, opened(T0));
            bench_apply(&bench, ordered(1, T0));
            bench_apply(&bench, acted(ACTION_OFFER_OPTIONS, T0));
            bench_apply(&bench, acted(ACTION_CHOOSE_OPTION, T0));
            int seen = 0;
            for (int step = 0; step < COUNT; step++) {
                int which = order >> (2 * step) & 3;
                bench_apply(&bench, scanned_pickup(&bench, 0, statuses[which], T0 + (which + 1) * H));
                seen |= 1 << which;
                if (with_delivery && step == order % COUNT)
                    bench_apply(&bench, scanned_pickup(&bench, 0, SCAN_DELIVERED, T0 + 9 * H));
            }
            if (with_delivery)
                assert_int_equal(bench.file.parcels[0].state, PARCEL_DELIVERED);
            else if (seen == 15)
                assert_int_equal(bench.file.parcels[0].state, PARCEL_OUT_FOR_DELIVERY);
            bench_close(&bench);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_repair_ends_the_same),
        cmocka_unit_test(a_late_courier_ends_the_same),
        cmocka_unit_test(the_refund_ends_the_same),
        cmocka_unit_test(scans_in_any_order_end_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
