/* SPDX-License-Identifier: Apache-2.0 */
#include "subject.h"

static const struct uuid space = {
    {0x70, 0xc4, 0x2e, 0x19, 0xd5, 0x8b, 0x4f, 0x63, 0xa2, 0x0d, 0x96, 0x3c, 0xf1, 0x58, 0xe4, 0x2a}};

struct uuid subject_id(const char *kind, struct text shop_id, struct text own_id)
{
    const struct text parts[] = {text_of(kind), shop_id, own_id};
    return uuid_of_parts(space, parts, sizeof parts / sizeof *parts);
}

bool subject_is_newer(const struct subject *row, int64_t updated_at_us)
{
    return row->record.at == NULL || updated_at_us >= row->updated_at_us;
}

bool subject_correct(struct subject *row, int64_t updated_at_us, struct text record)
{
    if (!subject_is_newer(row, updated_at_us))
        return false;
    row->updated_at_us = updated_at_us;
    row->record = record;
    return true;
}
