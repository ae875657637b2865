-- SPDX-License-Identifier: Apache-2.0
-- Numbers of enums are those of proto/; of states, those of machines.h. Amounts are minor units.

-- Shared by all cases of an order: locked (FOR UPDATE, in the order of keys) by the batch that may ask for a refund.
-- `requested` is the sum of all refund intents of the order, whatever became of them.
CREATE TABLE order_money (
    order_key       text COLLATE "C" PRIMARY KEY, -- shop/order
    requested_minor int8 NOT NULL CHECK (requested_minor >= 0),
    currency        text
);

-- One row a case; like all that follows changed only on the case's lane.
CREATE TABLE cases (
    case_id          uuid PRIMARY KEY,
    version          int8 NOT NULL,
    opened_at        timestamptz, -- null: CaseOpened has not come
    channel          int4 NOT NULL,
    language         int4 NOT NULL,
    order_at         timestamptz, -- null: the order is not known
    order_updated_at timestamptz, -- the shop's clock
    shop_id          text,
    order_no         text,
    paid_minor       int8 NOT NULL,
    paid_currency    text,
    bought_at        timestamptz,
    delivered_at     timestamptz,
    return_count     int4 NOT NULL CHECK (return_count >= 0)
) WITH (fillfactor = 70);

-- The order's lines, as it was told last.
CREATE TABLE order_lines (
    case_id         uuid NOT NULL,
    line_no         int4 NOT NULL,
    sku             text,
    product         text,
    quantity        int4 NOT NULL, -- 0: the line has gone from the order
    price_minor     int8 NOT NULL,
    warranty_months int4 NOT NULL,
    goods_kind      int4 NOT NULL,
    PRIMARY KEY (case_id, line_no)
);

CREATE TABLE returns (
    case_id        uuid NOT NULL,
    return_no      int4 NOT NULL,
    return_id      uuid NOT NULL UNIQUE,
    stage          int4 NOT NULL CHECK (stage BETWEEN 2 AND 9),
    is_one_click   bool NOT NULL,
    action_id      text,        -- of the offer that waits for the order
    wait_until     timestamptz, -- and until when
    order_no       text,
    reason         text,
    is_in_warranty bool NOT NULL,
    option_id      text,
    misses         int4 NOT NULL,
    opened_at      timestamptz,
    promised_by    timestamptz,
    delays         int4 NOT NULL,
    closed_at      timestamptz,
    outcome        int4 NOT NULL CHECK (outcome BETWEEN 0 AND 5),
    PRIMARY KEY (case_id, return_no)
) WITH (fillfactor = 70);

CREATE TABLE lines (
    case_id      uuid NOT NULL,
    return_no    int4 NOT NULL,
    line_no      int4 NOT NULL,
    sku          text,
    quantity     int4 NOT NULL CHECK (quantity > 0),
    wish         int4 NOT NULL CHECK (wish BETWEEN 1 AND 3),
    amount_minor int8 NOT NULL,
    currency     text,
    state        int4 NOT NULL CHECK (state BETWEEN 1 AND 10),
    outcome      int4 NOT NULL,
    PRIMARY KEY (case_id, return_no, line_no)
) WITH (fillfactor = 70);

CREATE TABLE parcels (
    case_id    uuid NOT NULL,
    return_no  int4 NOT NULL,
    parcel_no  int4 NOT NULL,
    leg        int4 NOT NULL CHECK (leg BETWEEN 1 AND 2),
    state      int4 NOT NULL CHECK (state BETWEEN 1 AND 10),
    pickup_id  text,
    waybill    text,
    carrier    text,
    slot_from  timestamptz,
    slot_to    timestamptz,
    scanned_at timestamptz,
    place      text,
    PRIMARY KEY (case_id, return_no, parcel_no)
) WITH (fillfactor = 70);

-- Refund intents: one a line, for ever.
CREATE TABLE refunds (
    case_id      uuid NOT NULL,
    intent_id    uuid NOT NULL UNIQUE,
    return_no    int4 NOT NULL,
    line_no      int4 NOT NULL,
    order_no     text,
    amount_minor int8 NOT NULL CHECK (amount_minor > 0),
    currency     text NOT NULL,
    state        int4 NOT NULL CHECK (state BETWEEN 2 AND 5), -- 2 requested, 3 unknown, 4 settled, 5 failed
    asked        int4 NOT NULL,
    result       int4 NOT NULL, -- 1 succeeded, 2 failed, 3 unknown: the last that counted
    result_ref   text,
    result_at    timestamptz,
    noted        int4 NOT NULL, -- results that changed nothing
    noted_result int4 NOT NULL, -- the last that contradicts; 0: none. For people to look into
    PRIMARY KEY (case_id, intent_id),
    UNIQUE (case_id, return_no, line_no)
) WITH (fillfactor = 70);

-- For people who ask what is under way, and what does not add up.
CREATE INDEX returns_stage ON returns (stage, promised_by) WHERE stage < 8;
CREATE INDEX refunds_contradicted ON refunds (case_id) WHERE noted_result <> 0;
