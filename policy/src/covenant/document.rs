// SPDX-License-Identifier: EUPL-1.2
//! The text of a covenant, read so that every fault is found at once and named by its line and its key.
//!
//! Deriving a deserialiser would stop at the first fault. Reading a key takes it out of its section; what nobody took
//! is a key that no code reads, and that is a fault too.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::row::{Clause, Row};

/// Fout: one thing that is wrong with a covenant's text.
#[doc(alias = "fout")]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CovenantFault {
    /// On which line, counted from 1.
    pub line: usize,
    /// At which key, such as `route[1].naar.toegang`.
    pub key: String,
    /// What is wrong, in words that whoever writes covenants can act on.
    pub trouble: String,
}

impl fmt::Display for CovenantFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "regel {}, `{}`: {}", self.line, self.key, self.trouble)
    }
}

/// Why a text is not a covenant that can be signed: every fault, in the order of the lines; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CovenantError(Vec<CovenantFault>);

impl CovenantError {
    /// The faults.
    pub fn faults(&self) -> &[CovenantFault] {
        &self.0
    }
}

impl fmt::Display for CovenantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for CovenantError {}

/// What is gathered while a text is read: its faults, and which key carries which rows.
#[derive(Default)]
pub(super) struct Findings {
    line_ends: Vec<usize>,
    faults: RefCell<Vec<CovenantFault>>,
    clauses: RefCell<Vec<Clause>>,
}

impl Findings {
    pub(super) fn of(text: &str) -> Self {
        let line_ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
        Self { line_ends, ..Self::default() }
    }

    fn line(&self, offset: usize) -> usize {
        self.line_ends.partition_point(|end| *end < offset).saturating_add(1)
    }

    fn fault(&self, line: usize, key: String, trouble: impl Into<String>) {
        self.faults.borrow_mut().push(CovenantFault { line, key, trouble: trouble.into() });
    }

    /// The value and its clauses, if nothing was found against the text.
    pub(super) fn conclude<T>(self, value: Option<T>) -> Result<(T, Vec<Clause>), CovenantError> {
        let mut faults = self.faults.into_inner();
        if let (Some(value), true) = (value, faults.is_empty()) {
            return Ok((value, self.clauses.into_inner()));
        }
        faults.sort();
        faults.dedup();
        Err(CovenantError(faults))
    }
}

/// What a reader of one value answers: the value, or what is wrong with it.
pub(super) type Reading<T> = Result<T, String>;

/// A table of the text.
pub(super) struct Section<'a> {
    path: String,
    line: usize,
    offsets: BTreeMap<String, usize>,
    table: BTreeMap<String, Spanned<DeValue<'a>>>,
    findings: &'a Findings,
}

impl<'a> Section<'a> {
    /// The text itself, or nothing with the reasons noted when it is not TOML.
    pub(super) fn root(text: &'a str, findings: &'a Findings) -> Option<Self> {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let offset = error.span().map_or(0, |span| span.start);
            findings.fault(findings.line(offset), "toml".to_owned(), error.message());
        }
        errors.is_empty().then(|| Self::new(String::new(), 1, table.into_inner(), findings))
    }

    fn new(path: String, line: usize, table: DeTable<'a>, findings: &'a Findings) -> Self {
        let mut offsets = BTreeMap::new();
        let mut keys = BTreeMap::new();
        for (key, value) in table {
            let name = key.get_ref().clone().into_owned();
            offsets.insert(name.clone(), key.span().start);
            keys.insert(name, value);
        }
        Self { path, line, offsets, table: keys, findings }
    }

    /// The full path of a key in this section; of the section itself for an empty key.
    pub(super) fn path_of(&self, key: &str) -> String {
        match (self.path.is_empty(), key.is_empty()) {
            (true, _) => key.to_owned(),
            (false, true) => self.path.clone(),
            (false, false) => format!("{}.{key}", self.path),
        }
    }

    /// Notes a fault at a key of this section.
    pub(super) fn fault(&self, key: &str, trouble: impl Into<String>) {
        let line = self.offsets.get(key).map_or(self.line, |offset| self.findings.line(*offset));
        self.findings.fault(line, self.path_of(key), trouble);
    }

    /// Whether the key is (still) there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.offsets.contains_key(key)
    }

    /// Whether the key is a table.
    pub(super) fn is_table(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Table(_)))
    }

    /// A key that may be absent.
    pub(super) fn optional<T>(&mut self, key: &str, read: impl Fn(&DeValue<'a>) -> Reading<T>) -> Option<T> {
        let value = self.table.remove(key)?;
        match read(value.get_ref()) {
            Ok(value) => Some(value),
            Err(trouble) => {
                self.fault(key, trouble);
                None
            }
        }
    }

    /// A key that must be there.
    pub(super) fn required<T>(&mut self, key: &str, read: impl Fn(&DeValue<'a>) -> Reading<T>) -> Option<T> {
        if !self.has(key) {
            self.fault(key, "ontbreekt");
            return None;
        }
        self.optional(key, read)
    }

    /// A list whose faulty elements are each named. An absent key is an empty list.
    pub(super) fn list<T>(&mut self, key: &str, read: impl Fn(&DeValue<'a>) -> Reading<T>) -> Vec<T> {
        let Some(value) = self.table.remove(key) else { return Vec::new() };
        let DeValue::Array(elements) = value.into_inner() else {
            self.fault(key, "moet een lijst zijn");
            return Vec::new();
        };
        let mut values = Vec::new();
        for (index, element) in elements.into_iter().enumerate() {
            let line = self.findings.line(element.span().start);
            match read(element.get_ref()) {
                Ok(value) => values.push(value),
                Err(trouble) => self.findings.fault(line, self.path_of(&format!("{key}[{index}]")), trouble),
            }
        }
        values
    }

    /// A table, empty when it is absent.
    pub(super) fn section(&mut self, key: &str) -> Self {
        let line = self.offsets.get(key).map_or(self.line, |offset| self.findings.line(*offset));
        let table = match self.table.remove(key).map(Spanned::into_inner) {
            Some(DeValue::Table(table)) => table,
            Some(_) => {
                self.fault(key, "moet een tabel zijn");
                DeTable::new()
            }
            None => DeTable::new(),
        };
        Self::new(self.path_of(key), line, table, self.findings)
    }

    /// A list of tables. An absent key is an empty list.
    pub(super) fn sections(&mut self, key: &str) -> Vec<Self> {
        let Some(value) = self.table.remove(key) else { return Vec::new() };
        let DeValue::Array(elements) = value.into_inner() else {
            self.fault(key, "moet een lijst van tabellen zijn");
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (index, element) in elements.into_iter().enumerate() {
            let (path, line) = (self.path_of(&format!("{key}[{index}]")), self.findings.line(element.span().start));
            match element.into_inner() {
                DeValue::Table(table) => sections.push(Self::new(path, line, table, self.findings)),
                _ => self.findings.fault(line, path, "moet een tabel zijn"),
            }
        }
        sections
    }

    /// The keys that are still there, in the order of the text.
    pub(super) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.table.keys().cloned().collect();
        keys.sort_by_key(|key| self.offsets.get(key).copied());
        keys
    }

    /// A table of codes, each with the rows that it carries: `naar = { toegang = ["000-26"] }`.
    pub(super) fn coded<T: FromStr>(&mut self, key: &str) -> Vec<T> {
        let mut section = self.section(key);
        let mut codes = Vec::new();
        for code in section.keys() {
            section.rows_at(&code, &code);
            match code.parse() {
                Ok(found) => codes.push(found),
                Err(_) => section.fault(&code, "staat niet op de lijst"),
            }
        }
        codes
    }

    /// The rows that this section carries; at least one.
    pub(super) fn rows(&mut self) {
        if !self.has("rijen") {
            self.fault("", "noemt geen rij van het convenant (`rijen`)");
        }
        self.rows_at("rijen", "");
    }

    /// The rows that stand under one key, carried by another: at least one.
    pub(super) fn rows_at(&mut self, key: &str, carried_by: &str) {
        let rows: Vec<Row> = self.list(key, parsed);
        if rows.is_empty() && self.has(key) {
            self.fault(key, "noemt geen rij van het convenant");
        }
        let clause = Clause { key: self.path_of(carried_by), rows };
        self.findings.clauses.borrow_mut().push(clause);
    }

    /// The rows of a key elsewhere: `[termijnen.rijen]` for the keys of `[termijnen]`.
    pub(super) fn rows_for(&mut self, keys: &[&str]) {
        let path = self.path.clone();
        let mut rows = self.section("rijen");
        for key in keys {
            if !rows.has(key) {
                rows.fault(key, "ontbreekt: elke keuze noemt haar rij of uitspraak");
            }
            let read: Vec<Row> = rows.list(key, parsed);
            rows.findings.clauses.borrow_mut().push(Clause { key: format!("{path}.{key}"), rows: read });
        }
    }
}

impl Drop for Section<'_> {
    fn drop(&mut self) {
        for key in self.keys() {
            self.fault(&key, "is geen sleutel die de sluis leest");
        }
    }
}

/// A text that says something.
pub(super) fn filled(value: &DeValue<'_>) -> Reading<String> {
    match value {
        DeValue::String(text) if !text.trim().is_empty() => Ok(text.clone().into_owned()),
        DeValue::String(_) => Err("is leeg".to_owned()),
        _ => Err("moet een tekst zijn".to_owned()),
    }
}

/// A text that one of our own types reads.
pub(super) fn parsed<T: FromStr>(value: &DeValue<'_>) -> Reading<T> {
    filled(value)?.parse().map_err(|_| format!("is geen {}", word::<T>()))
}

/// A yes or no.
pub(super) fn truth(value: &DeValue<'_>) -> Reading<bool> {
    match value {
        DeValue::Boolean(value) => Ok(*value),
        _ => Err("moet true of false zijn".to_owned()),
    }
}

/// A whole number of at least one: a term of zero is no term.
pub(super) fn positive<T: TryFrom<u64>>(value: &DeValue<'_>) -> Reading<T> {
    let DeValue::Integer(number) = value else { return Err("moet een heel getal zijn".to_owned()) };
    let number = u64::from_str_radix(number.as_str(), number.radix()).unwrap_or(0);
    if number == 0 {
        return Err("moet 1 of meer zijn".to_owned());
    }
    T::try_from(number).map_err(|_| "is te groot".to_owned())
}

/// What a type is called in a fault, from the last word of its path.
fn word<T>() -> &'static str {
    match std::any::type_name::<T>().rsplit("::").next().unwrap_or_default() {
        "Oin" => "OIN van twintig cijfers",
        "MunicipalityCode" => "gemeentecode van vier cijfers",
        "Date" => "datum zoals 2026-08-01",
        "Row" => "rij of uitspraak die bestaat",
        _ => "woord dat op de lijst staat",
    }
}
