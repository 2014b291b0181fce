// SPDX-License-Identifier: EUPL-1.2
//! What a desk received: the list, one signal, and how an id is looked up without telling whose it is.

use std::sync::Arc;

use sluis_policy::{Action, Actor, Field, Form, Party, Purpose, SignalKind};

use super::composing::Composed;
use super::handling::{nothing, signal_read, steps};
use super::sealing::{DeliveryBody, SignalBody, StepFact};
use super::signals::SignalView;
use super::youths::unless_erased;
use super::{Asker, Broker, Disclosure, KnownYouth, Reply, Ruling, SignalStatus, TURNS, Trouble};
use crate::ledger::unit::{DeliveryKind, DeliveryRow, Read, Unit};
use crate::store::known::{Behind, Course};
use crate::store::reading::StoredSignal;
use crate::vault::Id;

/// A page of an inbox.
#[derive(Debug, Clone)]
pub struct InboxPage {
    /// The rows, in the order in which they came.
    pub rows: Vec<InboxRow>,
    /// The place beyond which everything is that this page and those before it did not show.
    pub beyond: i64,
    /// Whether there may be more already.
    pub more: bool,
}

/// One received signal in a list.
#[derive(Debug, Clone)]
pub struct InboxRow {
    /// The id by which the receiver knows it.
    pub id: Id,
    /// What kind of signal.
    pub kind: SignalKind,
    /// In what form it came.
    pub form: Form,
    /// When it was queued, in microseconds.
    pub received_at: i64,
    /// How it stands with this receiver.
    pub status: SignalStatus,
    /// The desk's own pseudonym of the youth.
    pub pseudonym: Option<String>,
}

/// What the reader of one signal sees.
#[derive(Debug)]
pub enum Reading {
    /// Its sender follows it.
    Sent(Box<SignalView>),
    /// A receiver reads it.
    Received(Box<ReceivedSignal>),
}

/// A received signal, cut to what its reader may see today.
#[derive(Debug)]
pub struct ReceivedSignal {
    /// The id by which the receiver knows it.
    pub id: Id,
    /// What kind of signal.
    pub kind: SignalKind,
    /// Its purpose.
    pub purpose: Purpose,
    /// In what form, by which rule, on what ground.
    pub permit: sluis_policy::Permit,
    /// Who sent it.
    pub sender: sluis_policy::Party,
    /// When it was queued, in microseconds.
    pub received_at: i64,
    /// About whom.
    pub youth: sluis_connectors::desk::Youth,
    /// What it says; empty once it was handed over.
    pub content: sluis_connectors::desk::Content,
    /// How it stands with this receiver.
    pub status: SignalStatus,
}

/// What stands behind an id.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) signal: Id,
    pub(super) created_at: i64,
    pub(super) body: SignalBody,
    pub(super) youth: Arc<KnownYouth>,
    pub(super) read: Read,
    pub(super) course: Course,
    pub(super) delivery: Option<DeliveryRow>,
    pub(super) delivery_body: Option<DeliveryBody>,
}

impl Broker {
    /// Lists what a desk received, each row decided and recorded by itself (C11, L1).
    ///
    /// # Errors
    /// When the records cannot be made durable; then nothing is shown.
    pub async fn inbox(
        &self,
        asker: &Asker,
        actor: Actor,
        beyond: i64,
        limit: u8,
    ) -> Result<Reply<InboxPage>, Trouble> {
        for _ in 0..TURNS {
            if let Some(reply) = self.inbox_once(asker, actor, beyond, limit).await? {
                return Ok(reply);
            }
        }
        Err(Trouble::Contended)
    }

    async fn inbox_once(
        &self,
        asker: &Asker,
        actor: Actor,
        beyond: i64,
        limit: u8,
    ) -> Result<Option<Reply<InboxPage>>, Trouble> {
        let moment = self.now()?;
        let found = self.store.inbox(actor.party, beyond, i64::from(limit)).await?;
        let more = found.len() == usize::from(limit);
        let beyond = found.last().map_or(beyond, |row| row.reached.place());
        // Looking into an empty inbox is looking too, and whether this role may look at all does not depend on what is in it.
        let glance =
            self.rule(asker, nothing(actor, Action::List), &self.facts(None, actor.party, None, moment.today), moment)?;
        if glance.decision.rule() != sluis_policy::Rule::NotFound {
            return self.refuse(&glance, None, None).await;
        }
        let mut unit = Unit::record(glance.glance(self)?);
        let (mut rulings, mut rows): (Vec<Ruling>, Vec<InboxRow>) = (vec![glance], Vec::new());
        for row in found {
            let Some(looked) = self.look_up(row.id, &[actor]).await? else { continue };
            let ruling = self.rule(
                asker,
                looked.question(actor, Action::List),
                &self.facts(Some(&looked.youth), actor.party, None, moment.today),
                moment,
            )?;
            unit = unit
                .and_record(ruling.record_reading(self, &looked.youth, row.id, vec![looked.youth.read])?)
                .reading(looked.youth.read);
            rows.extend(self.row(&ruling, &looked, row).await?);
            rulings.push(ruling);
        }
        let Some(receipt) = self.commit(unit).await? else { return Ok(None) };
        let page = InboxPage { rows, beyond, more };
        Ok(Some(Reply::Released(Disclosure::release(&rulings.iter().collect::<Vec<_>>(), &receipt, page)?)))
    }

    /// One row of a list, if it may be shown.
    async fn row(&self, ruling: &Ruling, looked: &Looked, row: DeliveryRow) -> Result<Option<InboxRow>, Trouble> {
        let Some(permit) = ruling.permit() else { return Ok(None) };
        let status = self.status(looked, ruling.request.actor.party, row.id).await?;
        let organisation = ruling.request.actor.party.organisation;
        let known = permit.fields().contains(Field::Pseudonym);
        let pseudonym = known.then(|| self.vault.pseudonym(&looked.youth.keys, organisation)).transpose()?;
        let named = looked.delivery_body.as_ref().is_some_and(|body| body.named);
        let form = if named { Form::Identified } else { Form::Anonymous };
        let kind = looked.body.facts.kind;
        Ok(Some(InboxRow { id: row.id, kind, form, received_at: row.created_at, status, pseudonym }))
    }

    /// How a signal stands with one receiver: taken back, or at that receiver's own last step. What another receiver did
    /// with it is not told.
    async fn status(&self, looked: &Looked, by: Party, id: Id) -> Result<SignalStatus, Trouble> {
        let notice = self.store.delivery(self.notice_of(&id)).await?;
        if notice.is_some_and(|notice| !notice.state.is_held_back()) {
            return Ok(SignalStatus::TakenBack);
        }
        let own = steps(looked)?.into_iter().rfind(|step: &StepFact| step.by == by);
        Ok(own.map_or(SignalStatus::Received, |step| SignalStatus::after(step.step)))
    }

    /// Reads one signal, as its sender or as a receiver.
    ///
    /// # Errors
    /// When the record cannot be made durable; then nothing is shown.
    pub async fn read(&self, asker: &Asker, actors: &[Actor], id: Id) -> Result<Reply<Reading>, Trouble> {
        for _ in 0..TURNS {
            let looked = self.look_up(id, actors).await?;
            let acting = self.acting(asker, actors, (looked.as_ref(), Action::Read), self.now()?)?;
            let Some(actor) = acting else { return Err(Trouble::NotRecorded) };
            let done = match looked {
                Some(looked) if looked.delivery.is_some() => self.read_received(asker, actor, (id, looked)).await?,
                looked => self
                    .follow_once(asker, actor, (id, looked))
                    .await?
                    .map(|reply| reply.map(|view| Reading::Sent(Box::new(view)))),
            };
            if let Some(reply) = done {
                return Ok(reply);
            }
        }
        Err(Trouble::Contended)
    }

    async fn read_received(
        &self,
        asker: &Asker,
        actor: Actor,
        (id, looked): (Id, Looked),
    ) -> Result<Option<Reply<Reading>>, Trouble> {
        let moment = self.now()?;
        let group = Some((looked.body.facts.sender.organisation, looked.body.location.as_deref()));
        let facts = self.facts(Some(&looked.youth), actor.party, group, moment.today);
        let ruling = self.rule(asker, looked.question(actor, Action::Read), &facts, moment)?;
        let (Some(permit), Some(delivery), Some(body)) = (ruling.permit(), &looked.delivery, &looked.delivery_body)
        else {
            return self.refuse(&ruling, Some(&looked.youth), Some(id)).await;
        };
        let status = self.status(&looked, actor.party, id).await?;
        let record = ruling.record_reading(self, &looked.youth, id, vec![looked.youth.read, looked.read])?;
        let Some(receipt) = self.commit(Unit::record(record).reading(looked.youth.read).reading(looked.read)).await?
        else {
            return Ok(None);
        };
        let shown = Disclosure::permitted(&ruling, &receipt, |sieve| {
            let Composed { youth, content } = self.compose(sieve, &ruling, (&looked.youth, &looked.body, body))?;
            let facts = &looked.body.facts;
            let (kind, purpose, sender) = (facts.kind, facts.purpose, facts.sender);
            let signal = ReceivedSignal {
                id,
                kind,
                purpose,
                permit: permit.clone(),
                sender,
                received_at: delivery.created_at,
                youth,
                content,
                status,
            };
            Ok::<_, Trouble>(Reading::Received(Box::new(signal)))
        })?;
        Ok(Some(Reply::Released(shown.transpose()?)))
    }

    /// What stands behind an id for one of these capacities: a signal for its sender, a delivery for its receiver. The youth
    /// may be remembered, so its version is compared at the commit (`memory.rs`).
    ///
    /// INVARIANT: for somebody else's id the store is asked the same question as for one that does not exist, and nothing
    /// is opened for either: neither the answer nor its time tells them apart (P6).
    pub(super) async fn look_up(&self, id: Id, actors: &[Actor]) -> Result<Option<Looked>, Trouble> {
        let parties: Vec<Party> = actors.iter().map(|actor| actor.party).collect();
        let Behind { signal, delivery, course } = self.store.behind(id, &parties).await?;
        let stands = |signal: &StoredSignal| match &delivery {
            Some(row) => readable(row) && actors.iter().any(|actor| row.party() == Some(actor.party)),
            None => actors.iter().any(|actor| signal.sender == actor.party.organisation.as_str()),
        };
        let Some(signal) = signal.filter(stands) else { return Ok(None) };
        let Some(youth) = unless_erased(self.lately(signal.youth).await)? else { return Ok(None) };
        let body = SignalBody::open(&signal.sealed, &youth.keys, &signal.id)?;
        let open = |row: &DeliveryRow| DeliveryBody::open(&row.sealed, &youth.keys, &row.id);
        let delivery_body = delivery.as_ref().map(open).transpose()?;
        let (read, created_at) = (signal_read(signal.id, course.version), signal.created_at);
        Ok(Some(Looked { signal: signal.id, created_at, body, youth, read, course, delivery, delivery_body }))
    }
}

/// What was sent can be read; what was held back was never there.
pub(super) fn readable(row: &DeliveryRow) -> bool {
    row.kind == DeliveryKind::Signal && row.may_have_arrived() && !row.state.is_held_back()
}
