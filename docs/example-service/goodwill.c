/* SPDX-License-Identifier: Apache-2.0 */
/* goodwill: whoever was let down gets a voucher, once a case; it expires after thirty days. */
#include "core/time.h"
#include "goodwill.pb-c.h"
#include "runtime/service.h"
#include "runtime/table.h"
#include "survey.pb-c.h"

#define VOUCHER_MINOR   2000
#define VOUCHER_LIVE_US (30 * US_PER_DAY)

/* ---- what it keeps ---- */

struct voucher {
    struct uuid case_id;
    struct text customer_id;
    int64_t amount;
    bool is_expired;
};

static const struct column voucher_columns[] = {
    COLUMN(struct voucher, case_id, COLUMN_UUID),
    COLUMN(struct voucher, customer_id, COLUMN_TEXT),
    COLUMN(struct voucher, amount, COLUMN_INT8),
    COLUMN(struct voucher, is_expired, COLUMN_BOOL),
};
static const struct table vouchers = TABLE("voucher", struct voucher, voucher_columns, 1);

static enum status load(const struct batch *batch, void **ret_work, struct error *err)
{
    struct rows *rows = arena_alloc(batch->arena, sizeof *rows);
    if (rows == NULL)
        return fail(err, STATUS_TRANSIENT, "out of memory");
    rows_init(rows, &vouchers, batch->arena);
    for (size_t i = 0; i < batch->count; i++)
        rows_want(rows, &batch->events[i]->subject_id);
    table_queue_load(batch->db, rows, TABLE_PLAIN);
    *ret_work = rows;
    return postgres_run(batch->db, err);
}

static enum status save(void *rows, const struct batch *batch, struct error *err)
{
    (void)err;
    table_queue_save(batch->db, rows);
    return STATUS_OK;
}

/* ---- what it does ---- */

static enum status check_follow_up(const struct event *event, struct error *err)
{
    const Aftercare__Survey__V1__FollowUpRequested *follow_up = event->fact;
    if (uuid_is_nil(event->subject_id))
        return fail(err, STATUS_INVALID, "key: must be a case id");
    if (follow_up->customer_id[0] == '\0')
        return fail(err, STATUS_INVALID, "customer_id: must be given");
    return STATUS_OK;
}

static enum status on_follow_up_requested(void *rows, const struct event *event, struct outbox *outbox,
                                          struct error *err)
{
    const Aftercare__Survey__V1__FollowUpRequested *follow_up = event->fact;
    struct voucher *voucher = rows_get(rows, &event->subject_id);
    if (voucher == NULL)
        return fail(err, STATUS_TRANSIENT, "out of memory");
    if (voucher->amount > 0)
        return STATUS_OK; /* one a case */
    voucher->customer_id = text_copy(outbox_arena(outbox), text_of(follow_up->customer_id));
    voucher->amount = VOUCHER_MINOR;
    rows_touch(rows, voucher);
    Aftercare__Goodwill__V1__VoucherGranted granted = AFTERCARE__GOODWILL__V1__VOUCHER_GRANTED__INIT;
    granted.customer_id = follow_up->customer_id;
    granted.amount_minor = voucher->amount;
    outbox_state(outbox, voucher->case_id, &granted.base);
    outbox_arm(outbox, voucher->case_id, "expiry", event->now_us + VOUCHER_LIVE_US);
    return STATUS_OK;
}

static enum status on_expiry(void *rows, const struct event *event, struct outbox *outbox, struct error *err)
{
    struct voucher *voucher = rows_get(rows, &event->subject_id);
    if (voucher == NULL || voucher->amount == 0)
        return fail(err, STATUS_INVALID, "no voucher of that case");
    voucher->is_expired = true;
    rows_touch(rows, voucher);
    Aftercare__Goodwill__V1__VoucherExpired expired = AFTERCARE__GOODWILL__V1__VOUCHER_EXPIRED__INIT;
    expired.customer_id = text_string(outbox_arena(outbox), voucher->customer_id);
    outbox_state(outbox, voucher->case_id, &expired.base);
    return STATUS_OK;
}

/* ---- what it reads ---- */

static const struct route survey_routes[] = {{"FollowUpRequested", check_follow_up, on_follow_up_requested},
                                             {NULL, NULL, NULL}};
static const struct deadline_route deadlines[] = {{"expiry", on_expiry}, {NULL, NULL}};
static const struct input inputs[] = {
    {"aftercare.survey.v1", &aftercare__survey__v1__survey_fact__descriptor, survey_routes},
    {"aftercare.goodwill.inbox.v1", &aftercare__survey__v1__survey_fact__descriptor, survey_routes},
    {NULL, NULL, NULL},
};

static const struct service service = {.name = "goodwill",
                                       .fact = &aftercare__goodwill__v1__goodwill_fact__descriptor,
                                       .inputs = inputs,
                                       .deadlines = deadlines,
                                       .schema_version = 1,
                                       .load = load,
                                       .save = save};

int main(int argc, char **argv)
{
    return service_main(&service, argc, argv);
}
