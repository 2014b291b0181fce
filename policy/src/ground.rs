// SPDX-License-Identifier: EUPL-1.2
//! Gronden: on which ground anything may go at all, since when, and which grounds never count here. Dated data: a law that
//! ends, or a bill that comes into force, is a line here and a new version of the rules.

use jiff::civil::{Date, date};

use crate::code::closed_list;
use crate::decision::LegalBasis;
use crate::moment::Period;

/// The day from which the AVG applies.
const AVG: Date = date(2018, 5, 25);
/// The day on which Jeugdwet and Wmo 2015 came into force.
const YOUTH_ACT: Date = date(2015, 1, 1);
/// The day on which the Leerplichtwet 1969 came into force.
const COMPULSORY_EDUCATION_ACT: Date = date(1969, 1, 1);

/// Since when, and until when, a ground may be leaned on.
const GROUNDS: &[(LegalBasis, Period)] = &[
    (LegalBasis::Consent, Period::since(AVG)),
    (LegalBasis::StatutoryAbsenceReport, Period::since(COMPULSORY_EDUCATION_ACT)),
    // Parliament was told that this ground will go (2024); until a law says so it stands, and each municipality switches it
    // for itself (RL-11).
    (LegalBasis::StatutoryIndexReport, Period::since(YOUTH_ACT)),
    (LegalBasis::PublicTask, Period::since(AVG)),
    (LegalBasis::VeiligThuisReport, Period::since(YOUTH_ACT)),
    (LegalBasis::AnonymousForm, Period::since(AVG)),
    (LegalBasis::OwnAdministration, Period::since(AVG)),
    (LegalBasis::ProofOfConsent, Period::since(AVG)),
    (LegalBasis::ProtectionOrder, Period::since(YOUTH_ACT)),
    (LegalBasis::VitalInterest, Period::since(AVG)),
    (LegalBasis::Application, Period::since(AVG)),
    (LegalBasis::CitizenRights, Period::since(AVG)),
    (LegalBasis::Accountability, Period::since(AVG)),
];

impl LegalBasis {
    /// On which days the ground may be leaned on.
    pub fn validity(self) -> Option<Period> {
        GROUNDS.iter().find(|(basis, _)| *basis == self).map(|(_, period)| *period)
    }

    /// Whether it may be leaned on that day.
    pub fn is_in_force(self, day: Date) -> bool {
        self.validity().is_some_and(|period| period.contains(day))
    }

    /// The article that it stands on.
    pub const fn source(self) -> &'static str {
        match self {
            Self::Consent => "AVG 6(1)(a), AVG 9(2)(a)",
            Self::StatutoryAbsenceReport => "AVG 6(1)(c), Leerplichtwet 1969 21",
            Self::StatutoryIndexReport => "AVG 6(1)(e), Jeugdwet 7.1.4.1",
            Self::PublicTask => "AVG 6(1)(e)",
            Self::VeiligThuisReport => "AVG 6(1)(e), Wmo 2015 5.2.6",
            Self::AnonymousForm => "AVG overweging 26",
            Self::OwnAdministration => "AVG 6(1)(e)",
            Self::ProofOfConsent => "AVG 6(1)(c), AVG 7(1)",
            Self::ProtectionOrder => "AVG 6(1)(c), Jeugdwet 7.3.11",
            Self::VitalInterest => "AVG 6(1)(d), AVG 9(2)(c)",
            Self::Application => "AVG 6(1)(e), Awb 4:1",
            Self::CitizenRights => "AVG 6(1)(c), AVG 15, AVG 22",
            Self::Accountability => "AVG 6(1)(c), AVG 5(2), AVG 39",
        }
    }
}

closed_list! {
    /// Beweerde grondslag: what a caller says it leans on. The core finds the ground by itself and refuses a claim that does
    /// not fit; it never takes another ground in silence.
    #[doc(alias = "beweerde_grondslag")]
    pub enum ClaimedGround as "grondslag" {
        /// Consent.
        Consent = "toestemming",
        /// The statutory absence report.
        AbsenceReport = "wettelijke_verzuimmelding",
        /// The report to the index.
        IndexReport = "wettelijke_indexmelding",
        /// A public task.
        PublicTask = "publieke_taak",
        /// A report to Veilig Thuis.
        VeiligThuisReport = "melding_veilig_thuis",
        /// The information right under an order.
        ProtectionOrder = "informatierecht_gi",
        /// Vital interest.
        VitalInterest = "vitaal_belang",
        /// An application.
        Application = "aanvraag",
        /// No personal data.
        AnonymousForm = "geen_persoonsgegevens",
        /// Permission that lifts a professional's secrecy: no ground, and never consent (RL-04).
        SecrecyLifted = "opgeheven_beroepsgeheim",
        /// Legitimate interest: not for public bodies in their tasks (AVG 6(1), last sentence).
        LegitimateInterest = "gerechtvaardigd_belang",
        /// Wet aanpak meervoudige problematiek sociaal domein: bill 36 295, not in force.
        Wams = "wams",
    }
}

impl ClaimedGround {
    /// The ground it would be, or None where it is no ground here.
    pub const fn basis(self) -> Option<LegalBasis> {
        match self {
            Self::Consent => Some(LegalBasis::Consent),
            Self::AbsenceReport => Some(LegalBasis::StatutoryAbsenceReport),
            Self::IndexReport => Some(LegalBasis::StatutoryIndexReport),
            Self::PublicTask => Some(LegalBasis::PublicTask),
            Self::VeiligThuisReport => Some(LegalBasis::VeiligThuisReport),
            Self::ProtectionOrder => Some(LegalBasis::ProtectionOrder),
            Self::VitalInterest => Some(LegalBasis::VitalInterest),
            Self::Application => Some(LegalBasis::Application),
            Self::AnonymousForm => Some(LegalBasis::AnonymousForm),
            Self::SecrecyLifted | Self::LegitimateInterest | Self::Wams => None,
        }
    }

    /// Whether a permit on this ground is what was claimed, or less.
    pub fn admits(self, basis: LegalBasis) -> bool {
        match basis {
            LegalBasis::AnonymousForm | LegalBasis::OwnAdministration => true,
            LegalBasis::Consent
            | LegalBasis::StatutoryAbsenceReport
            | LegalBasis::StatutoryIndexReport
            | LegalBasis::PublicTask
            | LegalBasis::VeiligThuisReport
            | LegalBasis::ProofOfConsent
            | LegalBasis::ProtectionOrder
            | LegalBasis::VitalInterest
            | LegalBasis::Application
            | LegalBasis::CitizenRights
            | LegalBasis::Accountability => self.basis() == Some(basis),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ground_has_its_days() {
        for &basis in LegalBasis::ALL {
            assert!(basis.is_in_force(date(2026, 11, 22)), "{basis}");
            assert!(!basis.is_in_force(date(1950, 1, 1)), "{basis}");
        }
    }
}
