// SPDX-License-Identifier: EUPL-1.2
//! A school registers its pupil; school or municipality registers who holds authority (RL-29).

use jiff::civil::Date;
use sluis_policy::{
    AccessRequest, Action, Actor, Authority, AuthorityKind, AuthoritySource, Backing, MunicipalityCode, Period,
    PersonRef, Purpose, Scope,
};

use super::once::Before;
use super::reply::is_refusal;
use super::sealing::{IdentityFact, YouthFact};
use super::{Asker, Broker, Disclosure, KnownYouth, Once, Reply, TURNS, Trouble, Whom};
use crate::ledger::unit::{Claim, Unit};
use crate::vault::{Id, fresh_id};

/// A pupil as the school registers it. No number: registering has no statute (RL-22).
#[derive(Clone)]
pub struct NewYouth {
    /// The school's own key for this pupil.
    pub pupil_key: String,
    /// Given names.
    pub given_names: String,
    /// Surname with its prefix.
    pub surname: String,
    /// Birth date.
    pub born: Date,
    /// Postcode of the home address.
    pub postcode: String,
    /// Municipality of residence.
    pub home: MunicipalityCode,
    /// Whether the youth has a startkwalificatie (002-24); nothing when the school does not say.
    pub start_qualification: Option<bool>,
}

// INVARIANT: who it is does not print.
impl std::fmt::Debug for NewYouth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewYouth")
    }
}

/// Someone who holds authority, as a source names them.
#[derive(Debug, Clone)]
pub struct NewAuthority {
    /// About whom.
    pub whom: Whom,
    /// Whose authority this says anew, where it was registered before: this version takes the place of what the same
    /// source said.
    pub person: Option<Id>,
    /// In what capacity.
    pub kind: AuthorityKind,
    /// Since when until when.
    pub period: Period,
    /// Who says so.
    pub source: AuthoritySource,
    /// In which matter, where a court gave part of it (BW 1:265e).
    pub scope: Option<Scope>,
}

impl Broker {
    /// Registers a pupil, and gives the pseudonym by which the school's organisation knows the youth from now on.
    ///
    /// # Errors
    /// When nothing can be recorded; then nothing was stored.
    pub async fn register_youth(
        &self,
        asker: &Asker,
        actor: Actor,
        new: &NewYouth,
        once: &Once,
    ) -> Result<Reply<String>, Trouble> {
        for _ in 0..TURNS {
            let moment = self.now()?;
            let before = self.before(once).await?;
            if before == Before::Other {
                return Ok(Reply::KeyReused);
            }
            let plan = self.plan_registration(actor, new, moment.today).await?;
            let youth = &plan.youth;
            let ruling = self.rule(
                asker,
                own_request(actor, Action::RegisterYouth),
                &self.facts(Some(youth), actor.party, None, moment.today),
                moment,
            )?;
            if is_refusal(&ruling) {
                // Refused before it exists: nobody's key may seal the record.
                let Some(reply) = self.refuse(&ruling, None, None).await? else { continue };
                return Ok(reply);
            }
            let mut unit = Unit::record(ruling.record(self, Some(youth), None)?).reading(youth.read);
            if plan.clashes {
                let Some(_recorded) = self.commit(unit).await? else { continue };
                return Ok(Reply::Conflict);
            }
            unit = plan.keys.into_iter().fold(unit, Unit::with_key);
            for fact in &plan.facts {
                unit = fact.add_to(unit, youth, moment.instant)?;
            }
            unit = plan.claims.into_iter().fold(unit, Unit::claiming);
            if before == Before::Nothing {
                unit = unit.claiming(once.claim(youth.id(), moment.instant));
            }
            let pseudonym = self.vault.pseudonym(&youth.keys, actor.party.organisation)?;
            if let Some(receipt) = self.commit(unit).await? {
                return Ok(Reply::Released(Disclosure::release(&[&ruling], &receipt, pseudonym)?));
            }
        }
        Err(Trouble::Contended)
    }

    /// Registers who holds authority, and gives the reference by which that person's voice is recorded. A conflict is a
    /// person whom no source names for this youth.
    ///
    /// # Errors
    /// When nothing can be recorded; then nothing was stored.
    pub async fn register_authority(
        &self,
        asker: &Asker,
        actor: Actor,
        new: &NewAuthority,
        once: &Once,
    ) -> Result<Reply<Id>, Trouble> {
        for _ in 0..TURNS {
            let person = match self.before(once).await? {
                Before::Other => return Ok(Reply::KeyReused),
                Before::Same(person) => Some(person),
                Before::Nothing => None,
            };
            let request = own_request(actor, Action::RegisterAuthority);
            let (ruling, youth) = self.asked_about(asker, request, &new.whom).await?;
            let youth = match youth {
                Some(youth) if !is_refusal(&ruling) => youth,
                youth => {
                    let Some(reply) = self.refuse(&ruling, youth.as_ref(), None).await? else { continue };
                    return Ok(reply);
                }
            };
            let mut unit = Unit::record(ruling.record(self, Some(&youth), person)?).reading(youth.read);
            if new.person.is_some_and(|person| !youth.names(PersonRef(person))) {
                let Some(_recorded) = self.commit(unit).await? else { continue };
                return Ok(Reply::Conflict);
            }
            let reference = person.or(new.person).map_or_else(fresh_id, Ok)?;
            if person.is_none() {
                let (fact, now) = (new.fact(reference), ruling.moment.instant);
                unit = self.noticing(unit, asker, &youth, &fact).await?;
                unit = fact.add_to(unit, &youth, now)?.claiming(once.claim(reference, now));
            }
            if let Some(receipt) = self.commit(unit).await? {
                self.halt(asker, youth.id()).await;
                return Ok(Reply::Released(Disclosure::release(&[&ruling], &receipt, reference)?));
            }
        }
        Err(Trouble::Contended)
    }

    /// What registering would store: nothing new for a pupil that is known already, one more school for a youth that
    /// another school registered, everything otherwise. `None` when the key belongs to somebody else.
    async fn plan_registration(&self, actor: Actor, new: &NewYouth, today: Date) -> Result<Registration, Trouble> {
        let school = actor.party;
        if let Some(youth) = self.youth_by_pupil_key(school.organisation, &new.pupil_key).await? {
            return known_again(youth, new);
        }
        let person = self.vault.lookup("persoon", &person_key(new).iter().map(Vec::as_slice).collect::<Vec<_>>());
        let mut plan = match self.youth_by_lookup(&person).await? {
            Some(youth) => Registration::of(youth),
            None => {
                let mut plan = self.newborn(new)?;
                plan.claims.push(Claim::by_nature("persoon", person, plan.youth.id(), 0));
                plan
            }
        };
        let pupil = self.vault.lookup("leerling", &[school.organisation.as_str().as_bytes(), new.pupil_key.as_bytes()]);
        plan.claims.push(Claim::by_nature("leerling", pupil, plan.youth.id(), 0));
        plan.add(YouthFact::Pupil { school, key: new.pupil_key.clone(), period: Period::since(today) })?;
        Ok(plan)
    }

    fn newborn(&self, new: &NewYouth) -> Result<Registration, Trouble> {
        let (keys, rows) = self.vault.fresh_keys(fresh_id()?)?;
        let person = PersonRef(fresh_id()?);
        let mut plan = Registration::of(KnownYouth::unborn(keys, new.born, person));
        plan.keys = rows;
        plan.add(new.base(person))?;
        plan.add(YouthFact::Identity(new.identity()))?;
        Ok(plan)
    }
}

impl NewAuthority {
    fn fact(&self, person: Id) -> YouthFact {
        let (Period { from, until }, person) = (self.period, PersonRef(person));
        let (kind, source, scope) = (self.kind, self.source, self.scope);
        YouthFact::Authority(Authority { person, kind, since: from, until, source, scope })
    }
}

impl NewYouth {
    fn base(&self, person: PersonRef) -> YouthFact {
        let (born, home) = (self.born, Some(self.home));
        YouthFact::Base { born, person, home, start_qualification: self.start_qualification }
    }

    fn identity(&self) -> IdentityFact {
        let (given_names, surname) = (self.given_names.clone(), self.surname.clone());
        IdentityFact { given_names, surname, postcode: self.postcode.clone() }
    }
}

/// A pupil that the school registered before: what has changed (a move, a qualification) is learned. Another name or
/// birth date is another child, and clashes.
fn known_again(youth: KnownYouth, new: &NewYouth) -> Result<Registration, Trouble> {
    let named = |identity: &IdentityFact| identity.given_names == new.given_names && identity.surname == new.surname;
    if youth.facts.born != new.born || !youth.identity.as_ref().is_some_and(named) {
        return Ok(Registration { clashes: true, ..Registration::of(youth) });
    }
    let mut plan = Registration::of(youth);
    let facts = &plan.youth.facts;
    let unknown = new.start_qualification.is_none() || facts.start_qualification == new.start_qualification;
    if facts.home != Some(new.home) || !unknown {
        let kept =
            NewYouth { start_qualification: new.start_qualification.or(facts.start_qualification), ..new.clone() };
        let person = facts.youth_person;
        plan.add(kept.base(person))?;
    }
    if plan.youth.identity.as_ref() != Some(&new.identity()) {
        plan.add(YouthFact::Identity(new.identity()))?;
    }
    Ok(plan)
}

struct Registration {
    youth: KnownYouth,
    keys: Vec<crate::ledger::unit::DataKeyRow>,
    facts: Vec<YouthFact>,
    claims: Vec<Claim>,
    /// The school's key belongs to another youth already.
    clashes: bool,
}

impl Registration {
    fn of(youth: KnownYouth) -> Self {
        Self { youth, keys: Vec::new(), facts: Vec::new(), claims: Vec::new(), clashes: false }
    }

    fn add(&mut self, fact: YouthFact) -> Result<(), Trouble> {
        self.youth.learn(&fact)?;
        self.facts.push(fact);
        Ok(())
    }
}

/// A question about one's own administration.
pub(super) fn own_request(actor: Actor, action: Action) -> AccessRequest {
    AccessRequest {
        actor,
        action,
        purpose: Purpose::Gegevensbeheer,
        receiver: actor.party,
        named: true,
        signal: None,
        asked: None,
        backing: Backing::default(),
    }
}

/// Exact on what is normalised, and on given names too: twins share all the rest, and a guess is worse than a double.
fn person_key(new: &NewYouth) -> [Vec<u8>; 4] {
    [normal(&new.surname), normal(&new.given_names), normal(&new.postcode), new.born.to_string().into_bytes()]
}

fn normal(text: &str) -> Vec<u8> {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .into_bytes()
}
