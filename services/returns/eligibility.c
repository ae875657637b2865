/* SPDX-License-Identifier: Apache-2.0 */
#include "eligibility.h"

#include "dates.h"
#include "refunds.h"

int64_t eligibility_full_amount(const struct case_file *file, const struct return_line *line)
{
    const struct order_line *bought = file_find_order_line(file, line->line_no);
    int64_t amount;
    if (bought == NULL || __builtin_mul_overflow(bought->price_minor, (int64_t)line->quantity, &amount))
        return 0;
    /* A discount on the order is no reason to pay back more than was paid. */
    return amount > file->state.paid_minor ? file->state.paid_minor : amount;
}

static bool is_line_in_warranty(const struct case_file *file, const struct return_line *line, int64_t now_us)
{
    const struct order_line *bought = file_find_order_line(file, line->line_no);
    int64_t from_us =
        file->state.delivered_at_us != 0 ? file->state.delivered_at_us : file->state.bought_at_us;
    return bought != NULL && from_us != 0 && bought->warranty_months > 0 &&
           now_us < dates_months_later(from_us, bought->warranty_months);
}

/* Lines that a person left out of a request are done with. */
static bool is_planned_out(const struct return_line *line)
{
    return line->state == LINE_DONE && line->outcome == OUTCOME_CANCELLED;
}

bool eligibility_in_warranty(const struct case_file *file, int64_t now_us)
{
    size_t covered = 0;
    for (size_t i = 0; i < file->line_count; i++) {
        if (is_planned_out(&file->lines[i]))
            continue;
        if (!is_line_in_warranty(file, &file->lines[i], now_us))
            return false;
        covered++;
    }
    return covered > 0;
}

/* What was asked back already for this line, in earlier returns. */
static int64_t refunded_before(const struct case_file *file, int32_t line_no)
{
    int64_t sum = 0;
    for (size_t i = 0; i < file->refund_count; i++) {
        const struct refund *refund = &file->refunds[i];
        if (refund->line_no == line_no && refund->return_no != file->current.return_no &&
            text_equal(refund->order_no, file->state.order_no))
            sum += refund->amount_minor; /* each is at most what was paid, and so is their sum */
    }
    return sum;
}

static enum template line_objection(const struct case_file *file, const struct return_line *line)
{
    const struct order_line *bought = file_find_order_line(file, line->line_no);
    if (bought == NULL)
        return TEMPLATE_why_line;
    if (!text_is_empty(line->sku) && !text_is_empty(bought->sku) && !text_equal(line->sku, bought->sku))
        return TEMPLATE_why_line;
    if (line->quantity > bought->quantity)
        return TEMPLATE_why_quantity;
    if (line->wish != WISH_REFUND)
        return TEMPLATE_COUNT;
    struct return_line all = *line;
    all.quantity = bought->quantity;
    int64_t left = eligibility_full_amount(file, &all) - refunded_before(file, line->line_no);
    bool is_priced = bought->price_minor > 0;
    if (line->amount_minor <= 0 || (is_priced && (line->amount_minor > eligibility_full_amount(file, line) ||
                                                  line->amount_minor > left)))
        return TEMPLATE_why_amount;
    return text_equal(line->currency, file->state.paid_currency) ? TEMPLATE_COUNT : TEMPLATE_why_amount;
}

enum template eligibility_objection(const struct turn *turn)
{
    const struct case_file *file = turn->file;
    int64_t asked = 0;
    for (size_t i = 0; i < file->line_count; i++) {
        const struct return_line *line = &file->lines[i];
        bool is_refund = line->wish == WISH_REFUND;
        if (is_planned_out(line))
            continue;
        if (file->state.order_at_us == 0) {
            if (is_refund)
                return TEMPLATE_why_order;
            continue;
        }
        enum template why = line_objection(file, line);
        if (why != TEMPLATE_COUNT)
            return why;
        if (is_refund && __builtin_add_overflow(asked, line->amount_minor, &asked))
            return TEMPLATE_why_amount;
    }
    return asked > refunds_left(file) ? TEMPLATE_why_amount : TEMPLATE_COUNT;
}

/* TEMPLATE_COUNT: the rule fits. */
static enum template rule_objection(const struct turn *turn, const struct eligibility_rule *rule,
                                    const struct return_line *line)
{
    const struct case_file *file = turn->file;
    const struct order_line *bought = file_find_order_line(file, line->line_no);
    int32_t kind = bought == NULL || bought->goods_kind == 0 ? GOODS_PHYSICAL : bought->goods_kind;
    if (rule->goods_kind != 0 && rule->goods_kind != kind)
        return TEMPLATE_why_wish;
    if (rule->is_warranty && !is_line_in_warranty(file, line, turn->now_us))
        return TEMPLATE_why_warranty;
    if (rule->days == 0)
        return TEMPLATE_COUNT;
    if (file->state.delivered_at_us == 0)
        return TEMPLATE_why_delivery;
    return dates_within_days(turn->rules, file->state.delivered_at_us, rule->days, turn->now_us)
               ? TEMPLATE_COUNT
               : TEMPLATE_why_days;
}

static enum template wish_objection(const struct turn *turn, const struct return_line *line)
{
    enum template why = TEMPLATE_why_wish;
    for (size_t i = 0; i < turn->rules->returns.eligibility_count; i++) {
        const struct eligibility_rule *rule = &turn->rules->returns.eligibility[i];
        if (rule->wish != line->wish)
            continue;
        enum template objection = rule_objection(turn, rule, line);
        if (objection == TEMPLATE_COUNT)
            return TEMPLATE_COUNT;
        if (why == TEMPLATE_why_wish)
            why = objection; /* the first that comes near explains it */
    }
    return why;
}

enum template eligibility_one_click(const struct turn *turn)
{
    const struct case_file *file = turn->file;
    if (file->state.order_at_us == 0 || !text_equal(file->current.order_no, file->state.order_no))
        return TEMPLATE_why_order;
    enum template why = eligibility_objection(turn);
    for (size_t i = 0; i < file->line_count && why == TEMPLATE_COUNT; i++)
        why = wish_objection(turn, &file->lines[i]);
    return why;
}

struct text eligibility_reason(enum template why)
{
    switch (why) {
    case TEMPLATE_why_order:
        return TEXT("the order is not known, so neither is what was paid");
    case TEMPLATE_why_line:
        return TEXT("the order has no such line");
    case TEMPLATE_why_twice:
        return TEXT("a line is named twice");
    case TEMPLATE_why_quantity:
        return TEXT("more than was bought");
    case TEMPLATE_why_amount:
        return TEXT(
            "the amount is not known, in another currency, or more than was paid and is left to refund");
    case TEMPLATE_why_wish:
        return TEXT("the shop does not do that for these goods");
    case TEMPLATE_why_warranty:
        return TEXT("the warranty is over");
    case TEMPLATE_why_days:
        return TEXT("the days for it are over");
    case TEMPLATE_why_delivery:
        return TEXT("the goods are not delivered yet");
    default:
        return TEXT("not possible");
    }
}
