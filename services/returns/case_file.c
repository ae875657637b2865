/* SPDX-License-Identifier: Apache-2.0 */
#include "case_file.h"

#include <string.h>

void file_init(struct case_file *file, struct uuid case_id)
{
    *file = (struct case_file){.state = {.case_id = case_id}, .current = {.stage = RETURN_NONE}};
}

/* An array one longer, in the arena; NULL when that is full. */
static void *longer(struct arena *arena, const void *array, size_t count, size_t size)
{
    char *more = arena_alloc_array(arena, count + 1, size);
    if (more != NULL && count > 0)
        memcpy(more, array, count * size);
    return more;
}

struct return_line *file_add_line(struct case_file *file, struct arena *arena, int32_t line_no)
{
    static _Thread_local struct return_line spill;
    struct return_line *added = &spill;
    struct return_line *more = longer(arena, file->lines, file->line_count, sizeof *more);
    if (more != NULL) {
        file->lines = more;
        added = &more[file->line_count++];
    }
    *added = (struct return_line){.case_id = file->state.case_id,
                                  .return_no = file->current.return_no,
                                  .line_no = line_no,
                                  .state = LINE_PLANNED};
    return added;
}

struct parcel *file_add_parcel(struct case_file *file, struct arena *arena, int32_t leg)
{
    static _Thread_local struct parcel spill;
    struct parcel *added = &spill;
    struct parcel *more = longer(arena, file->parcels, file->parcel_count, sizeof *more);
    if (more != NULL) {
        file->parcels = more;
        added = &more[file->parcel_count++];
    }
    *added = (struct parcel){.case_id = file->state.case_id,
                             .return_no = file->current.return_no,
                             .parcel_no = (int32_t)file->parcel_count,
                             .leg = leg,
                             .state = PARCEL_BOOKED};
    return added;
}

struct refund *file_add_refund(struct case_file *file, struct arena *arena, struct uuid intent_id)
{
    static _Thread_local struct refund spill;
    struct refund *added = &spill;
    struct refund *more = longer(arena, file->refunds, file->refund_count, sizeof *more);
    if (more != NULL) {
        file->refunds = more;
        added = &more[file->refund_count++];
    }
    *added = (struct refund){.case_id = file->state.case_id,
                             .intent_id = intent_id,
                             .return_no = file->current.return_no,
                             .state = REFUND_PLANNED};
    return added;
}

struct order_line *file_order_line(struct case_file *file, struct arena *arena, int32_t line_no)
{
    static _Thread_local struct order_line spill;
    for (size_t i = 0; i < file->order_line_count; i++)
        if (file->order_lines[i].line_no == line_no)
            return &file->order_lines[i];
    struct order_line *added = &spill;
    struct order_line *more = longer(arena, file->order_lines, file->order_line_count, sizeof *more);
    if (more != NULL) {
        file->order_lines = more;
        added = &more[file->order_line_count++];
    }
    *added = (struct order_line){.case_id = file->state.case_id, .line_no = line_no};
    return added;
}

void file_own_lines(struct case_file *file, struct arena *arena)
{
    struct return_line *copy = longer(arena, file->lines, file->line_count, sizeof *copy);
    if (copy != NULL)
        file->lines = copy;
}

void file_begin_return(struct case_file *file)
{
    int32_t stage = file->current.stage;
    file->state.return_count++;
    /* As text, so that the number's bytes are the same on every machine. */
    char number[16];
    size_t len = 0;
    for (int32_t rest = file->state.return_count; rest > 0; rest /= 10)
        number[len++] = (char)('0' + rest % 10);
    const struct text parts[] = {TEXT("return"), text_make(number, len)};
    file->current = (struct return_state){.case_id = file->state.case_id,
                                          .return_no = file->state.return_count,
                                          .return_id = uuid_of_parts(file->state.case_id, parts, 2),
                                          .stage = stage};
    file->lines = NULL;
    file->parcels = NULL;
    file->line_count = file->parcel_count = 0;
}

const struct order_line *file_find_order_line(const struct case_file *file, int32_t line_no)
{
    for (size_t i = 0; i < file->order_line_count; i++)
        if (file->order_lines[i].line_no == line_no && file->order_lines[i].quantity > 0)
            return &file->order_lines[i];
    return NULL;
}

struct return_line *file_find_line(const struct case_file *file, int32_t line_no)
{
    for (size_t i = 0; i < file->line_count; i++)
        if (file->lines[i].line_no == line_no)
            return &file->lines[i];
    return NULL;
}

struct refund *file_find_refund(const struct case_file *file, struct uuid intent_id)
{
    for (size_t i = 0; i < file->refund_count; i++)
        if (uuid_equal(file->refunds[i].intent_id, intent_id))
            return &file->refunds[i];
    return NULL;
}

struct parcel *file_last_parcel(const struct case_file *file, int32_t leg)
{
    for (size_t i = file->parcel_count; i > 0; i--)
        if (file->parcels[i - 1].leg == leg)
            return &file->parcels[i - 1];
    return NULL;
}

struct text file_order_key(struct arena *arena, struct text shop_id, struct text order_no)
{
    return text_print(arena, "%.*s/%.*s", TEXT_ARGS(shop_id), TEXT_ARGS(order_no));
}
