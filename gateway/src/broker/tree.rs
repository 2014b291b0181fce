// SPDX-License-Identifier: EUPL-1.2
//! What outsiders check this gateway's own log with: tiles, proofs and bundles of entries (P8, L3, L5).
//!
//! Hashes say nothing about anyone: the entries below them hold random numbers, so that nobody can try out what stands there.
//! So every participant may have them, and reading tiles leaves no record: a log that grows by being checked would never be
//! checked to its end. A proof that is asked for and a bundle of entries do leave one.

use std::sync::Mutex as Lock;
use std::sync::{Arc, PoisonError};

use sluis_policy::{Actor, Purpose, Thing};
use tokio::sync::Mutex as Turn;

use super::checkpoint::Signed;
use super::reply::is_refusal;
use super::{Asker, Broker, LogReader, Reply, TURNS, Trouble};
use crate::ledger::consistency::Consistency;
use crate::ledger::inclusion::Inclusion;
use crate::ledger::known::{BLOCK, Known, block_root};
use crate::ledger::leaf::bundle;
use crate::ledger::merkle::Hash;
use crate::ledger::record::{AccessRecord, Deed, Event, Personal, Who};
use crate::ledger::tiles::Tile;
use crate::ledger::unit::Unit;
use crate::store::Store;
use crate::store::engine::Fault;
use crate::vault::fresh_id;

/// [`BLOCK`] as a length.
const AT_BLOCK: usize = BLOCK as usize;

/// How many leaf hashes are read from the database at a time.
const AT_ONCE: u64 = 16 * BLOCK;

/// How often for one question at most: about half a million leaves. In a larger log the first questions after a start build
/// on each other.
const READS: usize = 128;

/// The word in the record of a proof that was asked for.
const PROVEN: &str = "logboekbewijs_gegeven";

/// Blokken: the roots of the complete blocks of this gateway's own log, as far as they were needed. A complete block never
/// changes, and the block of the line in question is always read anew.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    roots: Lock<Arc<Vec<Hash>>>,
    building: Turn<()>,
}

/// Bewezen regel: where a line stands in the tree of a checkpoint.
#[derive(Debug, Clone)]
#[doc(alias = "bewezen_regel")]
pub struct ProvenLine {
    /// The hash of the line as a leaf.
    pub leaf: Hash,
    /// The way to the root.
    pub proof: Inclusion,
    /// The latest checkpoint, where the proof leads to that one.
    pub checkpoint: Option<String>,
}

/// Bewezen groei: that the log only grew.
#[derive(Debug, Clone)]
#[doc(alias = "bewezen_groei")]
pub struct ProvenGrowth {
    /// The hashes.
    pub proof: Consistency,
    /// The latest checkpoint, where the proof leads to that one.
    pub checkpoint: Option<String>,
}

impl Broker {
    /// A tile of a log, when it is there: only this gateway's own log is here.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn tile(&self, log: &str, tile: Tile) -> Result<Option<Vec<u8>>, Trouble> {
        let standing = self.ledger.standing();
        let Some(leaves) = tile.leaves(standing.size).filter(|_| log == standing.origin) else { return Ok(None) };
        if tile.is_of_leaves() {
            return Ok(Some(self.store.leaf_hashes(&standing.origin, leaves).await?.concat()));
        }
        let blocks = self.all_blocks(leaves.end).await?;
        let known = Known { blocks: &blocks, leaves: &[] };
        let roots = tile.parts(standing.size).into_iter().flatten().map(|part| known.root(part.start, part.end));
        let roots: Option<Vec<Hash>> = roots.collect();
        Ok(Some(roots.ok_or(Trouble::StillCounting)?.concat()))
    }

    /// A bundle of entries, for the officer of those who run this gateway: decided and recorded like every reading of the log.
    ///
    /// # Errors
    /// When the reading cannot be recorded; then nothing is shown.
    pub async fn bundle(&self, reader: &LogReader, log: &str, tile: Tile) -> Result<Reply<Option<Vec<u8>>>, Trouble> {
        for _ in 0..TURNS {
            let ruling = self.rule_on_log(reader)?;
            if is_refusal(&ruling) {
                let Some(reply) = self.refuse(&ruling, None, None).await? else { continue };
                return Ok(reply);
            }
            let found = self.entries(log, tile).await?;
            if let Some(shown) = self.shown((&ruling, reader.reason), None, found).await? {
                return Ok(Reply::Released(shown));
            }
        }
        Err(Trouble::Contended)
    }

    async fn entries(&self, log: &str, tile: Tile) -> Result<Option<Vec<u8>>, Trouble> {
        let standing = self.ledger.standing();
        let Some(leaves) = tile.leaves(standing.size).filter(|_| log == standing.origin) else { return Ok(None) };
        let place = |index: u64| i64::try_from(index).unwrap_or(i64::MAX);
        let wanted = leaves.end - leaves.start;
        let entries = self.store.entries(&standing.origin, place(leaves.start), place(wanted)).await?;
        let consecutive = entries.iter().map(|(index, _)| *index).eq((place(leaves.start)..).take(entries.len()));
        if !consecutive || entries.len() as u64 != wanted {
            return Err(Fault::Misread { column: 0 }.into());
        }
        let bundled = bundle(entries.iter().map(|(_, text)| text.as_str()));
        Ok(Some(bundled.ok_or(Fault::Misread { column: 1 })?))
    }

    /// Proves that a line is in the tree of a checkpoint of this size, or of the latest one. Nothing when that tree does not
    /// have it, or is none of this log's past.
    ///
    /// # Errors
    /// When the proof cannot be made or recorded.
    pub async fn prove_line(
        &self,
        asker: &Asker,
        actor: Actor,
        index: u64,
        size: Option<u64>,
    ) -> Result<Option<ProvenLine>, Trouble> {
        let signed = self.signed()?;
        let size = size.unwrap_or(signed.checkpoint.size);
        self.record_proof(asker, actor).await?;
        self.line_in(&signed, index, size).await
    }

    /// As [`Broker::prove_line`], where that is part of something that is recorded by itself.
    pub(super) async fn line_in(&self, signed: &Signed, index: u64, size: u64) -> Result<Option<ProvenLine>, Trouble> {
        if index >= size || size > signed.checkpoint.size {
            return Ok(None);
        }
        let (log, blocks) = (&signed.checkpoint.origin, self.all_blocks(size).await?);
        let known = self.known_beside(log, size, index).await?;
        let proof = Inclusion::prove(index, size, Known { blocks: &blocks, leaves: &known });
        let leaf = Known { blocks: &[], leaves: &known }.root(index, index + 1);
        let (proof, leaf) = proof.zip(leaf).ok_or(Fault::Misread { column: 0 })?;
        Ok(Some(ProvenLine { leaf, checkpoint: whole(signed, size, proof.root(leaf))?, proof }))
    }

    /// Proves that the log of one size begins with that of another, or of the latest checkpoint. Nothing when one of them is
    /// none of this log's past.
    ///
    /// # Errors
    /// When the proof cannot be made or recorded.
    pub async fn prove_growth(
        &self,
        asker: &Asker,
        actor: Actor,
        from: u64,
        to: Option<u64>,
    ) -> Result<Option<ProvenGrowth>, Trouble> {
        let signed = self.signed()?;
        let to = to.unwrap_or(signed.checkpoint.size);
        self.record_proof(asker, actor).await?;
        if from == 0 || from > to || to > signed.checkpoint.size {
            return Ok(None);
        }
        let proof = self.consistency(&signed.checkpoint.origin, from, to).await?;
        let checkpoint = (to == signed.checkpoint.size).then_some(signed.own);
        Ok(Some(ProvenGrowth { proof, checkpoint }))
    }

    /// The proof between two sizes that this gateway's own log had.
    pub(super) async fn consistency(&self, log: &str, from: u64, to: u64) -> Result<Consistency, Trouble> {
        let blocks = self.all_blocks(to).await?;
        let known = self.known_beside(log, to, from).await?;
        let proof = Consistency::prove(from, to, Known { blocks: &blocks, leaves: &known });
        Ok(proof.ok_or(Fault::Misread { column: 0 })?)
    }

    /// The leaves of the block in which this place is, and those after the last complete block.
    pub(super) async fn known_beside(&self, log: &str, size: u64, place: u64) -> Result<Vec<(u64, Vec<Hash>)>, Fault> {
        let (own, tail) = (place - place % BLOCK, size - size % BLOCK);
        let mut known = Vec::new();
        for first in [own, tail] {
            let range = first.min(size)..(first + BLOCK).min(size);
            known.push((first, self.store.leaf_hashes(log, range).await?));
        }
        Ok(known)
    }

    /// The roots of all complete blocks of a tree of this size.
    async fn all_blocks(&self, size: u64) -> Result<Arc<Vec<Hash>>, Trouble> {
        let blocks = self.blocks.up_to(&self.store, &self.ledger.standing().origin, size).await?;
        if (blocks.len() as u64) < size / BLOCK { Err(Trouble::StillCounting) } else { Ok(blocks) }
    }

    /// Goes through the log ahead of whoever asks, so that a proof needs little reading.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn count_blocks(&self) -> Result<(), Trouble> {
        let standing = self.ledger.standing();
        self.blocks.up_to(&self.store, &standing.origin, standing.size).await?;
        Ok(())
    }

    async fn record_proof(&self, asker: &Asker, actor: Actor) -> Result<(), Trouble> {
        let record = AccessRecord {
            decision: fresh_id()?,
            moment: self.now()?,
            who: Who { party: Some(actor.party), role: Some(actor.role), certificate: asker.certificate },
            deed: Deed {
                action: None,
                thing: Some(Thing::Log),
                purpose: Some(Purpose::Verantwoording),
                receiver: Some(actor.party),
            },
            event: Event::Course(PROVEN),
            policy: self.at_the_door(),
            trace: asker.trace.id(),
            personal: Personal { professional: asker.professional.clone(), ..Personal::default() },
        };
        self.commit(Unit::record(record.seal(&self.vault, None)?)).await?;
        Ok(())
    }
}

/// The note of the latest checkpoint, where the proof is for that one. INVARIANT: no proof leaves that does not lead to the
/// root that was signed; where it would not, the log was changed.
fn whole(signed: &Signed, size: u64, root: Option<Hash>) -> Result<Option<String>, Trouble> {
    if size != signed.checkpoint.size {
        return Ok(None);
    }
    if root != Some(signed.checkpoint.root) {
        tracing::error!("the log does not lead to the root that was signed");
        return Err(Fault::Misread { column: 1 }.into());
    }
    Ok(Some(signed.own.clone()))
}

impl Blocks {
    /// The roots of all complete blocks of a tree of this size, or fewer when that is too much for one time.
    pub(super) async fn up_to(&self, store: &Store, log: &str, size: u64) -> Result<Arc<Vec<Hash>>, Fault> {
        let known = || Arc::clone(&self.roots.lock().unwrap_or_else(PoisonError::into_inner));
        let reaches = |roots: &Vec<Hash>| roots.len() as u64 >= size / BLOCK;
        let mut roots = known();
        if reaches(&roots) {
            return Ok(roots);
        }
        let _alone = self.building.lock().await;
        roots = known();
        for _ in 0..READS {
            if reaches(&roots) {
                break;
            }
            let from = roots.len() as u64 * BLOCK;
            let leaves = store.leaf_hashes(log, from..(from + AT_ONCE).min(size - size % BLOCK)).await?;
            Arc::make_mut(&mut roots).extend(leaves.chunks(AT_BLOCK).filter_map(block_root));
        }
        *self.roots.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&roots);
        Ok(roots)
    }
}
