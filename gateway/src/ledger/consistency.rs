// SPDX-License-Identifier: EUPL-1.2
//! Whether a log only grew between two checkpoints: the proof of RFC 6962, section 2.1.2, made by the definition, and
//! checked as RFC 9162, section 2.1.4.2, says.

use super::known::{Known, split};
use super::merkle::{Hash, node_hash};

/// Consistentiebewijs: the hashes from which the roots of both trees follow.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "consistentiebewijs")]
pub struct Consistency {
    /// How many leaves the earlier tree has; at least one.
    pub from: u64,
    /// How many the later one has; at least as many.
    pub to: u64,
    /// The hashes, in the order of the standard.
    pub path: Vec<Hash>,
}

impl Consistency {
    /// Makes the proof; nothing when what is known does not reach, or when there is no earlier tree to prove anything of.
    #[must_use]
    pub fn prove(from: u64, to: u64, known: Known<'_>) -> Option<Self> {
        if from == 0 || from > to {
            return None;
        }
        let (mut left, mut right) = (0, to);
        let mut path = Vec::new();
        // Whether the part that is looked at is one that the earlier tree had as a whole, so that its root is known already.
        let mut whole = true;
        while from < right {
            let middle = left + split(right - left);
            let beside = if from <= middle { (middle, right) } else { (left, middle) };
            path.push(known.root(beside.0, beside.1)?);
            if from <= middle {
                right = middle;
            } else {
                left = middle;
                whole = false;
            }
        }
        if !whole {
            path.push(known.root(left, right)?);
        }
        path.reverse();
        Some(Self { from, to, path })
    }

    /// Whether the later tree begins with the earlier one.
    #[must_use]
    pub fn holds(&self, earlier: &Hash, later: &Hash) -> bool {
        if self.from == self.to {
            return self.from > 0 && self.path.is_empty() && earlier == later;
        }
        self.roots(earlier) == Some((*earlier, *later))
    }

    /// The roots that the hashes lead to; nothing when there are too many or too few.
    fn roots(&self, earlier: &Hash) -> Option<(Hash, Hash)> {
        if self.from == 0 || self.from > self.to || self.path.is_empty() {
            return None;
        }
        let (mut place, mut last) = (self.from - 1, self.to - 1);
        let level = place.trailing_ones();
        (place, last) = (place.checked_shr(level).unwrap_or(0), last.checked_shr(level).unwrap_or(0));
        // An earlier tree that is one complete subtree is its own first hash.
        let own = self.from.is_power_of_two().then_some(*earlier);
        let mut path = own.into_iter().chain(self.path.iter().copied());
        let first = path.next()?;
        let (mut old, mut new) = (first, first);
        for beside in path {
            if last == 0 {
                return None;
            }
            if place % 2 == 1 || place == last {
                old = node_hash(&beside, &old);
                new = node_hash(&beside, &new);
                while place % 2 == 0 && place != 0 {
                    place /= 2;
                    last /= 2;
                }
            } else {
                new = node_hash(&new, &beside);
            }
            place /= 2;
            last /= 2;
        }
        (last == 0).then_some((old, new))
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::BLOCK;
    use super::super::known::tests::{grown, leaves, near};
    use super::*;
    use crate::ledger::merkle::leaf_hash;

    /// RFC 6962, section 2.1.2, word for word as a recursion: the oracle.
    fn by_definition(from: u64, part: &[Hash], whole: bool) -> Vec<Hash> {
        if from == part.len() as u64 {
            return if whole { vec![] } else { vec![grown(part)] };
        }
        let middle = split(part.len() as u64);
        let (left, right) = part.split_at(usize::try_from(middle).unwrap());
        let (mut path, beside) = if from <= middle {
            (by_definition(from, left, whole), grown(right))
        } else {
            (by_definition(from - middle, right, false), grown(left))
        };
        path.push(beside);
        path
    }

    fn proof(all: &[Hash], from: u64, to: u64) -> Option<Consistency> {
        near(&all[..usize::try_from(to).unwrap()], &[from, to - 1], |known| Consistency::prove(from, to, known))
    }

    #[test]
    fn p8_a_log_that_only_grew_is_consistent_with_each_of_its_pasts() {
        let all = leaves(3 * BLOCK + 5);
        let few = (1..=40).flat_map(|to| (1..=to).map(move |from| (from, to)));
        let many = [(1, 261), (255, 256), (256, 512), (256, 773), (257, 773), (511, 769), (512, 768), (773, 773)];
        for (from, to) in few.chain(many) {
            let place = |size: u64| usize::try_from(size).unwrap();
            let (earlier, later) = (grown(&all[..place(from)]), grown(&all[..place(to)]));
            let proof = proof(&all, from, to).unwrap();
            assert_eq!(proof.path, by_definition(from, &all[..place(to)], true), "{from} {to}");
            assert!(proof.holds(&earlier, &later), "{from} {to}");
            let other = leaf_hash(b"another");
            assert!(!proof.holds(&other, &later) && !proof.holds(&earlier, &other), "{from} {to}");
        }
    }

    /// Another later size of the same shape leads to the same root: a checkpoint binds both, a proof alone does not.
    #[test]
    fn p8_a_proof_of_another_length_size_or_order_does_not_hold() {
        let all = leaves(21);
        let (earlier, later) = (grown(&all[..11]), grown(&all));
        let proof = proof(&all, 11, 21).unwrap();
        for changed in [
            Consistency { from: 0, ..proof.clone() },
            Consistency { from: 10, ..proof.clone() },
            Consistency { from: 21, ..proof.clone() },
            Consistency { from: 22, ..proof.clone() },
            Consistency { to: 12, ..proof.clone() },
            Consistency { path: vec![], ..proof.clone() },
            Consistency { path: proof.path[1..].to_vec(), ..proof.clone() },
            Consistency { path: [proof.path.clone(), vec![later]].concat(), ..proof.clone() },
            Consistency { path: proof.path.iter().rev().copied().collect(), ..proof.clone() },
        ] {
            assert!(!changed.holds(&earlier, &later), "{changed:?}");
        }
        assert!(!Consistency { from: 0, to: 0, path: vec![] }.holds(&later, &later), "nothing proves nothing");
        assert!(!Consistency { from: 21, to: 21, path: vec![later] }.holds(&later, &later));
        assert_eq!(proof_of_nothing(&all), [None, None]);
    }

    fn proof_of_nothing(all: &[Hash]) -> [Option<Consistency>; 2] {
        [(0, 21), (22, 21)].map(|(from, to)| near(all, &[20], |known| Consistency::prove(from, to, known)))
    }
}
