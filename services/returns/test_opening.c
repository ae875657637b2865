/* SPDX-License-Identifier: Apache-2.0 */
/* How a return begins: by an agent, by one click, before and after the order is known; and which moves are
 * legal. */
#include "actions.h"
#include "dates.h"
#include "eligibility.h"
#include "test_bench.h"

static const struct wanted_line repair_1 = {.line_no = 1, .quantity = 1, .wish = WISH_REPAIR};
static const struct wanted_line refund_1 = {.line_no = 1, .quantity = 1, .wish = WISH_REFUND};
static const struct wanted_line exchange_2 = {.line_no = 2, .quantity = 1, .wish = WISH_EXCHANGE};

static void begin(struct bench *bench, size_t lines)
{
    bench_open(bench);
    bench_apply(bench, opened(T0));
    bench_apply(bench, ordered(lines, T0));
}

static void an_offer_waits_for_its_order(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, acted(ACTION_OFFER_OPTIONS, T0));
    assert_int_equal(bench.effects.count, 1);
    assert_int_equal(bench_armed(&bench, DEADLINE_ORDER), T0 + 10 * S);
    bench_apply(&bench, opened(T0 + S));
    assert_int_equal(bench.effects.count, 0);
    struct fact second = acted(ACTION_OFFER_OPTIONS, T0 + 2 * S);
    second.as.action.action_id = TEXT("a-2");
    bench_apply(&bench, second);
    assert_string_equal(bench_refused(&bench),
                        "OFFER_OPTIONS is not possible while the return waits for its order");
    assert_int_equal(bench_effect(&bench, EFFECT_REFUSED)->move_count, 0);
    bench_apply(&bench, ordered(1, T0 + 3 * S));
    assert_true(bench_effect(&bench, EFFECT_OPENED)->is_in_warranty);
    assert_string_equal(bench_effect(&bench, EFFECT_APPLIED)->id.at, "a-1");
    assert_true(bench_cancelled(&bench, DEADLINE_ORDER));
    bench_apply(&bench, due(DEADLINE_ORDER, T0 + 10 * S)); /* was on its way */
    assert_int_equal(bench.effects.count, 0);
    bench_close(&bench);
}

static void an_order_that_does_not_come_is_done_without(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, opened(T0));
    bench_apply(&bench, with_lines(acted(ACTION_OFFER_OPTIONS, T0), &repair_1, 1));
    bench_apply(&bench, due(DEADLINE_ORDER, T0 + 10 * S));
    assert_false(bench_effect(&bench, EFFECT_OPENED)->is_in_warranty);
    assert_int_equal(bench_effect(&bench, EFFECT_OFFERED)->options[1].freight_paid_by, PAID_BY_CUSTOMER);
    assert_non_null(bench_effect(&bench, EFFECT_APPLIED));
    bench_apply(&bench, ordered(1, T0 + 20 * S)); /* and comes after all */
    assert_true(bench.file.current.is_in_warranty);
    assert_string_equal(bench.file.current.order_no.at, "O-1");
    bench_close(&bench);

    bench_open(&bench);
    bench_apply(&bench, opened(T0));
    bench_apply(&bench, acted(ACTION_OFFER_OPTIONS, T0));
    bench_apply(&bench, due(DEADLINE_ORDER, T0 + 10 * S));
    assert_string_equal(bench_refused(&bench), "the order is not known: name the lines");
    assert_true(bench_may(&bench, "OFFER_OPTIONS"));
    assert_int_equal(bench.file.state.version, 0);
    bench_apply(&bench, with_lines(acted(ACTION_OFFER_OPTIONS, T0), &refund_1, 1));
    bench_apply(&bench, due(DEADLINE_ORDER, T0 + 30 * S));
    assert_non_null(strstr(bench_refused(&bench), "the order is not known"));
    assert_int_equal(bench.file.state.return_count, 2);
    bench_close(&bench);
}

static void an_offer_needs_lines_of_the_order(void **unused)
{
    (void)unused;
    struct bench bench;
    begin(&bench, 2);
    bench_apply(&bench, acted(ACTION_OFFER_OPTIONS, T0));
    assert_non_null(strstr(bench_refused(&bench), "name the lines"));
    static const struct {
        struct wanted_line line;
        const char *reason;
    } wrong[] = {
        {{.line_no = 3, .quantity = 1, .wish = WISH_REPAIR}, "no such line"},
        {{.line_no = 1, .sku = TEXT("F-2"), .quantity = 1, .wish = WISH_REPAIR}, "no such line"},
        {{.line_no = 1, .quantity = 2, .wish = WISH_REPAIR}, "more than was bought"},
        {{1, TEXT_NULL, 1, WISH_REFUND, 199901, TEXT("CNY")}, "the amount"},
        {{1, TEXT_NULL, 1, WISH_REFUND, 0, TEXT("CNY")}, "the amount"},
        {{1, TEXT_NULL, 1, WISH_REFUND, 100, TEXT("USD")}, "the amount"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct case_file before = bench.file;
        bench_apply(&bench, with_lines(acted(ACTION_OFFER_OPTIONS, T0), &wrong[i].line, 1));
        assert_non_null(strstr(bench_refused(&bench), wrong[i].reason));
        assert_int_equal(bench.effects.count, 1);
        assert_memory_equal(&before, &bench.file, sizeof before);
    }
    const struct wanted_line twice[] = {repair_1, refund_1};
    bench_apply(&bench, with_lines(acted(ACTION_OFFER_OPTIONS, T0), twice, 2));
    assert_string_equal(bench_refused(&bench), "a line is named twice");
    const struct wanted_line both[] = {{1, TEXT("RV-1"), 1, WISH_REFUND, 199900, TEXT("CNY")},
                                       {2, TEXT("F-2"), 2, WISH_REFUND, 10000, TEXT("CNY")}};
    bench_apply(&bench, with_lines(acted(ACTION_OFFER_OPTIONS, T0), both, 2));
    assert_int_equal(bench_effect(&bench, EFFECT_OPENED)->line_count, 2);
    bench_close(&bench);
}

static void one_click_offers_what_the_policy_allows(void **unused)
{
    (void)unused;
    struct bench bench;
    begin(&bench, 2);
    const struct wanted_line lines[] = {repair_1, exchange_2};
    bench_apply(&bench, clicked(lines, 2, T0));
    assert_non_null(bench_effect(&bench, EFFECT_OPENED));
    assert_non_null(bench_effect(&bench, EFFECT_OFFERED));
    assert_null(bench_effect(&bench, EFFECT_APPLIED));
    bench_told(&bench, TEMPLATE_options_offered, NULL);
    assert_false(bench_effect(&bench, EFFECT_OPENED)->is_in_warranty); /* the filter has none */
    int64_t version = bench.file.state.version;
    bench_apply(&bench, clicked(lines, 1, T0 + S));
    bench_told(&bench, TEMPLATE_already_open, NULL);
    assert_int_equal(bench.file.state.version, version);
    bench_close(&bench);
}

static void refuse_click(struct fact order, struct wanted_line line, int64_t at_us, enum template why)
{
    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, opened(T0 - 9 * D));
    bench_apply(&bench, order);
    bench.now_us = at_us;
    bench_apply(&bench, clicked(&line, 1, at_us));
    assert_int_equal(bench.file.current.stage, RETURN_REVIEW);
    assert_int_equal(bench.effects.count, 1);
    const struct effect *told = bench_effect(&bench, EFFECT_NOTIFIED);
    assert_int_equal(told->number, TEMPLATE_left_to_person);
    assert_non_null(strstr(told->text.at, template_names[why]));
    bench_apply(&bench, acted(ACTION_INSPECT_GOODS, at_us));
    assert_true(bench_may(&bench, "OFFER_OPTIONS"));
    assert_true(bench_may(&bench, "CANCEL_RETURN"));
    bench_close(&bench);
}

static void what_is_not_eligible_is_explained_and_left_to_a_person(void **unused)
{
    (void)unused;
    struct fact order = ordered(2, T0 - 2 * D);
    /* Delivered on 2 December by the shop's clock: seven days are over at midnight after the 9th. */
    int64_t last_us = T0 + 6 * D + 6 * H - 1;
    refuse_click(order, refund_1, last_us + 1, TEMPLATE_why_days);
    refuse_click(order, (struct wanted_line){.line_no = 2, .quantity = 1, .wish = WISH_REPAIR}, T0,
                 TEMPLATE_why_warranty);
    refuse_click(order, (struct wanted_line){.line_no = 9, .quantity = 1, .wish = WISH_REPAIR}, T0,
                 TEMPLATE_why_line);
    refuse_click(order, (struct wanted_line){.line_no = 2, .quantity = 3, .wish = WISH_EXCHANGE}, T0,
                 TEMPLATE_why_quantity);
    refuse_click(order, (struct wanted_line){2, TEXT_NULL, 1, WISH_REFUND, 5001, TEXT("CNY")}, T0,
                 TEMPLATE_why_amount);
    struct fact undelivered = order;
    undelivered.as.order.delivered_at_us = 0;
    refuse_click(undelivered, refund_1, T0, TEMPLATE_why_delivery);
    struct fact other = order;
    other.as.order.order_no = TEXT("O-2");
    refuse_click(other, refund_1, T0, TEMPLATE_why_order);
    const struct order_line game = {
        .line_no = 1, .quantity = 1, .price_minor = 100, .goods_kind = GOODS_VIRTUAL, .warranty_months = 1};
    struct fact virtual = order;
    virtual.as.order.lines = &game;
    virtual.as.order.line_count = 1;
    refuse_click(virtual, repair_1, T0, TEMPLATE_why_wish);

    struct bench bench;
    bench_open(&bench);
    bench_apply(&bench, opened(T0 - 9 * D));
    bench_apply(&bench, order);
    bench_apply(&bench, clicked(&refund_1, 1, last_us)); /* the last moment */
    assert_int_equal(bench.file.current.stage, RETURN_OFFERED);
    bench_close(&bench);
}

static void a_click_waits_for_its_order_too(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    const struct wanted_line twice[] = {repair_1, refund_1};
    bench_apply(&bench, clicked(twice, 2, T0)); /* no order helps with that */
    assert_non_null(strstr(bench_effect(&bench, EFFECT_NOTIFIED)->text.at, "why_twice"));
    assert_int_equal(bench.file.current.stage, RETURN_REVIEW);
    bench_close(&bench);
    bench_open(&bench);
    bench_apply(&bench, clicked(&repair_1, 1, T0));
    assert_int_equal(bench_armed(&bench, DEADLINE_ORDER), T0 + 10 * S);
    struct case_file waiting = bench_copy(&bench.arena, &bench.file);
    bench_apply(&bench, ordered(1, T0 + S));
    bench_apply(&bench, opened(T0 + 2 * S));
    assert_non_null(bench_effect(&bench, EFFECT_OFFERED));
    bench.file = waiting;
    bench_apply(&bench, opened(T0 + 2 * S));
    bench_apply(&bench, due(DEADLINE_ORDER, T0 + 10 * S));
    assert_non_null(strstr(bench_effect(&bench, EFFECT_NOTIFIED)->text.at, "why_order"));
    assert_int_equal(bench.file.current.stage, RETURN_REVIEW);
    bench_close(&bench);
}

static void a_person_answers_a_click(void **unused)
{
    (void)unused;
    struct bench bench;
    begin(&bench, 2);
    const struct wanted_line lines[] = {{.line_no = 2, .quantity = 1, .wish = WISH_REPAIR}, refund_1};
    bench_apply(&bench, clicked(lines, 2, T0));
    struct case_file review = bench_copy(&bench.arena, &bench.file);
    bench_apply(&bench, acted(ACTION_OFFER_OPTIONS, T0 + S)); /* as it was asked for */
    assert_int_equal(bench_effect(&bench, EFFECT_OPENED)->line_count, 2);
    assert_int_equal(bench.file.lines[0].wish, WISH_REPAIR);
    bench.file = bench_copy(&bench.arena, &review);
    const struct wanted_line other = {.line_no = 2, .quantity = 1, .wish = WISH_EXCHANGE};
    bench_apply(&bench, with_lines(acted(ACTION_OFFER_OPTIONS, T0 + S), &other, 1));
    assert_int_equal(file_find_line(&bench.file, 2)->wish, WISH_EXCHANGE);
    assert_int_equal(file_find_line(&bench.file, 1)->state, LINE_DONE); /* left out */
    assert_int_equal(bench.file.state.return_count, 1);
    bench.file = bench_copy(&bench.arena, &review);
    struct fact cancelled = acted(ACTION_CANCEL_RETURN, T0 + S);
    cancelled.as.action.role = ROLE_CUSTOMER;
    bench_apply(&bench, cancelled);
    assert_int_equal(bench_effect(&bench, EFFECT_CLOSED)->number, OUTCOME_CANCELLED);
    bench_close(&bench);
}

static void another_return_may_follow(void **unused)
{
    (void)unused;
    struct bench bench;
    begin(&bench, 1);
    bench_apply(&bench, acted(ACTION_OFFER_OPTIONS, T0));
    struct uuid first = bench.file.current.return_id;
    bench_apply(&bench, acted(ACTION_OFFER_OPTIONS, T0));
    assert_non_null(strstr(bench_refused(&bench), "while the customer is to choose"));
    bench_apply(&bench, acted(ACTION_CANCEL_RETURN, T0));
    int64_t version = bench.file.state.version;
    bench_apply(&bench, acted(ACTION_OFFER_OPTIONS, T0 + S));
    assert_int_equal(bench_effect(&bench, EFFECT_OPENED)->version, version + 1);
    assert_false(uuid_equal(first, bench.file.current.return_id));
    assert_int_equal(bench.file.current.return_no, 2);
    assert_int_equal(bench.file.line_count, 1);
    bench_close(&bench);
}

static void versions_roles_and_options_are_checked(void **unused)
{
    (void)unused;
    struct bench bench;
    begin(&bench, 1);
    bench_apply(&bench, acted(ACTION_OFFER_OPTIONS, T0));
    struct fact fact = acted(ACTION_CHOOSE_OPTION, T0);
    fact.as.action.expected_version = 1;
    bench_apply(&bench, fact);
    assert_string_equal(bench_refused(&bench), "stale: version 1 was expected, the return has 2");
    fact.as.action.expected_version = 2;
    fact.as.action.role = ROLE_WAREHOUSE;
    bench_apply(&bench, fact);
    assert_string_equal(bench_refused(&bench), "CHOOSE_OPTION is not a move of the role WAREHOUSE");
    fact.as.action.role = ROLE_CUSTOMER;
    fact.as.action.option_id = TEXT("teleport");
    bench_apply(&bench, fact);
    assert_string_equal(bench_refused(&bench),
                        "there is no option 'teleport', only: service-centre, home-pickup");
    fact.as.action.option_id = TEXT("service-centre");
    bench_apply(&bench, fact);
    assert_null(bench_effect(&bench, EFFECT_PICKUP_BOOKED));
    bench_told(&bench, TEMPLATE_option_chosen, NULL);
    bench_close(&bench);
}

/* What each role may do in each stage; the whole table, written down a second time. */
static void legal_moves_are_named_for_each_stage_and_role(void **unused)
{
    (void)unused;
    static const struct {
        int32_t stage, line, role;
        const char *moves;
    } expected[] = {
        {RETURN_NONE, 0, ROLE_AGENT, "OFFER_OPTIONS "},
        {RETURN_NONE, 0, ROLE_CUSTOMER, ""},
        {RETURN_WAITING, LINE_PLANNED, ROLE_AGENT, ""},
        {RETURN_REVIEW, LINE_PLANNED, ROLE_SELLER, "OFFER_OPTIONS CANCEL_RETURN "},
        {RETURN_OFFERED, LINE_PLANNED, ROLE_CUSTOMER, "CHOOSE_OPTION CANCEL_RETURN "},
        {RETURN_OFFERED, LINE_PLANNED, ROLE_WAREHOUSE, ""},
        {RETURN_AGREED, LINE_PLANNED, ROLE_AGENT, "RECEIVE_GOODS CANCEL_RETURN "},
        {RETURN_MOVING, LINE_PLANNED, ROLE_AGENT, "RECEIVE_GOODS "},
        {RETURN_MOVING, LINE_PLANNED, ROLE_CUSTOMER, ""},
        {RETURN_IN_WORKSHOP, LINE_RECEIVED, ROLE_WAREHOUSE, "INSPECT_GOODS "},
        {RETURN_IN_WORKSHOP, LINE_REPAIRING, ROLE_WAREHOUSE, "INSPECT_GOODS COMPLETE_REPAIR "},
        {RETURN_IN_WORKSHOP, LINE_REPAIRED, ROLE_AGENT, "SHIP_BACK "},
        {RETURN_IN_WORKSHOP, LINE_EXCHANGING, ROLE_AGENT, "SHIP_BACK "},
        {RETURN_IN_WORKSHOP, LINE_REFUSED, ROLE_AGENT, "SHIP_BACK "},
        {RETURN_IN_WORKSHOP, LINE_GOING_BACK, ROLE_AGENT, ""},
        {RETURN_IN_WORKSHOP, LINE_REFUNDING, ROLE_AGENT, ""},
        {RETURN_IN_WORKSHOP, LINE_REFUND_FAILED, ROLE_AGENT, "INSPECT_GOODS "},
        {RETURN_CLOSED, LINE_DONE, ROLE_SUPERVISOR, "OFFER_OPTIONS "},
        {RETURN_VOID, 0, ROLE_SYSTEM, "OFFER_OPTIONS "},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct return_line line = {.line_no = 1, .state = expected[i].line, .wish = WISH_REPAIR};
        if (expected[i].line == LINE_REFUND_FAILED)
            line.wish = WISH_REFUND;
        struct case_file file = {
            .current = {.stage = expected[i].stage}, .lines = &line, .line_count = expected[i].line != 0};
        const char *moves[MOVES_MOST];
        char list[200] = "";
        size_t count = actions_legal(&file, expected[i].role, moves);
        for (size_t m = 0; m < count; m++) {
            strcat(list, moves[m]);
            strcat(list, " ");
        }
        assert_string_equal(list, expected[i].moves);
    }
}

static void days_and_slots_follow_the_shops_clock(void **unused)
{
    (void)unused;
    struct bench bench;
    bench_open(&bench);
    const struct rulebook *rules = &bench.rules;
    assert_string_equal(dates_moment(&bench.arena, rules, LANGUAGE_ZH_CN, T0).at, "12月3日 18:00");
    assert_string_equal(dates_moment(&bench.arena, rules, LANGUAGE_EN, T0 + 9 * H).at, "4 Dec 03:00");
    assert_string_equal(dates_slot(&bench.arena, rules, LANGUAGE_ZH_CN, T0 + 4 * H, T0 + 7 * H).at,
                        "12月3日 22:00–12月4日 01:00");
    /* 06:30: opens at 9. 09:10 + 2 h: the next whole hour. 14:01 + 2 h: 17:00 would end after closing. */
    int64_t midnight = T0 - 18 * H;
    assert_int_equal(dates_slot_after(rules, midnight + 6 * H + H / 2).from_us, midnight + 9 * H);
    assert_int_equal(dates_slot_after(rules, midnight + 9 * H + H / 6).from_us, midnight + 12 * H);
    assert_int_equal(dates_slot_after(rules, midnight + 14 * H).from_us, midnight + 16 * H);
    assert_int_equal(dates_slot_after(rules, midnight + 14 * H + 1).from_us, midnight + 33 * H);
    assert_int_equal(dates_slot_after(rules, midnight + 23 * H).from_us, midnight + 33 * H);
    int64_t may_31, feb_28, leap, feb_29;
    assert_true(time_parse(TEXT("2025-08-31T12:30:00Z"), &may_31));
    assert_true(time_parse(TEXT("2026-02-28T12:30:00Z"), &feb_28));
    assert_int_equal(dates_months_later(may_31, 6), feb_28);
    assert_true(time_parse(TEXT("2024-02-29T00:00:00Z"), &leap));
    assert_true(time_parse(TEXT("2028-02-29T00:00:00Z"), &feb_29));
    assert_int_equal(dates_months_later(leap, 48), feb_29);
    assert_int_equal(dates_months_later(leap, 1200000), TIME_MAX_US);
    bench_close(&bench);
}

static void rules_that_cannot_be_kept_are_refused(void **unused)
{
    (void)unused;
    struct bench bench;
    struct error err;
    bench_open(&bench);
    assert_int_equal(rulebook_check(&bench.rules, &err), STATUS_OK);
    struct rulebook rules = bench.rules;
    rules.returns.pickup.slot_us = 11 * H;
    assert_int_equal(rulebook_check(&rules, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "no slot fits"));
    rules = bench.rules;
    rules.returns.pickup.step_us = 7 * H;
    assert_int_equal(rulebook_check(&rules, &err), STATUS_INVALID);
    rules = bench.rules;
    rules.returns.delay_lead_us = 3 * D;
    assert_int_equal(rulebook_check(&rules, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "delay_by"));
    rules.returns.delay_by_us = 20 * D;
    rules.returns.delay_lead_us = 6 * D;
    assert_int_equal(rulebook_check(&rules, &err), STATUS_INVALID);
    assert_non_null(strstr(err.text, "service-centre"));
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offer_waits_for_its_order),
        cmocka_unit_test(an_order_that_does_not_come_is_done_without),
        cmocka_unit_test(an_offer_needs_lines_of_the_order),
        cmocka_unit_test(one_click_offers_what_the_policy_allows),
        cmocka_unit_test(what_is_not_eligible_is_explained_and_left_to_a_person),
        cmocka_unit_test(a_click_waits_for_its_order_too),
        cmocka_unit_test(a_person_answers_a_click),
        cmocka_unit_test(another_return_may_follow),
        cmocka_unit_test(versions_roles_and_options_are_checked),
        cmocka_unit_test(legal_moves_are_named_for_each_stage_and_role),
        cmocka_unit_test(days_and_slots_follow_the_shops_clock),
        cmocka_unit_test(rules_that_cannot_be_kept_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
