// SPDX-License-Identifier: EUPL-1.2
//! The outbox: delivers what was committed. Each try decides again, commits the dispatch record, and only then hands the
//! message to its connector (P3); how it went is a further record.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::rand;
use sluis_connectors::desk::{Delivery, NoticeKind, Withdrawal};
use sluis_connectors::verwijsindex::Report;
use sluis_connectors::{Address, Failure, Message, Receiver, Sender};
use sluis_policy::{Desk, Field, LegalBasis, Moment, Party};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use crate::broker::{Asker, Broker, Composed, DeliveryBody, Disclosure, KnownYouth, Ruling, SignalBody, Trouble};
use crate::clock::rfc3339;
use crate::http::trace::Trace;
use crate::ledger::unit::{DeliveryRow, DeliveryState, ObligationRow, Read, Subject, Unit};
use crate::ledger::{Outcome, Receipt};
use crate::vault::{Id, fresh_id};

/// How often the queue is looked at when nobody says that it changed.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How many deliveries are under way at once, and how many of those to one receiver: one that hangs holds up nobody else.
const ABREAST: usize = 32;
const ABREAST_TO_ONE: usize = 4;

/// How many due deliveries are looked at together: enough that those of one receiver that hangs do not hide the rest.
const LOOK_AT: i64 = 512;

/// How long a dispatched delivery is left to the gateway that sent it, in microseconds. Longer than any connector waits.
const LEASE: i64 = 60_000_000;

/// The pause after the first failure, and the longest one, in microseconds.
const FIRST_PAUSE: i64 = 500_000;
const LONGEST_PAUSE: i64 = 900_000_000;

/// After so many tries a person must look: about three days with the pauses above.
const MOST_TRIES: i64 = 300;

/// Postbak uit: lets out what may leave, until it is told to stop.
#[derive(Debug, Clone)]
#[doc(alias = "postbak")]
pub struct Outbox {
    broker: Arc<Broker>,
}

/// One delivery with everything that a try needs.
struct Errand {
    row: DeliveryRow,
    receiver: Party,
    youth: KnownYouth,
    signal: SignalBody,
    body: DeliveryBody,
    read: Read,
    trace: Trace,
}

/// What is being delivered at the moment.
#[derive(Default)]
struct UnderWay {
    errands: JoinSet<Id>,
    receivers: HashMap<Id, String>,
}

impl UnderWay {
    /// Whether there is room for this delivery, which from now on takes it.
    fn take_in(&mut self, row: &DeliveryRow) -> bool {
        let to_this_one = self.receivers.values().filter(|receiver| **receiver == row.receiver).count();
        let room = self.receivers.len() < ABREAST && to_this_one < ABREAST_TO_ONE;
        room && !self.receivers.contains_key(&row.id) && self.receivers.insert(row.id, row.receiver.clone()).is_none()
    }

    fn finish(&mut self, done: Option<Result<Id, JoinError>>) {
        match done {
            Some(Ok(id)) => drop(self.receivers.remove(&id)),
            // A try that broke off tells no id. Nothing is lost by forgetting all of them: the store knows what left.
            Some(Err(_)) => self.receivers.clear(),
            None => {}
        }
    }
}

impl Outbox {
    /// An outbox for this broker's queue.
    #[must_use]
    pub fn new(broker: Arc<Broker>) -> Self {
        Self { broker }
    }

    /// Runs until `stop` says so, and then finishes what is under way.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let changed = self.broker.queue_changed();
        let mut under_way = UnderWay::default();
        while !*stop.borrow() {
            for row in self.due().await {
                if under_way.take_in(&row) {
                    let (outbox, id) = (self.clone(), row.id);
                    under_way.errands.spawn(async move {
                        outbox.try_to_deliver(row).await;
                        id
                    });
                }
            }
            tokio::select! {
                done = under_way.errands.join_next(), if !under_way.errands.is_empty() => under_way.finish(done),
                () = changed.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stop.changed() => {}
            }
        }
        while under_way.errands.join_next().await.is_some() {}
    }

    async fn due(&self) -> Vec<DeliveryRow> {
        let due = match self.broker.now() {
            Ok(moment) => self.broker.store().due(moment.instant, LOOK_AT).await.map_err(Trouble::from),
            Err(trouble) => Err(trouble),
        };
        due.unwrap_or_else(|trouble| {
            tracing::warn!(%trouble, "the queue cannot be read");
            Vec::new()
        })
    }

    /// One try. Whatever goes wrong here leaves the row as it was committed, to be tried again.
    async fn try_to_deliver(&self, row: DeliveryRow) {
        let done = if row.kind == "intrekking" { self.take_back(row).await } else { self.dispatch(row).await };
        if let Err(trouble) = done {
            tracing::warn!(%trouble, "a delivery could not be tried");
        }
    }

    async fn dispatch(&self, row: DeliveryRow) -> Result<(), Trouble> {
        let Some(errand) = self.errand(row).await? else { return Ok(()) };
        let moment = self.broker.now()?;
        let ruling = self.decide_again(&errand, moment)?;
        let record =
            ruling.record_reading(&self.broker, &errand.youth, errand.row.id, vec![errand.youth.read, errand.read])?;
        // The youth's version moves too: a withdrawal that did not see this dispatch must look again, and send its notice.
        let unit = Unit::record(record).moving(errand.youth.read).moving(errand.read);
        if ruling.permit().is_none() {
            let stopped = self.emptied(&errand, DeliveryState::Stopped)?;
            self.broker.ledger().commit(unit.with_delivery(stopped)).await?;
            return Ok(());
        }
        let Some(address) = self.address(errand.receiver) else {
            let waits = DeliveryRow { state: DeliveryState::Available, due_at: i64::MAX, ..errand.row.clone() };
            self.broker.ledger().commit(unit.with_delivery(waits)).await?;
            return Ok(());
        };
        let sent = DeliveryRow {
            state: DeliveryState::Dispatched,
            attempts: errand.row.attempts + 1,
            due_at: moment.instant + LEASE,
            ..errand.row.clone()
        };
        let Outcome::Committed(receipt) = self.broker.ledger().commit(unit.with_delivery(sent.clone())).await? else {
            // Something moved: the next look decides again.
            return Ok(());
        };
        let message = self.message(&errand, &ruling, &receipt, moment)?;
        let went =
            self.broker.outbound.with_trace(&errand.trace.to_string()).deliver(&address, &message.into_content()).await;
        self.record_course(Errand { row: sent, ..errand }, &ruling, went.map(|_| ())).await
    }

    /// Tells a receiver that what it got is taken back. It carries nothing about anyone.
    async fn take_back(&self, row: DeliveryRow) -> Result<(), Trouble> {
        let Some(receiver) = crate::broker::party_of(&row) else { return Err(Trouble::NotRecorded) };
        let moment = self.broker.now()?;
        let Some(address) = self.address(receiver) else {
            return self
                .settle(DeliveryRow { state: DeliveryState::Available, due_at: i64::MAX, ..row }, "intrekking_klaar")
                .await;
        };
        let notice = Withdrawal {
            bericht_id: hex::encode(row.id),
            soort: NoticeKind::Withdrawal,
            signaal_id: hex::encode(&row.sealed),
            ontvanger: Receiver { oin: row.receiver.clone(), loket: row.desk.clone() },
            verstuurd_op: rfc3339(moment.instant),
        };
        let went = self.broker.outbound.deliver(&address, &Message::Withdrawal(notice)).await;
        let word = if went.is_ok() { "intrekking_afgeleverd" } else { "intrekking_mislukt" };
        self.settle(after(row, went.map(|_| ()), moment.instant)?, word).await
    }

    async fn settle(&self, row: DeliveryRow, word: &'static str) -> Result<(), Trouble> {
        let youth = self.broker.youth(row.youth).await?;
        let record = self.broker.course(&youth, row.id, word)?;
        self.broker.ledger().commit(Unit::record(record).with_delivery(row)).await?;
        Ok(())
    }

    /// The row with what it points to; nothing when it is no longer due.
    async fn errand(&self, row: DeliveryRow) -> Result<Option<Errand>, Trouble> {
        let subject = Subject::signal(row.signal);
        let read = Read { subject, version: self.broker.store().version(subject).await? };
        // INVARIANT: the row is read again after the version, so that a row of another version never goes with it.
        let row = match self.broker.store().delivery(row.id).await? {
            Some(fresh) if fresh.state == row.state && fresh.due_at == row.due_at => fresh,
            _ => return Ok(None),
        };
        let (Some(stored), Some(receiver)) =
            (self.broker.store().signal(row.signal).await?, crate::broker::party_of(&row))
        else {
            return Err(Trouble::NotRecorded);
        };
        let youth = self.broker.youth(row.youth).await?;
        let signal = SignalBody::open(&stored.sealed, &youth.keys, &stored.id)?;
        let body = DeliveryBody::open(&row.sealed, &youth.keys, &row.id)?;
        Ok(Some(Errand { row, receiver, youth, signal, body, read, trace: Trace::continued(None) }))
    }

    fn decide_again(&self, errand: &Errand, moment: Moment) -> Result<Ruling, Trouble> {
        let asker = Asker { certificate: errand.signal.certificate, professional: None, trace: errand.trace };
        let group = Some((errand.signal.facts.sender.organisation, errand.signal.location.as_deref()));
        let facts = self.broker.facts(Some(&errand.youth), errand.receiver, group, moment.today);
        self.broker.rule(&asker, errand.signal.dispatch(errand.receiver, errand.body.named), &facts, moment)
    }

    /// The message, made only from what the permit lets through and only with its receipt.
    fn message(
        &self,
        errand: &Errand,
        ruling: &Ruling,
        receipt: &Receipt,
        moment: Moment,
    ) -> Result<Disclosure<Message>, Trouble> {
        let (basis, form) =
            ruling.permit().map(|permit| (permit.basis(), permit.form())).ok_or(Trouble::NotRecorded)?;
        let sender = self.sender(errand.signal.facts.sender);
        let sent_at = rfc3339(moment.instant);
        let id = hex::encode(errand.row.id);
        let made = Disclosure::permitted(ruling, receipt, |sieve| {
            if basis == LegalBasis::StatutoryIndexReport {
                let number =
                    errand.youth.number.as_ref().map(|number| sluis_connectors::Personal::new(number.expose()));
                let nummer = sieve.pass(Field::Bsn, number).ok_or(Trouble::NotRecorded)?;
                return Ok(Message::Report(Report { bericht_id: id, melder: sender, nummer, gemeld_op: sent_at }));
            }
            let Composed { youth, content } =
                self.broker.compose(sieve, errand.receiver, (&errand.youth, &errand.signal, &errand.body), moment)?;
            Ok(Message::Delivery(Box::new(Delivery {
                bericht_id: id.clone(),
                signaal_id: id,
                soort: errand.signal.facts.kind.code().to_owned(),
                doel: errand.signal.facts.purpose.code().to_owned(),
                grondslag: basis.code().to_owned(),
                vorm: form.code().to_owned(),
                afzender: sender,
                ontvanger: Receiver {
                    oin: errand.receiver.organisation.to_string(),
                    loket: errand.receiver.desk.code().to_owned(),
                },
                jeugdige: youth,
                inhoud: content,
                verstuurd_op: sent_at,
            })))
        })?;
        made.transpose()
    }

    async fn record_course(&self, errand: Errand, ruling: &Ruling, went: Result<(), Failure>) -> Result<(), Trouble> {
        let delivered = went.is_ok();
        let row = if delivered {
            self.emptied(&errand, DeliveryState::Delivered)?
        } else {
            after(errand.row.clone(), went, self.broker.now()?.instant)?
        };
        let word = match row.state {
            DeliveryState::Delivered => "afgeleverd",
            DeliveryState::Failed => "opgegeven",
            _ => "niet_afgeleverd",
        };
        metrics::counter!("sluis_deliveries_total", "outcome" => word).increment(1);
        let mut unit = Unit::record(ruling.course(&self.broker, &errand.youth.keys, errand.row.id, word)?)
            .moving(Read { version: errand.read.version + 1, ..errand.read });
        if row.state == DeliveryState::Failed {
            unit = unit.with_obligation(look_into(&errand, self.broker.now()?)?);
        }
        // What happened, happened: when the signal moved meanwhile, its row is written on top of the newer version.
        if let Outcome::Moved = self.broker.ledger().commit(unit.with_delivery(row.clone())).await? {
            let record = ruling.course(&self.broker, &errand.youth.keys, errand.row.id, word)?;
            self.broker.ledger().commit(Unit::record(record).with_delivery(row)).await?;
        }
        Ok(())
    }

    fn emptied(&self, errand: &Errand, state: DeliveryState) -> Result<DeliveryRow, Trouble> {
        let sealed = errand.body.emptied().seal(&errand.youth.keys, &errand.row.id)?;
        Ok(DeliveryRow { state, sealed, ..errand.row.clone() })
    }

    fn address(&self, receiver: Party) -> Option<Address> {
        self.broker.register.load().organisation(receiver.organisation)?.deliveries.get(&receiver.desk).cloned()
    }

    fn sender(&self, party: Party) -> Sender {
        let name = self.broker.register.load().organisation(party.organisation).map(|found| found.name.clone());
        Sender {
            oin: party.organisation.to_string(),
            naam: name.unwrap_or_default(),
            loket: party.desk.code().to_owned(),
        }
    }
}

/// The row after a try: done, again later, or given up.
fn after(row: DeliveryRow, went: Result<(), Failure>, now: i64) -> Result<DeliveryRow, Trouble> {
    Ok(match went {
        Ok(()) => DeliveryRow { state: DeliveryState::Delivered, ..row },
        Err(failure) if failure.retry_can_help() && row.attempts < MOST_TRIES => {
            let due_at = now + pause(row.attempts)?;
            // A receiver may have taken in what it did not acknowledge: until it says so it counts as sent, so that a
            // withdrawal tells it (P3).
            let arrived = matches!(failure, Failure::TimedOut | Failure::NotAcknowledged);
            let state = if arrived { DeliveryState::Dispatched } else { DeliveryState::Waiting };
            DeliveryRow { state, due_at, attempts: row.attempts.max(1), ..row }
        }
        Err(_) => DeliveryRow { state: DeliveryState::Failed, ..row },
    })
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

/// Nothing is given up in silence: the sender's desk gets the duty to see to it (P7).
fn look_into(errand: &Errand, moment: Moment) -> Result<ObligationRow, Trouble> {
    let Party { organisation, desk } = errand.signal.facts.sender;
    Ok(ObligationRow {
        id: fresh_id()?,
        signal: errand.row.signal,
        youth: errand.row.youth,
        owner: organisation.to_string(),
        desk: Desk::code(desk).to_owned(),
        kind: "aflevering_nagaan".to_owned(),
        due_on: moment.today.to_string(),
        state: "open".to_owned(),
        created_at: moment.instant,
    })
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
