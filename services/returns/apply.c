/* SPDX-License-Identifier: Apache-2.0 */
#include "apply.h"

#include "actions.h"
#include "eligibility.h"
#include "notices.h"
#include "opening.h"
#include "options.h"
#include "parcels.h"
#include "refunds.h"
#include "workshop.h"

static void open_case(struct case_state *state, const struct fact *fact)
{
    if (state->opened_at_us != 0)
        return;
    state->opened_at_us = fact->at_us;
    state->channel = fact->as.opened.channel;
    if (fact->as.opened.language != 0)
        state->language = fact->as.opened.language;
}

bool case_takes_order(const struct case_state *state, const struct fact *fact)
{
    const struct fact_order *order = &fact->as.order;
    if (state->order_at_us == 0)
        return true;
    /* The shop corrects an order by its own clock; which order it is, intake says last. */
    return text_equal(state->order_no, order->order_no) && text_equal(state->shop_id, order->shop_id)
               ? order->updated_at_us >= state->order_updated_at_us
               : fact->at_us >= state->order_at_us;
}

static void link_order(struct turn *turn, const struct fact *fact)
{
    struct case_file *file = turn->file;
    struct case_state *state = &file->state;
    const struct fact_order *order = &fact->as.order;
    if (!case_takes_order(state, fact))
        return;
    if (fact->at_us > state->order_at_us)
        state->order_at_us = fact->at_us;
    state->order_updated_at_us = order->updated_at_us;
    state->order_no = order->order_no;
    state->shop_id = order->shop_id;
    state->paid_minor = order->paid_minor;
    state->paid_currency = order->paid_currency;
    state->bought_at_us = order->bought_at_us;
    state->delivered_at_us = order->delivered_at_us;
    for (size_t i = 0; i < file->order_line_count; i++)
        file->order_lines[i].quantity = 0; /* gone, unless it is named again */
    for (size_t i = 0; i < order->line_count; i++) {
        struct order_line *line = file_order_line(file, turn->arena, order->lines[i].line_no);
        *line = order->lines[i];
        line->case_id = state->case_id;
    }
}

/* An order that came after its return was opened without it. */
static void complete_return(struct turn *turn)
{
    struct case_file *file = turn->file;
    struct return_state *current = &file->current;
    bool is_open = current->opened_at_us != 0 && current->closed_at_us == 0;
    if (!is_open || file->state.order_at_us == 0)
        return;
    if (text_is_empty(current->order_no))
        current->order_no = file->state.order_no;
    if (text_equal(current->order_no, file->state.order_no))
        current->is_in_warranty = eligibility_in_warranty(file, current->opened_at_us);
}

static struct text cancel(struct turn *turn)
{
    struct case_file *file = turn->file;
    file->current.stage = machine_return(file->current.stage, RETURN_CANCEL);
    for (size_t i = 0; i < file->line_count; i++) {
        struct return_line *line = &file->lines[i];
        if (machine_line(line->state, LINE_CANCEL) != ILLEGAL)
            line->state = machine_line(line->state, LINE_CANCEL);
        line->outcome = OUTCOME_CANCELLED;
    }
    parcels_call_off(turn);
    file->current.outcome = OUTCOME_CANCELLED;
    file->current.closed_at_us = turn->now_us;
    effects_add(turn->effects, EFFECT_CLOSED, file)->number = OUTCOME_CANCELLED;
    notice_tell_plain(turn, TEMPLATE_cancelled);
    return TEXT_NULL;
}

static struct text choose(struct turn *turn, const struct fact_action *action)
{
    struct text objection = options_objection(turn, action->option_id);
    if (objection.at == NULL)
        options_choose(turn, action->option_id);
    return objection;
}

/* Absent when the action was done, or waits. */
static struct text carry_out(struct turn *turn, const struct fact_action *action, bool *ret_waits)
{
    struct text objection = actions_objection(turn, action);
    if (objection.at != NULL)
        return objection;
    switch ((enum action_kind)action->kind) {
    case ACTION_OFFER_OPTIONS:
        return opening_offer(turn, action, ret_waits);
    case ACTION_CHOOSE_OPTION:
        return choose(turn, action);
    case ACTION_RECEIVE_GOODS:
        return workshop_receive(turn);
    case ACTION_INSPECT_GOODS:
        return workshop_inspect(turn, action);
    case ACTION_COMPLETE_REPAIR:
        return workshop_repair(turn, action);
    case ACTION_SHIP_BACK:
        return workshop_ship(turn, action);
    case ACTION_CANCEL_RETURN:
        return cancel(turn);
    case ACTION_COUNT:
        break;
    }
    return TEXT("no action of this service");
}

static void act(struct turn *turn, const struct fact_action *action)
{
    bool is_waiting = false;
    struct text objection = carry_out(turn, action, &is_waiting);
    if (is_waiting)
        return; /* answered when the order comes, or does not */
    struct effect *effect =
        effects_add(turn->effects, objection.at == NULL ? EFFECT_APPLIED : EFFECT_REFUSED, turn->file);
    effect->id = action->action_id;
    effect->text = objection;
    if (objection.at != NULL)
        effect->move_count = actions_legal(turn->file, action->role, effect->moves);
}

static void come_due(struct turn *turn, enum deadline due)
{
    switch (due) {
    case DEADLINE_ORDER:
        opening_go_on(turn, turn->now_us >= turn->file->current.wait_until_us);
        break;
    case DEADLINE_PICKUP:
        parcels_miss(turn);
        break;
    case DEADLINE_PROMISE:
        options_delay(turn);
        break;
    case DEADLINE_COUNT:
        break;
    }
}

static void take_in(struct turn *turn, const struct fact *fact)
{
    switch (fact->kind) {
    case FACT_OPENED:
        open_case(&turn->file->state, fact);
        opening_go_on(turn, false);
        break;
    case FACT_ORDER:
        link_order(turn, fact);
        opening_go_on(turn, false);
        complete_return(turn);
        break;
    case FACT_ACTION:
        act(turn, &fact->as.action);
        break;
    case FACT_REQUEST:
        opening_request(turn, &fact->as.request);
        break;
    case FACT_SCAN:
        parcels_scan(turn, &fact->as.scan);
        break;
    case FACT_RESULT:
        refunds_hear(turn, &fact->as.result);
        break;
    case FACT_DUE:
        come_due(turn, fact->as.due);
        break;
    }
}

/* What is armed becomes what should be: the difference between two plans. */
static void re_arm(struct turn *turn, const struct deadline_plan *before)
{
    struct deadline_plan after = deadlines_plan(turn->file, turn->rules);
    for (int i = 0; i < DEADLINE_COUNT; i++) {
        if (after.due_us[i] == before->due_us[i])
            continue;
        struct effect *effect =
            effects_add(turn->effects, after.due_us[i] != 0 ? EFFECT_ARM : EFFECT_CANCEL, turn->file);
        effect->deadline = (enum deadline)i;
        effect->at_us = after.due_us[i];
    }
}

void case_apply(struct case_file *file, const struct fact *fact, const struct rulebook *rules,
                struct arena *arena, int64_t now_us, struct effects *effects)
{
    struct turn turn = {file, rules, effects, arena, now_us};
    effects->count = 0;
    struct deadline_plan before = deadlines_plan(file, rules);
    if (fact->kind == FACT_DUE)
        before.due_us[fact->as.due] = 0; /* it has gone off */
    take_in(&turn, fact);
    workshop_finish(&turn);
    re_arm(&turn, &before);
}
