// SPDX-License-Identifier: EUPL-1.2
//! Who is tied to which school: the municipality's contacts and the other halves of the tandems, with whoever stands in for
//! them; and from all of it, and from what each desk serves, the directory that routing reads.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use sluis_policy::routing::{Directory, Link, LinkKind};
use sluis_policy::{Desk, MunicipalityCode, Oin, Party, Period};
use toml::Value;

use super::Organisation;
use super::reading::{known, overlap, own_desk, period};
use crate::document::{Reading, Section, parsed, text};

/// Which desks can be tied to a school: a municipal contact may be of youth health care too (002-20).
const TIED: [Desk; 3] = [Desk::AccessDesk, Desk::Wijkteam, Desk::Jgz];

/// Koppeling: somebody at a municipal desk whom a school location has for a time. Meant to be read by every participant.
#[derive(Clone, Debug)]
#[doc(alias = "koppeling")]
pub struct Tie {
    /// Of which school.
    pub school: Oin,
    /// For which location; none is for each of them.
    pub location: Option<String>,
    /// As what.
    pub kind: LinkKind,
    /// At which desk.
    pub party: Party,
    /// When.
    pub period: Period,
    /// Whether they stand in for the others of their sort in that time (001-12).
    pub substitute: bool,
    /// Name of the person or team.
    pub name: String,
    /// Telephone number, as it is to be shown.
    pub telephone: Option<String>,
    /// E-mail address, as it is to be shown.
    pub email: Option<String>,
}

impl Tie {
    fn link(&self) -> Link {
        let Self { kind, party, location, period, substitute, .. } = self.clone();
        Link { kind, party, location, period, substitute }
    }

    /// Whether it is for this location and counts on the day.
    pub(super) fn is_for(&self, location: Option<&str>, day: Date) -> bool {
        self.link().is_for(location, day)
    }
}

/// The ties, each checked against the organisations.
pub(super) fn read(root: &mut Section<'_>, organisations: &BTreeMap<Oin, Organisation>) -> Vec<Tie> {
    let mut ties: Vec<Tie> = Vec::new();
    for mut section in root.sections("tie") {
        let Some(tie) = tie(&mut section, organisations) else { continue };
        let again = |other: &Tie| {
            (other.school, other.kind, other.party, &other.location) == (tie.school, tie.kind, tie.party, &tie.location)
                && other.name == tie.name
                && overlap(other.period, tie.period)
        };
        if ties.iter().any(again) {
            section.fault("from", "overlaps the same tie of this school");
        }
        ties.push(tie);
    }
    ties
}

fn tie(section: &mut Section<'_>, organisations: &BTreeMap<Oin, Organisation>) -> Option<Tie> {
    let school = section.required("school", |value| school(value, organisations));
    let of_school = school.and_then(|oin| organisations.get(&oin));
    let location = section.optional("location", |value| location(value, of_school));
    let kind = section.required("kind", parsed::<LinkKind>);
    let organisation = section.required("organisation", |value| known(value, organisations));
    let tied = organisation.and_then(|oin| organisations.get(&oin));
    let desk = section.required("desk", |value| match tied {
        Some(tied) => tied_desk(value, &tied.desks),
        None => parsed(value),
    });
    let period = period(section);
    let substitute = section.optional("substitute", truth).unwrap_or(false);
    let name = section.required("name", text);
    let (telephone, email) = (section.optional("telephone", text), section.optional("email", text));
    if telephone.is_none() && email.is_none() {
        section.fault("telephone", "a telephone number or an e-mail address is needed");
    }
    // 002-05: the municipality where the school stands supplies its contact.
    if let (Some(LinkKind::Contact), Some(of_school), Some(tied), Some(desk)) = (kind, of_school, tied, desk) {
        match of_school.municipality {
            None => section.fault("school", "has no municipality, so it is not known whose contact it has"),
            Some(place) if !tied.serves_there(desk, place) => {
                section.fault("organisation", "does not serve the municipality where this school stands");
            }
            Some(_) => {}
        }
    }
    let party = Party { organisation: organisation?, desk: desk? };
    Some(Tie {
        school: school?,
        location,
        kind: kind?,
        party,
        period: period?,
        substitute,
        name: name?,
        telephone,
        email,
    })
}

fn truth(value: &Value) -> Reading<bool> {
    value.as_bool().ok_or_else(|| "must be true or false".to_owned())
}

fn school(value: &Value, organisations: &BTreeMap<Oin, Organisation>) -> Reading<Oin> {
    let oin = known(value, organisations)?;
    let is_school = organisations.get(&oin).is_some_and(|known| known.desks.contains(&Desk::School));
    if is_school { Ok(oin) } else { Err("is not a school".into()) }
}

fn location(value: &Value, school: Option<&Organisation>) -> Reading<String> {
    let code = text(value)?;
    let there = school.is_none_or(|school| school.locations.iter().any(|place| place.code == code));
    if there { Ok(code) } else { Err("is not a location of this school".into()) }
}

fn tied_desk(value: &Value, desks: &BTreeSet<Desk>) -> Reading<Desk> {
    let desk = own_desk(value, desks)?;
    if TIED.contains(&desk) { Ok(desk) } else { Err("cannot be tied to a school".into()) }
}

/// `serves`: the municipalities of each desk that serves others than the one of its organisation, or several.
pub(super) fn serves(section: &mut Section<'_>, desks: &BTreeSet<Desk>) -> BTreeMap<Desk, BTreeSet<MunicipalityCode>> {
    let served = section.map("serves", |desk, value| {
        let desk: Desk = desk.parse().map_err(|_| "is not a known desk".to_owned())?;
        if !desks.contains(&desk) {
            return Err("is not among the desks of this organisation".into());
        }
        let codes = value.as_array().filter(|codes| !codes.is_empty());
        let codes = codes.ok_or_else(|| "must be a list of municipality codes".to_owned())?;
        Ok((desk, codes.iter().map(parsed::<MunicipalityCode>).collect::<Reading<_>>()?))
    });
    served.into_iter().collect()
}

/// What routing reads.
pub(super) fn directory(organisations: &BTreeMap<Oin, Organisation>, ties: &[Tie]) -> Directory {
    let mut directory = Directory::default();
    for organisation in organisations.values() {
        if let Some(place) = organisation.municipality {
            directory.stand(organisation.oin, place);
        }
        for desk in &organisation.desks {
            let party = Party { organisation: organisation.oin, desk: *desk };
            organisation.served_by(*desk).into_iter().for_each(|place| directory.serve(party, place));
        }
    }
    ties.iter().for_each(|tie| directory.tie(tie.school, tie.link()));
    directory
}
