// SPDX-License-Identifier: EUPL-1.2
//! What a parent or youth says about sharing, recorded by the professional who must ask; and taking it back (RL-01, RL-06).

use sluis_policy::{Action, Actor, Field, Period, PersonRef, Scope, Statement, VoiceKind};

use super::once::Before;
use super::registering::own_request;
use super::reply::is_refusal;
use super::sealing::YouthFact;
use super::{Asker, Broker, Disclosure, KnownYouth, Once, Reply, TURNS, Trouble};
use crate::ledger::unit::{Claim, DeliveryRow, DeliveryState, Read, Subject, Unit};
use crate::vault::{Id, fresh_id};

/// Something that was said.
#[derive(Debug, Clone)]
pub struct NewVoice {
    /// The pupil, by the school's own key.
    pub pupil_key: String,
    /// Who spoke: someone with authority, or nobody named: the youth.
    pub speaker: Option<Id>,
    /// A yes or a no.
    pub voice: VoiceKind,
    /// About what.
    pub scope: Scope,
    /// When it was said, in microseconds; not after now.
    pub spoken_at: i64,
    /// On which days it holds.
    pub valid: Period,
    /// On which version of the consent text.
    pub text_version: String,
}

impl Broker {
    /// Records what was said, and gives the reference by which it can be taken back.
    ///
    /// # Errors
    /// When nothing can be recorded; then nothing was stored.
    pub async fn record_voice(
        &self,
        asker: &Asker,
        actor: Actor,
        new: &NewVoice,
        once: &Once,
    ) -> Result<Reply<Id>, Trouble> {
        for _ in 0..TURNS {
            let moment = self.now()?;
            let earlier = match self.before(once).await? {
                Before::Other => return Ok(Reply::KeyReused),
                Before::Same(statement) => Some(statement),
                Before::Nothing => None,
            };
            let youth = self.youth_by_pupil_key(actor.party.organisation, &new.pupil_key).await?;
            let facts = self.facts(youth.as_ref(), actor.party, None, moment.today);
            let ruling = self.rule(asker, own_request(actor, Action::RecordVoice), &facts, moment)?;
            let youth = match youth {
                Some(youth) if !is_refusal(&ruling) => youth,
                youth => {
                    let Some(reply) = self.refuse(&ruling, youth.as_ref(), None).await? else { continue };
                    return Ok(reply);
                }
            };
            let id = earlier.map_or_else(fresh_id, Ok)?;
            let mut unit = Unit::record(ruling.record(self, Some(&youth), Some(id))?).reading(youth.read);
            let Some(speaker) = speaker_of(new, &youth) else {
                if self.commit(unit).await?.is_none() {
                    continue;
                }
                return Ok(Reply::Conflict);
            };
            if earlier.is_none() {
                let statement = new.statement(id, speaker, moment.instant);
                unit = self.noticing(unit, asker, &youth, &statement).await?;
                unit = self.said(unit, &youth, statement, moment.instant)?.claiming(once.claim(id, moment.instant));
            }
            if let Some(receipt) = self.commit(unit).await? {
                self.halt(asker, youth.id()).await?;
                self.queue_changed.notify_waiters();
                return Ok(Reply::Released(Disclosure::permitted(&ruling, &receipt, |sieve| {
                    sieve.pass(Field::RecordReference, id).unwrap_or_default()
                })?));
            }
        }
        Err(Trouble::Contended)
    }

    /// Takes an agreement back. What is queued on it stops; who already got something on it is told (P3).
    ///
    /// # Errors
    /// When nothing can be recorded; then the agreement still stands.
    pub async fn withdraw_voice(
        &self,
        asker: &Asker,
        actor: Actor,
        statement: Id,
        once: &Once,
    ) -> Result<Reply<Id>, Trouble> {
        for _ in 0..TURNS {
            let moment = self.now()?;
            let before = self.before(once).await?;
            if before == Before::Other {
                return Ok(Reply::KeyReused);
            }
            let youth = self.youth_by_lookup(&self.statement_key(&statement)).await?;
            let given = youth
                .as_ref()
                .and_then(|youth| youth.facts.statements.iter().find(|known| known.id == statement).cloned());
            let facts = self.facts(youth.as_ref(), actor.party, None, moment.today);
            let ruling = self.rule(asker, own_request(actor, Action::WithdrawVoice), &facts, moment)?;
            let (Some(youth), Some(given), false) = (&youth, given, is_refusal(&ruling)) else {
                let Some(reply) = self.refuse(&ruling, youth.as_ref(), Some(statement)).await? else { continue };
                return Ok(reply);
            };
            let mut unit = Unit::record(ruling.record(self, Some(youth), Some(statement))?).reading(youth.read);
            if before == Before::Nothing {
                let id = fresh_id()?;
                let taken_back = Statement {
                    id,
                    voice: VoiceKind::Withdraws,
                    spoken_at: moment.instant,
                    arrived_at: moment.instant,
                    ..given
                };
                unit = self.noticing(unit, asker, youth, &taken_back).await?;
                unit = self.said(unit, youth, taken_back, moment.instant)?.claiming(once.claim(id, moment.instant));
            }
            if let Some(receipt) = self.commit(unit).await? {
                self.halt(asker, youth.id()).await?;
                self.queue_changed.notify_waiters();
                return Ok(Reply::Released(Disclosure::release(&[&ruling], &receipt, statement)?));
            }
        }
        Err(Trouble::Contended)
    }

    fn said(&self, unit: Unit, youth: &KnownYouth, statement: Statement, now: i64) -> Result<Unit, Trouble> {
        let claim = Claim {
            key: self.statement_key(&statement.id),
            kind: "uiting",
            resource: youth.id(),
            fingerprint: [0; 32],
            made_at: now,
        };
        Ok(YouthFact::Statement(statement).add_to(unit, youth, now)?.claiming(claim))
    }

    fn statement_key(&self, statement: &Id) -> [u8; 32] {
        self.vault.lookup("uiting", &[statement])
    }

    /// Stops what waits and may not leave any more. What was placed after the statement was decided with it, so one look
    /// after the commit sees everything; should this process die here, the second decision still stops each (P3).
    async fn halt(&self, asker: &Asker, youth: Id) -> Result<(), Trouble> {
        for _ in 0..TURNS {
            let youth = self.youth(youth).await?;
            let mut unit = Unit::default().reading(youth.read);
            let mut held_back = 0;
            for waiting in self.store.waiting_for(youth.id()).await?.into_iter().filter(|row| row.kind == "signaal") {
                let subject = Subject::signal(waiting.signal);
                let read = Read { subject, version: self.store.version(subject).await? };
                let Some((ruling, body)) = self.decide_stored_again(asker, &youth, &waiting).await? else { continue };
                if is_refusal(&ruling) {
                    let sealed = body.emptied().seal(&youth.keys, &waiting.id)?;
                    unit = unit.and_record(ruling.record_reading(self, &youth, waiting.id, vec![youth.read])?);
                    unit = unit.moving(read).with_delivery(stopped(&waiting, sealed));
                    held_back += 1;
                }
            }
            if held_back == 0 || self.commit(unit).await?.is_some() {
                return Ok(());
            }
        }
        Err(Trouble::Contended)
    }

    /// Notices to those who got something by name that would not be given any more once this was said. One is enough: a
    /// delivery that was taken back before gets no second notice.
    async fn noticing(
        &self,
        mut unit: Unit,
        asker: &Asker,
        youth: &KnownYouth,
        statement: &Statement,
    ) -> Result<Unit, Trouble> {
        let now = self.now()?.instant;
        let mut after = youth.clone();
        after.learn(&YouthFact::Statement(statement.clone()))?;
        for sent in self.store.sent_about(youth.id()).await? {
            let Some((ruling, body)) = self.decide_stored_again(asker, &after, &sent).await? else { continue };
            let id = self.notice_of(&sent.id);
            if body.named && is_refusal(&ruling) && self.store.delivery(id).await?.is_none() {
                unit = unit.with_delivery(notice(&sent, id, now));
            }
        }
        Ok(unit)
    }

    /// The id of the notice that takes a delivery back.
    pub(super) fn notice_of(&self, delivery: &Id) -> Id {
        let hash = self.vault.lookup("intrekking", &[delivery]);
        let mut id = [0; 16];
        hash.iter().zip(&mut id).for_each(|(from, to)| *to = *from);
        id
    }
}

impl NewVoice {
    fn statement(&self, id: Id, speaker: PersonRef, arrived_at: i64) -> Statement {
        Statement {
            id,
            speaker,
            voice: self.voice,
            scope: self.scope,
            spoken_at: self.spoken_at.min(arrived_at),
            arrived_at,
            valid: self.valid,
            text_version: self.text_version.clone(),
            speaks_for_other: false,
        }
    }
}

/// The youth, or somebody whom a source names; nobody else has a voice.
fn speaker_of(new: &NewVoice, youth: &KnownYouth) -> Option<PersonRef> {
    match new.speaker {
        None => Some(youth.facts.youth_person),
        Some(person) => {
            youth.facts.authorities.iter().map(|authority| authority.person).find(|known| known.0 == person)
        }
    }
}

/// The receiver of a delivery.
pub(crate) fn party_of(delivery: &DeliveryRow) -> Option<sluis_policy::Party> {
    Some(sluis_policy::Party { organisation: delivery.receiver.parse().ok()?, desk: delivery.desk.parse().ok()? })
}

/// A delivery that is held back, without its content. No tries stand with one that certainly never arrived: nobody needs
/// a notice of it.
pub(crate) fn stopped(row: &DeliveryRow, sealed: Vec<u8>) -> DeliveryRow {
    let may_have_arrived = matches!(row.state, DeliveryState::Unconfirmed | DeliveryState::Dispatched);
    let attempts = if may_have_arrived { row.attempts } else { 0 };
    DeliveryRow { state: DeliveryState::Stopped, attempts, sealed, ..row.clone() }
}

/// A notice that what was sent is taken back. Its body is the id by which the receiver knows it.
fn notice(sent: &DeliveryRow, id: Id, now: i64) -> DeliveryRow {
    DeliveryRow {
        id,
        kind: "intrekking".to_owned(),
        urgent: true,
        state: DeliveryState::Waiting,
        attempts: 0,
        due_at: now,
        created_at: now,
        sealed: sent.id.to_vec(),
        ..sent.clone()
    }
}
