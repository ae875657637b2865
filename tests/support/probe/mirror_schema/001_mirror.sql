-- SPDX-License-Identifier: Apache-2.0
-- One row per fact applied: a repeat would break the key, a hole shows as a missing number.
CREATE TABLE mirrored (
    lane  int    NOT NULL,
    n     bigint NOT NULL,
    id    text   NOT NULL,
    total bigint NOT NULL,
    PRIMARY KEY (lane, n)
);
