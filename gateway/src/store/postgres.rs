// SPDX-License-Identifier: EUPL-1.2
//! PostgreSQL: several gateways, each with a writer and a log of its own.

use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};

use super::copying::{CopiedHead, CopyFolder};
use super::engine::{BatchStatements, Engine, Fault, Row, Step, Value, Writer, fetch};
use super::migrations;

mod copy;

pub(crate) use self::copy::CopiedLeaves;

/// How long one call may stay without an answer. A server that is there ends a statement itself after ten seconds; but it
/// bounds no COMMIT, which can wait for a standby without end, and a server that left without a word says nothing at all.
const ANSWER_WITHIN: Duration = Duration::from_secs(12);

/// How long connecting may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// A PostgreSQL database, or an engine that speaks its protocol.
#[derive(Debug)]
pub struct Postgres {
    options: PgConnectOptions,
    readers: PgPool,
    within: Duration,
}

impl Postgres {
    /// Prepares to connect to `url`. Nothing is asked of the server yet: a gateway starts while its database restarts.
    pub fn open(url: &str) -> Result<Self, Fault> {
        Self::open_within(url, ANSWER_WITHIN)
    }

    /// As [`Postgres::open`], with another bound on how long a call may stay without an answer.
    pub(crate) fn open_within(url: &str, within: Duration) -> Result<Self, Fault> {
        Self::open_with(url, within, &[], 8)
    }

    /// As [`Postgres::open`], for the index to the logs, which has a schema of its own in the same database.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn beside(url: &str) -> Result<Self, Fault> {
        Self::open_with(url, ANSWER_WITHIN, &[("search_path", "zoek")], 2)
    }

    fn open_with(
        url: &str,
        within: Duration,
        settings: &[(&'static str, &'static str)],
        readers: u32,
    ) -> Result<Self, Fault> {
        // A half-open transaction of a dead gateway must not hold its locks for long.
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| Fault::Gone { reason: "the database address cannot be read".into() })?
            .options([
                ("idle_in_transaction_session_timeout", "10s"),
                ("statement_timeout", "10s"),
                ("lock_timeout", "5s"),
            ])
            .options(settings.iter().copied())
            .application_name("sluis")
            .disable_statement_logging();
        let readers = PgPoolOptions::new()
            .max_connections(readers)
            .acquire_timeout(CONNECT_WITHIN)
            .connect_lazy_with(options.clone());
        Ok(Self { options, readers, within })
    }

    async fn connect(&self) -> Result<PgConnection, Fault> {
        tokio::time::timeout(CONNECT_WITHIN, self.options.connect())
            .await
            .map_err(|_| Fault::Gone { reason: "no connection in time".into() })?
            .map_err(Fault::from)
    }
}

#[async_trait]
impl Engine for Postgres {
    async fn read(&self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        answered(self.within, fetch(&self.readers, sql, values)).await
    }

    async fn read_all(&self, steps: &[Step]) -> Result<Vec<Vec<Row>>, Fault> {
        // One connection for all of them: the pool asks it whether it lives only once.
        let reading = async {
            let mut connection = self.readers.acquire().await?;
            let mut answers = Vec::with_capacity(steps.len());
            for step in steps {
                answers.push(fetch(&mut *connection, step.sql, &step.values).await?);
            }
            Ok(answers)
        };
        answered(self.within, reading).await
    }

    async fn writer(&self) -> Result<Box<dyn Writer>, Fault> {
        Ok(Box::new(PostgresWriter { connection: self.connect().await?, within: self.within, silent: false }))
    }

    fn batch(&self) -> &'static BatchStatements {
        &BATCH
    }

    async fn migrate(&self) -> Result<(), Fault> {
        let mut connection = self.connect().await?;
        let mut done = migrations::run(migrations::POSTGRES, &mut connection).await;
        if done.is_ok() {
            let after = sqlx::AssertSqlSafe(format!("{RIGHTS};{INDEX}"));
            done = sqlx::raw_sql(after).execute(&mut connection).await.map(drop).map_err(Fault::from);
        }
        connection.close().await?;
        done
    }

    async fn schema(&self) -> Result<(), Fault> {
        migrations::compare(migrations::POSTGRES, self).await
    }

    async fn durability(&self, on: &mut dyn Writer) -> Result<(), Fault> {
        let rows = on.run("SELECT name::text, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')", &[]).await?;
        for row in &rows {
            if row.text(1)? == "off" || (row.text(0)? == "synchronous_commit" && row.text(1)? == "local") {
                return Err(Fault::NotDurable { setting: row.text(0)?.to_owned() });
            }
        }
        Ok(())
    }

    async fn copy_out(&self, to: &CopyFolder) -> Result<Vec<CopiedHead>, Fault> {
        self.copied(to).await
    }

    async fn copy_in(&self, from: &CopyFolder) -> Result<Box<dyn Writer>, Fault> {
        self.filled(from).await
    }

    async fn scrub(&self) -> Result<(), Fault> {
        // The server keeps its own files: what was deleted goes from them with VACUUM, and from its log with time.
        Ok(())
    }

    async fn restraint(&self, on: &mut dyn Writer) -> Result<(), Fault> {
        let rows = on.run(MAY_CHANGE_THE_LOG, &[]).await?;
        let may = rows.first().ok_or(Fault::Misread { column: 0 })?.int(0)?;
        if may == 0 { Ok(()) } else { Err(Fault::TooMighty) }
    }
}

/// What the serving role may and may not, given after each migration when there is such a role. It reads and adds; what
/// stands in the log, and facts, it cannot change or remove; but for those about one signal, whole, when its term is over.
const RIGHTS: &str = "\
    DO $$ BEGIN \
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'sluis_app') AND current_user <> 'sluis_app' THEN \
            GRANT USAGE ON SCHEMA public TO sluis_app; \
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO sluis_app; \
            REVOKE UPDATE, DELETE, TRUNCATE ON log_leaf, log_fields, fact FROM sluis_app; \
            REVOKE EXECUTE ON FUNCTION lapse_facts(bytea) FROM PUBLIC; \
            GRANT EXECUTE ON FUNCTION lapse_facts(bytea) TO sluis_app; \
            REVOKE DELETE ON log_head, witnessed FROM sluis_app; \
            REVOKE INSERT, UPDATE, DELETE ON _sqlx_migrations FROM sluis_app; \
        END IF; \
    END $$";

/// The tables of the index to the logs, made where they are not there yet.
const INDEX: &str = include_str!("../../migrations/index/postgres.sql");

/// Whether the current role owns the log, or may change it in another way; a superuser may do everything.
const MAY_CHANGE_THE_LOG: &str = "\
    SELECT count(*) FROM pg_class c WHERE c.oid IN ('log_leaf'::regclass, 'log_fields'::regclass) AND ( \
        pg_has_role(c.relowner, 'MEMBER') OR has_table_privilege(c.oid, 'UPDATE') OR \
        has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE'))";

struct PostgresWriter {
    connection: PgConnection,
    within: Duration,
    /// It left a call without an answer, and what it says next might belong to that one: nothing more is asked of it.
    silent: bool,
}

impl PostgresWriter {
    fn heard<T>(&mut self, answer: Result<T, Fault>) -> Result<T, Fault> {
        self.silent = matches!(answer, Err(Fault::Gone { .. }));
        answer
    }

    fn listening(&mut self) -> Result<&mut PgConnection, Fault> {
        if self.silent { Err(no_answer()) } else { Ok(&mut self.connection) }
    }
}

#[async_trait]
impl Writer for PostgresWriter {
    async fn run(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        let within = self.within;
        let answer = answered(within, fetch(self.listening()?, sql, values)).await;
        self.heard(answer)
    }

    async fn run_all(&mut self, steps: &[Step]) -> Result<Vec<Vec<Row>>, Fault> {
        let mut answers = Vec::with_capacity(steps.len());
        for step in steps {
            answers.push(self.run(step.sql, &step.values).await?);
        }
        Ok(answers)
    }

    async fn begin(&mut self, word: &'static str, first: &[Step]) -> Result<Vec<Vec<Row>>, Fault> {
        self.transaction(word).await?;
        self.run_all(first).await
    }

    async fn transaction(&mut self, word: &'static str) -> Result<(), Fault> {
        let within = self.within;
        let connection = self.listening()?;
        let said = async { sqlx::raw_sql(word).execute(connection).await.map(drop).map_err(Fault::from) };
        let answer = answered(within, said).await;
        self.heard(answer)
    }
}

fn no_answer() -> Fault {
    Fault::Gone { reason: "no answer in time".into() }
}

async fn answered<T>(within: Duration, call: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    tokio::time::timeout(within, call).await.unwrap_or_else(|_| Err(no_answer()))
}

/// The lock statement walks the keys in order and takes each row in the strength it needs: `FOR UPDATE` on what the
/// batch moves, `FOR SHARE` on the rest. Two statements, or one strength upgraded to the other, would let two writers deadlock.
static BATCH: BatchStatements = BatchStatements {
    begin: "BEGIN",
    commit: "COMMIT",
    rollback: "ROLLBACK",
    lock: "SELECT l.subject, l.version FROM \
        (SELECT decode(e ->> 0, 'hex') AS subject, (e ->> 1)::bigint AS moving FROM json_array_elements($1::json) e ORDER BY 1) k \
        CROSS JOIN LATERAL ( \
            SELECT * FROM (SELECT v.subject, v.version FROM version v WHERE k.moving = 1 AND v.subject = k.subject FOR UPDATE) moving \
            UNION ALL \
            SELECT * FROM (SELECT v.subject, v.version FROM version v WHERE k.moving = 0 AND v.subject = k.subject FOR SHARE) staying \
        ) l",
    claim: "INSERT INTO claim (claim_key, kind, resource, fingerprint, made_at) \
        SELECT decode(e ->> 0, 'hex'), e ->> 1, decode(e ->> 2, 'hex'), decode(e ->> 3, 'hex'), (e ->> 4)::bigint \
        FROM json_array_elements($1::json) e ORDER BY 1 ON CONFLICT (claim_key) DO NOTHING RETURNING claim_key",
    unclaim: "DELETE FROM claim WHERE claim_key IN (SELECT decode(e ->> 0, 'hex') FROM json_array_elements($1::json) e)",
    lapse_facts: "SELECT lapse_facts($1)",
    erase_claims: "DELETE FROM claim WHERE resource = $1 OR resource IN (SELECT signal FROM delivery WHERE youth = $1) \
        OR resource IN (SELECT id FROM delivery WHERE youth = $1) \
        OR resource IN (SELECT decode(e ->> 0, 'hex') FROM json_array_elements($2::json) e)",
    version: "INSERT INTO version (subject, version) \
        SELECT decode(e ->> 0, 'hex'), (e ->> 1)::bigint FROM json_array_elements($1::json) e ORDER BY 1 \
        ON CONFLICT (subject) DO UPDATE SET version = excluded.version WHERE version.version = excluded.version - 1 RETURNING subject",
    data_key: "INSERT INTO data_key (youth, class, kek_version, wrapped) \
        SELECT decode(e ->> 0, 'hex'), e ->> 1, (e ->> 2)::bigint, decode(e ->> 3, 'hex') FROM json_array_elements($1::json) e",
    fact: "INSERT INTO fact (subject, version, ordinal, kind, class, arrived_at, sealed) \
        SELECT decode(e ->> 0, 'hex'), (e ->> 1)::bigint, (e ->> 2)::bigint, e ->> 3, e ->> 4, (e ->> 5)::bigint, decode(e ->> 6, 'hex') \
        FROM json_array_elements($1::json) e",
    signal: "INSERT INTO signal (id, youth, sender, kind, created_at, sealed) \
        SELECT decode(e ->> 0, 'hex'), decode(e ->> 1, 'hex'), e ->> 2, e ->> 3, (e ->> 4)::bigint, decode(e ->> 5, 'hex') \
        FROM json_array_elements($1::json) e ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed",
    inbox: "INSERT INTO inbox (receiver, desk, given) \
        SELECT e ->> 0, e ->> 1, (e ->> 2)::bigint FROM json_array_elements($1::json) e ORDER BY 1, 2 \
        ON CONFLICT (receiver, desk) DO UPDATE SET given = inbox.given + excluded.given RETURNING receiver, desk, given",
    delivery: "INSERT INTO delivery (id, signal, youth, receiver, desk, kind, urgent, state, attempts, due_at, created_at, place, sealed) \
        SELECT decode(e #>> '{0,0}', 'hex'), decode(e #>> '{0,1}', 'hex'), decode(e #>> '{0,2}', 'hex'), \
               e #>> '{1,0}', e #>> '{1,1}', e #>> '{1,2}', (e #>> '{1,3}')::bigint, e #>> '{1,4}', \
               (e #>> '{2,0}')::bigint, (e #>> '{2,1}')::bigint, (e #>> '{2,2}')::bigint, (e #>> '{2,3}')::bigint, decode(e #>> '{2,4}', 'hex') FROM json_array_elements($1::json) e ORDER BY 1 \
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts, due_at = excluded.due_at, \
        place = CASE WHEN delivery.place = 0 THEN excluded.place ELSE delivery.place END, sealed = excluded.sealed",
    obligation: "INSERT INTO obligation (id, signal, youth, owner, desk, kind, due_on, state, reminded_for, created_at, sealed) \
        SELECT decode(e ->> 0, 'hex'), decode(e ->> 1, 'hex'), decode(e ->> 2, 'hex'), e ->> 3, e ->> 4, e ->> 5, e ->> 6, e ->> 7, \
               e ->> 8, (e ->> 9)::bigint, decode(e ->> 10, 'hex') FROM json_array_elements($1::json) e ORDER BY 1 ON CONFLICT (id) DO UPDATE SET \
        due_on = excluded.due_on, state = excluded.state, reminded_for = excluded.reminded_for, sealed = excluded.sealed",
    leaf: "INSERT INTO log_leaf (origin, leaf_index, leaf_hash, entry) \
        SELECT $2, (e ->> 0)::bigint, decode(e ->> 1, 'hex'), e ->> 2 FROM json_array_elements($1::json) e",
    fields: "INSERT INTO log_fields (origin, leaf_index, youth, sealed) \
        SELECT $2, (e ->> 0)::bigint, decode(e ->> 1, 'hex'), decode(e ->> 2, 'hex') FROM json_array_elements($1::json) e",
    named: "INSERT INTO named (owner, at, origin, leaf_index, block, youth, facets) \
        SELECT e ->> 0, (e ->> 1)::bigint, e ->> 2, (e ->> 3)::bigint, (e ->> 4)::bigint, decode(e ->> 5, 'hex'), e ->> 6 FROM json_array_elements($1::json) e \
        ON CONFLICT DO NOTHING",
    head_locked: "SELECT epoch, size, root, frontier, committed_at FROM log_head WHERE origin = $1 FOR UPDATE",
    due: "\
        WITH RECURSIVE waits (receiver) AS ( \
            SELECT min(receiver) FROM delivery WHERE state IN ('wacht', 'verzonden', 'onbevestigd') \
            UNION ALL \
            SELECT (SELECT min(n.receiver) FROM delivery n WHERE n.state IN ('wacht', 'verzonden', 'onbevestigd') AND n.receiver > w.receiver) \
            FROM waits w WHERE w.receiver IS NOT NULL \
        ), queue (receiver, urgent) AS (SELECT receiver, 1::bigint FROM waits UNION ALL SELECT receiver, 0::bigint FROM waits) \
        SELECT d.id, d.signal, d.youth, d.receiver, d.desk, d.kind, d.urgent, \
            d.state, d.attempts, d.due_at, d.created_at, d.place, d.sealed \
        FROM queue q CROSS JOIN LATERAL (SELECT x.* FROM delivery x \
            WHERE x.receiver = q.receiver AND x.urgent = q.urgent AND x.state IN ('wacht', 'verzonden', 'onbevestigd') AND x.due_at <= $1 \
            AND (x.kind <> 'intrekking' OR coalesce((SELECT o.state FROM delivery o WHERE o.id = x.sealed), '') NOT IN ('wacht', 'verzonden', 'onbevestigd')) \
            AND (x.urgent = 1 OR NOT EXISTS ( \
                SELECT 1 FROM delivery e WHERE e.youth = x.youth AND e.receiver = x.receiver AND e.desk = x.desk \
                AND e.state IN ('wacht', 'verzonden', 'onbevestigd') \
                AND (e.created_at < x.created_at OR (e.created_at = x.created_at AND e.id < x.id)))) \
            ORDER BY x.due_at, x.created_at, x.id LIMIT 8) d \
        ORDER BY d.urgent DESC, d.due_at, d.created_at, d.id LIMIT $2",
    claimed: "SELECT k.key - 1, c.resource, c.fingerprint, c.made_at \
        FROM json_array_elements($1::json) WITH ORDINALITY k (value, key) JOIN claim c ON c.claim_key = decode(k.value ->> 0, 'hex')",
    youth: "\
        WITH k (place, youth) AS MATERIALIZED ( \
            SELECT e.key - 1, coalesce((SELECT c.resource FROM claim c WHERE c.claim_key = decode(e.value ->> 0, 'hex')), decode(e.value ->> 1, 'hex')) \
            FROM json_array_elements($1::json) WITH ORDINALITY e (value, key)) \
        SELECT k.place, k.youth, coalesce((SELECT v.version FROM version v WHERE v.subject = '\\x79'::bytea || k.youth), 0), \
            coalesce((SELECT json_agg(json_build_array(d.class, d.kek_version, encode(d.wrapped, 'hex'))) FROM data_key d WHERE d.youth = k.youth)::text, '[]'), \
            coalesce((SELECT json_agg(json_build_array(f.version, f.ordinal, f.kind, f.class, encode(f.sealed, 'hex'), f.arrived_at) ORDER BY f.version, f.ordinal) \
                FROM fact f WHERE f.subject = '\\x79'::bytea || k.youth)::text, '[]') \
        FROM k WHERE length(k.youth) > 0",
    behind: "\
        WITH k (place, id, parties) AS MATERIALIZED ( \
            SELECT e.key - 1, decode(e.value ->> 0, 'hex'), e.value -> 1 FROM json_array_elements($1::json) WITH ORDINALITY e (value, key)), \
        theirs (place, sent, received) AS MATERIALIZED (SELECT k.place, \
            (SELECT s.id FROM signal s WHERE s.id = k.id AND EXISTS (SELECT 1 FROM json_array_elements(k.parties) p WHERE p ->> 0 = s.sender)), \
            (SELECT d.id FROM delivery d \
                WHERE d.id = k.id AND EXISTS (SELECT 1 FROM json_array_elements(k.parties) p WHERE p ->> 0 = d.receiver AND p ->> 1 = d.desk)) \
            FROM k), \
        h (place, received, signal) AS MATERIALIZED (SELECT place, received, coalesce((SELECT d.signal FROM delivery d WHERE d.id = received), sent) FROM theirs) \
        SELECT h.place, \
            coalesce((SELECT json_agg(json_build_array(encode(s.id, 'hex'), encode(s.youth, 'hex'), s.sender, s.kind, s.created_at, encode(s.sealed, 'hex'))) FROM signal s \
                WHERE s.id = h.signal)::text, '[]'), \
            coalesce((SELECT json_agg(json_build_array(encode(d.id, 'hex'), encode(d.signal, 'hex'), encode(d.youth, 'hex'), d.receiver, d.desk, d.kind, d.urgent, d.state, d.attempts, d.due_at, d.created_at, d.place, encode(d.sealed, 'hex'))) FROM delivery d \
                WHERE d.id = h.received)::text, '[]'), \
            coalesce((SELECT v.version FROM version v WHERE v.subject = '\\x73'::bytea || h.signal), 0), \
            coalesce((SELECT json_agg(json_build_array(f.version, f.ordinal, f.kind, f.class, encode(f.sealed, 'hex'), f.arrived_at) ORDER BY f.version, f.ordinal) \
                FROM fact f WHERE f.subject = '\\x73'::bytea || h.signal)::text, '[]'), \
            coalesce((SELECT json_agg(json_build_array(encode(d.id, 'hex'), encode(d.signal, 'hex'), encode(d.youth, 'hex'), d.receiver, d.desk, d.kind, d.urgent, d.state, d.attempts, d.due_at, d.created_at, d.place, encode(d.sealed, 'hex')) \
                ORDER BY d.created_at, d.id) FROM delivery d WHERE d.signal = h.signal)::text, '[]') \
        FROM h",
    time: "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
    time_is_anothers: true,
};
