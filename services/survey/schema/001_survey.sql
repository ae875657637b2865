-- SPDX-License-Identifier: Apache-2.0
-- Numbers of enums are those of proto/common.proto, proto/survey.proto and domain.h.

-- Customers are shared by all lanes: a row is locked (FOR UPDATE, in the order of ids) by the batch that asks.
CREATE TABLE customers (
    customer_id text COLLATE "C" PRIMARY KEY,
    asked       bytea NOT NULL -- see budget.h
) WITH (fillfactor = 60);

-- One row a case, changed only on the case's lane.
CREATE TABLE cases (
    case_id     uuid PRIMARY KEY,
    opened_at   timestamptz, -- null: CaseOpened has not come
    channel     int4 NOT NULL,
    language    int4 NOT NULL,
    customer_id text,
    shop_id     text,
    no_surveys  bool NOT NULL,
    version     int8 NOT NULL, -- of escalation's facts, the last one applied
    is_resolved bool NOT NULL,
    resolutions int8 NOT NULL CHECK (resolutions >= 0),
    asked       int8 NOT NULL CHECK (asked >= 0)
) WITH (fillfactor = 70);

-- One row for each time a case was resolved.
CREATE TABLE surveys (
    case_id        uuid NOT NULL,
    resolution     int8 NOT NULL CHECK (resolution > 0),
    survey_id      uuid NOT NULL UNIQUE,
    status         int4 NOT NULL CHECK (status BETWEEN 1 AND 7),
    reason         text,
    resolved_at    timestamptz,
    due_at         timestamptz,
    sent_at        timestamptz,
    expires_at     timestamptz,
    chat_until     timestamptz, -- no score by chat from then on
    answered_at    timestamptz,
    score          int4 NOT NULL CHECK (score BETWEEN 0 AND 5), -- 0: no answer
    is_solved      bool NOT NULL,
    comment        text,
    answered_by    int4 NOT NULL,
    edition        int8 NOT NULL CHECK (edition >= 0),
    is_followed_up bool NOT NULL,
    PRIMARY KEY (case_id, resolution)
) WITH (fillfactor = 70);

-- Every answer that counted when it was given; the one in force is also in its survey's row.
CREATE TABLE answers (
    survey_id   uuid NOT NULL,
    edition     int8 NOT NULL CHECK (edition > 0),
    answered_at timestamptz NOT NULL,
    score       int4 NOT NULL CHECK (score BETWEEN 1 AND 5),
    is_solved   bool NOT NULL,
    comment     text,
    answered_by int4 NOT NULL,
    PRIMARY KEY (survey_id, edition)
);
