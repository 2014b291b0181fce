// SPDX-License-Identifier: EUPL-1.2
//! Uitvoer: the register as the sheets that an import reads. What comes out goes in again and changes nothing.

use std::io;

use jiff::civil::Date;
use sluis_policy::Period;

use crate::register::Register;

/// One sheet: the name of its file, and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Its name.
    pub file: &'static str,
    /// The sheet, in UTF-8.
    pub text: Vec<u8>,
}

/// The organisations, school locations and ties of a register.
///
/// # Errors
/// When a sheet cannot be made.
pub fn export(register: &Register) -> io::Result<Vec<Exported>> {
    Ok(vec![
        Exported { file: "organisaties.csv", text: organisations(register)? },
        Exported { file: "locaties.csv", text: locations(register)? },
        Exported { file: "koppelingen.csv", text: ties(register)? },
    ])
}

fn organisations(register: &Register) -> io::Result<Vec<u8>> {
    let rows = register.organisations().map(|known| {
        let served =
            known.serves.iter().flat_map(|(desk, places)| places.iter().map(move |place| format!("{desk}:{place}")));
        vec![
            known.oin.to_string(),
            known.name.clone(),
            known.aliases.join("|"),
            spaced(known.desks.iter().map(ToString::to_string)),
            spaced(known.fetches.iter().map(ToString::to_string)),
            known.municipality.map(|place| place.to_string()).unwrap_or_default(),
            spaced(served),
            spaced(known.issuers.iter().cloned()),
        ]
    });
    sheet(&["oin", "name", "aliases", "desks", "fetches", "municipality", "serves", "issuers"], rows)
}

fn locations(register: &Register) -> io::Result<Vec<u8>> {
    let rows = register.organisations().flat_map(|known| {
        known.locations.iter().map(|place| {
            let pupils = place.pupils.iter().map(|(age, count)| format!("{age}:{count}"));
            vec![known.oin.to_string(), place.code.clone(), spaced(pupils)]
        })
    });
    sheet(&["organisation", "code", "pupils"], rows)
}

fn ties(register: &Register) -> io::Result<Vec<u8>> {
    let rows = register.ties().iter().map(|tie| {
        let Period { from, until } = tie.period;
        vec![
            tie.school.to_string(),
            tie.location.clone().unwrap_or_default(),
            tie.kind.to_string(),
            tie.party.organisation.to_string(),
            tie.party.desk.to_string(),
            tie.name.clone(),
            from.to_string(),
            until.as_ref().map(Date::to_string).unwrap_or_default(),
            if tie.substitute { "ja".to_owned() } else { String::new() },
            tie.telephone.clone().unwrap_or_default(),
            tie.email.clone().unwrap_or_default(),
        ]
    });
    let columns = [
        "school",
        "location",
        "kind",
        "organisation",
        "desk",
        "name",
        "from",
        "until",
        "substitute",
        "telephone",
        "email",
    ];
    sheet(&columns, rows)
}

fn spaced(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn sheet(columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> io::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns)?;
    for row in rows {
        writer.write_record(&row)?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}
