// SPDX-License-Identifier: EUPL-1.2
//! The border with a database: statements in, rows out.
//!
//! Everything above this file is written once. What differs between SQLite and PostgreSQL is how a connection is
//! opened and the statements of a batch ([`BatchStatements`]); both stand in `sqlite.rs` and `postgres.rs`.

use async_trait::async_trait;
use sqlx::query::Query;
use sqlx::{ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Row as _, Type, TypeInfo, ValueRef};

use super::copying::{CopiedHead, CopyFolder};

/// A database as the store uses it.
///
/// An implementation guarantees that a `COMMIT` which returns without a fault is on disk, that a fault anywhere
/// before `COMMIT` leaves nothing of the transaction behind, and that [`Engine::read`] sees only committed rows.
#[async_trait]
pub trait Engine: Send + Sync + 'static {
    /// Runs one reading statement outside any transaction.
    async fn read(&self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Fault>;

    /// Runs reading statements outside any transaction, in their order and in as few trips as the database allows, and
    /// gives the rows of each. Each sees one moment; two of them may see different ones.
    async fn read_all(&self, steps: &[Step]) -> Result<Vec<Vec<Row>>, Fault>;

    /// Opens a connection of its own for one writer. A writer that met a fault is dropped and opened anew.
    async fn writer(&self) -> Result<Box<dyn Writer>, Fault>;

    /// The statements whose text differs between the databases.
    fn batch(&self) -> &'static BatchStatements;

    /// Brings the schema to this version of the program.
    async fn migrate(&self) -> Result<(), Fault>;

    /// Whether the schema is that of this version of the program; a database of another version is not served.
    async fn schema(&self) -> Result<(), Fault>;

    /// Whether the database answers on this connection, and promises that a commit survives a crash; the answer names what
    /// does not.
    async fn durability(&self, on: &mut dyn Writer) -> Result<(), Fault>;

    /// Copies everything, as it stands at one moment, into the folders, while others write. Gives every log in the copy.
    async fn copy_out(&self, to: &CopyFolder) -> Result<Vec<CopiedHead>, Fault>;

    /// Puts a copy into this database, which is empty and of the same schema, in a transaction that is left open.
    async fn copy_in(&self, from: &CopyFolder) -> Result<Box<dyn Writer>, Fault>;

    /// Sees to it that what a commit deleted can no longer be read from the database's own files on this machine, as far as
    /// it is the database that keeps them. Others may be writing and reading.
    async fn scrub(&self) -> Result<(), Fault>;

    /// Whether who serves on this connection can change nothing that stands in the log; a role that can is not served with.
    async fn restraint(&self, on: &mut dyn Writer) -> Result<(), Fault>;
}

/// One connection inside, or between, transactions.
///
/// An implementation guarantees that a call to a database across a network ends within a bound, with [`Fault::Gone`] when
/// no answer came; on a `COMMIT` that fault leaves open what became of it. An embedded database needs no bound and must
/// have none: a `COMMIT` that was given up would go on behind the writer's back.
#[async_trait]
pub trait Writer: Send {
    /// Runs one statement and returns its rows. A statement whose effect matters returns what it touched.
    async fn run(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Fault>;

    /// Runs statements in their order, in as few trips as the database allows, and returns the rows of each. What stands
    /// behind a statement that failed is not run.
    async fn run_all(&mut self, steps: &[Step]) -> Result<Vec<Vec<Row>>, Fault>;

    /// Begins a transaction with one of [`BatchStatements`]' words, and runs its first statements as [`Writer::run_all`].
    async fn begin(&mut self, word: &'static str, first: &[Step]) -> Result<Vec<Vec<Row>>, Fault>;

    /// Begins, commits or rolls back: one of [`BatchStatements`]' transaction words, sent without preparing.
    async fn transaction(&mut self, word: &'static str) -> Result<(), Fault>;
}

/// The statements of a batch, each constant at any size: rows go in as one JSON array of arrays, bytes in hexadecimal.
#[derive(Debug)]
pub struct BatchStatements {
    /// Opens the transaction, taking the write lock where the database has only one.
    pub begin: &'static str,
    /// Commits it.
    pub commit: &'static str,
    /// Gives it up.
    pub rollback: &'static str,
    /// `[[subject, moving]]` → `(subject, version)`: locks in key order and reads.
    pub lock: &'static str,
    /// `[[key, kind, resource, fingerprint, made_at]]` → the keys that were free.
    pub claim: &'static str,
    /// `[[key]]`: takes back what a unit that lost had claimed.
    pub unclaim: &'static str,
    /// `$1` youth, `[[id]]`: frees every claim that leads to the youth, to its signals and deliveries, or to these.
    pub erase_claims: &'static str,
    /// `$1` the subject of a signal: its facts go. Those of a youth stay, whatever is asked.
    pub lapse_facts: &'static str,
    /// `[[subject, version]]` → the subjects whose version row was made, or moved from the version before.
    pub version: &'static str,
    /// `[[youth, class, kek_version, wrapped]]`.
    pub data_key: &'static str,
    /// `[[subject, version, ordinal, kind, class, arrived_at, sealed]]`.
    pub fact: &'static str,
    /// `[[id, youth, sender, kind, created_at, sealed]]`.
    pub signal: &'static str,
    /// `[[receiver, desk, count]]`, in the order of the inboxes → `(receiver, desk, last place given)`: locks the inboxes.
    pub inbox: &'static str,
    /// `[[[id, signal, youth], [receiver, desk, kind, urgent, state], [attempts, due_at, created_at, place, sealed]]]`:
    /// makes or moves. A place that was given stays.
    pub delivery: &'static str,
    /// `[[id, signal, youth, owner, desk, kind, due_on, state, reminded_for, created_at, sealed]]`: makes or moves.
    pub obligation: &'static str,
    /// `$2` origin, `[[index, hash, entry]]`.
    pub leaf: &'static str,
    /// `$2` origin, `[[index, youth, sealed]]`.
    pub fields: &'static str,
    /// `[[owner, at, origin, index, block, youth, facets]]`, in the order of the key: into the index to the logs, not into the
    /// database itself.
    pub named: &'static str,
    /// `$1` origin: the head, locked, so that a commit still under way is waited for.
    pub head_locked: &'static str,
    /// `$1` time, `$2` how many: the deliveries that may leave, with the columns that the store reads of one, the first few
    /// of each receiver. Its cost grows with the receivers that something waits for, not with what waits.
    ///
    /// An ordinary delivery waits for every earlier one to the same desk about the same youth; an urgent one for nobody. A
    /// notice of withdrawal waits until what it takes back has come to rest, so that it never arrives first. A dispatched
    /// one whose time is up is due again: the gateway that sent it never heard, or never told, how it went. Each receiver
    /// shows only its first few, so that one with a long queue hides nobody else's.
    pub due: &'static str,
    /// `[[claim_key]]` → `(place, resource, fingerprint, made_at)`. Here and below `place` is that of the question in the
    /// array, from zero.
    pub claimed: &'static str,
    /// `[[claim_key, id]]` → `(place, youth, version, keys, facts)`: the youth that a claim leads to, else the one with the
    /// id; where both are empty, none. Keys and facts are JSON: `[[class, kek_version, wrapped]]` and
    /// `[[version, ordinal, kind, class, sealed, arrived_at]]`, bytes in hexadecimal, facts in the order of arrival.
    pub youth: &'static str,
    /// `[[id, [[organisation, desk]]]]` → `(place, signal, delivery, version, facts, deliveries)`: the delivery with this id
    /// to one of the parties and the signal that it carries, or the signal with this id that one of the organisations sent;
    /// each a JSON array of at most one, its columns in the order in which the store reads them. Then the version of the
    /// signal, and both lists of it as JSON. What is for others is not put together, so that it takes no longer than what is
    /// not there (P6).
    pub behind: &'static str,
    /// The database's own time, in microseconds.
    pub time: &'static str,
    /// Whether that is the time of another machine, which may differ from ours.
    pub time_is_anothers: bool,
}

/// A statement with what is bound to it.
#[derive(Debug, Clone)]
pub struct Step {
    /// The statement.
    pub sql: &'static str,
    /// Its values, in the order of their numbers.
    pub values: Vec<Value>,
}

impl Step {
    /// A statement with these values.
    #[must_use]
    pub fn new(sql: &'static str, values: impl Into<Vec<Value>>) -> Self {
        Self { sql, values: values.into() }
    }
}

/// A value bound to a statement or read from a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A whole number, an instant in microseconds or a flag.
    Int(i64),
    /// Text.
    Text(String),
    /// An id, digest or sealed bytes.
    Bytes(Vec<u8>),
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

/// A row, read by position and kind. A column of another kind than the statement promises is a [`Fault::Misread`].
#[derive(Debug)]
pub struct Row(Vec<Value>);

impl Row {
    /// The whole number in this column.
    pub fn int(&self, column: usize) -> Result<i64, Fault> {
        match self.0.get(column) {
            Some(Value::Int(number)) => Ok(*number),
            _ => Err(Fault::Misread { column }),
        }
    }

    /// The text in this column.
    pub fn text(&self, column: usize) -> Result<&str, Fault> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(Fault::Misread { column }),
        }
    }

    /// The bytes in this column.
    pub fn bytes(&self, column: usize) -> Result<&[u8], Fault> {
        match self.0.get(column) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            _ => Err(Fault::Misread { column }),
        }
    }

    /// The bytes in this column, of a fixed length: an id or a digest.
    pub fn array<const N: usize>(&self, column: usize) -> Result<[u8; N], Fault> {
        self.bytes(column)?.try_into().map_err(|_| Fault::Misread { column })
    }
}

/// What can go wrong with a database, sorted by what helps. No variant carries a value that was bound.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Fault {
    /// Another transaction was in the way (SQLSTATE 40001, 40P01; a busy SQLite): the same work may succeed now.
    #[error("another transaction was in the way")]
    Contended,
    /// The database refused a row: some unit of the batch is at fault, and trying again does not help.
    #[error("the database refused a row (code {code})")]
    Rejected {
        /// The database's own error code.
        code: String,
    },
    /// The database cannot be reached, is read-only or full. Whether a commit under way succeeded is not known.
    #[error("the database cannot be used: {reason}")]
    Gone {
        /// The kind of trouble, without values.
        reason: String,
    },
    /// A flush to disk failed. What the disk holds is unknown until the process starts again (fsync errors are not repeated).
    #[error("the disk failed while flushing")]
    FlushFailed,
    /// A row has another form than its statement promises.
    #[error("column {column} does not hold what its statement promises")]
    Misread {
        /// The column's position.
        column: usize,
    },
    /// The schema is of another version of the program.
    #[error("the database stands at schema {found} and this program needs {needed}: run `sluis migrate`")]
    OtherSchema {
        /// The steps that it has taken.
        found: i64,
        /// The steps that this program knows.
        needed: i64,
    },
    /// The role may change what stands in the log.
    #[error("this role may change what stands in the log: serve with sluis_app, and migrate with sluis_owner")]
    TooMighty,
    /// The database is set up so that a commit can be lost.
    #[error("a commit on this database can be lost: {setting}")]
    NotDurable {
        /// The setting at fault.
        setting: String,
    },
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return Self::Gone { reason: connection_trouble(&error) };
        };
        let code = database.code().map(|code| code.into_owned()).unwrap_or_default();
        // An SQLSTATE has five characters, a result code of SQLite at most four.
        if code.len() == 5 { postgres_fault(code) } else { sqlite_fault(code) }
    }
}

impl Fault {
    /// The same fault where no unit can be at fault: while connecting, or finding out where the log stands.
    pub(crate) fn of_the_database(self) -> Self {
        match self {
            Self::Rejected { code } => Self::Gone { reason: format!("code {code}") },
            Self::Misread { .. } => Self::Gone { reason: self.to_string() },
            other => other,
        }
    }
}

/// The classes that say nothing about a row: 08 connection, 28 not let in, 3D no such database, 53 resources, 57 stopped
/// or ended from outside (a statement that took too long among them), 58 system.
const CLASSES_OF_THE_DATABASE: [&str; 6] = ["08", "28", "3D", "53", "57", "58"];

fn postgres_fault(code: String) -> Fault {
    match code.as_str() {
        "40001" | "40P01" | "55P03" => Fault::Contended,
        // After a fail-over.
        "25006" => Fault::Gone { reason: "read-only".into() },
        // 25P03, 25P04: the session was ended because its transaction idled or lasted too long. 40003: whether it is
        // committed is not known.
        "25P03" | "25P04" | "40003" => Fault::Gone { reason: format!("code {code}") },
        _ if CLASSES_OF_THE_DATABASE.iter().any(|class| code.starts_with(class)) => {
            Fault::Gone { reason: format!("code {code}") }
        }
        _ => Fault::Rejected { code },
    }
}

/// SQLite's extended result codes carry the primary code in the low byte.
fn sqlite_fault(code: String) -> Fault {
    const IOERR_FSYNC: i64 = 1034;
    const IOERR_DIR_FSYNC: i64 = 1290;
    let number = code.parse::<i64>().unwrap_or(1);
    match (number, number & 0xff) {
        (IOERR_FSYNC | IOERR_DIR_FSYNC, _) => Fault::FlushFailed,
        (_, 5 | 6) => Fault::Contended,
        (_, 8) => Fault::Gone { reason: "read-only".into() },
        (_, 13) => Fault::Gone { reason: "disk full".into() },
        (_, 10 | 11 | 14 | 26) => Fault::Gone { reason: format!("file trouble, code {code}") },
        _ => Fault::Rejected { code },
    }
}

fn connection_trouble(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) => format!("connection lost ({:?})", error.kind()),
        sqlx::Error::PoolTimedOut => "no connection in time".into(),
        sqlx::Error::Tls(_) => "tls".into(),
        _ => "connection lost".into(),
    }
}

/// The one generic body over both drivers.
pub(super) async fn fetch<'c, D, E>(executor: E, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Fault>
where
    D: Database,
    E: Executor<'c, Database = D>,
    D::Arguments: IntoArguments<D>,
    for<'q> i64: Encode<'q, D> + Type<D> + Decode<'q, D>,
    for<'q> String: Encode<'q, D> + Type<D> + Decode<'q, D>,
    for<'q> Vec<u8>: Encode<'q, D> + Type<D> + Decode<'q, D>,
    usize: ColumnIndex<D::Row>,
{
    let rows = executor.fetch_all(bound::<D>(sqlx::query(sql), values.iter())).await?;
    rows.iter().map(read_row::<D>).collect()
}

/// A query with its values.
pub(super) fn bound<'q, 'v, D>(
    mut query: Query<'q, D, D::Arguments>,
    values: impl Iterator<Item = &'v Value>,
) -> Query<'q, D, D::Arguments>
where
    D: Database,
    for<'a> i64: Encode<'a, D> + Type<D>,
    for<'a> String: Encode<'a, D> + Type<D>,
    for<'a> Vec<u8>: Encode<'a, D> + Type<D>,
{
    for value in values {
        query = match value {
            Value::Int(number) => query.bind(*number),
            Value::Text(text) => query.bind(text.clone()),
            Value::Bytes(bytes) => query.bind(bytes.clone()),
        };
    }
    query
}

/// The form in which a column is decoded.
enum Kind {
    Text,
    Bytes,
    Int,
}

pub(super) fn read_row<D>(row: &D::Row) -> Result<Row, Fault>
where
    D: Database,
    for<'q> i64: Decode<'q, D>,
    for<'q> String: Decode<'q, D>,
    for<'q> Vec<u8>: Decode<'q, D>,
    usize: ColumnIndex<D::Row>,
{
    let mut values = Vec::with_capacity(row.columns().len());
    for column in 0..row.columns().len() {
        let raw = row.try_get_raw(column)?;
        if raw.is_null() {
            return Err(Fault::Misread { column });
        }
        let kind = match raw.type_info().name() {
            "TEXT" | "VARCHAR" | "NAME" => Kind::Text,
            "BLOB" | "BYTEA" => Kind::Bytes,
            _ => Kind::Int,
        };
        values.push(match kind {
            Kind::Text => Value::Text(row.try_get_unchecked(column)?),
            Kind::Bytes => Value::Bytes(row.try_get_unchecked(column)?),
            Kind::Int => Value::Int(row.try_get_unchecked(column)?),
        });
    }
    Ok(Row(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_row_can_cause_is_blamed_on_a_row() {
        for (codes, expected) in [
            (["40001", "40P01", "55P03"].as_slice(), "contended"),
            (&["08000", "08006", "08007", "25006", "25P03", "25P04", "28000", "28P01", "3D000", "40003"], "gone"),
            (&["53100", "53300", "57014", "57P01", "57P03", "58030"], "gone"),
            (&["22001", "22P02", "23502", "23505", "23514", "25P02", "42501", "42P01", "54000"], "rejected"),
        ] {
            for code in codes {
                let fault = postgres_fault((*code).to_owned());
                assert_eq!(kind(&fault), expected, "{code}");
                let connecting = kind(&fault.of_the_database());
                assert_eq!(connecting, if expected == "rejected" { "gone" } else { expected }, "{code} on connecting");
            }
        }
        assert_eq!(kind(&Fault::Misread { column: 0 }.of_the_database()), "gone");
    }

    #[test]
    fn sqlite_names_its_trouble_in_the_low_byte() {
        for (code, expected) in [
            ("5", "contended"),
            ("517", "contended"),
            ("6", "contended"),
            ("13", "gone"),
            ("8", "gone"),
            ("778", "gone"),
            ("1034", "flush failed"),
            ("1290", "flush failed"),
            ("2067", "rejected"),
            ("1555", "rejected"),
        ] {
            assert_eq!(kind(&sqlite_fault(code.to_owned())), expected, "{code}");
        }
    }

    fn kind(fault: &Fault) -> &'static str {
        match fault {
            Fault::Contended => "contended",
            Fault::Rejected { .. } => "rejected",
            Fault::Gone { .. } => "gone",
            Fault::FlushFailed => "flush failed",
            Fault::Misread { .. } => "misread",
            Fault::OtherSchema { .. } | Fault::NotDurable { .. } | Fault::TooMighty => "other",
        }
    }
}
