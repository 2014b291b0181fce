// SPDX-License-Identifier: EUPL-1.2
//! What a parent or youth says about sharing, recorded by the professional who must ask; and taking it back (RL-01, RL-06).

use sluis_policy::{Action, Actor, AuthorityKind, Field, Moment, Period, PersonRef, Scope, Statement, VoiceKind};

use super::found::Found;
use super::once::Before;
use super::registering::own_request;
use super::reply::is_refusal;
use super::sealing::YouthFact;
use super::telling::{Manner, Telling, VoiceState, leased_until, speaker_of};
use super::{Asker, Broker, Disclosure, KnownYouth, Once, Reply, Ruling, TURNS, Trouble, Whom, natural};
use crate::ledger::unit::{Claim, Unit};
use crate::vault::{Id, fresh_id};

/// Something that was said.
#[derive(Debug, Clone)]
pub struct NewVoice {
    /// About whom.
    pub whom: Whom,
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
    /// Whether the speaker said that the other holder of authority agrees too (case 6).
    pub speaks_for_other: bool,
    /// When the gateway that keeps this word last confirmed it, in microseconds; nothing for what is kept here (RL-27).
    pub confirmed_at: Option<i64>,
    /// How it was said.
    pub manner: Manner,
}

impl Broker {
    /// Records what was said, and gives the reference by which it can be taken back. A conflict is a speaker who has no
    /// say.
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
            let earlier = match self.before(once).await? {
                Before::Other => return Ok(Reply::KeyReused),
                Before::Same(statement) => Some(statement),
                Before::Nothing => None,
            };
            let request = own_request(actor, Action::RecordVoice);
            let (ruling, youth) = self.asked_about(asker, request, &new.whom).await?;
            let (youth, now) = match youth {
                Some(youth) if !is_refusal(&ruling) => (youth, ruling.moment),
                youth => {
                    let Some(reply) = self.refuse(&ruling, youth.as_ref(), None).await? else { continue };
                    return Ok(reply);
                }
            };
            let Some((speaker, capacity)) = speaker_of(new.speaker, new.voice, &youth, now) else {
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
                let statement = new.statement(id, speaker, now.instant);
                let telling = new.manner.telling(id, (&ruling, capacity), None);
                unit = self.said(unit, (asker, &youth), (statement, telling), now.instant).await?;
                unit = unit.claiming(natural::of_statement(natural, id, now.instant));
            }
            if earlier.is_none() {
                unit = unit.claiming(once.claim(id, now.instant));
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

    /// Whether this speaker would be heard, for a request that cannot be carried out as it stands: so that its caller is
    /// told of every fault at once. Decided and recorded as that request would be; nothing is stored.
    ///
    /// # Errors
    /// When nothing can be recorded.
    pub async fn would_be_heard(
        &self,
        asker: &Asker,
        actor: Actor,
        (whom, speaker): (&Whom, Option<Id>),
        voice: VoiceKind,
    ) -> Result<Reply<()>, Trouble> {
        for _ in 0..TURNS {
            let request = own_request(actor, Action::RecordVoice);
            let (ruling, youth) = self.asked_about(asker, request, whom).await?;
            let youth = match youth {
                Some(youth) if !is_refusal(&ruling) => youth,
                youth => {
                    let Some(reply) = self.refuse(&ruling, youth.as_ref(), None).await? else { continue };
                    return Ok(reply);
                }
            };
            let heard = speaker_of(speaker, voice, &youth, ruling.moment).is_some();
            let unit = Unit::record(ruling.record(self, Some(&youth), None)?).reading(youth.read);
            if let Some(receipt) = self.commit(unit).await? {
                let released = || Disclosure::release(&[&ruling], &receipt, ()).map(Reply::Released);
                return if heard { released() } else { Ok(Reply::Conflict) };
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
        (statement, manner): (Id, &Manner),
        once: &Once,
    ) -> Result<Reply<Id>, Trouble> {
        for _ in 0..TURNS {
            let before = self.before(once).await?;
            if before == Before::Other {
                return Ok(Reply::KeyReused);
            }
            let (ruling, found, given) =
                self.asked_about_word(asker, (actor, Action::WithdrawVoice), &statement).await?;
            let (Some(youth), Some(given), false) = (found.youth(), given, is_refusal(&ruling)) else {
                let Some(reply) = self.refuse_seen(&ruling, found.seen(), Some(statement)).await? else { continue };
                return Ok(reply);
            };
            let mut unit = Unit::record(ruling.record(self, Some(youth), Some(statement))?).reading(youth.read);
            if before == Before::Nothing {
                let (id, now) = (fresh_id()?, ruling.moment.instant);
                let capacity = youth.telling(&statement).and_then(|telling| telling.capacity);
                let telling = manner.telling(id, (&ruling, capacity), Some(statement));
                let taken_back =
                    Statement { id, voice: VoiceKind::Withdraws, spoken_at: now, arrived_at: now, ..given };
                unit = self.said(unit, (asker, youth), (taken_back, telling), now).await?;
                unit = unit.claiming(once.claim(id, now));
            }
            if let Some(receipt) = self.commit(unit).await? {
                self.halt(asker, youth.id()).await;
                return Ok(Reply::Released(Disclosure::release(&[&ruling], &receipt, statement)?));
            }
        }
        Err(Trouble::Contended)
    }

    /// What stands behind the reference of a word, and the decision whether this actor may do this with it.
    pub(super) async fn asked_about_word(
        &self,
        asker: &Asker,
        (actor, action): (Actor, Action),
        statement: &Id,
    ) -> Result<(Ruling, Found, Option<Statement>), Trouble> {
        let moment = self.now()?;
        let found = self.found_by_lookup(&self.statement_key(statement)).await?;
        let given = found.youth().and_then(|youth| youth.statement(statement).cloned());
        let facts = self.facts(found.youth(), actor.party, None, moment.today);
        let ruling = self.rule(asker, own_request(actor, action), &facts, moment)?;
        Ok((ruling, found, given))
    }

    /// Adds a statement to a unit: the fact, the way back to it, and a notice to whoever got what would not be given any
    /// more. Whatever is no yes goes first.
    pub(super) async fn said(
        &self,
        unit: Unit,
        (asker, youth): (&Asker, &KnownYouth),
        (statement, telling): (Statement, Telling),
        now: i64,
    ) -> Result<Unit, Trouble> {
        let claim = Claim::by_nature("uiting", self.statement_key(&statement.id), youth.id(), now);
        let urgent = statement.voice != VoiceKind::Agrees;
        let voiced = YouthFact::Voiced { statement, telling };
        let unit = self.noticing(unit, asker, youth, &voiced).await?.claiming(claim);
        let unit = voiced.add_to(unit, youth, now)?;
        Ok(if urgent { unit.urgently() } else { unit })
    }

    pub(super) fn statement_key(&self, statement: &Id) -> [u8; 32] {
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
            speaks_for_other: self.speaks_for_other,
            lease_until: self.confirmed_at.map(leased_until),
        }
    }
}

impl Manner {
    /// What is kept of it beside a statement.
    pub(super) fn telling(
        &self,
        statement: Id,
        (ruling, capacity): (&Ruling, Option<AuthorityKind>),
        follows: Option<Id>,
    ) -> Telling {
        Telling {
            statement,
            by: ruling.request.actor.party,
            capacity,
            channel: self.channel.clone(),
            evidence: self.evidence.clone(),
            follows: follows.map(hex::encode),
        }
    }
}

/// Whether a statement is a yes that still stands, so that it can be renewed.
pub(super) fn may_be_renewed(said: &Statement, youth: &KnownYouth, now: Moment) -> bool {
    match VoiceState::of(said, youth, now).0 {
        VoiceState::Given | VoiceState::Renewed | VoiceState::Expired => true,
        VoiceState::Refused | VoiceState::Withdrawn | VoiceState::Replaced => false,
    }
}
