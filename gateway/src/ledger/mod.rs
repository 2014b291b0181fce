// SPDX-License-Identifier: EUPL-1.2
//! The ledger: everything that must be durable goes through its one writer, and only here are receipts made.

mod batch;
pub mod checkpoint;
pub mod leaf;
pub mod merkle;
pub mod record;
mod rows;
pub mod unit;
pub mod verify;
mod writer;

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::{mpsc, oneshot};

use self::batch::Head;
use self::merkle::Hash;
use self::unit::Unit;
use self::writer::Waiting;
use crate::clock::Clock;
use crate::store::engine::{Engine, Fault};

/// How many units may wait at most. Beyond it callers are told to come back, instead of memory growing.
const LONGEST_QUEUE: usize = 2_048;

/// Toegangsregistratie, the one way to make anything durable.
///
/// A caller may assume: a unit that was answered with [`Outcome::Committed`] is on disk, with its records; one that was
/// answered otherwise left nothing behind; an error leaves open only what [`CommitError`] says. Units of one batch
/// succeed or fail each alone. Dropping the returned future does not take the unit back.
#[doc(alias = "toegangsregistratie")]
#[derive(Debug, Clone)]
pub struct Ledger {
    queue: mpsc::Sender<Waiting>,
    standing: Arc<ArcSwap<Standing>>,
}

impl Ledger {
    /// Takes `origin` and starts its writer. A process that held the origin before can commit nothing more.
    pub async fn open(
        engine: Arc<dyn Engine>,
        clock: Arc<dyn Clock>,
        origin: &str,
    ) -> Result<(Self, tokio::task::JoinHandle<()>), Fault> {
        let scribe = writer::take(engine, clock, origin).await?;
        let standing = scribe.standing();
        let (queue, waiting) = mpsc::channel(LONGEST_QUEUE);
        let task = tokio::spawn(scribe.run(waiting));
        Ok((Self { queue, standing }, task))
    }

    /// Commits a unit, and returns only when its fate is durable.
    pub async fn commit(&self, unit: Unit) -> Result<Outcome, CommitError> {
        let (answer, fate) = oneshot::channel();
        self.queue.try_send(Waiting { unit, answer }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => CommitError::Busy,
            mpsc::error::TrySendError::Closed(_) => CommitError::Unavailable,
        })?;
        fate.await.unwrap_or(Err(CommitError::Unavailable))
    }

    /// Where the log stands after the last commit that this process knows of.
    #[must_use]
    pub fn standing(&self) -> Arc<Standing> {
        self.standing.load_full()
    }
}

/// What became of a unit.
#[derive(Debug)]
pub enum Outcome {
    /// It is in, durably.
    Committed(Receipt),
    /// Something that its decision read has changed: read again, decide again.
    Moved,
    /// Something it claims was claimed before.
    Claimed,
}

/// Ontvangstbewijs: the proof that access records are durable, without which nothing is disclosed (P1).
///
/// Only the ledger makes one, and it answers only for the decisions whose records it covers.
#[doc(alias = "ontvangstbewijs")]
#[derive(Debug)]
pub struct Receipt {
    first: u64,
    committed_at: i64,
    decisions: Vec<[u8; 16]>,
}

impl Receipt {
    /// Whether the record of this decision is among those made durable.
    #[must_use]
    pub fn covers(&self, decision: &[u8; 16]) -> bool {
        self.decisions.contains(decision)
    }

    /// The leaf index of the first record.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.first
    }

    /// When the batch was committed, in microseconds.
    #[must_use]
    pub fn committed_at(&self) -> i64 {
        self.committed_at
    }
}

/// Why a unit was neither committed nor sent back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Too much waits already. Nothing was done.
    #[error("too much waits for the ledger")]
    Busy,
    /// The database refuses this unit by itself. Nothing was done.
    #[error("the database refuses this unit")]
    Rejected,
    /// The database cannot be used. Nothing was acknowledged; whether the unit is in shows when the database returns.
    #[error("the ledger cannot write")]
    Unavailable,
}

/// Where a log stands, and whether its writer is well.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The log's name.
    pub origin: String,
    /// How often the origin was taken; a lower one can no longer write.
    pub epoch: i64,
    /// How many leaves are committed.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// When the last batch was committed, in microseconds.
    pub committed_at: i64,
    /// What keeps the writer from writing, since its last success.
    pub trouble: Option<String>,
}

impl Standing {
    fn of(head: &Head) -> Self {
        Self {
            origin: head.origin.clone(),
            epoch: head.epoch,
            size: head.frontier.size(),
            root: head.frontier.root(),
            committed_at: head.committed_at,
            trouble: None,
        }
    }
}

#[cfg(test)]
mod contract;
#[cfg(test)]
mod cuts;
#[cfg(test)]
mod flush;
