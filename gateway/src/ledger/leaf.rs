// SPDX-License-Identifier: EUPL-1.2
//! A leaf of the log. INVARIANT: its bytes are fixed for ever from the first release.

use super::merkle::{Hash, leaf_hash};

/// The first byte of every leaf: the form of what follows.
const VERSION: u8 = 1;

/// The most that the canonical JSON of a leaf may measure: with its version a leaf has at most 65,535 bytes, so that a bundle
/// of entries can give its length in two (C2SP tlog-tiles).
pub const LARGEST_ENTRY: usize = 65_534;

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
    leaf_hash(&leaf_bytes(entry))
}

/// The bytes that are hashed for an entry, and that outsiders read.
fn leaf_bytes(entry: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entry.len() + 1);
    bytes.push(VERSION);
    bytes.extend_from_slice(entry.as_bytes());
    bytes
}

/// Entries as a bundle: each with its length before it, in two bytes (C2SP tlog-tiles). Nothing when one is too large to be
/// an entry.
#[must_use]
pub fn bundle<'a>(entries: impl Iterator<Item = &'a str>) -> Option<Vec<u8>> {
    entries.map(leaf_bytes).try_fold(Vec::new(), |mut bundle, leaf| {
        bundle.extend_from_slice(&u16::try_from(leaf.len()).ok()?.to_be_bytes());
        bundle.extend_from_slice(&leaf);
        Some(bundle)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_entry_fits_in_a_bundle_and_a_larger_one_is_no_leaf() {
        let largest = "a".repeat(LARGEST_ENTRY);
        assert!(Leaf::new([0; 16], largest.clone(), None).is_ok());
        assert!(Leaf::new([0; 16], format!("{largest}a"), None).is_err());
        let bundled = bundle(["{}", &largest].into_iter()).unwrap();
        assert_eq!(bundled[..5], [0, 3, VERSION, b'{', b'}']);
        assert_eq!((bundled[5..8].to_vec(), bundled.len()), (vec![0xff, 0xff, VERSION], 5 + 2 + 65_535));
    }
}
