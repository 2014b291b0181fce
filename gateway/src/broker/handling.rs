// SPDX-License-Identifier: EUPL-1.2
//! A received signal is taken up, answered, closed; and its sender follows it (003-06, RL-17).

use std::collections::HashMap;

use sluis_policy::{Action, Actor, Covenant, Duty, Field, Form, Moment, Party, Purpose};

use super::disclosure::Sieve;
use super::duties::due_anew;
use super::feedback::{self, FeedbackBody};
use super::inbox::Looked;
use super::once::Before;
use super::reply::is_refusal;
use super::retracting::TakenBack;
use super::sealing::{DeliveryBody, IntakeOutcome, SignalBody, StepFact};
use super::signals::{ReceiverState, SignalView};
use super::{Asker, Broker, Disclosure, KnownYouth, Once, Reply, Ruling, SignalStatus, TURNS, Trouble};
use crate::ledger::unit::{DeliveryKind, DeliveryRow, DeliveryState, DutyState, ObligationRow, Read, Subject, Unit};
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
    /// Where the step led; absent when only next steps may be shown.
    pub status: Option<SignalStatus>,
    /// The coded next step.
    pub next_step: Option<String>,
    /// Free text, until it was delivered to the sender.
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
        let acting = self.acting(asker, actors, (looked.as_ref(), step.action), moment)?;
        let Some(actor) = acting else { return Err(Trouble::NotRecorded) };
        let received = looked.filter(|looked| looked.delivery.is_some());
        let asked = received.as_ref().map(|looked| looked.question(actor, step.action));
        let request = asked.unwrap_or_else(|| nothing(actor, step.action));
        let facts =
            self.facts(received.as_ref().map(|looked| looked.youth.as_ref()), request.receiver, None, moment.today);
        let ruling = self.rule(asker, request, &facts, moment)?;
        let looked = match received {
            Some(looked) if !is_refusal(&ruling) => looked,
            received => {
                return self.refuse(&ruling, received.as_ref().map(|looked| looked.youth.as_ref()), Some(id)).await;
            }
        };
        let (youth, reads) = (&looked.youth, vec![looked.youth.read, looked.read]);
        let record = ruling.record_reading(self, youth, id, reads)?;
        let mut unit = Unit::record(record).reading(youth.read).reading(looked.read);
        if !again {
            if is_closed(&looked, actor.party)? {
                return Ok(self.commit(unit).await?.map(|_| Reply::Conflict));
            }
            unit = self.step(unit, &looked, (&ruling, step), moment.instant).await?;
            unit = unit.claiming(once.claim(id, moment.instant));
        }
        let Some(receipt) = self.commit(unit).await? else { return Ok(None) };
        self.queue_changed.notify_waiters();
        Ok(Some(Reply::Released(Disclosure::release(&[&ruling], &receipt, step.action)?)))
    }

    /// In which capacity somebody acts: of those in which they stand to this signal the first that may, and the first of them
    /// when none may; any, when they stand in none.
    pub(super) fn acting(
        &self,
        asker: &Asker,
        actors: &[Actor],
        (looked, action): (Option<&Looked>, Action),
        moment: Moment,
    ) -> Result<Option<Actor>, Trouble> {
        let Some(looked) = looked else { return Ok(actors.first().copied()) };
        let standing = standing(actors, looked);
        let group = Some((looked.body.facts.sender.organisation, looked.body.location.as_deref()));
        for actor in standing.iter().filter(|_| standing.len() > 1) {
            let request = looked.question(*actor, action);
            let facts = self.facts(Some(&looked.youth), request.receiver, group, moment.today);
            if !is_refusal(&self.rule(asker, request, &facts, moment)?) {
                return Ok(Some(*actor));
            }
        }
        Ok(standing.first().or(actors.first()).copied())
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
        let facts = self.facts(looked.as_ref().map(|looked| looked.youth.as_ref()), actor.party, None, moment.today);
        let ruling = self.rule(asker, request, &facts, moment)?;
        let looked = match looked {
            Some(looked) if !is_refusal(&ruling) => looked,
            looked => return self.refuse(&ruling, looked.as_ref().map(|looked| looked.youth.as_ref()), Some(id)).await,
        };
        let (steps, deliveries) = (steps(&looked)?, &looked.course.deliveries);
        let explanations = explanations(deliveries, &looked.youth)?;
        let record = ruling.record_reading(self, &looked.youth, id, vec![looked.youth.read, looked.read])?;
        let unit = Unit::record(record).reading(looked.youth.read).reading(looked.read);
        let Some(receipt) = self.commit(unit).await? else { return Ok(None) };
        let view = |sieve: Sieve| followed(sieve, (id, &looked), deliveries, (&steps, &explanations));
        Ok(Some(Reply::Released(Disclosure::permitted(&ruling, &receipt, view)?)))
    }

    /// What a step stores: itself, what it lets the sender know, the end of the duty it fulfils, and the end of the content
    /// that waited: who takes a step has it.
    async fn step(
        &self,
        unit: Unit,
        looked: &Looked,
        (ruling, step): (&Ruling, &HandlingStep),
        now: i64,
    ) -> Result<Unit, Trouble> {
        let Some(delivery) = &looked.delivery else { return Err(Trouble::NotRecorded) };
        let (by, feedback) = (ruling.request.actor.party, feedback::queued(looked, ruling, step, now)?);
        let fact = StepFact {
            by,
            step: step.action,
            next_step: step.next_step.clone(),
            feedback: feedback.as_ref().map(|row| hex::encode(row.id)),
            delivery: hex::encode(delivery.id),
            at: now,
            reason: None,
        };
        let mut unit = fact.add_to(unit, &looked.youth, looked.read)?;
        unit = feedback.into_iter().fold(unit, Unit::with_delivery);
        unit = self.no_longer_silent(unit, (looked, step.action), ruling).await?;
        if delivery.state != DeliveryState::Delivered {
            let body = DeliveryBody::open(&delivery.sealed, &looked.youth.keys, &delivery.id)?.emptied();
            unit = unit.with_delivery(delivery.delivered(body.seal(&looked.youth.keys, &delivery.id)?));
        }
        Ok(unit)
    }

    /// Closing is the next step that was to be taken; what must be asked ahead, or looked back on, stays. Any other step ends
    /// the silence, and where it came too late the next is waited for from today: taking up is no end either (003-06).
    async fn no_longer_silent(
        &self,
        mut unit: Unit,
        (looked, step): (&Looked, Action),
        ruling: &Ruling,
    ) -> Result<Unit, Trouble> {
        let (by, policy) = (ruling.request.actor.party, self.policy.load());
        let counted = (Covenant::between(&policy.covenants, &ruling.request), ruling.moment.today);
        let open = self.store.obligations_of(looked.read_id()).await?;
        let mine: Vec<_> = open.iter().filter(|duty| duty.kind == Duty::Act.code() && duty.is_still_of(by)).collect();
        unit = self.ending_silence(unit, &open, |duty| mine.iter().any(|row| row.id == *duty))?;
        for duty in mine {
            if step == Action::Close {
                unit = unit.with_obligation(ObligationRow { state: DutyState::Done, ..duty.clone() });
            } else if let Some(due_on) = due_anew(duty, counted) {
                unit = unit.with_obligation(ObligationRow { due_on, ..duty.clone() });
            }
        }
        Ok(unit)
    }
}

/// What receivers did with a signal.
pub(super) fn steps(looked: &Looked) -> Result<Vec<StepFact>, Trouble> {
    let open = |stored| StepFact::open(stored, looked.read, &looked.youth.keys);
    Ok(looked.course.facts.iter().map(open).collect::<Result<_, _>>()?)
}

fn is_closed(looked: &Looked, by: Party) -> Result<bool, Trouble> {
    Ok(steps(looked)?.iter().any(|step| step.by == by && step.step == Action::Close))
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
        backing: sluis_policy::Backing::default(),
    }
}

/// The capacities in which the caller stands to this signal.
fn standing(actors: &[Actor], looked: &Looked) -> Vec<Actor> {
    let stands = |actor: &&Actor| match &looked.delivery {
        Some(delivery) => delivery.party() == Some(actor.party),
        None => looked.body.facts.sender == actor.party,
    };
    actors.iter().filter(stands).copied().collect()
}

/// What the sender sees of its own signal, receiver by receiver.
pub(super) fn followed(
    sieve: Sieve,
    (id, looked): (Id, &Looked),
    deliveries: &[DeliveryRow],
    (steps, explanations): (&[StepFact], &Explanations),
) -> SignalView {
    let state = |outcome: &IntakeOutcome| {
        let here = |row: &&DeliveryRow| row.kind == DeliveryKind::Signal && row.party() == Some(outcome.receiver);
        let of_receiver = steps.iter().filter(|step| step.by == outcome.receiver);
        ReceiverState {
            party: outcome.receiver,
            rule: outcome.rule,
            form: outcome.form,
            led: outcome.led.clone(),
            delivery: sieve.pass(Field::Delivery, deliveries.iter().find(here).map(|row| told(row.state))),
            progress: of_receiver.filter_map(|step| shown(sieve, outcome.form, (step, explanations))).collect(),
        }
    };
    SignalView {
        id,
        created_at: looked.created_at,
        receivers: looked.body.outcomes.iter().map(state).collect(),
        facts: looked.body.facts.clone(),
        gaps: looked.body.gaps.clone(),
        taken_back: steps.iter().find_map(TakenBack::of),
    }
}

/// What is said in words, by the id of the feedback that it stands in.
pub(super) type Explanations = HashMap<String, String>;

/// The explanations that still wait for the sender. One that was delivered is gone from here.
pub(super) fn explanations(deliveries: &[DeliveryRow], youth: &KnownYouth) -> Result<Explanations, Trouble> {
    let mut said = Explanations::new();
    for row in deliveries.iter().filter(|row| row.kind == DeliveryKind::Feedback && !row.state.is_held_back()) {
        let body = FeedbackBody::open(&row.sealed, &youth.keys, &row.id)?;
        said.extend(body.explanation.map(|words| (hex::encode(row.id), words)));
    }
    Ok(said)
}

/// A delivery that may have arrived counts as sent: its dispatch record is committed (design, section 4). One that was
/// held back after it may have arrived is held back all the same.
fn told(state: DeliveryState) -> DeliveryState {
    match state {
        DeliveryState::Unconfirmed => DeliveryState::Dispatched,
        DeliveryState::Recalled => DeliveryState::Stopped,
        other => other,
    }
}

/// One step as the sender may see it; nothing at all when no part of it may be shown. From a receiver that got no name
/// only coded next steps come back (RL-17).
fn shown(sieve: Sieve, form: Option<Form>, (step, explanations): (&StepFact, &Explanations)) -> Option<Progress> {
    let by_name = form.is_some_and(|form| form != Form::Anonymous);
    let explanation = step.feedback.as_ref().and_then(|feedback| explanations.get(feedback).cloned());
    let status = sieve.pass(Field::Status, SignalStatus::after(step.step)).filter(|_| by_name);
    let next_step = sieve.pass(Field::NextStep, step.next_step.clone());
    let explanation = sieve.pass(Field::Explanation, explanation).filter(|_| by_name);
    let anything = status.is_some() || next_step.is_some() || explanation.is_some();
    anything.then_some(Progress { status, next_step, explanation, at: step.at })
}

/// The version row of a signal.
pub(super) fn signal_read(id: Id, version: i64) -> Read {
    Read { subject: Subject::signal(id), version }
}
