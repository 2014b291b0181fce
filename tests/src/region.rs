// SPDX-License-Identifier: EUPL-1.2
//! The parties of the covenants that ship, as neighbours in one world: whoever is bound by an agreement has a name, a
//! system, a certificate and somebody in service at each desk. Nothing about them is written twice: it is read from the
//! covenants themselves.

use std::fmt::Write as _;

use sluis_policy::{Covenant, Desk, Role};

use crate::Trouble;

/// The covenants beside that of West Maas en Waal, each with the name of its file.
pub const COVENANTS: [(&str, &str); 4] = [
    ("betuwe", include_str!("../../policy/covenants/betuwe.toml")),
    ("groningen", include_str!("../../policy/covenants/groningen.toml")),
    ("arnhem", include_str!("../../policy/covenants/arnhem.toml")),
    ("kop-van-noord-holland", include_str!("../../policy/covenants/kop-van-noord-holland.toml")),
];

/// Who names the contacts of the schools there.
const MUNICIPALITY_OF_GRONINGEN: &str = "99000000001400000001";

/// A covenant as this region runs it: with what those who signed it left to choose. One municipality of Groningen has the
/// index on and the others have not (RL-11), and in the Betuwe one parent may speak for both (case 6).
#[must_use]
pub fn chosen(name: &str, text: &str) -> String {
    match name {
        "groningen" => text.replace("[verwijsindex]\n", "[verwijsindex]\n1966 = \"2020-01-01\"\n"),
        "betuwe" => text.replace("een_ouder_spreekt = false", "een_ouder_spreekt = true"),
        _ => text.to_owned(),
    }
}

/// Buur: a party of one of these covenants.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "buur")]
pub struct Neighbour {
    /// Its name as conversations write it: in small letters, with dashes.
    pub short: String,
    /// Its name.
    pub name: String,
    /// Its number.
    pub oin: String,
    /// Its desks.
    pub desks: Vec<Desk>,
    /// Whose residents it serves.
    pub municipality: Option<String>,
}

/// Every party of these covenants.
///
/// # Errors
/// When a covenant cannot be read, or two parties would go by one name.
pub fn neighbours() -> Result<Vec<Neighbour>, Trouble> {
    let mut all: Vec<Neighbour> = Vec::new();
    for (file, text) in COVENANTS {
        let covenant = Covenant::parse(text).map_err(|error| format!("{file}: {error}"))?;
        for party in covenant.parties() {
            let short = short(&party.name);
            if all.iter().any(|known| known.short == short) {
                return Err(format!("{file}: there are two called `{short}`"));
            }
            all.push(Neighbour {
                short,
                name: party.name.clone(),
                oin: party.organisation.to_string(),
                desks: party.desks.keys().copied().collect(),
                municipality: party.municipality.map(|code| code.to_string()),
            });
        }
    }
    Ok(all)
}

impl Neighbour {
    /// Whether it is a school, whose vendor speaks for it.
    #[must_use]
    pub fn is_school(&self) -> bool {
        self.desks.contains(&Desk::School)
    }

    /// Where a desk of it is, below the address of the system that they share.
    #[must_use]
    pub fn path(&self, desk: Desk) -> String {
        format!("/{}/{desk}/", self.oin)
    }

    /// What a register says of it: where it is delivered to, of which municipality it is, who works there. A school has
    /// enough pupils of each age for anybody to hide among (RL-23).
    #[must_use]
    pub fn registered(&self, issuer: &str, (shared, index): (&str, &str), vendor: &str) -> String {
        let Self { oin, name, desks, .. } = self;
        let codes: Vec<&str> = desks.iter().map(|desk| desk.code()).collect();
        let mut text = format!(
            "[[organisation]]\noin = \"{oin}\"\nname = \"{name}\"\ndesks = {codes:?}\nissuers = [\"{issuer}\"]\n"
        );
        for desk in desks {
            let address = match desk {
                Desk::Verwijsindex => index.to_owned(),
                _ => format!("{shared}{}", self.path(*desk).trim_end_matches('/')),
            };
            let _infallible = writeln!(text, "deliveries.{desk} = \"{address}\"");
        }
        // A school stands somewhere too; the number of every party of these covenants holds the code of its place.
        let place = self.is_school().then(|| oin[8..12].to_owned());
        if let Some(municipality) = self.municipality.as_ref().or(place.as_ref()) {
            let _infallible = writeln!(text, "municipality = \"{municipality}\"");
        }
        // What belongs to no municipality serves those of its region.
        let of_region = |desk: &&Desk| matches!(desk, Desk::VeiligThuis | Desk::Jgz | Desk::Verwijsindex);
        for desk in desks.iter().filter(of_region) {
            let places: Vec<&str> = if &oin[8..12] == "0014" { vec!["0014", "1966"] } else { vec![&oin[8..12]] };
            let _infallible = writeln!(text, "serves.{desk} = {places:?}");
        }
        if desks.contains(&Desk::Wijkteam) {
            let _infallible = write!(
                text,
                "[[organisation.contact]]\nname = \"{name}\"\ndesk = \"wijkteam\"\ntelephone = \"14 0{}\"\n",
                &oin[9..12]
            );
        }
        if self.is_school() {
            let pupils: Vec<String> = (4..=22).map(|age| format!("{age} = {}", 50 + age)).collect();
            let _infallible = write!(
                text,
                "[[organisation.location]]\ncode = \"{}\"\npupils = {{ {} }}\n\
                 [[mandate]]\nschool = \"{oin}\"\nvendor = \"{vendor}\"\nfrom = 2020-01-01\n",
                self.short,
                pupils.join(", ")
            );
        }
        for (desk, role) in desks.iter().filter_map(|desk| at_work(*desk).map(|role| (desk, role))) {
            let _infallible = write!(
                text,
                "[[professional]]\norganisation = \"{oin}\"\nid = \"{role}\"\n\
                 [[professional.role]]\nrole = \"{role}\"\ndesk = \"{desk}\"\nfrom = 2020-01-01\n"
            );
        }
        if self.short == "basisschool-het-wad" {
            // The municipality named its contact for this location; for the other schools it did not (002-05).
            let _infallible = write!(
                text,
                "[[tie]]\nschool = \"{oin}\"\nlocation = \"{}\"\nkind = \"contactpersoon\"\norganisation = \"{}\"\n\
                 desk = \"wijkteam\"\nname = \"Team Noord\"\ntelephone = \"14 050\"\nfrom = 2020-01-01\n",
                self.short, MUNICIPALITY_OF_GRONINGEN
            );
        }
        if self.short == "wierde-college" {
            // Appointed to report to the index; whoever works at another school is not (case 40).
            text.push_str(&appointed(oin));
        }
        if self.is_school() {
            // Somebody who may report on safety, and little besides (RL-08).
            let _infallible = write!(
                text,
                "[[professional]]\norganisation = \"{oin}\"\nid = \"leerkracht\"\n\
                 [[professional.role]]\nrole = \"leerkracht\"\ndesk = \"school\"\nfrom = 2020-01-01\n"
            );
        }
        if desks.contains(&Desk::Samenwerkingsverband) {
            // Somebody with two roles at one desk, of which each may what the other may not.
            let _infallible = write!(
                text,
                "[[professional]]\norganisation = \"{oin}\"\nid = \"directeur\"\n\
                 [[professional.role]]\nrole = \"swv_contact\"\ndesk = \"samenwerkingsverband\"\nfrom = 2020-01-01\n\
                 [[professional.role]]\nrole = \"swv_directeur\"\ndesk = \"samenwerkingsverband\"\nfrom = 2020-01-01\n"
            );
        }
        text
    }
}

fn appointed(school: &str) -> String {
    format!(
        "[[professional]]\norganisation = \"{school}\"\nid = \"aangewezen\"\n\
         [[professional.role]]\nrole = \"intern_begeleider\"\ndesk = \"school\"\nfrom = 2020-01-01\n\
         [[professional.index_reporter]]\nfrom = 2020-01-01\n"
    )
}

/// Who works at a desk. Each has the code of the role for an id.
const fn at_work(desk: Desk) -> Option<Role> {
    match desk {
        Desk::School => Some(Role::InternBegeleider),
        Desk::Board => Some(Role::Schoolbestuur),
        Desk::Samenwerkingsverband => Some(Role::SwvContact),
        Desk::AccessDesk | Desk::Wijkteam => Some(Role::Consulent),
        Desk::Leerplicht => Some(Role::Leerplichtambtenaar),
        Desk::Rmc => Some(Role::RmcTrajectbegeleider),
        Desk::Jgz => Some(Role::Jeugdgezondheidszorg),
        Desk::VeiligThuis => Some(Role::VeiligThuisMedewerker),
        Desk::GecertificeerdeInstelling => Some(Role::Gezinsvoogd),
        Desk::Policy => Some(Role::Beleidsambtenaar),
        Desk::Verwijsindex | Desk::Gateway => None,
    }
}

fn short(name: &str) -> String {
    let plain = name.to_lowercase().replace('é', "e");
    plain.split_whitespace().collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_party_has_a_name_of_its_own() {
        let neighbours = neighbours().unwrap();
        assert!(neighbours.len() > 30, "{}", neighbours.len());
        let plain = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        assert!(neighbours.iter().all(|neighbour| neighbour.short.chars().all(plain)));
    }
}
