// SPDX-License-Identifier: EUPL-1.2
//! A fact about a youth is recorded, with its source and its days; and ended, when it turns out to end (RL-29, RL-05).

use jiff::civil::Date;
use sluis_policy::roles::RoleGrant;
use sluis_policy::{
    AccessRequest, Action, Actor, Backing, FactKind, Period, PersonRef, Scope, Statement, Thing, VoiceKind,
};

use super::once::Before;
use super::registering::own_request;
use super::reply::is_refusal;
use super::sealing::YouthFact;
use super::stated::{Fact, RecordedFact};
use super::telling::speaker_of;
use super::{Asker, Broker, Disclosure, KnownYouth, Once, Reply, Ruling, TURNS, Trouble, Whom};
use crate::ledger::unit::{Claim, Unit};
use crate::vault::{Id, fresh_id};

/// A fact as it arrives.
#[derive(Debug, Clone)]
pub struct NewFact {
    /// About whom.
    pub whom: Whom,
    /// Who says so.
    pub source: String,
    /// From when until when.
    pub period: Period,
    /// What.
    pub content: NewContent,
}

/// What a fact says as it arrives: whole, or with what is only known together with the youth and the actor.
#[derive(Debug, Clone)]
pub enum NewContent {
    /// All of it.
    Whole(Fact),
    /// What was said about the own team's professional secrecy (RL-04).
    Permission {
        /// Who spoke: someone with authority, or nobody named: the youth.
        speaker: Option<Id>,
        /// A yes or a no.
        voice: VoiceKind,
        /// Towards whom and for what.
        scope: Scope,
        /// When it was said, in microseconds.
        spoken_at: i64,
        /// On which version of the text.
        text_version: String,
    },
    /// That what is about a signal is kept from a reader (RL-14).
    Confidentiality {
        /// Which signal, by the id that the actor knows it by.
        signal: Id,
        /// From whom: somebody with authority, or nobody named: everybody who represents the youth.
        from: Option<Id>,
    },
    /// That the youth cannot judge a matter, found by the professional who asks (RL-05).
    Incapacity {
        /// Which matter.
        scope: Scope,
        /// When the youth was told.
        told_on: Date,
    },
}

/// The end of a fact.
#[derive(Debug, Clone)]
pub struct FactEnd {
    /// The first day on which it no longer holds.
    pub until: Date,
    /// Who says so.
    pub source: String,
}

impl Broker {
    /// Records a fact, and gives the reference by which it can be ended. A conflict is a person whom no source names.
    ///
    /// # Errors
    /// When nothing can be recorded; then nothing was stored.
    pub async fn record_fact(
        &self,
        asker: &Asker,
        actor: Actor,
        new: &NewFact,
        once: &Once,
    ) -> Result<Reply<Id>, Trouble> {
        for _ in 0..TURNS {
            let earlier = match self.before(once).await? {
                Before::Other => return Ok(Reply::KeyReused),
                Before::Same(fact) => Some(fact),
                Before::Nothing => None,
            };
            let request = self.stating(asker, actor, new.content.kind());
            let (ruling, youth) = self.asked_about(asker, request, &new.whom).await?;
            let youth = match youth {
                Some(youth) if !is_refusal(&ruling) => youth,
                youth => {
                    let Some(reply) = self.refuse(&ruling, youth.as_ref(), None).await? else { continue };
                    return Ok(reply);
                }
            };
            let (id, now) = (earlier.map_or_else(fresh_id, Ok)?, ruling.moment.instant);
            let mut unit = Unit::record(ruling.record(self, Some(&youth), Some(id))?).reading(youth.read);
            if earlier.is_none() {
                let secret = match new.content {
                    NewContent::Confidentiality { signal, .. } => self.to_keep_secret(actor, signal, &youth).await?,
                    _ => None,
                };
                let Some(fact) = new.fact(id, &ruling, &youth, secret) else {
                    let Some(_recorded) = self.commit(unit).await? else { continue };
                    return Ok(Reply::Conflict);
                };
                let claim = Claim::by_nature("feit", self.fact_key(&id), youth.id(), now);
                unit = self.stated(unit, (asker, &youth), fact, now).await?;
                unit = unit.claiming(claim).claiming(once.claim(id, now));
            }
            if let Some(receipt) = self.commit(unit).await? {
                self.halt(asker, youth.id()).await;
                return Ok(Reply::Released(Disclosure::release(&[&ruling], &receipt, id)?));
            }
        }
        Err(Trouble::Contended)
    }

    /// Ends a fact, by whoever may record it. An end before its beginning says that it never held.
    ///
    /// # Errors
    /// When nothing can be recorded; then the fact stands as it did.
    pub async fn end_fact(
        &self,
        asker: &Asker,
        actor: Actor,
        (id, end): (Id, &FactEnd),
        once: &Once,
    ) -> Result<Reply<Id>, Trouble> {
        for _ in 0..TURNS {
            let moment = self.now()?;
            let before = self.before(once).await?;
            if before == Before::Other {
                return Ok(Reply::KeyReused);
            }
            let found = self.found_by_lookup(&self.fact_key(&id)).await?;
            // INVARIANT: a fact that another organisation recorded is decided on like one that is not there (P6).
            let own = |known: &&RecordedFact| known.by.organisation == actor.party.organisation;
            let known = found.youth().and_then(|youth| youth.recorded(&id)).filter(own).cloned();
            let youth = found.youth().filter(|_| known.is_some());
            let kind = known.as_ref().map_or_else(|| self.any_kind(actor), |known| known.fact.kind());
            let facts = self.facts(youth, actor.party, None, moment.today);
            let ruling = self.rule(asker, self.stating(asker, actor, kind), &facts, moment)?;
            let (Some(youth), Some(known), false) = (youth, known, is_refusal(&ruling)) else {
                let Some(reply) = self.refuse_seen(&ruling, found.seen(), Some(id)).await? else { continue };
                return Ok(reply);
            };
            let mut unit = Unit::record(ruling.record(self, Some(youth), Some(id))?).reading(youth.read);
            if before == Before::Nothing {
                let period = Period { from: known.period.from.min(end.until), until: Some(end.until) };
                let ended = RecordedFact { by: actor.party, source: end.source.clone(), period, ..known };
                unit = self.stated(unit, (asker, youth), ended, moment.instant).await?;
                unit = unit.claiming(once.claim(id, moment.instant));
            }
            if let Some(receipt) = self.commit(unit).await? {
                self.halt(asker, youth.id()).await;
                return Ok(Reply::Released(Disclosure::release(&[&ruling], &receipt, id)?));
            }
        }
        Err(Trouble::Contended)
    }

    /// A kind of fact that this actor may record, to ask after one that is not there.
    fn any_kind(&self, actor: Actor) -> FactKind {
        let policy = self.policy.load();
        let own = |grant: &&RoleGrant| {
            grant.role == actor.role && grant.desk == actor.party.desk && grant.action == Action::RecordFact
        };
        let mut kinds = policy.roles.grants().filter(own).filter_map(|grant| match grant.thing {
            Thing::Fact(kind) => Some(kind),
            _ => None,
        });
        kinds.next().unwrap_or(FactKind::Enrolment)
    }

    /// Adds a fact to a unit, with a notice to whoever got what would not be given any more (P3).
    pub(super) async fn stated(
        &self,
        unit: Unit,
        (asker, youth): (&Asker, &KnownYouth),
        fact: RecordedFact,
        now: i64,
    ) -> Result<Unit, Trouble> {
        let fact = YouthFact::Recorded(fact);
        fact.add_to(self.noticing(unit, asker, youth, &fact).await?, youth, now)
    }

    /// The question whether a fact of this kind may be recorded. In which care register somebody stands is read from the
    /// register, where it matters: a login only says who it is (RL-05).
    fn stating(&self, asker: &Asker, actor: Actor, kind: FactKind) -> AccessRequest {
        let professional = asker.professional.as_deref().filter(|_| kind.needs_care_register());
        let register = self.register.load();
        let care_register = professional.and_then(|id| register.care_register(actor.party.organisation, id));
        let backing = Backing { fact: Some(kind), care_register, ..Backing::default() };
        AccessRequest { backing, ..own_request(actor, Action::RecordFact) }
    }

    pub(super) fn fact_key(&self, fact: &Id) -> [u8; 32] {
        self.vault.lookup("feit", &[fact])
    }
}

impl NewFact {
    /// The fact as it is kept, with who recorded it; nothing when it names a person whom no source names for this youth, or a
    /// signal that is not there.
    fn fact(&self, id: Id, ruling: &Ruling, youth: &KnownYouth, secret: Option<Id>) -> Option<RecordedFact> {
        let (by, source, period) = (ruling.request.actor.party, self.source.clone(), self.period);
        let fact = match &self.content {
            NewContent::Whole(Fact::Substitute { person, .. }) if !youth.names(*person) => return None,
            NewContent::Whole(fact) => fact.clone(),
            NewContent::Permission { speaker, voice, scope, spoken_at, text_version } => {
                let (speaker, _) = speaker_of(*speaker, *voice, youth, ruling.moment)?;
                let arrived_at = ruling.moment.instant;
                let statement = Statement {
                    id,
                    speaker,
                    voice: *voice,
                    scope: *scope,
                    spoken_at: (*spoken_at).min(arrived_at),
                    arrived_at,
                    valid: period,
                    text_version: text_version.clone(),
                    speaks_for_other: false,
                    lease_until: None,
                };
                Fact::Permission { of: by, statement }
            }
            NewContent::Confidentiality { from, .. } => {
                let from = from.map(PersonRef);
                if from.is_some_and(|person| !youth.names(person)) {
                    return None;
                }
                Fact::Confidentiality { signal: secret?, from }
            }
            NewContent::Incapacity { scope, told_on } => {
                let register = ruling.request.backing.care_register?;
                Fact::Incapacity { by, register, scope: *scope, told_on: *told_on }
            }
        };
        Some(RecordedFact { id, by, source, period, fact })
    }
}

impl NewContent {
    const fn kind(&self) -> FactKind {
        match self {
            Self::Whole(fact) => fact.kind(),
            Self::Permission { .. } => FactKind::Permission,
            Self::Incapacity { .. } => FactKind::Incapacity,
            Self::Confidentiality { .. } => FactKind::Confidentiality,
        }
    }
}
