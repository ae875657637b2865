/* SPDX-License-Identifier: Apache-2.0 */
#include "workshop.h"

#include "notices.h"
#include "parcels.h"
#include "refunds.h"

#define LINES_MOST 50

struct chosen {
    struct return_line *lines[LINES_MOST];
    size_t count;
};

static bool is_shippable(const struct case_file *file, const struct return_line *line)
{
    if (machine_line(line->state, LINE_SHIP) == ILLEGAL)
        return false;
    return line->state != LINE_GOING_BACK || parcels_is_lost_on_the_way_back(file);
}

static enum line_event acceptance_of(const struct return_line *line)
{
    return line->wish == WISH_REFUND     ? LINE_ACCEPT_REFUND
           : line->wish == WISH_EXCHANGE ? LINE_ACCEPT_EXCHANGE
                                         : LINE_ACCEPT_REPAIR;
}

static bool is_inspectable(const struct return_line *line, bool is_accepted)
{
    return machine_line(line->state, is_accepted ? acceptance_of(line) : LINE_REJECT) != ILLEGAL;
}

bool workshop_can(const struct case_file *file, int32_t action)
{
    size_t possible = 0;
    for (size_t i = 0; i < file->line_count; i++) {
        const struct return_line *line = &file->lines[i];
        bool is_in_work = line->state == LINE_RECEIVED || line->state == LINE_REPAIRING;
        if (action == ACTION_SHIP_BACK && is_in_work)
            return false; /* all that goes back goes in one parcel */
        possible += action == ACTION_INSPECT_GOODS ? is_inspectable(line, true) || is_inspectable(line, false)
                    : action == ACTION_COMPLETE_REPAIR ? machine_line(line->state, LINE_REPAIR) != ILLEGAL
                                                       : is_shippable(file, line);
    }
    return possible > 0;
}

static bool is_fit(const struct case_file *file, const struct return_line *line,
                   const struct fact_action *action)
{
    switch ((enum action_kind)action->kind) {
    case ACTION_INSPECT_GOODS:
        return is_inspectable(line, action->is_accepted);
    case ACTION_COMPLETE_REPAIR:
        return machine_line(line->state, LINE_REPAIR) != ILLEGAL;
    default:
        return is_shippable(file, line);
    }
}

static bool is_chosen(const struct chosen *chosen, const struct return_line *line)
{
    for (size_t i = 0; i < chosen->count; i++)
        if (chosen->lines[i] == line)
            return true;
    return false;
}

/* The lines an action is about; absent when there are some and all are fit for it. */
static struct text choose(const struct turn *turn, const struct fact_action *action, struct chosen *chosen)
{
    const struct case_file *file = turn->file;
    chosen->count = 0;
    for (size_t i = 0; i < action->wanted.count; i++) {
        int32_t line_no = action->wanted.lines[i].line_no;
        struct return_line *line = file_find_line(file, line_no);
        if (line == NULL)
            return text_print(turn->arena, "the return has no line %d", (int)line_no);
        if (!is_fit(file, line, action))
            return text_print(turn->arena, "%s is not possible for line %d now",
                              domain_action_name(action->kind), (int)line_no);
        if (chosen->count == LINES_MOST)
            return TEXT("more lines than a return has");
        if (!is_chosen(chosen, line)) /* named twice */
            chosen->lines[chosen->count++] = line;
    }
    /* A repair is under way until it is done: only who names it by its line can still reject it. */
    for (size_t i = 0; i < file->line_count && action->wanted.count == 0; i++)
        if (chosen->count < LINES_MOST && is_fit(file, &file->lines[i], action) &&
            (action->kind != ACTION_INSPECT_GOODS || file->lines[i].state != LINE_REPAIRING))
            chosen->lines[chosen->count++] = &file->lines[i];
    return chosen->count > 0 ? TEXT_NULL
                             : text_print(turn->arena, "%s is not possible for any line now",
                                          domain_action_name(action->kind));
}

struct text workshop_receive(struct turn *turn)
{
    struct case_file *file = turn->file;
    file->current.stage = machine_return(file->current.stage, RETURN_RECEIVE);
    for (size_t i = 0; i < file->line_count; i++)
        if (machine_line(file->lines[i].state, LINE_RECEIVE) != ILLEGAL)
            file->lines[i].state = machine_line(file->lines[i].state, LINE_RECEIVE);
    parcels_arrive(turn);
    effects_add(turn->effects, EFFECT_RECEIVED, file);
    notice_tell_plain(turn, TEMPLATE_goods_received);
    return TEXT_NULL;
}

struct text workshop_inspect(struct turn *turn, const struct fact_action *action)
{
    static const int32_t outcomes[] = {[WISH_REPAIR] = OUTCOME_REPAIRED,
                                       [WISH_REFUND] = OUTCOME_REFUNDED,
                                       [WISH_EXCHANGE] = OUTCOME_EXCHANGED};
    struct chosen chosen;
    struct text objection = choose(turn, action, &chosen);
    if (objection.at == NULL && action->is_accepted)
        objection = refunds_objection(turn, chosen.lines, chosen.count);
    if (objection.at != NULL)
        return objection;
    struct effect *effect = effects_add(turn->effects, EFFECT_INSPECTED, turn->file);
    effect->text = action->finding;
    effect->is_accepted = action->is_accepted;
    const struct template_value values[] = {{"finding", action->finding}};
    notice_tell(turn, action->is_accepted ? TEMPLATE_inspected_accepted : TEMPLATE_inspected_rejected, values,
                1, TEXT_NULL);
    for (size_t i = 0; i < chosen.count; i++) {
        struct return_line *line = chosen.lines[i];
        line->state = machine_line(line->state, action->is_accepted ? acceptance_of(line) : LINE_REJECT);
        line->outcome = action->is_accepted ? outcomes[line->wish] : OUTCOME_REJECTED;
        if (line->state == LINE_REFUNDING)
            refunds_ask(turn, line);
    }
    return TEXT_NULL;
}

struct text workshop_repair(struct turn *turn, const struct fact_action *action)
{
    struct chosen chosen;
    struct text objection = choose(turn, action, &chosen);
    if (objection.at != NULL)
        return objection;
    for (size_t i = 0; i < chosen.count; i++)
        chosen.lines[i]->state = machine_line(chosen.lines[i]->state, LINE_REPAIR);
    effects_add(turn->effects, EFFECT_REPAIRED, turn->file)->text = action->finding;
    const struct template_value values[] = {{"done", action->finding}};
    notice_tell(turn, TEMPLATE_repair_completed, values, 1, TEXT_NULL);
    return TEXT_NULL;
}

struct text workshop_ship(struct turn *turn, const struct fact_action *action)
{
    struct chosen chosen;
    struct fact_action everything = *action; /* one parcel for all that goes back */
    everything.wanted.count = 0;
    struct text objection = choose(turn, &everything, &chosen);
    if (objection.at != NULL)
        return objection;
    for (size_t i = 0; i < chosen.count; i++)
        chosen.lines[i]->state = machine_line(chosen.lines[i]->state, LINE_SHIP);
    parcels_send(turn, action->waybill, action->carrier);
    return TEXT_NULL;
}

/* Of several lines with different outcomes the return has the one that weighs most: money, then goods. */
static int32_t outcome_of(const struct case_file *file)
{
    static const int32_t weight[OUTCOME_COUNT] = {[OUTCOME_CANCELLED] = 1,
                                                  [OUTCOME_REJECTED] = 2,
                                                  [OUTCOME_REPAIRED] = 3,
                                                  [OUTCOME_EXCHANGED] = 4,
                                                  [OUTCOME_REFUNDED] = 5};
    int32_t outcome = OUTCOME_CANCELLED;
    for (size_t i = 0; i < file->line_count; i++)
        if (weight[file->lines[i].outcome] > weight[outcome])
            outcome = file->lines[i].outcome;
    return outcome;
}

void workshop_finish(struct turn *turn)
{
    struct case_file *file = turn->file;
    int32_t next = machine_return(file->current.stage, RETURN_FINISH);
    if (next == ILLEGAL)
        return;
    for (size_t i = 0; i < file->line_count; i++)
        if (file->lines[i].state != LINE_DONE)
            return;
    file->current.stage = next;
    file->current.outcome = outcome_of(file);
    file->current.closed_at_us = turn->now_us;
    effects_add(turn->effects, EFFECT_CLOSED, file)->number = file->current.outcome;
}
