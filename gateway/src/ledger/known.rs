// SPDX-License-Identifier: EUPL-1.2
//! What proofs and tiles are made from: the roots of complete blocks, and single leaves where the tree must be seen whole.
//! Roots follow from them by the definition of RFC 6962, section 2.1, and by nothing that the writer grows its tree with.

use super::merkle::{Hash, node_hash};

/// How many leaves stand under the root of one block: as many as a tile is wide. A complete block never changes again.
pub const BLOCK: u64 = 256;

/// Bekend: a part of the tree that is enough for one question.
#[derive(Debug, Clone, Copy)]
#[doc(alias = "bekend")]
pub struct Known<'a> {
    /// The roots of the first complete blocks.
    pub blocks: &'a [Hash],
    /// Leaf hashes, each run with the place of its first leaf.
    pub leaves: &'a [(u64, Vec<Hash>)],
}

impl Known<'_> {
    /// The root over the leaves from `from` up to `to`, which is more; nothing when what is known does not reach.
    #[must_use]
    pub fn root(&self, from: u64, to: u64) -> Option<Hash> {
        match to.checked_sub(from)? {
            0 => None,
            1 => self.leaf(from),
            BLOCK if from.is_multiple_of(BLOCK) && (from / BLOCK) < self.blocks.len() as u64 => {
                at(self.blocks, from / BLOCK)
            }
            width => {
                let middle = from + split(width);
                Some(node_hash(&self.root(from, middle)?, &self.root(middle, to)?))
            }
        }
    }

    fn leaf(&self, index: u64) -> Option<Hash> {
        self.leaves.iter().find_map(|(first, run)| at(run, index.checked_sub(*first)?))
    }
}

/// The root of one complete block.
#[must_use]
pub fn block_root(leaves: &[Hash]) -> Option<Hash> {
    let known = [(0, leaves.to_vec())];
    (leaves.len() as u64 == BLOCK).then(|| Known { blocks: &[], leaves: &known }.root(0, BLOCK))?
}

/// The largest power of two below `width`, which is at least two.
pub(super) fn split(width: u64) -> u64 {
    1 << (width - 1).ilog2()
}

fn at(hashes: &[Hash], index: u64) -> Option<Hash> {
    hashes.get(usize::try_from(index).ok()?).copied()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::ledger::merkle::{Frontier, leaf_hash};

    pub(crate) fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|number| leaf_hash(&number.to_be_bytes())).collect()
    }

    /// The writer's root, which is grown in quite another way.
    pub(crate) fn grown(leaves: &[Hash]) -> Hash {
        let mut frontier = Frontier::default();
        leaves.iter().for_each(|leaf| frontier.append(*leaf));
        frontier.root()
    }

    /// Asks with the blocks, and of the leaves only those in the blocks of these places.
    pub(crate) fn near<T>(all: &[Hash], places: &[u64], ask: impl Fn(Known<'_>) -> T) -> T {
        let (complete, _) = all.as_chunks::<{ BLOCK as usize }>();
        let blocks: Vec<Hash> = complete.iter().map(|leaves| block_root(leaves).unwrap()).collect();
        let run = |place: &u64| {
            let first = place - place % BLOCK;
            let from = usize::try_from(first).unwrap().min(all.len());
            (first, all[from..all.len().min(from + BLOCK as usize)].to_vec())
        };
        let leaves: Vec<_> = places.iter().map(run).collect();
        ask(Known { blocks: &blocks, leaves: &leaves })
    }

    #[test]
    fn a_root_follows_from_blocks_and_leaves_as_from_leaves_alone() {
        let all = leaves(3 * BLOCK + 5);
        let size = all.len() as u64;
        assert_eq!(near(&all, &[size - 1], |known| known.root(0, size)), Some(grown(&all)));
        assert_eq!(near(&all, &[], |known| known.root(BLOCK, 2 * BLOCK)), block_root(&all[256..512]));
        assert_eq!(near(&all, &[], |known| known.root(0, size)), None, "the last leaves are not known");
        assert_eq!(near(&all, &[0], |known| known.root(4, 4)), None);
        assert_eq!(block_root(&all[1..]), None);
    }
}
