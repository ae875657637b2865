/* SPDX-License-Identifier: Apache-2.0 */
#include "intake.h"

/* The service that owns the kind decides whether the case knows such a move: intake only passes it on. */
enum status intake_on_action(void *work_, const struct event *event, struct outbox *outbox, struct error *err)
{
    struct work *work = work_;
    struct requested requested = events_read_action(event->wrapper);
    struct uuid key = action_key(requested.action_id);
    struct action *row = rows_get(&work->store.actions, &key);
    if (row == NULL)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    if (!action_request(row, requested.case_id, requested.kind, work->now_us))
        return STATUS_OK; /* another publisher's record with the same action id: one action happens once */
    row->action_id = requested.action_id;
    rows_touch(&work->store.actions, row);
    events_state_action(outbox, event);
    return STATUS_OK;
}
