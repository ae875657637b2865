-- SPDX-License-Identifier: Apache-2.0
-- What the loop keeps in every service's schema.

-- One row per lane; see ledger.h. Rewritten with every batch: room for updates in place, and an eager autovacuum
-- behind the runtime's own VACUUM.
CREATE TABLE ledger (
    lane       int         PRIMARY KEY,
    epoch      bigint      NOT NULL,
    batch      bigint      NOT NULL,
    owner      uuid        NOT NULL,
    takings    int         NOT NULL DEFAULT 0,
    suspect    text,
    offsets    jsonb       NOT NULL DEFAULT '{}',
    seen       jsonb       NOT NULL DEFAULT '{}',
    out_seq    bigint      NOT NULL,
    pending    bytea,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
        toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 1000);
-- Compressing megabytes that live for milliseconds costs more than it saves.
ALTER TABLE ledger ALTER COLUMN pending SET STORAGE EXTERNAL;

-- How many lanes this schema was made for: every worker checks it.
CREATE TABLE lanes (
    only_row bool PRIMARY KEY DEFAULT true CHECK (only_row),
    count    int  NOT NULL CHECK (count > 0)
);

-- See deadline.h.
CREATE TABLE deadline (
    subject_id uuid        NOT NULL,
    kind       text        NOT NULL,
    lane       int         NOT NULL,
    generation bigint      NOT NULL,
    due_at     timestamptz NOT NULL,
    state      text        NOT NULL CHECK (state IN ('armed', 'fired', 'cancelled', 'failed')),
    armed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    done_at    timestamptz,
    PRIMARY KEY (subject_id, kind)
);
CREATE INDEX deadline_armed ON deadline (lane, due_at) WHERE state = 'armed';

-- Inbound and inbox records by what their publishers call them; see repeats.h. Not partitioned by day: Postgres keeps a
-- key unique within a partition only, and a repeat just after midnight would be let through.
CREATE TABLE repeats (
    source  text COLLATE "C" NOT NULL,
    id      text COLLATE "C" NOT NULL,
    seen_at timestamptz      NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (source, id)
);
CREATE INDEX repeats_seen_at ON repeats USING brin (seen_at);
