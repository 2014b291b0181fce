// SPDX-License-Identifier: EUPL-1.2
//! Everything that is kept of one youth, read on one connection: what an erasure is decided on.

use std::sync::LazyLock;

#[cfg(test)]
use super::engine::Value;
use super::engine::{Fault, Writer};
use super::reading::{SIGNAL, Statement, StoredSignal, StoredYouth, VERSION, WrappedKey, deliveries, delivery, fact};
use crate::ledger::unit::{DeliveryRow, Read, Subject};
use crate::vault::Id;

static DELIVERIES: Statement = LazyLock::new(|| deliveries("delivery WHERE youth = $1 ORDER BY created_at, id"));
/// Version, keys and facts at one moment.
const YOUTH: &str = "\
    SELECT CAST(0 AS BIGINT), version, CAST(0 AS BIGINT), '', '', subject, CAST(0 AS BIGINT) FROM version WHERE subject = $1 \
    UNION ALL SELECT 1, kek_version, 0, '', class, wrapped, 0 FROM data_key WHERE youth = $2 \
    UNION ALL SELECT 2, version, ordinal, kind, class, sealed, arrived_at FROM fact WHERE subject = $1 ORDER BY 1, 2, 3";
/// The instant of the latest fact of a subject; zero when there is none.
const LATEST: &str = "SELECT CAST(COALESCE(MAX(arrived_at), 0) AS BIGINT) FROM fact WHERE subject = $1";
const YOUTHS: &str = "SELECT DISTINCT youth FROM data_key";

/// Every statement of this file, for the test that prepares each on both databases.
#[cfg(test)]
pub(super) fn all() -> [(&'static str, Vec<Value>); 4] {
    [
        (LATEST, vec![Value::Bytes(Vec::new())]),
        (YOUTH, vec![Value::Bytes(Vec::new()), Value::Bytes(Vec::new())]),
        (*DELIVERIES, vec![Value::Bytes(Vec::new())]),
        (YOUTHS, Vec::new()),
    ]
}

/// Wat er ligt of a youth.
#[derive(Debug)]
#[doc(alias = "wat er ligt")]
pub(crate) struct KeptRows {
    /// Version, keys and facts.
    pub(crate) youth: StoredYouth,
    /// Its deliveries, in the order in which they were queued.
    pub(crate) deliveries: Vec<DeliveryRow>,
    /// Its signals, each at the version at which its delivery was read, or an earlier one.
    pub(crate) signals: Vec<KeptSignal>,
}

/// A signal that is kept.
#[derive(Debug)]
pub(crate) struct KeptSignal {
    /// What is stored.
    pub(crate) stored: StoredSignal,
    /// The version at which it was read.
    pub(crate) read: Read,
    /// When something was done with it for the last time, in microseconds; zero when nothing was.
    pub(crate) touched_at: i64,
}

impl KeptRows {
    /// What is kept of a youth, as this connection sees it.
    pub(crate) async fn on(writer: &mut dyn Writer, id: Id) -> Result<Self, Fault> {
        // INVARIANT: the version comes first, and each signal's before its deliveries: what arrives in between makes the
        // commit fail instead of passing unseen.
        let youth = youth_of(writer, id).await?;
        let mut signals = Vec::new();
        for signal in signals_of(writer, id).await? {
            let subject = Subject::signal(signal);
            let rows = writer.run(VERSION, &[subject.as_bytes().into()]).await?;
            let version = rows.first().map_or(Ok(0), |row| row.int(0))?;
            let rows = writer.run(SIGNAL, &[signal.as_slice().into()]).await?;
            if let Some(row) = rows.first() {
                let stored = StoredSignal::from_row(row)?;
                let latest = writer.run(LATEST, &[subject.as_bytes().into()]).await?;
                let touched_at = latest.first().map_or(Ok(0), |row| row.int(0))?;
                signals.push(KeptSignal { stored, read: Read { subject, version }, touched_at });
            }
        }
        Ok(Self { youth, deliveries: deliveries_of(writer, id).await?, signals })
    }
}

/// Every youth of whom some key is left.
pub(crate) async fn youths(on: &mut dyn Writer) -> Result<Vec<Id>, Fault> {
    on.run(YOUTHS, &[]).await?.iter().map(|row| row.array(0)).collect()
}

async fn youth_of(on: &mut dyn Writer, id: Id) -> Result<StoredYouth, Fault> {
    let mut youth = StoredYouth::default();
    for row in on.run(YOUTH, &[Subject::youth(id).as_bytes().into(), id.as_slice().into()]).await? {
        match row.int(0)? {
            0 => youth.version = row.int(1)?,
            1 => youth.keys.push(WrappedKey {
                class: row.text(4)?.to_owned(),
                kek_version: u32::try_from(row.int(1)?).map_err(|_| Fault::Misread { column: 1 })?,
                wrapped: row.bytes(5)?.to_vec(),
            }),
            _ => youth.facts.push(fact(&row, 1)?),
        }
    }
    Ok(youth)
}

async fn signals_of(on: &mut dyn Writer, youth: Id) -> Result<Vec<Id>, Fault> {
    let mut signals: Vec<Id> = deliveries_of(on, youth).await?.iter().map(|row| row.signal).collect();
    signals.sort_unstable();
    signals.dedup();
    Ok(signals)
}

async fn deliveries_of(on: &mut dyn Writer, youth: Id) -> Result<Vec<DeliveryRow>, Fault> {
    on.run(*DELIVERIES, &[youth.as_slice().into()]).await?.iter().map(delivery).collect()
}
