-- SPDX-License-Identifier: Apache-2.0
-- Numbers of enums are those of proto/common.proto and proto/escalation.proto; durations are microseconds.

-- Agents are shared by all lanes: rows are locked (FOR UPDATE, in the order of ids, or SKIP LOCKED) by the batch that
-- gives or takes back a place. `load` is the sum of the weights of the agent's cases, always.
CREATE TABLE agents (
    agent_id    text COLLATE "C" PRIMARY KEY,
    name        text,
    team        text,
    presence    int4 NOT NULL, -- 1 online, 2 away, 3 offline
    skills      text NOT NULL, -- ',repair,complaint,'; ',' for none
    languages   int4 NOT NULL, -- bits 1 << language; 0: all
    level       int4 NOT NULL CHECK (level BETWEEN 1 AND 3),
    capacity    int4 NOT NULL CHECK (capacity >= 0), -- hundredths of a place
    load        int4 NOT NULL CHECK (load >= 0),     -- hundredths of a place
    updated_at  timestamptz NOT NULL,                -- the publisher's clock
    assigned_at timestamptz                          -- last time a case was given
) WITH (fillfactor = 60);

-- One row a case, changed only on the case's lane.
CREATE TABLE cases (
    case_id           uuid PRIMARY KEY,
    version           int8 NOT NULL,

    -- what was said: any of it may come first
    opened_at         timestamptz, -- null: CaseOpened has not come
    received_at       timestamptz,
    channel           int4 NOT NULL,
    tier              int4 NOT NULL,
    language          int4 NOT NULL,
    shop_id           text,
    classified_at     timestamptz, -- null: not classified
    case_type         int4 NOT NULL,
    label             text,
    is_complaint      bool NOT NULL,
    urgency           int4 NOT NULL,
    sentiment         int4 NOT NULL,
    decision          int4 NOT NULL,
    paid_at           timestamptz, -- when the order's amount was told
    paid_minor        int8 NOT NULL,
    paid_currency     text,
    resolution_at     timestamptz,
    resolution        text,
    resolved_by       text,
    moments           bytea, -- see moments.h
    responded_at      timestamptz,

    -- what follows from it
    status            int4 NOT NULL CHECK (status BETWEEN 0 AND 3), -- 0 not opened, 1 open, 2 resolved, 3 closed
    waiting_for       int4 NOT NULL CHECK (waiting_for BETWEEN 0 AND 5),
    priority          int4 NOT NULL CHECK (priority BETWEEN 0 AND 4),
    first_target      int8 NOT NULL,
    resolution_target int8 NOT NULL,
    first_marks       int4 NOT NULL, -- 1 warned + 2 breached + 4 met
    resolution_marks  int4 NOT NULL,
    level             int4 NOT NULL CHECK (level BETWEEN 0 AND 3),

    -- who has it
    agent_id          text COLLATE "C", -- who has it or had it last
    skill             text,
    weight            int4 NOT NULL CHECK (weight >= 0), -- hundredths of a place taken of the agent; 0: of none
    queued_at         timestamptz,                       -- null: not in the queue
    tries             int4 NOT NULL,
    assign_at         timestamptz
) WITH (fillfactor = 70);

-- For people who ask who has what, and what waits.
CREATE INDEX cases_agent ON cases (agent_id) WHERE weight > 0;
CREATE INDEX cases_queued ON cases (queued_at) WHERE queued_at IS NOT NULL;
