// SPDX-License-Identifier: EUPL-1.2
//! Jeugdige: the facts about a youth that a decision reads. No name, no number.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::closed_list;
use crate::moment::{Period, age_on};
use crate::organisation::{MunicipalityCode, Party};
use crate::signal::Purpose;
use crate::voice::{Hearing, HelperFinding, Incapacity, Scope, SecrecyPermission, Statement, SubstituteConsent};

/// Persoonsverwijzing: a random reference to someone who may speak: the youth or a representative.
#[doc(alias = "persoon")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonRef(#[serde(with = "hex::serde")] pub [u8; 16]);

closed_list! {
    /// Soort gezag of vertegenwoordiging.
    #[doc(alias = "gezagssoort")]
    pub enum AuthorityKind as "gezagssoort" {
        /// A parent who holds authority.
        Parent = "ouder_met_gezag",
        /// A parent without authority: no consent power (ROL-29).
        ParentWithoutAuthority = "ouder_zonder_gezag",
        /// Voogd: the same rights as a parent with authority (004-08); a GI as voogd too.
        Voogd = "voogd",
        /// Gezinsvoogd: no consent power (004-08).
        Gezinsvoogd = "gezinsvoogd",
        /// Caretaker without authority.
        Caretaker = "verzorger",
        /// Curator of an adult (RL-05).
        Curator = "curator",
        /// Mentor of an adult (RL-05).
        Mentor = "mentor",
        /// A gecertificeerde instelling to which a court gave part of the authority (BW 1:265e): only within its scope.
        PartialAuthority = "gi_met_deelgezag",
    }
}

impl AuthorityKind {
    /// Whether this person's agreement is asked while the youth is a minor.
    pub const fn speaks_for_minor(self) -> bool {
        match self {
            Self::Parent | Self::Voogd | Self::PartialAuthority => true,
            Self::ParentWithoutAuthority | Self::Gezinsvoogd | Self::Caretaker | Self::Curator | Self::Mentor => false,
        }
    }

    /// Whether this person's agreement is asked beside that of an adult youth (RL-05).
    pub const fn speaks_for_adult(self) -> bool {
        match self {
            Self::Curator | Self::Mentor => true,
            Self::Parent
            | Self::ParentWithoutAuthority
            | Self::Voogd
            | Self::Gezinsvoogd
            | Self::Caretaker
            | Self::PartialAuthority => false,
        }
    }
}

closed_list! {
    /// Bron van gezag. If sources differ, everyone whom any source names counts (RL-05).
    #[doc(alias = "gezagsbron")]
    pub enum AuthoritySource as "gezagsbron" {
        /// The court's register of authority.
        CourtRegister = "gezagsregister",
        /// The municipality's population register.
        Municipality = "gemeente",
        /// The school's administration.
        School = "school",
        /// A court decision shown to the professional.
        CourtDecision = "rechterlijke_uitspraak",
    }
}

/// Gezag: one person's authority over the youth, as one source names it.
#[doc(alias = "gezag")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Who.
    pub person: PersonRef,
    /// In what capacity.
    pub kind: AuthorityKind,
    /// The first day.
    pub since: Date,
    /// The first day on which it no longer holds: by court, or by death of the holder.
    pub until: Option<Date>,
    /// Who says so.
    pub source: AuthoritySource,
    /// In which matter, where a court gave part of the authority; None is any matter, and none at all for
    /// [`AuthorityKind::PartialAuthority`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
}

impl Authority {
    /// Whether this authority holds on the day.
    pub fn holds_on(&self, day: Date) -> bool {
        Period { from: self.since, until: self.until }.contains(day)
    }
}

closed_list! {
    /// Schoolsoort: decides between leerplicht, kwalificatieplicht and RMC (002-23…002-28).
    #[doc(alias = "schoolsoort")]
    pub enum SchoolKind as "schoolsoort" {
        /// Pre-school.
        Voorschool = "voorschool",
        /// Primary education.
        Po = "po",
        /// Special primary education.
        Sbo = "sbo",
        /// Special education.
        So = "so",
        /// Secondary education, VMBO and LWOO too (002-42).
        Vo = "vo",
        /// Secondary special education: no kwalificatieplicht (002-26).
        Vso = "vso",
        /// Practical education: no kwalificatieplicht (002-26).
        Pro = "pro",
        /// Vocational education: under 18 with RMC too (002-27).
        Mbo = "mbo",
    }
}

/// Inschrijving: at which school location the youth is enrolled.
#[doc(alias = "inschrijving")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// The school.
    pub school: Party,
    /// From when until when.
    pub period: Period,
    /// What sort of education; None is not known, and counts as education without an exception.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<SchoolKind>,
}

/// Betrokkenheid: a party helps this youth, for one purpose.
#[doc(alias = "betrokkenheid")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Involvement {
    /// Who helps.
    pub party: Party,
    /// For what.
    pub purpose: Purpose,
    /// From when until when.
    pub period: Period,
}

closed_list! {
    /// Maatregel van kinderbescherming.
    #[doc(alias = "maatregel")]
    pub enum OrderKind as "maatregel" {
        /// Ondertoezichtstelling.
        Supervision = "ondertoezichtstelling",
        /// Voorlopige ondertoezichtstelling.
        ProvisionalSupervision = "voorlopige_ondertoezichtstelling",
        /// Jeugdreclassering: no information right here.
        Probation = "jeugdreclassering",
    }
}

impl OrderKind {
    /// Whether the institution may ask professionals for what the order needs, through their secrecy (Jeugdwet 7.3.11).
    pub const fn gives_information_right(self) -> bool {
        matches!(self, Self::Supervision | Self::ProvisionalSupervision)
    }
}

/// Maatregel: a court's order that a gecertificeerde instelling carries out.
#[doc(alias = "maatregel")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProtectionOrder {
    /// Which.
    pub kind: OrderKind,
    /// Who carries it out.
    pub institution: Party,
    /// From when until when.
    pub period: Period,
}

/// Verblijf in zorg, pleegzorg of inrichting: while it runs, the help home is where the youth was registered directly
/// before (Jeugdwet 1.1, woonplaats; case 49).
#[doc(alias = "verblijf")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stay {
    /// The municipality of registration directly before.
    pub before: MunicipalityCode,
    /// From when until when.
    pub period: Period,
}

/// Indexsignaal: an entry in the index about this youth (Jeugdwet 7.1.4.5): it ends when its reporter takes it out, after
/// two years, on the 23rd birthday, or on death.
#[doc(alias = "indexsignaal")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexEntry {
    /// Who reported.
    pub by: Party,
    /// When.
    pub placed: Date,
    /// When the reporter took it out.
    pub ended: Option<Date>,
}

/// Jeugdige, as far as a decision reads it. A missing fact never widens.
///
/// Facts that open a door are recorded or do not count. Facts that close one (restriction, death, exemption, order ended) are
/// recorded when they happen: their absence says that they did not.
#[doc(alias = "jeugdige")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YouthFacts {
    /// Birth date.
    pub born: Date,
    /// The youth as a speaker.
    pub youth_person: PersonRef,
    /// Date of death.
    pub deceased: Option<Date>,
    /// Whether processing is restricted, or an objection is pending (AVG 18, 21).
    pub restricted: bool,
    /// Municipality of residence.
    pub home: Option<MunicipalityCode>,
    /// Whether the youth has a startkwalificatie (002-24); None is not known.
    pub start_qualification: Option<bool>,
    /// Whether the parents live apart (case 6); None is not known.
    pub parents_live_apart: Option<bool>,
    /// Who holds authority.
    pub authorities: Vec<Authority>,
    /// What was said.
    pub statements: Vec<Statement>,
    /// What a court said in someone's place.
    pub substitutes: Vec<SubstituteConsent>,
    /// When the youth was heard (RL-02).
    pub hearings: Vec<Hearing>,
    /// Where the youth is enrolled.
    pub enrolments: Vec<Enrolment>,
    /// Who helps.
    pub involvements: Vec<Involvement>,
    /// Whether the youth stays at a secret address or a shielded place (RL-15).
    #[serde(default)]
    pub shielded: bool,
    /// Whether the youth asked that nothing be told at home. Counts from 12 (RL-13).
    #[serde(default)]
    pub asks_silence: bool,
    /// When the youth is exempt from compulsory education (004-19, 004-20).
    #[serde(default)]
    pub exemptions: Vec<Period>,
    /// Stays in care.
    #[serde(default)]
    pub stays: Vec<Stay>,
    /// Orders of child protection.
    #[serde(default)]
    pub orders: Vec<ProtectionOrder>,
    /// What lifts a professional's secrecy (RL-04).
    #[serde(default)]
    pub permissions: Vec<SecrecyPermission>,
    /// In which matters the youth cannot judge (RL-05).
    #[serde(default)]
    pub incapacities: Vec<Incapacity>,
    /// What help-givers found (RL-03).
    #[serde(default)]
    pub findings: Vec<HelperFinding>,
    /// What was reported to the index about this youth.
    #[serde(default)]
    pub index_entries: Vec<IndexEntry>,
    /// What was reported to the index about another youth with the same parent, as far as a match with it may show.
    #[serde(default)]
    pub family_entries: Vec<IndexEntry>,
}

impl YouthFacts {
    /// A youth of whom nothing else is known: the closed start from which facts are added.
    pub const fn new(born: Date, youth_person: PersonRef) -> Self {
        Self {
            born,
            youth_person,
            deceased: None,
            restricted: false,
            home: None,
            start_qualification: None,
            parents_live_apart: None,
            authorities: Vec::new(),
            statements: Vec::new(),
            substitutes: Vec::new(),
            hearings: Vec::new(),
            enrolments: Vec::new(),
            involvements: Vec::new(),
            shielded: false,
            asks_silence: false,
            exemptions: Vec::new(),
            stays: Vec::new(),
            orders: Vec::new(),
            permissions: Vec::new(),
            incapacities: Vec::new(),
            findings: Vec::new(),
            index_entries: Vec::new(),
            family_entries: Vec::new(),
        }
    }

    /// Full years on a day.
    pub fn age_on(&self, day: Date) -> u8 {
        age_on(self.born, day)
    }

    /// Who hears what was done, and is asked: below 16 whoever holds authority, from 12 the youth, from 18 the youth with a
    /// curator or mentor beside (RL-05, RL-18). None as the capacity is the youth. What anybody said plays no part (RL-06).
    pub fn who_hears(&self, day: Date) -> Vec<(PersonRef, Option<AuthorityKind>)> {
        let age = self.age_on(day);
        let hears = |kind: AuthorityKind| match age {
            0..16 => kind.speaks_for_minor(),
            16..18 => false,
            18.. => kind.speaks_for_adult(),
        };
        let mut people: Vec<(PersonRef, Option<AuthorityKind>)> = Vec::new();
        for authority in self.authorities.iter().filter(|held| held.holds_on(day) && hears(held.kind)) {
            if people.iter().all(|(known, _)| *known != authority.person) {
                people.push((authority.person, Some(authority.kind)));
            }
        }
        if age >= 12 {
            people.push((self.youth_person, None));
        }
        people
    }

    /// Whether the youth is enrolled at this school on the day.
    pub fn is_enrolled_at(&self, school: Party, day: Date) -> bool {
        self.enrolments.iter().any(|enrolment| enrolment.school == school && enrolment.period.contains(day))
    }

    /// Whether the youth is enrolled anywhere on the day.
    pub fn is_enrolled_on(&self, day: Date) -> bool {
        self.enrolments.iter().any(|enrolment| enrolment.period.contains(day))
    }

    /// Whether the party helps this youth on the day, for any purpose.
    pub fn is_helped_by(&self, party: Party, day: Date) -> bool {
        self.involvements.iter().any(|involvement| involvement.party == party && involvement.period.contains(day))
    }

    /// Whether the party helps this youth on the day for this very purpose (000-49: purposes are walls).
    pub fn is_helped_for(&self, party: Party, purpose: Purpose, day: Date) -> bool {
        self.involvements.iter().any(|involvement| {
            involvement.party == party && involvement.purpose == purpose && involvement.period.contains(day)
        })
    }

    /// Whether the party ever had the youth in school or in care.
    pub fn was_known_to(&self, party: Party, day: Date) -> bool {
        self.enrolments.iter().any(|enrolment| enrolment.school == party && enrolment.period.has_begun(day))
            || self.involvements.iter().any(|help| help.party == party && help.period.has_begun(day))
    }

    /// The municipality that answers for youth help: where the youth lives, or during a stay where the youth was registered
    /// directly before (Jeugdwet 1.1, case 49).
    pub fn help_home_on(&self, day: Date) -> Option<MunicipalityCode> {
        self.stays.iter().find(|stay| stay.period.contains(day)).map(|stay| stay.before).or(self.home)
    }

    /// Whether the youth is exempt from compulsory education on the day.
    pub fn is_exempt_on(&self, day: Date) -> bool {
        self.exemptions.iter().any(|exemption| exemption.contains(day))
    }
}
