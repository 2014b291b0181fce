// SPDX-License-Identifier: EUPL-1.2
//! The ledger: everything that must be durable goes through its one writer, and only here are receipts made.

mod batch;
pub mod checkpoint;
pub mod consistency;
pub mod cosignature;
pub mod delivery;
mod duty;
pub mod entry;
pub(crate) mod erasure;
pub mod inclusion;
pub mod known;
pub mod leaf;
pub mod mark;
pub mod merkle;
pub mod record;
pub(crate) mod rows;
pub mod succession;
pub(crate) mod sweep;
pub mod tiles;
pub mod unit;
pub mod verify;
mod writer;

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::sync::{mpsc, oneshot};

use self::batch::Head;
use self::mark::{Mark, Marking};
use self::merkle::Hash;
use self::sweep::Sweep;
use self::unit::Unit;
use self::writer::{Scribe, Waiting, Work};
use crate::clock::Clock;
use crate::store::engine::{Engine, Fault};

/// How many units may wait at most. Beyond it callers are told to come back, instead of memory growing.
const LONGEST_QUEUE: usize = 2_048;

/// How much of that queue is left for what may not wait behind others: what a statute or a child's safety demands, and
/// what stops something.
const FOR_THE_URGENT: usize = LONGEST_QUEUE / 4;

/// Geduld: how long the ledger is waited for. A database that hangs says nothing, so silence itself must count.
#[doc(alias = "geduld")]
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// For the fate of a unit, by the caller that handed it in.
    fate: Duration,
    /// For the oldest unit under way, before the writer counts as unable to write.
    oldest: Duration,
}

impl Patience {
    /// The first is longer than one call to a database may last, so that an ordinary recovery is waited for.
    const ORDINARY: Self = Self { fate: Duration::from_secs(20), oldest: Duration::from_secs(5) };
}

/// Toegangsregistratie, the one way to make anything durable.
///
/// A caller may assume: a unit that was answered with [`Outcome::Committed`] is on disk, with its records; one that was
/// answered otherwise left nothing behind; of the errors only [`CommitError::Unknown`] leaves that open. Units of one batch
/// succeed or fail each alone. Dropping the returned future does not take the unit back.
#[doc(alias = "toegangsregistratie")]
#[derive(Debug, Clone)]
pub struct Ledger {
    queue: mpsc::Sender<Work>,
    standing: Arc<ArcSwap<Standing>>,
    busy_since: Arc<ArcSwapOption<Instant>>,
    patience: Patience,
}

impl Ledger {
    /// Takes `origin` and starts its writer. A process that held the origin before can commit nothing more.
    pub async fn open(
        engine: Arc<dyn Engine>,
        clock: Arc<dyn Clock>,
        origin: &str,
    ) -> Result<(Self, tokio::task::JoinHandle<()>), Fault> {
        let scribe = writer::take(engine, clock, origin).await?;
        Ok(Self::start(scribe, Patience::ORDINARY))
    }

    fn start(scribe: Scribe, patience: Patience) -> (Self, tokio::task::JoinHandle<()>) {
        let (standing, busy_since) = (scribe.standing(), scribe.busy_since());
        let (queue, waiting) = mpsc::channel(LONGEST_QUEUE);
        let task = tokio::spawn(scribe.run(waiting));
        (Self { queue, standing, busy_since, patience }, task)
    }

    /// Commits a unit, and returns when its fate is durable, or with [`CommitError::Unknown`] when that takes too long.
    pub async fn commit(&self, unit: Unit) -> Result<Outcome, CommitError> {
        if !unit.is_urgent() && self.queue.capacity() <= FOR_THE_URGENT && !self.queue.is_closed() {
            return Err(CommitError::Busy);
        }
        let (answer, fate) = oneshot::channel();
        self.hand_over(Work::Unit(Box::new(Waiting { unit, answer, since: Instant::now() })), fate).await
    }

    /// Frees claims that are kept for a while and were made before this instant, at most so many of them; gives how many
    /// it were. Less than asked for: there are no more.
    ///
    /// The writer does it between two batches, so that no claim is made and freed at the same time.
    ///
    /// # Errors
    /// As [`Ledger::commit`]. What was not freed is freed the next time.
    pub async fn sweep(&self, before: i64, most: u32) -> Result<u32, CommitError> {
        let (answer, swept) = oneshot::channel();
        self.hand_over(Work::Sweep(Sweep { before, most, answer }), swept).await
    }

    /// Moves a mark, and tells whether it stood where it was thought to stand. It is on disk when this returns.
    ///
    /// The writer does it between two batches: an embedded database has one connection that writes.
    ///
    /// # Errors
    /// As [`Ledger::commit`]. What is unknown shows when the mark is read.
    pub async fn mark(&self, mark: Mark) -> Result<bool, CommitError> {
        let (answer, moved) = oneshot::channel();
        self.hand_over(Work::Mark(Marking { mark, answer }), moved).await
    }

    async fn hand_over<T>(
        &self,
        work: Work,
        answer: oneshot::Receiver<Result<T, CommitError>>,
    ) -> Result<T, CommitError> {
        self.queue.try_send(work).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => CommitError::Busy,
            mpsc::error::TrySendError::Closed(_) => CommitError::Unavailable,
        })?;
        match tokio::time::timeout(self.patience.fate, answer).await {
            Ok(Ok(answer)) => answer,
            // The writer ended without a word, or is not heard of in time.
            Ok(Err(_)) | Err(_) => Err(CommitError::Unknown),
        }
    }

    /// Where the log stands after the last commit that this process knows of.
    #[must_use]
    pub fn standing(&self) -> Arc<Standing> {
        let standing = self.standing.load_full();
        match self.silence() {
            Some(trouble) if standing.trouble.is_none() => {
                Arc::new(Standing { trouble: Some(trouble.to_owned()), ..Standing::clone(&standing) })
            }
            _ => standing,
        }
    }

    /// The trouble of a writer that cannot tell of it: it has ended, or waits for an answer that does not come.
    fn silence(&self) -> Option<&'static str> {
        if self.queue.is_closed() {
            return Some("the writer has ended");
        }
        let since = self.busy_since.load_full()?;
        (since.elapsed() > self.patience.oldest).then_some("what was handed in waits too long")
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
    /// The database cannot be used. Nothing was done.
    #[error("the ledger cannot write")]
    Unavailable,
    /// Nobody knows whether the unit is in: its COMMIT was sent and not answered, or its fate did not come in time.
    #[error("whether the ledger wrote is not known")]
    Unknown,
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
    /// What keeps the writer from writing, since its last success; also that it has ended, or is not heard of.
    pub trouble: Option<String>,
    /// When the writer last failed, also when it has succeeded since: a disk that is nearly full takes a small write now
    /// and refuses the next.
    pub failed_at: Option<std::time::Instant>,
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
            failed_at: None,
        }
    }
}

#[cfg(test)]
mod contract;
#[cfg(test)]
mod cuts;
#[cfg(test)]
mod flush;
#[cfg(test)]
mod places;
