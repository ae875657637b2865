/* SPDX-License-Identifier: Apache-2.0 */
#include "actions.h"

#include "workshop.h"

#define BIT(value)  (1u << (value))
#define OFFICE      (BIT(ROLE_AGENT) | BIT(ROLE_SUPERVISOR) | BIT(ROLE_SELLER) | BIT(ROLE_SYSTEM))
#define ANY_SIDE    (OFFICE | BIT(ROLE_CUSTOMER))
#define ALSO_BENCH  (OFFICE | BIT(ROLE_WAREHOUSE))
#define ROW(action) [(action)-ACTION_FIRST]

static const struct {
    enum return_event event;
    unsigned roles;
    bool is_of_lines; /* a line must be ready for it too */
} moves_table[MOVES_MOST] = {
    ROW(ACTION_OFFER_OPTIONS) = {RETURN_OFFER, OFFICE, false},
    ROW(ACTION_CHOOSE_OPTION) = {RETURN_CHOOSE, ANY_SIDE, false},
    ROW(ACTION_RECEIVE_GOODS) = {RETURN_RECEIVE, ALSO_BENCH, false},
    ROW(ACTION_INSPECT_GOODS) = {RETURN_INSPECT, ALSO_BENCH, true},
    ROW(ACTION_COMPLETE_REPAIR) = {RETURN_REPAIR, ALSO_BENCH, true},
    ROW(ACTION_SHIP_BACK) = {RETURN_SHIP, ALSO_BENCH, true},
    ROW(ACTION_CANCEL_RETURN) = {RETURN_CANCEL, ANY_SIDE, false},
};

static bool may(int32_t role, int32_t action)
{
    return role > 0 && role < ROLE_COUNT && (moves_table[action - ACTION_FIRST].roles & BIT(role)) != 0;
}

static bool fits(const struct case_file *file, int32_t action)
{
    return machine_return(file->current.stage, moves_table[action - ACTION_FIRST].event) != ILLEGAL &&
           (!moves_table[action - ACTION_FIRST].is_of_lines || workshop_can(file, action));
}

size_t actions_legal(const struct case_file *file, int32_t role, const char *moves[MOVES_MOST])
{
    size_t count = 0;
    for (int32_t action = ACTION_FIRST; action < ACTION_COUNT; action++)
        if (may(role, action) && fits(file, action))
            moves[count++] = domain_action_name(action);
    return count;
}

static const char *stage_words(int32_t stage)
{
    static const char *const words[RETURN_STAGE_COUNT] = {
        [RETURN_NONE] = "there is no return",
        [RETURN_WAITING] = "the return waits for its order",
        [RETURN_REVIEW] = "the request is left to a person",
        [RETURN_OFFERED] = "the customer is to choose",
        [RETURN_AGREED] = "the goods are still to come",
        [RETURN_MOVING] = "the goods are on their way",
        [RETURN_IN_WORKSHOP] = "the lines are as they are in the workshop",
        [RETURN_CLOSED] = "the return is closed",
        [RETURN_VOID] = "there is no return",
    };
    return stage > 0 && stage < RETURN_STAGE_COUNT ? words[stage] : "the return is in no known state";
}

struct text actions_objection(const struct turn *turn, const struct fact_action *action)
{
    const struct case_file *file = turn->file;
    if (action->expected_version != 0 && action->expected_version != file->state.version)
        return text_print(turn->arena, "stale: version %lld was expected, the return has %lld",
                          (long long)action->expected_version, (long long)file->state.version);
    if (!may(action->role, action->kind))
        return text_print(turn->arena, "%s is not a move of the role %s", domain_action_name(action->kind),
                          domain_role_name(action->role));
    if (!fits(file, action->kind))
        return text_print(turn->arena, "%s is not possible while %s", domain_action_name(action->kind),
                          stage_words(file->current.stage));
    return TEXT_NULL;
}
