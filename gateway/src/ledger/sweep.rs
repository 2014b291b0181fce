// SPDX-License-Identifier: EUPL-1.2
//! Claims that protect for a while only are freed when their time is up. All others stay: a look-up hash is how a youth or
//! a statement is found, and some natural keys protect for as long as what they name is kept.

use tokio::sync::oneshot;

use super::CommitError;
use super::writer::Scribe;
use crate::store::engine::{Fault, Writer};

/// The kind of claim that an Idempotency-Key is.
pub(crate) const ONE_REQUEST: &str = "eenmalig";

/// The kind of claim that a natural key is which holds for one day.
pub(crate) const ONE_DAY: &str = "zelfde_dag";

/// INVARIANT: names no kind but those two; a test compares them. One statement is one transaction.
const FREE: &str = "DELETE FROM claim WHERE claim_key IN (\
    SELECT claim_key FROM claim WHERE kind IN ('eenmalig', 'zelfde_dag') AND made_at < $1 LIMIT $2) RETURNING claim_key";

/// Veegbeurt: one bounded step.
#[doc(alias = "veegbeurt")]
pub(super) struct Sweep {
    /// Claims made before this instant, in microseconds.
    pub(super) before: i64,
    /// At most so many.
    pub(super) most: u32,
    pub(super) answer: oneshot::Sender<Result<u32, CommitError>>,
}

/// What one step asks of the database.
pub(super) async fn free(writer: &mut dyn Writer, before: i64, most: u32) -> Result<u32, Fault> {
    let freed = writer.run(FREE, &[before.into(), i64::from(most).into()]).await?;
    Ok(u32::try_from(freed.len()).unwrap_or(u32::MAX))
}

impl Scribe {
    /// Takes one step, and tells who asked how many claims it freed.
    pub(super) async fn sweep(&mut self, sweep: Sweep) {
        let freed = self.step(sweep.before, sweep.most).await;
        // Who asked may have stopped waiting.
        let _ = sweep.answer.send(freed.map_err(|undone| undone.told()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::Ordering;

    use super::super::contract::{counting, id, leaf, open, together};
    use super::super::unit::{Claim, Unit};
    use super::*;
    use crate::store::engine::Engine;
    use crate::store::trial::both;

    fn claim(number: u64, kind: &'static str, made_at: i64) -> Claim {
        let mut key = [3; 32];
        key[24..].copy_from_slice(&number.to_be_bytes());
        Claim::by_nature(kind, key, id(number), made_at)
    }

    async fn kinds(engine: &Arc<dyn Engine>) -> Vec<String> {
        let rows = engine.read("SELECT kind FROM claim ORDER BY claim_key", &[]).await.unwrap();
        rows.iter().map(|row| row.text(0).unwrap().to_owned()).collect()
    }

    #[tokio::test]
    async fn what_protects_for_a_while_is_freed_in_steps_and_a_look_up_hash_never() {
        let a_while = [ONE_REQUEST, ONE_DAY];
        assert!(a_while.iter().all(|kind| FREE.contains(&format!("'{kind}'"))) && FREE.matches('\'').count() == 4);
        for trial in both().await {
            let (engine, counted) = counting(&trial.engine);
            let ledger = open(&engine, "a").await;
            let for_ever = ["persoon", "leerling", "nummer", "uiting", "uiting_eens"];
            let old = for_ever.into_iter().chain(a_while).chain(a_while).chain([ONE_REQUEST]);
            let claims = old.zip(1..).map(|(kind, number)| claim(number, kind, 999));
            let claims = claims.chain([claim(100, ONE_REQUEST, 1_000), claim(101, ONE_DAY, 1_000)]);
            let units: Vec<_> = claims.zip(0..).map(|(claim, at)| Unit::record(leaf(at)).claiming(claim)).collect();
            assert!(together(&ledger, units).await.iter().all(|fate| *fate == "in"), "{}", trial.name);
            counted.statements.store(0, Ordering::SeqCst);
            for freed in [2, 2, 1, 0] {
                assert_eq!(ledger.sweep(1_000, 2).await, Ok(freed), "{}", trial.name);
            }
            assert_eq!(counted.statements.load(Ordering::SeqCst), 4, "one statement a step");
            let left: Vec<_> = for_ever.into_iter().chain(a_while).collect();
            assert_eq!(kinds(&trial.engine).await, left, "{}", trial.name);
        }
    }

    /// A key whose time is up is claimed again by many at once, while it is freed.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_sweep_that_meets_a_claim_leaves_exactly_one_of_the_new_ones() {
        for trial in both().await {
            let ledger = open(&trial.engine, "a").await;
            for round in 0..20 {
                let of_this_round = |made_at| claim(round, ONE_REQUEST, made_at);
                let first = vec![Unit::record(leaf(round * 100)).claiming(of_this_round(1))];
                assert_eq!(together(&ledger, first).await, ["in"], "{}", trial.name);
                let sweeper = ledger.clone();
                let swept = tokio::spawn(async move { sweeper.sweep(1_000, 10).await });
                let again = (1..9).map(|n| Unit::record(leaf(round * 100 + n)).claiming(of_this_round(2_000)));
                let fates = together(&ledger, again.collect()).await;
                assert_eq!(swept.await.unwrap(), Ok(1), "{}", trial.name);
                let made = fates.iter().filter(|fate| **fate == "in").count();
                assert!(made <= 1 && fates.iter().all(|fate| ["in", "claimed"].contains(fate)), "{fates:?}");
                let after = vec![Unit::record(leaf(round * 100 + 50)).claiming(of_this_round(2_000))];
                assert_eq!(together(&ledger, after).await, [if made == 1 { "claimed" } else { "in" }]);
            }
        }
    }
}
