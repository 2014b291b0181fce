// SPDX-License-Identifier: EUPL-1.2
//! Gids: which desks serve where, where a school stands, and who is tied to which school.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::code::closed_list;
use crate::moment::Period;
use crate::organisation::{Desk, MunicipalityCode, Oin, Party};

/// Gids, as far as routing reads it.
#[doc(alias = "gids")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    serving: BTreeMap<(Desk, MunicipalityCode), BTreeSet<Party>>,
    stands: BTreeMap<Oin, MunicipalityCode>,
    links: BTreeMap<Oin, Vec<Link>>,
}

closed_list! {
    /// Koppeling: as what a municipal desk is tied to a school.
    #[doc(alias = "koppeling")]
    pub enum LinkKind as "koppeling" {
        /// The municipality's contact for a school location (002-05).
        Contact = "contactpersoon",
        /// The youth team's half of the school's tandem (001-03).
        Tandem = "tandem",
    }
}

/// Koppeling of a school with a desk.
#[doc(alias = "koppeling")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// As what.
    pub kind: LinkKind,
    /// With which desk.
    pub party: Party,
    /// For which location; none is for the whole school.
    pub location: Option<String>,
    /// When.
    pub period: Period,
    /// Whether it stands in for the others of its sort in that time (001-12).
    pub substitute: bool,
}

impl Link {
    /// Whether it is for this location and counts on the day. Without a location it is asked of any.
    pub fn is_for(&self, location: Option<&str>, day: Date) -> bool {
        let here = match (self.location.as_deref(), location) {
            (Some(place), Some(asked)) => place == asked,
            (None, _) | (_, None) => true,
        };
        here && self.period.contains(day)
    }
}

impl Directory {
    /// Adds that a desk serves a municipality. A contact may belong to two or three teams, and a region's desk to many
    /// municipalities (002-19).
    pub fn serve(&mut self, party: Party, municipality: MunicipalityCode) {
        self.serving.entry((party.desk, municipality)).or_default().insert(party);
    }

    /// Adds where an organisation stands.
    pub fn stand(&mut self, organisation: Oin, municipality: MunicipalityCode) {
        self.stands.insert(organisation, municipality);
    }

    /// Ties a desk to a school.
    pub fn tie(&mut self, school: Oin, link: Link) {
        self.links.entry(school).or_default().push(link);
    }

    /// The desks of a sort that serve there, in the order of their numbers.
    pub fn serving(&self, desk: Desk, municipality: MunicipalityCode) -> impl Iterator<Item = Party> {
        self.serving.get(&(desk, municipality)).into_iter().flatten().copied()
    }

    /// Whether this very desk serves there.
    pub fn serves(&self, party: Party, municipality: MunicipalityCode) -> bool {
        self.serving.get(&(party.desk, municipality)).is_some_and(|parties| parties.contains(&party))
    }

    /// Where an organisation stands.
    pub fn stands_in(&self, organisation: Oin) -> Option<MunicipalityCode> {
        self.stands.get(&organisation).copied()
    }

    /// The desks tied to a school location in one way on a day: whoever stands in for the others comes in their place. Without
    /// a location, those of any location of that school.
    pub fn linked(&self, school: Oin, location: Option<&str>, (kind, day): (LinkKind, Date)) -> Vec<Party> {
        let ties = self.links.get(&school).into_iter().flatten();
        let here: Vec<&Link> = ties.filter(|link| link.kind == kind && link.is_for(location, day)).collect();
        let stood_in = here.iter().any(|link| link.substitute);
        here.iter().filter(|link| link.substitute == stood_in).map(|link| link.party).collect()
    }
}
