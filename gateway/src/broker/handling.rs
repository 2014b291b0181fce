// SPDX-License-Identifier: EUPL-1.2
//! A received signal is taken up, answered, closed; and its sender follows it (003-06, RL-17).

use sluis_policy::{Action, Actor, Field, Form, Party, Purpose};

use super::disclosure::Sieve;
use super::inbox::Looked;
use super::once::Before;
use super::reply::is_refusal;
use super::sealing::{DeliveryBody, IntakeOutcome, SignalBody, StepFact};
use super::signals::{ReceiverState, SignalView};
use super::voices::party_of;
use super::{Asker, Broker, Disclosure, Once, Reply, TURNS, Trouble};
use crate::ledger::unit::{DeliveryRow, DeliveryState, ObligationRow, Read, Subject, Unit};
use crate::vault::Id;

/// Stap: what a receiver does with a signal.
#[derive(Clone)]
#[doc(alias = "stap")]
pub struct HandlingStep {
    /// Take up, answer or close.
    pub action: Action,
    /// A coded next step, with an answer.
    pub next_step: Option<String>,
    /// Free text, with an answer; reaches the sender only on a consent of its own.
    pub explanation: Option<String>,
}

impl std::fmt::Debug for HandlingStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HandlingStep").field("action", &self.action).finish_non_exhaustive()
    }
}

/// Voortgang: one step of a receiver, as its sender may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "voortgang")]
pub struct Progress {
    /// The status that the step led to; absent when only next steps may be shown.
    pub status: Option<String>,
    /// The coded next step.
    pub next_step: Option<String>,
    /// Free text.
    pub explanation: Option<String>,
    /// When, in microseconds.
    pub at: i64,
}

impl Broker {
    /// Takes up, answers or closes a received signal.
    ///
    /// # Errors
    /// When nothing can be recorded; then nothing was stored.
    pub async fn handle(
        &self,
        asker: &Asker,
        actors: &[Actor],
        (id, step): (Id, &HandlingStep),
        once: &Once,
    ) -> Result<Reply<Action>, Trouble> {
        for _ in 0..TURNS {
            let before = self.before(once).await?;
            if before == Before::Other {
                return Ok(Reply::KeyReused);
            }
            let again = before != Before::Nothing;
            if let Some(reply) = self.handle_once(asker, actors, (id, step), (once, again)).await? {
                return Ok(reply);
            }
        }
        Err(Trouble::Contended)
    }

    /// One turn. A replay is decided and recorded again, and stores nothing.
    async fn handle_once(
        &self,
        asker: &Asker,
        actors: &[Actor],
        (id, step): (Id, &HandlingStep),
        (once, again): (&Once, bool),
    ) -> Result<Option<Reply<Action>>, Trouble> {
        let moment = self.now()?;
        let looked = self.look_up(id, actors).await?;
        let Some(actor) = acting(actors, looked.as_ref()) else { return Err(Trouble::NotRecorded) };
        let received = looked.filter(|looked| looked.delivery.is_some());
        let asked = received.as_ref().map(|looked| looked.question(actor, step.action));
        let request = asked.unwrap_or_else(|| nothing(actor, step.action));
        let facts = self.facts(received.as_ref().map(|looked| &looked.youth), request.receiver, None, moment.today);
        let ruling = self.rule(asker, request, &facts, moment)?;
        let looked = match received {
            Some(looked) if !is_refusal(&ruling) => looked,
            received => return self.refuse(&ruling, received.as_ref().map(|looked| &looked.youth), Some(id)).await,
        };
        let (youth, reads) = (&looked.youth, vec![looked.youth.read, looked.read]);
        let record = ruling.record_reading(self, youth, id, reads)?;
        let mut unit = Unit::record(record).reading(youth.read).reading(looked.read);
        if !again {
            if self.is_closed(&looked, actor.party).await? {
                return Ok(self.commit(unit).await?.map(|_| Reply::Conflict));
            }
            let sieve = ruling.permit().map(|permit| Sieve::of(permit.fields()));
            unit = self.step(unit, &looked, (actor.party, step, sieve), moment.instant).await?;
            unit = unit.claiming(once.claim(id, moment.instant));
        }
        let Some(receipt) = self.commit(unit).await? else { return Ok(None) };
        Ok(Some(Reply::Released(Disclosure::release(&[&ruling], &receipt, step.action)?)))
    }

    /// The sender follows its own signal.
    pub(super) async fn follow(&self, asker: &Asker, actor: Actor, signal: Id) -> Result<Reply<SignalView>, Trouble> {
        for _ in 0..TURNS {
            let looked = self.look_up(signal, &[actor]).await?.filter(|looked| looked.delivery.is_none());
            if let Some(reply) = self.follow_once(asker, actor, (signal, looked)).await? {
                return Ok(reply);
            }
        }
        Err(Trouble::Contended)
    }

    pub(super) async fn follow_once(
        &self,
        asker: &Asker,
        actor: Actor,
        (id, looked): (Id, Option<Looked>),
    ) -> Result<Option<Reply<SignalView>>, Trouble> {
        let moment = self.now()?;
        let request =
            looked.as_ref().map_or_else(|| nothing(actor, Action::Read), |looked| looked.question(actor, Action::Read));
        let facts = self.facts(looked.as_ref().map(|looked| &looked.youth), actor.party, None, moment.today);
        let ruling = self.rule(asker, request, &facts, moment)?;
        let looked = match looked {
            Some(looked) if !is_refusal(&ruling) => looked,
            looked => return self.refuse(&ruling, looked.as_ref().map(|looked| &looked.youth), Some(id)).await,
        };
        let steps = self.steps(&looked).await?;
        let deliveries = self.store.deliveries_of(looked.read_id()).await?;
        let record = ruling.record_reading(self, &looked.youth, id, vec![looked.youth.read, looked.read])?;
        let unit = Unit::record(record).reading(looked.youth.read).reading(looked.read);
        let Some(receipt) = self.commit(unit).await? else { return Ok(None) };
        let view = |sieve: Sieve| followed(sieve, (id, &looked), &deliveries, &steps);
        Ok(Some(Reply::Released(Disclosure::permitted(&ruling, &receipt, view)?)))
    }

    /// What a step stores: itself, the end of the duty it fulfils, and on taking up the end of the content that waited.
    async fn step(
        &self,
        unit: Unit,
        looked: &Looked,
        (by, step, sieve): (Party, &HandlingStep, Option<Sieve>),
        now: i64,
    ) -> Result<Unit, Trouble> {
        let Some(delivery) = &looked.delivery else { return Err(Trouble::NotRecorded) };
        let explanation = sieve.and_then(|sieve| sieve.pass(Field::Explanation, step.explanation.clone()));
        let fact = StepFact {
            by,
            step: step.action.code().to_owned(),
            next_step: step.next_step.clone(),
            explanation,
            delivery: hex::encode(delivery.id),
            at: now,
        };
        let mut unit = fact.add_to(unit, &looked.youth, looked.read)?;
        if matches!(step.action, Action::Close) {
            let open = self.store.obligations_of(looked.read_id()).await?;
            let mine = open.into_iter().filter(|duty| {
                duty.state == "open" && duty.owner == by.organisation.as_str() && duty.desk == by.desk.code()
            });
            unit = mine
                .fold(unit, |unit, duty| unit.with_obligation(ObligationRow { state: "gedaan".to_owned(), ..duty }));
        }
        if delivery.state == DeliveryState::Available {
            let body = DeliveryBody::open(&delivery.sealed, &looked.youth.keys, &delivery.id)?.emptied();
            let sealed = body.seal(&looked.youth.keys, &delivery.id)?;
            unit = unit.with_delivery(DeliveryRow { state: DeliveryState::Delivered, sealed, ..delivery.clone() });
        }
        Ok(unit)
    }

    async fn is_closed(&self, looked: &Looked, by: Party) -> Result<bool, Trouble> {
        Ok(self.steps(looked).await?.iter().any(|step| step.by == by && step.step == Action::Close.code()))
    }

    /// What receivers did with a signal.
    pub(super) async fn steps(&self, looked: &Looked) -> Result<Vec<StepFact>, Trouble> {
        let facts = self.store.facts(looked.read.subject, looked.read.version).await?;
        let open = |stored| StepFact::open(stored, looked.read, &looked.youth.keys);
        Ok(facts.iter().map(open).collect::<Result<_, _>>()?)
    }
}

impl Looked {
    /// The signal's own id.
    pub(super) fn read_id(&self) -> Id {
        self.signal
    }

    /// A question about this signal by its sender or a receiver. Feedback is a disclosure the other way, to the sender.
    pub(super) fn question(&self, actor: Actor, action: Action) -> sluis_policy::AccessRequest {
        let body: &SignalBody = &self.body;
        let named = self.named();
        match action {
            Action::Answer => body.question(actor, (action, Purpose::Casusvoortgang), body.facts.sender, named),
            _ => body.question(actor, (action, body.facts.purpose), actor.party, named),
        }
    }

    /// Whether it went by name: to this receiver, or, for the sender, to any.
    fn named(&self) -> bool {
        match &self.delivery_body {
            Some(body) => body.named,
            None => self.body.outcomes.iter().any(|outcome| outcome.form.is_some_and(|form| form != Form::Anonymous)),
        }
    }
}

/// The question about a signal that does not exist: decided like one of somebody else (P6).
pub(super) fn nothing(actor: Actor, action: Action) -> sluis_policy::AccessRequest {
    let purpose = if action == Action::Answer { Purpose::Casusvoortgang } else { Purpose::ToeleidingJeugdhulp };
    sluis_policy::AccessRequest {
        actor,
        action,
        purpose,
        receiver: actor.party,
        named: false,
        signal: None,
        asked: None,
    }
}

/// The capacity in which the caller stands to this signal; any, when it stands in none.
pub(super) fn acting(actors: &[Actor], looked: Option<&Looked>) -> Option<Actor> {
    let stands = |actor: &&Actor| {
        looked.is_some_and(|looked| match &looked.delivery {
            Some(delivery) => party_of(delivery) == Some(actor.party),
            None => looked.body.facts.sender == actor.party,
        })
    };
    actors.iter().find(stands).or_else(|| actors.first()).copied()
}

/// What the sender sees of its own signal, receiver by receiver.
fn followed(sieve: Sieve, (id, looked): (Id, &Looked), deliveries: &[DeliveryRow], steps: &[StepFact]) -> SignalView {
    let state = |outcome: &IntakeOutcome| {
        let here = |row: &&DeliveryRow| row.kind == "signaal" && party_of(row) == Some(outcome.receiver);
        let of_receiver = steps.iter().filter(|step| step.by == outcome.receiver);
        ReceiverState {
            party: outcome.receiver,
            rule: outcome.rule,
            form: outcome.form,
            delivery: sieve.pass(Field::Delivery, deliveries.iter().find(here).map(|row| told(row.state))),
            progress: of_receiver.filter_map(|step| shown(sieve, outcome.form, step)).collect(),
        }
    };
    SignalView {
        id,
        created_at: looked.created_at,
        receivers: looked.body.outcomes.iter().map(state).collect(),
        facts: looked.body.facts.clone(),
    }
}

/// A delivery that may have arrived counts as sent: its dispatch record is committed (design, section 4).
fn told(state: DeliveryState) -> DeliveryState {
    if state == DeliveryState::Unconfirmed { DeliveryState::Dispatched } else { state }
}

/// One step as the sender may see it; nothing at all when no part of it may be shown. From a receiver that got no name
/// only coded next steps come back (RL-17).
fn shown(sieve: Sieve, form: Option<Form>, step: &StepFact) -> Option<Progress> {
    let by_name = form.is_some_and(|form| form != Form::Anonymous);
    let status = sieve.pass(Field::Status, step.step.clone()).filter(|_| by_name);
    let next_step = sieve.pass(Field::NextStep, step.next_step.clone());
    let explanation = sieve.pass(Field::Explanation, step.explanation.clone()).filter(|_| by_name);
    let anything = status.is_some() || next_step.is_some() || explanation.is_some();
    anything.then_some(Progress { status, next_step, explanation, at: step.at })
}

/// The version row of a signal.
pub(super) fn signal_read(id: Id, version: i64) -> Read {
    Read { subject: Subject::signal(id), version }
}
