// SPDX-License-Identifier: EUPL-1.2
//! The covenant's file: its keys, and what must be true before it counts as an agreement.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::{Account, Covenant, CovenantParty, RightsDesk, Route, Scope, Sector, Switches, Terms, Way};
use crate::document::{DocumentError, Findings, Section, filled, parsed, positive, truth};
use crate::moment::Period;
use crate::organisation::{Desk, MunicipalityCode, Oin};
use crate::signal::{Gate, ProcessingActivity, SignalKind};

mod working;

/// The longest that informing may take: within a month (AVG 14(3)), in working days that always fit in one.
const LONGEST_INFORM: u8 = 19;

pub(super) fn parse(text: &str) -> Result<Covenant, DocumentError> {
    let findings = Findings::of(text);
    let covenant = Section::root(text, &findings).and_then(|mut root| covenant(text, &mut root));
    let (mut covenant, clauses) = findings.conclude(covenant)?;
    covenant.clauses = clauses;
    Ok(covenant)
}

fn covenant(text: &str, root: &mut Section<'_>) -> Option<Covenant> {
    let (id, name) = (root.required("id", filled), root.required("naam", filled));
    let version = root.required("versie", positive);
    let valid = valid(root, "geldig");
    let scope = scope(root);
    let parties = parties(root, &scope);
    let meetings = working::meetings(root, &parties);
    let routes = routes(root, &parties, &meetings);
    let switches = switches(root);
    let index = index(root, &parties);
    let terms = terms(root);
    let milestones = working::milestones(root);
    let holders = working::holders(root, &parties);
    let ladder = working::ladder(root, &parties);
    let agreements = working::agreements(root);
    let accounts = accounts(root, &parties, &routes);
    let rights_desk = rights_desk(root, &parties);
    Some(Covenant {
        id: id?,
        name: name?,
        version: version?,
        digest: hex::encode(Sha256::digest(text.as_bytes())),
        valid: valid?,
        scope,
        parties,
        routes,
        switches: switches?,
        index,
        terms: terms?,
        milestones,
        meetings,
        holders,
        ladder,
        agreements,
        accounts,
        rights_desk: rights_desk?,
        clauses: Vec::new(),
    })
}

fn valid(root: &mut Section<'_>, key: &str) -> Option<Period> {
    let mut section = root.section(key);
    let from = section.required("van", parsed)?;
    let until: Option<Date> = section.optional("tot", parsed);
    if section.has("rijen") {
        section.rows();
    }
    if until.is_some_and(|until| until <= from) {
        section.fault("tot", "eindigt voordat, of op de dag waarop, het begint");
    }
    Some(Period { from, until })
}

fn scope(root: &mut Section<'_>) -> Scope {
    let mut section = root.section("reikwijdte");
    let sectors = section.coded("sectoren");
    if sectors.is_empty() {
        section.fault("sectoren", "noemt geen sector van het onderwijs");
    }
    Scope { sectors }
}

fn parties(root: &mut Section<'_>, scope: &Scope) -> Vec<CovenantParty> {
    let mut seen = BTreeSet::new();
    let mut parties = Vec::new();
    for mut section in root.sections("partij") {
        let Some(party) = party(&mut section, scope) else { continue };
        if !seen.insert(party.organisation) {
            section.fault("oin", "staat er als partij al in");
        }
        parties.push(party);
    }
    if parties.len() < 2 {
        root.fault("partij", "een convenant heeft ten minste twee partijen");
    }
    parties
}

fn party(section: &mut Section<'_>, scope: &Scope) -> Option<CovenantParty> {
    let organisation = section.required("oin", parsed);
    let name = section.required("naam", filled);
    let aliases = section.list("ook_bekend_als", filled);
    let municipality = section.optional("gemeente", parsed);
    let sector: Option<Sector> = section.optional("sector", parsed);
    section.rows();
    let mut named = section.section("loketten");
    let mut desks = BTreeMap::new();
    for code in named.keys() {
        match (code.parse::<Desk>(), named.optional(&code, filled)) {
            (Ok(desk), Some(name)) => {
                desks.insert(desk, name);
            }
            (Err(_), _) => named.fault(&code, "is geen loket"),
            (Ok(_), None) => {}
        }
    }
    drop(named);
    if desks.is_empty() {
        section.fault("loketten", "een partij zonder loket kan niets geven en niets krijgen");
    }
    if municipality.is_none() && desks.keys().any(|desk| desk.serves_residents()) {
        section.fault("gemeente", "ontbreekt: deze partij heeft een loket voor inwoners");
    }
    match sector {
        None if desks.contains_key(&Desk::School) => section.fault("sector", "ontbreekt: deze partij is een school"),
        Some(sector) if !scope.sectors.contains(&sector) => {
            section.fault("sector", "valt buiten `reikwijdte.sectoren`: een convenant verruimt niet");
        }
        Some(_) | None => {}
    }
    Some(CovenantParty { organisation: organisation?, name: name?, aliases, municipality, sector, desks })
}

fn routes(root: &mut Section<'_>, parties: &[CovenantParty], meetings: &[super::Meeting]) -> Vec<Route> {
    let mut seen = BTreeSet::new();
    let mut routes = Vec::new();
    for mut section in root.sections("route") {
        let kind = section.required("soort", parsed);
        let route = Route {
            kind: kind.unwrap_or(SignalKind::Preventief),
            way: way(&mut section),
            senders: section.coded("van"),
            receivers: section.coded("naar"),
            required: section.coded::<Gate>("vereist"),
            required_by_name: section.coded::<Gate>("vereist_op_naam"),
        };
        section.rows();
        if kind.is_none() {
            continue;
        }
        if !seen.insert(route.kind) {
            section.fault("soort", "heeft al een route");
        }
        check_route(&section, &route, parties);
        working::check_seats(&section, &route, meetings);
        routes.push(route);
    }
    routes
}

fn way(section: &mut Section<'_>) -> Option<Way> {
    if !section.has("weg") {
        return None;
    }
    let mut way = section.section("weg");
    let (system, number) = (way.required("stelsel", filled), way.required("nummer", filled));
    way.rows();
    Some(Way { system: system?, number: number? })
}

/// What would lead to nobody, or further than the law.
fn check_route(section: &Section<'_>, route: &Route, parties: &[CovenantParty]) {
    if !route.kind.takes_route() {
        section.fault("soort", "heeft een geadresseerde van de wet en krijgt geen route in een convenant (RL-08)");
    }
    if route.receivers.is_empty() {
        section.fault("naar", "noemt geen ontvanger: een route naar niemand");
    }
    let held = |desk: &Desk| parties.iter().any(|party| party.desks.contains_key(desk));
    for desk in route.receivers.iter().filter(|desk| !held(desk)) {
        section.fault("naar", format!("geen partij heeft een loket {desk}: een route naar niemand"));
    }
    for desk in route.senders.iter().filter(|desk| !held(desk)) {
        section.fault("van", format!("geen partij heeft een loket {desk}: een route van niemand"));
    }
    let too_far = |desk: &&Desk| route.kind.takes_route() && !route.kind.may_reach(**desk);
    for desk in route.receivers.iter().filter(too_far) {
        section.fault("naar", format!("voor loket {desk} liggen geen velden vast: een convenant verruimt niet"));
    }
}

fn switches(root: &mut Section<'_>) -> Option<Switches> {
    let mut section = root.section("schakelaars");
    let keys = ["verzuim_naar_leerplicht", "verzuim_naar_verwijsindex", "gehoord_12_15", "een_ouder_spreekt"];
    let [leerplicht, index, heard, one] = keys.map(|key| section.required(key, truth));
    section.rows_for(&keys);
    Some(Switches {
        absence_to_leerplicht: leerplicht?,
        absence_to_index: index?,
        heard_12_15: heard?,
        one_parent_speaks: one?,
    })
}

/// When each municipality has the index ground switched on (RL-11). None at all is allowed: then the covenant says yes
/// and no municipality did yet.
fn index(root: &mut Section<'_>, parties: &[CovenantParty]) -> BTreeMap<MunicipalityCode, Period> {
    let mut section = root.section("verwijsindex");
    let mut index = BTreeMap::new();
    for code in section.keys() {
        let period = switched_on(&mut section, &code);
        match code.parse::<MunicipalityCode>() {
            Ok(municipality) if parties.iter().any(|party| party.municipality == Some(municipality)) => {
                index.extend(period.map(|period| (municipality, period)));
            }
            Ok(_) => section.fault(&code, "is een gemeente die geen partij is"),
            Err(_) => section.fault(&code, "is geen gemeentecode van vier cijfers"),
        }
    }
    index
}

/// `"2026-01-01"`, or `{ van = "2026-01-01", tot = "2027-01-01" }` where it was switched off again.
fn switched_on(section: &mut Section<'_>, code: &str) -> Option<Period> {
    if section.is_table(code) {
        return valid(section, code);
    }
    section.optional(code, parsed).map(Period::since)
}

fn terms(root: &mut Section<'_>) -> Option<Terms> {
    let mut section = root.section("termijnen");
    let keys = ["vervolgactie", "toestemming_vragen", "informeren", "toetsen"];
    let [act, ask, inform, review] = keys.map(|key| section.required(key, positive::<u8>));
    section.rows_for(&keys);
    if inform.is_some_and(|days| days > LONGEST_INFORM) {
        section.fault("informeren", "is langer dan de maand van AVG 14: een convenant verruimt niet");
    }
    Some(Terms { act: act?, ask: ask?, inform: inform?, review: review? })
}

/// Who answers for what: for each activity that happens everywhere, and for each that a route leads to.
fn accounts(root: &mut Section<'_>, parties: &[CovenantParty], routes: &[Route]) -> Vec<Account> {
    let mut accounts: Vec<Account> = Vec::new();
    for mut section in root.sections("verwerking") {
        let activity = section.required("activiteit", parsed);
        let controllers: Vec<Oin> = section.list("verantwoordelijken", parsed);
        let arrangement = section.required("regeling", filled);
        let dpia = section.required("dpia", filled);
        if controllers.is_empty() {
            section.fault("verantwoordelijken", "noemt geen verwerkingsverantwoordelijke (RL-25)");
        }
        for stranger in controllers.iter().filter(|oin| !is_party(**oin, parties)) {
            section.fault("verantwoordelijken", format!("{stranger} is geen partij (RL-25)"));
        }
        if accounts.iter().any(|account| Some(account.activity) == activity) {
            section.fault("activiteit", "is al verantwoord");
        }
        if let (Some(activity), Some(arrangement), Some(dpia)) = (activity, arrangement, dpia) {
            accounts.push(Account { activity, controllers, arrangement, dpia });
        }
    }
    let led_to = |activity: ProcessingActivity| {
        routes.iter().flat_map(|route| route.kind.row().purposes).any(|purpose| purpose.activity() == activity)
    };
    let needed = |activity: &&ProcessingActivity| activity.is_in_every_covenant() || led_to(**activity);
    for activity in ProcessingActivity::ALL.iter().filter(needed) {
        if accounts.iter().all(|account| account.activity != *activity) {
            root.fault("verwerking", format!("niemand verantwoordt {activity}, met AVG 26 of 28 en DPIA (RL-25)"));
        }
    }
    accounts
}

fn rights_desk(root: &mut Section<'_>, parties: &[CovenantParty]) -> Option<RightsDesk> {
    if !root.has("rechtenloket") {
        root.fault("rechtenloket", "ontbreekt: ouders en jeugdigen moeten ergens terechtkunnen (RL-25)");
        return None;
    }
    let mut section = root.section("rechtenloket");
    let organisation: Option<Oin> = section.required("oin", parsed);
    let name = section.required("naam", filled);
    if organisation.is_some_and(|oin| !is_party(oin, parties)) {
        section.fault("oin", "is geen partij (RL-25)");
    }
    Some(RightsDesk { organisation: organisation?, name: name? })
}

fn is_party(oin: Oin, parties: &[CovenantParty]) -> bool {
    parties.iter().any(|party| party.organisation == oin)
}
