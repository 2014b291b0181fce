// SPDX-License-Identifier: EUPL-1.2
//! What a parent or youth says about sharing, recorded by the professional who must ask; and taking it back (RL-01, RL-06).

use sluis_policy::{Action, Actor, Field, Period, PersonRef, Scope, Statement, VoiceKind};

use super::once::Before;
use super::registering::own_request;
use super::reply::is_refusal;
use super::sealing::YouthFact;
use super::{Asker, Broker, Disclosure, KnownYouth, Once, Reply, TURNS, Trouble, natural};
use crate::ledger::unit::{Claim, Unit};
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
            let Some(speaker) = speaker_of(new, &youth) else {
                let unit = Unit::record(ruling.record(self, Some(&youth), earlier)?).reading(youth.read);
                if self.commit(unit).await?.is_none() {
                    continue;
                }
                return Ok(Reply::Conflict);
            };
            let natural = self.same_statement(actor, youth.id(), new, speaker)?;
            let known = match earlier {
                Some(statement) => Some(statement),
                None => self.store.claimed(&natural).await?.map(|claimed| claimed.resource),
            };
            let id = known.map_or_else(fresh_id, Ok)?;
            let mut unit = Unit::record(ruling.record(self, Some(&youth), Some(id))?).reading(youth.read);
            if known.is_none() {
                let statement = new.statement(id, speaker, moment.instant);
                unit = self.noticing(unit, asker, &youth, &statement).await?;
                unit = self.said(unit, &youth, statement, moment.instant)?;
                unit = unit.claiming(natural::of_statement(natural, id, moment.instant));
                unit = if new.voice == VoiceKind::Objects { unit.urgently() } else { unit };
            }
            if earlier.is_none() {
                unit = unit.claiming(once.claim(id, moment.instant));
            }
            if let Some(receipt) = self.commit(unit).await? {
                self.halt(asker, youth.id()).await;
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
            let found = self.found_by_lookup(&self.statement_key(&statement)).await?;
            let given = found
                .youth()
                .and_then(|youth| youth.facts.statements.iter().find(|known| known.id == statement).cloned());
            let facts = self.facts(found.youth(), actor.party, None, moment.today);
            let ruling = self.rule(asker, own_request(actor, Action::WithdrawVoice), &facts, moment)?;
            let (Some(youth), Some(given), false) = (found.youth(), given, is_refusal(&ruling)) else {
                let Some(reply) = self.refuse_seen(&ruling, found.seen(), Some(statement)).await? else { continue };
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
                unit = unit.urgently();
            }
            if let Some(receipt) = self.commit(unit).await? {
                self.halt(asker, youth.id()).await;
                return Ok(Reply::Released(Disclosure::release(&[&ruling], &receipt, statement)?));
            }
        }
        Err(Trouble::Contended)
    }

    fn said(&self, unit: Unit, youth: &KnownYouth, statement: Statement, now: i64) -> Result<Unit, Trouble> {
        let claim = Claim::by_nature("uiting", self.statement_key(&statement.id), youth.id(), now);
        Ok(YouthFact::Statement(statement).add_to(unit, youth, now)?.claiming(claim))
    }

    fn statement_key(&self, statement: &Id) -> [u8; 32] {
        self.vault.lookup("uiting", &[statement])
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
            lease_until: None,
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
