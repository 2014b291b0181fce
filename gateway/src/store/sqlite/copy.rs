// SPDX-License-Identifier: EUPL-1.2
//! A copy of a SQLite database while it is in use, and its way back into an empty one.

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection, SqlSafeStr};

use super::{Sqlite, SqliteWriter};
use crate::store::copying::{CopiedHead, CopyFolder, KEY_TABLE, heads, tables};
use crate::store::engine::{Fault, Row, Writer};
use crate::store::log::StoredLeaf;

const TABLES: &str = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
    AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' ORDER BY name";

/// The file with everything but the keys, in its folder.
const DATA_FILE: &str = "sluis.db";
/// The file with the wrapped keys, in its folder.
const KEYS_FILE: &str = "sleutels.db";

/// How many leaves are read at a time.
const LEAVES_AT_ONCE: i64 = 1_000;
const LEAVES: &str = "SELECT leaf_index, leaf_hash, entry FROM log_leaf WHERE origin = $1 AND leaf_index >= $2 \
    ORDER BY leaf_index LIMIT $3";

/// The logs in a copy, read from its file without changing a byte of it.
pub(crate) struct CopiedLeaves(SqliteWriter);

impl CopiedLeaves {
    /// Opens the file.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) async fn open(folder: &CopyFolder) -> Result<Self, Fault> {
        let options = SqliteConnectOptions::new().filename(folder.data.join(DATA_FILE)).read_only(true).immutable(true);
        Ok(Self(SqliteWriter(SqliteConnection::connect_with(&options).await?)))
    }

    /// The next leaves of a log, from this place on.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(crate) async fn page(&mut self, log: &str, from: u64) -> Result<Vec<StoredLeaf>, Fault> {
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        let rows = self.0.run(LEAVES, &[log.into(), from.into(), LEAVES_AT_ONCE.into()]).await?;
        let leaf = |row: &Row| {
            let index = u64::try_from(row.int(0)?).map_err(|_| Fault::Misread { column: 0 })?;
            Ok(StoredLeaf { index, hash: row.array(1)?, entry: row.text(2)?.to_owned() })
        };
        rows.iter().map(leaf).collect()
    }
}

impl Sqlite {
    /// Everything as one reader sees it, whoever writes meanwhile; then the keys apart from it, and what they leave behind
    /// in the file overwritten.
    pub(super) async fn copied(&self, to: &CopyFolder) -> Result<Vec<CopiedHead>, Fault> {
        let (data, keys) = (to.data.join(DATA_FILE), to.keys.join(KEYS_FILE));
        let mut connection = self.connect().await?;
        sqlx::query("VACUUM INTO $1").bind(data.display().to_string()).execute(&mut connection).await?;
        connection.close().await?;
        let mut copy = Self::alone(&data).await?;
        let found = {
            let mut reading = SqliteWriter(copy);
            let found = heads(&mut reading).await?;
            copy = reading.0;
            found
        };
        sqlx::query("ATTACH $1 AS keys").bind(keys.display().to_string()).execute(&mut copy).await?;
        for step in ["CREATE TABLE keys.data_key AS SELECT * FROM main.data_key", "DELETE FROM main.data_key"] {
            sqlx::raw_sql(step).execute(&mut copy).await?;
        }
        sqlx::raw_sql("DETACH keys").execute(&mut copy).await?;
        sqlx::raw_sql("VACUUM").execute(&mut copy).await?;
        copy.close().await?;
        Ok(found)
    }

    /// Puts a copy into this empty database, in a transaction that is left open: whoever called commits it, or does not.
    pub(super) async fn filled(&self, from: &CopyFolder) -> Result<Box<dyn Writer>, Fault> {
        let mut connection = self.connect().await?;
        for (file, name) in [(from.data.join(DATA_FILE), "copy"), (from.keys.join(KEYS_FILE), "keys")] {
            if !file.is_file() {
                return Err(Fault::Gone { reason: format!("`{}` is not there", file.display()) });
            }
            let attach = AssertSqlSafe(format!("ATTACH $1 AS {name}")).into_sql_str();
            sqlx::query(attach).bind(file.display().to_string()).execute(&mut connection).await?;
        }
        let mut writer = SqliteWriter(connection);
        let tables = tables(&mut writer, TABLES).await?;
        writer.transaction("BEGIN IMMEDIATE").await?;
        for table in tables {
            let source = if table == KEY_TABLE { "keys" } else { "copy" };
            // The names are those of the schema itself; identifiers cannot be bound.
            let fill = AssertSqlSafe(format!("INSERT INTO main.\"{table}\" SELECT * FROM {source}.\"{table}\""));
            sqlx::raw_sql(fill).execute(&mut writer.0).await?;
        }
        Ok(Box::new(writer))
    }

    /// A connection to a file of a copy, which nobody else uses.
    async fn alone(file: &std::path::Path) -> Result<SqliteConnection, Fault> {
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(file)
            // What is attached to it is opened in the same way, and the file of the keys is made there.
            .create_if_missing(true)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Delete)
            .pragma("secure_delete", "ON");
        Ok(SqliteConnection::connect_with(&options).await?)
    }
}
