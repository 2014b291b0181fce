// SPDX-License-Identifier: EUPL-1.2
//! Terugnemen: a sender takes its signal back, because it was wrong or about another youth (AVG 16, 17, 19; case 55).
//!
//! | where its delivery stands | what becomes of it |
//! | --- | --- |
//! | it certainly never arrived | it is stopped, and nobody hears of it |
//! | it is under way, or may have arrived | it is not tried again, and its receiver is told |
//! | it lies ready to be fetched | what it says goes; that it is taken back is seen in its place |
//! | it was delivered | its receiver is told |
//!
//! From then on the core lets it go nowhere: no answer about it goes back, and it cannot be taken up.

use sluis_policy::{Action, Actor, Duty};

use super::halting::notice;
use super::handling::{explanations, followed, nothing, steps};
use super::inbox::Looked;
use super::once::Before;
use super::reply::is_refusal;
use super::sealing::{DeliveryBody, StepFact};
use super::signals::SignalView;
use super::{Asker, Broker, Disclosure, Once, Reply, Ruling, TURNS, Trouble, terms};
use crate::ledger::unit::{DeliveryKind, DeliveryRow, DeliveryState, DutyState, ObligationRow, SignalRow, Unit};
use crate::vault::Id;

/// Waarom teruggenomen. A closed list: what exactly was wrong is told by a person.
#[doc(alias = "reden")]
pub const RETRACTED_FOR: [&str; 3] = ["andere_jeugdige", "inhoud_onjuist", "ten_onrechte"];

/// Terugname: since when a signal is taken back, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "terugname")]
pub struct TakenBack {
    /// When, in microseconds.
    pub at: i64,
    /// From [`RETRACTED_FOR`].
    pub reason: String,
}

impl TakenBack {
    /// What a step says of it; nothing when it is a step of a receiver.
    pub(super) fn of(step: &StepFact) -> Option<Self> {
        Some(Self { at: step.at, reason: step.reason.clone()? })
    }
}

impl Broker {
    /// Takes a signal back. What was not sent yet stops; whoever may have it is told. A conflict is one that is taken back
    /// already.
    ///
    /// # Errors
    /// When nothing can be recorded; then the signal stands as it stood.
    pub async fn retract(
        &self,
        asker: &Asker,
        actors: &[Actor],
        (id, reason): (Id, &str),
        once: &Once,
    ) -> Result<Reply<SignalView>, Trouble> {
        for _ in 0..TURNS {
            let before = self.before(once).await?;
            if before == Before::Other {
                return Ok(Reply::KeyReused);
            }
            let again = before != Before::Nothing;
            if let Some(reply) = self.retract_once(asker, actors, (id, reason), (once, again)).await? {
                return Ok(reply);
            }
        }
        Err(Trouble::Contended)
    }

    /// One turn. A replay is decided and recorded again, and changes nothing.
    async fn retract_once(
        &self,
        asker: &Asker,
        actors: &[Actor],
        (id, reason): (Id, &str),
        (once, again): (&Once, bool),
    ) -> Result<Option<Reply<SignalView>>, Trouble> {
        let moment = self.now()?;
        let looked = self.look_up(id, actors).await?;
        let acting = self.acting(asker, actors, (looked.as_ref(), Action::Retract), moment)?;
        let Some(actor) = acting else { return Err(Trouble::NotRecorded) };
        let sent = looked.filter(|looked| looked.delivery.is_none());
        let asked = sent.as_ref().map(|looked| looked.question(actor, Action::Retract));
        let request = asked.unwrap_or_else(|| nothing(actor, Action::Retract));
        let facts = self.facts(sent.as_ref().map(|looked| looked.youth.as_ref()), actor.party, None, moment.today);
        let ruling = self.rule(asker, request, &facts, moment)?;
        let mut looked = match sent {
            Some(looked) if !is_refusal(&ruling) => looked,
            sent => return self.refuse(&ruling, sent.as_ref().map(|looked| looked.youth.as_ref()), Some(id)).await,
        };
        let record = ruling.record_reading(self, &looked.youth, id, vec![looked.youth.read, looked.read])?;
        let mut unit = Unit::record(record).reading(looked.youth.read).reading(looked.read);
        let mut steps = steps(&looked)?;
        if !again {
            if looked.body.facts.taken_back {
                return Ok(self.commit(unit).await?.map(|_| Reply::Conflict));
            }
            let step = taking_back(&looked, reason, &ruling);
            unit = self.taken_back(unit, &mut looked, (&ruling, &step)).await?;
            unit = unit.claiming(once.claim(id, moment.instant));
            steps.push(step);
        }
        let Some(receipt) = self.commit(unit).await? else { return Ok(None) };
        self.queue_changed.notify_waiters();
        let explained = explanations(&looked.course.deliveries, &looked.youth)?;
        Ok(Some(Reply::Released(Disclosure::permitted(&ruling, &receipt, |sieve| {
            followed(sieve, (id, &looked), &looked.course.deliveries, (&steps, &explained))
        })?)))
    }

    /// What it stores: itself, the signal as it is known from now on, what becomes of each delivery, and the duties. What a
    /// receiver was to do about it falls away.
    async fn taken_back(
        &self,
        unit: Unit,
        looked: &mut Looked,
        (ruling, step): (&Ruling, &StepFact),
    ) -> Result<Unit, Trouble> {
        let (signal, sender) = (looked.read_id(), ruling.request.actor.party);
        let mut unit = step.add_to(unit.urgently(), &looked.youth, looked.read)?;
        looked.body.facts.taken_back = true;
        unit = unit.with_signal(SignalRow {
            id: signal,
            youth: looked.youth.id(),
            sender: looked.body.facts.sender.organisation.as_str().to_owned(),
            kind: looked.body.facts.kind.code(),
            created_at: looked.created_at,
            sealed: looked.body.seal(&looked.youth.keys, &signal)?,
        });
        let standing = |row: &&DeliveryRow| row.kind == DeliveryKind::Withdrawal && !row.state.is_held_back();
        let told: Vec<Id> = looked.course.deliveries.iter().filter(standing).map(|row| row.id).collect();
        for row in looked.course.deliveries.iter_mut().filter(|row| row.kind == DeliveryKind::Signal) {
            let id = self.notice_of(&row.id);
            if row.may_have_arrived() && !told.contains(&id) {
                unit = unit.with_delivery(notice(row, id, step.at));
            }
            let body = DeliveryBody::open(&row.sealed, &looked.youth.keys, &row.id)?;
            *row = held_back(row, body.emptied().seal(&looked.youth.keys, &row.id)?);
            unit = unit.with_delivery(row.clone());
        }
        let duties = self.store.obligations_of(signal).await?;
        unit = self.ending_silence(unit, &duties, |_| true)?;
        for duty in duties {
            let of_receiver = duty.kind == Duty::Act.code() && duty.party() != Some(sender);
            if of_receiver && duty.state != DutyState::Done {
                unit = unit.with_obligation(ObligationRow { state: DutyState::Done, ..duty });
            }
        }
        Ok(terms::rows(ruling, signal, &looked.youth)?.into_iter().fold(unit, Unit::with_obligation))
    }
}

fn taking_back(looked: &Looked, reason: &str, ruling: &Ruling) -> StepFact {
    StepFact {
        by: ruling.request.actor.party,
        step: Action::Retract,
        next_step: None,
        feedback: None,
        delivery: hex::encode(looked.read_id()),
        at: ruling.moment.instant,
        reason: Some(reason.to_owned()),
    }
}

/// What becomes of a delivery, with what may stay of its body. What lies ready keeps its place, so that whoever comes for it
/// sees that it is taken back.
fn held_back(row: &DeliveryRow, emptied: Vec<u8>) -> DeliveryRow {
    match row.state {
        DeliveryState::Available | DeliveryState::Delivered => DeliveryRow { sealed: emptied, ..row.clone() },
        DeliveryState::Stopped | DeliveryState::Recalled | DeliveryState::Erased => row.clone(),
        DeliveryState::Waiting | DeliveryState::Dispatched | DeliveryState::Unconfirmed | DeliveryState::Failed => {
            row.held_back(emptied)
        }
    }
}
