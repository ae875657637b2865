/* SPDX-License-Identifier: Apache-2.0 */
#include "store_tables.h"

#include "store.h"

static const struct column action_columns[] = {
    COLUMN(struct action, action_key, COLUMN_UUID),      COLUMN(struct action, action_id, COLUMN_TEXT),
    COLUMN(struct action, case_id, COLUMN_UUID),         COLUMN(struct action, kind, COLUMN_TEXT),
    COLUMN(struct action, state, COLUMN_TEXT),           COLUMN(struct action, reason, COLUMN_TEXT),
    COLUMN(struct action, version, COLUMN_INT8),         COLUMN(struct action, legal_moves, COLUMN_TEXT),
    COLUMN(struct action, requested_at_us, COLUMN_TIME), COLUMN(struct action, decided_at_us, COLUMN_TIME),
};
const struct table store_actions = TABLE("action", struct action, action_columns, 1);

static const struct column conversation_columns[] = {
    COLUMN(struct conversation, conversation_id, COLUMN_UUID),
    COLUMN(struct conversation, shop_id, COLUMN_TEXT),
    COLUMN(struct conversation, external_id, COLUMN_TEXT),
    COLUMN(struct conversation, cycle, COLUMN_INT4),
    COLUMN(struct conversation, first_case_id, COLUMN_UUID),
    COLUMN(struct conversation, case_id, COLUMN_UUID),
    COLUMN(struct conversation, previous_case_id, COLUMN_UUID),
    COLUMN(struct conversation, opened_at_us, COLUMN_TIME),
};
const struct table store_conversations = TABLE("conversation", struct conversation, conversation_columns, 1);

static const struct column reference_columns[] = {
    COLUMN(struct reference, reference_id, COLUMN_UUID), COLUMN(struct reference, kind, COLUMN_TEXT),
    COLUMN(struct reference, value, COLUMN_TEXT),        COLUMN(struct reference, case_id, COLUMN_UUID),
    COLUMN(struct reference, bound_at_us, COLUMN_TIME),
};
const struct table store_references = TABLE("reference", struct reference, reference_columns, 1);

static const struct column subject_columns[] = {
    COLUMN(struct subject, subject_id, COLUMN_UUID),    COLUMN(struct subject, kind, COLUMN_TEXT),
    COLUMN(struct subject, shop_id, COLUMN_TEXT),       COLUMN(struct subject, own_id, COLUMN_TEXT),
    COLUMN(struct subject, updated_at_us, COLUMN_TIME), COLUMN(struct subject, record, COLUMN_BYTES),
};
const struct table store_subjects = TABLE("subject", struct subject, subject_columns, 1);

static const struct column waiting_columns[] = {
    COLUMN(struct waiting, reference_id, COLUMN_UUID),   COLUMN(struct waiting, topic, COLUMN_TEXT),
    COLUMN(struct waiting, lane, COLUMN_INT4),           COLUMN(struct waiting, position, COLUMN_INT8),
    COLUMN(struct waiting, fact, COLUMN_TEXT),           COLUMN(struct waiting, key, COLUMN_BYTES),
    COLUMN(struct waiting, value, COLUMN_BYTES),         COLUMN(struct waiting, headers, COLUMN_BYTES),
    COLUMN(struct waiting, received_at_us, COLUMN_TIME), COLUMN(struct waiting, settled_at_us, COLUMN_TIME),
};
const struct table store_waiting = TABLE("waiting", struct waiting, waiting_columns, 4);

static const struct column order_link_columns[] = {
    COLUMN(struct order_link, subject_id, COLUMN_UUID),
    COLUMN(struct order_link, case_id, COLUMN_UUID),
    COLUMN(struct order_link, linked_at_us, COLUMN_TIME),
};
const struct table store_order_links = TABLE("order_link", struct order_link, order_link_columns, 2);

static const struct column case_columns[] = {
    COLUMN(struct case_record, case_id, COLUMN_UUID),
    COLUMN(struct case_record, opened_at_us, COLUMN_TIME),
    COLUMN(struct case_record, received_at_us, COLUMN_TIME),
    COLUMN(struct case_record, channel, COLUMN_TEXT),
    COLUMN(struct case_record, shop_id, COLUMN_TEXT),
    COLUMN(struct case_record, seller_id, COLUMN_TEXT),
    COLUMN(struct case_record, business_model, COLUMN_TEXT),
    COLUMN(struct case_record, goods_kind, COLUMN_TEXT),
    COLUMN(struct case_record, customer_id, COLUMN_TEXT),
    COLUMN(struct case_record, language, COLUMN_TEXT),
    COLUMN(struct case_record, order_no, COLUMN_TEXT),
    COLUMN(struct case_record, product, COLUMN_TEXT),
    COLUMN(struct case_record, order_updated_at_us, COLUMN_TIME),
    COLUMN(struct case_record, previous_case_id, COLUMN_UUID),
    COLUMN(struct case_record, follow_up_of, COLUMN_UUID),
    COLUMN(struct case_record, messages, COLUMN_INT4),
    COLUMN(struct case_record, last_message_at_us, COLUMN_TIME),
    COLUMN(struct case_record, type, COLUMN_TEXT),
    COLUMN(struct case_record, label, COLUMN_TEXT),
    COLUMN(struct case_record, urgency, COLUMN_INT4),
    COLUMN(struct case_record, sentiment, COLUMN_INT4),
    COLUMN(struct case_record, decision, COLUMN_TEXT),
    COLUMN(struct case_record, is_complaint, COLUMN_BOOL),
    COLUMN(struct case_record, in_warranty, COLUMN_BOOL),
    COLUMN(struct case_record, classification_version, COLUMN_INT8),
    COLUMN(struct case_record, status, COLUMN_TEXT),
    COLUMN(struct case_record, priority, COLUMN_TEXT),
    COLUMN(struct case_record, assignee, COLUMN_TEXT),
    COLUMN(struct case_record, waiting_for, COLUMN_TEXT),
    COLUMN(struct case_record, resolution, COLUMN_TEXT),
    COLUMN(struct case_record, closed_how, COLUMN_TEXT),
    COLUMN(struct case_record, level, COLUMN_INT4),
    COLUMN(struct case_record, breaches, COLUMN_INT4),
    COLUMN(struct case_record, first_response_due_at_us, COLUMN_TIME),
    COLUMN(struct case_record, resolution_due_at_us, COLUMN_TIME),
    COLUMN(struct case_record, resolved_at_us, COLUMN_TIME),
    COLUMN(struct case_record, closed_at_us, COLUMN_TIME),
    COLUMN(struct case_record, escalation_version, COLUMN_INT8),
    COLUMN(struct case_record, return_id, COLUMN_TEXT),
    COLUMN(struct case_record, return_state, COLUMN_TEXT),
    COLUMN(struct case_record, return_outcome, COLUMN_TEXT),
    COLUMN(struct case_record, waybill, COLUMN_TEXT),
    COLUMN(struct case_record, returns_version, COLUMN_INT8),
    COLUMN(struct case_record, survey_state, COLUMN_TEXT),
    COLUMN(struct case_record, score, COLUMN_INT4),
    COLUMN(struct case_record, is_solved, COLUMN_BOOL),
    COLUMN(struct case_record, has_follow_up, COLUMN_BOOL),
    COLUMN(struct case_record, follow_up_survey_id, COLUMN_TEXT),
    COLUMN(struct case_record, follow_up_reason, COLUMN_TEXT),
    COLUMN(struct case_record, facts, COLUMN_INT4),
    COLUMN(struct case_record, updated_at_us, COLUMN_TIME),
};
const struct table store_cases = TABLE("case_record", struct case_record, case_columns, 1);

static const struct column timeline_columns[] = {
    COLUMN(struct timeline_line, case_id, COLUMN_UUID),
    COLUMN(struct timeline_line, source, COLUMN_TEXT),
    COLUMN(struct timeline_line, lane, COLUMN_INT4),
    COLUMN(struct timeline_line, n, COLUMN_INT8),
    COLUMN(struct timeline_line, happened_at_us, COLUMN_TIME),
    COLUMN(struct timeline_line, service, COLUMN_TEXT),
    COLUMN(struct timeline_line, fact, COLUMN_TEXT),
    COLUMN(struct timeline_line, sentence_zh, COLUMN_TEXT),
    COLUMN(struct timeline_line, sentence_en, COLUMN_TEXT),
    COLUMN(struct timeline_line, words, COLUMN_TEXT),
};
const struct table store_timeline = TABLE("timeline", struct timeline_line, timeline_columns, 4);
