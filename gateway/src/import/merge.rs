// SPDX-License-Identifier: EUPL-1.2
//! Rows of sheets into the text of a register. What nobody gave stays as it was, comments and order included.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use sluis_policy::{Desk, Oin, Role};
use toml_edit::{Array, ArrayOfTables, Datetime, DocumentMut, Item, Table, Value};

use super::sheet::{self, Columns, LineFault, Row};
use super::{Change, Kind};

/// A register that is being changed.
pub(super) struct Merge {
    pub(super) document: DocumentMut,
    pub(super) changes: Vec<Change>,
    pub(super) faults: Vec<LineFault>,
    /// Which row gave the table at a path.
    origins: BTreeMap<String, (String, u64)>,
    seen: BTreeMap<String, (String, u64)>,
}

/// A value for a key; nothing takes the key away.
pub(super) type Wanted = (&'static str, Option<Value>);

impl Merge {
    pub(super) fn of(document: DocumentMut) -> Self {
        Self { document, changes: Vec::new(), faults: Vec::new(), origins: BTreeMap::new(), seen: BTreeMap::new() }
    }

    /// The text as it would be.
    pub(super) fn text(&self) -> String {
        self.document.to_string()
    }

    /// The row that gave what stands at a path of the register, if a row did.
    pub(super) fn origin_of(&self, path: &str) -> Option<&(String, u64)> {
        let mut path = path;
        loop {
            if let Some(origin) = self.origins.get(path) {
                return Some(origin);
            }
            path = path.rsplit_once('.')?.0;
        }
    }

    /// Takes the rows of a sheet, if it was given.
    pub(super) fn sheet(&mut self, path: Option<&Path>, columns: Columns, put: impl Fn(&mut Self, &Row)) {
        let Some(path) = path else { return };
        for row in sheet::read(path, columns, &mut self.faults) {
            put(self, &row);
        }
    }

    /// `oin, name, aliases, desks, fetches, municipality, serves, issuers`
    pub(super) fn organisation(&mut self, row: &Row) {
        let Some(oin) = row.value::<Oin>("oin", &mut self.faults) else { return };
        let oin = oin.as_str();
        let mut wanted: Vec<Wanted> = Vec::new();
        if let Some(name) = row.cell("name") {
            wanted.push(("name", Some(name.into())));
        }
        for list in ["desks", "fetches", "issuers"] {
            if let Some(words) = row.words(list) {
                wanted.push((list, Some(Value::Array(words.into_iter().collect::<Array>()))));
            }
        }
        if let Some(code) = row.cell("municipality") {
            wanted.push(("municipality", (!code.is_empty()).then(|| code.into())));
        }
        if let Some(names) = row.cell("aliases") {
            let names = names.split('|').map(str::trim).filter(|name| !name.is_empty());
            wanted.push(("aliases", Some(Value::Array(names.collect::<Array>()))));
        }
        wanted.extend(self.served(row));
        let keys = [("oin", oin.into())];
        let what = format!("organisatie {oin}");
        self.put(row, Entry { place: Place::top("organisation"), keys: &keys, wanted, what });
    }

    /// `school, vendor, from, until`
    pub(super) fn mandate(&mut self, row: &Row) {
        let school = row.value::<Oin>("school", &mut self.faults);
        let vendor = row.value::<Oin>("vendor", &mut self.faults);
        let (from, until) = self.period(row);
        let (Some(school), Some(vendor), Some(from), Some(until)) = (school, vendor, from, until) else { return };
        let (school, vendor) = (school.as_str(), vendor.as_str());
        let keys = [("school", school.into()), ("vendor", vendor.into()), ("from", from)];
        let what = format!("mandaat van {school} voor {vendor}");
        self.put(row, Entry { place: Place::top("mandate"), keys: &keys, wanted: until, what });
    }

    /// `organisation, id`
    pub(super) fn professional(&mut self, row: &Row) {
        let organisation = row.value::<Oin>("organisation", &mut self.faults);
        let id = row.value::<String>("id", &mut self.faults);
        let (Some(organisation), Some(id)) = (organisation, id) else { return };
        let organisation = organisation.as_str();
        let keys = [("organisation", organisation.into()), ("id", id.into())];
        let what = format!("medewerker bij {organisation}");
        self.put(row, Entry { place: Place::top("professional"), keys: &keys, wanted: Vec::new(), what });
    }

    /// `organisation, id, role, desk, from, until`
    pub(super) fn role(&mut self, row: &Row) {
        let organisation = row.value::<Oin>("organisation", &mut self.faults);
        let id = row.value::<String>("id", &mut self.faults);
        let role = row.value::<Role>("role", &mut self.faults);
        let desk = row.value::<Desk>("desk", &mut self.faults);
        let (from, until) = self.period(row);
        let (Some(organisation), Some(id), Some(role), Some(desk), Some(from), Some(until)) =
            (organisation, id, role, desk, from, until)
        else {
            return;
        };
        let owner = [("organisation", organisation.as_str().into()), ("id", Value::from(id))];
        let Some(holder) = self.found("professional", &owner) else {
            self.faults.push(row.fault("`id`: deze medewerker staat niet in het register en niet in het blad".into()));
            return;
        };
        let keys = [("role", role.code().into()), ("desk", desk.code().into()), ("from", from)];
        let what = format!("rol {} bij {}", role.code(), organisation.as_str());
        let place = Place { array: "role", within: Some(("professional", holder)) };
        self.put(row, Entry { place, keys: &keys, wanted: until, what });
    }

    /// At which place of an array the table with these keys stands.
    pub(super) fn found(&self, array: &str, keys: &[(&'static str, Value)]) -> Option<usize> {
        let tables = self.document.get(array).and_then(Item::as_array_of_tables)?;
        tables.iter().position(|table| holds(table, keys))
    }

    pub(super) fn period(&mut self, row: &Row) -> (Option<Value>, Option<Vec<Wanted>>) {
        let from = row.value::<Date>("from", &mut self.faults).and_then(date);
        let until = match row.cell("until") {
            None => Some(Vec::new()),
            Some("") => Some(vec![("until", None)]),
            Some(_) => {
                row.value::<Date>("until", &mut self.faults).and_then(date).map(|until| vec![("until", Some(until))])
            }
        };
        (from, until)
    }

    /// Finds the table with these keys or makes it, and gives it what is wanted.
    pub(super) fn put(&mut self, row: &Row, entry: Entry<'_>) {
        let Entry { place, keys, wanted, what } = entry;
        let Some(tables) = place.tables(&mut self.document) else {
            self.faults.push(row.fault(format!("het register moet dit als [[{}]] schrijven", place.array)));
            return;
        };
        let known = tables.iter().position(|table| holds(table, keys));
        let at = known.unwrap_or(tables.len());
        if known.is_none() {
            tables.push(keys.iter().map(|(key, value)| (*key, Item::Value(value.clone()))).collect());
        }
        let path = place.path(at);
        let Some(table) = tables.get_mut(at) else { return };
        let touched: Vec<&'static str> =
            wanted.into_iter().filter(|(key, value)| set(table, key, value.as_ref())).map(|(key, _)| key).collect();
        let here = (row.file.clone(), row.line);
        if let Some((file, line)) = self.seen.insert(path.clone(), here.clone()) {
            self.faults.push(row.fault(format!("staat ook in {file}, regel {line}")));
        }
        self.origins.insert(path, here);
        let kind = match (known, touched.is_empty()) {
            (None, _) => Kind::New,
            (Some(_), false) => Kind::Changed(touched),
            (Some(_), true) => return,
        };
        self.changes.push(Change { kind, what, file: row.file.clone(), line: row.line });
    }
}

/// What a row says.
pub(super) struct Entry<'a> {
    pub(super) place: Place,
    /// By which it is found.
    pub(super) keys: &'a [(&'static str, Value)],
    /// What else it is to hold.
    pub(super) wanted: Vec<Wanted>,
    /// How it is told of.
    pub(super) what: String,
}

/// An array of tables: of the register, or of one table in it.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) array: &'static str,
    pub(super) within: Option<(&'static str, usize)>,
}

impl Place {
    pub(super) fn top(array: &'static str) -> Self {
        Self { array, within: None }
    }

    fn tables(self, document: &mut DocumentMut) -> Option<&mut ArrayOfTables> {
        let table = match self.within {
            None => document.as_table_mut(),
            Some((holder, at)) => document.get_mut(holder)?.as_array_of_tables_mut()?.get_mut(at)?,
        };
        table.entry(self.array).or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new())).as_array_of_tables_mut()
    }

    /// As the register names it in a fault.
    fn path(self, at: usize) -> String {
        match self.within {
            None => format!("{}[{at}]", self.array),
            Some((holder, of)) => format!("{holder}[{of}].{}[{at}]", self.array),
        }
    }
}

fn date(date: Date) -> Option<Value> {
    date.to_string().parse::<Datetime>().ok().map(Value::from)
}

fn holds(table: &Table, keys: &[(&'static str, Value)]) -> bool {
    keys.iter().all(|(key, value)| table.get(key).and_then(Item::as_value).is_some_and(|there| same(there, value)))
}

/// Gives a key its value; says whether that changed anything.
fn set(table: &mut Table, key: &str, value: Option<&Value>) -> bool {
    match (table.get(key).and_then(Item::as_value), value) {
        (Some(there), Some(value)) if same(there, value) => false,
        // A list that is not there and one without words say the same.
        (None, Some(Value::Array(list))) if list.is_empty() => false,
        (_, Some(value)) => {
            table.insert(key, Item::Value(value.clone()));
            true
        }
        (_, None) => table.remove(key).is_some(),
    }
}

/// Whether two values say the same, however they are written.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one.value() == other.value(),
        (Value::Datetime(one), Value::Datetime(other)) => one.value() == other.value(),
        (Value::Boolean(one), Value::Boolean(other)) => one.value() == other.value(),
        (Value::Integer(one), Value::Integer(other)) => one.value() == other.value(),
        (Value::InlineTable(one), Value::InlineTable(other)) => {
            let has = |(key, value): (&str, &Value)| other.get(key).is_some_and(|there| same(value, there));
            one.len() == other.len() && one.iter().all(has)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        _ => false,
    }
}
