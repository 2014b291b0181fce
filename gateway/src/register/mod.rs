// SPDX-License-Identifier: EUPL-1.2
//! The register: who takes part, for whom a vendor may act, who works where in which role until when, who issues their
//! tokens, how many pupils of an age a school location has, and which texts of consent are in use. One TOML file; a whole
//! one or none.
//!
//! Everything that ends carries the first day on which it no longer counts, and is looked up at each request: a mandate
//! or a role that ended at midnight is gone at midnight, Amsterdam time (RL-26).

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest;
use jiff::civil::Date;
use sluis_connectors::{Address, Reach};
use sluis_policy::routing::{Directory, LinkKind};
use sluis_policy::{CareRegister, Desk, MunicipalityCode, Oin, Party, Period, Role};

use crate::document::Faults;

mod reading;
mod texts;
mod ties;

pub use texts::ConsentText;
pub use ties::Tie;

/// Register: the organisations and people that this gateway knows.
#[derive(Debug)]
#[doc(alias = "register")]
pub struct Register {
    version: [u8; 32],
    organisations: BTreeMap<Oin, Organisation>,
    mandates: BTreeMap<(Oin, Oin), Vec<Mandate>>,
    professionals: BTreeMap<Oin, BTreeMap<String, Professional>>,
    issuers: BTreeMap<String, BTreeSet<Oin>>,
    texts: BTreeMap<String, ConsentText>,
    ties: Vec<Tie>,
    directory: Directory,
}

/// Organisatie: a school, a municipality, a vendor, …
#[derive(Clone, Debug)]
#[doc(alias = "organisatie")]
pub struct Organisation {
    /// Its identification number.
    pub oin: Oin,
    /// The name that people know it by.
    pub name: String,
    /// Other names in use.
    pub aliases: Vec<String>,
    /// The desks at which it acts and receives. A vendor has none.
    pub desks: BTreeSet<Desk>,
    /// The municipality whose youths it serves, where that is one; of a school where it stands.
    pub municipality: Option<MunicipalityCode>,
    /// The municipalities of each desk that serves others, or several: a region's RMC, a Veilig Thuis.
    pub serves: BTreeMap<Desk, BTreeSet<MunicipalityCode>>,
    /// Who may issue access tokens that name this organisation.
    pub issuers: BTreeSet<String>,
    /// Where messages for a desk are delivered.
    pub deliveries: BTreeMap<Desk, Address>,
    /// The desks that fetch their messages here.
    pub fetches: BTreeSet<Desk>,
    /// Its postal address, as it is to be shown.
    pub address: Option<String>,
    /// Who can be asked something.
    pub contacts: Vec<Contact>,
    /// The places where its pupils are.
    pub locations: Vec<Location>,
    /// Since when its works council agrees to questions about how staff work (RL-21; WOR 27(1)(l)). None is not.
    pub works_council_since: Option<Date>,
}

/// Weg: how a desk gets its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "weg")]
pub enum Way {
    /// They are delivered to its address.
    Delivered(Address),
    /// It fetches them.
    Fetched,
}

/// Contactpersoon: a person or team whom others may ring. Meant to be read by every participant.
#[derive(Clone, Debug)]
#[doc(alias = "contactpersoon")]
pub struct Contact {
    /// Name of the person or team.
    pub name: String,
    /// The desk that they speak for.
    pub desk: Desk,
    /// Telephone number, as it is to be shown.
    pub telephone: Option<String>,
    /// E-mail address, as it is to be shown.
    pub email: Option<String>,
}

/// Schoollocatie: a place with its pupil counts (RL-23).
#[derive(Clone, Debug)]
#[doc(alias = "schoollocatie")]
pub struct Location {
    /// The code by which the school knows the place.
    pub code: String,
    /// How many pupils of each age (in whole years) there are.
    pub pupils: BTreeMap<u8, u32>,
}

/// Mandaat: a school lets a vendor act for it (RL-26).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "mandaat")]
pub struct Mandate {
    /// The organisation acted for.
    pub school: Oin,
    /// The organisation that acts.
    pub vendor: Oin,
    /// When it counts.
    pub period: Period,
}

/// Roltoewijzing: a professional holds a role at a desk for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "roltoewijzing")]
pub struct Assignment {
    /// The role.
    pub role: Role,
    /// Where in the organisation.
    pub desk: Desk,
    /// When it counts.
    pub period: Period,
}

/// Professional: what somebody in service may be, and in which care register they stand, and when they may
/// report to the index.
#[derive(Clone, Debug, Default)]
#[doc(alias = "professional")]
struct Professional {
    assignments: Vec<Assignment>,
    care_register: Option<CareRegister>,
    /// When they are appointed to report to the index (Jeugdwet 7.1.4.1).
    index_reporter: Vec<Period>,
}

impl Organisation {
    /// The municipalities that a desk serves.
    #[must_use]
    pub fn served_by(&self, desk: Desk) -> BTreeSet<MunicipalityCode> {
        let own = || self.municipality.into_iter().filter(|_| self.desks.contains(&desk)).collect();
        self.serves.get(&desk).cloned().unwrap_or_else(own)
    }

    /// Whether a desk serves this municipality.
    #[must_use]
    pub fn serves_there(&self, desk: Desk, place: MunicipalityCode) -> bool {
        match self.serves.get(&desk) {
            Some(served) => served.contains(&place),
            None => self.desks.contains(&desk) && self.municipality == Some(place),
        }
    }
}

impl Register {
    /// Reads and checks a register. Addresses in it must be at hosts that may be called.
    ///
    /// # Errors
    /// With every fault: what is missing, misspelt, said twice, or refers to what is not there.
    pub fn parse(text: &str, reach: &Reach) -> Result<Self, Faults> {
        let mut register = reading::read(text, reach)?;
        register.version.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
        Ok(register)
    }

    /// The SHA-256 of the file that this register was read from: its version in the read set of a decision.
    #[must_use]
    pub fn version(&self) -> &[u8; 32] {
        &self.version
    }

    /// An organisation by its number.
    #[must_use]
    pub fn organisation(&self, oin: Oin) -> Option<&Organisation> {
        self.organisations.get(&oin)
    }

    /// All organisations, in the order of their numbers.
    pub fn organisations(&self) -> impl Iterator<Item = &Organisation> {
        self.organisations.values()
    }

    /// What routing reads of it.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Every tie of a school, in the order of the file.
    #[must_use]
    pub fn ties(&self) -> &[Tie] {
        &self.ties
    }

    /// Whom a school location has on a day, in one way: whoever stands in comes in the place of the others.
    #[must_use]
    pub fn tied(&self, (school, location): (Oin, Option<&str>), kind: LinkKind, today: Date) -> Vec<&Tie> {
        let ties = self.ties.iter().filter(|tie| tie.school == school && tie.kind == kind);
        let here: Vec<&Tie> = ties.filter(|tie| tie.is_for(location, today)).collect();
        let stood_in = here.iter().any(|tie| tie.substitute);
        here.into_iter().filter(|tie| tie.substitute == stood_in).collect()
    }

    /// How a desk gets its messages; nothing when the register does not know it.
    #[must_use]
    pub fn way(&self, to: Party) -> Option<Way> {
        let organisation = self.organisation(to.organisation)?;
        let address = organisation.deliveries.get(&to.desk).cloned().map(Way::Delivered);
        address.or_else(|| organisation.fetches.contains(&to.desk).then_some(Way::Fetched))
    }

    /// The mandate under which a vendor acts for a school on this day, if there is one (RL-26).
    #[must_use]
    pub fn mandate(&self, vendor: Oin, school: Oin, today: Date) -> Option<&Mandate> {
        self.mandates.get(&(vendor, school))?.iter().find(|mandate| mandate.period.contains(today))
    }

    /// The roles that a professional of an organisation holds on this day. An unknown professional holds none.
    pub fn assignments<'a>(
        &'a self,
        organisation: Oin,
        professional: &str,
        today: Date,
    ) -> impl Iterator<Item = &'a Assignment> + use<'a> {
        let known = self.professional(organisation, professional);
        known
            .into_iter()
            .flat_map(|known| &known.assignments)
            .filter(move |assignment| assignment.period.contains(today))
    }

    /// The ids of an organisation's professionals, in order.
    pub fn professionals(&self, organisation: Oin) -> impl Iterator<Item = &str> {
        self.professionals.get(&organisation).into_iter().flatten().map(|(id, _)| id.as_str())
    }

    /// Whether an organisation has a professional with this id, in whatever role and whenever.
    #[must_use]
    pub fn knows_professional(&self, organisation: Oin, professional: &str) -> bool {
        self.professional(organisation, professional).is_some()
    }

    /// In which care register a professional of an organisation stands, where that is one (RL-05).
    #[must_use]
    pub fn care_register(&self, organisation: Oin, professional: &str) -> Option<CareRegister> {
        self.professional(organisation, professional)?.care_register
    }

    /// Since when until when a professional is appointed to report to the index, where that is so on this day (case 40).
    #[must_use]
    pub fn index_reporter(&self, organisation: Oin, professional: &str, today: Date) -> Option<Period> {
        let known = self.professional(organisation, professional)?;
        known.index_reporter.iter().copied().find(|period| period.contains(today))
    }

    fn professional(&self, organisation: Oin, id: &str) -> Option<&Professional> {
        self.professionals.get(&organisation)?.get(id)
    }

    /// Every issuer that some organisation trusts, with those organisations.
    pub fn issuers(&self) -> impl Iterator<Item = (&str, &BTreeSet<Oin>)> {
        self.issuers.iter().map(|(url, organisations)| (url.as_str(), organisations))
    }

    /// Whether this issuer is known at all; the comparison is exact (RFC 9068, section 4).
    #[must_use]
    pub fn knows_issuer(&self, issuer: &str) -> bool {
        self.issuers.contains_key(issuer)
    }

    /// Whether this issuer may speak for the people and systems of this organisation.
    #[must_use]
    pub fn issuer_speaks_for(&self, issuer: &str, organisation: Oin) -> bool {
        self.issuers.get(issuer).is_some_and(|organisations| organisations.contains(&organisation))
    }

    /// Every text of consent, in the order of their versions.
    pub fn texts(&self) -> impl Iterator<Item = &ConsentText> {
        self.texts.values()
    }

    /// A text of consent by its version.
    #[must_use]
    pub fn text(&self, version: &str) -> Option<&ConsentText> {
        self.texts.get(version)
    }

    /// How many pupils of an age there are at a location of a school, or, without a location, at the location of that
    /// school with the fewest (RL-23). Nothing when a count is missing: a missing fact never widens.
    #[must_use]
    pub fn group_size(&self, school: Oin, location: Option<&str>, age: u8) -> Option<u32> {
        let locations = &self.organisation(school)?.locations;
        let counts: Option<Vec<u32>> = locations
            .iter()
            .filter(|place| location.is_none_or(|code| place.code == code))
            .map(|place| place.pupils.get(&age).copied())
            .collect();
        counts?.into_iter().min()
    }
}

#[cfg(test)]
mod tests;
