// SPDX-License-Identifier: EUPL-1.2
//! Two writers on one database: neither forks, neither waits for the other for ever, and one wins.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_writers_on_one_postgresql_neither_fork_nor_deadlock() {
    let trial = crate::store::trial::postgres().await;
    let ledgers = [open(&trial.engine, "a").await, open(&trial.engine, "b").await];
    // Every subject has its row from the start, so that there is something to lock in key order.
    for number in 0..8 {
        assert_eq!(shape(&ledgers[0].commit(Unit::record(leaf(number)).moving(youth(number, 0))).await), "in");
    }
    let begun = std::time::Instant::now();
    // Both move and read the same eight youths, each in its own order, and decide again whenever they come too late.
    let mut tasks = Vec::new();
    for (which, ledger) in ledgers.iter().enumerate() {
        for caller in 0..32_u64 {
            let (ledger, engine) = (ledger.clone(), Arc::clone(&trial.engine));
            tasks.push(tokio::spawn(async move {
                for step in 0..6_u64 {
                    let (moved, read) = ((caller + step) % 8, (caller * 3 + step + which as u64 * 5) % 8);
                    loop {
                        let (m, r) = (version(&engine, moved).await, version(&engine, read).await);
                        let number = (which as u64 + 1) * 10_000 + caller * 100 + step;
                        let unit = withdrawal(number, youth(moved, m)).reading(youth(read, r));
                        match shape(&ledger.commit(unit).await) {
                            "in" => break,
                            "moved" => {}
                            other => panic!("{other}"),
                        }
                    }
                }
            }));
        }
    }
    for task in tasks {
        task.await.unwrap();
    }
    let entries = [whole(&trial.engine, "a").await, whole(&trial.engine, "b").await].concat();
    assert_eq!(entries.len(), 8 + 2 * 32 * 6);
    // Every step moved one youth by exactly one version, and every version has exactly one fact.
    assert_eq!(count(&trial, "SELECT sum(version)::bigint FROM version").await, 8 + 2 * 32 * 6);
    assert_eq!(count(&trial, "SELECT count(*) FROM fact").await, 2 * 32 * 6);
    let deadlocks = count(&trial, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").await;
    assert_eq!(deadlocks, 0, "locks are taken in key order, in the strength they need; took {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_writers_that_make_the_same_subject_do_not_both_succeed() {
    let trial = crate::store::trial::postgres().await;
    let ledgers = [open(&trial.engine, "a").await, open(&trial.engine, "b").await];
    for round in 0..40_u64 {
        // No row exists yet, so there is nothing to lock; and without a fact no other key would collide.
        let make = |number| Unit::record(leaf(number)).moving(youth(round, 0));
        let (one, other) = tokio::join!(ledgers[0].commit(make(2 * round)), ledgers[1].commit(make(2 * round + 1)));
        let mut fates = [shape(&one), shape(&other)];
        fates.sort_unstable();
        assert_eq!(fates, ["in", "moved"], "round {round}");
        assert_eq!(version(&trial.engine, round).await, 1);
    }
}

async fn version(engine: &Arc<dyn Engine>, number: u64) -> i64 {
    let subject = Subject::youth(id(number));
    let rows =
        engine.read("SELECT version FROM version WHERE subject = $1", &[subject.as_bytes().into()]).await.unwrap();
    rows.first().map_or(0, |row| row.int(0).unwrap())
}
