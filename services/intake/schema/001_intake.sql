-- SPDX-License-Identifier: Apache-2.0
-- Columns may be null where a row is made before its content is known: rows that lanes share are made empty, then
-- locked, then filled, so that two lanes that need the same new row wait for each other.

CREATE TABLE conversation (
    conversation_id  uuid PRIMARY KEY,
    shop_id          text,
    external_id      text,
    cycle            int4 NOT NULL DEFAULT 0,
    first_case_id    uuid,
    case_id          uuid,
    previous_case_id uuid,
    opened_at        timestamptz
);
CREATE INDEX conversation_first_case ON conversation (first_case_id);
CREATE INDEX conversation_case ON conversation (case_id);

-- Orders, customers and agents as other systems last described them.
CREATE TABLE subject (
    subject_id uuid PRIMARY KEY,
    kind       text,
    shop_id    text,
    own_id     text,
    updated_at timestamptz,
    record     bytea
);

CREATE TABLE order_link (
    subject_id uuid NOT NULL,
    case_id    uuid NOT NULL,
    linked_at  timestamptz,
    PRIMARY KEY (subject_id, case_id)
);

CREATE TABLE reference (
    reference_id uuid PRIMARY KEY,
    kind         text,
    value        text,
    case_id      uuid,
    bound_at     timestamptz
);

-- Records that wait for their reference's case; deleted when they were sent on or given up.
CREATE TABLE waiting (
    reference_id uuid NOT NULL,
    topic        text NOT NULL,
    lane         int4 NOT NULL,
    position     int8 NOT NULL,
    fact         text,
    key          bytea,
    value        bytea,
    headers      bytea,
    received_at  timestamptz,
    settled_at   timestamptz,
    PRIMARY KEY (reference_id, topic, lane, position)
);

CREATE TABLE action (
    action_key   uuid PRIMARY KEY,
    action_id    text,
    case_id      uuid,
    kind         text,
    state        text CHECK (state IN ('pending', 'applied', 'refused')),
    reason       text,
    version      int8 NOT NULL DEFAULT 0,
    legal_moves  text,
    requested_at timestamptz,
    decided_at   timestamptz
);

CREATE INDEX action_case ON action (case_id);

CREATE TABLE case_record (
    case_id               uuid PRIMARY KEY,
    opened_at             timestamptz,
    received_at           timestamptz,
    channel               text,
    shop_id               text,
    seller_id             text,
    business_model        text,
    goods_kind            text,
    customer_id           text,
    language              text,
    order_no              text,
    product               text,
    order_updated_at      timestamptz,
    previous_case_id      uuid,
    follow_up_of          uuid,
    messages              int4,
    last_message_at       timestamptz,
    type                  text,
    label                 text,
    urgency               int4,
    sentiment             int4,
    decision              text,
    is_complaint          bool,
    in_warranty           bool,
    classification_version int8,
    status                text,
    priority              text,
    assignee              text,
    waiting_for           text,
    resolution            text,
    closed_how            text,
    level                 int4,
    breaches              int4,
    first_response_due_at timestamptz,
    resolution_due_at     timestamptz,
    resolved_at           timestamptz,
    closed_at             timestamptz,
    escalation_version    int8,
    return_id             text,
    return_state          text,
    return_outcome        text,
    waybill               text,
    returns_version       int8,
    survey_state          text,
    score                 int4,
    is_solved             bool,
    has_follow_up         bool,
    follow_up_survey_id   text,
    follow_up_reason      text,
    facts                 int4,
    updated_at            timestamptz
) WITH (fillfactor = 70);

CREATE TABLE timeline (
    case_id     uuid NOT NULL,
    source      text NOT NULL,
    lane        int4 NOT NULL,
    n           int8 NOT NULL,
    happened_at timestamptz,
    service     text,
    fact        text,
    sentence_zh text,
    sentence_en text,
    words       text,
    PRIMARY KEY (case_id, source, lane, n)
);
