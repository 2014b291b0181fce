// SPDX-License-Identifier: EUPL-1.2
//! From TOML to a [`Register`], with every fault found at once: first each table by itself, then what they say of each
//! other.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use sluis_connectors::{Address, AddressError, Reach};
use sluis_policy::{Desk, Oin, Period, Role};
use toml::Value;

use super::{Assignment, Contact, Location, Mandate, Organisation, Professional, Register, texts, ties};
use crate::document::{Faults, Findings, Reading, Section, date, number, parsed, text};

pub(super) fn read(source: &str, reach: &Reach) -> Result<Register, Faults> {
    let findings = Findings::default();
    let register = Section::root(source, &findings).map(|mut root| {
        let organisations = organisations(&mut root, reach);
        let mandates = mandates(&mut root, &organisations);
        let professionals = professionals(&mut root, &organisations);
        let (texts, issuers) = (texts::read(&mut root), issuers(&organisations));
        let ties = ties::read(&mut root, &organisations);
        let directory = ties::directory(&organisations, &ties);
        Register { version: [0; 32], issuers, organisations, mandates, professionals, texts, ties, directory }
    });
    findings.conclude(register)
}

fn organisations(root: &mut Section<'_>, reach: &Reach) -> BTreeMap<Oin, Organisation> {
    let mut known = BTreeMap::new();
    for mut section in root.sections("organisation") {
        let Some(organisation) = organisation(&mut section, reach) else {
            continue;
        };
        if known.contains_key(&organisation.oin) {
            section.fault("oin", "is given to two organisations");
            continue;
        }
        known.insert(organisation.oin, organisation);
    }
    if known.is_empty() {
        root.fault("organisation", "at least one must be given");
    }
    known
}

fn organisation(section: &mut Section<'_>, reach: &Reach) -> Option<Organisation> {
    let oin = section.required("oin", parsed);
    let name = section.required("name", text);
    let aliases = section.list("aliases", text);
    let desks = desks(section);
    let serves = ties::serves(section, &desks);
    let municipality = section.optional("municipality", parsed);
    let issuers = section.list("issuers", |value| issuer(value, reach)).into_iter().collect();
    let (deliveries, fetches) = ways(section, &desks, reach);
    let address = section.optional("address", text);
    let contacts = section.sections("contact").into_iter().filter_map(|section| contact(section, &desks)).collect();
    let locations = locations(section);
    let works_council_since = section.optional("works_council_since", date);
    Some(Organisation {
        oin: oin?,
        name: name?,
        aliases,
        desks,
        municipality,
        serves,
        issuers,
        deliveries,
        fetches,
        address,
        contacts,
        locations,
        works_council_since,
    })
}

fn desks(section: &mut Section<'_>) -> BTreeSet<Desk> {
    let listed = section.list("desks", parsed::<Desk>);
    let desks: BTreeSet<Desk> = listed.iter().copied().collect();
    if desks.len() != listed.len() {
        section.fault("desks", "names a desk twice");
    }
    desks
}

fn issuer(value: &Value, reach: &Reach) -> Reading<String> {
    // Kept as written: `iss` is compared exactly.
    let written = text(value)?;
    address(&written, reach)?;
    Ok(written)
}

/// How each desk gets its messages: at an address, or by fetching them. A desk of which neither is said would leave what
/// is sent to it lying for ever, so it is a fault to say neither, and one to say both.
fn ways(section: &mut Section<'_>, desks: &BTreeSet<Desk>, reach: &Reach) -> (BTreeMap<Desk, Address>, BTreeSet<Desk>) {
    let addressed = RefCell::new(BTreeSet::new());
    let deliveries = section.map("deliveries", |desk, value| {
        addressed.borrow_mut().extend(desk.parse::<Desk>());
        delivery(desk, value, desks, reach)
    });
    let fetches: BTreeSet<Desk> = section.list("fetches", |value| own_desk(value, desks)).into_iter().collect();
    let addressed = addressed.into_inner();
    // Nothing is ever sent to a gateway itself.
    for desk in desks.iter().filter(|desk| **desk != Desk::Gateway) {
        match (addressed.contains(desk), fetches.contains(desk)) {
            (false, false) => section.fault(
                &format!("deliveries.{desk}"),
                "is missing: give the address of this desk, or list it under `fetches` when it fetches its messages",
            ),
            (true, true) => {
                section.fault("fetches", format!("lists `{desk}`, which has an address under `deliveries` as well"));
            }
            _ => {}
        }
    }
    (deliveries.into_iter().collect(), fetches)
}

fn delivery(desk: &str, value: &Value, desks: &BTreeSet<Desk>, reach: &Reach) -> Reading<(Desk, Address)> {
    let desk: Desk = desk.parse().map_err(|_| "is not a known desk".to_owned())?;
    if !desks.contains(&desk) {
        return Err("is not among the desks of this organisation".into());
    }
    Ok((desk, address(&text(value)?, reach)?))
}

fn address(written: &str, reach: &Reach) -> Reading<Address> {
    let address: Address = written.parse().map_err(|error: AddressError| error.to_string())?;
    reach.permit(address.url()).map_err(|refused| refused.to_string())?;
    Ok(address)
}

fn contact(mut section: Section<'_>, desks: &BTreeSet<Desk>) -> Option<Contact> {
    let name = section.required("name", text);
    let desk = section.required("desk", |value| own_desk(value, desks));
    let telephone = section.optional("telephone", text);
    let email = section.optional("email", text);
    if telephone.is_none() && email.is_none() {
        section.fault("telephone", "a telephone number or an e-mail address is needed");
    }
    Some(Contact { name: name?, desk: desk?, telephone, email })
}

pub(super) fn own_desk(value: &Value, desks: &BTreeSet<Desk>) -> Reading<Desk> {
    let desk = parsed::<Desk>(value)?;
    if desks.contains(&desk) { Ok(desk) } else { Err("is not among the desks of this organisation".into()) }
}

fn locations(section: &mut Section<'_>) -> Vec<Location> {
    let mut codes = BTreeSet::new();
    let mut locations = Vec::new();
    for mut place in section.sections("location") {
        let code = place.required("code", text);
        let pupils = place.map("pupils", |age, count| Ok((age_key(age)?, headcount(count)?))).into_iter().collect();
        let Some(code) = code else { continue };
        if !codes.insert(code.clone()) {
            place.fault("code", "is given to two locations of this organisation");
        }
        locations.push(Location { code, pupils });
    }
    locations
}

fn age_key(age: &str) -> Reading<u8> {
    age.parse().ok().filter(|age| (2..=23).contains(age)).ok_or_else(|| "must be an age from 2 to 23".to_owned())
}

fn headcount(value: &Value) -> Reading<u32> {
    number(0, 100_000)(value).and_then(|count| u32::try_from(count).map_err(|error| error.to_string()))
}

fn mandates(root: &mut Section<'_>, organisations: &BTreeMap<Oin, Organisation>) -> BTreeMap<(Oin, Oin), Vec<Mandate>> {
    let mut mandates: BTreeMap<(Oin, Oin), Vec<Mandate>> = BTreeMap::new();
    for mut section in root.sections("mandate") {
        let school = section.required("school", |value| known(value, organisations));
        let vendor = section.required("vendor", |value| known(value, organisations));
        let period = period(&mut section);
        let (Some(school), Some(vendor), Some(period)) = (school, vendor, period) else {
            continue;
        };
        if school == vendor {
            section.fault("vendor", "an organisation needs no mandate from itself");
            continue;
        }
        let earlier = mandates.entry((vendor, school)).or_default();
        if earlier.iter().any(|mandate| overlap(mandate.period, period)) {
            section.fault("from", "overlaps another mandate of this school for this vendor");
        }
        earlier.push(Mandate { school, vendor, period });
    }
    mandates
}

fn professionals(
    root: &mut Section<'_>,
    organisations: &BTreeMap<Oin, Organisation>,
) -> BTreeMap<Oin, BTreeMap<String, Professional>> {
    let mut professionals: BTreeMap<Oin, BTreeMap<String, Professional>> = BTreeMap::new();
    for mut section in root.sections("professional") {
        let organisation = section.required("organisation", |value| known(value, organisations));
        let id = section.required("id", text);
        let desks = organisation.and_then(|oin| organisations.get(&oin)).map(|organisation| &organisation.desks);
        let care_register = section.optional("care_register", parsed);
        let (assignments, index_reporter) = (assignments(&mut section, desks), appointments(&mut section));
        let known = Professional { assignments, care_register, index_reporter };
        let (Some(organisation), Some(id)) = (organisation, id) else {
            continue;
        };
        if professionals.entry(organisation).or_default().insert(id, known).is_some() {
            section.fault("id", "is given to two professionals of this organisation");
        }
    }
    professionals
}

fn assignments(professional: &mut Section<'_>, desks: Option<&BTreeSet<Desk>>) -> Vec<Assignment> {
    let mut held: Vec<Assignment> = Vec::new();
    for mut section in professional.sections("role") {
        let role = section.required("role", personal_role);
        let desk = section.required("desk", |value| match desks {
            Some(desks) => own_desk(value, desks),
            None => parsed(value),
        });
        let period = period(&mut section);
        let (Some(role), Some(desk), Some(period)) = (role, desk, period) else {
            continue;
        };
        if held.iter().any(|other| other.role == role && other.desk == desk && overlap(other.period, period)) {
            section.fault("from", "overlaps the same role at the same desk");
        }
        held.push(Assignment { role, desk, period });
    }
    held
}

/// When somebody is appointed to report to the index.
fn appointments(professional: &mut Section<'_>) -> Vec<Period> {
    let mut held: Vec<Period> = Vec::new();
    for mut section in professional.sections("index_reporter") {
        let Some(period) = period(&mut section) else { continue };
        if held.iter().any(|other| overlap(*other, period)) {
            section.fault("from", "overlaps another appointment of this professional");
        }
        held.push(period);
    }
    held
}

fn personal_role(value: &Value) -> Reading<Role> {
    match parsed::<Role>(value)? {
        Role::Systeem => Err("belongs to systems and cannot be given to a person".into()),
        role => Ok(role),
    }
}

pub(super) fn known(value: &Value, organisations: &BTreeMap<Oin, Organisation>) -> Reading<Oin> {
    let oin = parsed::<Oin>(value)?;
    if organisations.contains_key(&oin) { Ok(oin) } else { Err("is not an organisation of this register".into()) }
}

pub(super) fn period(section: &mut Section<'_>) -> Option<Period> {
    let from = section.required("from", date);
    let until = section.optional("until", date);
    let from = from?;
    if until.is_some_and(|until| until <= from) {
        section.fault("until", "must be later than `from`: it is the first day that no longer counts");
        return None;
    }
    Some(Period { from, until })
}

pub(super) fn overlap(one: Period, other: Period) -> bool {
    let begins_before_end = |a: Period, b: Period| b.until.is_none_or(|until| a.from < until);
    begins_before_end(one, other) && begins_before_end(other, one)
}

fn issuers(organisations: &BTreeMap<Oin, Organisation>) -> BTreeMap<String, BTreeSet<Oin>> {
    let mut issuers: BTreeMap<String, BTreeSet<Oin>> = BTreeMap::new();
    for organisation in organisations.values() {
        for url in &organisation.issuers {
            issuers.entry(url.clone()).or_default().insert(organisation.oin);
        }
    }
    issuers
}
