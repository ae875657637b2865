/* SPDX-License-Identifier: Apache-2.0 */
#include "conversation.h"

#include <stdio.h>

/* The name space of all ids that intake computes. Changing it would give every conversation a second case. */
static const struct uuid space = {
    {0x3b, 0x1f, 0x8a, 0x52, 0x6c, 0x0e, 0x4d, 0x7b, 0x9a, 0x41, 0x5e, 0x27, 0xc8, 0x90, 0x1d, 0x64}};

struct uuid conversation_id(struct text shop_id, struct text external_id)
{
    const struct text parts[] = {TEXT("conversation"), shop_id, external_id};
    return uuid_of_parts(space, parts, sizeof parts / sizeof *parts);
}

struct uuid conversation_id_of_one(struct text shop_id, const char *own_kind, struct text own_id)
{
    const struct text parts[] = {TEXT("conversation of one"), shop_id, text_of(own_kind), own_id};
    return uuid_of_parts(space, parts, sizeof parts / sizeof *parts);
}

struct uuid conversation_case_id(struct uuid id, int32_t cycle)
{
    char number[16];
    int len = snprintf(number, sizeof number, "%d", (int)cycle);
    const struct text parts[] = {TEXT("case"), text_make(id.bytes, sizeof id.bytes),
                                 text_make(number, (size_t)len)};
    return uuid_of_parts(space, parts, sizeof parts / sizeof *parts);
}

struct conversation_choice conversation_choose(const struct conversation *row, int64_t ended_at_us,
                                               int64_t now_us, int64_t reopen_within_us)
{
    bool is_over = ended_at_us != 0 && now_us - ended_at_us > reopen_within_us;
    if (row->cycle > 0 && !is_over)
        return (struct conversation_choice){row->case_id, row->previous_case_id, row->cycle, false};
    int32_t cycle = row->cycle + 1;
    return (struct conversation_choice){
        .case_id = conversation_case_id(row->conversation_id, cycle),
        .previous_case_id = row->case_id,
        .cycle = cycle,
        .is_new = true,
    };
}

void conversation_enter(struct conversation *row, const struct conversation_choice *choice, int64_t now_us)
{
    if (row->cycle == 0)
        row->first_case_id = choice->case_id;
    row->case_id = choice->case_id;
    row->previous_case_id = choice->previous_case_id;
    row->cycle = choice->cycle;
    if (choice->is_new)
        row->opened_at_us = now_us;
}

struct uuid conversation_follow_up_case_id(struct uuid case_id, struct text follow_up_id)
{
    const struct text parts[] = {TEXT("follow-up"), text_make(case_id.bytes, sizeof case_id.bytes),
                                 follow_up_id};
    return uuid_of_parts(space, parts, sizeof parts / sizeof *parts);
}
