/* SPDX-License-Identifier: Apache-2.0 */
#include "store_read.h"

#include "runtime/table.h"
#include "store_tables.h"

static const char lines_sql[] =
    "SELECT source, lane, n, happened_at, service, fact, sentence_zh, sentence_en, left(words, 2000)"
    " FROM timeline WHERE case_id = $1 ORDER BY happened_at DESC, source DESC, lane DESC, n DESC LIMIT $2";

static const char conversation_sql[] =
    "SELECT first_case_id = $1 AND case_id <> $1, case_id FROM conversation"
    " WHERE first_case_id = $1 OR case_id = $1 LIMIT 1";

static const char progress_sql[] = "SELECT (offsets ->> $2)::int8 FROM ledger WHERE lane = $1";

struct reading {
    struct case_view *view;
    struct arena *arena;
};

/* They come latest first, and one more than is shown. */
static enum status on_lines(void *context, const PGresult *result, struct error *err)
{
    struct reading *reading = context;
    struct case_view *view = reading->view;
    struct arena *arena = reading->arena;
    int count = PQntuples(result);
    view->has_earlier_lines = count > STORE_READ_LINES;
    if (view->has_earlier_lines)
        count = STORE_READ_LINES;
    view->lines = arena_alloc_array(arena, (size_t)count + 1, sizeof *view->lines);
    if (view->lines == NULL)
        return fail(err, STATUS_TRANSIENT, "the request's memory is used up");
    view->line_count = (size_t)count;
    for (int row = 0; row < count; row++)
        view->lines[count - 1 - row] = (struct timeline_line){
            .source = result_text(result, row, 0, arena),
            .lane = result_int4(result, row, 1),
            .n = result_int8(result, row, 2),
            .happened_at_us = result_time(result, row, 3),
            .service = result_text(result, row, 4, arena),
            .fact = result_text(result, row, 5, arena),
            .sentence_zh = result_text(result, row, 6, arena),
            .sentence_en = result_text(result, row, 7, arena),
            .words = result_text(result, row, 8, arena),
        };
    return STATUS_OK;
}

static enum status on_conversation(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    struct case_view *view = ((struct reading *)context)->view;
    if (PQntuples(result) == 0)
        return STATUS_OK;
    view->is_opened = true;
    if (!result_is_null(result, 0, 0) && result_bool(result, 0, 0))
        view->later_case_id = result_uuid(result, 0, 1);
    return STATUS_OK;
}

enum status store_read_case(struct postgres *db, struct uuid case_id, struct arena *arena,
                            struct case_view *ret_view, struct error *err)
{
    struct case_view view = {.is_known = false};
    struct reading reading = {&view, arena};
    struct rows cases;
    struct postgres_params by_case, by_case_limited;
    rows_init(&cases, &store_cases, arena);
    rows_want(&cases, &case_id);
    table_queue_load(db, &cases, TABLE_PLAIN);
    params_init(&by_case_limited, arena);
    params_add_uuid(&by_case_limited, case_id);
    params_add_int8(&by_case_limited, STORE_READ_LINES + 1);
    postgres_queue(db, lines_sql, &by_case_limited, on_lines, &reading);
    params_init(&by_case, arena);
    params_add_uuid(&by_case, case_id);
    postgres_queue(db, conversation_sql, &by_case, on_conversation, &reading);
    enum status status = postgres_run(db, err);
    if (status != STATUS_OK)
        return status;
    const struct case_record *record = rows_find(&cases, &case_id);
    view.is_known = record != NULL;
    if (record != NULL)
        view.record = *record;
    if (arena->is_exhausted)
        return fail(err, STATUS_TRANSIENT, "the request's memory is used up");
    *ret_view = view;
    return STATUS_OK;
}

enum status store_read_action(struct postgres *db, struct uuid action_key, struct arena *arena,
                              bool *ret_is_known, struct action *ret_action, struct error *err)
{
    struct rows actions;
    rows_init(&actions, &store_actions, arena);
    rows_want(&actions, &action_key);
    table_queue_load(db, &actions, TABLE_PLAIN);
    enum status status = postgres_run(db, err);
    if (status != STATUS_OK)
        return status;
    const struct action *row = rows_find(&actions, &action_key);
    *ret_is_known = row != NULL && row->state.at != NULL;
    if (row != NULL)
        *ret_action = *row;
    return STATUS_OK;
}

static enum status on_progress(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    if (PQntuples(result) == 1 && !result_is_null(result, 0, 0))
        *(int64_t *)context = result_int8(result, 0, 0);
    return STATUS_OK;
}

enum status store_read_progress(struct postgres *db, int32_t lane, struct text topic, struct arena *arena,
                                int64_t *ret_next_offset, struct error *err)
{
    int64_t next_offset = 0;
    struct postgres_params params;
    params_init(&params, arena);
    params_add_int4(&params, lane);
    params_add_text(&params, topic);
    postgres_queue(db, progress_sql, &params, on_progress, &next_offset);
    enum status status = postgres_run(db, err);
    if (status == STATUS_OK)
        *ret_next_offset = next_offset;
    return status;
}
