// SPDX-License-Identifier: EUPL-1.2
//! Organisatie: who acts and who receives. An organisation by its OIN, the desk within it, the role a professional
//! holds there.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::code::closed_list;

/// OIN: the identification number of an organisation (Logius), twenty ASCII digits.
#[doc(alias = "organisatie-identificatienummer")]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Oin([u8; 20]);

/// Why a text is not an OIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OinError {
    /// The text is not exactly twenty bytes long.
    #[error("an OIN has twenty digits, this has {found} characters")]
    Length {
        /// How many bytes were given.
        found: usize,
    },
    /// A character is not one of 0–9; full-width and other digits are not accepted.
    #[error("an OIN has only the digits 0 to 9")]
    NotADigit,
}

impl Oin {
    /// An invented organisation that has the desks nobody else has in the cases. INVARIANT: twenty digits.
    pub(crate) const OF_THE_CASES: Self = Self(*b"99000000999900000000");

    /// The twenty digits.
    pub fn as_str(&self) -> &str {
        // INVARIANT: the bytes are ASCII digits (FromStr is the only constructor), so this never falls back.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Oin {
    type Err = OinError;

    fn from_str(text: &str) -> Result<Self, OinError> {
        let digits: [u8; 20] = text.as_bytes().try_into().map_err(|_| OinError::Length { found: text.len() })?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(OinError::NotADigit) }
    }
}

impl TryFrom<String> for Oin {
    type Error = OinError;

    fn try_from(text: String) -> Result<Self, OinError> {
        text.parse()
    }
}

impl From<Oin> for String {
    fn from(oin: Oin) -> Self {
        oin.as_str().to_owned()
    }
}

impl fmt::Display for Oin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Oin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oin({})", self.as_str())
    }
}

/// Gemeentecode: the CBS code of a municipality, four ASCII digits.
#[doc(alias = "gemeentecode")]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MunicipalityCode([u8; 4]);

/// A text that is not four digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a municipality code has exactly four digits")]
pub struct MunicipalityCodeError;

impl MunicipalityCode {
    /// Where the cases play. INVARIANT: four digits.
    pub(crate) const OF_THE_CASES: Self = Self(*b"0668");

    /// The four digits.
    pub fn as_str(&self) -> &str {
        // INVARIANT: as for Oin, only FromStr constructs.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for MunicipalityCode {
    type Err = MunicipalityCodeError;

    fn from_str(text: &str) -> Result<Self, MunicipalityCodeError> {
        let digits: [u8; 4] = text.as_bytes().try_into().map_err(|_| MunicipalityCodeError)?;
        if digits.iter().all(u8::is_ascii_digit) { Ok(Self(digits)) } else { Err(MunicipalityCodeError) }
    }
}

impl TryFrom<String> for MunicipalityCode {
    type Error = MunicipalityCodeError;

    fn try_from(text: String) -> Result<Self, MunicipalityCodeError> {
        text.parse()
    }
}

impl From<MunicipalityCode> for String {
    fn from(code: MunicipalityCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for MunicipalityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for MunicipalityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MunicipalityCode({})", self.as_str())
    }
}

closed_list! {
    /// Loket: which part of an organisation acts or receives. One municipality has several, each with its own purposes
    /// (000-49, 000-52).
    #[doc(alias = "loket")]
    pub enum Desk as "loket" {
        /// School location (ROL-01…06).
        School = "school",
        /// Schoolbestuur (ROL-07).
        Board = "bestuur",
        /// Samenwerkingsverband passend onderwijs (ROL-09): never receives a number.
        Samenwerkingsverband = "samenwerkingsverband",
        /// Toegang tot jeugdhulp, in West Maas en Waal VraagWijzer (ROL-10).
        AccessDesk = "toegang",
        /// Wijkteam, basisteam, CJG (ROL-11).
        Wijkteam = "wijkteam",
        /// Leerplicht of the municipality of residence (ROL-17).
        Leerplicht = "leerplicht",
        /// RMC, Doorstroompunt (ROL-18).
        Rmc = "rmc",
        /// Jeugdgezondheidszorg (ROL-20).
        Jgz = "jgz",
        /// Veilig Thuis (ROL-21).
        VeiligThuis = "veilig_thuis",
        /// Gecertificeerde instelling (ROL-23).
        GecertificeerdeInstelling = "gecertificeerde_instelling",
        /// Verwijsindex risicojongeren, ZvJG: receives metadata only.
        Verwijsindex = "verwijsindex",
        /// The gateway's own staff: operator, functioneel beheerder, FG; and citizens at its portal.
        Gateway = "sluis",
        /// Municipal policy: beleidsambtenaar, wethouder, stuurgroep (ROL-27, 28). About no person.
        Policy = "beleid",
    }
}

impl Desk {
    /// Whether this desk serves the residents of one municipality, so that the youth's home decides which one is right
    /// (002-16).
    pub const fn serves_residents(self) -> bool {
        match self {
            Self::AccessDesk | Self::Wijkteam | Self::Leerplicht | Self::Rmc => true,
            Self::School
            | Self::Board
            | Self::Samenwerkingsverband
            | Self::Jgz
            | Self::VeiligThuis
            | Self::GecertificeerdeInstelling
            | Self::Verwijsindex
            | Self::Gateway
            | Self::Policy => false,
        }
    }

    /// Whether professionals here give youth help or youth health care themselves (Jeugdwet 7.3.4, RL-03).
    pub const fn gives_help(self) -> bool {
        matches!(self, Self::Wijkteam | Self::Jgz)
    }

    /// Whether it belongs to education, where no parent's own question goes (004-41).
    pub const fn is_education(self) -> bool {
        matches!(self, Self::School | Self::Board | Self::Samenwerkingsverband)
    }

    /// Whether professionals here give help under professional secrecy (Jeugdwet 7.3.11, WGBO; RL-04, RL-17). A youth
    /// team counts, because it often gives the help itself; an access desk leads to help and does not give it (000-51).
    pub const fn keeps_secrets(self) -> bool {
        match self {
            Self::Wijkteam | Self::Jgz | Self::VeiligThuis | Self::GecertificeerdeInstelling => true,
            Self::School
            | Self::Board
            | Self::Samenwerkingsverband
            | Self::AccessDesk
            | Self::Leerplicht
            | Self::Rmc
            | Self::Verwijsindex
            | Self::Gateway
            | Self::Policy => false,
        }
    }
}

/// Partij: one desk of one organisation. The unit that sends, receives, reads and is a member of a circle.
#[doc(alias = "partij")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// The organisation.
    pub organisation: Oin,
    /// The desk within it.
    pub desk: Desk,
}

closed_list! {
    /// Rol: what a professional does, not what the job is called (002-02); the matrix is in `policy/roles/`.
    #[doc(alias = "rol")]
    pub enum Role as "rol" {
        /// Teacher: records a worry inside the own school (ROL-01).
        Leerkracht = "leerkracht",
        /// Intern begeleider, contactpersoon onderwijs (ROL-02…04).
        InternBegeleider = "intern_begeleider",
        /// Schooldirecteur (ROL-05).
        Schooldirecteur = "schooldirecteur",
        /// Schoolmaatschappelijk werker (ROL-06).
        Schoolmaatschappelijkwerker = "schoolmaatschappelijk_werker",
        /// Schoolbestuurder: person-free reports only (ROL-07).
        Schoolbestuur = "schoolbestuur",
        /// Schoolcontactpersoon of the samenwerkingsverband (ROL-09).
        SwvContact = "swv_contact",
        /// Director of the samenwerkingsverband (ROL-09).
        SwvDirecteur = "swv_directeur",
        /// Screener at the access desk: consultations only (ROL-10).
        Screener = "screener",
        /// Consulent, wijkteammedewerker, basisteam (ROL-10…12).
        Consulent = "consulent",
        /// Team leader: assigns within the team.
        Teamleider = "teamleider",
        /// Procescoördinator: progress, not content (ROL-13).
        Procescoordinator = "procescoordinator",
        /// Casemanager, casusregisseur (ROL-15, 16, 22).
        Casemanager = "casemanager",
        /// Leerplichtambtenaar (ROL-17).
        Leerplichtambtenaar = "leerplichtambtenaar",
        /// RMC-trajectbegeleider (ROL-18).
        RmcTrajectbegeleider = "rmc_trajectbegeleider",
        /// Youth health care: doctor, nurse (ROL-20).
        Jeugdgezondheidszorg = "jeugdgezondheidszorg",
        /// Staff of Veilig Thuis (ROL-21).
        VeiligThuisMedewerker = "veilig_thuis_medewerker",
        /// Gezinsvoogd: no consent power (004-08).
        Gezinsvoogd = "gezinsvoogd",
        /// Voogd at a gecertificeerde instelling (ROL-23).
        Voogd = "voogd",
        /// Beleidsambtenaar: person-free reports only (ROL-27, 28).
        Beleidsambtenaar = "beleidsambtenaar",
        /// Functionaris gegevensbescherming: reads and advises (RL-20).
        DataProtectionOfficer = "functionaris_gegevensbescherming",
        /// Functioneel beheerder: directory, roles, covenants; no personal data (ROL-35).
        FunctioneelBeheerder = "functioneel_beheerder",
        /// Operator of the gateway.
        Operator = "operator",
        /// A machine without a professional behind it: only what the role table lists for it.
        Systeem = "systeem",
        /// Parent, voogd, curator or mentor, at the portal (ROL-29).
        Vertegenwoordiger = "vertegenwoordiger",
        /// The youth, at the portal (ROL-30).
        Jeugdige = "jeugdige",
    }
}

impl Role {
    /// Whether this is the youth or a representative, who acts for nobody else (ROL-29, ROL-30).
    pub const fn is_citizen(self) -> bool {
        matches!(self, Self::Vertegenwoordiger | Self::Jeugdige)
    }

    /// Whether somebody in this role sees and works on only those duties that follow from their own deed. In service is
    /// enough to report on safety (RL-08); what follows from that is then for whoever reported, and nothing beside it.
    pub const fn has_only_own_duties(self) -> bool {
        matches!(self, Self::Leerkracht | Self::Schooldirecteur | Self::Schoolmaatschappelijkwerker | Self::Teamleider)
    }

    /// Whether a professional stands behind it: somebody in service, who weighs.
    pub const fn is_professional(self) -> bool {
        !self.is_citizen() && !matches!(self, Self::Systeem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_oin_has_twenty_ascii_digits() {
        for (text, expected) in [
            ("99000000066800000001", Ok(())),
            ("9900000006680000001", Err(OinError::Length { found: 19 })),
            ("990000000668000000012", Err(OinError::Length { found: 21 })),
            ("9900000006680000000a", Err(OinError::NotADigit)),
            ("", Err(OinError::Length { found: 0 })),
            ("９９00000006680001", Err(OinError::NotADigit)),
        ] {
            assert_eq!(text.parse::<Oin>().map(|oin| assert_eq!(oin.as_str(), text)), expected, "{text}");
        }
    }

    /// Wire codes are for ever: each is unique on its list and reads back as itself, bare and as JSON.
    #[test]
    fn codes_read_back() {
        for desk in Desk::ALL {
            assert_eq!(desk.code().parse(), Ok(*desk));
            let json = serde_json::to_string(desk).unwrap();
            assert_eq!(serde_json::from_str::<Desk>(&json).unwrap(), *desk);
        }
        for role in Role::ALL {
            assert_eq!(role.code().parse(), Ok(*role));
        }
        let unknown = "999990019".parse::<Role>().unwrap_err().to_string();
        assert_eq!(unknown, "`rol` has no such code");
    }
}
