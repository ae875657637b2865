/* SPDX-License-Identifier: Apache-2.0 */
#include "actions.h"

#define BIT(value)      (1u << (value))
#define ANY_STATUS      (BIT(CASE_OPEN) | BIT(CASE_RESOLVED) | BIT(CASE_CLOSED))
#define STAFF           (BIT(ROLE_AGENT) | BIT(ROLE_SUPERVISOR) | BIT(ROLE_SYSTEM))
#define STAFF_OR_SELLER (STAFF | BIT(ROLE_SELLER))

static const struct {
    unsigned statuses, roles;
} moves_table[ACTION_COUNT] = {
    [ACTION_REPLY] = {BIT(CASE_OPEN) | BIT(CASE_RESOLVED), STAFF_OR_SELLER},
    [ACTION_NOTE] = {ANY_STATUS, STAFF_OR_SELLER | BIT(ROLE_WAREHOUSE)},
    [ACTION_ASK] = {BIT(CASE_OPEN), STAFF_OR_SELLER},
    [ACTION_TRANSFER] = {BIT(CASE_OPEN), STAFF},
    [ACTION_ESCALATE] = {BIT(CASE_OPEN), STAFF_OR_SELLER},
    [ACTION_RESOLVE] = {BIT(CASE_OPEN), STAFF_OR_SELLER},
    [ACTION_CLOSE] = {BIT(CASE_RESOLVED), STAFF | BIT(ROLE_CUSTOMER)},
    [ACTION_REOPEN] = {BIT(CASE_RESOLVED) | BIT(CASE_CLOSED), STAFF | BIT(ROLE_CUSTOMER)},
};

bool action_is_legal(int32_t status, int32_t role, int32_t kind)
{
    if (kind < 1 || kind >= ACTION_COUNT || role < 1 || role >= ROLE_COUNT || status < CASE_OPEN ||
        status > CASE_CLOSED)
        return false;
    return (moves_table[kind].statuses & BIT(status)) != 0 && (moves_table[kind].roles & BIT(role)) != 0;
}

size_t actions_legal(int32_t status, int32_t role, const char *moves[MOVES_MOST])
{
    size_t count = 0;
    for (int32_t kind = 1; kind < ACTION_COUNT; kind++)
        if (action_is_legal(status, role, kind))
            moves[count++] = domain_action_name(kind);
    return count;
}

struct text action_objection(const struct case_state *state, const struct life *life,
                             const struct fact_action *action, struct arena *arena)
{
    if (state->opened_at_us == 0)
        return TEXT("the case is not opened yet");
    if (action->expected_version != 0 && action->expected_version != state->version)
        return text_print(arena, "stale: version %lld was expected, the case has %lld",
                          (long long)action->expected_version, (long long)state->version);
    if ((moves_table[action->kind].roles & BIT(action->role)) == 0)
        return text_print(arena, "%s is not a move of the role %s", domain_action_name(action->kind),
                          domain_role_name(action->role));
    if (!action_is_legal(life->status, action->role, action->kind))
        return text_print(arena, "%s is not possible while the case is %s", domain_action_name(action->kind),
                          domain_status_name(life->status));
    return TEXT_NULL;
}
