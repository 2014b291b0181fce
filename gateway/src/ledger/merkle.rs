// SPDX-License-Identifier: EUPL-1.2
//! The Merkle tree of RFC 6962, as the writer grows it and a verifier rebuilds it.

use aws_lc_rs::digest::{Context, SHA256};

/// A SHA-256 digest: of a leaf, of a node, or of the whole tree.
pub type Hash = [u8; 32];

/// The hash of a leaf (RFC 6962, section 2.1): a zero byte keeps a leaf from passing for a node.
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    hash(&[&[0], leaf])
}

/// The right edge of a tree: the roots of its complete subtrees, largest first. All that appending needs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// Rebuilds a stored frontier; `None` when the number of peaks does not fit the size.
    #[must_use]
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (peaks, rest) = bytes.as_chunks::<32>();
        (rest.is_empty() && peaks.len() == size.count_ones() as usize).then(|| Self { size, peaks: peaks.to_vec() })
    }

    /// The peaks one after the other, as [`Frontier::from_bytes`] reads them.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.peaks.concat()
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds one leaf at the right.
    pub fn append(&mut self, leaf: Hash) {
        let mut peak = leaf;
        // Each trailing one of the size is a complete subtree that this leaf completes further.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                peak = node_hash(&left, &peak);
            }
        }
        self.peaks.push(peak);
        self.size += 1;
    }

    /// The root of the tree; of an empty tree the hash of nothing.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev().copied();
        match peaks.next() {
            None => hash(&[]),
            Some(last) => peaks.fold(last, |right, left| node_hash(&left, &right)),
        }
    }
}

/// A node above two others.
pub(super) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    hash(&[&[1], left, right])
}

fn hash(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    digest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 6962, section 2.1, word for word as a recursion: the oracle.
    fn root_by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => hash(&[]),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node_hash(&root_by_definition(&leaves[..split]), &root_by_definition(&leaves[split..]))
            }
        }
    }

    proptest! {
        #[test]
        fn the_frontier_gives_the_root_of_the_definition(leaves in proptest::collection::vec(any::<[u8; 8]>(), 0..130)) {
            let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
            let mut frontier = Frontier::default();
            for (count, leaf) in hashes.iter().enumerate() {
                prop_assert_eq!(frontier.root(), root_by_definition(&hashes[..count]));
                frontier.append(*leaf);
                let stored = Frontier::from_bytes(frontier.size(), &frontier.to_bytes());
                prop_assert_eq!(stored.as_ref(), Some(&frontier));
            }
            prop_assert_eq!(frontier.root(), root_by_definition(&hashes));
        }
    }

    #[test]
    fn known_roots_of_the_published_reference_tree() {
        // The eight leaves that certificate-transparency implementations share as a test vector.
        let leaves: [&[u8]; 3] = [b"", b"\x00", b"\x10"];
        let mut frontier = Frontier::default();
        assert_eq!(hex::encode(frontier.root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        frontier.append(leaf_hash(leaves[0]));
        assert_eq!(hex::encode(frontier.root()), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        frontier.append(leaf_hash(leaves[1]));
        assert_eq!(hex::encode(frontier.root()), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
        frontier.append(leaf_hash(leaves[2]));
        assert_eq!(hex::encode(frontier.root()), "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
    }

    #[test]
    fn a_frontier_of_the_wrong_length_is_refused() {
        assert_eq!(Frontier::from_bytes(3, &[0; 32]), None);
        assert_eq!(Frontier::from_bytes(1, &[0; 33]), None);
        assert_eq!(Frontier::from_bytes(0, &[]), Some(Frontier::default()));
    }
}
