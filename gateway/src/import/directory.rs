// SPDX-License-Identifier: EUPL-1.2
//! The sheets of the directory: school locations, who is tied to which school, and what each desk serves.

use std::collections::BTreeMap;

use sluis_policy::routing::LinkKind;
use sluis_policy::{Desk, MunicipalityCode, Oin};
use toml_edit::{Array, InlineTable, Value};

use super::merge::{Entry, Merge, Place, Wanted};
use super::sheet::Row;

impl Merge {
    /// What the column `serves` says of each desk.
    pub(super) fn served(&mut self, row: &Row) -> Option<Wanted> {
        let mut served: BTreeMap<Desk, Vec<MunicipalityCode>> = BTreeMap::new();
        for word in row.words("serves")? {
            let pair = word.split_once(':').and_then(|(desk, place)| desk.parse().ok().zip(place.parse().ok()));
            match pair {
                Some((desk, place)) => served.entry(desk).or_default().push(place),
                None => {
                    self.faults.push(row.fault("`serves`: een loket en een gemeente staan er als `rmc:0014`".into()))
                }
            }
        }
        let mut table = InlineTable::new();
        for (desk, places) in &served {
            table.insert(desk.code(), Value::Array(places.iter().map(MunicipalityCode::as_str).collect::<Array>()));
        }
        Some(("serves", (!served.is_empty()).then_some(Value::InlineTable(table))))
    }

    /// `organisation, code, pupils`
    pub(super) fn location(&mut self, row: &Row) {
        let organisation = row.value::<Oin>("organisation", &mut self.faults);
        let code = row.value::<String>("code", &mut self.faults);
        let pupils = self.pupils(row);
        let (Some(organisation), Some(code)) = (organisation, code) else { return };
        let Some(holder) = self.found("organisation", &[("oin", organisation.as_str().into())]) else {
            self.faults.push(row.fault("`organisation`: staat niet in het register en niet in het blad".into()));
            return;
        };
        let what = format!("locatie {code} van {organisation}");
        let keys = [("code", Value::from(code))];
        let place = Place { array: "location", within: Some(("organisation", holder)) };
        self.put(row, Entry { place, keys: &keys, wanted: pupils.into_iter().collect(), what });
    }

    fn pupils(&mut self, row: &Row) -> Option<Wanted> {
        let mut table = InlineTable::new();
        for word in row.words("pupils")? {
            let pair = word
                .split_once(':')
                .and_then(|(age, count)| Some((age.parse::<u8>().ok()?, count.parse::<i64>().ok()?)));
            match pair {
                Some((age, count)) => drop(table.insert(age.to_string(), Value::from(count))),
                None => self.faults.push(row.fault("`pupils`: een leeftijd en een aantal staan er als `7:31`".into())),
            }
        }
        Some(("pupils", Some(Value::InlineTable(table))))
    }

    /// `school, location, kind, organisation, desk, name, from, until, substitute, telephone, email`
    pub(super) fn tie(&mut self, row: &Row) {
        let school = row.value::<Oin>("school", &mut self.faults);
        let kind = row.value::<LinkKind>("kind", &mut self.faults);
        let organisation = row.value::<Oin>("organisation", &mut self.faults);
        let desk = row.value::<Desk>("desk", &mut self.faults);
        let name = row.value::<String>("name", &mut self.faults);
        let (from, until) = self.period(row);
        let (Some(school), Some(kind), Some(organisation), Some(desk)) = (school, kind, organisation, desk) else {
            return;
        };
        let (Some(name), Some(from), Some(mut wanted)) = (name, from, until) else { return };
        for key in ["location", "telephone", "email"] {
            if let Some(cell) = row.cell(key) {
                wanted.push((key, (!cell.is_empty()).then(|| cell.into())));
            }
        }
        match row.cell("substitute") {
            None => {}
            Some("") => wanted.push(("substitute", None)),
            Some("ja") => wanted.push(("substitute", Some(true.into()))),
            Some(_) => self.faults.push(row.fault("`substitute`: `ja`, of leeg".into())),
        }
        let mut keys = vec![
            ("school", school.as_str().into()),
            ("kind", kind.code().into()),
            ("organisation", organisation.as_str().into()),
            ("desk", desk.code().into()),
            ("name", name.into()),
            ("from", from),
        ];
        // Somebody who has two locations stands there twice.
        keys.extend(row.cell("location").filter(|cell| !cell.is_empty()).map(|cell| ("location", cell.into())));
        let what = format!("{kind} van {organisation} bij {school}");
        self.put(row, Entry { place: Place::top("tie"), keys: &keys, wanted, what });
    }
}
