// SPDX-License-Identifier: EUPL-1.2
//! One try, whatever it carries: opened, committed, sent; and how it went: delivered, later again, or given up with a duty
//! for somebody.

use aws_lc_rs::rand;
use sluis_connectors::{Failure, Message, Receiver};
use sluis_policy::Party;

use super::Outbox;
use super::passage::Went;
use crate::broker::{DutyBody, KnownYouth, Ruling, Trouble, obligation};
use crate::http::trace::Trace;
use crate::ledger::leaf::Leaf;
use crate::ledger::unit::{DeliveryKind, DeliveryRow, DeliveryState, Read, Subject, Unit};
use crate::ledger::{Outcome, Receipt};
use crate::register::Way;
use crate::vault::{Id, YouthKeys};

/// How long a dispatched delivery is left to the gateway that sent it, in microseconds on the clock of the database.
/// Longer than any connector waits.
const LEASE: i64 = 60_000_000;

/// The pause after the first failure, and the longest one, in microseconds.
const FIRST_PAUSE: i64 = 1_500_000;
const LONGEST_PAUSE: i64 = 900_000_000;

/// After so many tries a person must look: about three days with the pauses above.
const MOST_TRIES: i64 = 300;

/// How often a record is written again because the signal moved meanwhile.
const TURNS: u32 = 32;

/// The duty of who must look at what was given up.
pub(super) const LOOK_INTO: &str = "aflevering_nagaan";

/// Makes the record of a word.
type Recording<'a> = &'a (dyn Fn(&'static str) -> Result<Leaf, Trouble> + Send + Sync);

/// What stays the same through one try.
pub(super) struct Course<'a> {
    /// The row as the try makes it.
    pub(super) sent: DeliveryRow,
    /// What stays of its body once it was acknowledged.
    pub(super) emptied: Vec<u8>,
    /// Whose desk must look when it is given up.
    pub(super) sender: Party,
    /// The keys of whom it is about; none once the youth is erased.
    pub(super) keys: Option<&'a YouthKeys>,
    /// How its records are made.
    pub(super) leaf: Recording<'a>,
}

impl Outbox {
    /// The row with the version that it belongs to; nothing when it is no longer what was due.
    ///
    /// INVARIANT: the row is read again after the version, so that a row of another version never goes with it.
    pub(super) async fn fresh(&self, row: &DeliveryRow) -> Result<Option<(DeliveryRow, Read)>, Trouble> {
        let subject = Subject::signal(row.signal);
        let read = Read { subject, version: self.broker.store().version(subject).await? };
        let fresh = self.broker.store().delivery(row.id).await?;
        Ok(fresh.filter(|fresh| fresh.is_same_try(row)).map(|fresh| (fresh, read)))
    }

    /// What the row becomes by a try that may go on: on its way, ready to be fetched, or given up when the register knows no
    /// way to its receiver any more.
    pub(super) async fn let_go(&self, row: &DeliveryRow, way: Option<&Way>) -> Result<DeliveryRow, Trouble> {
        Ok(match way {
            Some(Way::Delivered(_)) => row.dispatched(self.broker.store().time().await? + LEASE),
            Some(Way::Fetched) => row.available(),
            None => row.failed(),
        })
    }

    /// Commits a try about which was decided again, with the record of that decision; see [`Self::commit_try`].
    ///
    /// The youth's version moves too: a withdrawal that did not see this try must look again, and send its notice.
    pub(super) async fn commit_decided(
        &self,
        ruling: &Ruling,
        (youth, read): (&KnownYouth, Read),
        course: &Course<'_>,
    ) -> Result<Option<Receipt>, Trouble> {
        let record = ruling.record_reading(&self.broker, youth, course.sent.id, vec![youth.read, read])?;
        let mut unit = Unit::record(record).moving(youth.read).moving(read);
        if course.sent.state == DeliveryState::Failed {
            unit = unit.and_record((course.leaf)(word(&course.sent))?);
        }
        self.commit_try(unit, course).await
    }

    /// Commits what becomes of a row. A receipt only when its message may leave now: not when something moved (the next
    /// look decides again), and not when the row waits to be fetched, is held back or is given up.
    pub(super) async fn commit_try(&self, unit: Unit, course: &Course<'_>) -> Result<Option<Receipt>, Trouble> {
        let unit = self.with_next(unit, &course.sent, course).await?;
        Ok(match self.broker.ledger().commit(unit).await? {
            Outcome::Committed(receipt) if course.sent.state == DeliveryState::Dispatched => Some(receipt),
            Outcome::Committed(_) | Outcome::Moved | Outcome::Claimed => None,
        })
    }

    /// Sends a message whose try is committed, and records how it went.
    pub(super) async fn send(
        &self,
        course: Course<'_>,
        way: Option<&Way>,
        (message, trace): (&Message, Trace),
    ) -> Result<Went, Trouble> {
        let Some(Way::Delivered(address)) = way else { return Ok(Went::Nowhere) };
        let went = self.broker.outbound.with_trace(&trace.to_string()).deliver(address, message).await.map(|_| ());
        self.record_course(course, went).await?;
        Ok(Went::of(went))
    }

    /// Records how a try went, and what becomes of the row. Once another gateway has taken the row further, only the
    /// record is written: what was delivered stays delivered.
    async fn record_course(&self, course: Course<'_>, went: Result<(), Failure>) -> Result<(), Trouble> {
        let now = self.broker.store().time().await?;
        let word = word(&after(&course.sent, &course.emptied, (went, now))?);
        metrics::counter!("sluis_deliveries_total", "outcome" => word).increment(1);
        for _ in 0..TURNS {
            let mut unit = Unit::record((course.leaf)(word)?);
            if let Some((row, read)) = self.fresh(&course.sent).await? {
                let next = after(&row, &course.emptied, (went, now))?;
                unit = self.with_next(unit.moving(read), &next, &course).await?;
            }
            if let Outcome::Committed(_) = self.broker.ledger().commit(unit).await? {
                return Ok(());
            }
        }
        Err(Trouble::Contended)
    }

    /// Nothing is given up in silence: the sender's desk gets the duty to see to it (P7), once.
    async fn with_next(&self, unit: Unit, next: &DeliveryRow, course: &Course<'_>) -> Result<Unit, Trouble> {
        let unit = unit.with_delivery(next.clone());
        if next.state != DeliveryState::Failed {
            return Ok(unit);
        }
        self.with_duty(unit, (next.signal, course.keys), course.sender).await
    }

    /// The same, with the duty to look into it, unless the desk has it already.
    pub(super) async fn with_duty(
        &self,
        unit: Unit,
        about: (Id, Option<&YouthKeys>),
        desk: Party,
    ) -> Result<Unit, Trouble> {
        let duties = self.broker.store().obligations_of(about.0).await?;
        if duties.iter().any(|duty| duty.kind == LOOK_INTO && duty.is_still_of(desk)) {
            return Ok(unit);
        }
        let (now, body) = (self.broker.now()?, DutyBody::default());
        Ok(unit.with_obligation(obligation(desk, about, (LOOK_INTO, &body), (now.today, now.instant))?))
    }
}

/// The row after a try. Content that was delivered does not stay; what was given up waits for the person who must look,
/// and for another register.
fn after(sent: &DeliveryRow, emptied: &[u8], (went, now): (Result<(), Failure>, i64)) -> Result<DeliveryRow, Trouble> {
    let Err(failure) = went else { return Ok(sent.delivered(emptied.to_vec())) };
    let row = if failure.may_have_arrived() { sent.arrived() } else { sent.clone() };
    let again = failure.retry_can_help() && sent.attempts < MOST_TRIES;
    Ok(if again { row.postponed(now + pause(sent.attempts)?) } else { row.failed() })
}

/// The receiver of a row, as the messages name it.
pub(super) fn receiver(row: &DeliveryRow) -> Receiver {
    Receiver { oin: row.receiver.clone(), loket: row.desk.clone() }
}

/// The word by which the record of a course says how the row stands.
fn word(row: &DeliveryRow) -> &'static str {
    let words = match row.kind {
        DeliveryKind::Signal => ["afgeleverd", "opgegeven", "niet_afgeleverd"],
        DeliveryKind::Withdrawal => ["intrekking_afgeleverd", "intrekking_opgegeven", "intrekking_niet_afgeleverd"],
        DeliveryKind::Feedback => {
            ["terugkoppeling_afgeleverd", "terugkoppeling_opgegeven", "terugkoppeling_niet_afgeleverd"]
        }
    };
    let [delivered, failed, not_yet] = words;
    match row.state {
        DeliveryState::Delivered => delivered,
        DeliveryState::Failed => failed,
        _ => not_yet,
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
    use crate::ledger::unit::Reached;

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

    /// What each way of failing leaves: whether it is tried again, and whether the receiver may have it.
    #[test]
    fn a_failure_says_whether_to_try_again_and_whether_it_may_have_arrived() {
        use DeliveryState::{Delivered, Failed, Unconfirmed, Waiting};
        let sent = |reached, attempts| DeliveryRow {
            id: [1; 16],
            signal: [2; 16],
            youth: [3; 16],
            receiver: "99000000000000000020".into(),
            desk: "wijkteam".into(),
            kind: DeliveryKind::Signal,
            urgent: true,
            state: DeliveryState::Dispatched,
            attempts,
            due_at: 0,
            created_at: 0,
            reached,
            sealed: vec![4],
        };
        for (went, reached, attempts, state, known) in [
            (Ok(()), Reached::Never, 1, Delivered, true),
            (Err(Failure::Unreachable), Reached::Never, 1, Waiting, false),
            (Err(Failure::Unreachable), Reached::At(4), 1, Unconfirmed, true),
            (Err(Failure::Unreachable), Reached::Never, MOST_TRIES, Failed, false),
            (Err(Failure::Broken), Reached::Never, 1, Unconfirmed, true),
            (Err(Failure::Broken), Reached::Never, MOST_TRIES, Failed, true),
            (Err(Failure::TimedOut), Reached::Never, 1, Unconfirmed, true),
            (Err(Failure::NotAcknowledged), Reached::Never, 1, Unconfirmed, true),
            (Err(Failure::TooLarge), Reached::Never, 1, Failed, true),
            (Err(Failure::Redirected), Reached::Never, 1, Failed, false),
            (Err(Failure::Refused { status: 422 }), Reached::Never, 1, Failed, false),
            (Err(Failure::Refused { status: 503 }), Reached::Never, 1, Unconfirmed, true),
            (Err(Failure::Refused { status: 429 }), Reached::Never, 1, Waiting, false),
            (Err(Failure::OutOfReach), Reached::Never, 1, Failed, false),
        ] {
            let row = after(&sent(reached, attempts), &[], (went, 0)).unwrap();
            assert_eq!((row.state, row.reached != Reached::Never), (state, known), "{went:?} {reached:?} {attempts}");
            assert_eq!(row.sealed.is_empty(), state == Delivered, "what was not delivered keeps its content");
        }
    }
}
