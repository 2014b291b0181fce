-- SPDX-License-Identifier: EUPL-1.2
-- The index to the logs: where an organisation is named, and with whom it is about, in the order of time. It lies in a file of
-- its own beside the database, holds nothing that the logs do not hold, and may be thrown away: it is made again from them.
-- Same tables and columns as migrations/index/postgres.sql; a test compares them.
CREATE TABLE IF NOT EXISTS named (
    owner TEXT NOT NULL,
    at INTEGER NOT NULL,
    origin TEXT NOT NULL,
    leaf_index INTEGER NOT NULL,
    block INTEGER NOT NULL,
    youth BLOB NOT NULL,
    facets TEXT NOT NULL,
    PRIMARY KEY (owner, at, origin, leaf_index)
) STRICT, WITHOUT ROWID;
-- Youths come in no order. Within a block of the log, a number of records that is filled for good, they are put in one; what
-- is taken up touches only the last block, however much there is before it.
CREATE INDEX IF NOT EXISTS named_about ON named (origin, block, owner, youth, at, leaf_index);

-- Up to where each log was gone through.
CREATE TABLE IF NOT EXISTS reached (
    origin TEXT NOT NULL PRIMARY KEY,
    upto INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
