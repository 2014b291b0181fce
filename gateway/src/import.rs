// SPDX-License-Identifier: EUPL-1.2
//! Import: organisations, school locations, ties, mandates, professionals and roles from sheets (CSV) into the register file, and
//! out of it again.
//!
//! A row adds or changes; nothing is ever taken away. Who leaves gets an `until`. All that is wrong is said at once, with
//! its line, and then nothing is written.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sluis_connectors::Reach;

use crate::register::Register;

mod directory;
mod export;
mod merge;
mod sheet;

pub use export::{Exported, export};
use merge::Merge;
use sheet::Columns;
pub use sheet::LineFault;

/// The sheets to read. Those that are not given change nothing.
#[derive(Clone, Debug, Default)]
pub struct Sheets {
    /// `oin, name, aliases, desks, fetches, municipality, serves, issuers`: only the first must be there; words in a list stand
    /// apart by spaces, other names by `|`, and what desks serve is written as `rmc:0014 rmc:1966`.
    pub organisations: Option<PathBuf>,
    /// `organisation, code, pupils`, the last as `7:31 8:12`.
    pub locations: Option<PathBuf>,
    /// `school, location, kind, organisation, desk, name, from, until, substitute, telephone, email`
    pub ties: Option<PathBuf>,
    /// `school, vendor, from, until`
    pub mandates: Option<PathBuf>,
    /// `organisation, id`
    pub professionals: Option<PathBuf>,
    /// `organisation, id, role, desk, from, until`
    pub roles: Option<PathBuf>,
}

const ORGANISATIONS: Columns = Columns {
    required: &["oin"],
    optional: &["name", "aliases", "desks", "fetches", "municipality", "serves", "issuers"],
};
const LOCATIONS: Columns = Columns { required: &["organisation", "code"], optional: &["pupils"] };
const TIES: Columns = Columns {
    required: &["school", "kind", "organisation", "desk", "name", "from"],
    optional: &["location", "until", "substitute", "telephone", "email"],
};
const MANDATES: Columns = Columns { required: &["school", "vendor", "from"], optional: &["until"] };
const PROFESSIONALS: Columns = Columns { required: &["organisation", "id"], optional: &[] };
const ROLES: Columns = Columns { required: &["organisation", "id", "role", "desk", "from"], optional: &["until"] };

/// Wijziging: what one row does to the register.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "wijziging")]
pub struct Change {
    /// Whether it was there before.
    pub kind: Kind,
    /// What it is about; a professional is named by the line only.
    pub what: String,
    /// The sheet.
    pub file: String,
    /// The line of the row.
    pub line: u64,
}

/// Whether a row adds or changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It was not there.
    New,
    /// It was, and these keys differ.
    Changed(Vec<&'static str>),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, what, file, line } = self;
        match kind {
            Kind::New => write!(f, "nieuw      {what} ({file}, regel {line})"),
            Kind::Changed(keys) => write!(f, "gewijzigd  {what}: {} ({file}, regel {line})", keys.join(", ")),
        }
    }
}

/// A register as the sheets would make it: checked as a whole, and not written yet.
#[derive(Debug)]
pub struct Import {
    /// What would change, in the order of the sheets.
    pub changes: Vec<Change>,
    text: String,
}

impl Import {
    /// Reads the sheets into the text of a register.
    ///
    /// # Errors
    /// With everything that is wrong, in the sheets and in the register that they would make.
    pub fn of(register: &Path, sheets: &Sheets, reach: &Reach) -> Result<Self, Vec<LineFault>> {
        let named = |trouble: String| vec![LineFault { file: register.display().to_string(), line: None, trouble }];
        let text = fs::read_to_string(register).map_err(|trouble| named(trouble.to_string()))?;
        // The parser's own words quote the text; that it is no TOML is said by `check`, with the line.
        let document = text.parse().map_err(|_| named("is geen TOML: kijk het na met `sluis check`".into()))?;
        let mut merge = Merge::of(document);
        // Each may speak of what an earlier one brought.
        merge.sheet(sheets.organisations.as_deref(), ORGANISATIONS, Merge::organisation);
        merge.sheet(sheets.locations.as_deref(), LOCATIONS, Merge::location);
        merge.sheet(sheets.ties.as_deref(), TIES, Merge::tie);
        merge.sheet(sheets.mandates.as_deref(), MANDATES, Merge::mandate);
        merge.sheet(sheets.professionals.as_deref(), PROFESSIONALS, Merge::professional);
        merge.sheet(sheets.roles.as_deref(), ROLES, Merge::role);
        let text = merge.text();
        let mut faults = std::mem::take(&mut merge.faults);
        faults.extend(whole(&text, register, reach, &merge));
        if faults.is_empty() {
            return Ok(Self { changes: merge.changes, text });
        }
        faults.sort();
        faults.dedup();
        Err(faults)
    }

    /// Puts the register in the place of the old one: whoever reads finds the one or the other, whole.
    ///
    /// # Errors
    /// When it cannot be written; the old one stays then.
    pub fn write(&self, register: &Path) -> io::Result<()> {
        let mut beside = register.as_os_str().to_owned();
        beside.push(".nieuw");
        let beside = PathBuf::from(beside);
        let written = self.write_beside(register, &beside);
        if written.is_err() {
            // The reason to report is why it could not be written, not that its remains cannot be removed.
            let _removed = fs::remove_file(&beside);
        }
        written
    }

    fn write_beside(&self, register: &Path, beside: &Path) -> io::Result<()> {
        let mut file = File::create(beside)?;
        file.set_permissions(fs::metadata(register)?.permissions())?;
        file.write_all(self.text.as_bytes())?;
        file.sync_all()?;
        fs::rename(beside, register)?;
        let folder = register.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}

/// What is wrong with the register as a whole; at the row that brought it, where one did.
fn whole(text: &str, register: &Path, reach: &Reach, merge: &Merge) -> Vec<LineFault> {
    let Err(faults) = Register::parse(text, reach) else { return Vec::new() };
    let placed = |fault: &crate::document::Fault| match merge.origin_of(&fault.path) {
        Some((file, line)) => {
            let key = fault.path.rsplit('.').next().unwrap_or_default();
            LineFault { file: file.clone(), line: Some(*line), trouble: format!("`{key}`: {}", fault.trouble) }
        }
        None => LineFault { file: register.display().to_string(), line: None, trouble: fault.to_string() },
    };
    faults.list().iter().map(placed).collect()
}

#[cfg(test)]
mod tests;
