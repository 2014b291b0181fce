// SPDX-License-Identifier: EUPL-1.2
//! For how long something is kept, and how what is erased stays so.

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Value;

use crate::document::{self, Section};

/// Vernietiging: how what is erased stays so.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "vernietiging")]
pub struct Erasure {
    /// The journal of what was erased. Not in the folder of the database, and kept for as long as any copy of it.
    pub journal: PathBuf,
    /// For how many days a copy of a key may exist after it was destroyed: backups, and the log of a database server.
    pub copies_days: u64,
}

/// The longest that a copy of a destroyed key may exist (design of the vault), in days.
const COPIES_AT_MOST: u64 = 30;

/// Bewaren: for how long what is kept is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "bewaren")]
pub struct Retention {
    /// The file with the terms that were decided on.
    pub terms: PathBuf,
    /// How long the clock must have run evenly before anything goes because of it.
    pub rest: Duration,
}

/// Unless told otherwise, in hours: long enough for somebody to see that a clock is wrong.
const REST: u64 = 12;
const REST_AT_MOST: u64 = 7 * 24;

impl Erasure {
    pub(super) fn read(mut section: Section<'_>, folder: &Path) -> Option<Self> {
        let journal = section.required("journal", |value: &Value| document::text(value).map(|path| folder.join(path)));
        let copies_days = section.optional("copies_days", document::number(1, COPIES_AT_MOST));
        Some(Self { journal: journal?, copies_days: copies_days.unwrap_or(COPIES_AT_MOST) })
    }
}

impl Retention {
    pub(super) fn read(mut section: Section<'_>, folder: &Path) -> Option<Self> {
        let terms = section.required("terms", |value: &Value| document::text(value).map(|path| folder.join(path)));
        let hours = section.optional("rest_hours", document::number(0, REST_AT_MOST)).unwrap_or(REST);
        Some(Self { terms: terms?, rest: Duration::from_secs(hours * 3_600) })
    }
}
