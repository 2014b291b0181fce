-- SPDX-License-Identifier: EUPL-1.2
-- The spine. Same number, name and columns as migrations/postgres/0001_spine.sql; a test compares them.
-- Instants are microseconds since 1970 UTC, ids are 16 random bytes, digests 32 bytes, JSON is text.

-- One row for each subject (a youth, a signal): its version moves with every fact about it.
CREATE TABLE version (
    subject BLOB NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What may exist once: idempotency keys, natural keys, look-up hashes of identities.
CREATE TABLE claim (
    claim_key BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    resource BLOB NOT NULL,
    fingerprint BLOB NOT NULL,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- What is kept for a while only is found by its age.
CREATE INDEX claim_age ON claim (kind, made_at);

-- Data keys, one for each youth and retention class (RL-24), wrapped by the key-encryption key.
CREATE TABLE data_key (
    youth BLOB NOT NULL,
    class TEXT NOT NULL,
    kek_version INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    PRIMARY KEY (youth, class)
) STRICT, WITHOUT ROWID;

-- Append-only facts, each sealed under the data key of its class.
CREATE TABLE fact (
    subject BLOB NOT NULL,
    version INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    arrived_at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (subject, version, ordinal)
) STRICT, WITHOUT ROWID;

-- A signal as the gateway routes it. Its substance is in the deliveries, and leaves with them.
CREATE TABLE signal (
    id BLOB NOT NULL PRIMARY KEY,
    youth BLOB NOT NULL,
    sender TEXT NOT NULL,
    kind TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The outbox: one row for each receiver of a signal or notice.
CREATE TABLE delivery (
    id BLOB NOT NULL PRIMARY KEY,
    signal BLOB NOT NULL,
    youth BLOB NOT NULL,
    receiver TEXT NOT NULL,
    desk TEXT NOT NULL,
    kind TEXT NOT NULL,
    urgent INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    place INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
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
    given INTEGER NOT NULL,
    PRIMARY KEY (receiver, desk)
) STRICT, WITHOUT ROWID;

-- What somebody must still do, and by when.
CREATE TABLE obligation (
    id BLOB NOT NULL PRIMARY KEY,
    signal BLOB NOT NULL,
    youth BLOB NOT NULL,
    owner TEXT NOT NULL,
    desk TEXT NOT NULL,
    kind TEXT NOT NULL,
    due_on TEXT NOT NULL,
    state TEXT NOT NULL,
    reminded_for TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
-- What is still to be done: by whose it is and in the order of its days, and what passed its day unseen.
CREATE INDEX obligation_open ON obligation (owner, desk, due_on, id) WHERE state <> 'gedaan';
CREATE INDEX obligation_passed ON obligation (due_on) WHERE state <> 'gedaan' AND reminded_for < due_on;
CREATE INDEX obligation_signal ON obligation (signal);

-- Where each log stands. The epoch fences off an earlier process on the same origin.
CREATE TABLE log_head (
    origin TEXT NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    frontier BLOB NOT NULL,
    committed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The log itself: leaves stay for ever and have no secondary index. It has row numbers, as the fields have, because rows as
-- long as these would spill into a page each in the index that a table without them is.
CREATE TABLE log_leaf (
    origin TEXT NOT NULL,
    leaf_index INTEGER NOT NULL,
    leaf_hash BLOB NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (origin, leaf_index)
) STRICT;

-- The personal fields of a leaf, with their salt, under a key that can be destroyed.
CREATE TABLE log_fields (
    origin TEXT NOT NULL,
    leaf_index INTEGER NOT NULL,
    youth BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (origin, leaf_index)
) STRICT;

-- How far a log was witnessed: each that this gateway witnesses, and its own with the notes that others cosigned.
CREATE TABLE witnessed (
    log TEXT NOT NULL PRIMARY KEY,
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Guards against a mistake in our own code; against an operator only kept checkpoints protect (design of the ledger).
CREATE TRIGGER log_leaf_stays BEFORE UPDATE ON log_leaf BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_leaf_remains BEFORE DELETE ON log_leaf BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER fact_stays BEFORE UPDATE ON fact BEGIN SELECT RAISE(ABORT, 'facts are append-only'); END;
-- What is said about a youth stays, as bytes that nobody can open once it is erased. What was done with a signal goes with it.
CREATE TRIGGER fact_remains BEFORE DELETE ON fact WHEN substr(OLD.subject, 1, 1) <> X'73'
BEGIN SELECT RAISE(ABORT, 'facts about a youth are append-only'); END;
