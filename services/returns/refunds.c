/* SPDX-License-Identifier: Apache-2.0 */
#include "refunds.h"

#include "notices.h"

#include <stdio.h>

int64_t refunds_left(const struct case_file *file)
{
    const struct case_state *state = &file->state;
    if (state->order_at_us == 0 || state->paid_currency.at == NULL)
        return 0;
    int64_t left = state->paid_minor - file->money.requested_minor;
    return left > 0 ? left : 0;
}

struct uuid refunds_intent_id(const struct return_state *current, int32_t line_no)
{
    char number[16];
    int len = snprintf(number, sizeof number, "%d", (int)line_no);
    const struct text parts[] = {TEXT("refund"), text_make(number, (size_t)len)};
    return uuid_of_parts(current->return_id, parts, 2);
}

struct text refunds_objection(const struct turn *turn, struct return_line *const *lines, size_t count)
{
    const struct case_file *file = turn->file;
    int64_t needed = 0;
    for (size_t i = 0; i < count; i++) {
        const struct return_line *line = lines[i];
        if (line->wish != WISH_REFUND ||
            file_find_refund(file, refunds_intent_id(&file->current, line->line_no)) != NULL)
            continue;
        if (file->state.order_at_us == 0 || !text_equal(file->current.order_no, file->state.order_no))
            return TEXT("the case's order is not the one this return was opened for");
        if (!text_equal(line->currency, file->state.paid_currency) || line->amount_minor <= 0)
            return TEXT("the order was not paid in this currency");
        if (!text_is_empty(file->money.currency) && !text_equal(file->money.currency, line->currency))
            return TEXT("refunds of this order were asked for in another currency");
        if (__builtin_add_overflow(needed, line->amount_minor, &needed))
            return TEXT("the amounts are out of all bounds");
    }
    int64_t left = refunds_left(file);
    if (needed > left)
        return text_print(turn->arena, "%lld is to be refunded, and %lld is left of what was paid",
                          (long long)needed, (long long)left);
    return TEXT_NULL;
}

static void tell(struct turn *turn, enum template template, const struct refund *refund)
{
    const struct template_value values[] = {
        {"amount", notice_amount(turn, refund->amount_minor, refund->currency)}, {"order", refund->order_no}};
    notice_tell(turn, template, values, 2, refund->order_no);
}

void refunds_ask(struct turn *turn, struct return_line *line)
{
    struct case_file *file = turn->file;
    struct uuid intent_id = refunds_intent_id(&file->current, line->line_no);
    struct refund *refund = file_find_refund(file, intent_id);
    if (refund == NULL) {
        refund = file_add_refund(file, turn->arena, intent_id);
        refund->line_no = line->line_no;
        refund->order_no = file->current.order_no;
        refund->amount_minor = line->amount_minor;
        refund->currency = line->currency;
        file->money.requested_minor += line->amount_minor;
        file->money.currency = line->currency;
    }
    int32_t next = machine_refund(refund->state, REFUND_ASK);
    if (next == ILLEGAL)
        return;
    refund->state = next;
    refund->asked++;
    struct effect *effect = effects_add(turn->effects, EFFECT_REFUND_REQUESTED, file);
    effect->id = uuid_text(turn->arena, intent_id);
    effect->number = line->line_no;
    effect->amount_minor = refund->amount_minor;
    effect->currency = refund->currency;
    effect->text = refund->order_no;
    tell(turn, TEMPLATE_refund_requested, refund);
}

/* The result that was heard last, again: after a failure that was asked for anew it must not fail it twice.
 */
static bool is_repeated(const struct refund *refund, const struct fact_result *result)
{
    bool is_named = result->settled_at_us != 0 || !text_is_empty(result->provider_ref);
    return is_named && refund->result == result->result && refund->result_at_us == result->settled_at_us &&
           text_equal(refund->result_ref, result->provider_ref);
}

static void note(struct refund *refund, const struct fact_result *result)
{
    refund->noted++;
    if ((refund->state == REFUND_SETTLED && result->result != RESULT_SUCCEEDED) ||
        (refund->state == REFUND_FAILED && result->result != RESULT_FAILED))
        refund->noted_result = result->result;
}

static void settle(struct turn *turn, struct refund *refund, const struct fact_result *result)
{
    struct effect *effect = effects_add(turn->effects, EFFECT_REFUND_SETTLED, turn->file);
    effect->id = uuid_text(turn->arena, refund->intent_id);
    effect->amount_minor = refund->amount_minor;
    effect->currency = refund->currency;
    effect->text = result->provider_ref;
    tell(turn, TEMPLATE_refund_settled, refund);
}

static void fail_it(struct turn *turn, struct refund *refund, const struct fact_result *result)
{
    struct effect *effect = effects_add(turn->effects, EFFECT_REFUND_FAILED, turn->file);
    effect->id = uuid_text(turn->arena, refund->intent_id);
    effect->text = result->reason;
    tell(turn, TEMPLATE_refund_failed, refund);
}

void refunds_hear(struct turn *turn, const struct fact_result *result)
{
    struct case_file *file = turn->file;
    struct refund *refund = file_find_refund(file, result->intent_id);
    if (refund == NULL)
        return; /* no intent of this case */
    int32_t next = machine_refund(refund->state, result->result);
    if (next == ILLEGAL || is_repeated(refund, result)) {
        note(refund, result);
        return;
    }
    refund->state = next;
    refund->result = result->result;
    refund->result_ref = result->provider_ref;
    refund->result_at_us = result->settled_at_us;
    struct return_line *line =
        refund->return_no == file->current.return_no ? file_find_line(file, refund->line_no) : NULL;
    enum line_event event = next == REFUND_SETTLED ? LINE_SETTLE : LINE_FAIL;
    if (next == REFUND_SETTLED)
        settle(turn, refund, result);
    else if (next == REFUND_FAILED)
        fail_it(turn, refund, result);
    else
        tell(turn, TEMPLATE_refund_unknown, refund);
    if (next != REFUND_UNKNOWN && line != NULL && machine_line(line->state, event) != ILLEGAL)
        line->state = machine_line(line->state, event);
}
