// SPDX-License-Identifier: EUPL-1.2
//! Ontbrekende voorwaarde: what somebody who was refused could still do, so that the same question is allowed.

use crate::routing::Because;
use crate::rule::Rule;
use crate::signal::Gate;

/// Ontbrekende voorwaarde.
#[doc(alias = "ontbrekende_voorwaarde")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// Something must have happened first.
    Done(Gate),
    /// Whoever has a say agrees, with a name going along. Whose word is missing stays with the professional who must ask
    /// (RL-06).
    Consent,
    /// It is recorded that the youth was heard (RL-02).
    Heard,
    /// The professional's secrecy is lifted (RL-04).
    SecrecyLifted,
    /// A second person joins beforehand (RL-09).
    SecondPerson,
    /// A reason is recorded.
    Reason,
    /// A risk ground is ticked (RL-11).
    RiskGround,
    /// The asker is appointed to report to the index.
    Appointment,
    /// Parent and youth ask it together (RL-19).
    Together,
    /// The works council agrees (RL-21).
    WorksCouncil,
    /// There is somebody for it to go to (002-39).
    Way(Because),
}

impl Condition {
    /// The stable Dutch code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Done(gate) => gate.code(),
            Self::Consent => "toestemming",
            Self::Heard => "jeugdige_gehoord",
            Self::SecrecyLifted => "beroepsgeheim_opgeheven",
            Self::SecondPerson => "tweede_persoon",
            Self::Reason => "reden",
            Self::RiskGround => "risicogrond",
            Self::Appointment => "aanwijzing_als_melder",
            Self::Together => "samen_vragen",
            Self::WorksCouncil => "instemming_ondernemingsraad",
            Self::Way(because) => because.code(),
        }
    }

    /// The condition that a refusing rule speaks of by itself; none where nothing that the asker does would help, or where
    /// naming it would tell something about a person.
    pub(crate) const fn of(rule: Rule) -> Option<Self> {
        match rule {
            Rule::VitalInterestNotWeighed => Some(Self::Done(Gate::VitalInterestWeighed)),
            Rule::ConsentMissing | Rule::GroupTooSmall => Some(Self::Consent),
            Rule::HearingMissing => Some(Self::Heard),
            Rule::SecrecyNotLifted => Some(Self::SecrecyLifted),
            Rule::SecondPersonMissing => Some(Self::SecondPerson),
            Rule::ReasonMissing | Rule::ReleaseWithheld => Some(Self::Reason),
            Rule::IndexWithoutRisk => Some(Self::RiskGround),
            Rule::ReporterNotAppointed => Some(Self::Appointment),
            Rule::InspectionTogether => Some(Self::Together),
            Rule::WorksCouncilMissing => Some(Self::WorksCouncil),
            _ => None,
        }
    }
}
