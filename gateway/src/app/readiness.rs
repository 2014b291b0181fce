// SPDX-License-Identifier: EUPL-1.2
//! Readiness by looking at ledger, database and clock, over a connection that no request uses.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::Mutex;

use crate::broker::Broker;
use crate::ledger::Standing;
use crate::ledger::unit::Unit;
use crate::operations::{Readiness, Trouble};
use crate::store::engine::{Engine, Fault, Writer};
use crate::store::rehearsal::rehearse;
use crate::tls::ClientTrust;

/// How long a look waits for a database in trouble: less than whoever asks waits for the look.
const LOOK_WITHIN: Duration = Duration::from_secs(1);

/// A server that says nothing when it is asked what time it is.
const NO_TIME: Fault = Fault::Misread { column: 0 };

/// Looks for as long as a gateway runs.
pub(super) struct Looked {
    broker: Arc<Broker>,
    engine: Arc<dyn Engine>,
    trust: Arc<ClientTrust>,
    own: Mutex<Own>,
}

/// What looking has for itself, so that busy requests never make a gateway look unready, nor the other way round.
#[derive(Default)]
struct Own {
    connection: Option<Box<dyn Writer>>,
    /// When a rehearsal that succeeded began.
    rehearsed: Option<Instant>,
}

impl fmt::Debug for Looked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Looked")
    }
}

impl Looked {
    pub(super) fn new(broker: Arc<Broker>, engine: Arc<dyn Engine>, trust: Arc<ClientTrust>) -> Self {
        Self { broker, engine, trust, own: Mutex::default() }
    }

    /// Looks, and once more over a fresh connection when the kept one turns out to be gone.
    async fn look(&self, own: &mut Own) -> Result<(), Fault> {
        let kept = own.connection.is_some();
        let seen = self.look_once(own).await;
        match seen {
            Err(Fault::Gone { .. }) if kept => self.look_once(own).await,
            seen => seen,
        }
    }

    async fn look_once(&self, own: &mut Own) -> Result<(), Fault> {
        // Kept only when nothing went wrong: what a connection in trouble says next might belong to an earlier question.
        let mut connection = match own.connection.take() {
            Some(connection) => connection,
            None => self.engine.writer().await?,
        };
        self.engine.durability(connection.as_mut()).await?;
        let time = async { connection.run(self.engine.batch().time, &[]).await?.first().ok_or(NO_TIME)?.int(0) };
        self.broker.compare_clocks(time).await;
        if unproven(&self.broker.ledger().standing(), own.rehearsed) {
            let begun = Instant::now();
            rehearse(connection.as_mut(), self.engine.batch()).await?;
            // The writer itself finds out that writing works again only by writing, and who is unready gets no work.
            if self.broker.ledger().commit(Unit::default()).await.is_ok() {
                own.rehearsed = Some(begun);
            }
        }
        own.connection = Some(connection);
        Ok(())
    }
}

/// Whether the ledger failed after the last time that a whole batch was seen to fit: a disk that is nearly full takes a
/// small write now and refuses the next.
fn unproven(standing: &Standing, rehearsed: Option<Instant>) -> bool {
    let failed_since = standing.failed_at.is_some_and(|failed| rehearsed.is_none_or(|begun| begun <= failed));
    standing.trouble.is_some() || failed_since
}

#[async_trait]
impl Readiness for Looked {
    async fn troubles(&self) -> Vec<Trouble> {
        let mut own = self.own.lock().await;
        let seen = tokio::time::timeout(LOOK_WITHIN, self.look(&mut own)).await;
        let unsafe_settings = matches!(seen, Ok(Err(Fault::NotDurable { .. })));
        let unseen = !matches!(seen, Ok(Ok(()))) && !unsafe_settings;
        let unwritable = unseen || unproven(&self.broker.ledger().standing(), own.rehearsed);
        let (trusted, now) = (self.trust.now(), self.broker.clock.now().instant);
        let refusing = !trusted.faults(now).is_empty();
        let refusing_all = refusing && !trusted.accepts_some(now);
        let looked = [
            (unwritable, Trouble::LedgerCannotWrite),
            (unsafe_settings, Trouble::NotDurable),
            (self.broker.now().is_err(), Trouble::ClockAstray),
            (refusing_all, Trouble::RevocationsUnusable),
            (refusing && !refusing_all, Trouble::RevocationsPartlyUnusable),
        ];
        looked.into_iter().filter_map(|(found, trouble)| found.then_some(trouble)).collect()
    }
}
