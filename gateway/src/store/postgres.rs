// SPDX-License-Identifier: EUPL-1.2
//! PostgreSQL: several gateways, each with a writer and a log of its own.

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};

use super::engine::{BatchStatements, Engine, Fault, Row, Value, Writer, fetch};
use super::migrations;

/// A PostgreSQL database, or an engine that speaks its protocol.
#[derive(Debug)]
pub struct Postgres {
    options: PgConnectOptions,
    readers: PgPool,
}

impl Postgres {
    /// Prepares to connect to `url`. Nothing is asked of the server yet: a gateway starts while its database restarts.
    pub fn open(url: &str) -> Result<Self, Fault> {
        // A half-open transaction of a dead gateway must not hold its locks for long.
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| Fault::Gone { reason: "the database address cannot be read".into() })?
            .options([
                ("idle_in_transaction_session_timeout", "10s"),
                ("statement_timeout", "10s"),
                ("lock_timeout", "5s"),
            ])
            .application_name("sluis")
            .disable_statement_logging();
        let readers = PgPoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(5))
            .connect_lazy_with(options.clone());
        Ok(Self { options, readers })
    }

    async fn connect(&self) -> Result<PgConnection, Fault> {
        tokio::time::timeout(Duration::from_secs(5), self.options.connect())
            .await
            .map_err(|_| Fault::Gone { reason: "no connection in time".into() })?
            .map_err(Fault::from)
    }
}

#[async_trait]
impl Engine for Postgres {
    async fn read(&self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        fetch(&self.readers, sql, values).await
    }

    async fn writer(&self) -> Result<Box<dyn Writer>, Fault> {
        Ok(Box::new(PostgresWriter(self.connect().await?)))
    }

    fn batch(&self) -> &'static BatchStatements {
        &BATCH
    }

    async fn migrate(&self) -> Result<(), Fault> {
        let mut connection = self.connect().await?;
        let done = migrations::run(migrations::POSTGRES, &mut connection).await;
        connection.close().await?;
        done
    }

    async fn schema(&self) -> Result<(), Fault> {
        migrations::compare(migrations::POSTGRES, self).await
    }

    async fn durability(&self) -> Result<(), Fault> {
        let rows = self.read("SELECT name::text, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')", &[]).await?;
        for row in &rows {
            if row.text(1)? == "off" || (row.text(0)? == "synchronous_commit" && row.text(1)? == "local") {
                return Err(Fault::NotDurable { setting: row.text(0)?.to_owned() });
            }
        }
        Ok(())
    }
}

struct PostgresWriter(PgConnection);

#[async_trait]
impl Writer for PostgresWriter {
    async fn run(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        fetch(&mut self.0, sql, values).await
    }

    async fn transaction(&mut self, word: &'static str) -> Result<(), Fault> {
        sqlx::raw_sql(word).execute(&mut self.0).await?;
        Ok(())
    }
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
        FROM json_array_elements($1::json) e",
    delivery: "INSERT INTO delivery (id, signal, youth, receiver, desk, kind, urgent, state, attempts, due_at, created_at, sealed) \
        SELECT decode(e #>> '{0,0}', 'hex'), decode(e #>> '{0,1}', 'hex'), decode(e #>> '{0,2}', 'hex'), \
               e #>> '{1,0}', e #>> '{1,1}', e #>> '{1,2}', (e #>> '{1,3}')::bigint, e #>> '{1,4}', \
               (e #>> '{2,0}')::bigint, (e #>> '{2,1}')::bigint, (e #>> '{2,2}')::bigint, decode(e #>> '{2,3}', 'hex') FROM json_array_elements($1::json) e ORDER BY 1 \
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts, due_at = excluded.due_at, sealed = excluded.sealed",
    obligation: "INSERT INTO obligation (id, signal, youth, owner, desk, kind, due_on, state, created_at) \
        SELECT decode(e ->> 0, 'hex'), decode(e ->> 1, 'hex'), decode(e ->> 2, 'hex'), e ->> 3, e ->> 4, e ->> 5, e ->> 6, e ->> 7, (e ->> 8)::bigint \
        FROM json_array_elements($1::json) e ORDER BY 1 ON CONFLICT (id) DO UPDATE SET state = excluded.state",
    leaf: "INSERT INTO log_leaf (origin, leaf_index, leaf_hash, entry) \
        SELECT $2, (e ->> 0)::bigint, decode(e ->> 1, 'hex'), e ->> 2 FROM json_array_elements($1::json) e",
    fields: "INSERT INTO log_fields (origin, leaf_index, youth, sealed) \
        SELECT $2, (e ->> 0)::bigint, decode(e ->> 1, 'hex'), decode(e ->> 2, 'hex') FROM json_array_elements($1::json) e",
    head_locked: "SELECT epoch, size, root, frontier, committed_at FROM log_head WHERE origin = $1 FOR UPDATE",
};
