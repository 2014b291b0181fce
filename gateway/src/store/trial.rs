// SPDX-License-Identifier: EUPL-1.2
//! Fresh databases for tests: every test of the store runs on both.

use std::sync::Arc;

use sqlx::{ConnectOptions, Connection, Executor};
use tempfile::TempDir;

use super::engine::{Engine, Fault};
use super::index::Index;
use super::postgres::Postgres;
use super::sqlite::Sqlite;

/// An empty, migrated database that goes away with this value.
pub(crate) struct Trial {
    pub(crate) name: &'static str,
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) index: Index,
    /// Holds the database file; goes away with this value.
    _folder: Option<TempDir>,
}

impl Trial {
    /// The same database, as another gateway has it. It goes away with the first.
    pub(crate) fn beside(&self) -> Self {
        Self { name: self.name, engine: Arc::clone(&self.engine), index: self.index.clone(), _folder: None }
    }
}

/// One trial on each database. PostgreSQL is the server that `tests/run` starts.
pub(crate) async fn both() -> [Trial; 2] {
    [sqlite().await, postgres().await]
}

pub(crate) async fn sqlite() -> Trial {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("sluis.db");
    let engine = Sqlite::open(&file).await.unwrap();
    engine.migrate().await.unwrap();
    let index = Index::new(Arc::new(Sqlite::beside(&file).await.unwrap()));
    Trial { name: "sqlite", engine: Arc::new(engine), index, _folder: Some(folder) }
}

pub(crate) async fn postgres() -> Trial {
    let url = postgres_database().await;
    let engine = Postgres::open(&url).unwrap();
    engine.migrate().await.unwrap();
    let index = Index::new(Arc::new(Postgres::beside(&url).unwrap()));
    Trial { name: "postgres", engine: Arc::new(engine), index, _folder: None }
}

/// Makes an empty database on the test server and gives its address.
pub(crate) async fn postgres_database() -> String {
    let server = std::env::var("SLUIS_TEST_POSTGRES")
        .expect("SLUIS_TEST_POSTGRES names a PostgreSQL server for tests: use tests/run, which starts one");
    let mut salt = [0_u8; 8];
    aws_lc_rs::rand::fill(&mut salt).unwrap();
    let name = format!("sluis_{}", hex::encode(salt));
    let options: sqlx::postgres::PgConnectOptions = server.parse().unwrap();
    let mut connection = options.connect().await.unwrap();
    connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))).await.unwrap();
    connection.close().await.unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    format!("{base}/{name}")
}

/// Takes a database of [`postgres_database`] away, under whoever is connected to it.
pub(crate) async fn drop_database(url: &str) {
    let (_, name) = url.rsplit_once('/').unwrap();
    let server: sqlx::postgres::PgConnectOptions = std::env::var("SLUIS_TEST_POSTGRES").unwrap().parse().unwrap();
    let mut connection = server.connect().await.unwrap();
    let order = format!("DROP DATABASE {name} WITH (FORCE)");
    connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(order))).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn both_schemas_have_the_same_tables_and_columns() {
    let [sqlite, postgres] = both().await;
    let in_sqlite = "SELECT m.name || '.' || c.name || ' ' || CASE c.type WHEN 'BLOB' THEN 'bytes' WHEN 'INTEGER' THEN 'int' ELSE 'text' END \
        || CASE c.\"notnull\" WHEN 1 THEN '' ELSE ' null' END FROM sqlite_master m JOIN pragma_table_info(m.name) c \
        WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\'";
    let in_postgres = "SELECT table_name || '.' || column_name || ' ' || CASE data_type WHEN 'bytea' THEN 'bytes' WHEN 'bigint' THEN 'int' ELSE 'text' END \
        || CASE is_nullable WHEN 'NO' THEN '' ELSE ' null' END FROM information_schema.columns \
        WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%'";
    let mut columns = Vec::new();
    for (trial, sql) in [(&sqlite, in_sqlite), (&postgres, in_postgres)] {
        let rows = trial.engine.read(sql, &[]).await.unwrap();
        let mut of_one: Vec<String> = rows.iter().map(|row| row.text(0).unwrap().to_owned()).collect();
        of_one.sort();
        columns.push(of_one);
    }
    assert!(columns[0].len() > 40, "the query sees the schema");
    assert_eq!(columns[0], columns[1]);
    assert!(
        columns[0].iter().all(|column| !column.ends_with("null")),
        "sqlx on SQLite stores NULL for a forgotten bind: no column may take it"
    );
}

#[tokio::test]
async fn migrating_twice_changes_nothing() -> Result<(), Fault> {
    for trial in both().await {
        trial.engine.migrate().await?;
        trial.engine.schema().await?;
        trial.engine.durability(trial.engine.writer().await?.as_mut()).await?;
    }
    Ok(())
}

#[tokio::test]
async fn every_reading_statement_prepares_on_both() -> Result<(), Fault> {
    for trial in both().await {
        let batch = trial.engine.batch();
        let due = (batch.due, vec![0.into(), 1.into()]);
        let gathered = [batch.claimed, batch.youth, batch.behind].map(|sql| (sql, vec!["[]".into()]));
        let all = super::reading::all()
            .into_iter()
            .chain(super::duties::all())
            .chain(super::log::all())
            .chain(super::kept::all())
            .chain([due])
            .chain(gathered);
        for (sql, values) in all {
            trial.engine.read(sql, &values).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_database_of_another_schema_is_not_served() {
    let folder = TempDir::new().unwrap();
    let sqlite = Sqlite::open(&folder.path().join("sluis.db")).await.unwrap();
    assert!(matches!(sqlite.schema().await, Err(Fault::OtherSchema { found: 0, needed: 1 })));
    let postgres = Postgres::open(&postgres_database().await).unwrap();
    assert!(matches!(postgres.schema().await, Err(Fault::OtherSchema { found: 0, needed: 1 })));
}
