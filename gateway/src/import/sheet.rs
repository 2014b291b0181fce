// SPDX-License-Identifier: EUPL-1.2
//! A sheet of rows as a spreadsheet writes it (RFC 4180, with a comma or a semicolon), and where in it something stands.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;
use std::str::FromStr;

/// One thing that is wrong, with its place. It never repeats what stands there: an id of a professional is personal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineFault {
    /// The file.
    pub file: String,
    /// The line, from 1; none when it is about the whole file.
    pub line: Option<u64>,
    /// What is wrong.
    pub trouble: String,
}

impl fmt::Display for LineFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, regel {line}: {}", self.file, self.trouble),
            None => write!(f, "{}: {}", self.file, self.trouble),
        }
    }
}

/// The columns of one kind of sheet: those that must be there, and those that may.
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns {
    pub(super) required: &'static [&'static str],
    pub(super) optional: &'static [&'static str],
}

/// A row: its cells by column, without white space around them.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) file: String,
    pub(super) line: u64,
    cells: BTreeMap<&'static str, String>,
}

/// Reads a sheet; what is wrong with its form is added to the faults.
pub(super) fn read(path: &Path, columns: Columns, faults: &mut Vec<LineFault>) -> Vec<Row> {
    let file = path.display().to_string();
    let mut wrong = |line, trouble: String| faults.push(LineFault { file: file.clone(), line, trouble });
    let text = match fs::read(path).map(String::from_utf8) {
        Ok(Ok(text)) => text,
        Ok(Err(_)) => {
            wrong(None, "is geen UTF-8: bewaar het blad als «CSV UTF-8»".into());
            return Vec::new();
        }
        Err(trouble) => {
            wrong(None, trouble.to_string());
            return Vec::new();
        }
    };
    // The reader counts a line at its `\n`, which would be one too few for a row that follows a `\r\n`.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter(&text)).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            wrong(Some(1), form(&error));
            return Vec::new();
        }
    };
    let Some(names) = names(&header, columns, &mut wrong) else { return Vec::new() };
    let mut rows = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                let cells = names.iter().copied().zip(record.iter().map(str::to_owned)).collect();
                rows.push(Row { file: file.clone(), line, cells });
            }
            Err(error) => wrong(error.position().map(csv::Position::line), form(&error)),
        }
    }
    rows
}

/// The first line tells which of the two it is.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' }
}

fn form(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("heeft {len} cellen, en de eerste regel heeft er {expected_len}")
        }
        _ => "is geen CSV".to_owned(),
    }
}

/// The columns as they stand in the first line, or nothing when one is unknown, missing or there twice.
fn names(
    header: &csv::StringRecord,
    columns: Columns,
    wrong: &mut impl FnMut(Option<u64>, String),
) -> Option<Vec<&'static str>> {
    let known = || columns.required.iter().chain(columns.optional).copied();
    let mut names: Vec<&'static str> = Vec::new();
    let mut good = true;
    for (at, name) in header.iter().enumerate() {
        match known().find(|known| *known == name) {
            Some(name) if names.contains(&name) => {
                good = false;
                wrong(Some(1), format!("kolom `{name}` staat er twee keer"));
            }
            Some(name) => names.push(name),
            None => {
                good = false;
                let known: Vec<_> = known().collect();
                wrong(Some(1), format!("kolom {} is onbekend; er zijn: {}", at + 1, known.join(", ")));
            }
        }
    }
    for missing in columns.required.iter().filter(|name| !header.iter().any(|there| there == **name)) {
        good = false;
        wrong(Some(1), format!("kolom `{missing}` ontbreekt"));
    }
    good.then_some(names)
}

impl Row {
    /// What stands in a column; nothing when the sheet has no such column.
    pub(super) fn cell(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(String::as_str)
    }

    /// The words in a column, which stand apart by spaces.
    pub(super) fn words(&self, column: &str) -> Option<Vec<&str>> {
        self.cell(column).map(|cell| cell.split_whitespace().collect())
    }

    /// The value of a cell that must not be empty.
    pub(super) fn value<T: FromStr<Err: fmt::Display>>(&self, column: &str, faults: &mut Vec<LineFault>) -> Option<T> {
        match self.cell(column) {
            None | Some("") => {
                faults.push(self.fault(format!("`{column}` is leeg")));
                None
            }
            Some(cell) => cell.parse().map_err(|error| faults.push(self.fault(format!("`{column}`: {error}")))).ok(),
        }
    }

    /// Something that is wrong with this row.
    pub(super) fn fault(&self, trouble: String) -> LineFault {
        LineFault { file: self.file.clone(), line: Some(self.line), trouble }
    }
}
