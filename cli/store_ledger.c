/* SPDX-License-Identifier: Apache-2.0 */
#include "store_ledger.h"

#include <string.h>

/* A worker's connection bears the service's name. */
#define IS_LIVE                                                                                              \
    "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1"      \
    " AND pid <> pg_backend_pid())"

static const char read_sql[] = "SELECT lane, owner, epoch, batch, out_seq, takings, suspect, offsets::text, "
                               "coalesce(octet_length(pending), 0)::int8,"
                               " updated_at FROM ledger ORDER BY lane";

static const char about_sql[] = "SELECT coalesce((SELECT count FROM lanes), 0)::int4, " IS_LIVE;

static const char offset_sql[] =
    "UPDATE ledger SET epoch = epoch + 1, offsets = offsets || jsonb_build_object($3::text, $4::int8), "
    "takings = 0,"
    " suspect = NULL, updated_at = clock_timestamp() WHERE lane = $2 AND NOT " IS_LIVE " RETURNING lane";

static const char renumber_sql[] =
    "UPDATE ledger SET epoch = epoch + 1, out_seq = greatest(out_seq, (extract(epoch FROM clock_timestamp()) "
    "*"
    " 1000000)::int8), updated_at = clock_timestamp() WHERE NOT " IS_LIVE " RETURNING lane";

struct reading {
    struct arena *arena;
    struct ledger_survey survey;
};

static enum status on_rows(void *context, const PGresult *result, struct error *err)
{
    struct reading *reading = context;
    struct ledger_survey *survey = &reading->survey;
    struct arena *arena = reading->arena;
    survey->count = (size_t)PQntuples(result);
    survey->rows = arena_alloc_array(arena, survey->count + 1, sizeof *survey->rows);
    if (survey->rows == NULL)
        return fail(err, STATUS_FATAL, "out of memory");
    for (int row = 0; row < (int)survey->count; row++)
        survey->rows[row] = (struct ledger_view){
            .lane = result_int4(result, row, 0),
            .owner = result_uuid(result, row, 1),
            .epoch = result_int8(result, row, 2),
            .batch = result_int8(result, row, 3),
            .out_seq = result_int8(result, row, 4),
            .takings = result_int4(result, row, 5),
            .suspect = result_text(result, row, 6, arena),
            .offsets = result_text(result, row, 7, arena),
            .pending_bytes = result_int8(result, row, 8),
            .updated_at_us = result_time(result, row, 9),
        };
    return arena->is_exhausted ? fail(err, STATUS_FATAL, "out of memory") : STATUS_OK;
}

static enum status on_about(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    struct ledger_survey *survey = context;
    survey->lane_count = result_int4(result, 0, 0);
    survey->is_live = result_bool(result, 0, 1);
    return STATUS_OK;
}

/* A schema that is missing, or that the role may not use, leaves the search path empty, so that the table is
 * what is missed. */
static enum status explain(struct postgres *db, const char *service, enum status status, struct error *err)
{
    if (status != STATUS_OK && strcmp(postgres_sqlstate(db), "42P01") == 0)
        return fail(err, STATUS_FATAL,
                    "schema %s: is not there, has no ledger (aftercare migrate), or is closed to this role",
                    service);
    return status == STATUS_OK ? status : fail_within(err, status, "schema %s", service);
}

enum status store_ledger_read(struct postgres *db, const char *service, struct arena *arena,
                              struct ledger_survey *ret_survey, struct error *err)
{
    struct reading reading = {.arena = arena};
    struct postgres_params params;
    params_init(&params, arena);
    params_add_text(&params, text_of(service));
    postgres_queue(db, read_sql, NULL, on_rows, &reading);
    postgres_queue(db, about_sql, &params, on_about, &reading.survey);
    enum status status = explain(db, service, postgres_run(db, err), err);
    if (status == STATUS_OK)
        *ret_survey = reading.survey;
    return status;
}

static enum status on_changed(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    *(int32_t *)context = PQntuples(result);
    return STATUS_OK;
}

/* Runs the change that is queued; says why when it changed nothing. */
static enum status change(struct postgres *db, const char *service, int32_t *changed, struct arena *arena,
                          struct error *err)
{
    struct ledger_survey survey = {.is_live = false};
    struct postgres_params params;
    params_init(&params, arena);
    params_add_text(&params, text_of(service));
    postgres_queue(db, about_sql, &params, on_about, &survey);
    enum status status = explain(db, service, postgres_run(db, err), err);
    if (status != STATUS_OK || *changed > 0)
        return status;
    if (survey.is_live)
        return fail(err, STATUS_REFUSED, "%s: its workers are connected to the database: stop them first",
                    service);
    return fail(err, STATUS_INVALID, "%s: has no such lane in its ledger", service);
}

enum status store_ledger_set_offset(struct postgres *db, const char *service, int32_t lane, const char *topic,
                                    int64_t offset, struct arena *arena, struct error *err)
{
    int32_t changed = 0;
    struct postgres_params params;
    params_init(&params, arena);
    params_add_text(&params, text_of(service));
    params_add_int4(&params, lane);
    params_add_text(&params, text_of(topic));
    params_add_int8(&params, offset);
    postgres_queue(db, offset_sql, &params, on_changed, &changed);
    return change(db, service, &changed, arena, err);
}

enum status store_ledger_renumber(struct postgres *db, const char *service, struct arena *arena,
                                  int32_t *ret_count, struct error *err)
{
    int32_t changed = 0;
    struct postgres_params params;
    params_init(&params, arena);
    params_add_text(&params, text_of(service));
    postgres_queue(db, renumber_sql, &params, on_changed, &changed);
    enum status status = change(db, service, &changed, arena, err);
    if (status == STATUS_OK)
        *ret_count = changed;
    return status;
}
