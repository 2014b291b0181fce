// SPDX-License-Identifier: EUPL-1.2
//! What the gateway reads back: one statement a question, the same text on both databases.

use std::sync::{Arc, LazyLock};

#[cfg(test)]
use super::engine::Value;
use super::engine::{Engine, Fault, Row};
use super::gathering::Gatherer;
use crate::ledger::unit::{DeliveryKind, DeliveryRow, DeliveryState, Reached, SignalRow, Subject};
use crate::vault::Id;

pub(super) const VERSION: &str = "SELECT version FROM version WHERE subject = $1";
const FACTS: &str = "SELECT version, ordinal, kind, class, sealed, arrived_at FROM fact WHERE subject = $1 AND version <= $2 ORDER BY version, ordinal";
pub(super) const SIGNAL: &str = "SELECT id, youth, sender, kind, created_at, sealed FROM signal WHERE id = $1";
/// The columns of a delivery, in the order in which [`delivery`] reads them.
const COLUMNS: &str =
    "id, signal, youth, receiver, desk, kind, urgent, state, attempts, due_at, created_at, place, sealed";

pub(super) type Statement = LazyLock<&'static str>;

/// A statement that reads deliveries: made once, and then a constant like the others.
pub(super) fn deliveries(which: &str) -> &'static str {
    format!("SELECT {COLUMNS} FROM {which}").leak()
}

static DELIVERY: Statement = LazyLock::new(|| deliveries("delivery WHERE id = $1"));
static DELIVERIES_OF: Statement = LazyLock::new(|| deliveries("delivery WHERE signal = $1 ORDER BY created_at, id"));
static INBOX: Statement = LazyLock::new(|| {
    deliveries(
        "delivery WHERE receiver = $1 AND desk = $2 AND place > 0 AND place > $3 AND kind = 'signaal' \
        AND state NOT IN ('tegengehouden', 'teruggenomen', 'vernietigd') ORDER BY place LIMIT $4",
    )
});
static LEFT_BEHIND: Statement = LazyLock::new(|| {
    deliveries("delivery WHERE state IN ('op_te_halen', 'mislukt') ORDER BY urgent DESC, due_at, created_at LIMIT $1")
});
/// A duty that was given since is enough: it is about the signal, whatever else of it is late.
static LATE: Statement = LazyLock::new(|| {
    deliveries(
        "delivery WHERE state IN ('wacht', 'verzonden', 'onbevestigd') \
        AND (urgent = 1 AND created_at < $1 OR urgent = 0 AND created_at < $2) \
        AND NOT EXISTS (SELECT 1 FROM obligation WHERE obligation.signal = delivery.signal AND obligation.kind = $3 \
        AND obligation.created_at >= delivery.created_at) ORDER BY urgent DESC, created_at, id LIMIT $4",
    )
});
static WAITING_FOR: Statement =
    LazyLock::new(|| deliveries("delivery WHERE youth = $1 AND state IN ('wacht', 'onbevestigd')"));
static SENT_ABOUT: Statement = LazyLock::new(|| {
    deliveries(
        "delivery WHERE youth = $1 AND kind = 'signaal' \
        AND state IN ('op_te_halen', 'verzonden', 'onbevestigd', 'afgeleverd', 'teruggenomen', 'mislukt')",
    )
});
const ENTRIES: &str =
    "SELECT leaf_index, entry FROM log_leaf WHERE origin = $1 AND leaf_index >= $2 ORDER BY leaf_index LIMIT $3";
const LOG_SIZE: &str = "SELECT size FROM log_head WHERE origin = $1";

/// Every statement of this file, for the test that prepares each on both databases.
#[cfg(test)]
pub(super) fn all() -> [(&'static str, Vec<Value>); 12] {
    let id = || vec![Value::Bytes(Vec::new())];
    let text = || Value::Text(String::new());
    let one = Value::Int(1);
    [
        (VERSION, id()),
        (FACTS, vec![Value::Bytes(Vec::new()), one.clone()]),
        (SIGNAL, id()),
        (*DELIVERY, id()),
        (*DELIVERIES_OF, id()),
        (*INBOX, vec![text(), text(), one.clone(), one.clone()]),
        (*LEFT_BEHIND, vec![one.clone()]),
        (*LATE, vec![one.clone(), one.clone(), text(), one.clone()]),
        (*WAITING_FOR, id()),
        (*SENT_ABOUT, id()),
        (LOG_SIZE, vec![text()]),
        (ENTRIES, vec![text(), one.clone(), one]),
    ]
}

/// What the gateway has kept.
#[derive(Clone)]
pub struct Store {
    engine: Arc<dyn Engine>,
    gatherer: Arc<Gatherer>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

/// A claim that was made before.
#[derive(Debug, Clone, Copy)]
pub struct Claimed {
    /// What it led to.
    pub resource: Id,
    /// The keyed fingerprint of the request that made it.
    pub fingerprint: [u8; 32],
    /// When, in microseconds.
    pub made_at: i64,
}

/// A wrapped data key.
#[derive(Debug, Clone)]
pub struct WrappedKey {
    /// Its retention class.
    pub class: String,
    /// The version of the key that wraps it.
    pub kek_version: u32,
    /// The wrapped bytes.
    pub wrapped: Vec<u8>,
}

/// A fact as stored.
#[derive(Debug, Clone)]
pub struct StoredFact {
    /// The subject's version that it came with.
    pub version: i64,
    /// Its place among the facts of that version.
    pub ordinal: i64,
    /// What sort of fact.
    pub kind: String,
    /// Its retention class.
    pub class: String,
    /// Its sealed body.
    pub sealed: Vec<u8>,
    /// When it arrived, in microseconds.
    pub arrived_at: i64,
}

/// A youth as stored, at one moment.
#[derive(Debug, Clone, Default)]
pub struct StoredYouth {
    /// Its version; zero when there is none.
    pub version: i64,
    /// Its data keys.
    pub keys: Vec<WrappedKey>,
    /// Its facts, in the order of their arrival.
    pub facts: Vec<StoredFact>,
}

impl StoredYouth {
    /// The wrapped keys as the vault opens them.
    pub(crate) fn wrapped(&self) -> impl Iterator<Item = (&str, u32, &[u8])> {
        self.keys.iter().map(|key| (key.class.as_str(), key.kek_version, key.wrapped.as_slice()))
    }
}

impl Store {
    /// A store on a migrated database.
    #[must_use]
    pub fn new(engine: Arc<dyn Engine>) -> Self {
        Self { gatherer: Arc::new(Gatherer::new(Arc::clone(&engine))), engine }
    }

    pub(super) fn engine(&self) -> &dyn Engine {
        self.engine.as_ref()
    }

    pub(super) fn gatherer(&self) -> &Gatherer {
        &self.gatherer
    }

    /// The version of a subject; zero when there is none. Read it before the facts: facts that arrive in between then
    /// make the commit fail instead of passing unseen.
    pub async fn version(&self, subject: Subject) -> Result<i64, Fault> {
        let rows = self.engine.read(VERSION, &[subject.as_bytes().into()]).await?;
        rows.first().map_or(Ok(0), |row| row.int(0))
    }

    /// The facts about a subject up to a version, in the order of their arrival.
    pub async fn facts(&self, subject: Subject, version: i64) -> Result<Vec<StoredFact>, Fault> {
        let rows = self.engine.read(FACTS, &[subject.as_bytes().into(), version.into()]).await?;
        rows.iter().map(|row| fact(row, 0)).collect()
    }

    /// A signal by the id that its sender knows it by.
    pub async fn signal(&self, id: Id) -> Result<Option<StoredSignal>, Fault> {
        let rows = self.engine.read(SIGNAL, &[id.as_slice().into()]).await?;
        rows.first().map(StoredSignal::from_row).transpose()
    }

    /// A delivery by the id that its receiver knows the signal by.
    pub async fn delivery(&self, id: Id) -> Result<Option<DeliveryRow>, Fault> {
        let rows = self.engine.read(*DELIVERY, &[id.as_slice().into()]).await?;
        rows.first().map(delivery).transpose()
    }

    /// The deliveries of a signal.
    pub async fn deliveries_of(&self, signal: Id) -> Result<Vec<DeliveryRow>, Fault> {
        self.engine.read(*DELIVERIES_OF, &[signal.as_slice().into()]).await?.iter().map(delivery).collect()
    }

    /// What a desk may have received beyond this place in its inbox, in the order in which it came there.
    ///
    /// A caller may assume: what comes later has a higher place than everything that this reading showed, also when
    /// another gateway on the database gave it.
    pub async fn inbox(
        &self,
        receiver: sluis_policy::Party,
        beyond: i64,
        limit: i64,
    ) -> Result<Vec<DeliveryRow>, Fault> {
        let (organisation, desk) = (receiver.organisation.as_str().into(), receiver.desk.code().into());
        let values = [organisation, desk, beyond.into(), limit.into()];
        self.engine.read(*INBOX, &values).await?.iter().map(delivery).collect()
    }

    /// The time on the clock of the database, in microseconds: what leases and pauses are counted in, because every gateway
    /// on the database shares it.
    pub async fn time(&self) -> Result<i64, Fault> {
        let rows = self.engine.read(self.engine.batch().time, &[]).await?;
        rows.first().ok_or(Fault::Misread { column: 0 })?.int(0)
    }

    /// Whether that clock is another machine's.
    #[must_use]
    pub fn has_another_clock(&self) -> bool {
        self.engine.batch().time_is_anothers
    }

    /// What may leave at this time of the database, in the order in which it became due.
    pub async fn due(&self, time: i64, limit: i64) -> Result<Vec<DeliveryRow>, Fault> {
        self.engine.read(self.engine.batch().due, &[time.into(), limit.into()]).await?.iter().map(delivery).collect()
    }

    /// What was given up, and what lies ready for receivers that come and get it: another register may have a way for it.
    pub async fn left_behind(&self, limit: i64) -> Result<Vec<DeliveryRow>, Fault> {
        self.engine.read(*LEFT_BEHIND, &[limit.into()]).await?.iter().map(delivery).collect()
    }

    /// What still waits although it was queued before these instants (the urgent, and the others), and about which nobody got
    /// a duty of this kind since.
    pub async fn late(&self, before: (i64, i64), kind: &str, limit: i64) -> Result<Vec<DeliveryRow>, Fault> {
        let values = [before.0.into(), before.1.into(), kind.into(), limit.into()];
        self.engine.read(*LATE, &values).await?.iter().map(delivery).collect()
    }

    /// What waits about one youth, due or not: what a withdrawal must stop (P3).
    pub async fn waiting_for(&self, youth: Id) -> Result<Vec<DeliveryRow>, Fault> {
        self.engine.read(*WAITING_FOR, &[youth.as_slice().into()]).await?.iter().map(delivery).collect()
    }

    /// What has, or may have, left about one youth: whose receivers must hear of a withdrawal.
    pub async fn sent_about(&self, youth: Id) -> Result<Vec<DeliveryRow>, Fault> {
        self.engine.read(*SENT_ABOUT, &[youth.as_slice().into()]).await?.iter().map(delivery).collect()
    }

    /// Entries of a log from an index on, for an export.
    pub async fn entries(&self, origin: &str, from: i64, limit: i64) -> Result<Vec<(i64, String)>, Fault> {
        let rows = self.engine.read(ENTRIES, &[origin.into(), from.into(), limit.into()]).await?;
        rows.iter().map(|row| Ok((row.int(0)?, row.text(1)?.to_owned()))).collect()
    }

    /// How many entries a log has.
    pub async fn log_size(&self, origin: &str) -> Result<u64, Fault> {
        let rows = self.engine.read(LOG_SIZE, &[origin.into()]).await?;
        let size = rows.first().map_or(Ok(0), |row| row.int(0))?;
        u64::try_from(size).map_err(|_| Fault::Misread { column: 0 })
    }
}

/// Signaal as stored. It cannot be serialised: only a disclosure can leave.
///
/// ```compile_fail,E0277
/// fn leave(signal: &sluis::store::reading::StoredSignal) -> String { serde_json::to_string(signal).unwrap_or_default() }
/// ```
///
/// A list of strings can:
///
/// ```
/// fn leave(signal: &Vec<String>) -> String { serde_json::to_string(signal).unwrap_or_default() }
/// ```
#[derive(Debug, Clone)]
#[doc(alias = "signaal")]
pub struct StoredSignal {
    /// Its id for the sender.
    pub id: Id,
    /// The youth it is about.
    pub youth: Id,
    /// The sender's OIN.
    pub sender: String,
    /// The kind's wire code.
    pub kind: String,
    /// When it was accepted, in microseconds.
    pub created_at: i64,
    /// What a later decision needs to know of it, sealed.
    pub sealed: Vec<u8>,
}

impl StoredSignal {
    pub(super) fn from_row(row: &Row) -> Result<Self, Fault> {
        let (sender, kind) = (row.text(2)?.to_owned(), row.text(3)?.to_owned());
        Ok(Self {
            id: row.array(0)?,
            youth: row.array(1)?,
            sender,
            kind,
            created_at: row.int(4)?,
            sealed: row.bytes(5)?.to_vec(),
        })
    }
}

impl From<&SignalRow> for StoredSignal {
    fn from(row: &SignalRow) -> Self {
        Self {
            id: row.id,
            youth: row.youth,
            sender: row.sender.clone(),
            kind: row.kind.to_owned(),
            created_at: row.created_at,
            sealed: row.sealed.clone(),
        }
    }
}

/// A fact whose columns begin here.
pub(super) fn fact(row: &Row, first: usize) -> Result<StoredFact, Fault> {
    Ok(StoredFact {
        version: row.int(first)?,
        ordinal: row.int(first + 1)?,
        kind: row.text(first + 2)?.to_owned(),
        class: row.text(first + 3)?.to_owned(),
        sealed: row.bytes(first + 4)?.to_vec(),
        arrived_at: row.int(first + 5)?,
    })
}

pub(super) fn delivery(row: &Row) -> Result<DeliveryRow, Fault> {
    Ok(DeliveryRow {
        id: row.array(0)?,
        signal: row.array(1)?,
        youth: row.array(2)?,
        receiver: row.text(3)?.to_owned(),
        desk: row.text(4)?.to_owned(),
        kind: DeliveryKind::from_code(row.text(5)?).ok_or(Fault::Misread { column: 5 })?,
        urgent: row.int(6)? != 0,
        state: DeliveryState::from_code(row.text(7)?).ok_or(Fault::Misread { column: 7 })?,
        attempts: row.int(8)?,
        due_at: row.int(9)?,
        created_at: row.int(10)?,
        reached: Reached::from_place(row.int(11)?),
        sealed: row.bytes(12)?.to_vec(),
    })
}
