// SPDX-License-Identifier: EUPL-1.2
//! The text of a covenant or case, read so that every fault is found at once and named by its line and its key.
//!
//! Deriving a deserialiser would stop at the first fault. Reading a key takes it out of its section; what nobody took
//! is a key that no code reads, and that is a fault too.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::covenant::Clause;

/// Fout: one thing that is wrong with a text.
#[doc(alias = "fout")]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocumentFault {
    /// On which line, counted from 1; none where only the key says where, as in JSON.
    pub line: Option<usize>,
    /// At which key, such as `route[1].naar.toegang`.
    pub key: String,
    /// What is wrong, in words that whoever writes such texts can act on.
    pub trouble: String,
}

impl fmt::Display for DocumentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "regel {line}, ")?;
        }
        write!(f, "`{}`: {}", self.key, self.trouble)
    }
}

/// Why a text is not a covenant or case: every fault, in the order of the lines; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentError(Vec<DocumentFault>);

impl DocumentError {
    /// One fault that keeps the rest from being read.
    pub(crate) fn of(line: Option<usize>, key: &str, trouble: &str) -> Self {
        Self(vec![DocumentFault { line, key: key.to_owned(), trouble: trouble.to_owned() }])
    }

    /// The faults.
    pub fn faults(&self) -> &[DocumentFault] {
        &self.0
    }
}

impl fmt::Display for DocumentError {
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

impl std::error::Error for DocumentError {}

/// What is gathered while a text is read: its faults, and which key carries which rows.
#[derive(Default)]
pub(crate) struct Findings {
    /// Where each line ends; none when the lines are not those of whoever wrote the text.
    line_ends: Option<Vec<usize>>,
    faults: RefCell<Vec<DocumentFault>>,
    /// INVARIANT: only a covenant adds to them.
    pub(crate) clauses: RefCell<Vec<Clause>>,
}

impl Findings {
    pub(crate) fn of(text: &str) -> Self {
        let line_ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
        Self { line_ends: Some(line_ends), ..Self::default() }
    }

    fn line(&self, offset: usize) -> Option<usize> {
        Some(self.line_ends.as_ref()?.partition_point(|end| *end < offset).saturating_add(1))
    }

    pub(crate) fn fault(&self, line: Option<usize>, key: String, trouble: impl Into<String>) {
        self.faults.borrow_mut().push(DocumentFault { line, key, trouble: trouble.into() });
    }

    /// The value and its clauses, if nothing was found against the text.
    pub(crate) fn conclude<T>(self, value: Option<T>) -> Result<(T, Vec<Clause>), DocumentError> {
        let mut faults = self.faults.into_inner();
        if let (Some(value), true) = (value, faults.is_empty()) {
            return Ok((value, self.clauses.into_inner()));
        }
        faults.sort();
        faults.dedup();
        Err(DocumentError(faults))
    }
}

/// What a reader of one value answers: the value, or what is wrong with it.
pub(crate) type Reading<T> = Result<T, String>;

/// A table of the text.
pub(crate) struct Section<'a> {
    path: String,
    line: Option<usize>,
    offsets: BTreeMap<String, usize>,
    table: BTreeMap<String, Spanned<DeValue<'a>>>,
    pub(crate) findings: &'a Findings,
}

impl<'a> Section<'a> {
    /// The text itself, or nothing with the reasons noted when it is not TOML.
    pub(crate) fn root(text: &'a str, findings: &'a Findings) -> Option<Self> {
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let offset = error.span().map_or(0, |span| span.start);
            findings.fault(findings.line(offset), "toml".to_owned(), error.message());
        }
        errors.is_empty().then(|| Self::new(String::new(), findings.line(0), table.into_inner(), findings))
    }

    fn new(path: String, line: Option<usize>, table: DeTable<'a>, findings: &'a Findings) -> Self {
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
    pub(crate) fn path_of(&self, key: &str) -> String {
        match (self.path.is_empty(), key.is_empty()) {
            (true, _) => key.to_owned(),
            (false, true) => self.path.clone(),
            (false, false) => format!("{}.{key}", self.path),
        }
    }

    /// Notes a fault at a key of this section.
    pub(crate) fn fault(&self, key: &str, trouble: impl Into<String>) {
        let line = self.offsets.get(key).map_or(self.line, |offset| self.findings.line(*offset));
        self.findings.fault(line, self.path_of(key), trouble);
    }

    /// Whether the key is (still) there.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.offsets.contains_key(key)
    }

    /// Whether the key is a table.
    pub(crate) fn is_table(&self, key: &str) -> bool {
        self.table.get(key).is_some_and(|value| matches!(value.get_ref(), DeValue::Table(_)))
    }

    /// A key that may be absent.
    pub(crate) fn optional<T>(&mut self, key: &str, read: impl Fn(&DeValue<'a>) -> Reading<T>) -> Option<T> {
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
    pub(crate) fn required<T>(&mut self, key: &str, read: impl Fn(&DeValue<'a>) -> Reading<T>) -> Option<T> {
        if !self.has(key) {
            self.fault(key, "ontbreekt");
            return None;
        }
        self.optional(key, read)
    }

    /// A list whose faulty elements are each named. An absent key is an empty list.
    pub(crate) fn list<T>(&mut self, key: &str, read: impl Fn(&DeValue<'a>) -> Reading<T>) -> Vec<T> {
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
    pub(crate) fn section(&mut self, key: &str) -> Self {
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
    pub(crate) fn sections(&mut self, key: &str) -> Vec<Self> {
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
    pub(crate) fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.table.keys().cloned().collect();
        keys.sort_by_key(|key| self.offsets.get(key).copied());
        keys
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
pub(crate) fn filled(value: &DeValue<'_>) -> Reading<String> {
    match value {
        DeValue::String(text) if !text.trim().is_empty() => Ok(text.clone().into_owned()),
        DeValue::String(_) => Err("is leeg".to_owned()),
        _ => Err("moet een tekst zijn".to_owned()),
    }
}

/// A text that one of our own types reads.
pub(crate) fn parsed<T: FromStr>(value: &DeValue<'_>) -> Reading<T> {
    filled(value)?.parse().map_err(|_| format!("is geen {}", word::<T>()))
}

/// A yes or no.
pub(crate) fn truth(value: &DeValue<'_>) -> Reading<bool> {
    match value {
        DeValue::Boolean(value) => Ok(*value),
        _ => Err("moet true of false zijn".to_owned()),
    }
}

/// A whole number of at least one: a term of zero is no term.
pub(crate) fn positive<T: TryFrom<u64>>(value: &DeValue<'_>) -> Reading<T> {
    let DeValue::Integer(number) = value else { return Err("moet een heel getal zijn".to_owned()) };
    let number = u64::from_str_radix(number.as_str(), number.radix()).unwrap_or(0);
    if number == 0 {
        return Err("moet 1 of meer zijn".to_owned());
    }
    T::try_from(number).map_err(|_| "is te groot".to_owned())
}

/// A whole number, zero too.
pub(crate) fn counted<T: TryFrom<u64>>(value: &DeValue<'_>) -> Reading<T> {
    let DeValue::Integer(number) = value else { return Err("moet een heel getal zijn".to_owned()) };
    let number = u64::from_str_radix(number.as_str(), number.radix()).map_err(|_| "moet 0 of meer zijn".to_owned())?;
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
