// SPDX-License-Identifier: EUPL-1.2
//! Samenwerkingsconvenant: the signed agreement between parties, as data. It may name, narrow and time; it may widen
//! only by the two switches that the core offers.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::closed_list;
use crate::document::DocumentError;
use crate::moment::Period;
use crate::organisation::{Desk, MunicipalityCode, Oin, Party};
use crate::request::AccessRequest;
use crate::signal::{Gate, ProcessingActivity, SignalKind};

mod clauses;
mod difference;
mod file;
mod ladder;
mod meeting;
mod page;
mod row;
mod term;
#[cfg(test)]
mod tests;
pub use meeting::{AgendaItem, Agreement, Family, Holder, Holding, Meeting, MeetingKind, Per, Seat, Step, Subject};
pub use row::{Clause, Row, RowError};
pub use term::{Length, Milestone, Term};

/// Convenant: parsed from its file and found whole; see [`Covenant::parse`].
#[doc(alias = "samenwerkingsconvenant")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Covenant {
    id: String,
    name: String,
    version: u32,
    digest: String,
    valid: Period,
    scope: Scope,
    parties: Vec<CovenantParty>,
    routes: Vec<Route>,
    switches: Switches,
    index: BTreeMap<MunicipalityCode, Period>,
    terms: Terms,
    milestones: Vec<Term>,
    meetings: Vec<Meeting>,
    holders: Vec<Holder>,
    ladder: Vec<Step>,
    agreements: Vec<Agreement>,
    accounts: Vec<Account>,
    rights_desk: RightsDesk,
    clauses: Vec<Clause>,
}

closed_list! {
    /// Sector of education (001-13, 003-24).
    #[doc(alias = "onderwijssector")]
    pub enum Sector as "sector" {
        /// Before school: playgroup, VVE (ROL-08).
        Preschool = "voorschool",
        /// Regular primary.
        Primary = "po",
        /// Special primary.
        SpecialPrimary = "sbo",
        /// Special, primary age.
        Special = "so",
        /// Regular secondary.
        Secondary = "vo",
        /// Practical.
        Practical = "pro",
        /// Special, secondary age.
        SpecialSecondary = "vso",
        /// Vocational.
        Vocational = "mbo",
    }
}

/// Reikwijdte: which schools the agreement is about. A school of another sector cannot be a party.
#[doc(alias = "reikwijdte")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The sectors.
    pub sectors: Vec<Sector>,
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
    /// Of which sector, where it is a school.
    pub sector: Option<Sector>,
    /// The desks that take part, each with its local name.
    pub desks: BTreeMap<Desk, String>,
}

/// Route: where a kind may go, and what must have happened first.
#[doc(alias = "route")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The kind.
    pub kind: SignalKind,
    /// What the region calls this way.
    pub way: Option<Way>,
    /// The desks that may send it; none named is every desk that the role table lets.
    pub senders: Vec<Desk>,
    /// The desks that may receive it.
    pub receivers: Vec<Desk>,
    /// Required in any form.
    pub required: Vec<Gate>,
    /// Required besides, before a name goes along.
    pub required_by_name: Vec<Gate>,
}

/// Weg: a region's own number for a route, with the system that it is a number of. A bare number means different things
/// to a contact person and to leerplicht (002-60).
#[doc(alias = "weg")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// Of which system.
    pub system: String,
    /// Which number or letter.
    pub number: String,
}

impl Route {
    /// Whether it leads from this desk to that one.
    pub fn leads(&self, from: Desk, to: Desk) -> bool {
        (self.senders.is_empty() || self.senders.contains(&from)) && self.receivers.contains(&to)
    }
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
    /// [`DocumentError`], with every fault, each with its line and key.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
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

    /// The party by its name or one of its other names, in any letter case.
    pub fn party_named(&self, name: &str) -> Option<&CovenantParty> {
        let name = name.to_lowercase();
        let goes_by = |known: &String| known.to_lowercase() == name;
        self.parties.iter().find(|party| goes_by(&party.name) || party.aliases.iter().any(goes_by))
    }

    /// Which schools it is about.
    pub fn scope(&self) -> &Scope {
        &self.scope
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
        self.switches.absence_to_index && self.index_is_on(home, day)
    }

    /// Whether the municipality has the index ground switched on that day (RL-11, case 57).
    pub fn index_is_on(&self, home: MunicipalityCode, day: Date) -> bool {
        self.index.get(&home).is_some_and(|period| period.contains(day))
    }

    /// When each municipality has the index ground switched on.
    pub fn index(&self) -> &BTreeMap<MunicipalityCode, Period> {
        &self.index
    }

    /// Its terms.
    pub fn terms(&self) -> Terms {
        self.terms
    }

    /// The term for a milestone.
    pub fn term(&self, milestone: Milestone) -> Option<&Term> {
        self.milestones.iter().find(|term| term.milestone == milestone)
    }

    /// Every term for a milestone, in the order of the file.
    pub fn milestones(&self) -> &[Term] {
        &self.milestones
    }

    /// The meeting of a kind.
    pub fn meeting(&self, kind: MeetingKind) -> Option<&Meeting> {
        self.meetings.iter().find(|meeting| meeting.kind == kind)
    }

    /// Every meeting, in the order of the file.
    pub fn meetings(&self) -> &[Meeting] {
        &self.meetings
    }

    /// Who holds the process, the case, the last word.
    pub fn holders(&self) -> &[Holder] {
        &self.holders
    }

    /// The steps of escalation, lowest first.
    pub fn ladder(&self) -> &[Step] {
        &self.ladder
    }

    /// What people do themselves.
    pub fn agreements(&self) -> &[Agreement] {
        &self.agreements
    }

    /// Which key carries which rows.
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// The rows that a key carries.
    pub fn rows_of(&self, key: &str) -> &[Row] {
        self.clauses.iter().find(|clause| clause.key == key).map_or(&[], |clause| clause.rows.as_slice())
    }

    /// Two desks that this covenant and another would both bind on some same day: between them it would not be known
    /// which of the two holds. Such covenants are refused together.
    pub fn overlap(&self, other: &Self) -> Option<(Party, Party)> {
        if !meet(self.valid, other.valid) {
            return None;
        }
        let shared: Vec<Party> = self.desks().filter(|party| other.binds(*party)).collect();
        let first = *shared.first()?;
        shared.into_iter().find(|party| party.organisation != first.organisation).map(|second| (first, second))
    }

    /// The covenant under which a question is decided: the first that binds who sends and who receives. On a stored signal
    /// that is its sender, whoever acts.
    pub fn between<'a>(covenants: &'a [Self], request: &AccessRequest) -> Option<&'a Self> {
        let (one, other) = match &request.signal {
            Some(signal) if signal.sender == request.receiver => (signal.sender, request.actor.party),
            Some(signal) => (signal.sender, request.receiver),
            None => (request.actor.party, request.receiver),
        };
        covenants.iter().find(|covenant| covenant.binds(one) && covenant.binds(other))
    }

    fn desks(&self) -> impl Iterator<Item = Party> {
        self.parties
            .iter()
            .flat_map(|party| party.desks.keys().map(|desk| Party { organisation: party.organisation, desk: *desk }))
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

/// Whether two periods share a day.
fn meet(one: Period, other: Period) -> bool {
    let begins_in_time = |late: Period, early: Period| early.until.is_none_or(|until| late.from < until);
    begins_in_time(one, other) && begins_in_time(other, one)
}
