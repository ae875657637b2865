/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/ledger.h"

#include <stdio.h>
#include <string.h>

/* A new row numbers its outputs from the time in µs, so that a ledger made anew never repeats a number.
 * `owner` is compared before it is overwritten: `takings` counts other processes only. */
static const char take_sql[] =
    "INSERT INTO ledger AS l (lane, epoch, batch, owner, takings, out_seq)"
    " SELECT lane, 1, 0, $2, 1, (extract(epoch FROM clock_timestamp()) * 1000000)::int8"
    " FROM unnest($1::int4[]) AS lane ORDER BY lane"
    " ON CONFLICT (lane) DO UPDATE SET epoch = l.epoch + 1,"
    " takings = l.takings + (l.owner IS DISTINCT FROM excluded.owner)::int4, owner = excluded.owner"
    " RETURNING lane, epoch, batch, out_seq, takings, suspect, offsets::text, seen::text, pending";

/* jsonb || keeps the topics that only another version of the service reads. */
static const char fence_sql[] =
    "UPDATE ledger AS l SET batch = l.batch + 1, offsets = l.offsets || b.offsets::jsonb,"
    " seen = l.seen || b.seen::jsonb, out_seq = b.out_seq, pending = b.pending, takings = 0, suspect = NULL,"
    " updated_at = clock_timestamp()"
    " FROM unnest($1::int4[], $2::int8[], $3::int8[], $4::text[], $5::text[], $6::int8[], $7::bytea[])"
    " AS b (lane, epoch, batch, offsets, seen, out_seq, pending)"
    " WHERE l.lane = b.lane AND l.epoch = b.epoch AND l.batch = b.batch RETURNING l.lane, l.updated_at";

static const char suspect_sql[] =
    "UPDATE ledger SET suspect = $4 WHERE lane = $1 AND epoch = $2 AND batch = $3"
    " RETURNING lane";

static const char release_sql[] = "UPDATE ledger AS l SET takings = 0, suspect = NULL FROM "
                                  "unnest($1::int4[], $2::int8[]) AS b (lane, epoch)"
                                  " WHERE l.lane = b.lane AND l.epoch = b.epoch";

static const char count_write_sql[] = "INSERT INTO lanes (count) VALUES ($1) ON CONFLICT DO NOTHING";
static const char count_read_sql[] = "SELECT count FROM lanes";

struct take {
    struct uuid owner;
    struct arena *arena;
    struct ledger_row *rows;
    size_t count;
};

static void read_suspect(struct ledger_row *row, struct text suspect, struct uuid owner)
{
    struct text rest = suspect;
    struct text writer = text_cut(&rest, ' ');
    struct uuid by;
    row->is_suspect_foreign = uuid_parse(writer, &by) && !uuid_equal(by, owner);
    row->suspect = rest;
}

static enum status on_taken(void *context, const PGresult *result, struct error *err)
{
    struct take *take = context;
    take->count = (size_t)PQntuples(result);
    take->rows = arena_alloc_array(take->arena, take->count + 1, sizeof *take->rows);
    if (take->rows == NULL)
        return fail(err, STATUS_FATAL, "out of memory while taking lanes");
    for (int i = 0; i < (int)take->count; i++) {
        struct ledger_row *row = &take->rows[i];
        row->lane = result_int4(result, i, 0);
        row->epoch = result_int8(result, i, 1);
        row->batch = result_int8(result, i, 2);
        row->out_seq = result_int8(result, i, 3);
        row->takings = result_int4(result, i, 4);
        if (!result_is_null(result, i, 5))
            read_suspect(row, result_text(result, i, 5, take->arena), take->owner);
        row->offsets = result_text(result, i, 6, take->arena);
        row->seen = result_text(result, i, 7, take->arena);
        row->pending = result_text(result, i, 8, take->arena);
        if (row->offsets.at == NULL || row->seen.at == NULL ||
            (row->pending.at == NULL && !result_is_null(result, i, 8)))
            return fail(err, STATUS_FATAL, "out of memory while taking lane %d", (int)row->lane);
    }
    return STATUS_OK;
}

enum status ledger_take(struct postgres *db, struct uuid owner, const int32_t *lanes, size_t count,
                        struct arena *arena, struct ledger_row **ret_rows, size_t *ret_count,
                        struct error *err)
{
    struct take take = {.owner = owner, .arena = arena};
    struct postgres_params params;
    params_init(&params, arena);
    params_add_int4_array(&params, lanes, sizeof *lanes, count);
    params_add_uuid(&params, owner);
    postgres_queue(db, take_sql, &params, on_taken, &take);
    enum status status = postgres_run(db, err);
    if (status != STATUS_OK)
        return status;
    *ret_rows = take.rows;
    *ret_count = take.count;
    return STATUS_OK;
}

static enum status on_fenced(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    struct ledger_fence *fence = context;
    for (size_t i = 0; i < fence->count; i++)
        fence->entries[i].is_fenced_off = true;
    for (int row = 0; row < PQntuples(result); row++) {
        int32_t lane = result_int4(result, row, 0);
        fence->clock_us = result_time(result, row, 1);
        for (size_t i = 0; i < fence->count; i++)
            if (fence->entries[i].lane->number == lane)
                fence->entries[i].is_fenced_off = false;
    }
    return STATUS_OK;
}

/* One fence row, laid out for the array parameters. */
struct fence_row {
    int32_t lane;
    int64_t epoch, batch, out_seq;
    struct text offsets, seen, pending;
};

void ledger_queue_fence(struct postgres *db, struct ledger_fence *fence, const char *const *topics,
                        struct arena *arena)
{
    struct postgres_params params;
    params_init(&params, arena);
    struct fence_row *rows = arena_alloc_array(arena, fence->count + 1, sizeof *rows);
    size_t count = rows == NULL ? 0 : fence->count;
    if (rows == NULL)
        params.is_overflown = true;
    for (size_t i = 0; i < count; i++) {
        const struct ledger_entry *entry = &fence->entries[i];
        rows[i] = (struct fence_row){.lane = entry->lane->number,
                                     .epoch = entry->lane->epoch,
                                     .batch = entry->lane->batch,
                                     .out_seq = entry->cursor.out_seq,
                                     .offsets = cursor_offsets_json(&entry->cursor, topics, arena),
                                     .seen = cursor_seen_json(&entry->cursor, topics, arena),
                                     .pending = entry->pending};
        if (rows[i].offsets.at == NULL || rows[i].seen.at == NULL)
            params.is_overflown = true;
    }
    params_add_int4_array(&params, &rows->lane, sizeof *rows, count);
    params_add_int8_array(&params, &rows->epoch, sizeof *rows, count);
    params_add_int8_array(&params, &rows->batch, sizeof *rows, count);
    params_add_text_array(&params, &rows->offsets, sizeof *rows, count);
    params_add_text_array(&params, &rows->seen, sizeof *rows, count);
    params_add_int8_array(&params, &rows->out_seq, sizeof *rows, count);
    params_add_bytea_array(&params, &rows->pending, sizeof *rows, count);
    postgres_queue(db, fence_sql, &params, on_fenced, fence);
}

static enum status on_suspect(void *context, const PGresult *result, struct error *err)
{
    const struct lane_state *lane = context;
    if (PQntuples(result) == 1)
        return STATUS_OK;
    return fail(err, STATUS_TRANSIENT, "lane %d has another owner", (int)lane->number);
}

enum status ledger_write_suspect(struct postgres *db, struct uuid owner, const struct lane_state *lane,
                                 const char *suspect, struct arena *arena, struct error *err)
{
    char writer[UUID_TEXT_LEN + 1];
    struct postgres_params params;
    params_init(&params, arena);
    params_add_int4(&params, lane->number);
    params_add_int8(&params, lane->epoch);
    params_add_int8(&params, lane->batch);
    params_add_text(&params, text_print(arena, "%s %s", uuid_format(owner, writer), suspect));
    postgres_queue(db, suspect_sql, &params, on_suspect, (void *)lane);
    return postgres_run(db, err);
}

void ledger_release(struct postgres *db, struct lane_state *const *lanes, size_t count, struct arena *arena)
{
    struct released {
        int32_t lane;
        int64_t epoch;
    } *rows = arena_alloc_array(arena, count + 1, sizeof *rows);
    if (rows == NULL || count == 0 || !postgres_is_connected(db))
        return;
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct released){lanes[i]->number, lanes[i]->epoch};
    struct postgres_params params;
    params_init(&params, arena);
    params_add_int4_array(&params, &rows->lane, sizeof *rows, count);
    params_add_int8_array(&params, &rows->epoch, sizeof *rows, count);
    postgres_queue(db, release_sql, &params, NULL, NULL);
    struct error ignored;
    if (postgres_run(db, &ignored) != STATUS_OK)
        return; /* the next owner counts a taking too many: it tries records one by one for a while */
}

static enum status on_count(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    *(int32_t *)context = PQntuples(result) == 1 ? result_int4(result, 0, 0) : 0;
    return STATUS_OK;
}

enum status ledger_check_lane_count(struct postgres *db, int32_t count, struct arena *arena,
                                    struct error *err)
{
    int32_t agreed = 0;
    struct postgres_params params;
    params_init(&params, arena);
    params_add_int4(&params, count);
    postgres_queue(db, count_write_sql, &params, NULL, NULL);
    postgres_queue(db, count_read_sql, NULL, on_count, &agreed);
    enum status status = postgres_run(db, err);
    if (status != STATUS_OK || agreed == count)
        return status;
    return fail(
        err, STATUS_FATAL,
        "the topics have %d partitions, but this schema was made for %d lanes: drain the service before the "
        "number is changed (table lanes)",
        (int)count, (int)agreed);
}

static const char measure_sql[] = "SELECT (SELECT count(*) FROM (SELECT FROM deadline WHERE state = 'armed' "
                                  "AND lane = ANY ($1) LIMIT 100000) AS d),"
                                  " (SELECT count(*) FROM deadline WHERE state = 'armed' AND lane = ANY ($1)"
                                  " AND due_at < clock_timestamp() - interval '1 second'),"
                                  " pg_total_relation_size('ledger'), (SELECT "
                                  "coalesce(max(age(backend_xmin)), 0)::int8 FROM pg_stat_activity)";

static enum status on_measure(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    *(struct ledger_measure *)context =
        (struct ledger_measure){result_int8(result, 0, 0), result_int8(result, 0, 1),
                                result_int8(result, 0, 2), result_int8(result, 0, 3)};
    return STATUS_OK;
}

enum status ledger_measure(struct postgres *db, const int32_t *lanes, size_t count, struct arena *arena,
                           struct ledger_measure *ret_measure, struct error *err)
{
    struct postgres_params params;
    params_init(&params, arena);
    params_add_int4_array(&params, lanes, sizeof *lanes, count);
    postgres_queue(db, measure_sql, &params, on_measure, ret_measure);
    return postgres_run(db, err);
}

enum status ledger_vacuum(struct postgres *db, struct error *err)
{
    postgres_queue_once(db, "VACUUM (TRUNCATE false, SKIP_LOCKED) ledger");
    return postgres_run(db, err);
}
