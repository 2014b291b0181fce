// SPDX-License-Identifier: EUPL-1.2
//! Why an officer reads. A closed list: it is recorded at each look, and says nothing about anybody.

use super::language::Language;

/// Reden to read the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "reden")]
pub(super) enum Reason {
    /// The standing task (AVG 39(1)(b)).
    Supervision,
    /// Somebody asked who saw their data (AVG 15).
    Question,
    /// There may have been a breach (AVG 33).
    Breach,
    /// The supervisory authority asks (AVG 39(1)(d)).
    Authority,
}

impl Reason {
    /// All of them, as a form shows them.
    pub(super) const ALL: [Self; 4] = [Self::Supervision, Self::Question, Self::Breach, Self::Authority];

    /// The stable word for forms and records.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Supervision => "toezicht",
            Self::Question => "vraag_van_betrokkene",
            Self::Breach => "mogelijk_datalek",
            Self::Authority => "toezichthouder",
        }
    }

    /// Reads a code.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// What it is called.
    pub(super) const fn words(self, language: Language) -> &'static str {
        match self {
            Self::Supervision => language.of("Ik houd toezicht", "I supervise"),
            Self::Question => language.of("Iemand vroeg wie zijn gegevens zag", "Somebody asked who saw their data"),
            Self::Breach => language.of("Er is misschien een datalek", "There may have been a data breach"),
            Self::Authority => {
                language.of("De Autoriteit Persoonsgegevens vraagt ernaar", "The supervisory authority asks for it")
            }
        }
    }
}
