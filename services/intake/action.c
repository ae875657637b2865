/* SPDX-License-Identifier: Apache-2.0 */
#include "action.h"

static const struct uuid space = {
    {0x15, 0xe3, 0x77, 0x0c, 0x48, 0xba, 0x4e, 0x91, 0x8d, 0x20, 0x6a, 0xf5, 0x3e, 0x9c, 0x01, 0xb7}};

struct uuid action_key(struct text action_id)
{
    const struct text parts[] = {TEXT("action"), action_id};
    return uuid_of_parts(space, parts, sizeof parts / sizeof *parts);
}

bool action_is_decided(const struct action *row)
{
    return text_equal_string(row->state, "applied") || text_equal_string(row->state, "refused");
}

bool action_request(struct action *row, struct uuid case_id, struct text kind, int64_t at_us)
{
    bool is_new = row->requested_at_us == 0;
    if (!is_new)
        return false;
    row->case_id = case_id;
    row->kind = kind;
    row->requested_at_us = at_us;
    if (!action_is_decided(row))
        row->state = TEXT("pending");
    return true;
}

static bool decide(struct action *row, struct uuid case_id, const char *state, int64_t version, int64_t at_us)
{
    if (action_is_decided(row))
        return false;
    if (uuid_is_nil(row->case_id))
        row->case_id = case_id;
    row->state = text_of(state);
    row->version = version;
    row->decided_at_us = at_us;
    return true;
}

bool action_apply(struct action *row, struct uuid case_id, int64_t version, int64_t at_us)
{
    return decide(row, case_id, "applied", version, at_us);
}

bool action_refuse(struct action *row, struct uuid case_id, struct text reason, int64_t version,
                   struct text legal_moves, int64_t at_us)
{
    if (!decide(row, case_id, "refused", version, at_us))
        return false;
    row->reason = reason;
    row->legal_moves = legal_moves;
    return true;
}
