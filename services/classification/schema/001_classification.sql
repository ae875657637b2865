-- SPDX-License-Identifier: Apache-2.0
-- Numbers of enums are those of proto/common.proto and proto/classification.proto.

-- One row a case, changed only on the case's lane.
CREATE TABLE cases (
    case_id              uuid PRIMARY KEY,
    version              int8 NOT NULL,

    -- what was said: any of it may come first
    opened_at            timestamptz, -- null: CaseOpened has not come
    received_at          timestamptz,
    channel              int4 NOT NULL,
    case_language        int4 NOT NULL,
    is_follow_up         bool NOT NULL,
    reason               text,
    words                bytea, -- see words.h: the customer's, at most 8 messages of 2000 bytes
    has_forgotten_person bool NOT NULL,
    acknowledged_at      timestamptz,

    -- the order, as the shop last told it
    order_updated_at     timestamptz, -- null: not known; the shop's clock
    order_no             text,
    carrier              text,
    waybill              text,
    placed_at            timestamptz,
    shipped_at           timestamptz,
    delivered_at         timestamptz,
    lines                text, -- see warranty.h

    -- an agent's word
    corrected_by         text,
    corrected_type       int4 NOT NULL CHECK (corrected_type BETWEEN 0 AND 4),
    corrected_label      text,

    -- automatic answers
    answered_until       timestamptz,
    answered             text, -- ',where-is-my-parcel,invoice,'
    order_due_at         timestamptz,
    handed_over          text,

    -- the diagnosis
    diagnosis_id         text,
    diagnosis            int4 NOT NULL CHECK (diagnosis BETWEEN 0 AND 3), -- 1 runs, 2 done, 3 given up
    question             int4 NOT NULL CHECK (question >= 0),
    asked_at             timestamptz,
    answers              int4 NOT NULL,

    -- what was last stated
    case_type            int4 NOT NULL CHECK (case_type BETWEEN 0 AND 4), -- 0: nothing was
    label                text,
    is_complaint         bool NOT NULL,
    urgency              int4 NOT NULL CHECK (urgency BETWEEN 0 AND 3),
    sentiment            int4 NOT NULL CHECK (sentiment BETWEEN -2 AND 2),
    language             int4 NOT NULL,
    decision             int4 NOT NULL CHECK (decision BETWEEN 0 AND 3),
    in_warranty          bool NOT NULL,
    entities             text
) WITH (fillfactor = 70);
