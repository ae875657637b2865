/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/deadline.h"

#include <string.h>

static const char guard_sql[] =
    "SELECT w.position, d.due_at FROM unnest($1::int4[], $2::uuid[], $3::text[], $4::int8[], $5::int4[])"
    " AS w (position, subject_id, kind, generation, lane)"
    " JOIN deadline AS d USING (subject_id, kind, generation, lane) WHERE d.state = 'armed'";

/* The generation is checked again although the guard has run: a row that another statement of this batch has
 * moved on must not be called fired. */
static const char done_sql[] = "UPDATE deadline AS d SET state = w.state, done_at = clock_timestamp()"
                               " FROM unnest($1::int4[], $2::uuid[], $3::text[], $4::int8[], $5::text[])"
                               " AS w (position, subject_id, kind, generation, state)"
                               " WHERE d.subject_id = w.subject_id AND d.kind = w.kind AND d.generation = "
                               "w.generation AND d.state = 'armed'"
                               " RETURNING w.position, d.generation";

static const char cancel_sql[] =
    "UPDATE deadline AS d SET state = 'cancelled', done_at = clock_timestamp()"
    " FROM unnest($1::int4[], $2::uuid[], $3::text[]) AS w (position, subject_id, kind)"
    " WHERE d.subject_id = w.subject_id AND d.kind = w.kind AND d.state = 'armed'"
    " RETURNING w.position, d.generation";

static const char arm_sql[] =
    "INSERT INTO deadline AS d (subject_id, kind, lane, generation, due_at, state)"
    " SELECT subject_id, kind, lane, 1, due_at, 'armed'"
    " FROM unnest($1::uuid[], $2::text[], $3::int4[], $4::timestamptz[]) AS w (subject_id, kind, lane, "
    "due_at)"
    " ON CONFLICT (subject_id, kind) DO UPDATE SET lane = excluded.lane, generation = d.generation + 1,"
    " due_at = excluded.due_at, state = 'armed', armed_at = clock_timestamp(), done_at = NULL"
    " RETURNING subject_id, kind, generation";

static const char find_sql[] =
    "SELECT lane, subject_id, kind, generation, due_at, clock_timestamp() FROM deadline"
    " WHERE state = 'armed' AND lane = ANY ($1::int4[]) AND due_at <= clock_timestamp() + $2 * interval '1 "
    "microsecond'"
    " AND kind = ANY ($3::text[]) ORDER BY due_at LIMIT $4";

struct guard_row {
    int32_t position, lane;
    struct uuid subject_id;
    struct text kind;
    int64_t generation;
};

static enum status on_guard(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    struct deadline_guard *guard = context;
    for (int row = 0; row < PQntuples(result); row++) {
        int32_t position = result_int4(result, row, 0);
        struct deadline_candidate *candidate = &guard->candidates[position];
        candidate->due.due_at_us = result_time(result, row, 1);
        guard->verdicts[position] =
            candidate->due.due_at_us <= guard->now_us ? DEADLINE_DUE : DEADLINE_NOT_YET;
    }
    return STATUS_OK;
}

void deadline_queue_guard(struct postgres *db, struct deadline_guard *guard, struct arena *arena)
{
    struct postgres_params params;
    params_init(&params, arena);
    struct guard_row *rows = arena_alloc_array(arena, guard->count + 1, sizeof *rows);
    guard->verdicts = arena_alloc_array(arena, guard->count + 1, sizeof *guard->verdicts);
    if (rows == NULL || guard->verdicts == NULL)
        guard->count = 0; /* the arena says so to the loop */
    for (size_t i = 0; i < guard->count; i++) {
        const struct deadline_candidate *candidate = &guard->candidates[i];
        rows[i] = (struct guard_row){(int32_t)i, candidate->lane, candidate->due.subject_id,
                                     text_of(candidate->due.kind), candidate->due.generation};
        guard->verdicts[i] = DEADLINE_STALE;
    }
    if (guard->count == 0)
        return;
    params_add_int4_array(&params, &rows->position, sizeof *rows, guard->count);
    params_add_uuid_array(&params, &rows->subject_id, sizeof *rows, guard->count);
    params_add_text_array(&params, &rows->kind, sizeof *rows, guard->count);
    params_add_int8_array(&params, &rows->generation, sizeof *rows, guard->count);
    params_add_int4_array(&params, &rows->lane, sizeof *rows, guard->count);
    postgres_queue(db, guard_sql, &params, on_guard, guard);
}

/* The changes of one statement, laid out for array parameters. */
struct change_row {
    int32_t position, lane;
    struct uuid subject_id;
    struct text kind, state;
    int64_t generation, due_at_us;
};

static size_t gather(const struct deadline_changes *changes, bool (*wanted)(enum deadline_change_kind),
                     struct change_row *rows)
{
    size_t count = 0;
    for (size_t i = 0; i < changes->count; i++) {
        const struct deadline_change *change = &changes->changes[i];
        if (!wanted(change->what))
            continue;
        rows[count++] = (struct change_row){(int32_t)i,
                                            change->lane,
                                            change->subject_id,
                                            text_of(change->kind),
                                            change->what == DEADLINE_FIRED ? TEXT("fired") : TEXT("failed"),
                                            change->generation,
                                            change->due_at_us};
    }
    return count;
}

static bool is_done(enum deadline_change_kind what)
{
    return what == DEADLINE_FIRED || what == DEADLINE_FAILED;
}

static bool is_cancel(enum deadline_change_kind what)
{
    return what == DEADLINE_CANCEL;
}

static bool is_arm(enum deadline_change_kind what)
{
    return what == DEADLINE_ARM;
}

static enum status on_changed(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    struct deadline_changes *changes = context;
    for (int row = 0; row < PQntuples(result); row++) {
        struct deadline_change *change = &changes->changes[result_int4(result, row, 0)];
        change->generation = result_int8(result, row, 1);
        change->is_applied = true;
    }
    return STATUS_OK;
}

/* INSERT … RETURNING tells no position: the rows come back in some order and are found by what they are. */
static enum status on_armed(void *context, const PGresult *result, struct error *err)
{
    struct deadline_changes *changes = context;
    size_t from = 0;
    for (int row = 0; row < PQntuples(result); row++) {
        struct uuid subject_id = result_uuid(result, row, 0);
        struct text kind = text_make(PQgetvalue(result, row, 1), (size_t)PQgetlength(result, row, 1));
        bool is_found = false;
        for (size_t i = 0; i < changes->count && !is_found; i++) {
            struct deadline_change *change = &changes->changes[(from + i) % changes->count];
            is_found = change->what == DEADLINE_ARM && uuid_equal(change->subject_id, subject_id) &&
                       text_equal_string(kind, change->kind);
            if (is_found) {
                change->generation = result_int8(result, row, 2);
                change->is_applied = true;
                from = (from + i + 1) %
                       changes->count; /* they come back in order: the next search ends at once */
            }
        }
        if (!is_found)
            return fail(err, STATUS_FATAL, "deadline: Postgres armed a row that was not asked for");
    }
    return STATUS_OK;
}

static void queue_done(struct postgres *db, struct deadline_changes *changes, struct change_row *rows,
                       struct arena *arena)
{
    size_t count = gather(changes, is_done, rows);
    if (count == 0)
        return;
    struct postgres_params params;
    params_init(&params, arena);
    params_add_int4_array(&params, &rows->position, sizeof *rows, count);
    params_add_uuid_array(&params, &rows->subject_id, sizeof *rows, count);
    params_add_text_array(&params, &rows->kind, sizeof *rows, count);
    params_add_int8_array(&params, &rows->generation, sizeof *rows, count);
    params_add_text_array(&params, &rows->state, sizeof *rows, count);
    postgres_queue(db, done_sql, &params, on_changed, changes);
}

static void queue_cancelled(struct postgres *db, struct deadline_changes *changes, struct change_row *rows,
                            struct arena *arena)
{
    size_t count = gather(changes, is_cancel, rows);
    if (count == 0)
        return;
    struct postgres_params params;
    params_init(&params, arena);
    params_add_int4_array(&params, &rows->position, sizeof *rows, count);
    params_add_uuid_array(&params, &rows->subject_id, sizeof *rows, count);
    params_add_text_array(&params, &rows->kind, sizeof *rows, count);
    postgres_queue(db, cancel_sql, &params, on_changed, changes);
}

static void queue_armed(struct postgres *db, struct deadline_changes *changes, struct change_row *rows,
                        struct arena *arena)
{
    size_t count = gather(changes, is_arm, rows);
    if (count == 0)
        return;
    struct postgres_params params;
    params_init(&params, arena);
    params_add_uuid_array(&params, &rows->subject_id, sizeof *rows, count);
    params_add_text_array(&params, &rows->kind, sizeof *rows, count);
    params_add_int4_array(&params, &rows->lane, sizeof *rows, count);
    params_add_time_array(&params, &rows->due_at_us, sizeof *rows, count);
    postgres_queue(db, arm_sql, &params, on_armed, changes);
}

void deadline_queue_changes(struct postgres *db, struct deadline_changes *changes, struct arena *arena)
{
    if (changes->count == 0)
        return;
    struct change_row *rows = arena_alloc_array(arena, changes->count, sizeof *rows);
    if (rows == NULL)
        return; /* the arena says so to the loop */
    queue_done(db, changes, rows, arena);
    queue_cancelled(db, changes, rows, arena);
    queue_armed(db, changes, rows, arena);
}

struct find {
    const struct deadline_search *search;
    struct arena *arena;
    struct deadline_candidate *found;
    size_t count;
    int64_t now_us;
};

static enum status on_found(void *context, const PGresult *result, struct error *err)
{
    struct find *find = context;
    find->found = arena_alloc_array(find->arena, (size_t)PQntuples(result) + 1, sizeof *find->found);
    if (find->found == NULL)
        return fail(err, STATUS_TRANSIENT, "out of memory while looking for deadlines");
    for (int row = 0; row < PQntuples(result); row++) {
        struct deadline_candidate *found = &find->found[find->count];
        found->lane = result_int4(result, row, 0);
        found->due.subject_id = result_uuid(result, row, 1);
        struct text kind = text_make(PQgetvalue(result, row, 2), (size_t)PQgetlength(result, row, 2));
        for (size_t i = 0; i < find->search->kind_count; i++)
            if (text_equal(kind, find->search->kinds[i]))
                found->due.kind = find->search->kinds[i].at;
        found->due.generation = result_int8(result, row, 3);
        found->due.due_at_us = result_time(result, row, 4);
        find->now_us = result_time(result, row, 5);
        if (found->due.kind != NULL)
            find->count++;
    }
    return STATUS_OK;
}

enum status deadline_find(struct postgres *db, const struct deadline_search *search, struct arena *arena,
                          struct deadline_candidate **ret_found, size_t *ret_count, int64_t *ret_now_us,
                          struct error *err)
{
    struct find find = {.search = search, .arena = arena};
    struct postgres_params params;
    params_init(&params, arena);
    params_add_int4_array(&params, search->lanes, sizeof *search->lanes, search->lane_count);
    params_add_int8(&params, search->ahead_us);
    params_add_text_array(&params, search->kinds, sizeof *search->kinds, search->kind_count);
    params_add_int4(&params, search->most);
    postgres_queue(db, find_sql, &params, on_found, &find);
    enum status status = postgres_run(db, err);
    if (status != STATUS_OK)
        return status;
    *ret_found = find.found;
    *ret_count = find.count;
    *ret_now_us = find.now_us;
    return STATUS_OK;
}
