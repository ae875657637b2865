-- SPDX-License-Identifier: Apache-2.0
CREATE TABLE counter (
    key   uuid   PRIMARY KEY,
    total bigint NOT NULL CHECK (total >= 0),
    adds  bigint NOT NULL,
    rings bigint NOT NULL
);
