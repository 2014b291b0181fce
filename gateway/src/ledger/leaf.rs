// SPDX-License-Identifier: EUPL-1.2
//! A leaf of the log. INVARIANT: its bytes are fixed for ever from the first release.

use super::merkle::{Hash, leaf_hash};

/// The first byte of every leaf: the form of what follows.
const VERSION: u8 = 1;

/// The most that the canonical JSON of a leaf may measure.
pub const LARGEST_ENTRY: usize = 65_535;

/// One entry of the log, ready to be committed: canonical JSON without personal data, and its personal fields beside it.
#[derive(Debug, Clone)]
pub struct Leaf {
    pub(super) decision: [u8; 16],
    pub(super) entry: String,
    pub(super) hash: Hash,
    pub(super) fields: Option<SealedFields>,
}

/// The personal fields of a leaf with their salt, sealed under a key that can be destroyed.
#[derive(Debug, Clone)]
pub struct SealedFields {
    /// Whose key seals them; zeros for the gateway's own.
    pub youth: [u8; 16],
    /// Salt and fields, sealed.
    pub sealed: Vec<u8>,
}

/// An entry that cannot become a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an entry of the log measures more than {LARGEST_ENTRY} bytes")]
pub struct TooLarge;

impl Leaf {
    /// Makes a leaf of canonical JSON. `decision` is the id of the decision that it records, by which a receipt knows it.
    pub fn new(decision: [u8; 16], entry: String, fields: Option<SealedFields>) -> Result<Self, TooLarge> {
        if entry.len() > LARGEST_ENTRY {
            return Err(TooLarge);
        }
        let hash = entry_hash(&entry);
        Ok(Self { decision, entry, hash, fields })
    }
}

/// The leaf hash of an entry as it stands in the log.
#[must_use]
pub fn entry_hash(entry: &str) -> Hash {
    let mut bytes = Vec::with_capacity(entry.len() + 1);
    bytes.push(VERSION);
    bytes.extend_from_slice(entry.as_bytes());
    leaf_hash(&bytes)
}
