// SPDX-License-Identifier: EUPL-1.2
//! Samenwerkingsconvenant: the signed agreement between parties, as data. It may name, narrow and time; it may widen
//! only by the two switches that the core offers.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::moment::Period;
use crate::organisation::{Desk, MunicipalityCode, Oin, Party};
use crate::signal::{Gate, ProcessingActivity, SignalKind};

mod file;
mod page;
#[cfg(test)]
mod tests;
pub use file::CovenantError;

/// Convenant: parsed from its file and found whole; see [`Covenant::parse`].
#[doc(alias = "samenwerkingsconvenant")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covenant {
    id: String,
    name: String,
    version: u32,
    digest: String,
    valid: Period,
    parties: Vec<CovenantParty>,
    routes: Vec<Route>,
    switches: Switches,
    index_since: BTreeMap<MunicipalityCode, Date>,
    terms: Terms,
    accounts: Vec<Account>,
    rights_desk: RightsDesk,
}

/// Convenantpartij.
#[doc(alias = "convenantpartij")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CovenantParty {
    /// The organisation.
    pub organisation: Oin,
    /// What it is called in the agreement.
    pub name: String,
    /// Other names and spellings in use.
    pub aliases: Vec<String>,
    /// Whose residents it serves, where it is municipal.
    pub municipality: Option<MunicipalityCode>,
    /// The desks that take part, each with its local name.
    pub desks: BTreeMap<Desk, String>,
}

/// Route: where a kind may go, and what must have happened first.
#[doc(alias = "route")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The kind.
    pub kind: SignalKind,
    /// The desks that may receive it.
    pub receivers: Vec<Desk>,
    /// Required in any form.
    pub required: Vec<Gate>,
    /// Required besides, before a name goes along.
    pub required_by_name: Vec<Gate>,
    /// The rows of the covenant that say so.
    pub rows: Vec<String>,
}

/// Schakelaars: the choices a covenant may make.
#[doc(alias = "schakelaars")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Switches {
    /// 000-15: any absence is reported to leerplicht, below the threshold too (RL-30).
    pub absence_to_leerplicht: bool,
    /// RL-11: the index part of an absence report may go.
    pub absence_to_index: bool,
    /// RL-02: at 12–15 the youth is heard instead of deciding.
    pub heard_12_15: bool,
    /// Case 6: one parent may speak for both.
    pub one_parent_speaks: bool,
}

/// Termijnen in working days, each at least one.
#[doc(alias = "termijnen")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Next step after a signal (003-06).
    pub act: u8,
    /// Asking for consent.
    pub ask: u8,
    /// Informing parents or youth.
    pub inform: u8,
    /// Looking back on an override.
    pub review: u8,
}

impl Terms {
    /// What holds where no covenant says otherwise: five working days, and one for a review (cases 6, 24, 59).
    pub const DEFAULT: Self = Self { act: 5, ask: 5, inform: 5, review: 1 };
}

/// Verantwoording of one processing activity (RL-25).
#[doc(alias = "verwerking")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The activity.
    pub activity: ProcessingActivity,
    /// The controllers, each a party.
    pub controllers: Vec<Oin>,
    /// The arrangement of AVG 26 or 28.
    pub arrangement: String,
    /// Reference of the DPIA.
    pub dpia: String,
}

/// Rechtenloket: where a parent or youth goes with a request (RL-25).
#[doc(alias = "rechtenloket")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightsDesk {
    /// Which party holds it.
    pub organisation: Oin,
    /// How it is called.
    pub name: String,
}

impl Covenant {
    /// Reads a covenant from its TOML text and refuses whatever is unknown, missing or contradictory.
    ///
    /// # Errors
    /// [`CovenantError`], with the line for faults of form and the key for faults of meaning.
    pub fn parse(text: &str) -> Result<Self, CovenantError> {
        file::parse(text)
    }

    /// Its number, for example `000`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its name for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its version; raised with every change.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// SHA-256 of the file's text in hexadecimal: stands in every decision made under it.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// On which days it binds.
    pub fn valid(&self) -> Period {
        self.valid
    }

    /// The parties, in the order of the file.
    pub fn parties(&self) -> &[CovenantParty] {
        &self.parties
    }

    /// The party with this OIN.
    pub fn party(&self, organisation: Oin) -> Option<&CovenantParty> {
        self.parties.iter().find(|party| party.organisation == organisation)
    }

    /// Whether this very desk of this organisation takes part.
    pub fn binds(&self, party: Party) -> bool {
        self.party(party.organisation).is_some_and(|found| found.desks.contains_key(&party.desk))
    }

    /// Every route, in the order of the file.
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The route of a kind.
    pub fn route(&self, kind: SignalKind) -> Option<&Route> {
        self.routes.iter().find(|route| route.kind == kind)
    }

    /// The choices it makes.
    pub fn switches(&self) -> Switches {
        self.switches
    }

    /// At 12–15 the youth is heard instead of deciding (RL-02).
    pub fn heard_12_15(&self) -> bool {
        self.switches.heard_12_15
    }

    /// One parent may speak for both (case 6).
    pub fn one_parent_speaks(&self) -> bool {
        self.switches.one_parent_speaks
    }

    /// Any absence goes to leerplicht (000-15).
    pub fn absence_to_leerplicht(&self) -> bool {
        self.switches.absence_to_leerplicht
    }

    /// Whether the index part of an absence report may go for a resident of this municipality on this day: the covenant
    /// says so and the municipality's own dated switch is on (RL-11).
    pub fn absence_to_index(&self, home: MunicipalityCode, day: Date) -> bool {
        self.switches.absence_to_index && self.index_since.get(&home).is_some_and(|since| *since <= day)
    }

    /// Since when each municipality has the index ground switched on.
    pub fn index_since(&self) -> &BTreeMap<MunicipalityCode, Date> {
        &self.index_since
    }

    /// Its terms.
    pub fn terms(&self) -> Terms {
        self.terms
    }

    /// Who answers for which processing.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// Where citizens go.
    pub fn rights_desk(&self) -> &RightsDesk {
        &self.rights_desk
    }
}
