// SPDX-License-Identifier: EUPL-1.2
//! The one writer of an origin: takes what waits, commits it as a set, answers each caller after the commit.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::sync::{mpsc, oneshot};

use super::batch::{Ending, Fate, Head, attempt};
use super::mark::{Mark, Marking, go_on};
use super::merkle::Frontier;
use super::sweep::{Sweep, free};
use super::unit::{Subject, Unit};
use super::{CommitError, Outcome, Receipt, Standing};
use crate::clock::Clock;
use crate::store::engine::{Engine, Fault, Value, Writer};

/// Units that go into one batch at most; more than that wait for the next.
const LARGEST_BATCH: usize = 256;

/// How often one set is tried again because another transaction stood in its way.
const CONTENDED_TRIES: u32 = 20;

/// How long to wait, in milliseconds, between tries to reach the database before the callers are told it is gone.
const RECONNECT_PAUSES: [u64; 3] = [20, 100, 400];

/// Takes an origin: whoever held it before can write no more, because its epoch has passed.
const TAKE_ORIGIN: &str = "INSERT INTO log_head (origin, epoch, size, root, frontier, committed_at) VALUES ($1, 1, 0, $2, $3, $4) \
    ON CONFLICT (origin) DO UPDATE SET epoch = log_head.epoch + 1 RETURNING epoch, size, root, frontier, committed_at";

/// What the writer is handed.
pub(super) enum Work {
    Unit(Box<Waiting>),
    Sweep(Sweep),
    Mark(Marking),
}

/// Why a set is not in, as far as is known.
pub(super) struct Undone {
    fault: Fault,
    /// Its COMMIT was sent, and nobody knows what became of it.
    perhaps_in: bool,
}

impl Undone {
    /// For certain.
    fn certainly(fault: Fault) -> Self {
        Self { fault, perhaps_in: false }
    }

    pub(super) fn told(&self) -> CommitError {
        match self.fault {
            Fault::Rejected { .. } | Fault::Misread { .. } => CommitError::Rejected,
            _ if self.perhaps_in => CommitError::Unknown,
            _ => CommitError::Unavailable,
        }
    }
}

/// A unit and the caller that waits for its fate.
pub(super) struct Waiting {
    pub(super) unit: Unit,
    pub(super) answer: oneshot::Sender<Result<Outcome, CommitError>>,
    /// When it was handed in.
    pub(super) since: Instant,
}

/// What the writer owns.
pub(super) struct Scribe {
    engine: Arc<dyn Engine>,
    clock: Arc<dyn Clock>,
    standing: Arc<ArcSwap<Standing>>,
    busy_since: Arc<ArcSwapOption<Instant>>,
    connection: Option<Box<dyn Writer>>,
    head: Head,
    /// The head of a COMMIT whose answer never came. Nothing is written before it is known which of the two stands.
    doubtful: Option<Head>,
    stopped: bool,
}

/// Takes `origin` on `engine`, and gives the writer that alone may write to it from now on.
pub(super) async fn take(engine: Arc<dyn Engine>, clock: Arc<dyn Clock>, origin: &str) -> Result<Scribe, Fault> {
    let mut connection = engine.writer().await?;
    let empty = Frontier::default();
    let values = [
        origin.into(),
        empty.root().as_slice().into(),
        empty.to_bytes().as_slice().into(),
        Value::Int(clock.now().instant),
    ];
    let rows = connection.run(TAKE_ORIGIN, &values).await?;
    let row = rows.first().ok_or(Fault::Misread { column: 0 })?;
    let head =
        Head { origin: origin.to_owned(), epoch: row.int(0)?, frontier: frontier_of(row)?, committed_at: row.int(4)? };
    let standing = Arc::new(ArcSwap::from_pointee(Standing::of(&head)));
    let busy_since = Arc::default();
    let connection = Some(connection);
    Ok(Scribe { engine, clock, standing, busy_since, connection, head, doubtful: None, stopped: false })
}

impl Scribe {
    pub(super) fn standing(&self) -> Arc<ArcSwap<Standing>> {
        Arc::clone(&self.standing)
    }

    /// Since when the oldest unit that the writer works on has waited; nothing while it has no work.
    pub(super) fn busy_since(&self) -> Arc<ArcSwapOption<Instant>> {
        Arc::clone(&self.busy_since)
    }

    /// Runs until every sender of `queue` is gone and all it holds is answered.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Work>) {
        let mut waiting = VecDeque::new();
        loop {
            if waiting.is_empty() {
                match queue.recv().await {
                    Some(first) => self.take_in(first, &mut waiting).await,
                    None => return,
                }
            }
            while waiting.len() < LARGEST_BATCH
                && let Ok(next) = queue.try_recv()
            {
                self.take_in(next, &mut waiting).await;
            }
            if waiting.is_empty() {
                continue;
            }
            self.busy_since.store(waiting.front().map(|oldest| Arc::new(oldest.since)));
            let batch = self.choose(&mut waiting);
            self.settle(batch).await;
            self.busy_since.store(None);
        }
    }

    async fn take_in(&mut self, work: Work, waiting: &mut VecDeque<Waiting>) {
        match work {
            Work::Unit(unit) => waiting.push_back(*unit),
            Work::Sweep(sweep) => {
                self.busy_since.store(Some(Arc::new(Instant::now())));
                self.sweep(sweep).await;
                self.busy_since.store(None);
            }
            Work::Mark(marking) => {
                self.busy_since.store(Some(Arc::new(Instant::now())));
                self.mark(marking).await;
                self.busy_since.store(None);
            }
        }
    }

    /// Takes from the front what can be decided as one set. Units that claim the same thing go in different batches, so
    /// that the later one meets the earlier one's row, or its absence.
    fn choose(&self, waiting: &mut VecDeque<Waiting>) -> Vec<Waiting> {
        let mut batch: Vec<Waiting> = Vec::with_capacity(waiting.len());
        let mut later = VecDeque::new();
        let mut moved: HashSet<Subject> = HashSet::new();
        let mut claimed: HashSet<[u8; 32]> = HashSet::new();
        for one in waiting.drain(..) {
            if one.unit.claims.iter().any(|claim| claimed.contains(&claim.key)) {
                // Its claims count too: a third unit may not overtake the second.
                claimed.extend(one.unit.claims.iter().map(|claim| claim.key));
                later.push_back(one);
            } else if one.unit.depends_on(&moved) {
                // An earlier unit of this batch writes what this one read: its caller must decide again.
                let _ = one.answer.send(Ok(Outcome::Moved));
            } else {
                moved.extend(one.unit.moves.iter().copied());
                claimed.extend(one.unit.claims.iter().map(|claim| claim.key));
                batch.push(one);
            }
        }
        *waiting = later;
        batch
    }

    /// Commits the batch and answers everyone in it.
    async fn settle(&mut self, batch: Vec<Waiting>) {
        // Halves of a batch that failed are tried in their turn, down to the guilty unit.
        let mut sets = VecDeque::from([batch]);
        while let Some(mut set) = sets.pop_front() {
            if set.is_empty() {
                continue;
            }
            match self.commit(&set).await {
                Ok(fates) => self.answer(set, &fates),
                Err(undone) if undone.told() == CommitError::Rejected && set.len() > 1 => {
                    let half = set.split_off(set.len() / 2);
                    sets.push_front(half);
                    sets.push_front(set);
                }
                Err(undone) => refuse(set, &undone),
            }
        }
    }

    /// Tries until the set is in, refused, or the database cannot be used.
    async fn commit(&mut self, set: &[Waiting]) -> Result<Vec<Fate>, Undone> {
        let units: Vec<&Unit> = set.iter().map(|waiting| &waiting.unit).collect();
        let mut tries = 0;
        loop {
            self.ready().await.map_err(Undone::certainly)?;
            let now = self.clock.now().instant;
            let Some(connection) = self.connection.as_deref_mut() else {
                return Err(Undone::certainly(Fault::Gone { reason: "no connection".into() }));
            };
            match attempt(connection, self.engine.batch(), &self.head, &units, now).await {
                Ending::Committed(head, fates) => {
                    self.advance(head);
                    return Ok(fates);
                }
                Ending::Fenced => return Err(Undone::certainly(self.stop("another process has taken this origin"))),
                // What reached the disk shows when the process starts again.
                Ending::Failed(Fault::FlushFailed) => {
                    return Err(Undone { fault: self.stop("the disk failed while flushing"), perhaps_in: true });
                }
                Ending::Failed(Fault::Contended) if tries < CONTENDED_TRIES => {
                    tries += 1;
                    step_aside(tries, self.head.frontier.size()).await;
                }
                Ending::Failed(fault @ (Fault::Rejected { .. } | Fault::Misread { .. })) => {
                    return Err(Undone::certainly(fault));
                }
                Ending::Failed(fault) => {
                    self.connection = None;
                    self.unwell(&fault);
                    if tries >= 1 {
                        return Err(Undone::certainly(fault));
                    }
                    tries += 1;
                }
                Ending::Unknown(head, fates, fault) => {
                    self.connection = None;
                    self.doubtful = Some(head.clone());
                    self.ready().await.map_err(|fault| Undone { fault, perhaps_in: true })?;
                    if self.head.frontier == head.frontier {
                        return Ok(fates);
                    }
                    // The old head stands: the locks are gone and a withdrawal may have come between, so from step (a) again.
                    // Once: a full disk fails every COMMIT, and is no reason to keep a caller waiting for ever.
                    if tries >= 1 {
                        self.unwell(&fault);
                        return Err(Undone::certainly(fault));
                    }
                    tries += 1;
                }
            }
        }
    }

    /// One step of a sweep, outside any batch.
    pub(super) async fn step(&mut self, before: i64, most: u32) -> Result<u32, Undone> {
        self.ready().await.map_err(Undone::certainly)?;
        let Some(connection) = self.connection.as_deref_mut() else {
            return Err(Undone::certainly(Fault::Gone { reason: "no connection".into() }));
        };
        free(connection, before, most).await.map_err(|fault| Undone::certainly(self.after(fault)))
    }

    /// One move of a mark, outside any batch.
    pub(super) async fn move_mark(&mut self, mark: &Mark) -> Result<bool, Undone> {
        self.ready().await.map_err(Undone::certainly)?;
        let Some(connection) = self.connection.as_deref_mut() else {
            return Err(Undone::certainly(Fault::Gone { reason: "no connection".into() }));
        };
        let moved = go_on(connection, mark).await;
        // A statement whose answer did not come may be in.
        moved.map_err(|fault| Undone { perhaps_in: true, fault: self.after(fault) })
    }

    /// Sees to the connection after a statement of its own failed.
    fn after(&mut self, fault: Fault) -> Fault {
        let fault = match fault {
            Fault::FlushFailed => self.stop("the disk failed while flushing"),
            fault => fault,
        };
        if !matches!(fault, Fault::Contended) {
            self.connection = None;
            self.unwell(&fault);
        }
        fault
    }

    /// Sees to a connection, and to knowing where the log stands.
    async fn ready(&mut self) -> Result<(), Fault> {
        if self.stopped {
            return Err(Fault::Gone { reason: "this writer has stopped".into() });
        }
        let mut pauses = RECONNECT_PAUSES.iter();
        while self.connection.is_none() {
            // INVARIANT: no unit is to blame for what goes wrong here, so none is refused for it and no set is halved.
            match self.reconnect().await.map_err(Fault::of_the_database) {
                Ok(()) => break,
                Err(fault) => {
                    let Some(pause) = pauses.next().filter(|_| !self.stopped) else {
                        return Err(fault);
                    };
                    tokio::time::sleep(Duration::from_millis(*pause)).await;
                }
            }
        }
        Ok(())
    }

    async fn reconnect(&mut self) -> Result<(), Fault> {
        let connection = self.engine.writer().await.inspect_err(|fault| self.unwell(fault))?;
        self.connection = Some(connection);
        self.recover().await
    }

    /// After a lost connection: new size means committed, old size means not, anything else means stop.
    async fn recover(&mut self) -> Result<(), Fault> {
        let found = self.read_head().await;
        let (epoch, size, root) = match found {
            Ok(found) => found,
            Err(fault) => {
                self.connection = None;
                self.unwell(&fault);
                return Err(fault);
            }
        };
        let stands = |head: &Head| head.epoch == epoch && head.frontier.size() == size && head.frontier.root() == root;
        let doubtful = self.doubtful.take();
        if let Some(head) = doubtful.filter(|head| stands(head)) {
            self.advance(head);
        } else if stands(&self.head) {
            self.advance(self.head.clone());
        } else {
            return Err(self.stop("the log stands elsewhere than this writer left it"));
        }
        Ok(())
    }

    async fn read_head(&mut self) -> Result<(i64, u64, [u8; 32]), Fault> {
        let statement = self.engine.batch().head_locked;
        let connection = self.connection.as_deref_mut().ok_or(Fault::Gone { reason: "no connection".into() })?;
        let rows = connection.run(statement, &[Value::Text(self.head.origin.clone())]).await?;
        let row = rows.first().ok_or(Fault::Misread { column: 0 })?;
        let size = u64::try_from(row.int(1)?).map_err(|_| Fault::Misread { column: 1 })?;
        Ok((row.int(0)?, size, row.array(2)?))
    }

    fn answer(&self, set: Vec<Waiting>, fates: &[Fate]) {
        for (waiting, fate) in set.into_iter().zip(fates) {
            let outcome = match fate {
                Fate::In { first } => Outcome::Committed(Receipt {
                    first: *first,
                    committed_at: self.head.committed_at,
                    decisions: waiting.unit.records.iter().map(|leaf| leaf.decision).collect(),
                }),
                Fate::Moved => Outcome::Moved,
                Fate::Claimed => Outcome::Claimed,
            };
            // A caller that went away has lost interest, not its work.
            let _ = waiting.answer.send(Ok(outcome));
        }
    }

    /// The tree in memory moves only here, after COMMIT.
    fn advance(&mut self, head: Head) {
        let failed_at = self.standing.load().failed_at;
        self.standing.store(Arc::new(Standing { failed_at, ..Standing::of(&head) }));
        self.head = head;
    }

    fn unwell(&self, fault: &Fault) {
        let mut standing = Standing::clone(&self.standing.load());
        standing.trouble = Some(fault.to_string());
        standing.failed_at = Some(std::time::Instant::now());
        self.standing.store(Arc::new(standing));
        tracing::error!(%fault, "the ledger cannot write");
    }

    fn stop(&mut self, reason: &str) -> Fault {
        self.stopped = true;
        self.connection = None;
        let fault = Fault::Gone { reason: reason.to_owned() };
        self.unwell(&fault);
        fault
    }
}

/// Lets the other go first. The pause differs from one log to the next, so that two do not meet again in step.
async fn step_aside(tries: u32, size: u64) {
    tokio::time::sleep(Duration::from_millis(2 * u64::from(tries) + size % 7)).await;
}

fn refuse(set: Vec<Waiting>, undone: &Undone) {
    for waiting in set {
        let _ = waiting.answer.send(Err(undone.told()));
    }
}

fn frontier_of(row: &crate::store::engine::Row) -> Result<Frontier, Fault> {
    let size = u64::try_from(row.int(1)?).map_err(|_| Fault::Misread { column: 1 })?;
    let root: [u8; 32] = row.array(2)?;
    Frontier::from_bytes(size, row.bytes(3)?)
        .filter(|frontier| frontier.root() == root)
        .ok_or(Fault::Misread { column: 3 })
}
