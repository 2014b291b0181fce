// SPDX-License-Identifier: EUPL-1.2
//! The outbox: delivers what was committed. Each try decides again, commits the dispatch record, and only then hands the
//! message to its connector (P3); how it went is a further record.

mod course;
mod dispatch;
mod feedback;
mod late;
mod notice;
mod passage;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use self::passage::{Passage, Went};
use crate::broker::{Broker, Trouble};
use crate::ledger::unit::{DeliveryKind, DeliveryRow};
use crate::register::Way;
use crate::vault::Id;

/// How often the queue is looked at when nobody says that it changed.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How long after a look the next one is at the earliest, however often the queue changes; and how many times as long as
/// the look took, so that a slow database is not asked without end.
const LOOK_AGAIN: Duration = Duration::from_millis(5);
const LOOK_SHARE: u32 = 4;

/// How often our clock is compared with that of the database server.
const COMPARE_EVERY: Duration = Duration::from_secs(5);

/// How many due deliveries are looked at together.
const LOOK_AT: i64 = 512;

/// How many deliveries are under way at once, and how many of those to one host: one that hangs holds up nobody else.
const ABREAST: usize = 32;
const ABREAST_TO_ONE: usize = 4;

/// How many of those may be on ways out that do not get through, one on each: the rest is for who is there.
const ABREAST_IN_VAIN: usize = 8;

/// How often is looked for what is late.
const LOOK_FOR_LATE: Duration = Duration::from_secs(60);

/// How long a delivery rests that could not even be tried: a row that cannot be opened must not keep the queue busy.
const REST: Duration = Duration::from_secs(5);

/// Postbak uit: lets out what may leave, until it is told to stop.
#[derive(Debug, Clone)]
#[doc(alias = "postbak")]
pub struct Outbox {
    broker: Arc<Broker>,
}

/// What is being delivered at the moment, by which way out, which of these do not get through, and what rests after a try that
/// came to nothing.
#[derive(Default)]
struct UnderWay {
    errands: JoinSet<(Id, Option<Went>)>,
    ways: HashMap<Id, Arc<str>>,
    passage: Passage,
    resting: HashMap<Id, Instant>,
}

/// A delivery that was seen to be due, and its way out.
struct Due {
    way: Arc<str>,
    row: DeliveryRow,
}

impl UnderWay {
    /// Whether there is room for this delivery, which from now on takes it.
    fn take_in(&mut self, due: &Due) -> bool {
        let goes = self.has_room() && self.has_room_for(due) && self.is_free(due);
        if goes {
            self.ways.insert(due.row.id, Arc::clone(&due.way));
        }
        goes
    }

    /// Whether one more may take this way out. What is urgent and was never tried waits for no rest to end.
    fn has_room_for(&self, due: &Due) -> bool {
        let taken = self.ways.values().filter(|taken| **taken == due.way).count();
        if !self.passage.is_stopped_up(&due.way) {
            return taken < ABREAST_TO_ONE;
        }
        let in_vain = self.ways.values().filter(|taken| self.passage.is_stopped_up(taken)).count();
        let new = due.row.urgent && due.row.attempts == 0;
        taken == 0 && in_vain < ABREAST_IN_VAIN && (new || !self.passage.rests(&due.way, Instant::now()))
    }

    fn has_room(&self) -> bool {
        self.ways.len() < ABREAST
    }

    /// Whether it is not under way already, and does not rest.
    fn is_free(&self, due: &Due) -> bool {
        !self.ways.contains_key(&due.row.id) && !self.resting.contains_key(&due.row.id)
    }

    /// Gives the way out that has room again; none when it is not known which.
    fn finish(&mut self, done: Option<Result<(Id, Option<Went>), JoinError>>) -> Option<Arc<str>> {
        match done {
            Some(Ok((id, went))) => {
                let way = self.ways.remove(&id);
                match (went, &way) {
                    (Some(went), Some(way)) => self.passage.learn(way, went, Instant::now()),
                    (Some(_), None) => {}
                    (None, _) => drop(self.resting.insert(id, Instant::now())),
                }
                way
            }
            // A try that broke off tells no id. Nothing is lost by forgetting all of them: the store knows what left.
            Some(Err(_)) => {
                self.ways.clear();
                None
            }
            None => None,
        }
    }

    fn wake(&mut self) {
        self.resting.retain(|_, since| since.elapsed() < REST);
    }
}

/// When the queue is looked at: soon when it changed, and otherwise now and then, because another gateway may change it too.
struct Pace {
    earliest: Instant,
    latest: Instant,
    hurries: bool,
}

impl Pace {
    fn from(now: Instant) -> Self {
        Self { earliest: now, latest: now, hurries: false }
    }

    fn next(&self) -> Instant {
        if self.hurries { self.earliest } else { self.latest }
    }

    /// A look that took so long ended now.
    fn looked(&mut self, now: Instant, took: Duration) {
        let earliest = now + LOOK_AGAIN.max(took * LOOK_SHARE);
        *self = Self { earliest, latest: earliest.max(now + LOOK_EVERY), hurries: false };
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
        let (mut register, mut seen, mut again) = (None, Vec::new(), Vec::new());
        let (mut pace, mut compared, mut told_late) = (Pace::from(Instant::now()), Instant::now(), Instant::now());
        while !*stop.borrow() {
            // Listening begins before the look, so that what comes while it lasts is not missed.
            let mut told = std::pin::pin!(changed.notified());
            told.as_mut().enable();
            if compared.elapsed() > COMPARE_EVERY {
                self.broker.compare_clocks(self.broker.store().time()).await;
                compared = Instant::now();
            }
            if told_late.elapsed() > LOOK_FOR_LATE {
                self.tell_of_late().await;
                told_late = Instant::now();
            }
            under_way.wake();
            let version = *self.broker.register.load().version();
            if register.replace(version) != Some(version) {
                again = self.reachable_again().await;
            }
            if pace.next() <= Instant::now() {
                let began = Instant::now();
                seen = self.due().await;
                pace.looked(Instant::now(), began.elapsed());
            }
            seen = self.begin(seen, &mut under_way);
            seen.retain(|due| under_way.is_free(due));
            // Rarely many: what was left behind gets what room there is, and keeps its turn.
            again = self.begin(again, &mut under_way);
            tokio::select! {
                done = under_way.errands.join_next(), if !under_way.errands.is_empty() => {
                    let way = under_way.finish(done);
                    // What was seen and found no room goes first; when there is none, more may be due behind what left.
                    pace.hurries |= !seen.iter().any(|due| Some(&due.way) == way.as_ref());
                }
                () = told, if !pace.hurries => pace.hurries = true,
                () = tokio::time::sleep_until(pace.next().into()) => {}
                _ = stop.changed() => {}
            }
        }
        while under_way.errands.join_next().await.is_some() {}
    }

    /// Begins a try for each as far as there is room; gives back what found none.
    fn begin(&self, mut waiting: Vec<Due>, under_way: &mut UnderWay) -> Vec<Due> {
        if under_way.has_room() {
            waiting.retain(|due| !self.begin_one(due, under_way));
        }
        waiting
    }

    fn begin_one(&self, due: &Due, under_way: &mut UnderWay) -> bool {
        let taken_in = under_way.take_in(due);
        if taken_in {
            let (outbox, row) = (self.clone(), due.row.clone());
            under_way.errands.spawn(async move { (row.id, outbox.try_to_deliver(row).await) });
        }
        taken_in
    }

    async fn due(&self) -> Vec<Due> {
        let rows = self.look().await.unwrap_or_else(|trouble| {
            tracing::warn!(%trouble, "the queue cannot be read");
            Vec::new()
        });
        rows.into_iter().map(|row| self.on_its_way(row)).collect()
    }

    async fn look(&self) -> Result<Vec<DeliveryRow>, Trouble> {
        // A clock that is astray decides nothing, so there is no use in looking.
        self.broker.now()?;
        let store = self.broker.store();
        Ok(store.due(store.time().await?, LOOK_AT).await?)
    }

    /// What was given up or lay ready to be fetched, for desks that the register has an address for by now: an address that
    /// was wrong, or left out, and was put right brings back what waited meanwhile.
    async fn reachable_again(&self) -> Vec<Due> {
        let left_behind = self.broker.store().left_behind(LOOK_AT).await.unwrap_or_default();
        let reachable = left_behind.into_iter().filter(|row| matches!(self.way(row), Some(Way::Delivered(_))));
        reachable.map(|row| self.on_its_way(row)).collect()
    }

    /// One try; none where it could not be made. Whatever goes wrong here leaves the row as it was committed, to be tried again.
    async fn try_to_deliver(&self, row: DeliveryRow) -> Option<Went> {
        let done = match row.kind {
            DeliveryKind::Signal => self.dispatch(row).await,
            DeliveryKind::Withdrawal => self.take_back(row).await,
            DeliveryKind::Feedback => self.give_feedback(row).await,
        };
        done.inspect_err(|trouble| tracing::warn!(%trouble, "a delivery could not be tried")).ok()
    }

    /// A delivery with the way out that it takes: its host, or its receiver where there is no address.
    fn on_its_way(&self, row: DeliveryRow) -> Due {
        let by_host = match self.way(&row) {
            Some(Way::Delivered(address)) => {
                let port = address.url().port_or_known_default().unwrap_or_default();
                address.url().host_str().map(|host| format!("{host}:{port}").into())
            }
            _ => None,
        };
        Due { way: by_host.unwrap_or_else(|| row.receiver.as_str().into()), row }
    }

    /// How the receiver of a row gets its messages, by the register as it is now.
    fn way(&self, row: &DeliveryRow) -> Option<Way> {
        self.broker.register.load().way(row.party()?)
    }
}

#[cfg(test)]
mod pace {
    use super::*;

    #[test]
    fn the_queue_is_looked_at_soon_after_a_change_but_never_without_end() {
        let now = Instant::now();
        let mut pace = Pace::from(now);
        assert_eq!(pace.next(), now, "the first look is at once");
        for (took, soon, otherwise) in [(0, 5, 250), (1, 5, 250), (10, 40, 250), (1_000, 4_000, 4_000)] {
            pace.looked(now, Duration::from_millis(took));
            assert_eq!(pace.next() - now, Duration::from_millis(otherwise), "{took}");
            pace.hurries = true;
            assert_eq!(pace.next() - now, Duration::from_millis(soon), "{took}");
        }
    }
}

#[cfg(test)]
mod room {
    use super::*;
    use crate::ledger::unit::{DeliveryState, Reached};

    fn due(number: u8, way: &Arc<str>, urgent: bool, attempts: i64) -> Due {
        let row = DeliveryRow {
            id: [number; 16],
            signal: [2; 16],
            youth: [3; 16],
            receiver: "99000000000000000020".into(),
            desk: "wijkteam".into(),
            kind: DeliveryKind::Signal,
            urgent,
            state: DeliveryState::Waiting,
            attempts,
            due_at: 0,
            created_at: 0,
            reached: Reached::Never,
            sealed: vec![4],
        };
        Due { way: Arc::clone(way), row }
    }

    #[test]
    fn who_does_not_get_through_takes_no_room_from_who_does_and_rests_unless_it_is_new_and_urgent() {
        let mut under_way = UnderWay::default();
        let dead: Vec<Arc<str>> = (0..20).map(|number| format!("dead-{number}:443").into()).collect();
        for (way, long_ago) in dead.iter().zip(1_u64..) {
            let then = Instant::now().checked_sub(Duration::from_secs(60 * long_ago)).unwrap();
            (0..3).for_each(|_| under_way.passage.learn(way, Went::Stuck, then));
        }
        let resting: Arc<str> = "resting:443".into();
        (0..9).for_each(|_| under_way.passage.learn(&resting, Went::Stuck, Instant::now()));
        assert!(!under_way.take_in(&due(100, &resting, true, 1)) && !under_way.take_in(&due(101, &resting, false, 0)));
        assert!(under_way.take_in(&due(102, &resting, true, 0)), "what is urgent and new is tried at once");
        let taken = (0_u8..).zip(&dead).filter(|(number, way)| under_way.take_in(&due(*number, way, false, 3))).count();
        assert_eq!(taken, ABREAST_IN_VAIN - 1);
        assert!(!under_way.take_in(&due(99, &dead[0], false, 3)), "one at a time");
        let alive: Arc<str> = "alive:443".into();
        let taken = (200..210).filter(|number| under_way.take_in(&due(*number, &alive, false, 0))).count();
        assert_eq!(taken, ABREAST_TO_ONE);
        under_way.finish(Some(Ok(([0; 16], Some(Went::Through)))));
        assert!(under_way.take_in(&due(99, &dead[0], false, 3)) && under_way.take_in(&due(98, &dead[0], false, 3)));
    }
}

#[cfg(feature = "demo")]
#[cfg(test)]
mod tests;
