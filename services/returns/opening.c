/* SPDX-License-Identifier: Apache-2.0 */
#include "opening.h"

#include "actions.h"
#include "eligibility.h"
#include "notices.h"
#include "options.h"

static bool is_ready(const struct case_file *file)
{
    return file->state.opened_at_us != 0 && file->state.order_at_us != 0;
}

static void write_lines(struct turn *turn, const struct wanted *wanted)
{
    struct case_file *file = turn->file;
    for (size_t i = 0; i < wanted->count; i++) {
        const struct wanted_line *from = &wanted->lines[i];
        struct return_line *line = file_find_line(file, from->line_no);
        if (line == NULL)
            line = file_add_line(file, turn->arena, from->line_no);
        line->sku = from->sku;
        line->quantity = from->quantity;
        line->wish = from->wish;
        line->amount_minor = from->amount_minor;
        line->currency = from->currency;
    }
}

/* Half of a line for a refund, the other half to be repaired: that is for a person to sort out. */
static bool is_any_twice(const struct wanted *wanted)
{
    for (size_t i = 0; i < wanted->count; i++)
        for (size_t before = 0; before < i; before++)
            if (wanted->lines[before].line_no == wanted->lines[i].line_no)
                return true;
    return false;
}

/* A person's answer to a request: lines that it leaves out are not offered anything for. */
static void drop_lines(struct turn *turn, const struct wanted *wanted)
{
    struct case_file *file = turn->file;
    file_own_lines(file, turn->arena);
    for (size_t i = 0; i < file->line_count && wanted->count > 0; i++) {
        struct return_line *line = &file->lines[i];
        bool is_named = false;
        for (size_t w = 0; w < wanted->count; w++)
            is_named |= wanted->lines[w].line_no == line->line_no;
        if (is_named)
            continue;
        line->state = machine_line(line->state, LINE_CANCEL);
        line->outcome = OUTCOME_CANCELLED;
    }
}

/* What was not said is filled in from the order. */
static void complete_lines(struct turn *turn)
{
    struct case_file *file = turn->file;
    for (size_t i = 0; i < file->line_count; i++) {
        struct return_line *line = &file->lines[i];
        if (line->state != LINE_PLANNED)
            continue;
        const struct order_line *bought = file_find_order_line(file, line->line_no);
        if (text_is_empty(line->sku) && bought != NULL)
            line->sku = bought->sku;
        if (line->wish == WISH_REFUND && text_is_empty(line->currency)) {
            line->amount_minor = eligibility_full_amount(file, line);
            line->currency = file->state.paid_currency;
        }
    }
}

/* An offer that names no line means the only one, to be repaired. */
static bool add_only_line(struct turn *turn)
{
    struct case_file *file = turn->file;
    const struct order_line *only = NULL;
    for (size_t i = 0; i < file->order_line_count; i++) {
        if (file->order_lines[i].quantity == 0)
            continue;
        if (only != NULL)
            return false;
        only = &file->order_lines[i];
    }
    if (only == NULL)
        return false;
    struct return_line *line = file_add_line(file, turn->arena, only->line_no);
    line->sku = only->sku;
    line->quantity = only->quantity;
    line->wish = WISH_REPAIR;
    return true;
}

/* Lines and order are settled; absent: they can be offered options for. */
static struct text prepare(struct turn *turn)
{
    struct case_file *file = turn->file;
    if (file->line_count == 0 && !add_only_line(turn))
        return file->state.order_at_us == 0
                   ? TEXT("the order is not known: name the lines")
                   : TEXT("the order has more than one line, or none: name the lines");
    if (!file->current.is_one_click || text_is_empty(file->current.order_no))
        file->current.order_no = file->state.order_no;
    complete_lines(turn);
    return TEXT_NULL;
}

static void open(struct turn *turn, enum return_event event)
{
    struct case_file *file = turn->file;
    struct return_state *current = &file->current;
    current->stage = machine_return(current->stage, event);
    current->order_no = file->state.order_no;
    current->opened_at_us = turn->now_us;
    current->is_in_warranty = eligibility_in_warranty(file, turn->now_us);
    struct effect *effect = effects_add(turn->effects, EFFECT_OPENED, file);
    effect->text = current->order_no;
    effect->lines = file->lines; /* those that are planned */
    effect->line_count = file->line_count;
    effect->is_in_warranty = current->is_in_warranty;
    options_offer(turn, TEMPLATE_options_offered);
}

static void leave(struct turn *turn, enum template why)
{
    turn->file->current.stage = machine_return(turn->file->current.stage, RETURN_LEAVE);
    const struct template_value values[] = {{"reason", notice_text(turn, why, NULL, 0)}};
    notice_tell(turn, TEMPLATE_left_to_person, values, 1, TEXT_NULL);
}

static struct text objection_of(struct turn *turn)
{
    struct text objection = prepare(turn);
    if (objection.at != NULL)
        return objection;
    enum template why = eligibility_objection(turn);
    return why == TEMPLATE_COUNT ? TEXT_NULL : eligibility_reason(why);
}

static void decide_request(struct turn *turn, enum return_event offer)
{
    struct case_file *file = turn->file;
    if (text_is_empty(file->current.order_no))
        file->current.order_no = file->state.order_no;
    complete_lines(turn);
    enum template why = eligibility_one_click(turn);
    if (why == TEMPLATE_COUNT)
        open(turn, offer);
    else
        leave(turn, why);
}

static void wait(struct turn *turn)
{
    struct return_state *current = &turn->file->current;
    current->stage = machine_return(current->stage, RETURN_ASK);
    current->wait_until_us = turn->now_us + turn->rules->returns.order_wait_us;
}

struct text opening_offer(struct turn *turn, const struct fact_action *action, bool *ret_waits)
{
    struct case_file before = *turn->file;
    struct case_file *file = turn->file;
    if (is_any_twice(&action->wanted))
        return eligibility_reason(TEMPLATE_why_twice);
    bool is_answer = file->current.stage == RETURN_REVIEW; /* to a one-click request */
    if (!is_answer)
        file_begin_return(file);
    if (is_answer)
        drop_lines(turn, &action->wanted);
    write_lines(turn, &action->wanted);
    *ret_waits = !is_answer && !is_ready(file);
    if (*ret_waits) {
        file->current.action_id = action->action_id;
        wait(turn);
        return TEXT_NULL;
    }
    struct text objection = objection_of(turn);
    if (objection.at != NULL)
        *file = before;
    else
        open(turn, RETURN_OFFER);
    return objection;
}

void opening_request(struct turn *turn, const struct fact_request *request)
{
    struct case_file *file = turn->file;
    if (machine_return(file->current.stage, RETURN_ASK) == ILLEGAL) {
        if (file->current.stage != RETURN_WAITING)
            notice_tell_plain(turn, TEMPLATE_already_open);
        return;
    }
    file_begin_return(file);
    file->current.is_one_click = true;
    file->current.order_no = request->order_no;
    file->current.reason = request->reason;
    if (file->state.language == 0)
        file->state.language = request->language;
    write_lines(turn, &request->wanted);
    if (is_any_twice(&request->wanted))
        leave(turn, TEMPLATE_why_twice);
    else if (is_ready(file))
        decide_request(turn, RETURN_OFFER);
    else
        wait(turn);
}

void opening_go_on(struct turn *turn, bool is_late)
{
    struct case_file *file = turn->file;
    struct return_state *current = &file->current;
    if (current->stage != RETURN_WAITING || !(is_late || is_ready(file)))
        return;
    struct text action_id = current->action_id;
    current->action_id = TEXT_NULL;
    current->wait_until_us = 0;
    if (current->is_one_click) {
        decide_request(turn, RETURN_GO_ON);
        return;
    }
    struct text objection = objection_of(turn);
    if (objection.at == NULL) {
        open(turn, RETURN_GO_ON);
        effects_add(turn->effects, EFFECT_APPLIED, file)->id = action_id;
        return;
    }
    current->stage = machine_return(current->stage, RETURN_REFUSE);
    struct effect *effect = effects_add(turn->effects, EFFECT_REFUSED, file);
    effect->id = action_id;
    effect->text = objection;
    effect->move_count = actions_legal(file, ROLE_AGENT, effect->moves);
}
