// SPDX-License-Identifier: EUPL-1.2
//! A TOML document, read so that every fault is found at once and named at its key's path.
//!
//! Deriving a deserialiser would stop at the first fault; an operator who mistyped three keys would then start the
//! program four times. Values are never repeated in a fault, because one of them may be a password.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use toml::{Table, Value};

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where: the path of the key, such as `machine.listen` or `organisation[2].oin`.
    pub path: String,
    /// What is wrong, in words that an operator can act on. Never the value itself.
    pub trouble: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.path, self.trouble)
    }
}

/// Everything that is wrong with a document, in the order of the paths; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// The faults, sorted by path.
    #[must_use]
    pub fn list(&self) -> &[Fault] {
        &self.0
    }
}

impl fmt::Display for Faults {
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

impl std::error::Error for Faults {}

/// Where the faults of one document are gathered.
#[derive(Debug, Default)]
pub(crate) struct Findings(RefCell<Vec<Fault>>);

impl Findings {
    /// Notes a fault at a path.
    pub(crate) fn add(&self, path: impl Into<String>, trouble: impl Into<String>) {
        self.0.borrow_mut().push(Fault { path: path.into(), trouble: trouble.into() });
    }

    /// The value, if it could be read at all, and what was found.
    pub(crate) fn part<T>(self, value: Option<T>) -> (Option<T>, Vec<Fault>) {
        let mut faults = self.0.into_inner();
        faults.sort();
        (value, faults)
    }

    /// The value, if nothing was found against the document.
    pub(crate) fn conclude<T>(self, value: Option<T>) -> Result<T, Faults> {
        let mut faults = self.0.into_inner();
        match value {
            Some(value) if faults.is_empty() => Ok(value),
            _ => {
                if faults.is_empty() {
                    faults.push(Fault { path: ".".into(), trouble: "could not be read".into() });
                }
                faults.sort();
                Err(Faults(faults))
            }
        }
    }
}

/// What a reader of one value answers: the value, or what is wrong with it.
pub(crate) type Reading<T> = Result<T, String>;

/// A table of the document. Reading a key takes it out; what nobody took when the section is dropped is unknown.
#[derive(Debug)]
pub(crate) struct Section<'a> {
    path: String,
    table: Table,
    findings: &'a Findings,
}

impl<'a> Section<'a> {
    /// The document itself, or nothing with the reason noted when the text is not TOML.
    pub(crate) fn root(text: &str, findings: &'a Findings) -> Option<Self> {
        match text.parse::<Table>() {
            Ok(table) => Some(Self { path: String::new(), table, findings }),
            Err(error) => {
                // Only the message and the line: the parser's own rendering quotes the source, and that may hold a secret.
                let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
                let line = before.matches('\n').count().saturating_add(1);
                findings.add(format!("line {line}"), format!("not TOML: {}", error.message()));
                None
            }
        }
    }

    /// The full path of a key in this section.
    pub(crate) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Notes a fault at a key of this section.
    pub(crate) fn fault(&self, key: &str, trouble: impl Into<String>) {
        self.findings.add(self.path_of(key), trouble);
    }

    /// A key that may be absent.
    pub(crate) fn optional<T>(&mut self, key: &str, read: impl Fn(&Value) -> Reading<T>) -> Option<T> {
        let value = self.table.remove(key)?;
        match read(&value) {
            Ok(value) => Some(value),
            Err(trouble) => {
                self.fault(key, trouble);
                None
            }
        }
    }

    /// A key that must be there.
    pub(crate) fn required<T>(&mut self, key: &str, read: impl Fn(&Value) -> Reading<T>) -> Option<T> {
        if !self.table.contains_key(key) {
            self.fault(key, "is missing");
            return None;
        }
        self.optional(key, read)
    }

    /// An array whose faulty elements are each named by their index. An absent key is an empty list.
    pub(crate) fn list<T>(&mut self, key: &str, read: impl Fn(&Value) -> Reading<T>) -> Vec<T> {
        let Some(value) = self.table.remove(key) else {
            return Vec::new();
        };
        let Value::Array(elements) = value else {
            self.fault(key, "must be a list");
            return Vec::new();
        };
        let mut values = Vec::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            match read(element) {
                Ok(value) => values.push(value),
                Err(trouble) => self.fault(&format!("{key}[{index}]"), trouble),
            }
        }
        values
    }

    /// A table under this one that may be absent.
    pub(crate) fn section(&mut self, key: &str) -> Option<Section<'a>> {
        match self.table.remove(key)? {
            Value::Table(table) => Some(Section { path: self.path_of(key), table, findings: self.findings }),
            _ => {
                self.fault(key, "must be a table");
                None
            }
        }
    }

    /// A table under this one that must be there.
    pub(crate) fn required_section(&mut self, key: &str) -> Option<Section<'a>> {
        if !self.table.contains_key(key) {
            self.fault(key, "is missing");
        }
        self.section(key)
    }

    /// An array of tables. An absent key is an empty list.
    pub(crate) fn sections(&mut self, key: &str) -> Vec<Section<'a>> {
        let Some(value) = self.table.remove(key) else {
            return Vec::new();
        };
        let Value::Array(elements) = value else {
            self.fault(key, format!("must be written as [[{key}]]"));
            return Vec::new();
        };
        let mut sections = Vec::with_capacity(elements.len());
        for (index, element) in elements.into_iter().enumerate() {
            let path = self.path_of(&format!("{key}[{index}]"));
            match element {
                Value::Table(table) => sections.push(Section { path, table, findings: self.findings }),
                _ => self.findings.add(path, "must be a table"),
            }
        }
        sections
    }

    /// A table whose keys are data rather than names, in the order of the keys.
    pub(crate) fn map<T>(&mut self, key: &str, read: impl Fn(&str, &Value) -> Reading<T>) -> Vec<T> {
        let Some(section) = self.section(key) else {
            return Vec::new();
        };
        let mut section = section;
        let table: BTreeMap<String, Value> = std::mem::take(&mut section.table).into_iter().collect();
        let mut values = Vec::with_capacity(table.len());
        for (name, value) in &table {
            match read(name, value) {
                Ok(value) => values.push(value),
                Err(trouble) => section.fault(name, trouble),
            }
        }
        values
    }
}

impl Drop for Section<'_> {
    // INVARIANT: a key that no code read is a fault; a misspelt key never silently means the default.
    fn drop(&mut self) {
        for key in self.table.keys() {
            self.findings.add(self.path_of(key), "is not a known key");
        }
    }
}

/// A string that is not empty.
pub(crate) fn text(value: &Value) -> Reading<String> {
    match value.as_str() {
        Some(text) if !text.trim().is_empty() => Ok(text.to_owned()),
        Some(_) => Err("must not be empty".into()),
        None => Err("must be a string".into()),
    }
}

/// A string that parses as `T`.
pub(crate) fn parsed<T>(value: &Value) -> Reading<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    text(value)?.parse().map_err(|error: T::Err| error.to_string())
}

/// A date `YYYY-MM-DD`, quoted or as TOML's own date.
pub(crate) fn date(value: &Value) -> Reading<Date> {
    let written = match value {
        Value::String(text) => text.clone(),
        Value::Datetime(moment) => moment.to_string(),
        _ => return Err("must be a date YYYY-MM-DD".into()),
    };
    // A date with a time parses as a date in some libraries; here the time would be silently dropped.
    if written.len() != 10 {
        return Err("must be a date YYYY-MM-DD".into());
    }
    written.parse().map_err(|_| "must be a date YYYY-MM-DD".into())
}

/// A whole number within bounds.
pub(crate) fn number(least: u64, most: u64) -> impl Fn(&Value) -> Reading<u64> {
    move |value| {
        let number = value.as_integer().and_then(|number| u64::try_from(number).ok());
        number
            .filter(|number| (least..=most).contains(number))
            .ok_or_else(|| format!("must be a whole number from {least} to {most}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_at_once_and_none_repeats_a_value() {
        let findings = Findings::default();
        let mut root = Section::root("a = 1\nsecret = 7\n[b]\nc = \"hunter2\"\nd = 3\n", &findings).unwrap();
        let _: Option<String> = root.required("a", text);
        let _: Option<String> = root.required("missing", text);
        let mut b = root.section("b").unwrap();
        let _: Option<u32> = b.required("c", parsed);
        drop(b);
        drop(root);
        let faults = findings.conclude(Some(())).unwrap_err();
        let paths: Vec<_> = faults.list().iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["a", "b.c", "b.d", "missing", "secret"]);
        assert!(!faults.to_string().contains("hunter2"));
    }

    #[test]
    fn text_that_is_not_toml_names_the_line_and_quotes_nothing() {
        let findings = Findings::default();
        assert!(Section::root("a = 1\npassword = hunter2 x\n", &findings).is_none());
        let faults = findings.conclude::<()>(None).unwrap_err();
        assert_eq!(faults.list()[0].path, "line 2");
        assert!(!faults.to_string().contains("hunter2"), "{faults}");
    }

    #[test]
    fn a_date_is_never_a_date_time() {
        assert!(date(&Value::String("2026-01-02T00:00".into())).is_err());
        assert!(date(&Value::String("2026-01-02".into())).is_ok());
        let table: Table = "d = 2026-01-02\ne = 2026-01-02T00:00:00Z".parse().unwrap();
        assert!(date(&table["d"]).is_ok());
        assert!(date(&table["e"]).is_err());
    }
}
