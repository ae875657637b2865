/* SPDX-License-Identifier: Apache-2.0 */
/* A throw-away service for the tests of the loop: counts per key, and breaks in every way it is ordered to.
 */
#include "core/time.h"
#include "probe.pb-c.h"
#include "runtime/service.h"
#include "runtime/table.h"

#include <stdlib.h>
#include <string.h>

struct counter {
    struct uuid key;
    int64_t total, adds, rings;
};

static const struct column counter_columns[] = {
    COLUMN(struct counter, key, COLUMN_UUID),
    COLUMN(struct counter, total, COLUMN_INT8),
    COLUMN(struct counter, adds, COLUMN_INT8),
    COLUMN(struct counter, rings, COLUMN_INT8),
};
static const struct table counters = TABLE("counter", struct counter, counter_columns, 1);

struct work {
    struct rows counters;
};

static enum status load(const struct batch *batch, void **ret_work, struct error *err)
{
    struct work *work = arena_alloc(batch->arena, sizeof *work);
    if (work == NULL)
        return fail(err, STATUS_TRANSIENT, "out of memory");
    rows_init(&work->counters, &counters, batch->arena);
    for (size_t i = 0; i < batch->count; i++)
        rows_want(&work->counters, &batch->events[i]->subject_id);
    table_queue_load(batch->db, &work->counters, TABLE_PLAIN);
    *ret_work = work;
    return postgres_run(batch->db, err);
}

static enum status save(void *context, const struct batch *batch, struct error *err)
{
    (void)err;
    struct work *work = context;
    table_queue_save(batch->db, &work->counters);
    return STATUS_OK;
}

static enum status check_command(const struct event *event, struct error *err)
{
    const Aftercare__Probe__V1__ProbeCommand *command = event->fact;
    if (uuid_is_nil(event->subject_id))
        return fail(err, STATUS_INVALID, "key: must be a UUID");
    if (command->order == AFTERCARE__PROBE__V1__ORDER__ORDER_UNSPECIFIED)
        return fail(err, STATUS_INVALID, "order: must be given");
    return STATUS_OK;
}

static void state_padding(struct outbox *outbox, struct uuid key, size_t bytes)
{
    Aftercare__Probe__V1__Padded padded = AFTERCARE__PROBE__V1__PADDED__INIT;
    char *padding = arena_alloc(outbox_arena(outbox), bytes + 1);
    if (padding != NULL)
        memset(padding, 'x', bytes);
    padded.padding = padding == NULL ? (char *)"" : padding;
    outbox_state(outbox, key, &padded.base);
}

static void state_count(struct outbox *outbox, const struct event *event, const struct counter *counter)
{
    Aftercare__Probe__V1__Counted counted = AFTERCARE__PROBE__V1__COUNTED__INIT;
    counted.id = text_string(outbox_arena(outbox), event->envelope->id);
    counted.total = counter->total;
    outbox_state(outbox, counter->key, &counted.base);
}

static enum status on_command(void *context, const struct event *event, struct outbox *outbox,
                              struct error *err)
{
    struct work *work = context;
    const Aftercare__Probe__V1__ProbeCommand *command = event->fact;
    struct counter *counter = rows_get(&work->counters, &event->subject_id);
    if (counter == NULL)
        return fail(err, STATUS_TRANSIENT, "out of memory");
    switch (command->order) {
    case AFTERCARE__PROBE__V1__ORDER__ORDER_ADD:
        counter->total += command->amount;
        counter->adds++;
        rows_touch(&work->counters, counter);
        state_count(outbox, event, counter);
        return STATUS_OK;
    case AFTERCARE__PROBE__V1__ORDER__ORDER_REJECT:
        return fail(err, STATUS_INVALID, "order: REJECT, as ordered");
    case AFTERCARE__PROBE__V1__ORDER__ORDER_REFUSE:
        state_count(outbox, event, counter);
        return fail(err, STATUS_REFUSED, "order: REFUSE, as ordered");
    case AFTERCARE__PROBE__V1__ORDER__ORDER_LARGE:
        state_padding(outbox, counter->key, (size_t)command->amount);
        return STATUS_OK;
    case AFTERCARE__PROBE__V1__ORDER__ORDER_ARM:
        outbox_arm(outbox, counter->key, "ring", event->now_us + command->amount * US_PER_MS);
        return STATUS_OK;
    case AFTERCARE__PROBE__V1__ORDER__ORDER_CANCEL:
        outbox_cancel(outbox, counter->key, "ring");
        return STATUS_OK;
    default:
        return fail(err, STATUS_INVALID, "order: unknown");
    }
}

static enum status on_ring(void *context, const struct event *event, struct outbox *outbox, struct error *err)
{
    struct work *work = context;
    struct counter *counter = rows_get(&work->counters, &event->subject_id);
    if (counter == NULL)
        return fail(err, STATUS_TRANSIENT, "out of memory");
    counter->rings++;
    rows_touch(&work->counters, counter);
    Aftercare__Probe__V1__Rang rang = AFTERCARE__PROBE__V1__RANG__INIT;
    rang.generation = event->due->generation;
    rang.late_us = event->now_us - event->due->due_at_us;
    outbox_state(outbox, counter->key, &rang.base);
    return STATUS_OK;
}

static const struct route commands[] = {{"ProbeCommand", check_command, on_command}, {NULL, NULL, NULL}};
static const struct deadline_route deadlines[] = {{"ring", on_ring}, {NULL, NULL}};

int main(int argc, char **argv)
{
    /* PROBE_INPUTS=2: the next version, which reads one topic more. */
    const char *wanted = getenv("PROBE_INPUTS");
    bool is_next = wanted != NULL && strcmp(wanted, "2") == 0;
    const ProtobufCMessageDescriptor *command = &aftercare__probe__v1__probe_command__descriptor;
    const struct input inputs[] = {
        {"aftercare.inbound.probe.v1", command, commands},
        {"aftercare.probe.inbox.v1", NULL, NULL}, /* what comes again is a record of one of the others */
        {is_next ? "aftercare.inbound.probe2.v1" : NULL, command, commands},
        {NULL, NULL, NULL},
    };
    const struct service service = {.name = "probe",
                                    .fact = &aftercare__probe__v1__probe_fact__descriptor,
                                    .inputs = inputs,
                                    .deadlines = deadlines,
                                    .schema_version = 1,
                                    .load = load,
                                    .save = save};
    return service_main(&service, argc, argv);
}
