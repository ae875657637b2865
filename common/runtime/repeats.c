/* SPDX-License-Identifier: Apache-2.0 */
#include "runtime/repeats.h"

#include "runtime/secret.h"

#include <stdlib.h>

#define DIGEST_LEN ((size_t)16)

static const char insert_sql[] = "INSERT INTO repeats (source, id, digest) SELECT source, id, digest"
                                 " FROM unnest($1::text[], $2::text[], $3::bytea[]) AS w (source, id, digest)"
                                 " ON CONFLICT DO NOTHING RETURNING source, id";

static const char ask_sql[] = "SELECT coalesce(digest = $3, true) FROM repeats WHERE source = $1 AND id = $2";

static const char forget_sql[] =
    "WITH old AS (SELECT ctid FROM repeats WHERE seen_at < clock_timestamp() - $1 * interval '1 microsecond' "
    "LIMIT $2)"
    " DELETE FROM repeats WHERE ctid = ANY (ARRAY (SELECT ctid FROM old)) RETURNING 1";

/* Absent when the arena is full. */
static struct text digest_of(struct text value, struct arena *arena)
{
    unsigned char whole[SECRET_SHA256_LEN];
    secret_sha256(value, whole);
    return text_copy(arena, text_make((const char *)whole, DIGEST_LEN));
}

static int compare(const void *left, const void *right)
{
    const struct repeat *a = *(struct repeat *const *)left;
    const struct repeat *b = *(struct repeat *const *)right;
    int order = text_compare(a->source, b->source);
    if (order == 0)
        order = text_compare(a->id, b->id);
    if (order != 0)
        return order;
    return a < b ? -1 : 1; /* equal ones stay in the batch's order: the first is the new one */
}

static bool is_same(const struct repeat *a, const struct repeat *b)
{
    return text_equal(a->source, b->source) && text_equal(a->id, b->id);
}

struct sorted {
    struct repeat **order;
    size_t count;
};

static enum status on_inserted(void *context, const PGresult *result, struct error *err)
{
    const struct sorted *sorted = context;
    struct repeat key;
    for (int row = 0; row < PQntuples(result); row++) {
        key.source = text_make(PQgetvalue(result, row, 0), (size_t)PQgetlength(result, row, 0));
        key.id = text_make(PQgetvalue(result, row, 1), (size_t)PQgetlength(result, row, 1));
        size_t low = 0, high = sorted->count;
        while (low < high) {
            size_t middle = (low + high) / 2;
            int order = text_compare(sorted->order[middle]->source, key.source);
            if (order == 0)
                order = text_compare(sorted->order[middle]->id, key.id);
            if (order < 0)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == sorted->count || !is_same(sorted->order[low], &key))
            return fail(err, STATUS_FATAL, "repeats: Postgres inserted a row that was not asked for");
        sorted->order[low]->is_new = true;
    }
    return STATUS_OK;
}

void repeats_queue(struct postgres *db, struct repeats *repeats, struct arena *arena)
{
    if (repeats->count == 0)
        return;
    struct sorted *sorted = arena_alloc(arena, sizeof *sorted);
    struct repeat *distinct = arena_alloc_array(arena, repeats->count, sizeof *distinct);
    struct repeat **order = arena_alloc_array(arena, repeats->count, sizeof(struct repeat *));
    struct text *digests = arena_alloc_array(arena, repeats->count, sizeof *digests);
    if (sorted == NULL || distinct == NULL || order == NULL || digests == NULL)
        return; /* the arena says so to the loop */
    for (size_t i = 0; i < repeats->count; i++) {
        repeats->items[i].is_new = false;
        order[i] = &repeats->items[i];
    }
    qsort(order, repeats->count, sizeof(struct repeat *), compare);
    size_t count = 0;
    for (size_t i = 0; i < repeats->count; i++)
        if (i == 0 || !is_same(order[i], order[i - 1])) {
            digests[count] = digest_of(order[i]->value, arena);
            distinct[count++] = *order[i];
        }
    *sorted = (struct sorted){order, repeats->count};

    struct postgres_params params;
    params_init(&params, arena);
    params_add_text_array(&params, &distinct->source, sizeof *distinct, count);
    params_add_text_array(&params, &distinct->id, sizeof *distinct, count);
    params_add_bytea_array(&params, digests, sizeof *digests, count);
    postgres_queue(db, insert_sql, &params, on_inserted, sorted);
}

static enum status on_asked(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    if (PQntuples(result) == 1)
        *(enum repeat_known *)context = result_bool(result, 0, 0) ? REPEAT_SAME : REPEAT_OTHER;
    return STATUS_OK;
}

enum status repeats_ask(struct postgres *db, const struct repeat *repeat, struct arena *arena,
                        enum repeat_known *ret_known, struct error *err)
{
    enum repeat_known known = REPEAT_UNKNOWN;
    struct postgres_params params;
    params_init(&params, arena);
    params_add_text(&params, repeat->source);
    params_add_text(&params, repeat->id);
    params_add_bytea(&params, digest_of(repeat->value, arena));
    postgres_queue(db, ask_sql, &params, on_asked, &known);
    enum status status = postgres_run(db, err);
    if (status == STATUS_OK)
        *ret_known = known;
    return status;
}

static enum status on_forgotten(void *context, const PGresult *result, struct error *err)
{
    (void)err;
    *(int64_t *)context = PQntuples(result);
    return STATUS_OK;
}

enum status repeats_forget(struct postgres *db, int64_t keep_us, int32_t most, struct arena *arena,
                           int64_t *ret_deleted, struct error *err)
{
    struct postgres_params params;
    params_init(&params, arena);
    params_add_int8(&params, keep_us);
    params_add_int4(&params, most);
    postgres_queue(db, forget_sql, &params, on_forgotten, ret_deleted);
    return postgres_run(db, err);
}
