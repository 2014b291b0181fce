// SPDX-License-Identifier: EUPL-1.2
//! A batch costs the same number of statements and calls whatever is in it.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

use super::*;
use crate::store::engine::{BatchStatements, Fault, Row, Step, Value, Writer};

/// What goes to a database: statements, and calls that carry one or more of them and wait for the answers.
#[derive(Clone, Default)]
pub(in crate::ledger) struct Counted {
    pub(in crate::ledger) statements: Arc<AtomicU64>,
    pub(in crate::ledger) calls: Arc<AtomicU64>,
}

impl Counted {
    fn call(&self, statements: usize) {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.statements.fetch_add(statements as u64, Ordering::SeqCst);
    }

    /// What was counted since it was last taken.
    fn take(&self) -> (u64, u64) {
        (self.statements.swap(0, Ordering::SeqCst), self.calls.swap(0, Ordering::SeqCst))
    }
}

/// Counts what goes to the database, in front of a real engine.
struct Counting {
    inner: Arc<dyn Engine>,
    counted: Counted,
}

/// As an engine in front of which every statement of its writers is counted.
pub(in crate::ledger) fn counting(inner: &Arc<dyn Engine>) -> (Arc<dyn Engine>, Counted) {
    let counted = Counted::default();
    (Arc::new(Counting { inner: Arc::clone(inner), counted: counted.clone() }), counted)
}

struct CountingWriter {
    inner: Box<dyn Writer>,
    counted: Counted,
}

#[async_trait]
impl Engine for Counting {
    async fn read(&self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        self.inner.read(sql, values).await
    }
    async fn read_all(&self, steps: &[Step]) -> Result<Vec<Vec<Row>>, Fault> {
        self.inner.read_all(steps).await
    }
    async fn writer(&self) -> Result<Box<dyn Writer>, Fault> {
        Ok(Box::new(CountingWriter { inner: self.inner.writer().await?, counted: self.counted.clone() }))
    }
    fn batch(&self) -> &'static BatchStatements {
        self.inner.batch()
    }
    async fn migrate(&self) -> Result<(), Fault> {
        self.inner.migrate().await
    }
    async fn schema(&self) -> Result<(), Fault> {
        self.inner.schema().await
    }
    async fn durability(&self, on: &mut dyn Writer) -> Result<(), Fault> {
        self.inner.durability(on).await
    }

    async fn copy_out(
        &self,
        to: &crate::store::copying::CopyFolder,
    ) -> Result<Vec<crate::store::copying::CopiedHead>, Fault> {
        self.inner.copy_out(to).await
    }

    async fn copy_in(&self, from: &crate::store::copying::CopyFolder) -> Result<Box<dyn Writer>, Fault> {
        self.inner.copy_in(from).await
    }

    async fn scrub(&self) -> Result<(), Fault> {
        self.inner.scrub().await
    }

    async fn restraint(&self, on: &mut dyn Writer) -> Result<(), Fault> {
        self.inner.restraint(on).await
    }
}

#[async_trait]
impl Writer for CountingWriter {
    async fn run(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        self.counted.call(1);
        self.inner.run(sql, values).await
    }
    async fn run_all(&mut self, steps: &[Step]) -> Result<Vec<Vec<Row>>, Fault> {
        self.counted.call(steps.len());
        self.inner.run_all(steps).await
    }
    async fn begin(&mut self, word: &'static str, first: &[Step]) -> Result<Vec<Vec<Row>>, Fault> {
        self.counted.call(1 + first.len());
        self.inner.begin(word, first).await
    }
    async fn transaction(&mut self, word: &'static str) -> Result<(), Fault> {
        self.counted.call(1);
        self.inner.transaction(word).await
    }
}

/// A unit that writes every table there is.
fn everything(number: u64) -> Unit {
    let key = DataKeyRow { youth: id(number), class: "levering", kek_version: 1, wrapped: vec![8] };
    let fact = NewFact { kind: "uiting", class: "toestemming", arrived_at: 1, sealed: vec![6] };
    let fetched = DeliveryRow { id: id(500_000 + number), ..delivery(number).available() };
    signal(number, youth(number, 0))
        .claiming(claim(number))
        .with_key(key)
        .with_fact(youth(number, 0), fact)
        .with_delivery(fetched)
}

#[tokio::test]
async fn a_batch_takes_the_same_number_of_statements_at_any_size() {
    for trial in both().await {
        let (engine, counted) = counting(&trial.engine);
        let ledger = open(&engine, "a").await;
        // One claim that is taken already, so that the taking back is counted too.
        assert_eq!(together(&ledger, vec![Unit::record(leaf(0)).claiming(claim(1))]).await, ["in"]);
        let mut taken = Vec::new();
        for (round, size) in [(1_u64, 2_u64), (2, 16), (3, 64), (4, 256)] {
            let first = round * 1000;
            let mut units: Vec<Unit> = (first..first + size - 1).map(everything).collect();
            units.push(Unit::record(leaf(first + size)).claiming(claim(1)).claiming(claim(first + size)));
            counted.take();
            let fates = together(&ledger, units).await;
            assert_eq!(fates.iter().filter(|fate| **fate == "in").count() as u64, size - 1, "{}", trial.name);
            taken.push(counted.take());
        }
        // BEGIN and COMMIT included; at most sixteen statements are allowed. They go in six calls: begin and lock; claim; take
        // back; versions and places; rows and head; commit. SQLite makes one trip of a call, PostgreSQL one of a statement.
        assert_eq!(taken, vec![(15, 6); 4], "{}", trial.name);
        // What most batches are: records of decisions that read something; and signals that nobody fetches.
        for (unit, expected) in [
            (Unit::record(leaf(9_001)).reading(youth(9_001, 0)), (6, 3)),
            (signal(9_002, youth(9_002, 0)).claiming(claim(9_002)), (11, 4)),
        ] {
            counted.take();
            assert_eq!(together(&ledger, vec![unit]).await, ["in"]);
            assert_eq!(counted.take(), expected, "{}", trial.name);
        }
    }
}
