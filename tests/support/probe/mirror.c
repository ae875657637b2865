/* SPDX-License-Identifier: Apache-2.0 */
/* Reads probe's facts and writes each one down: what a reader by the rules sees. */
#include "probe.pb-c.h"
#include "runtime/service.h"
#include "runtime/table.h"

struct mirrored {
    int32_t lane;
    int64_t n;
    struct text id;
    int64_t total;
};

static const struct column columns[] = {
    COLUMN(struct mirrored, lane, COLUMN_INT4),
    COLUMN(struct mirrored, n, COLUMN_INT8),
    COLUMN(struct mirrored, id, COLUMN_TEXT),
    COLUMN(struct mirrored, total, COLUMN_INT8),
};
static const struct table table = TABLE("mirrored", struct mirrored, columns, 2);

static enum status load(const struct batch *batch, void **ret_work, struct error *err)
{
    struct rows *rows = arena_alloc(batch->arena, sizeof *rows);
    if (rows == NULL)
        return fail(err, STATUS_TRANSIENT, "out of memory");
    /* Locked: a row that is there already fails the batch, so a repeat cannot hide. */
    rows_init(rows, &table, batch->arena);
    int32_t none = -1;
    rows_want(rows, &none);
    table_queue_load(batch->db, rows, TABLE_FOR_UPDATE);
    *ret_work = rows;
    return postgres_run(batch->db, err);
}

static enum status save(void *rows, const struct batch *batch, struct error *err)
{
    (void)err;
    table_queue_save(batch->db, rows);
    return STATUS_OK;
}

static enum status write_down(struct rows *rows, const struct event *event, struct text id, int64_t total,
                              struct error *err)
{
    struct mirrored key = {.lane = event->envelope->seq.lane, .n = event->envelope->seq.n};
    struct mirrored *row = rows_get_row(rows, &key);
    if (row == NULL)
        return fail(err, STATUS_TRANSIENT, "out of memory");
    if (row->id.at != NULL)
        return fail(err, STATUS_FATAL, "number %lld was applied twice", (long long)key.n);
    row->id = id;
    row->total = total;
    rows_touch(rows, row);
    return STATUS_OK;
}

static enum status on_counted(void *rows, const struct event *event, struct outbox *outbox, struct error *err)
{
    const Aftercare__Probe__V1__Counted *counted = event->fact;
    return write_down(rows, event, text_copy(outbox_arena(outbox), text_of(counted->id)), counted->total,
                      err);
}

static enum status on_other(void *rows, const struct event *event, struct outbox *outbox, struct error *err)
{
    (void)outbox;
    return write_down(rows, event, TEXT("-"), 0, err);
}

static const struct route facts[] = {
    {"Counted", NULL, on_counted}, {"Rang", NULL, on_other}, {"Padded", NULL, on_other}, {NULL, NULL, NULL}};
static const struct input inputs[] = {
    {"aftercare.probe.v1", &aftercare__probe__v1__probe_fact__descriptor, facts}, {NULL, NULL, NULL}};

static const struct service service = {.name = "mirror",
                                       .fact = &aftercare__probe__v1__mirror_fact__descriptor,
                                       .inputs = inputs,
                                       .schema_version = 1,
                                       .load = load,
                                       .save = save};

int main(int argc, char **argv)
{
    return service_main(&service, argc, argv);
}
