/* SPDX-License-Identifier: Apache-2.0 */
#include "intake.h"

/* The kind is told by the record; a row that a case's order made in advance has it already. */
static struct text kind_of(const struct event *event)
{
    struct text type = text_of(event->wrapper->descriptor->short_name);
    if (text_equal_string(type, "OrderUpdate"))
        return TEXT(SUBJECT_ORDER);
    return text_equal_string(type, "CustomerUpdate") ? TEXT(SUBJECT_CUSTOMER) : TEXT(SUBJECT_AGENT);
}

enum status intake_on_update(void *work_, const struct event *event, struct outbox *outbox, struct error *err)
{
    struct work *work = work_;
    const ProtobufCMessage *message;
    struct text own_id, shop_id, record;
    int64_t updated_at_us;
    enum status status = events_mask_record(event, work->store.arena, &message, &record, err);
    if (status != STATUS_OK)
        return status;
    struct uuid id = events_subject_of(message, &own_id, &shop_id, &updated_at_us);
    struct subject *row = rows_get(&work->store.subjects, &id);
    if (row == NULL)
        return fail(err, STATUS_TRANSIENT, "the batch's memory is used up");
    if (!subject_correct(row, updated_at_us, record))
        return STATUS_OK; /* older than what is known */
    row->kind = kind_of(event);
    row->own_id = own_id;
    row->shop_id = shop_id;
    rows_touch(&work->store.subjects, row);
    events_state_recorded(outbox, message);

    size_t count;
    struct order_link **links = (struct order_link **)rows_of(&work->store.order_links, &id, &count);
    for (size_t i = 0; links != NULL && i < count; i++)
        events_state_order_linked(outbox, links[i]->case_id, row->record);
    return STATUS_OK;
}
