// SPDX-License-Identifier: EUPL-1.2
//! How a try went: delivered, later again, or given up with a duty for somebody.

use aws_lc_rs::rand;
use sluis_connectors::Failure;
use sluis_policy::Party;

use super::Outbox;
use crate::broker::{Trouble, obligation};
use crate::ledger::Outcome;
use crate::ledger::leaf::Leaf;
use crate::ledger::unit::{DeliveryRow, DeliveryState, ObligationRow, Read, Subject, Unit};

/// How long a dispatched delivery is left to the gateway that sent it, in microseconds. Longer than any connector waits.
pub(super) const LEASE: i64 = 60_000_000;

/// The pause after the first failure, and the longest one, in microseconds.
const FIRST_PAUSE: i64 = 1_500_000;
const LONGEST_PAUSE: i64 = 900_000_000;

/// After so many tries a person must look: about three days with the pauses above.
const MOST_TRIES: i64 = 300;

/// How often a record is written again because the signal moved meanwhile.
const TURNS: u32 = 32;

/// Makes the record of a word.
type Recording<'a> = &'a (dyn Fn(&'static str) -> Result<Leaf, Trouble> + Send + Sync);

/// Whether a row's earlier try may have arrived: it said nothing, or the gateway that sent it never told.
pub(super) fn doubted(row: &DeliveryRow) -> bool {
    matches!(row.state, DeliveryState::Unconfirmed | DeliveryState::Dispatched)
}

impl Outbox {
    /// Records how a try went, and what becomes of the row. Once another gateway has taken the row further, only the
    /// record is written: what was delivered stays delivered.
    /// `doubted` says that an earlier try may have arrived already.
    pub(super) async fn record_course(
        &self,
        (sent, doubted, emptied): (&DeliveryRow, bool, Vec<u8>),
        went: Result<(), Failure>,
        sender: Party,
        leaf: Recording<'_>,
    ) -> Result<(), Trouble> {
        let next = after((sent, doubted), emptied, went, self.broker.now()?.instant)?;
        let word = word(&next);
        metrics::counter!("sluis_deliveries_total", "outcome" => word).increment(1);
        for _ in 0..TURNS {
            let subject = Subject::signal(sent.signal);
            let read = Read { subject, version: self.broker.store().version(subject).await? };
            let still_ours = self.broker.store().delivery(sent.id).await?.is_some_and(|row| row == *sent);
            let mut unit = Unit::record(leaf(word)?);
            if still_ours {
                unit = unit.moving(read).with_delivery(next.clone());
                if next.state == DeliveryState::Failed {
                    unit = unit.with_obligation(self.look_into(&next, sender)?);
                }
            }
            if let Outcome::Committed(_) = self.broker.ledger().commit(unit).await? {
                return Ok(());
            }
        }
        Err(Trouble::Contended)
    }

    /// Nothing is given up in silence: the sender's desk gets the duty to see to it (P7).
    pub(super) fn look_into(&self, row: &DeliveryRow, sender: Party) -> Result<ObligationRow, Trouble> {
        obligation(sender, (row.signal, row.youth), "aflevering_nagaan", (self.broker.now()?, 0))
    }
}

/// Whether a try that failed may have brought the message all the same.
fn may_have_arrived(failure: Failure) -> bool {
    match failure {
        Failure::TimedOut | Failure::NotAcknowledged => true,
        Failure::Refused { status } => status >= 500,
        _ => false,
    }
}

/// The row after a try. Content that was delivered does not stay; what was given up waits for the person who must look.
fn after(
    (sent, doubted): (&DeliveryRow, bool),
    emptied: Vec<u8>,
    went: Result<(), Failure>,
    now: i64,
) -> Result<DeliveryRow, Trouble> {
    Ok(match went {
        Ok(()) => DeliveryRow { state: DeliveryState::Delivered, sealed: emptied, ..sent.clone() },
        Err(failure) if failure.retry_can_help() && sent.attempts < MOST_TRIES => {
            let due_at = now + pause(sent.attempts)?;
            let unconfirmed = doubted || may_have_arrived(failure);
            let state = if unconfirmed { DeliveryState::Unconfirmed } else { DeliveryState::Waiting };
            DeliveryRow { state, due_at, ..sent.clone() }
        }
        Err(_) => DeliveryRow { state: DeliveryState::Failed, ..sent.clone() },
    })
}

fn word(row: &DeliveryRow) -> &'static str {
    match (row.state, row.kind == "intrekking") {
        (DeliveryState::Delivered, false) => "afgeleverd",
        (DeliveryState::Delivered, true) => "intrekking_afgeleverd",
        (DeliveryState::Failed, false) => "opgegeven",
        (DeliveryState::Failed, true) => "intrekking_opgegeven",
        (_, false) => "niet_afgeleverd",
        (_, true) => "intrekking_niet_afgeleverd",
    }
}

/// Doubling and capped, with half of it left to chance so that a receiver that comes back is not met by everyone at once.
fn pause(tries: i64) -> Result<i64, Trouble> {
    let doublings = u32::try_from(tries.clamp(1, 24) - 1).unwrap_or(0);
    let longest = FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
    let mut chance = [0; 4];
    rand::fill(&mut chance).map_err(|_| crate::vault::Unsealable)?;
    let half = longest / 2;
    Ok(half + half * i64::from(u32::from_be_bytes(chance)) / i64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_are_capped_and_never_the_same_for_all() {
        for (tries, longest) in [
            (0, FIRST_PAUSE),
            (1, FIRST_PAUSE),
            (2, 2 * FIRST_PAUSE),
            (5, 16 * FIRST_PAUSE),
            (40, LONGEST_PAUSE),
            (300, LONGEST_PAUSE),
        ] {
            let pauses: Vec<i64> = (0..20).map(|_| pause(tries).unwrap()).collect();
            assert!(pauses.iter().all(|pause| (longest / 2..=longest).contains(pause)), "{tries}: {pauses:?}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{tries}");
        }
    }
}
