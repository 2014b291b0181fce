// SPDX-License-Identifier: EUPL-1.2
//! Opvolging: a log that goes on where others stopped, and says so in its first entry; and the recount of a log from its
//! entries, by which it is known that they are whole.

use serde_json::{Value, json};

use super::leaf::{Leaf, TooLarge, entry_hash};
use super::merkle::{Frontier, Hash};
use super::record::canonical;
use crate::store::engine::{Fault, Value as Bound, Writer};

/// How many entries are read at a time.
const PAGE: i64 = 1_000;

const ENTRIES: &str = "SELECT leaf_index, leaf_hash, entry FROM log_leaf WHERE origin = $1 AND leaf_index >= $2 \
    ORDER BY leaf_index LIMIT $3";

/// A log that stopped: where, and the checkpoint that its gateway signed over it, if it did.
#[derive(Clone, Debug)]
pub struct Predecessor {
    /// Its name.
    pub origin: String,
    /// How many entries it had.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// The signed note.
    pub checkpoint: Option<String>,
}

/// The first entry of a log that was opened on a restored copy: it names the logs that it follows, each with where it
/// stood, so that whoever holds a later checkpoint of one of them sees what is missing; and it tells what came of the journal
/// of what was erased since.
///
/// # Errors
/// When there are so many that an entry cannot hold them.
pub fn first_entry(id: [u8; 16], now: i64, (followed, forgotten): (&[Predecessor], &Value)) -> Result<Leaf, TooLarge> {
    let log = |log: &Predecessor| {
        let mut named = json!({"oorsprong": log.origin, "omvang": log.size, "wortel": hex::encode(log.root)});
        if let (Some(note), Some(members)) = (&log.checkpoint, named.as_object_mut()) {
            members.insert("controlepunt".into(), note.as_str().into());
        }
        named
    };
    let entry = json!({
        "besluit": hex::encode(id),
        "tijd": now,
        "uitkomst": {"soort": "hersteld", "volgt_op": followed.iter().map(log).collect::<Vec<_>>(),
            "vernietigingen": forgotten},
    });
    Leaf::new(id, canonical(&entry), None)
}

/// Counts a log again from its entries: the roots at the sizes that are asked for and at its end, or nothing when an entry
/// is missing or is not what its hash says.
///
/// # Errors
/// When the database cannot be read.
pub async fn recount(on: &mut dyn Writer, origin: &str, asked: &[u64]) -> Result<Option<Vec<(u64, Hash)>>, Fault> {
    let mut frontier = Frontier::default();
    let mut roots = Vec::new();
    loop {
        let next = i64::try_from(frontier.size()).unwrap_or(i64::MAX);
        let page = on.run(ENTRIES, &[origin.into(), Bound::Int(next), Bound::Int(PAGE)]).await?;
        for row in &page {
            if asked.contains(&frontier.size()) {
                roots.push((frontier.size(), frontier.root()));
            }
            let hash = entry_hash(row.text(2)?);
            if row.int(0)? != i64::try_from(frontier.size()).unwrap_or(i64::MAX) || row.array(1)? != hash {
                return Ok(None);
            }
            frontier.append(hash);
        }
        if page.is_empty() {
            roots.push((frontier.size(), frontier.root()));
            return Ok(Some(roots));
        }
    }
}
