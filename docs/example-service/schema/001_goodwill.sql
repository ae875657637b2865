-- SPDX-License-Identifier: Apache-2.0
CREATE TABLE voucher (
    case_id     uuid   PRIMARY KEY,
    customer_id text   NOT NULL,
    amount      bigint NOT NULL CHECK (amount > 0),
    is_expired  bool   NOT NULL DEFAULT false
);
