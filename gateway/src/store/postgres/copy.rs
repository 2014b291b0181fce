// SPDX-License-Identifier: EUPL-1.2
//! A copy of a PostgreSQL database while it is in use, one file a table, and its way back into an empty one. It is made
//! over the gateway's own connection, so no program of another version stands between.

use std::io::{BufRead, BufReader, Lines};
use std::path::PathBuf;
use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::ConnectOptions;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Postgres, PostgresWriter};
use crate::store::copying::{CopiedHead, CopyFolder, heads, tables, unusable};
use crate::store::engine::{Fault, Writer};
use crate::store::log::StoredLeaf;

const TABLES: &str = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' \
    AND table_type = 'BASE TABLE' AND table_name NOT LIKE '\\_sqlx%' ORDER BY 1";

/// A copy of a large database takes its time.
const COPY_WITHIN: Duration = Duration::from_secs(6 * 3600);

/// How much of a file is read at a time.
const PIECE: usize = 256 * 1024;

/// The logs in a copy, read from the file of their table.
pub(crate) struct CopiedLeaves {
    lines: Lines<BufReader<std::fs::File>>,
    path: PathBuf,
}

impl CopiedLeaves {
    /// Opens the file.
    ///
    /// # Errors
    /// When it is not there.
    pub(crate) fn open(folder: &CopyFolder) -> Result<Self, Fault> {
        let path = folder.of_table("log_leaf").join("log_leaf.copy");
        let file = std::fs::File::open(&path).map_err(unusable(&path))?;
        Ok(Self { lines: BufReader::new(file).lines(), path })
    }

    /// The next leaf of a log, in the order in which the table lay.
    ///
    /// # Errors
    /// When the file cannot be read, or has another form.
    pub(crate) fn next(&mut self, log: &str) -> Result<Option<StoredLeaf>, Fault> {
        for line in self.lines.by_ref() {
            let line = line.map_err(unusable(&self.path))?;
            // The columns of the table, in their order; the text form of COPY.
            let mut columns = line.split('\t').map(plain);
            let (origin, index, hash, entry) = (columns.next(), columns.next(), columns.next(), columns.next());
            if origin.as_deref() != Some(log) {
                continue;
            }
            let index = index.and_then(|index| index.parse().ok()).ok_or(Fault::Misread { column: 1 })?;
            let hash = hash.and_then(|hash| hex::decode(hash.strip_prefix("\\x")?).ok()?.try_into().ok());
            let hash = hash.ok_or(Fault::Misread { column: 2 })?;
            return Ok(Some(StoredLeaf { index, hash, entry: entry.ok_or(Fault::Misread { column: 3 })? }));
        }
        Ok(None)
    }
}

/// A column of the text form of COPY, without what protects its letters.
fn plain(column: &str) -> String {
    let (mut plain, mut letters) = (String::with_capacity(column.len()), column.chars());
    while let Some(letter) = letters.next() {
        plain.push(match letter {
            '\\' => match letters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some('t') => '\t',
                Some('b') => '\u{8}',
                Some('f') => '\u{c}',
                Some('v') => '\u{b}',
                Some(other) => other,
                None => '\\',
            },
            other => other,
        });
    }
    plain
}

impl Postgres {
    /// Everything as it stood at one moment, whoever writes meanwhile.
    pub(super) async fn copied(&self, to: &CopyFolder) -> Result<Vec<CopiedHead>, Fault> {
        let mut writer = self.patient().await?;
        writer.transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let found = heads(&mut writer).await?;
        for table in tables(&mut writer, TABLES).await? {
            let path = to.of_table(&table).join(format!("{table}.copy"));
            let mut file = File::create_new(&path).await.map_err(unusable(&path))?;
            // The names are those of the schema itself; identifiers cannot be bound.
            let mut rows = writer.connection.copy_out_raw(&format!("COPY public.\"{table}\" TO STDOUT")).await?;
            while let Some(piece) = rows.try_next().await? {
                file.write_all(&piece).await.map_err(unusable(&path))?;
            }
            file.flush().await.map_err(unusable(&path))?;
        }
        writer.transaction("COMMIT").await?;
        Ok(found)
    }

    /// Puts a copy into this empty database, in a transaction that is left open: whoever called commits it, or does not.
    pub(super) async fn filled(&self, from: &CopyFolder) -> Result<Box<dyn Writer>, Fault> {
        let mut writer = self.patient().await?;
        writer.transaction("BEGIN").await?;
        for table in tables(&mut writer, TABLES).await? {
            let path = from.of_table(&table).join(format!("{table}.copy"));
            let mut file = File::open(&path).await.map_err(unusable(&path))?;
            let mut rows = writer.connection.copy_in_raw(&format!("COPY public.\"{table}\" FROM STDIN")).await?;
            let mut piece = vec![0; PIECE];
            loop {
                let read = file.read(&mut piece).await.map_err(unusable(&path))?;
                match piece.get(..read) {
                    Some(filled) if read > 0 => rows.send(filled).await?,
                    _ => break,
                };
            }
            rows.finish().await?;
        }
        Ok(Box::new(writer))
    }

    /// A connection whose statements may last.
    async fn patient(&self) -> Result<PostgresWriter, Fault> {
        let without = [("statement_timeout", "0"), ("idle_in_transaction_session_timeout", "0")];
        let connection = self.options.clone().options(without).connect().await?;
        Ok(PostgresWriter { connection, within: COPY_WITHIN, silent: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_a_copy_is_read_as_it_was_written() {
        for (written, meant) in [
            ("{\"a\":\"b\"}", "{\"a\":\"b\"}"),
            (r"\\x00ff", r"\x00ff"),
            (r#"{"a":"een \\"\\\\ twee\\n"}"#, r#"{"a":"een \"\\ twee\n"}"#),
            (r"\t\n\r\b\f\v", "\t\n\r\u{8}\u{c}\u{b}"),
        ] {
            assert_eq!(plain(written), meant);
        }
    }
}
