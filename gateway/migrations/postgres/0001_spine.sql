-- SPDX-License-Identifier: EUPL-1.2
-- The spine. Same number, name and columns as migrations/sqlite/0001_spine.sql; a test compares them.
-- Instants are microseconds since 1970 UTC, ids are 16 random bytes, digests 32 bytes, JSON is text.

-- One row for each subject (a youth, a signal): its version moves with every fact about it.
CREATE TABLE version (
    subject BYTEA NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);

-- What may exist once: idempotency keys, natural keys, look-up hashes of identities.
CREATE TABLE claim (
    claim_key BYTEA NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    resource BYTEA NOT NULL,
    fingerprint BYTEA NOT NULL,
    made_at BIGINT NOT NULL
);
-- What is kept for a while only is found by its age.
CREATE INDEX claim_age ON claim (kind, made_at);

-- Data keys, one for each youth and retention class (RL-24), wrapped by the key-encryption key.
CREATE TABLE data_key (
    youth BYTEA NOT NULL,
    class TEXT NOT NULL,
    kek_version BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    PRIMARY KEY (youth, class)
);

-- Append-only facts, each sealed under the data key of its class.
CREATE TABLE fact (
    subject BYTEA NOT NULL,
    version BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    arrived_at BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (subject, version, ordinal)
);

-- A signal as the gateway routes it. Its substance is in the deliveries, and leaves with them.
CREATE TABLE signal (
    id BYTEA NOT NULL PRIMARY KEY,
    youth BYTEA NOT NULL,
    sender TEXT NOT NULL,
    kind TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);

-- The outbox: one row for each receiver of a signal or notice.
CREATE TABLE delivery (
    id BYTEA NOT NULL PRIMARY KEY,
    signal BYTEA NOT NULL,
    youth BYTEA NOT NULL,
    receiver TEXT NOT NULL,
    desk TEXT NOT NULL,
    kind TEXT NOT NULL,
    urgent BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    place BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);
-- What is still to go, receiver by receiver, in the order in which it may leave; and what was given up or lies ready to be
-- fetched. What has come to rest is in neither, so a look at the queue does not grow with what was ever sent.
CREATE INDEX delivery_waiting ON delivery (receiver, urgent, due_at, created_at, id) WHERE state IN ('wacht', 'verzonden', 'onbevestigd');
CREATE INDEX delivery_left ON delivery (urgent DESC, due_at, created_at) WHERE state IN ('op_te_halen', 'mislukt');
CREATE INDEX delivery_order ON delivery (youth, receiver, desk, created_at);
CREATE INDEX delivery_signal ON delivery (signal);
CREATE INDEX delivery_inbox ON delivery (receiver, desk, place) WHERE place > 0;

-- The last place that each inbox gave. A place is given when a delivery may first have reached its receiver, under a lock
-- that lasts until the commit: places become visible in their own order. Zero in a delivery is no place.
CREATE TABLE inbox (
    receiver TEXT NOT NULL,
    desk TEXT NOT NULL,
    given BIGINT NOT NULL,
    PRIMARY KEY (receiver, desk)
);

-- What somebody must still do, and by when.
CREATE TABLE obligation (
    id BYTEA NOT NULL PRIMARY KEY,
    signal BYTEA NOT NULL,
    youth BYTEA NOT NULL,
    owner TEXT NOT NULL,
    desk TEXT NOT NULL,
    kind TEXT NOT NULL,
    due_on TEXT NOT NULL,
    state TEXT NOT NULL,
    reminded_for TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);
-- What is still to be done: by whose it is and in the order of its days, and what passed its day unseen.
CREATE INDEX obligation_open ON obligation (owner, desk, due_on, id) WHERE state <> 'gedaan';
CREATE INDEX obligation_passed ON obligation (due_on) WHERE state <> 'gedaan' AND reminded_for < due_on;
CREATE INDEX obligation_signal ON obligation (signal);

-- Where each log stands. The epoch fences off an earlier process on the same origin.
CREATE TABLE log_head (
    origin TEXT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    frontier BYTEA NOT NULL,
    committed_at BIGINT NOT NULL
);

-- The log itself: leaves stay for ever and have no secondary index.
CREATE TABLE log_leaf (
    origin TEXT NOT NULL,
    leaf_index BIGINT NOT NULL,
    leaf_hash BYTEA NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (origin, leaf_index)
);

-- The personal fields of a leaf, with their salt, under a key that can be destroyed.
CREATE TABLE log_fields (
    origin TEXT NOT NULL,
    leaf_index BIGINT NOT NULL,
    youth BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (origin, leaf_index)
);

-- How far a log was witnessed: each that this gateway witnesses, and its own with the notes that others cosigned.
CREATE TABLE witnessed (
    log TEXT NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    root BYTEA NOT NULL,
    note TEXT NOT NULL
);

-- What was done with a signal goes with it when its term is over. The serving role may not delete facts: it may only call this,
-- which deletes nothing that is said about a youth. It runs as the owner, and finds its table whatever the caller's path is.
CREATE FUNCTION lapse_facts(signal BYTEA) RETURNS BIGINT LANGUAGE SQL SECURITY DEFINER SET search_path = public, pg_temp AS
'WITH gone AS (DELETE FROM fact WHERE subject = $1 AND get_byte(subject, 0) = 115 RETURNING 1) SELECT count(*) FROM gone';
