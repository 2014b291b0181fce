// SPDX-License-Identifier: EUPL-1.2
//! SQLite: one file, one writing connection, a few readers.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::copying::{CopiedHead, CopyFolder};
use super::engine::{BatchStatements, Engine, Fault, Row, Step, Value, Writer, fetch};
use super::migrations;

mod copy;
mod readers;
mod trip;

pub(crate) use self::copy::CopiedLeaves;
use self::readers::Readers;
use self::trip::{MOST_ROWS_UNDER_WAY, fetch_each};

/// How much of the index its writer remembers: 64 MiB, as SQLite counts.
const INDEX_CACHE: &str = "-65536";

/// The tables of the index to the logs.
const INDEX: &str = include_str!("../../migrations/index/sqlite.sql");

/// An embedded database in one file beside its write-ahead log.
#[derive(Debug)]
pub struct Sqlite {
    writing: SqliteConnectOptions,
    readers: Readers,
}

impl Sqlite {
    /// Opens `file`, making it when absent. Every commit is flushed before it returns (`synchronous=FULL`).
    pub async fn open(file: &Path) -> Result<Self, Fault> {
        Self::open_with(file, SqliteSynchronous::Full).await
    }

    /// Opens the index to the logs of this database, in a file of its own beside it, making it when absent, and anew when it
    /// cannot be used. No commit waits for the disk: what is lost is taken up again.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn beside(file: &Path) -> Result<Self, Fault> {
        let mut name = file.as_os_str().to_owned();
        name.push("-zoek");
        let beside = Path::new(&name);
        match Self::indexing(beside).await {
            Err(Fault::Gone { .. } | Fault::Rejected { .. }) => {
                for part in ["", "-wal", "-shm"] {
                    let mut part_of = name.clone();
                    part_of.push(part);
                    // What is not there need not go; what cannot go is told by the next line.
                    let _gone = std::fs::remove_file(part_of);
                }
                Self::indexing(beside).await
            }
            opened => opened,
        }
    }

    async fn indexing(file: &Path) -> Result<Self, Fault> {
        let mut index = Self::open_with(file, SqliteSynchronous::Normal).await?;
        // Within a block youths come in no order: what is remembered of it need not be read again for each.
        index.writing = index.writing.pragma("cache_size", INDEX_CACHE);
        sqlx::raw_sql(INDEX).execute(&mut index.connect().await?).await?;
        Ok(index)
    }

    /// As [`Sqlite::open`], with the flush left to chance: the mutant that the flush test must catch.
    #[cfg(test)]
    pub(crate) async fn dangerous_open_unflushed(file: &Path) -> Result<Self, Fault> {
        Self::open_with(file, SqliteSynchronous::Normal).await
    }

    async fn connect(&self) -> Result<SqliteConnection, Fault> {
        Ok(self.writing.connect().await?)
    }

    async fn open_with(file: &Path, synchronous: SqliteSynchronous) -> Result<Self, Fault> {
        let writing = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("secure_delete", "ON")
            // What a statement would need to be undone is kept in memory, also of a large batch.
            .pragma("temp_store", "MEMORY")
            // Pages that every batch touches go from the write-ahead log to the file once in so many pages, 8 MiB of them.
            .pragma("wal_autocheckpoint", "2000")
            .row_buffer_size(MOST_ROWS_UNDER_WAY)
            .disable_statement_logging();
        // The file and its journal mode must exist before a reader opens it read-only.
        writing.connect().await?.close().await?;
        let readers = Readers::of(&writing);
        Ok(Self { writing, readers })
    }
}

#[async_trait]
impl Engine for Sqlite {
    async fn read(&self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        self.readers.with(async |connection| fetch(connection, sql, values).await).await
    }

    async fn read_all(&self, steps: &[Step]) -> Result<Vec<Vec<Row>>, Fault> {
        self.readers.with(async |connection| fetch_each(connection, steps.iter()).await).await
    }

    async fn writer(&self) -> Result<Box<dyn Writer>, Fault> {
        Ok(Box::new(SqliteWriter(self.connect().await?)))
    }

    fn batch(&self) -> &'static BatchStatements {
        &BATCH
    }

    async fn migrate(&self) -> Result<(), Fault> {
        let mut connection = self.connect().await?;
        migrations::run(migrations::SQLITE, &mut connection).await
    }

    async fn schema(&self) -> Result<(), Fault> {
        migrations::compare(migrations::SQLITE, self).await
    }

    async fn durability(&self, on: &mut dyn Writer) -> Result<(), Fault> {
        // How this file is flushed is set where it is opened; what is left to ask is whether it can be read at all.
        on.run("SELECT count(*) FROM log_head", &[]).await.map(drop)
    }

    async fn copy_out(&self, to: &CopyFolder) -> Result<Vec<CopiedHead>, Fault> {
        self.copied(to).await
    }

    async fn copy_in(&self, from: &CopyFolder) -> Result<Box<dyn Writer>, Fault> {
        self.filled(from).await
    }

    async fn scrub(&self) -> Result<(), Fault> {
        // While it waits for a reader nobody can write: so it waits briefly, and again.
        let mut connection = self.writing.clone().busy_timeout(Duration::from_millis(100)).connect().await?;
        for pause in [10, 50, 200, 500, 1_000, 2_000, 4_000] {
            let rows = fetch(&mut connection, "PRAGMA wal_checkpoint(TRUNCATE)", &[]).await?;
            if rows.first().ok_or(Fault::Misread { column: 0 })?.int(0)? == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        Err(Fault::Contended)
    }

    async fn restraint(&self, _on: &mut dyn Writer) -> Result<(), Fault> {
        // A file has no roles: its triggers guard against mistakes, and against its owner only kept checkpoints do.
        Ok(())
    }
}

struct SqliteWriter(SqliteConnection);

#[async_trait]
impl Writer for SqliteWriter {
    async fn run(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        fetch(&mut self.0, sql, values).await
    }

    async fn run_all(&mut self, steps: &[Step]) -> Result<Vec<Vec<Row>>, Fault> {
        fetch_each(&mut self.0, steps.iter()).await
    }

    async fn begin(&mut self, word: &'static str, first: &[Step]) -> Result<Vec<Vec<Row>>, Fault> {
        let word = Step::new(word, []);
        let mut answers = fetch_each(&mut self.0, std::iter::once(&word).chain(first)).await?;
        Ok(answers.split_off(1.min(answers.len())))
    }

    async fn transaction(&mut self, word: &'static str) -> Result<(), Fault> {
        sqlx::raw_sql(word).execute(&mut self.0).await?;
        Ok(())
    }
}

/// `WHERE true` keeps SQLite's parser from reading `ON CONFLICT` as part of a join.
static BATCH: BatchStatements = BatchStatements {
    begin: "BEGIN IMMEDIATE",
    commit: "COMMIT",
    rollback: "ROLLBACK",
    lock: "SELECT v.subject, v.version FROM json_each($1) k JOIN version v ON v.subject = unhex(k.value ->> 0)",
    claim: "INSERT INTO claim (claim_key, kind, resource, fingerprint, made_at) \
        SELECT unhex(value ->> 0), value ->> 1, unhex(value ->> 2), unhex(value ->> 3), value ->> 4 FROM json_each($1) WHERE true \
        ON CONFLICT (claim_key) DO NOTHING RETURNING claim_key",
    unclaim: "DELETE FROM claim WHERE claim_key IN (SELECT unhex(value ->> 0) FROM json_each($1))",
    lapse_facts: "DELETE FROM fact WHERE subject = $1",
    erase_claims: "DELETE FROM claim WHERE resource = $1 OR resource IN (SELECT signal FROM delivery WHERE youth = $1) \
        OR resource IN (SELECT id FROM delivery WHERE youth = $1) OR resource IN (SELECT unhex(value ->> 0) FROM json_each($2))",
    version: "INSERT INTO version (subject, version) SELECT unhex(value ->> 0), value ->> 1 FROM json_each($1) WHERE true \
        ON CONFLICT (subject) DO UPDATE SET version = excluded.version WHERE version.version = excluded.version - 1 RETURNING subject",
    data_key: "INSERT INTO data_key (youth, class, kek_version, wrapped) \
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, unhex(value ->> 3) FROM json_each($1)",
    fact: "INSERT INTO fact (subject, version, ordinal, kind, class, arrived_at, sealed) \
        SELECT unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, unhex(value ->> 6) FROM json_each($1)",
    signal: "INSERT INTO signal (id, youth, sender, kind, created_at, sealed) \
        SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, value ->> 4, unhex(value ->> 5) FROM json_each($1) WHERE true \
        ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed",
    inbox: "INSERT INTO inbox (receiver, desk, given) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1) WHERE true \
        ON CONFLICT (receiver, desk) DO UPDATE SET given = inbox.given + excluded.given RETURNING receiver, desk, given",
    delivery: "INSERT INTO delivery (id, signal, youth, receiver, desk, kind, urgent, state, attempts, due_at, created_at, place, sealed) \
        SELECT unhex(value ->> '$[0][0]'), unhex(value ->> '$[0][1]'), unhex(value ->> '$[0][2]'), \
               value ->> '$[1][0]', value ->> '$[1][1]', value ->> '$[1][2]', value ->> '$[1][3]', value ->> '$[1][4]', \
               value ->> '$[2][0]', value ->> '$[2][1]', value ->> '$[2][2]', value ->> '$[2][3]', unhex(value ->> '$[2][4]') FROM json_each($1) WHERE true \
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts, due_at = excluded.due_at, \
        place = CASE WHEN delivery.place = 0 THEN excluded.place ELSE delivery.place END, sealed = excluded.sealed",
    obligation: "INSERT INTO obligation (id, signal, youth, owner, desk, kind, due_on, state, reminded_for, created_at, sealed) \
        SELECT unhex(value ->> 0), unhex(value ->> 1), unhex(value ->> 2), value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, \
               value ->> 8, value ->> 9, unhex(value ->> 10) FROM json_each($1) WHERE true ON CONFLICT (id) DO UPDATE SET \
        due_on = excluded.due_on, state = excluded.state, reminded_for = excluded.reminded_for, sealed = excluded.sealed",
    leaf: "INSERT INTO log_leaf (origin, leaf_index, leaf_hash, entry) \
        SELECT $2, value ->> 0, unhex(value ->> 1), value ->> 2 FROM json_each($1)",
    fields: "INSERT INTO log_fields (origin, leaf_index, youth, sealed) \
        SELECT $2, value ->> 0, unhex(value ->> 1), unhex(value ->> 2) FROM json_each($1)",
    named: "INSERT INTO named (owner, at, origin, leaf_index, block, youth, facets) \
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, unhex(value ->> 5), value ->> 6 FROM json_each($1) WHERE true \
        ON CONFLICT DO NOTHING",
    head_locked: "SELECT epoch, size, root, frontier, committed_at FROM log_head WHERE origin = $1",
    due: "\
        WITH RECURSIVE waits (receiver) AS ( \
            SELECT min(receiver) FROM delivery WHERE state IN ('wacht', 'verzonden', 'onbevestigd') \
            UNION ALL \
            SELECT (SELECT min(n.receiver) FROM delivery n WHERE n.state IN ('wacht', 'verzonden', 'onbevestigd') AND n.receiver > w.receiver) \
            FROM waits w WHERE w.receiver IS NOT NULL \
        ), queue (receiver, urgent) AS (SELECT receiver, 1 FROM waits UNION ALL SELECT receiver, 0 FROM waits) \
        SELECT d.id, d.signal, d.youth, d.receiver, d.desk, d.kind, d.urgent, \
            d.state, d.attempts, d.due_at, d.created_at, d.place, d.sealed \
        FROM queue q JOIN delivery d ON d.id IN (SELECT x.id FROM delivery x \
            WHERE x.receiver = q.receiver AND x.urgent = q.urgent AND x.state IN ('wacht', 'verzonden', 'onbevestigd') AND x.due_at <= $1 \
            AND (x.kind <> 'intrekking' OR coalesce((SELECT o.state FROM delivery o WHERE o.id = x.sealed), '') NOT IN ('wacht', 'verzonden', 'onbevestigd')) \
            AND (x.urgent = 1 OR NOT EXISTS ( \
                SELECT 1 FROM delivery e WHERE e.youth = x.youth AND e.receiver = x.receiver AND e.desk = x.desk \
                AND e.state IN ('wacht', 'verzonden', 'onbevestigd') \
                AND (e.created_at < x.created_at OR (e.created_at = x.created_at AND e.id < x.id)))) \
            ORDER BY x.due_at, x.created_at, x.id LIMIT 8) \
        ORDER BY d.urgent DESC, d.due_at, d.created_at, d.id LIMIT $2",
    claimed: "SELECT k.key, c.resource, c.fingerprint, c.made_at FROM json_each($1) k JOIN claim c ON c.claim_key = unhex(k.value ->> 0)",
    youth: "\
        WITH k (place, youth) AS MATERIALIZED ( \
            SELECT key, coalesce((SELECT c.resource FROM claim c WHERE c.claim_key = unhex(value ->> 0)), unhex(value ->> 1)) FROM json_each($1)) \
        SELECT k.place, k.youth, coalesce((SELECT v.version FROM version v WHERE v.subject = CAST(x'79' || k.youth AS BLOB)), 0), \
            (SELECT json_group_array(json_array(d.class, d.kek_version, hex(d.wrapped))) FROM data_key d WHERE d.youth = k.youth), \
            (SELECT json_group_array(json_array(f.version, f.ordinal, f.kind, f.class, hex(f.sealed), f.arrived_at) ORDER BY f.version, f.ordinal) \
                FROM fact f WHERE f.subject = CAST(x'79' || k.youth AS BLOB)) \
        FROM k WHERE length(k.youth) > 0",
    behind: "\
        WITH k (place, id, parties) AS MATERIALIZED (SELECT key, unhex(value ->> 0), value -> 1 FROM json_each($1)), \
        theirs (place, sent, received) AS MATERIALIZED (SELECT k.place, \
            (SELECT s.id FROM signal s WHERE s.id = k.id AND EXISTS (SELECT 1 FROM json_each(k.parties) p WHERE p.value ->> 0 = s.sender)), \
            (SELECT d.id FROM delivery d \
                WHERE d.id = k.id AND EXISTS (SELECT 1 FROM json_each(k.parties) p WHERE p.value ->> 0 = d.receiver AND p.value ->> 1 = d.desk)) \
            FROM k), \
        h (place, received, signal) AS MATERIALIZED (SELECT place, received, coalesce((SELECT d.signal FROM delivery d WHERE d.id = received), sent) FROM theirs) \
        SELECT h.place, \
            (SELECT json_group_array(json_array(hex(s.id), hex(s.youth), s.sender, s.kind, s.created_at, hex(s.sealed))) FROM signal s WHERE s.id = h.signal), \
            (SELECT json_group_array(json_array(hex(d.id), hex(d.signal), hex(d.youth), d.receiver, d.desk, d.kind, d.urgent, d.state, d.attempts, d.due_at, d.created_at, d.place, hex(d.sealed))) FROM delivery d WHERE d.id = h.received), \
            coalesce((SELECT v.version FROM version v WHERE v.subject = CAST(x'73' || h.signal AS BLOB)), 0), \
            (SELECT json_group_array(json_array(f.version, f.ordinal, f.kind, f.class, hex(f.sealed), f.arrived_at) ORDER BY f.version, f.ordinal) \
                FROM fact f WHERE f.subject = CAST(x'73' || h.signal AS BLOB)), \
            (SELECT json_group_array(json_array(hex(d.id), hex(d.signal), hex(d.youth), d.receiver, d.desk, d.kind, d.urgent, d.state, d.attempts, d.due_at, d.created_at, d.place, hex(d.sealed)) \
                ORDER BY d.created_at, d.id) FROM delivery d WHERE d.signal = h.signal) \
        FROM h",
    time: "SELECT CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
    time_is_anothers: false,
};
