// SPDX-License-Identifier: EUPL-1.2
//! A fact about a youth is recorded, with its source and its days; and ended, when it turns out to end (RL-29, RL-05).

use sluis_policy::roles::RoleGrant;
use sluis_policy::{AccessRequest, Action, Actor, Backing, FactKind, Period, PersonRef, Thing};

use super::once::Before;
use super::registering::own_request;
use super::reply::is_refusal;
use super::sealing::YouthFact;
use super::stated::{Fact, RecordedFact};
use super::{Asker, Broker, Disclosure, KnownYouth, Once, Reply, TURNS, Trouble};
use crate::ledger::unit::{Claim, Unit};
use crate::vault::{Id, fresh_id};

/// A fact as it arrives.
#[derive(Debug, Clone)]
pub struct NewFact {
    /// The pupil, by the school's own key.
    pub pupil_key: String,
    /// Who says so.
    pub source: String,
    /// From when until when.
    pub period: Period,
    /// What.
    pub fact: Fact,
}

/// The end of a fact.
#[derive(Debug, Clone)]
pub struct FactEnd {
    /// The first day on which it no longer holds.
    pub until: jiff::civil::Date,
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
            let (ruling, youth) = self.asked_about(asker, stating(actor, new.fact.kind()), &new.pupil_key).await?;
            let now = ruling.moment.instant;
            let youth = match youth {
                Some(youth) if !is_refusal(&ruling) => youth,
                youth => {
                    let Some(reply) = self.refuse(&ruling, youth.as_ref(), None).await? else { continue };
                    return Ok(reply);
                }
            };
            let id = earlier.map_or_else(fresh_id, Ok)?;
            let mut unit = Unit::record(ruling.record(self, Some(&youth), Some(id))?).reading(youth.read);
            if !names_somebody_known(&new.fact, &youth) {
                let Some(_recorded) = self.commit(unit).await? else { continue };
                return Ok(Reply::Conflict);
            }
            if earlier.is_none() {
                let (source, period, fact) = (new.source.clone(), new.period, new.fact.clone());
                let fact = YouthFact::Recorded(RecordedFact { id, by: actor.party, source, period, fact });
                let claim = Claim::by_nature("feit", self.fact_key(&id), youth.id(), now);
                unit = self.noticing(unit, asker, &youth, &fact).await?;
                unit = fact.add_to(unit, &youth, now)?;
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
            let ruling = self.rule(asker, stating(actor, kind), &facts, moment)?;
            let (Some(youth), Some(known), false) = (youth, known, is_refusal(&ruling)) else {
                let Some(reply) = self.refuse_seen(&ruling, found.seen(), Some(id)).await? else { continue };
                return Ok(reply);
            };
            let mut unit = Unit::record(ruling.record(self, Some(youth), Some(id))?).reading(youth.read);
            if before == Before::Nothing {
                let period = Period { from: known.period.from.min(end.until), until: Some(end.until) };
                let ended = RecordedFact { by: actor.party, source: end.source.clone(), period, ..known };
                let ended = YouthFact::Recorded(ended);
                unit = self.noticing(unit, asker, youth, &ended).await?;
                unit = ended.add_to(unit, youth, moment.instant)?;
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

    fn fact_key(&self, fact: &Id) -> [u8; 32] {
        self.vault.lookup("feit", &[fact])
    }
}

fn stating(actor: Actor, kind: FactKind) -> AccessRequest {
    let backing = Backing { fact: Some(kind), ..Backing::default() };
    AccessRequest { backing, ..own_request(actor, Action::RecordFact) }
}

/// Whether a person whom a fact names is one whom some source names for this youth.
fn names_somebody_known(fact: &Fact, youth: &KnownYouth) -> bool {
    let known = |person: &PersonRef| youth.facts.authorities.iter().any(|held| held.person == *person);
    match fact {
        Fact::Substitute { person, .. } => known(person),
        Fact::Order { .. }
        | Fact::Stay { .. }
        | Fact::Exemption {}
        | Fact::Involvement { .. }
        | Fact::Enrolment { .. }
        | Fact::Shielding {}
        | Fact::Restriction {}
        | Fact::Death {} => true,
    }
}
