// SPDX-License-Identifier: EUPL-1.2
//! What nearly every request reads: what a claim led to, a youth, what stands behind an id. These questions go together with
//! those of other requests.

use serde::Deserialize;
use sluis_policy::Party;

use super::engine::{Fault, Row};
use super::gathering::Question;
use super::reading::{Claimed, Store, StoredFact, StoredSignal, StoredYouth, WrappedKey};
use crate::ledger::unit::{DeliveryKind, DeliveryRow, DeliveryState, Reached};
use crate::vault::Id;

/// What stands behind an id: a signal for who sent it, a delivery for who receives it. All of it as of one moment.
#[derive(Debug, Clone, Default)]
pub struct Behind {
    /// The signal with this id, or the one that the delivery carries.
    pub signal: Option<StoredSignal>,
    /// The delivery with this id.
    pub delivery: Option<DeliveryRow>,
    /// How the signal stands.
    pub course: Course,
}

/// Verloop: how a signal stands, at one moment.
#[derive(Debug, Clone, Default)]
#[doc(alias = "verloop")]
pub struct Course {
    /// Its version; zero when there is none.
    pub version: i64,
    /// What was done with it, in the order of arrival.
    pub facts: Vec<StoredFact>,
    /// Its deliveries.
    pub deliveries: Vec<DeliveryRow>,
}

impl Store {
    /// What a claim led to.
    pub async fn claimed(&self, key: &[u8; 32]) -> Result<Option<Claimed>, Fault> {
        let question = Question { statement: self.engine().batch().claimed, asked: asked(&[key]) };
        let [rows] = self.gatherer().ask([question]).await?;
        let claimed =
            |row: &Row| Ok(Claimed { resource: row.array(1)?, fingerprint: row.array(2)?, made_at: row.int(3)? });
        rows.first().map(claimed).transpose()
    }

    /// A youth as it stands now, at one version.
    pub async fn youth(&self, id: Id) -> Result<StoredYouth, Fault> {
        let [rows] = self.gatherer().ask([self.youth_question(&[], &id)]).await?;
        Ok(youth(&rows)?.map(|(_, youth)| youth).unwrap_or_default())
    }

    /// The youth that a claim leads to, as it stands now, at one version.
    pub async fn youth_claimed(&self, key: &[u8; 32]) -> Result<Option<(Id, StoredYouth)>, Fault> {
        let [rows] = self.gatherer().ask([self.youth_question(key, &[])]).await?;
        youth(&rows)
    }

    /// What stands behind an id for one of these parties, whatever it is the id of. What is for others is not there.
    pub async fn behind(&self, id: Id, parties: &[Party]) -> Result<Behind, Fault> {
        let parties: Vec<_> = parties.iter().map(|party| (party.organisation.as_str(), party.desk.code())).collect();
        let asked = serde_json::to_string(&(hex::encode(id), parties)).map_err(|_| Fault::Misread { column: 0 })?;
        let question = Question { statement: self.engine().batch().behind, asked };
        let [rows] = self.gatherer().ask([question]).await?;
        let Some(row) = rows.first() else { return Ok(Behind::default()) };
        let delivery = deliveries(row, 2)?.into_iter().next();
        let course = Course { version: row.int(3)?, facts: facts(row, 4)?, deliveries: deliveries(row, 5)? };
        Ok(Behind { signal: signal(row, 1)?, delivery, course })
    }

    fn youth_question(&self, leading: &[u8], id: &[u8]) -> Question {
        Question { statement: self.engine().batch().youth, asked: asked(&[leading, id]) }
    }
}

/// Keys and ids as one JSON array. Hexadecimal needs no escaping.
fn asked(parts: &[&[u8]]) -> String {
    let parts: Vec<String> = parts.iter().map(|part| format!("\"{}\"", hex::encode(part))).collect();
    format!("[{}]", parts.join(","))
}

fn youth(rows: &[Row]) -> Result<Option<(Id, StoredYouth)>, Fault> {
    let Some(row) = rows.first() else { return Ok(None) };
    let keys: Vec<(String, u32, &str)> = list(row, 3)?;
    let keys = keys
        .into_iter()
        .map(|(class, kek_version, wrapped)| Ok(WrappedKey { class, kek_version, wrapped: bytes(wrapped, 3)? }))
        .collect::<Result<_, Fault>>()?;
    Ok(Some((row.array(1)?, StoredYouth { version: row.int(2)?, keys, facts: facts(row, 4)? })))
}

fn facts(row: &Row, column: usize) -> Result<Vec<StoredFact>, Fault> {
    let facts: Vec<(i64, i64, String, String, &str, i64)> = list(row, column)?;
    let fact = |(version, ordinal, kind, class, sealed, arrived_at)| {
        Ok(StoredFact { version, ordinal, kind, class, sealed: bytes(sealed, column)?, arrived_at })
    };
    facts.into_iter().map(fact).collect()
}

fn deliveries(row: &Row, column: usize) -> Result<Vec<DeliveryRow>, Fault> {
    let deliveries: Vec<DeliveryDoc<'_>> = list(row, column)?;
    deliveries.into_iter().map(|delivery| delivery.row(column)).collect()
}

fn signal(row: &Row, column: usize) -> Result<Option<StoredSignal>, Fault> {
    let signals: Vec<(&str, &str, String, String, i64, &str)> = list(row, column)?;
    let Some((id, youth, sender, kind, created_at, sealed)) = signals.into_iter().next() else { return Ok(None) };
    let (id, youth, sealed) = (array(id, column)?, array(youth, column)?, bytes(sealed, column)?);
    Ok(Some(StoredSignal { id, youth, sender, kind, created_at, sealed }))
}

/// The columns of a delivery, in the order in which they are read.
#[derive(Deserialize)]
struct DeliveryDoc<'a> {
    id: &'a str,
    signal: &'a str,
    youth: &'a str,
    receiver: String,
    desk: String,
    kind: &'a str,
    urgent: i64,
    state: &'a str,
    attempts: i64,
    due_at: i64,
    created_at: i64,
    place: i64,
    sealed: &'a str,
}

impl DeliveryDoc<'_> {
    fn row(self, column: usize) -> Result<DeliveryRow, Fault> {
        Ok(DeliveryRow {
            id: array(self.id, column)?,
            signal: array(self.signal, column)?,
            youth: array(self.youth, column)?,
            receiver: self.receiver,
            desk: self.desk,
            kind: DeliveryKind::from_code(self.kind).ok_or(Fault::Misread { column })?,
            urgent: self.urgent != 0,
            state: DeliveryState::from_code(self.state).ok_or(Fault::Misread { column })?,
            attempts: self.attempts,
            due_at: self.due_at,
            created_at: self.created_at,
            reached: Reached::from_place(self.place),
            sealed: bytes(self.sealed, column)?,
        })
    }
}

fn list<'a, T: Deserialize<'a>>(row: &'a Row, column: usize) -> Result<Vec<T>, Fault> {
    serde_json::from_str(row.text(column)?).map_err(|_| Fault::Misread { column })
}

fn bytes(hexadecimal: &str, column: usize) -> Result<Vec<u8>, Fault> {
    hex::decode(hexadecimal).map_err(|_| Fault::Misread { column })
}

fn array<const N: usize>(hexadecimal: &str, column: usize) -> Result<[u8; N], Fault> {
    let mut array = [0; N];
    hex::decode_to_slice(hexadecimal, &mut array).map_err(|_| Fault::Misread { column })?;
    Ok(array)
}
