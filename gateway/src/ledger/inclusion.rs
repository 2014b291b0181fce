// SPDX-License-Identifier: EUPL-1.2
//! Whether an entry is in the tree of a checkpoint: the proof of RFC 6962, section 2.1.1, made from leaf hashes by the
//! definition, and followed to the root as RFC 9162, section 2.1.3.2, says. Nothing here is shared with how the writer
//! grows its tree, so that a mistake there does not prove itself.

use super::known::{Known, split};
use super::merkle::{Hash, node_hash};

/// Insluitingsbewijs: the hashes beside the way from a leaf to the root, lowest first.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "insluitingsbewijs")]
pub struct Inclusion {
    /// The place of the leaf, from zero.
    pub index: u64,
    /// How many leaves the tree has.
    pub size: u64,
    /// The hashes.
    pub path: Vec<Hash>,
}

impl Inclusion {
    /// Makes the proof; nothing when what is known does not reach.
    #[must_use]
    pub fn prove(index: u64, size: u64, known: Known<'_>) -> Option<Self> {
        let mut path = Vec::new();
        let (mut from, mut to) = (0, size);
        if index >= size {
            return None;
        }
        // Down from the root: at each step the half without the leaf stands beside the way.
        while to - from > 1 {
            let middle = from + split(to - from);
            let beside = if index < middle { (middle, to) } else { (from, middle) };
            path.push(known.root(beside.0, beside.1)?);
            (from, to) = if index < middle { (from, middle) } else { (middle, to) };
        }
        path.reverse();
        Some(Self { index, size, path })
    }

    /// The root that the way leads to from this leaf; nothing when the proof has the wrong length.
    #[must_use]
    pub fn root(&self, leaf: Hash) -> Option<Hash> {
        if self.index >= self.size {
            return None;
        }
        let (mut place, mut last, mut root) = (self.index, self.size - 1, leaf);
        for beside in &self.path {
            if last == 0 {
                return None;
            }
            if place % 2 == 1 || place == last {
                root = node_hash(beside, &root);
                while place % 2 == 0 && place != 0 {
                    place /= 2;
                    last /= 2;
                }
            } else {
                root = node_hash(&root, beside);
            }
            place /= 2;
            last /= 2;
        }
        (last == 0).then_some(root)
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::BLOCK;
    use super::super::known::tests::{grown, leaves, near};
    use super::*;
    use crate::ledger::merkle::leaf_hash;

    fn proof(all: &[Hash], index: u64) -> Option<Inclusion> {
        let size = all.len() as u64;
        near(all, &[index, size - 1], |known| Inclusion::prove(index, size, known))
    }

    #[test]
    fn p8_every_leaf_leads_to_the_root_that_the_writer_grew() {
        for size in (1..=70).chain([BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK + 5]) {
            let all = leaves(size);
            let root = grown(&all);
            let places = if size <= 70 { (0..size).collect() } else { vec![0, 1, size / 2, size - 2, size - 1] };
            for index in places {
                let proof = proof(&all, index).unwrap();
                let leaf = all[usize::try_from(index).unwrap()];
                assert_eq!(proof.root(leaf), Some(root), "{index} of {size}");
                assert_ne!(proof.root(leaf_hash(b"another")), Some(root), "{index} of {size}");
            }
        }
    }

    #[test]
    fn p8_what_is_moved_cut_or_lengthened_does_not_lead_there() {
        let all = leaves(21);
        let root = grown(&all);
        let proof = proof(&all, 9).unwrap();
        let leaf = all[9];
        for changed in [
            Inclusion { index: 8, ..proof.clone() },
            Inclusion { index: 21, ..proof.clone() },
            Inclusion { size: 9, ..proof.clone() },
            Inclusion { path: proof.path[1..].to_vec(), ..proof.clone() },
            Inclusion { path: [proof.path.clone(), vec![root]].concat(), ..proof.clone() },
            Inclusion { path: proof.path.iter().rev().copied().collect(), ..proof.clone() },
        ] {
            assert_ne!(changed.root(leaf), Some(root), "{changed:?}");
        }
    }

    #[test]
    fn what_is_not_known_proves_nothing() {
        assert_eq!(proof(&leaves(5), 5), None);
        let all = leaves(2 * BLOCK + 3);
        let block = usize::try_from(BLOCK).unwrap();
        let beside = [(0, all[..block].to_vec()), (2 * BLOCK, all[2 * block..].to_vec())];
        let known = Known { blocks: &[], leaves: &beside };
        assert_eq!(Inclusion::prove(0, all.len() as u64, known), None, "the second block is missing");
    }
}
