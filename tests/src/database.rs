// SPDX-License-Identifier: EUPL-1.2
//! A fresh database of either kind.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{Connection, Executor, PgConnection};

use crate::Trouble;

/// The two databases that everything is tried on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database {
    /// Embedded, a file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Database {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// How it is called in output and file names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// The URL of a database with nothing in it. On SQLite it lies in `folder`.
    ///
    /// # Errors
    /// When there is no PostgreSQL server for tests.
    pub async fn fresh(self, folder: &Path) -> Result<String, Trouble> {
        match self {
            Self::Sqlite => {
                // Apart from the keys, which a gateway refuses to find beside its data.
                let data = folder.join("data");
                std::fs::create_dir_all(&data).map_err(|error| error.to_string())?;
                Ok(format!("sqlite:{}", data.join("sluis.db").display()))
            }
            Self::Postgres => fresh_on(&server()?).await,
        }
    }
}

/// The address of the PostgreSQL server that `tests/run` started.
///
/// # Errors
/// When there is none.
pub fn server() -> Result<String, Trouble> {
    std::env::var("SLUIS_TEST_POSTGRES")
        .map_err(|_| "SLUIS_TEST_POSTGRES names no PostgreSQL server: use tests/run, which starts one".into())
}

/// A connection to that server, or to a database on it.
///
/// # Errors
/// When it cannot be reached.
pub async fn connect(url: &str) -> Result<PgConnection, Trouble> {
    PgConnection::connect(url).await.map_err(|error| format!("PostgreSQL cannot be reached: {error}"))
}

/// The URL of a database with nothing in it, on a server of one's own.
///
/// # Errors
/// When it cannot be made there.
pub async fn fresh_on(server: &str) -> Result<String, Trouble> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("sluis_world_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let mut connection = connect(server).await?;
    // The name is our own; identifiers cannot be bound.
    let statement = sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")));
    connection.execute(statement).await.map_err(|error| format!("no fresh database: {error}"))?;
    let (base, _) = server.rsplit_once('/').ok_or("SLUIS_TEST_POSTGRES names no database")?;
    let mut connection = connect(&format!("{base}/{name}")).await?;
    let roles = sqlx::raw_sql(ROLES);
    connection.execute(roles).await.map_err(|error| format!("no roles: {error}"))?;
    let (_, place) = base.split_once('@').ok_or("SLUIS_TEST_POSTGRES names no user")?;
    Ok(format!("postgres://{SERVING}@{place}/{name}"))
}

/// What a server's administrator runs once.
const ROLES: &str = include_str!("../../deploy/postgres/rollen.sql");

/// Who serves.
const SERVING: &str = "sluis_app";

/// The address of a database for its owner, who migrates; nothing for one without roles.
#[must_use]
pub fn owned(url: &str) -> Option<String> {
    let (_, place) = url.split_once(&format!("postgres://{SERVING}@"))?;
    Some(format!("postgres://sluis_owner@{place}"))
}
