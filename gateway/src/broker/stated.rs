// SPDX-License-Identifier: EUPL-1.2
//! Vastgelegde feiten: what decisions rest on besides who holds authority and what was said. A fact is never changed: a later
//! version with the same id takes its place, from the commit on.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sluis_policy::{
    Enrolment, FactKind, Involvement, MunicipalityCode, OrderKind, Party, Period, PersonRef, ProtectionOrder, Purpose,
    SchoolKind, Scope, Stay, SubstituteConsent, YouthFacts,
};

use crate::vault::Id;

/// Bronnen: who says so. A closed list.
#[doc(alias = "bron")]
pub const FACT_SOURCES: [&str; 6] = [
    "rechterlijke_uitspraak",
    "gezagsregister",
    "gemeente",
    "school",
    "gecertificeerde_instelling",
    "ouder_of_jeugdige",
];

/// Vastgelegd feit, in one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RecordedFact {
    /// Which; the same in each of its versions.
    #[serde(with = "hex::serde")]
    pub(crate) id: Id,
    /// Who recorded this version.
    pub(crate) by: Party,
    /// Who says so, from [`FACT_SOURCES`].
    pub(crate) source: String,
    /// From when until when it holds.
    pub(crate) period: Period,
    /// What.
    pub(crate) fact: Fact,
}

/// What a fact says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fact {
    /// An order of child protection.
    Order {
        /// Which.
        kind: OrderKind,
        /// Who carries it out.
        institution: Party,
    },
    /// A stay in care.
    Stay {
        /// The municipality of registration directly before.
        before: MunicipalityCode,
    },
    /// An exemption from compulsory education.
    Exemption {},
    /// A party helps.
    Involvement {
        /// Who.
        party: Party,
        /// For what.
        purpose: Purpose,
    },
    /// The enrolment at a school, as it turned out to be.
    Enrolment {
        /// The school.
        school: Party,
        /// What sort of education.
        kind: Option<SchoolKind>,
    },
    /// A secret address or shielded place.
    Shielding {},
    /// A restriction of processing.
    Restriction {},
    /// The youth has died.
    Death {},
    /// A court's yes in the place of a holder of authority.
    Substitute {
        /// In whose place.
        person: PersonRef,
        /// For what.
        scope: Scope,
        /// The court's reference.
        reference: String,
    },
}

impl Fact {
    /// Of which kind it is.
    #[must_use]
    pub const fn kind(&self) -> FactKind {
        match self {
            Self::Order { .. } => FactKind::Order,
            Self::Stay { .. } => FactKind::Stay,
            Self::Exemption {} => FactKind::Exemption,
            Self::Involvement { .. } => FactKind::Involvement,
            Self::Enrolment { .. } => FactKind::Enrolment,
            Self::Shielding {} => FactKind::Shielding,
            Self::Restriction {} => FactKind::Restriction,
            Self::Death {} => FactKind::Death,
            Self::Substitute { .. } => FactKind::Substitute,
        }
    }
}

/// Puts an earlier version aside, and keeps this one.
pub(super) fn replace(recorded: &mut Vec<RecordedFact>, version: &RecordedFact) {
    recorded.retain(|earlier| earlier.id != version.id);
    recorded.push(version.clone());
}

/// Adds what was recorded to what is known of a youth otherwise, as it stands on a day.
pub(super) fn apply(facts: &mut YouthFacts, recorded: &[RecordedFact], today: Date) {
    // What a school found its enrolment to be takes the place of what registering said.
    let corrected = |school: Party| {
        recorded.iter().any(|one| matches!(one.fact, Fact::Enrolment { school: found, .. } if found == school))
    };
    facts.enrolments.retain(|enrolment| !corrected(enrolment.school));
    for RecordedFact { period, fact, .. } in recorded {
        let period = *period;
        match fact {
            Fact::Order { kind, institution } => {
                facts.orders.push(ProtectionOrder { kind: *kind, institution: *institution, period });
            }
            Fact::Stay { before } => facts.stays.push(Stay { before: *before, period }),
            Fact::Exemption {} => facts.exemptions.push(period),
            Fact::Involvement { party, purpose } => {
                facts.involvements.push(Involvement { party: *party, purpose: *purpose, period });
            }
            Fact::Enrolment { school, kind } => {
                facts.enrolments.push(Enrolment { school: *school, period, kind: *kind });
            }
            Fact::Shielding {} => facts.shielded |= period.contains(today),
            Fact::Restriction {} => facts.restricted |= period.contains(today),
            Fact::Death {} => {
                let died = Some(period.from).filter(|_| period.contains(today));
                facts.deceased = facts.deceased.or(died);
            }
            Fact::Substitute { person, scope, reference } => facts.substitutes.push(SubstituteConsent {
                person: *person,
                scope: *scope,
                valid: period,
                court_reference: reference.clone(),
            }),
        }
    }
}
