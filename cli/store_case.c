/* SPDX-License-Identifier: Apache-2.0 */
#include "store_case.h"

#include <string.h>

static const char record_sql[] =
    "SELECT json_strip_nulls(row_to_json(c))::text FROM case_record c WHERE c.case_id = $1";

static const char lines_sql[] =
    "SELECT happened_at, service, fact, sentence_zh, sentence_en, words FROM timeline"
    " WHERE case_id = $1 ORDER BY happened_at, source, lane, n";

struct reading {
    struct arena *arena;
    struct case_story story;
};

static enum status on_record(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    struct reading *reading = context;
    if (PQntuples(result) == 1)
        reading->story.record = result_text(result, 0, 0, reading->arena);
    return STATUS_OK;
}

static enum status on_lines(void *context, const PGresult *result, struct error *err)
{
    struct reading *reading = context;
    struct case_story *story = &reading->story;
    story->count = (size_t)PQntuples(result);
    story->lines = arena_alloc_array(reading->arena, story->count + 1, sizeof *story->lines);
    if (story->lines == NULL)
        return fail(err, STATUS_FATAL, "the case's timeline is too long");
    for (int row = 0; row < (int)story->count; row++)
        story->lines[row] = (struct case_line){
            .happened_at_us = result_time(result, row, 0),
            .service = result_text(result, row, 1, reading->arena),
            .fact = result_text(result, row, 2, reading->arena),
            .sentence_zh = result_text(result, row, 3, reading->arena),
            .sentence_en = result_text(result, row, 4, reading->arena),
            .words = result_text(result, row, 5, reading->arena),
        };
    return STATUS_OK;
}

enum status store_case_read(struct postgres *db, struct uuid case_id, struct arena *arena,
                            struct case_story *ret_story, struct error *err)
{
    struct reading reading = {.arena = arena};
    struct postgres_params params;
    params_init(&params, arena);
    params_add_uuid(&params, case_id);
    postgres_queue(db, record_sql, &params, on_record, &reading);
    postgres_queue(db, lines_sql, &params, on_lines, &reading);
    enum status status = postgres_run(db, err);
    if (status != STATUS_OK && strcmp(postgres_sqlstate(db), "42P01") == 0)
        return fail(
            err, STATUS_FATAL,
            "schema intake: is not there, has no tables (aftercare migrate intake), or is closed to this "
            "role");
    if (status != STATUS_OK)
        return status;
    if (arena->is_exhausted)
        return fail(err, STATUS_FATAL, "the case's timeline is too long");
    *ret_story = reading.story;
    return STATUS_OK;
}
