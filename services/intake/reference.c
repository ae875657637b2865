/* SPDX-License-Identifier: Apache-2.0 */
#include "reference.h"

static const struct uuid space = {
    {0x9d, 0x52, 0x1c, 0xe6, 0x07, 0x3a, 0x45, 0x18, 0xb3, 0x6f, 0xe0, 0x84, 0x2b, 0xd1, 0x7c, 0x05}};

struct uuid reference_id(const char *kind, struct text value)
{
    const struct text parts[] = {TEXT("reference"), text_of(kind), value};
    return uuid_of_parts(space, parts, sizeof parts / sizeof *parts);
}

bool reference_bind(struct reference *row, struct uuid case_id, int64_t at_us)
{
    if (uuid_equal(row->case_id, case_id)) {
        if (at_us > row->bound_at_us)
            row->bound_at_us = at_us;
        return true;
    }
    /* Two cases that claim one waybill at the same moment: the greater id, so that every order of arrival
     * agrees. */
    if (!uuid_is_nil(row->case_id) &&
        (at_us < row->bound_at_us || (at_us == row->bound_at_us && uuid_compare(case_id, row->case_id) < 0)))
        return false;
    row->case_id = case_id;
    row->bound_at_us = at_us;
    return true;
}

struct uuid reference_case(const struct reference *row)
{
    return row->case_id;
}

bool reference_is_unmatched(const struct waiting *record, int64_t now_us, int64_t unmatched_after_us)
{
    return record->settled_at_us == 0 && now_us - record->received_at_us >= unmatched_after_us;
}

int64_t reference_next_look_us(const struct waiting *const *records, size_t count, int64_t unmatched_after_us)
{
    int64_t next_us = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t due_us = records[i]->received_at_us + unmatched_after_us;
        if (records[i]->settled_at_us == 0 && (next_us == 0 || due_us < next_us))
            next_us = due_us;
    }
    return next_us;
}
