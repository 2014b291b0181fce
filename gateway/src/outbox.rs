// SPDX-License-Identifier: EUPL-1.2
//! The outbox: delivers what was committed. Each try decides again, commits the dispatch record, and only then hands the
//! message to its connector (P3); how it went is a further record.

mod course;
mod dispatch;
mod notice;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sluis_connectors::Address;
use sluis_policy::Party;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use crate::broker::{Broker, Trouble, party_of};
use crate::ledger::unit::DeliveryRow;
use crate::vault::Id;

/// How often the queue is looked at when nobody says that it changed.
const LOOK_EVERY: Duration = Duration::from_millis(250);

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
        let mut register = None;
        while !*stop.borrow() {
            under_way.wake();
            let mut rows = self.due().await;
            let version = *self.broker.register.load().version();
            if register.replace(version) != Some(version) {
                rows.extend(self.reachable_again().await);
            }
            for row in rows {
                if under_way.take_in(row.id, self.way(&row)) {
                    let outbox = self.clone();
                    under_way.errands.spawn(async move { (row.id, outbox.try_to_deliver(row).await) });
                }
            }
            tokio::select! {
                done = under_way.errands.join_next(), if !under_way.errands.is_empty() => under_way.finish(done),
                () = changed.notified() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                _ = stop.changed() => {}
            }
        }
        while under_way.errands.join_next().await.is_some() {}
    }

    async fn due(&self) -> Vec<DeliveryRow> {
        let due = match self.broker.now() {
            Ok(moment) => self.broker.store().due(moment.instant, LOOK_AT).await.map_err(Trouble::from),
            Err(trouble) => Err(trouble),
        };
        due.unwrap_or_else(|trouble| {
            tracing::warn!(%trouble, "the queue cannot be read");
            Vec::new()
        })
    }

    /// What lay ready to be fetched, for desks that the register has an address for by now: an address that was left out
    /// by mistake and put back brings back what waited meanwhile.
    async fn reachable_again(&self) -> Vec<DeliveryRow> {
        let available = self.broker.store().available(LOOK_AT).await.unwrap_or_default();
        available.into_iter().filter(|row| party_of(row).is_some_and(|party| self.address(party).is_some())).collect()
    }

    /// One try. Whatever goes wrong here leaves the row as it was committed, to be tried again.
    async fn try_to_deliver(&self, row: DeliveryRow) -> bool {
        let done = if row.kind == "intrekking" { self.take_back(row).await } else { self.dispatch(row).await };
        if let Err(trouble) = &done {
            tracing::warn!(%trouble, "a delivery could not be tried");
        }
        done.is_ok()
    }

    /// The way out that a delivery takes: its host, or its receiver where there is no address.
    fn way(&self, row: &DeliveryRow) -> String {
        let address = party_of(row).and_then(|party| self.address(party));
        let host = address.as_ref().and_then(|address| address.url().host_str());
        host.map_or_else(
            || row.receiver.clone(),
            |host| {
                let port = address.as_ref().and_then(|address| address.url().port_or_known_default());
                format!("{host}:{}", port.unwrap_or_default())
            },
        )
    }

    fn address(&self, receiver: Party) -> Option<Address> {
        self.broker.register.load().organisation(receiver.organisation)?.deliveries.get(&receiver.desk).cloned()
    }
}
