// SPDX-License-Identifier: EUPL-1.2
//! What is read back of the logs: the lines that name an organisation, and the hashes that a proof is made from.

use sluis_policy::Oin;

use super::engine::{Fault, Row, Step, Value};
use super::reading::Store;
use crate::vault::{Id, NO_YOUTH};

const LOGS: &str = "SELECT origin, size FROM log_head ORDER BY origin";
/// The log has no index but its order, so the range bounds the work; the pattern only saves carrying what cannot match.
const LINES: &str = "SELECT leaf_index, entry FROM log_leaf WHERE origin = $1 AND leaf_index >= $2 AND leaf_index < $3 \
    AND entry LIKE $4 ORDER BY leaf_index DESC LIMIT $5";
/// A record with the personal fields beside it, as far as they are still there: their column is the hash of the leaf where
/// they are not.
const RECORDS: &str = "SELECT l.leaf_index, l.entry, CAST(CASE WHEN f.origin IS NULL THEN 0 ELSE 1 END AS BIGINT), \
    COALESCE(f.youth, l.leaf_hash), COALESCE(f.sealed, l.leaf_hash) \
    FROM log_leaf l LEFT JOIN log_fields f ON f.origin = l.origin AND f.leaf_index = l.leaf_index \
    WHERE l.origin = $1 AND l.leaf_index >= $2 AND l.leaf_index < $3 AND l.entry LIKE $4 \
    ORDER BY l.leaf_index DESC LIMIT $5";
/// Records without what is sealed: whose youth it is about, or `$4` where it is about nobody.
const PLAIN: &str = "SELECT l.leaf_index, l.entry, COALESCE(f.youth, $4) \
    FROM log_leaf l LEFT JOIN log_fields f ON f.origin = l.origin AND f.leaf_index = l.leaf_index \
    WHERE l.origin = $1 AND l.leaf_index >= $2 AND l.leaf_index < $3 ORDER BY l.leaf_index";
const HASHES: &str = "SELECT leaf_index, leaf_hash FROM log_leaf WHERE origin = $1 AND leaf_index >= $2 AND leaf_index < $3 ORDER BY leaf_index";
const LEAVES: &str = "SELECT leaf_index, leaf_hash, entry FROM log_leaf WHERE origin = $1 AND leaf_index >= $2 \
    ORDER BY leaf_index LIMIT $3";
const HEAD: &str = "SELECT size, root FROM log_head WHERE origin = $1";
const WITNESSED: &str = "SELECT size, root, note FROM witnessed WHERE log = $1";

/// Every statement of this file, for the test that prepares each on both databases.
#[cfg(test)]
pub(super) fn all() -> [(&'static str, Vec<Value>); 8] {
    let (text, one) = (|| Value::Text(String::new()), Value::Int(1));
    [
        (LOGS, Vec::new()),
        (LINES, vec![text(), one.clone(), one.clone(), text(), one.clone()]),
        (RECORDS, vec![text(), one.clone(), one.clone(), text(), one.clone()]),
        (PLAIN, vec![text(), one.clone(), one.clone(), Value::Bytes(vec![0; 16])]),
        (HASHES, vec![text(), one.clone(), one.clone()]),
        (LEAVES, vec![text(), one.clone(), one]),
        (HEAD, vec![text()]),
        (WITNESSED, vec![text()]),
    ]
}

/// Regel of a log with what lies beside it.
#[derive(Debug, Clone)]
#[doc(alias = "regel")]
pub struct StoredRecord {
    /// Its place.
    pub index: u64,
    /// The text of the leaf.
    pub entry: String,
    /// Whose key seals the personal fields, and what is sealed; none once they were taken away.
    pub fields: Option<(Id, Vec<u8>)>,
}

/// Blad of a log as it is stored: both what was hashed and the hash that was committed.
#[derive(Debug, Clone)]
#[doc(alias = "blad")]
pub(crate) struct StoredLeaf {
    /// Its place.
    pub(crate) index: u64,
    /// Its hash.
    pub(crate) hash: [u8; 32],
    /// The text of the leaf.
    pub(crate) entry: String,
}

/// Regel of a log, and whom it is about.
#[derive(Debug, Clone)]
#[doc(alias = "regel")]
pub struct PlainRecord {
    /// Its place.
    pub index: u64,
    /// The text of the leaf.
    pub entry: String,
    /// The youth that it is about; [`NO_YOUTH`] where it is about nobody.
    pub youth: Id,
}

/// Gezien: how far a log was witnessed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "gezien")]
pub struct WitnessedLog {
    /// How many entries it had.
    pub size: u64,
    /// The root over them.
    pub root: [u8; 32],
    /// The note that says so.
    pub note: String,
}

impl Store {
    /// The records of a range, from its beginning, with whom each is about.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn plain(&self, log: &str, range: std::ops::Range<u64>) -> Result<Vec<PlainRecord>, Fault> {
        let rows = self.engine().read(PLAIN, &plain_values(log, range)).await?;
        rows.iter().map(plain).collect()
    }

    /// The records at these places, those that are not there left out.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn plain_at(&self, places: &[(&str, u64)]) -> Result<Vec<Option<PlainRecord>>, Fault> {
        let step = |(log, index): &(&str, u64)| Step::new(PLAIN, plain_values(log, *index..index.saturating_add(1)));
        let steps: Vec<Step> = places.iter().map(step).collect();
        let answers = self.engine().read_all(&steps).await?;
        answers.iter().map(|rows| rows.first().map(plain).transpose()).collect()
    }

    /// How many entries a log has, with the root over them; nothing of one that is not here.
    pub async fn log_head(&self, log: &str) -> Result<Option<(u64, [u8; 32])>, Fault> {
        let rows = self.engine().read(HEAD, &[log.into()]).await?;
        rows.first().map(|row| Ok((index(row, 0)?, row.array(1)?))).transpose()
    }

    /// How far a log was witnessed; nothing of one that never was.
    pub async fn witnessed(&self, log: &str) -> Result<Option<WitnessedLog>, Fault> {
        let rows = self.engine().read(WITNESSED, &[log.into()]).await?;
        let seen =
            |row: &Row| Ok(WitnessedLog { size: index(row, 0)?, root: row.array(1)?, note: row.text(2)?.to_owned() });
        rows.first().map(seen).transpose()
    }

    /// The latest records of a range whose text holds these words, latest first.
    pub async fn records(
        &self,
        log: &str,
        range: std::ops::Range<u64>,
        words: &str,
        limit: i64,
    ) -> Result<Vec<StoredRecord>, Fault> {
        let pattern = format!("%{words}%");
        let values = [log.into(), bound(range.start), bound(range.end), pattern.as_str().into(), limit.into()];
        let record = |row: &Row| {
            let fields = if row.int(2)? == 1 { Some((row.array(3)?, row.bytes(4)?.to_vec())) } else { None };
            Ok(StoredRecord { index: index(row, 0)?, entry: row.text(1)?.to_owned(), fields })
        };
        self.engine().read(RECORDS, &values).await?.iter().map(record).collect()
    }

    /// The logs that this database holds, each with its size. Several gateways have one each, and so has every restore.
    pub async fn logs(&self) -> Result<Vec<(String, u64)>, Fault> {
        self.engine().read(LOGS, &[]).await?.iter().map(|row| Ok((row.text(0)?.to_owned(), index(row, 1)?))).collect()
    }

    /// The latest lines of a range that name an organisation somewhere, latest first.
    pub async fn lines_naming(
        &self,
        log: &str,
        organisation: Oin,
        range: std::ops::Range<u64>,
        limit: i64,
    ) -> Result<Vec<(u64, String)>, Fault> {
        let pattern = format!("%\"{organisation}\"%");
        let values = [log.into(), bound(range.start), bound(range.end), pattern.as_str().into(), limit.into()];
        let rows = self.engine().read(LINES, &values).await?;
        rows.iter().map(|row| Ok((index(row, 0)?, row.text(1)?.to_owned()))).collect()
    }

    /// The leaves of a log from a place on.
    pub(crate) async fn leaves(&self, log: &str, from: u64, limit: i64) -> Result<Vec<StoredLeaf>, Fault> {
        let rows = self.engine().read(LEAVES, &[log.into(), bound(from), limit.into()]).await?;
        let leaf =
            |row: &Row| Ok(StoredLeaf { index: index(row, 0)?, hash: row.array(1)?, entry: row.text(2)?.to_owned() });
        rows.iter().map(leaf).collect()
    }

    /// The leaf hashes of a range, which must all be there.
    pub async fn leaf_hashes(&self, log: &str, range: std::ops::Range<u64>) -> Result<Vec<[u8; 32]>, Fault> {
        let rows = self.engine().read(HASHES, &[log.into(), bound(range.start), bound(range.end)]).await?;
        let hash = |(row, expected): (&Row, u64)| {
            if index(row, 0)? == expected { row.array(1) } else { Err(Fault::Misread { column: 0 }) }
        };
        let hashes: Vec<[u8; 32]> = rows.iter().zip(range.clone()).map(hash).collect::<Result<_, _>>()?;
        if hashes.len() as u64 == range.end - range.start { Ok(hashes) } else { Err(Fault::Misread { column: 0 }) }
    }
}

fn plain_values(log: &str, range: std::ops::Range<u64>) -> [Value; 4] {
    [log.into(), bound(range.start), bound(range.end), NO_YOUTH.as_slice().into()]
}

fn plain(row: &Row) -> Result<PlainRecord, Fault> {
    Ok(PlainRecord { index: index(row, 0)?, entry: row.text(1)?.to_owned(), youth: row.array(2)? })
}

fn index(row: &Row, column: usize) -> Result<u64, Fault> {
    u64::try_from(row.int(column)?).map_err(|_| Fault::Misread { column })
}

fn bound(index: u64) -> Value {
    i64::try_from(index).unwrap_or(i64::MAX).into()
}
