// SPDX-License-Identifier: EUPL-1.2
//! Bewaren: lets go of what may not be kept any longer, by the terms that somebody decided on, for as long as the gateway runs.
//!
//! A signal goes by its own term, on record in the gateway's log. A class of what is kept of a youth goes as if an operator had
//! erased it: on record in a log of its own, in the journal, and not while it is held or while something must still arrive.
//! Two gateways on one database each look, and each thing goes once: the commit demands that nothing has moved.
//!
//! What goes does not come back, so a clock is not believed at once: it must have run evenly for a while before anything goes.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use jiff::civil::Date;
use serde_json::{Value, json};
use sluis_policy::ProcessingActivity;
use tokio::sync::watch;

use crate::broker::erasing::{Due, Gone, Kept, Obstacle};
use crate::broker::{Broker, Trouble};
use crate::config::Erasure;
use crate::erasing::{self, ERASED, Unerased};
use crate::journal::{self, Journal, JournalFault, Line, of_whom};
use crate::ledger::unit::Unit;
use crate::ledger::{CommitError, Ledger, Outcome};
use crate::operator::Done;
use crate::retention::Terms;
use crate::store::engine::{Engine, Writer};
use crate::store::kept::youths;
use crate::vault::{Id, RetentionClass, fresh_id};

/// What stands behind the name of the gateway's log in that of what went by a term.
const BESIDE: &str = "/termijn/beheer";

/// How often is looked whether it is time.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long between two rounds. Terms are days.
const EVERY: Duration = Duration::from_secs(24 * 3_600);

/// How long until the next try after a round that came to no end.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// How many youths are looked at before it pauses, so that nobody who calls notices a round.
const AT_ONCE: usize = 100;
const PAUSE: Duration = Duration::from_secs(1);

/// How often one youth is looked at anew in a round, because something went or moved.
const TURNS: u32 = 16;

/// How far a clock and the time that the machine counts may come apart, in microseconds.
const JUMP: i64 = 60_000_000;

/// What the configuration says about keeping.
#[derive(Debug)]
pub(crate) struct Keeping {
    /// The terms that were decided on.
    pub(crate) terms: Terms,
    /// How long the clock must have run evenly.
    pub(crate) rest: Duration,
    /// How what is erased stays so.
    pub(crate) erasure: Erasure,
    /// The folder that is copied when the data are.
    pub(crate) data: Option<PathBuf>,
}

/// Bewaarder: what a round needs.
#[derive(Clone)]
#[doc(alias = "bewaarder")]
pub(crate) struct Custodian {
    broker: Arc<Broker>,
    engine: Arc<dyn Engine>,
    log: String,
}

/// What a round came to.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Signals that went.
    pub(crate) signals: u32,
    /// Classes that went.
    pub(crate) classes: u32,
    /// Youths of whom something stays because it is held.
    pub(crate) held: u32,
    /// Youths of whom something stays because it, or something about them, must first arrive.
    pub(crate) under_way: u32,
    /// Youths of whom something cannot be read.
    pub(crate) unread: u32,
}

/// Gelijkmatig: how long a clock has run as evenly as the machine counts.
#[derive(Debug, Default)]
#[doc(alias = "gelijkmatig")]
struct Steady(Option<(Instant, i64)>);

impl Steady {
    /// Whether it has by now for `rest`. From a jump on, in either direction, it counts anew.
    fn for_long(&mut self, (machine, clock): (Instant, i64), rest: Duration) -> bool {
        let (begun, told) = *self.0.get_or_insert((machine, clock));
        let passed = machine.saturating_duration_since(begun);
        let apart = (clock - told) - i64::try_from(passed.as_micros()).unwrap_or(i64::MAX);
        if apart.abs() > JUMP {
            tracing::warn!("the clock jumped: nothing goes by a term before it has run evenly for a while");
            self.0 = Some((machine, clock));
            return rest.is_zero();
        }
        passed >= rest
    }
}

/// Looks once a day, until it is told to stop.
pub(crate) async fn run(custodian: Custodian, keeping: Arc<ArcSwapOption<Keeping>>, mut stop: watch::Receiver<bool>) {
    let mut steady = Steady::default();
    let mut next = Instant::now();
    while !*stop.borrow() {
        let now = (Instant::now(), custodian.broker.clock.now().instant);
        if let Some(keeping) = keeping.load_full()
            && steady.for_long(now, keeping.rest)
            && now.0 >= next
        {
            let done = custodian.round(&keeping, &stop).await;
            next = Instant::now() + if done.is_ok() { EVERY } else { AGAIN_AFTER };
            if let Err(trouble) = done {
                tracing::warn!(%trouble, "what may not be kept any longer could not all go");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

impl Custodian {
    /// For the gateway whose log has this name.
    pub(crate) fn new(broker: Arc<Broker>, engine: Arc<dyn Engine>, origin: &str) -> Self {
        Self { broker, engine, log: format!("{origin}{BESIDE}") }
    }

    /// Goes through everybody of whom something is kept, and records what came of it.
    ///
    /// # Errors
    /// When something cannot be read or recorded; what went is on record, and the rest goes the next time.
    pub(crate) async fn round(&self, keeping: &Keeping, stop: &watch::Receiver<bool>) -> Result<Tally, Unerased> {
        let today = self.broker.now()?.today;
        erasing::finish((&keeping.erasure, keeping.data.as_deref()), &self.engine, &self.broker.vault).await?;
        let gone = self.gone(keeping)?;
        let mut tally = Tally::default();
        let everybody = youths(self.engine.writer().await?.as_mut()).await?;
        let ended = self.go_through(&everybody, (keeping, &gone, today), &mut tally, stop).await;
        if tally.signals > 0 {
            self.engine.scrub().await?;
        }
        // What went is told also where the round came to no end.
        let told = Done::erased("bewaartermijnen_toegepast", tally.told(&keeping.terms)).by_itself();
        self.broker.record_operated(told).await?;
        metrics::counter!("sluis_signals_lapsed_total").increment(tally.signals.into());
        metrics::counter!("sluis_classes_erased_total").increment(tally.classes.into());
        metrics::gauge!("sluis_kept_beyond_term").set(tally.held + tally.under_way + tally.unread);
        ended.map(|()| tally)
    }

    async fn go_through(
        &self,
        everybody: &[Id],
        by: (&Keeping, &HashMap<Id, Vec<Gone>>, Date),
        tally: &mut Tally,
        stop: &watch::Receiver<bool>,
    ) -> Result<(), Unerased> {
        for (number, some) in everybody.chunks(AT_ONCE).enumerate() {
            if *stop.borrow() {
                return Ok(());
            }
            if number > 0 {
                tokio::time::sleep(PAUSE).await;
            }
            let mut connection = self.engine.writer().await?;
            for youth in some {
                match self.look_at(*youth, connection.as_mut(), by, tally).await {
                    Err(Unerased::Office(fault)) if fault.is_about_one() => tally.unread += 1,
                    done => done?,
                }
            }
        }
        Ok(())
    }

    /// When which classes of whom were erased.
    fn gone(&self, keeping: &Keeping) -> Result<HashMap<Id, Vec<Gone>>, JournalFault> {
        let mut gone: HashMap<Id, Vec<Gone>> = HashMap::new();
        if keeping.erasure.journal.exists() {
            for line in journal::read(&keeping.erasure.journal, &self.broker.vault)? {
                gone.entry(line.whom).or_default().extend(line.classes().map(|class| (class, line.at)));
            }
        }
        Ok(gone)
    }

    async fn look_at(
        &self,
        youth: Id,
        connection: &mut dyn Writer,
        (keeping, gone, today): (&Keeping, &HashMap<Id, Vec<Gone>>, Date),
        tally: &mut Tally,
    ) -> Result<(), Unerased> {
        let gone = gone.get(&of_whom(&self.broker.vault, youth)).map(Vec::as_slice).unwrap_or_default();
        for _ in 0..TURNS {
            let kept = Kept::on(connection, &self.broker.vault, youth).await?;
            match kept.due(&keeping.terms, gone, today)? {
                Due::Nothing => return Ok(()),
                Due::Waits(obstacle) => {
                    tally.waits(obstacle);
                    return Ok(());
                }
                Due::Signals(signals) => {
                    let lapsed = u32::try_from(signals.len()).unwrap_or(u32::MAX);
                    tally.signals += if self.lapse(&kept, &signals, &keeping.terms).await? { lapsed } else { 0 };
                }
                Due::Class(class) => tally.classes += u32::from(self.erase(&kept, class, keeping).await?),
            }
        }
        // What keeps moving is in use: the next round looks again.
        Ok(())
    }

    /// Lets signals go; not when something moved meanwhile, such as a hold that was placed.
    async fn lapse(&self, kept: &Kept, signals: &[(Id, ProcessingActivity)], terms: &Terms) -> Result<bool, Trouble> {
        let moment = self.broker.now()?;
        let record = |(signal, activity): &(Id, ProcessingActivity)| {
            let told = json!({"grond": "termijn", "activiteit": activity.code(), "termijnen": terms.version()});
            self.broker.lapse_record(Done::erased("signaal_verlopen", told).by_itself(), (kept.youth(), *signal))
        };
        let records = signals.iter().map(record).collect::<Result<_, _>>()?;
        let unit = kept.lapsed(records, &self.broker.vault, moment)?;
        committed(&self.broker.ledger, unit).await
    }

    /// Erases a class, as an operator would.
    async fn erase(&self, kept: &Kept, class: RetentionClass, keeping: &Keeping) -> Result<bool, Unerased> {
        let (vault, path, data) = (self.broker.vault.clone(), keeping.erasure.journal.clone(), keeping.data.clone());
        // Whoever else erases holds the journal until it is done.
        let opening = tokio::task::spawn_blocking(move || Journal::open(&path, &vault, data.as_deref()));
        let mut journal = opening.await.map_err(|_| Trouble::Contended)??;
        let clock = Arc::clone(&self.broker.clock);
        let (ledger, writer) = Ledger::open(Arc::clone(&self.engine), clock, &self.log).await?;
        let done = self.erase_in(&ledger, &mut journal, (kept, class), &keeping.terms).await;
        drop(ledger);
        let _ended = writer.await;
        done
    }

    async fn erase_in(
        &self,
        ledger: &Ledger,
        journal: &mut Journal,
        (kept, class): (&Kept, RetentionClass),
        terms: &Terms,
    ) -> Result<bool, Unerased> {
        let (record, moment) = (fresh_id().map_err(Trouble::from)?, self.broker.now()?);
        let whom = of_whom(&self.broker.vault, kept.youth());
        let ended = if class == RetentionClass::Delivery { kept.ended().count() } else { 0 };
        let classes = [class.code()];
        let told = json!({"klassen": classes, "grond": "termijn", "termijnen": terms.version(), "beeindigd": ended});
        let leaf = self.broker.term_leaf(record, Done::erased(ERASED, told).by_itself(), whom)?;
        if !committed(ledger, kept.erased(Unit::record(leaf), &[class], moment)?).await? {
            return Ok(false);
        }
        let unfinished = |what: &dyn std::fmt::Display| Unerased::Unfinished(what.to_string());
        self.engine.scrub().await.map_err(|fault| unfinished(&fault))?;
        let classes = classes.map(str::to_owned).to_vec();
        let line = Line { record, classes, at: moment.instant, whom };
        journal.append(&self.broker.vault, line).map_err(|fault| unfinished(&fault))?;
        Ok(true)
    }
}

impl Tally {
    fn waits(&mut self, obstacle: Obstacle) {
        match obstacle {
            Obstacle::Held => self.held += 1,
            Obstacle::UnderWay => self.under_way += 1,
            // Of these nothing is due.
            Obstacle::Nothing | Obstacle::Gone | Obstacle::OutOfOrder => {}
        }
    }

    fn told(&self, terms: &Terms) -> Value {
        json!({
            "termijnen": terms.version(), "signalen": self.signals, "klassen_vernietigd": self.classes,
            "opgeschort": self.held, "onderweg": self.under_way, "onleesbaar": self.unread,
        })
    }
}

async fn committed(ledger: &Ledger, unit: Unit) -> Result<bool, Trouble> {
    match ledger.commit(unit).await? {
        Outcome::Committed(_) => Ok(true),
        Outcome::Moved => Ok(false),
        Outcome::Claimed => Err(CommitError::Rejected.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A clock that jumps, in either direction, is not believed before it has run evenly for a while again.
    #[test]
    fn a_clock_that_jumps_lets_nothing_go() {
        const YEAR: i64 = 365 * 24 * 3_600;
        let begun = Instant::now();
        let mut steady = Steady::default();
        // Seconds that the machine counted, and that the clock says.
        for (machine, clock, long) in [
            (0, 0, false),
            (3_599, 3_599, false),
            (3_600, 3_620, true),
            (7_200, 7_150, true),
            (7_201, YEAR, false),
            (10_800, YEAR + 3_599, false),
            (10_801, YEAR + 3_600, true),
            (10_802, 10_802, false),
            (14_401, 14_401, false),
            (14_402, 14_402, true),
        ] {
            let at = (begun + Duration::from_secs(machine), 1_790_000_000_000_000 + clock * 1_000_000);
            assert_eq!(steady.for_long(at, Duration::from_secs(3_600)), long, "{machine} {clock}");
        }
        assert!(
            Steady::default().for_long((begun, 0), Duration::ZERO),
            "where an operator wants no rest there is none"
        );
    }
}
