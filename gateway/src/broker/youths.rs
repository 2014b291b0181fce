// SPDX-License-Identifier: EUPL-1.2
//! A youth as one request knows them: open keys, facts as they stood at one version, and who it is.

use std::sync::Arc;

use jiff::civil::Date;
use sluis_policy::{
    Authority, Bsn, Desk, Enrolment, Facts, MunicipalityCode, Oin, Party, Period, PersonRef, SignalFacts, SignalKind,
    Statement, YouthFacts, age_on,
};

use super::sealing::{IdentityFact, YouthFact};
use super::stated::{self, RecordedFact};
use super::telling::Telling;
use super::{Broker, Trouble};
use crate::ledger::unit::{Read, Subject};
use crate::register::Register;
use crate::store::reading::StoredYouth;
use crate::vault::{Id, RetentionClass, Unsealable, Vault, YouthKeys};

/// A youth at one version.
#[derive(Debug, Clone)]
pub(crate) struct KnownYouth {
    pub(crate) keys: YouthKeys,
    pub(crate) read: Read,
    pub(crate) facts: YouthFacts,
    pub(crate) identity: Option<IdentityFact>,
    pub(crate) number: Option<Bsn>,
    /// Each school's own key for this pupil.
    pub(crate) pupil_keys: Vec<(Party, String)>,
    /// How what was said came here.
    tellings: Vec<Telling>,
    /// What was recorded besides, each in its last version.
    recorded: Vec<RecordedFact>,
}

/// Momentopname: what the core reads for one question, with the version of the register that it was read from. A record
/// names that version, whatever the register has become meanwhile.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(super) facts: Facts,
    pub(super) register: [u8; 32],
}

impl KnownYouth {
    pub(crate) fn id(&self) -> Id {
        self.keys.youth()
    }

    /// A youth of whom nothing is stored yet.
    pub(super) fn unborn(keys: YouthKeys, born: Date, person: PersonRef) -> Self {
        let read = Read { subject: Subject::youth(keys.youth()), version: 0 };
        let facts = YouthFacts::new(born, person);
        let (pupil_keys, tellings, recorded) = (Vec::new(), Vec::new(), Vec::new());
        Self { keys, read, facts, identity: None, number: None, pupil_keys, tellings, recorded }
    }

    /// Nobody: what stands in the place of a youth where a signal is about none, so that it lies under keys of its own.
    pub(super) fn nobody(keys: YouthKeys) -> Self {
        Self::unborn(keys, Date::ZERO, PersonRef([0; 16]))
    }

    /// Whether this stands in the place of a youth: nobody was born in the year nought.
    pub(crate) fn is_nobody(&self) -> bool {
        self.facts.born == Date::ZERO
    }

    /// The facts with one more, as they would stand afterwards.
    pub(super) fn learn(&mut self, fact: &YouthFact) -> Result<(), Unsealable> {
        match fact {
            YouthFact::Base { born, person, home, start_qualification } => {
                self.facts.born = *born;
                self.facts.youth_person = *person;
                self.facts.home = *home;
                self.facts.start_qualification = *start_qualification;
            }
            YouthFact::Identity(identity) => self.identity = Some(identity.clone()),
            YouthFact::Number { bsn } => self.number = Some(bsn.parse().map_err(|_| Unsealable)?),
            YouthFact::Pupil { school, key, period } => {
                self.facts.enrolments.push(Enrolment { school: *school, period: *period, kind: None });
                self.pupil_keys.push((*school, key.clone()));
            }
            YouthFact::Involvement(involvement) => self.facts.involvements.push(involvement.clone()),
            YouthFact::Authority(authority) => {
                // What one source says of a person takes the place of what it said; other sources still count (RL-05).
                let same = |known: &Authority| known.person == authority.person && known.source == authority.source;
                self.facts.authorities.retain(|known| !same(known));
                self.facts.authorities.push(authority.clone());
            }
            YouthFact::Statement(statement) => self.facts.statements.push(statement.clone()),
            YouthFact::Voiced { statement, telling } => {
                self.facts.statements.push(statement.clone());
                self.tellings.push(telling.clone());
            }
            YouthFact::Recorded(version) => stated::replace(&mut self.recorded, version),
            // Whether something may be erased is no matter of what may be shared.
            YouthFact::Held(_) => {}
        }
        Ok(())
    }

    /// Whether some source names this person for this youth, for whatever days.
    pub(super) fn names(&self, person: PersonRef) -> bool {
        self.facts.authorities.iter().any(|held| held.person == person)
    }

    /// A statement by its id.
    pub(super) fn statement(&self, id: &Id) -> Option<&Statement> {
        self.facts.statements.iter().find(|said| said.id == *id)
    }

    /// A recorded fact by its id, in its last version.
    pub(super) fn recorded(&self, id: &Id) -> Option<&RecordedFact> {
        self.recorded.iter().find(|known| known.id == *id)
    }

    /// What was recorded besides, each in its last version.
    pub(super) fn recorded_facts(&self) -> &[RecordedFact] {
        &self.recorded
    }

    /// Everything that is known, as it stands on a day.
    pub(super) fn facts_on(&self, today: Date) -> YouthFacts {
        let mut facts = self.facts.clone();
        stated::apply(&mut facts, &self.recorded, today);
        facts
    }

    /// How a statement came here, where that was kept.
    pub(super) fn telling(&self, statement: &Id) -> Option<&Telling> {
        self.tellings.iter().find(|telling| telling.statement == *statement)
    }

    /// The key by which a school knows this pupil.
    pub(super) fn pupil_key(&self, school: Party) -> Option<&str> {
        self.pupil_keys.iter().find(|(party, _)| *party == school).map(|(_, key)| key.as_str())
    }
}

fn pupil_hash(vault: &Vault, school: Oin, key: &str) -> [u8; 32] {
    vault.lookup("leerling", &[school.as_str().as_bytes(), key.as_bytes()])
}

/// Nobody, where the youth was erased meanwhile.
pub(super) fn unless_erased<Y>(youth: Result<Y, Trouble>) -> Result<Option<Y>, Trouble> {
    match youth {
        Ok(youth) => Ok(Some(youth)),
        Err(Trouble::Erased) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

impl Broker {
    /// The youth that a school knows by this key of its own, for what is compared at its commit.
    pub(super) async fn pupil_lately(&self, school: Oin, key: &str) -> Result<Option<Arc<KnownYouth>>, Trouble> {
        let hash = pupil_hash(&self.vault, school, key);
        if let Some(youth) = self.memory.pupil(&hash) {
            return Ok(Some(youth));
        }
        let youth = self.youth_by_lookup(&hash).await?;
        Ok(youth.map(|youth| self.memory.keep_pupil(hash, youth)))
    }

    /// The youth that a school knows by this key of its own.
    pub(super) async fn youth_by_pupil_key(&self, school: Oin, key: &str) -> Result<Option<KnownYouth>, Trouble> {
        self.youth_by_lookup(&pupil_hash(&self.vault, school, key)).await
    }

    pub(super) async fn youth_by_lookup(&self, hash: &[u8; 32]) -> Result<Option<KnownYouth>, Trouble> {
        let Some((id, stored)) = self.store.youth_claimed(hash).await? else { return Ok(None) };
        unless_erased(self.known_youth(id, stored))
    }

    /// A youth with its facts, as they stand now.
    ///
    /// # Errors
    /// [`Trouble::Erased`] once it is erased: part of what was known of it decides nothing.
    pub(crate) async fn youth(&self, id: Id) -> Result<KnownYouth, Trouble> {
        self.known_youth(id, self.store.youth(id).await?)
    }

    /// A youth with its facts, as they are remembered or stand now, for what is compared at its commit.
    ///
    /// # Errors
    /// As [`Broker::youth`].
    pub(super) async fn lately(&self, id: Id) -> Result<Arc<KnownYouth>, Trouble> {
        match self.memory.youth(&id) {
            Some(youth) => Ok(youth),
            None => Ok(self.memory.keep(self.youth(id).await?)),
        }
    }

    /// A youth as it was read.
    ///
    /// INVARIANT: version and facts are of one moment. What arrives after it makes the commit fail.
    pub(super) fn known_youth(&self, id: Id, stored: StoredYouth) -> Result<KnownYouth, Trouble> {
        let read = Read { subject: Subject::youth(id), version: stored.version };
        let keys = self.vault.open_keys(id, stored.wrapped())?;
        if stored.version > 0 && !keys.holds(RetentionClass::Delivery) {
            return Err(Trouble::Erased);
        }
        let mut youth = KnownYouth::nobody(keys);
        youth.read = read;
        for stored in stored.facts {
            let fact = YouthFact::open(&stored, read, &youth.keys)?;
            youth.learn(&fact)?;
        }
        Ok(youth)
    }

    /// On which days a professional is appointed to report to the index; nothing for a signal of another kind, or for whoever
    /// is not (case 40).
    pub(super) fn index_reporter(
        &self,
        signal: Option<&SignalFacts>,
        professional: Option<&str>,
        today: Date,
    ) -> Option<Period> {
        let signal = signal.filter(|signal| signal.kind == SignalKind::VerwijsindexSignaal)?;
        self.register.load().index_reporter(signal.sender.organisation, professional?, today)
    }

    /// What the core reads for a question about how the staff of a party work (RL-21).
    pub(crate) fn facts_of_staff(&self, party: Party, today: Date) -> Snapshot {
        let snapshot = self.facts(None, party, None, today);
        let register = self.register.load();
        // Of another register than the one that was read, nothing is said: then it is refused.
        let organisation = Some(party.organisation).filter(|_| snapshot.register == *register.version());
        let works_council_since =
            organisation.and_then(|oin| register.organisation(oin)).and_then(|known| known.works_council_since);
        Snapshot { facts: Facts { works_council_since, ..snapshot.facts }, ..snapshot }
    }

    /// What the core reads for one question about this youth and receiver.
    pub(crate) fn facts(
        &self,
        youth: Option<&KnownYouth>,
        receiver: Party,
        group: Option<(Oin, Option<&str>)>,
        today: Date,
    ) -> Snapshot {
        let register = self.register.load();
        let youth = youth.filter(|youth| !youth.is_nobody());
        let known = youth.map(|youth| youth.facts_on(today));
        let receiver_municipality = served(&register, receiver, known.as_ref(), today);
        // The counts are by age; a band is as small as its smallest age allows, so each age must hide by itself (RL-23).
        let group_size = youth.zip(group).and_then(|(youth, (school, location))| {
            register.group_size(school, location, age_on(youth.facts.born, today))
        });
        // Where the sending school stands; a municipality that sends stands nowhere as a school (002-05).
        let school = group.and_then(|(sender, _)| register.organisation(sender));
        let school = school.filter(|sender| sender.desks.contains(&Desk::School));
        let facts = Facts {
            youth: known,
            receiver_municipality,
            group_size,
            school_municipality: school.and_then(|school| school.municipality),
            ..Facts::default()
        };
        Snapshot { facts, register: *register.version() }
    }
}

/// The municipality whose residents a desk serves, as far as it concerns this youth: of several the one that answers for the
/// youth there; where it serves that one not, its own.
fn served(register: &Register, desk: Party, youth: Option<&YouthFacts>, today: Date) -> Option<MunicipalityCode> {
    let organisation = register.organisation(desk.organisation)?;
    let answering = youth.and_then(|youth| match desk.desk {
        Desk::AccessDesk | Desk::Wijkteam => youth.help_home_on(today),
        _ => youth.home,
    });
    let here = answering.filter(|place| organisation.serves_there(desk.desk, *place));
    let own = || organisation.municipality.filter(|place| organisation.serves_there(desk.desk, *place));
    here.or_else(own).or_else(|| organisation.served_by(desk.desk).into_iter().next())
}
