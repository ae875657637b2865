-- SPDX-License-Identifier: Apache-2.0
-- What the first record of this identity held: the first half of its value's SHA-256. Null in rows of an older version.
ALTER TABLE repeats ADD COLUMN digest bytea;
