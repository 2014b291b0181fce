// SPDX-License-Identifier: EUPL-1.2
//! Wegwijzen: to which desks a signal goes whose sender names none, and why; or what is missing for it to go anywhere.
//!
//! It says whom to ask about and never who may know: each desk that it names is still put to [`crate::decide`] by itself.

use serde::{Deserialize, Serialize};

use crate::code::closed_list;
use crate::covenant::{Covenant, MeetingKind, Route, Way};
use crate::moment::Moment;
use crate::organisation::{Desk, MunicipalityCode, Party};
use crate::schooling::{SchoolDuty, school_duty};
use crate::signal::{Door, Purpose, SignalFacts, SignalKind};
use crate::youth::YouthFacts;

mod directory;
#[cfg(test)]
mod tests;

pub use directory::{Directory, Link, LinkKind};

/// Wegvraag: what is asked of the directory.
#[doc(alias = "wegvraag")]
#[derive(Debug, Clone, Copy)]
pub struct Errand<'a> {
    /// What is sent; whom it names plays no part.
    pub signal: &'a SignalFacts,
    /// The youth; nobody, on what is about nobody.
    pub youth: Option<&'a YouthFacts>,
    /// The school location that it is sent from.
    pub location: Option<&'a str>,
    /// Now.
    pub now: Moment,
}

/// Wegen: the desks that it goes to and what is missing. Both may hold something: what can be delivered is delivered.
#[doc(alias = "wegen")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Routing {
    /// Where it goes.
    pub legs: Vec<Leg>,
    /// What is missing.
    pub gaps: Vec<Gap>,
}

/// Been: one desk that it goes to.
#[doc(alias = "been")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leg {
    /// Which.
    pub party: Party,
    /// Why that one.
    pub why: Why,
    /// What the region calls this way, with the system that it is a number of (002-60).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
}

/// Gat: something missing, which somebody must mend.
#[doc(alias = "gat")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// What.
    pub missing: Missing,
    /// How it comes.
    pub because: Because,
}

closed_list! {
    /// Waarom a desk is the right one.
    #[doc(alias = "waarom")]
    pub enum Why as "waarom" {
        /// The youth lives where it serves: leerplicht, RMC, the index, Veilig Thuis (case 18).
        Residence = "woongemeente",
        /// It serves the municipality that answers for youth help: the home, or the one before a stay (002-16, case 49).
        HelpHome = "jeugdhulpgemeente",
        /// It serves the municipality where the school stands (003-17).
        SchoolMunicipality = "schoolgemeente",
        /// It is the link between the school and the home municipality (002-05, 002-16, case 50).
        Link = "schakel",
        /// It is the municipal contact of this school location (002-05).
        Contact = "contactpersoon",
        /// It is the other half of the school's tandem (001-03).
        Tandem = "tandem",
        /// The youth is enrolled there (004-17).
        Enrolment = "inschrijving",
        /// It carries out a running order (Jeugdwet 7.3.11).
        Order = "maatregel",
        /// The covenant has one of its sort.
        Covenant = "convenant",
        /// It serves where the reporter is, because it is not known where the youth lives. Only for safety.
        Reporter = "gemeente_van_de_melder",
    }
}

closed_list! {
    /// Ontbrekend: the gaps that are somebody's work and never a silent loss (P7).
    #[doc(alias = "ontbrekend")]
    pub enum Missing as "ontbrekend" {
        /// Nobody to go to (002-39).
        Route = "geen_route",
        /// The municipality named no contact for this school location (002-05, 002-21).
        Contact = "geen_contact",
        /// The school is in no tandem (001-03).
        Tandem = "geen_tandem",
    }
}

closed_list! {
    /// Doordat: how a gap comes.
    #[doc(alias = "doordat")]
    pub enum Because as "doordat" {
        /// It is not known where the youth lives. Nothing is guessed.
        HomeUnknown = "woonplaats_onbekend",
        /// No desk of this sort serves there, or none that is a party.
        NoDesk = "geen_loket",
        /// More than one does, and nothing says which.
        SeveralDesks = "meer_dan_een_loket",
        /// No covenant in force leads this kind anywhere from this desk.
        NotAgreed = "niet_afgesproken",
        /// Nobody carries out a duty to be at school for this youth (002-26, 002-39).
        NoSchoolDuty = "geen_onderwijsplicht",
        /// The youth is enrolled nowhere that is a party (004-17).
        NotEnrolled = "niet_ingeschreven",
        /// No order is running that asks for it.
        NoOrder = "geen_maatregel",
        /// Whoever sends it chooses to whom (002-59, 003-05).
        OwnChoice = "zelf_te_kiezen",
        /// The directory has none.
        NotListed = "niet_opgegeven",
    }
}

/// Which desks take up youth help, the first first. One, and not all of them: nothing fans out by itself (002-59).
const HELP_IN_ORDER: [Desk; 3] = [Desk::AccessDesk, Desk::Wijkteam, Desk::Jgz];

/// Where a signal goes. Pure: the same question over the same directory has the same answer.
pub fn route(errand: &Errand<'_>, directory: &Directory, covenants: &[Covenant]) -> Routing {
    let way = Search { errand, directory, covenants };
    let signal = errand.signal;
    if !finds_its_way(signal.kind) {
        return Routing::without(Because::OwnChoice);
    }
    match signal.kind.row().door {
        Door::Safety | Door::SafetyAdvice => way.to_veilig_thuis(),
        Door::Absence => way.absence(),
        Door::Covenant if signal.purpose == Purpose::Leerplicht => way.absence(),
        Door::MinorAbsence => way.statutory(Desk::Leerplicht),
        Door::EarlyLeaving => way.statutory(Desk::Rmc),
        Door::Index => way.statutory(Desk::Verwijsindex),
        Door::Protection => way.to_institutions(),
        Door::Covenant | Door::Application => way.by_covenant(),
        Door::Inquiry | Door::VitalInterest | Door::PersonFree => Routing::without(Because::OwnChoice),
    }
}

/// Whether a kind may be sent without saying to whom. Of the others whoever sends them chooses, each time (003-05).
pub fn finds_its_way(kind: SignalKind) -> bool {
    let chosen = matches!(kind.row().door, Door::Inquiry | Door::VitalInterest | Door::PersonFree);
    !chosen && kind != SignalKind::MdoVerzoek
}

impl Routing {
    fn without(because: Because) -> Self {
        Self { legs: Vec::new(), gaps: vec![Gap { missing: Missing::Route, because }] }
    }

    fn of(found: Result<Party, Because>, why: Why) -> Self {
        match found {
            Ok(party) => Self { legs: vec![Leg { party, why, way: None }], gaps: Vec::new() },
            Err(because) => Self::without(because),
        }
    }

    fn lacking(mut self, missing: Missing) -> Self {
        self.gaps.push(Gap { missing, because: Because::NotListed });
        self
    }
}

struct Search<'a> {
    errand: &'a Errand<'a>,
    directory: &'a Directory,
    covenants: &'a [Covenant],
}

impl<'a> Search<'a> {
    fn home(&self) -> Option<MunicipalityCode> {
        self.errand.youth?.home
    }

    fn help_home(&self) -> Option<MunicipalityCode> {
        self.errand.youth?.help_home_on(self.errand.now.today)
    }

    /// Where the sending organisation stands.
    fn own_place(&self) -> Option<MunicipalityCode> {
        self.directory.stands_in(self.errand.signal.sender.organisation)
    }

    /// The one desk of a sort that serves there, whether or not it is a party to anything.
    fn serving(&self, desk: Desk, place: Option<MunicipalityCode>) -> Result<Party, Because> {
        let place = place.ok_or(Because::HomeUnknown)?;
        only(self.directory.serving(desk, place).filter(|party| *party != self.errand.signal.sender))
    }

    /// A statute names the desk of the municipality of residence: no covenant is asked (RL-08).
    fn statutory(&self, desk: Desk) -> Routing {
        Routing::of(self.serving(desk, self.home()), Why::Residence)
    }

    /// Veilig Thuis of residence. Where that leads to nobody, the one of the reporter's own municipality: every Veilig Thuis
    /// takes a report, and a report waits for nothing (RL-09).
    fn to_veilig_thuis(&self) -> Routing {
        match self.serving(Desk::VeiligThuis, self.home()) {
            Ok(party) => Routing::of(Ok(party), Why::Residence),
            Err(because) => {
                let near = self.serving(Desk::VeiligThuis, self.own_place());
                Routing::of(near.map_err(|_| because), Why::Reporter)
            }
        }
    }

    /// Leerplicht or RMC of residence, after the duty that the youth is under (002-23…002-28), and beside it the index where
    /// covenant, municipality and sender say so (002-10, RL-11).
    fn absence(&self) -> Routing {
        let today = self.errand.now.today;
        let duty = self.errand.youth.map_or(SchoolDuty::Free, |youth| school_duty(youth, today));
        let mut routing = match duty {
            SchoolDuty::Compulsory | SchoolDuty::Qualifying => self.statutory(Desk::Leerplicht),
            SchoolDuty::QualifyingVocational | SchoolDuty::EarlyLeaver => self.statutory(Desk::Rmc),
            SchoolDuty::Free => Routing::without(Because::NoSchoolDuty),
        };
        let sender = self.errand.signal.sender;
        let switched_on = |home| {
            self.covenants.iter().any(|covenant| self.binds(covenant, sender) && covenant.absence_to_index(home, today))
        };
        let to_index = self.errand.signal.risk_ticked && self.errand.signal.kind.may_reach(Desk::Verwijsindex);
        if to_index && !routing.legs.is_empty() && self.home().is_some_and(switched_on) {
            // It stands alone: that there is no index holds nothing up and is no gap in the way to leerplicht.
            routing.legs.extend(self.statutory(Desk::Verwijsindex).legs);
        }
        routing
    }

    /// The institutions that carry out an order with a right to be informed.
    fn to_institutions(&self) -> Routing {
        let today = self.errand.now.today;
        let orders = self.errand.youth.into_iter().flat_map(|youth| &youth.orders);
        let running = orders.filter(|order| order.kind.gives_information_right() && order.period.contains(today));
        let mut routing = Routing::default();
        for order in running {
            add(&mut routing, Leg { party: order.institution, why: Why::Order, way: None });
        }
        if routing.legs.is_empty() { Routing::without(Because::NoOrder) } else { routing }
    }

    /// Where the first covenant in force leads it that has a route for the kind from this desk.
    fn by_covenant(&self) -> Routing {
        let signal = self.errand.signal;
        let led = self.covenants.iter().find_map(|covenant| {
            let route = covenant.route(signal.kind).filter(|_| self.binds(covenant, signal.sender))?;
            (route.senders.is_empty() || route.senders.contains(&signal.sender.desk)).then_some((covenant, route))
        });
        let Some((covenant, route)) = led else { return Routing::without(Because::NotAgreed) };
        let mut routing = if route.receivers.contains(&Desk::School) && signal.sender.desk != Desk::School {
            self.to_school(covenant)
        } else {
            self.to_help(covenant, route)
        };
        for leg in &mut routing.legs {
            leg.way.clone_from(&route.way);
        }
        routing
    }

    fn binds(&self, covenant: &Covenant, party: Party) -> bool {
        covenant.valid().contains(self.errand.now.today) && covenant.binds(party)
    }

    /// The school of enrolment, as far as it is a party (004-17, 002-06).
    fn to_school(&self, covenant: &Covenant) -> Routing {
        let enrolments = self.errand.youth.into_iter().flat_map(|youth| &youth.enrolments);
        let mut routing = Routing::default();
        for enrolment in enrolments.filter(|enrolment| enrolment.period.contains(self.errand.now.today)) {
            if self.binds(covenant, enrolment.school) {
                add(&mut routing, Leg { party: enrolment.school, why: Why::Enrolment, way: None });
            }
        }
        if routing.legs.is_empty() { Routing::without(Because::NotEnrolled) } else { routing }
    }

    /// The first desk for help that the route has and that serves the right place; else its samenwerkingsverband.
    fn to_help(&self, covenant: &Covenant, route: &Route) -> Routing {
        let mut found = Err(Because::NoDesk);
        for desk in HELP_IN_ORDER.into_iter().filter(|desk| route.receivers.contains(desk)) {
            found = self.helping(covenant, desk);
            // Where nothing says which of several desks of a sort it is, the next sort is no answer either.
            if !matches!(found, Err(Because::NoDesk)) {
                break;
            }
        }
        if matches!(found, Err(Because::NoDesk)) && route.receivers.contains(&Desk::Samenwerkingsverband) {
            found = self.samenwerkingsverband(covenant);
        }
        let mut routing = match found {
            Ok((party, why)) => Routing::of(Ok(party), why),
            Err(because) => Routing::without(because),
        };
        if let Some(link) = self.link(covenant, route) {
            add(&mut routing, link);
        }
        self.unlisted(covenant, route).into_iter().fold(routing, Routing::lacking)
    }

    /// The party with this desk in the place that answers; where the school's own tandem or contact is among several, that.
    fn helping(&self, covenant: &Covenant, desk: Desk) -> Result<(Party, Why), Because> {
        let by_school = desk == Desk::Jgz && self.own_place().is_some();
        let place = if by_school { self.own_place() } else { self.help_home() };
        let place = place.ok_or(Because::HomeUnknown)?;
        let bound: Vec<Party> =
            self.directory.serving(desk, place).filter(|party| self.may_take(covenant, *party)).collect();
        for (kind, why) in [(LinkKind::Tandem, Why::Tandem), (LinkKind::Contact, Why::Contact)] {
            let known: Vec<Party> = self.links(kind).into_iter().filter(|party| bound.contains(party)).collect();
            if !known.is_empty() {
                return only(known.into_iter()).map(|party| (party, why));
            }
        }
        let why = if by_school { Why::SchoolMunicipality } else { Why::HelpHome };
        only(bound.into_iter()).map(|party| (party, why))
    }

    fn samenwerkingsverband(&self, covenant: &Covenant) -> Result<(Party, Why), Because> {
        let desk = Desk::Samenwerkingsverband;
        let parties = covenant.parties().iter().filter(|party| party.desks.contains_key(&desk));
        let parties = parties.map(|party| Party { organisation: party.organisation, desk });
        only(parties.filter(|party| self.may_take(covenant, *party))).map(|party| (party, Why::Covenant))
    }

    fn may_take(&self, covenant: &Covenant, party: Party) -> bool {
        self.binds(covenant, party) && party != self.errand.signal.sender
    }

    /// The contacts or tandem partners of the sending school location today.
    fn links(&self, kind: LinkKind) -> Vec<Party> {
        let Errand { signal, location, now, .. } = self.errand;
        self.directory.linked(signal.sender.organisation, *location, (kind, now.today))
    }

    /// The contact in the municipality of the school, where the youth is known to live elsewhere (002-05, 002-16, case 50).
    fn link(&self, covenant: &Covenant, route: &Route) -> Option<Leg> {
        let asks_together = self.errand.signal.kind == SignalKind::VerzoekTotSamenwerking;
        let elsewhere = self.help_home().is_some() && self.help_home() != self.own_place();
        if !asks_together || !elsewhere {
            return None;
        }
        let here = self.own_place()?;
        let contacts = self.links(LinkKind::Contact).into_iter().filter(|party| {
            route.receivers.contains(&party.desk)
                && self.may_take(covenant, *party)
                && self.directory.serves(*party, here)
        });
        only(contacts).ok().map(|party| Leg { party, why: Why::Link, way: None })
    }

    /// What the directory ought to have of the sending school for this route, and has not.
    fn unlisted(&self, covenant: &Covenant, route: &Route) -> Vec<Missing> {
        if self.errand.signal.sender.desk != Desk::School || !route.receivers.contains(&Desk::Wijkteam) {
            return Vec::new();
        }
        let by_tandem = covenant.meeting(MeetingKind::Tandem).is_some();
        // A region that numbers the ways of its contacts works with contacts (002-05, 002-60).
        let by_contact = self.errand.signal.kind == SignalKind::VerzoekTotSamenwerking && route.way.is_some();
        let needed =
            [(by_tandem, LinkKind::Tandem, Missing::Tandem), (by_contact, LinkKind::Contact, Missing::Contact)];
        let unlisted = |kind| self.links(kind).is_empty();
        needed
            .into_iter()
            .filter(|(needed, kind, _)| *needed && unlisted(*kind))
            .map(|(_, _, missing)| missing)
            .collect()
    }
}

/// The one there is.
fn only(mut parties: impl Iterator<Item = Party>) -> Result<Party, Because> {
    let first = parties.next().ok_or(Because::NoDesk)?;
    if parties.all(|other| other == first) { Ok(first) } else { Err(Because::SeveralDesks) }
}

/// A desk gets a signal once, for the first reason that there is.
fn add(routing: &mut Routing, leg: Leg) {
    if routing.legs.iter().all(|known| known.party != leg.party) {
        routing.legs.push(leg);
    }
}
