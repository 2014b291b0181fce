// SPDX-License-Identifier: EUPL-1.2
//! A log as it lies in a copy, read where it lies: no database is needed, and nothing in the copy changes.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use super::{CopiedLog, CopyFault, read, unusable};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::verify::{ExportHeader, ExportLine};
use crate::store::copying::CopyFolder;
use crate::store::log::StoredLeaf;
use crate::store::{postgres, sqlite};

/// Writes a log of a copy as an export; without a name that of the gateway that made the copy.
///
/// # Errors
/// When the copy is not whole, does not hold that log, or cannot be read.
pub(crate) async fn export(copy: &Path, origin: Option<&str>, to: &mut dyn Write) -> Result<(), CopyFault> {
    let manifest = read(copy)?;
    let asked = |log: &&CopiedLog| match origin {
        Some(origin) => log.oorsprong == origin,
        None => log.controlepunt.is_some(),
    };
    let log = manifest.logboeken.iter().find(asked);
    let log = log.ok_or_else(|| CopyFault::NoSuchLog { path: copy.display().to_string() })?;
    let stood = Checkpoint { origin: log.oorsprong.clone(), size: log.omvang, root: log.wortel };
    write_line(copy, to, &ExportHeader::of(&stood))?;
    let folder = CopyFolder::of(copy);
    let mut order = InOrder::default();
    let mut write = |leaf: StoredLeaf| {
        order.waiting.insert(leaf.index, leaf);
        for leaf in order.ready() {
            write_line(copy, to, &ExportLine::kept(leaf.index, &leaf.hash, leaf.entry))?;
        }
        Ok::<_, CopyFault>(())
    };
    if manifest.database == "sqlite" {
        let mut leaves = sqlite::CopiedLeaves::open(&folder).await?;
        let mut next = 0;
        loop {
            let page = leaves.page(&log.oorsprong, next).await?;
            let Some(last) = page.last() else { break };
            next = last.index.saturating_add(1);
            page.into_iter().try_for_each(&mut write)?;
        }
    } else {
        let mut leaves = postgres::CopiedLeaves::open(&folder)?;
        while let Some(leaf) = leaves.next(&log.oorsprong)? {
            write(leaf)?;
        }
    }
    for leaf in order.waiting.into_values() {
        write_line(copy, to, &ExportLine::kept(leaf.index, &leaf.hash, leaf.entry))?;
    }
    Ok(())
}

/// A table is copied in the order in which it lies, which is nearly that of the log.
#[derive(Default)]
struct InOrder {
    next: u64,
    waiting: BTreeMap<u64, StoredLeaf>,
}

impl InOrder {
    fn ready(&mut self) -> Vec<StoredLeaf> {
        let mut ready = Vec::new();
        while let Some(leaf) = self.waiting.remove(&self.next) {
            self.next += 1;
            ready.push(leaf);
        }
        ready
    }
}

fn write_line(copy: &Path, to: &mut dyn Write, line: &impl serde::Serialize) -> Result<(), CopyFault> {
    let mut text = serde_json::to_vec(line).map_err(|error| unusable(copy)(error.into()))?;
    text.push(b'\n');
    to.write_all(&text).map_err(unusable(copy))
}
