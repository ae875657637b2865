/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#define CASE(member, type) COLUMN(struct case_state, member, type)

static const struct column case_columns[] = {
    CASE(case_id, COLUMN_UUID),
    CASE(version, COLUMN_INT8),
    CASE(opened_at_us, COLUMN_TIME),
    CASE(received_at_us, COLUMN_TIME),
    CASE(channel, COLUMN_INT4),
    CASE(case_language, COLUMN_INT4),
    CASE(is_follow_up, COLUMN_BOOL),
    CASE(reason, COLUMN_TEXT),
    CASE(words, COLUMN_BYTES),
    CASE(has_forgotten_person, COLUMN_BOOL),
    CASE(acknowledged_at_us, COLUMN_TIME),
    CASE(order_updated_at_us, COLUMN_TIME),
    CASE(order_no, COLUMN_TEXT),
    CASE(carrier, COLUMN_TEXT),
    CASE(waybill, COLUMN_TEXT),
    CASE(placed_at_us, COLUMN_TIME),
    CASE(shipped_at_us, COLUMN_TIME),
    CASE(delivered_at_us, COLUMN_TIME),
    CASE(lines, COLUMN_TEXT),
    CASE(corrected_by, COLUMN_TEXT),
    CASE(corrected_type, COLUMN_INT4),
    CASE(corrected_label, COLUMN_TEXT),
    CASE(answered_until_us, COLUMN_TIME),
    CASE(answered, COLUMN_TEXT),
    CASE(order_due_at_us, COLUMN_TIME),
    CASE(handed_over, COLUMN_TEXT),
    CASE(diagnosis_id, COLUMN_TEXT),
    CASE(diagnosis, COLUMN_INT4),
    CASE(question, COLUMN_INT4),
    CASE(asked_at_us, COLUMN_TIME),
    CASE(answers, COLUMN_INT4),
    CASE(case_type, COLUMN_INT4),
    CASE(label, COLUMN_TEXT),
    CASE(is_complaint, COLUMN_BOOL),
    CASE(urgency, COLUMN_INT4),
    CASE(sentiment, COLUMN_INT4),
    CASE(language, COLUMN_INT4),
    CASE(decision, COLUMN_INT4),
    CASE(in_warranty, COLUMN_BOOL),
    CASE(entities, COLUMN_TEXT),
};
static const struct table cases = TABLE("cases", struct case_state, case_columns, 1);

void store_init(struct store *store, struct arena *arena)
{
    rows_init(&store->cases, &cases, arena);
}

enum status store_load(struct postgres *db, struct store *store, struct error *err)
{
    table_queue_load(db, &store->cases, TABLE_PLAIN);
    return postgres_run(db, err);
}

void store_save(struct postgres *db, struct store *store)
{
    table_queue_save(db, &store->cases);
}
