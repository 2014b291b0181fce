// SPDX-License-Identifier: EUPL-1.2
//! The outbox: delivers what was committed. Each try decides again, commits the dispatch record, and only then hands the
//! message to its connector (P3); how it went is a further record.

mod course;
mod dispatch;
mod feedback;
mod notice;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use crate::broker::{Broker, Trouble};
use crate::ledger::unit::{DeliveryKind, DeliveryRow};
use crate::register::Way;
use crate::vault::Id;

/// How often the queue is looked at when nobody says that it changed.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How often our clock is compared with that of the database server.
const COMPARE_EVERY: Duration = Duration::from_secs(5);

/// How many due deliveries are looked at together.
const LOOK_AT: i64 = 512;

/// How many deliveries are under way at once, and how many of those to one host: one that hangs holds up nobody else.
const ABREAST: usize = 32;
const ABREAST_TO_ONE: usize = 4;

/// How long a delivery rests that could not even be tried: a row that cannot be opened must not keep the queue busy.
const REST: Duration = Duration::from_secs(5);

/// Postbak uit: lets out what may leave, until it is told to stop.
#[derive(Debug, Clone)]
#[doc(alias = "postbak")]
pub struct Outbox {
    broker: Arc<Broker>,
}

/// What is being delivered at the moment, by which way out, and what rests after a try that came to nothing.
#[derive(Default)]
struct UnderWay {
    errands: JoinSet<(Id, bool)>,
    ways: HashMap<Id, String>,
    resting: HashMap<Id, Instant>,
}

impl UnderWay {
    /// Whether there is room for this delivery, which from now on takes it.
    fn take_in(&mut self, id: Id, way: String) -> bool {
        let this_way = self.ways.values().filter(|taken| **taken == way).count();
        let room = self.ways.len() < ABREAST && this_way < ABREAST_TO_ONE;
        let free = !self.ways.contains_key(&id) && !self.resting.contains_key(&id);
        if room && free {
            self.ways.insert(id, way);
        }
        room && free
    }

    fn finish(&mut self, done: Option<Result<(Id, bool), JoinError>>) {
        match done {
            Some(Ok((id, tried))) => {
                self.ways.remove(&id);
                if !tried {
                    self.resting.insert(id, Instant::now());
                }
            }
            // A try that broke off tells no id. Nothing is lost by forgetting all of them: the store knows what left.
            Some(Err(_)) => self.ways.clear(),
            None => {}
        }
    }

    fn wake(&mut self) {
        self.resting.retain(|_, since| since.elapsed() < REST);
    }
}

impl Outbox {
    /// An outbox for this broker's queue.
    #[must_use]
    pub fn new(broker: Arc<Broker>) -> Self {
        Self { broker }
    }

    /// Runs until `stop` says so, and then finishes what is under way.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let changed = self.broker.queue_changed();
        let mut under_way = UnderWay::default();
        let (mut register, mut again, mut compared) = (None, Vec::new(), Instant::now());
        while !*stop.borrow() {
            if compared.elapsed() > COMPARE_EVERY {
                self.broker.compare_clocks(self.broker.store().time()).await;
                compared = Instant::now();
            }
            under_way.wake();
            let version = *self.broker.register.load().version();
            if register.replace(version) != Some(version) {
                again = self.reachable_again().await;
            }
            let waiting = std::mem::take(&mut again);
            for row in self.due().await {
                self.begin(row, &mut under_way);
            }
            // Rarely many: what was left behind gets what room there is, and keeps its turn.
            again.extend(waiting.into_iter().filter_map(|row| self.begin(row, &mut under_way)));
            tokio::select! {
                done = under_way.errands.join_next(), if !under_way.errands.is_empty() => under_way.finish(done),
                () = changed.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stop.changed() => {}
            }
        }
        while under_way.errands.join_next().await.is_some() {}
    }

    /// Begins a try; gives the row back when there is no room for it now.
    fn begin(&self, row: DeliveryRow, under_way: &mut UnderWay) -> Option<DeliveryRow> {
        if !under_way.take_in(row.id, self.way_out(&row)) {
            return Some(row);
        }
        let outbox = self.clone();
        under_way.errands.spawn(async move { (row.id, outbox.try_to_deliver(row).await) });
        None
    }

    async fn due(&self) -> Vec<DeliveryRow> {
        self.look().await.unwrap_or_else(|trouble| {
            tracing::warn!(%trouble, "the queue cannot be read");
            Vec::new()
        })
    }

    async fn look(&self) -> Result<Vec<DeliveryRow>, Trouble> {
        // A clock that is astray decides nothing, so there is no use in looking.
        self.broker.now()?;
        let store = self.broker.store();
        Ok(store.due(store.time().await?, LOOK_AT).await?)
    }

    /// What was given up or lay ready to be fetched, for desks that the register has an address for by now: an address that
    /// was wrong, or left out, and was put right brings back what waited meanwhile.
    async fn reachable_again(&self) -> Vec<DeliveryRow> {
        let left_behind = self.broker.store().left_behind(LOOK_AT).await.unwrap_or_default();
        left_behind.into_iter().filter(|row| matches!(self.way(row), Some(Way::Delivered(_)))).collect()
    }

    /// One try. Whatever goes wrong here leaves the row as it was committed, to be tried again.
    async fn try_to_deliver(&self, row: DeliveryRow) -> bool {
        let done = match row.kind {
            DeliveryKind::Signal => self.dispatch(row).await,
            DeliveryKind::Withdrawal => self.take_back(row).await,
            DeliveryKind::Feedback => self.give_feedback(row).await,
        };
        if let Err(trouble) = &done {
            tracing::warn!(%trouble, "a delivery could not be tried");
        }
        done.is_ok()
    }

    /// The way out that a delivery takes: its host, or its receiver where there is no address.
    fn way_out(&self, row: &DeliveryRow) -> String {
        let Some(Way::Delivered(address)) = self.way(row) else { return row.receiver.clone() };
        let port = address.url().port_or_known_default().unwrap_or_default();
        address.url().host_str().map_or_else(|| row.receiver.clone(), |host| format!("{host}:{port}"))
    }

    /// How the receiver of a row gets its messages, by the register as it is now.
    fn way(&self, row: &DeliveryRow) -> Option<Way> {
        self.broker.register.load().way(row.party()?)
    }
}

#[cfg(feature = "demo")]
#[cfg(test)]
mod tests;
