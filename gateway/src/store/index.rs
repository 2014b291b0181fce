// SPDX-License-Identifier: EUPL-1.2
//! The index to the logs: where an organisation is named and whom it is about, in the order of time.
//!
//! It stands apart from the database that the ledger writes (a file of its own beside SQLite, a schema of its own on
//! PostgreSQL), is filled behind the logs, and holds nothing that they do not hold: whoever loses it makes it again. So the
//! table that every record is written to needs no index but its order.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;
use sluis_policy::Oin;
use tokio::sync::Mutex;

use super::engine::{Engine, Fault, Row, Step, Value, Writer};
use crate::vault::Id;

const REACHED: &str = "SELECT origin, upto FROM reached";
/// What another gateway reached meanwhile stays reached.
const MOVE: &str = "INSERT INTO reached (origin, upto) VALUES ($1, $2) \
    ON CONFLICT (origin) DO UPDATE SET upto = excluded.upto WHERE reached.upto < excluded.upto RETURNING origin";
const IN_TIME: &str = "SELECT at, origin, leaf_index, facets FROM named WHERE owner = $1 AND at >= $2 \
    AND (at, origin, leaf_index) < ($3, $4, $5) ORDER BY at DESC, origin DESC, leaf_index DESC LIMIT $6";
/// Each block of each log is asked about the youth, in the index alone; what stands there is read of those that are wanted.
/// `at + 0` keeps a planner from going through everything of the owner in the order of time instead.
/// INVARIANT: a block is as many records as [`BLOCK`] says.
const ABOUT: &str = "WITH RECURSIVE blocks (log, block) AS ( \
        SELECT origin, upto / 65536 FROM reached UNION ALL SELECT log, block - 1 FROM blocks WHERE block > 0 \
    ), latest AS ( \
        SELECT n.at, n.origin, n.leaf_index FROM blocks b CROSS JOIN named n \
        WHERE n.origin = b.log AND n.block = b.block AND n.owner = $1 AND n.youth = $7 AND n.at + 0 >= $2 \
        AND (n.at + 0, n.origin, n.leaf_index) < ($3, $4, $5) ORDER BY n.at DESC, n.origin DESC, n.leaf_index DESC LIMIT $6 \
    ) \
    SELECT n.at, n.origin, n.leaf_index, n.facets FROM latest l CROSS JOIN named n \
    WHERE n.owner = $1 AND n.at = l.at AND n.origin = l.origin AND n.leaf_index = l.leaf_index \
    ORDER BY n.at DESC, n.origin DESC, n.leaf_index DESC";
const FORGET: [&str; 2] = ["DELETE FROM named", "DELETE FROM reached"];

/// How many records of a log are one block: youths are put in order within it, and a search about one asks each. At ten
/// million records there are some 150 to ask, and what is taken up touches a few thousand pages at most.
const BLOCK: u64 = 65_536;

/// Every statement of this file that reads, for the test that prepares each on both databases.
#[cfg(test)]
fn all() -> [(&'static str, Vec<Value>); 3] {
    let (text, one) = (|| Value::Text(String::new()), Value::Int(1));
    let in_time = vec![text(), one.clone(), one.clone(), text(), one.clone(), one];
    let about = in_time.iter().cloned().chain([Value::Bytes(vec![0; 16])]).collect();
    [(REACHED, Vec::new()), (IN_TIME, in_time), (ABOUT, about)]
}

/// Zoekregister.
#[derive(Clone)]
#[doc(alias = "zoekregister")]
pub struct Index {
    engine: Arc<dyn Engine>,
    /// The connection that writes, with what it remembers of the tree; none before the first batch and after a fault.
    writing: Arc<Mutex<Option<Box<dyn Writer>>>>,
}

/// Vindplaats: one record, as one organisation finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "vindplaats")]
pub struct Named {
    /// Whose matter it is.
    pub owner: Oin,
    /// Whom it is about; [`crate::vault::NO_YOUTH`] where it is about nobody.
    pub youth: Id,
    /// Where it stands.
    pub spot: Spot,
    /// What a search can be narrowed by, as [`crate::broker`] writes it.
    pub facets: String,
}

/// Plek of a record among those of all logs: by time, and within one moment by log and place. Ordered from the oldest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[doc(alias = "plek")]
pub struct Spot {
    /// When, in microseconds.
    pub at: i64,
    /// In which log.
    pub log: String,
    /// At which place of it.
    pub index: u64,
}

/// What is looked for, from the latest.
#[derive(Debug, Clone)]
pub struct Sought<'a> {
    /// Whose matters.
    pub owner: Oin,
    /// About whom, where that is asked.
    pub youth: Option<Id>,
    /// Not before this instant.
    pub since: i64,
    /// Before this spot.
    pub before: &'a Spot,
    /// How many at most.
    pub most: i64,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Index")
    }
}

impl Index {
    /// The index that this engine keeps.
    #[must_use]
    pub fn new(engine: Arc<dyn Engine>) -> Self {
        Self { engine, writing: Arc::default() }
    }

    /// Up to where each log was gone through.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn reached(&self) -> Result<HashMap<String, u64>, Fault> {
        let rows = self.engine.read(REACHED, &[]).await?;
        rows.iter().map(|row| Ok((row.text(0)?.to_owned(), unsigned(row, 1)?))).collect()
    }

    /// Takes up what a log says before `upto`. What is there already stays as it is.
    ///
    /// # Errors
    /// When it cannot be written; then nothing of it is.
    pub async fn take_up(&self, log: &str, upto: u64, mut found: Vec<Named>) -> Result<(), Fault> {
        // In the order of the key, so that each leaf of the tree is visited once.
        found.sort_unstable_by(|one, next| key(one).cmp(&key(next)));
        let rows: Vec<_> = found.iter().map(row).collect();
        let rows = serde_json::to_string(&rows).map_err(|_| Fault::Rejected { code: "row".into() })?;
        let added = Step::new(self.engine.batch().named, [Value::Text(rows)]);
        let moved = Step::new(MOVE, [log.into(), bound(upto)]);
        self.write(&[added, moved]).await
    }

    /// Writes in one transaction. A connection that met a fault goes, and with it the transaction.
    async fn write(&self, steps: &[Step]) -> Result<(), Fault> {
        let sql = self.engine.batch();
        let mut writing = self.writing.lock().await;
        let mut writer = match writing.take() {
            Some(writer) => writer,
            None => self.engine.writer().await?,
        };
        writer.begin(sql.begin, steps).await?;
        writer.transaction(sql.commit).await?;
        *writing = Some(writer);
        Ok(())
    }

    /// The latest of what is sought, latest first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn find(&self, sought: &Sought<'_>) -> Result<Vec<(Spot, String)>, Fault> {
        let Sought { owner, youth, since, before, most } = sought;
        let mut values = vec![
            owner.as_str().into(),
            (*since).into(),
            before.at.into(),
            before.log.as_str().into(),
            bound(before.index),
            (*most).into(),
        ];
        let statement = if let Some(youth) = youth {
            values.push(youth.as_slice().into());
            ABOUT
        } else {
            IN_TIME
        };
        let rows = self.engine.read(statement, &values).await?;
        rows.iter().map(|row| Ok((spot(row)?, row.text(3)?.to_owned()))).collect()
    }

    /// Throws everything away, so that it is made again from the logs.
    ///
    /// # Errors
    /// When it cannot be written; then nothing is thrown away.
    pub async fn forget(&self) -> Result<(), Fault> {
        self.write(&FORGET.map(|sql| Step::new(sql, []))).await
    }
}

fn key(named: &Named) -> (&str, &Spot) {
    (named.owner.as_str(), &named.spot)
}

// INVARIANT: the order is the one that `BatchStatements::named` says.
fn row(named: &Named) -> impl Serialize {
    let Spot { at, log, index } = &named.spot;
    (named.owner.as_str(), at, log, index, index / BLOCK, hex::encode(named.youth), &named.facets)
}

fn spot(row: &Row) -> Result<Spot, Fault> {
    Ok(Spot { at: row.int(0)?, log: row.text(1)?.to_owned(), index: unsigned(row, 2)? })
}

fn unsigned(row: &Row, column: usize) -> Result<u64, Fault> {
    u64::try_from(row.int(column)?).map_err(|_| Fault::Misread { column })
}

fn bound(index: u64) -> Value {
    i64::try_from(index).unwrap_or(i64::MAX).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::trial::both;

    const OWNER: &str = "99000000066800000006";
    const OTHER: &str = "99000000066800000001";

    fn named(owner: &str, youth: u8, at: i64, log: &str, index: u64) -> Named {
        let spot = Spot { at, log: log.into(), index };
        Named { owner: owner.parse().unwrap(), youth: [youth; 16], spot, facets: format!("{at}") }
    }

    const END: i64 = i64::MAX;

    async fn found(index: &Index, youth: Option<u8>, (since, before): (i64, Spot)) -> Vec<(i64, String, u64)> {
        let youth = youth.map(|youth| [youth; 16]);
        let sought = Sought { owner: OWNER.parse().unwrap(), youth, since, before: &before, most: 3 };
        let found = index.find(&sought).await.unwrap();
        found.into_iter().map(|(spot, _)| (spot.at, spot.log, spot.index)).collect()
    }

    fn before(at: i64, log: &str, index: u64) -> Spot {
        Spot { at, log: log.into(), index }
    }

    /// Two logs are one row of moments; a page goes on where the last one ended, also within one moment.
    #[tokio::test]
    async fn what_is_named_is_found_by_owner_youth_and_time_and_each_once() {
        for trial in both().await {
            let index = &trial.index;
            let rows = vec![
                named(OWNER, 1, 10, "a", 0),
                named(OWNER, 0, 20, "a", 1),
                named(OTHER, 1, 20, "a", 1),
                named(OWNER, 1, 20, "B", 5),
                named(OWNER, 2, 20, "a", 2),
                named(OWNER, 1, 30, "a", 3),
                // In a block further on, and with a clock that was set back.
                named(OWNER, 3, 25, "a", 2 * BLOCK),
                named(OWNER, 3, 15, "a", 2 * BLOCK + 1),
                named(OWNER, 3, 17, "a", BLOCK - 1),
            ];
            index.take_up("B", 6, Vec::new()).await.unwrap();
            index.take_up("a", 2 * BLOCK + 2, rows.clone()).await.unwrap();
            // Taken up again, and by a gateway that is behind.
            index.take_up("a", 2, rows).await.unwrap();
            let upto = [("B".to_owned(), 6), ("a".to_owned(), 2 * BLOCK + 2)];
            assert_eq!(index.reached().await.unwrap(), HashMap::from(upto), "{}", trial.name);
            let text = |found: &[(i64, &str, u64)]| -> Vec<_> {
                found.iter().map(|(at, log, index)| (*at, (*log).to_owned(), *index)).collect()
            };
            let all = found(index, None, (0, before(END, "", 0))).await;
            assert_eq!(all, text(&[(30, "a", 3), (25, "a", 2 * BLOCK), (20, "a", 2)]), "{}", trial.name);
            let next = found(index, None, (0, before(20, "a", 1))).await;
            // Capitals go before small letters on both: by the bytes.
            let older = [(20, "B", 5), (17, "a", BLOCK - 1), (15, "a", 2 * BLOCK + 1)];
            assert_eq!(next, text(&older), "{}", trial.name);
            let of_one = found(index, Some(1), (20, before(END, "", 0))).await;
            assert_eq!(of_one, text(&[(30, "a", 3), (20, "B", 5)]), "{}", trial.name);
            let of_blocks = found(index, Some(3), (0, before(END, "", 0))).await;
            assert_eq!(of_blocks, text(&[(25, "a", 2 * BLOCK), (17, "a", BLOCK - 1), (15, "a", 2 * BLOCK + 1)]));
            let of_blocks = found(index, Some(3), (16, before(25, "a", 2 * BLOCK))).await;
            assert_eq!(of_blocks, text(&[(17, "a", BLOCK - 1)]), "{}", trial.name);
            index.forget().await.unwrap();
            assert_eq!(found(index, None, (0, before(END, "", 0))).await, text(&[]), "{}", trial.name);
            assert!(index.reached().await.unwrap().is_empty());
        }
    }

    #[tokio::test]
    async fn both_have_the_same_tables_and_columns_and_every_statement_prepares() {
        let in_sqlite = "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'";
        let in_postgres =
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'zoek'";
        let mut columns = Vec::new();
        for (trial, sql) in both().await.iter().zip([in_sqlite, in_postgres]) {
            for (sql, values) in all() {
                trial.index.engine.read(sql, &values).await.unwrap();
            }
            let rows = trial.index.engine.read(sql, &[]).await.unwrap();
            let mut of_one: Vec<String> = rows.iter().map(|row| row.text(0).unwrap().to_owned()).collect();
            of_one.sort();
            columns.push(of_one);
        }
        assert_eq!(columns[0].len(), 9);
        assert_eq!(columns[0], columns[1]);
    }
}
