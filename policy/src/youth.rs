// SPDX-License-Identifier: EUPL-1.2
//! Jeugdige: the facts about a youth that a decision reads. No name, no number.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::closed_list;
use crate::moment::{Period, age_on};
use crate::organisation::{MunicipalityCode, Party};
use crate::signal::Purpose;
use crate::voice::{Hearing, Statement, SubstituteConsent};

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
    }
}

impl AuthorityKind {
    /// Whether this person's agreement is asked while the youth is a minor.
    pub const fn speaks_for_minor(self) -> bool {
        match self {
            Self::Parent | Self::Voogd => true,
            Self::ParentWithoutAuthority | Self::Gezinsvoogd | Self::Caretaker | Self::Curator | Self::Mentor => false,
        }
    }

    /// Whether this person's agreement is asked beside that of an adult youth (RL-05).
    pub const fn speaks_for_adult(self) -> bool {
        match self {
            Self::Curator | Self::Mentor => true,
            Self::Parent | Self::ParentWithoutAuthority | Self::Voogd | Self::Gezinsvoogd | Self::Caretaker => false,
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
}

impl Authority {
    /// Whether this authority holds on the day.
    pub fn holds_on(&self, day: Date) -> bool {
        Period { from: self.since, until: self.until }.contains(day)
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

/// Jeugdige, as far as a decision reads it. A missing fact never widens.
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
        }
    }

    /// Full years on a day.
    pub fn age_on(&self, day: Date) -> u8 {
        age_on(self.born, day)
    }

    /// Whether the youth is enrolled at this school on the day.
    pub fn is_enrolled_at(&self, school: Party, day: Date) -> bool {
        self.enrolments.iter().any(|enrolment| enrolment.school == school && enrolment.period.contains(day))
    }

    /// Whether the party helps this youth on the day, for any purpose.
    pub fn is_helped_by(&self, party: Party, day: Date) -> bool {
        self.involvements.iter().any(|involvement| involvement.party == party && involvement.period.contains(day))
    }
}
