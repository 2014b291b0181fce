// SPDX-License-Identifier: EUPL-1.2
//! What a gateway sees to by itself, whoever calls: stopping what could not be stopped at once, recording how many denials
//! were counted, letting go of
//! what is kept for a while only, and seeing which terms passed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::broker::{Broker, Trouble, WITNESS_PATIENCE};

/// How often it is looked at what could not be stopped at once: within a second it should be (P3).
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How often claims are swept. A key is kept that much longer than promised at most.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// Onderhoud: runs beside the listeners until it is told to stop.
pub async fn run(broker: Arc<Broker>, mut stop: watch::Receiver<bool>) {
    let mut swept: Option<Instant> = None;
    while !*stop.borrow() {
        broker.halt_postponed().await;
        tell("the log could not be gone through", broker.count_blocks().await);
        tell("denials could not be summarised", broker.summarise_denials().await);
        if swept.is_none_or(|at| at.elapsed() >= SWEEP_EVERY) {
            swept = Some(Instant::now());
            broker.forget_the_unasked();
            let freed = broker.sweep_claims().await;
            metrics::counter!("sluis_claims_freed_total").increment(*freed.as_ref().unwrap_or(&0));
            tell("claims could not be swept", freed);
            tell("passed terms could not be recorded", broker.record_passed_terms().await);
            count_duties(&broker).await;
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
    tell("the last denials could not be summarised", broker.summarise_last_denials().await);
}

/// How long it rests between two checkpoints. With the time that witnesses are waited for, what happens is in a published
/// checkpoint within five seconds.
const ATTEST_EVERY: Duration = Duration::from_secs(1);
// With a second to spare for signing, and for a machine that is busy.
const _: () = assert!(ATTEST_EVERY.as_millis() + WITNESS_PATIENCE.as_millis() <= 4_000);

/// Publiceren: signs where the log stands and has it witnessed, for as long as the gateway runs.
pub async fn attest(broker: Arc<Broker>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        tell("no checkpoint could be published", broker.attest().await);
        tokio::select! {
            () = tokio::time::sleep(ATTEST_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

/// How much must still be done and how much of it is overdue, at all desks together: no person, no organisation.
async fn count_duties(broker: &Broker) {
    let counted = broker.count_duties().await;
    if let Ok((open, overdue)) = &counted {
        for (name, number) in [("sluis_duties_open", *open), ("sluis_duties_overdue", *overdue)] {
            // Exact up to numbers that no gateway has.
            metrics::gauge!(name).set(u32::try_from(number).map_or(f64::MAX, f64::from));
        }
    }
    tell("duties could not be counted", counted);
}

/// What did not work now is tried again at the next look.
fn tell<T>(what: &str, done: Result<T, Trouble>) {
    if let Err(trouble) = done {
        tracing::warn!(%trouble, "{what}");
    }
}
