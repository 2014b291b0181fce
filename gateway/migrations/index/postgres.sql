-- SPDX-License-Identifier: EUPL-1.2
-- The index to the logs: where an organisation is named, and with whom it is about, in the order of time. It has a schema of
-- its own, holds nothing that the logs do not hold, and may be thrown away: it is made again from them.
-- Same tables and columns as migrations/index/sqlite.sql; a test compares them.
CREATE SCHEMA IF NOT EXISTS zoek;
CREATE TABLE IF NOT EXISTS zoek.named (
    owner TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    leaf_index BIGINT NOT NULL,
    block BIGINT NOT NULL,
    youth BYTEA NOT NULL,
    facets TEXT NOT NULL,
    PRIMARY KEY (owner, at, origin, leaf_index)
);
-- Youths come in no order. Within a block of the log, a number of records that is filled for good, they are put in one; what
-- is taken up touches only the last block, however much there is before it.
CREATE INDEX IF NOT EXISTS named_about ON zoek.named (origin, block, owner, youth, at, leaf_index);

-- Up to where each log was gone through.
CREATE TABLE IF NOT EXISTS zoek.reached (
    origin TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    upto BIGINT NOT NULL
);

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluis_app') AND current_user <> 'sluis_app' THEN
        GRANT USAGE ON SCHEMA zoek TO sluis_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA zoek TO sluis_app;
    END IF;
END $$;
