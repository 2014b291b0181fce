// SPDX-License-Identifier: EUPL-1.2
//! A copy of everything that a database keeps, as files: what both databases share of making one and putting it back.
//!
//! The wrapped keys of youths lie in a folder of their own, because their copies must go within thirty days: what is
//! erased stays readable for as long as a copy of its key exists.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::engine::{Fault, Writer};

/// Where everything but the wrapped keys lies.
const DATA: &str = "gegevens";
/// Where the wrapped keys of youths lie.
const KEYS: &str = "sleutels";
/// The table that they are in.
pub(super) const KEY_TABLE: &str = "data_key";

/// The two folders of a copy.
#[derive(Clone, Debug)]
pub struct CopyFolder {
    /// Everything but the keys.
    pub data: PathBuf,
    /// The wrapped keys of youths.
    pub keys: PathBuf,
}

/// Where a log stood in a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedHead {
    /// The log's name.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: [u8; 32],
}

/// Every log in a database.
pub(super) const HEADS: &str = "SELECT origin, size, root FROM log_head ORDER BY origin";

impl CopyFolder {
    /// The folders of a copy that is there.
    #[must_use]
    pub fn of(copy: &Path) -> Self {
        Self { data: copy.join(DATA), keys: copy.join(KEYS) }
    }

    /// Makes them, for their owner only.
    ///
    /// # Errors
    /// When they are there already, or cannot be made.
    pub fn make(copy: &Path) -> io::Result<Self> {
        let folder = Self::of(copy);
        for room in [&folder.data, &folder.keys] {
            DirBuilder::new().mode(0o700).create(room)?;
        }
        Ok(folder)
    }

    /// The folder that a table belongs in.
    pub(super) fn of_table(&self, table: &str) -> &Path {
        if table == KEY_TABLE { &self.keys } else { &self.data }
    }

    /// Every file in it, by its name from the folder of the copy on, in the order of the names.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn files(copy: &Path) -> io::Result<Vec<String>> {
        let mut files = Vec::new();
        for room in [DATA, KEYS] {
            for entry in fs::read_dir(copy.join(room))? {
                files.push(format!("{room}/{}", entry?.file_name().to_string_lossy()));
            }
        }
        files.sort();
        Ok(files)
    }
}

/// Every log in what this connection sees.
pub(super) async fn heads(on: &mut dyn Writer) -> Result<Vec<CopiedHead>, Fault> {
    let rows = on.run(HEADS, &[]).await?;
    let head = |row: &super::engine::Row| {
        let size = u64::try_from(row.int(1)?).map_err(|_| Fault::Misread { column: 1 })?;
        Ok(CopiedHead { origin: row.text(0)?.to_owned(), size, root: row.array(2)? })
    };
    rows.iter().map(head).collect()
}

/// The tables of a copy that can be put back: those of the schema, without those of who keeps its versions.
pub(super) async fn tables(on: &mut dyn Writer, sql: &'static str) -> Result<Vec<String>, Fault> {
    let rows = on.run(sql, &[]).await?;
    rows.iter().map(|row| row.text(0).map(str::to_owned)).collect()
}

/// Trouble with a file of a copy.
pub(super) fn unusable(path: &Path) -> impl FnOnce(io::Error) -> Fault + use<> {
    let path = path.display().to_string();
    move |trouble| Fault::Gone { reason: format!("`{path}`: {trouble}") }
}
