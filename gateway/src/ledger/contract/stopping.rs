// SPDX-License-Identifier: EUPL-1.2
//! A writer that may not or cannot write any more stops, says so, and writes nothing.

use std::sync::atomic::{AtomicBool, Ordering};

use sluis_policy::Moment;

use super::*;
use crate::clock::Clock;

#[tokio::test]
async fn a_revived_old_process_on_the_same_origin_writes_nothing() {
    for trial in both().await {
        let old = open(&trial.engine, "a").await;
        assert_eq!(together(&old, vec![Unit::record(leaf(0))]).await, ["in"]);
        let new = open(&trial.engine, "a").await;
        assert_eq!(together(&old, vec![Unit::record(leaf(1))]).await, ["unavailable"], "{}", trial.name);
        assert_eq!(together(&new, vec![Unit::record(leaf(2))]).await, ["in"]);
        assert_eq!(together(&old, vec![Unit::record(leaf(3))]).await, ["unavailable"], "it stays stopped");
        assert!(old.standing().trouble.is_some());
        assert_eq!(whole(&trial.engine, "a").await, [r#"{"nr":0}"#, r#"{"nr":2}"#]);
    }
}

/// A clock that brings down whoever asks it, once it is broken.
#[derive(Debug, Default)]
struct Breakable(AtomicBool);

impl Clock for Breakable {
    fn now(&self) -> Moment {
        assert!(!self.0.load(Ordering::SeqCst), "this test breaks the writer on purpose");
        SystemClock.now()
    }
}

#[tokio::test]
async fn a_writer_that_panicked_is_trouble_and_refuses() {
    for trial in both().await {
        let clock = Arc::new(Breakable::default());
        let shared: Arc<dyn Clock> = Arc::<Breakable>::clone(&clock);
        let (ledger, writer) = Ledger::open(Arc::clone(&trial.engine), shared, "a").await.unwrap();
        assert_eq!(together(&ledger, vec![Unit::record(leaf(0))]).await, ["in"]);
        assert!(ledger.standing().trouble.is_none());
        clock.0.store(true, Ordering::SeqCst);
        assert_eq!(together(&ledger, vec![Unit::record(leaf(1))]).await, ["unknown"], "{}", trial.name);
        assert!(writer.await.unwrap_err().is_panic());
        assert!(ledger.standing().trouble.is_some(), "{}: readiness must hear of it", trial.name);
        assert_eq!(together(&ledger, vec![Unit::record(leaf(2))]).await, ["unavailable"]);
    }
}

#[tokio::test]
async fn a_database_that_is_gone_is_blamed_on_no_unit() {
    let url = crate::store::trial::postgres_database().await;
    let engine: Arc<dyn Engine> = Arc::new(crate::store::postgres::Postgres::open(&url).unwrap());
    engine.migrate().await.unwrap();
    let ledger = open(&engine, "a").await;
    crate::store::trial::drop_database(&url).await;
    // The server is there and does not let us in: 3D000, which is about no row.
    let fates = together(&ledger, vec![Unit::record(leaf(0)), Unit::record(leaf(1))]).await;
    assert_eq!(fates, ["unavailable", "unavailable"]);
    assert!(ledger.standing().trouble.is_some());
}
