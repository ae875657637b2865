/* SPDX-License-Identifier: Apache-2.0 */
#include "store_read.h"

#include "runtime/table.h"
#include "store_tables.h"

static const char lines_sql[] =
    "SELECT source, lane, n, happened_at, service, fact, sentence_zh, sentence_en, left(words, 2000)"
    " FROM timeline WHERE case_id = $1 ORDER BY happened_at DESC, source DESC, lane DESC, n DESC LIMIT $2";

static const char actions_sql[] =
    "SELECT action_id, kind, state, reason, version, legal_moves, requested_at, decided_at FROM action"
    " WHERE case_id = $1 ORDER BY coalesce(requested_at, decided_at) DESC, action_key DESC LIMIT $2";

static const char conversation_sql[] =
    "SELECT first_case_id = $1 AND case_id <> $1, case_id FROM conversation"
    " WHERE first_case_id = $1 OR case_id = $1 LIMIT 1";

static const char progress_sql[] = "SELECT (offsets ->> $2)::int8 FROM ledger WHERE lane = $1";

struct reading {
    struct case_view *view;
    struct arena *arena;
    int lines;
};

/* They come latest first, and one more than is shown. */
static enum status on_lines(void *context, const PGresult *result, struct error *err)
{
    struct reading *reading = context;
    struct case_view *view = reading->view;
    struct arena *arena = reading->arena;
    int count = PQntuples(result);
    view->has_earlier_lines = count > reading->lines;
    if (view->has_earlier_lines)
        count = reading->lines;
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

static enum status on_actions(void *context, const PGresult *result, struct error *err)
{
    struct reading *reading = context;
    struct case_view *view = reading->view;
    struct arena *arena = reading->arena;
    int count = PQntuples(result);
    view->actions = arena_alloc_array(arena, (size_t)count + 1, sizeof *view->actions);
    if (view->actions == NULL)
        return fail(err, STATUS_TRANSIENT, "the request's memory is used up");
    view->action_count = (size_t)count;
    for (int row = 0; row < count; row++)
        view->actions[count - 1 - row] = (struct action){
            .action_id = result_text(result, row, 0, arena),
            .kind = result_text(result, row, 1, arena),
            .state = result_text(result, row, 2, arena),
            .reason = result_text(result, row, 3, arena),
            .version = result_int8(result, row, 4),
            .legal_moves = result_text(result, row, 5, arena),
            .requested_at_us = result_time(result, row, 6),
            .decided_at_us = result_time(result, row, 7),
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

static void queue_of_case(struct postgres *db, const char *sql, struct uuid case_id, int most,
                          postgres_result_fn *on_result, struct reading *reading)
{
    struct postgres_params params;
    params_init(&params, reading->arena);
    params_add_uuid(&params, case_id);
    if (most > 0)
        params_add_int8(&params, most);
    postgres_queue(db, sql, &params, on_result, reading);
}

enum status store_read_case(struct postgres *db, struct uuid case_id, int lines, struct arena *arena,
                            struct case_view *ret_view, struct error *err)
{
    struct case_view view = {.is_known = false};
    struct reading reading = {&view, arena, lines};
    struct rows cases;
    rows_init(&cases, &store_cases, arena);
    rows_want(&cases, &case_id);
    table_queue_load(db, &cases, TABLE_PLAIN);
    if (lines > 0) {
        queue_of_case(db, lines_sql, case_id, lines + 1, on_lines, &reading);
        queue_of_case(db, actions_sql, case_id, STORE_READ_ACTIONS, on_actions, &reading);
    }
    queue_of_case(db, conversation_sql, case_id, 0, on_conversation, &reading);
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

enum status store_read_conversation(struct postgres *db, struct uuid conversation_id, struct arena *arena,
                                    struct conversation *ret_row, int64_t *ret_ended_at_us, struct error *err)
{
    struct rows conversations, cases;
    rows_init(&conversations, &store_conversations, arena);
    rows_want(&conversations, &conversation_id);
    table_queue_load(db, &conversations, TABLE_PLAIN);
    enum status status = postgres_run(db, err);
    if (status != STATUS_OK)
        return status;
    const struct conversation *row = rows_find(&conversations, &conversation_id);
    const struct case_record *record = NULL;
    if (row != NULL && !uuid_is_nil(row->case_id)) {
        rows_init(&cases, &store_cases, arena);
        rows_want(&cases, &row->case_id);
        table_queue_load(db, &cases, TABLE_PLAIN);
        status = postgres_run(db, err);
        if (status != STATUS_OK)
            return status;
        record = rows_find(&cases, &row->case_id);
    }
    *ret_row = row == NULL ? (struct conversation){.conversation_id = conversation_id} : *row;
    *ret_ended_at_us = case_state_ended_at_us(record);
    return STATUS_OK;
}

enum status store_read_subject(struct postgres *db, struct uuid subject_id, struct arena *arena,
                               struct subject *ret_row, struct error *err)
{
    struct rows subjects;
    rows_init(&subjects, &store_subjects, arena);
    rows_want(&subjects, &subject_id);
    table_queue_load(db, &subjects, TABLE_PLAIN);
    enum status status = postgres_run(db, err);
    if (status != STATUS_OK)
        return status;
    const struct subject *row = rows_find(&subjects, &subject_id);
    *ret_row = row == NULL ? (struct subject){.subject_id = subject_id} : *row;
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
