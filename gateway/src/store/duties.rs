// SPDX-License-Identifier: EUPL-1.2
//! What must still be done, read back: of a signal, of a desk in the order of its days, and what passed its day.

use std::sync::LazyLock;

use jiff::civil::Date;
use sluis_policy::{Duty, Oin, Party};

use super::Store;
#[cfg(test)]
use super::engine::Value;
use super::engine::{Fault, Row};
use crate::ledger::unit::{DutyState, ObligationRow};
use crate::vault::Id;

/// The columns of a duty, in the order in which [`obligation`] reads them.
const COLUMNS: &str = "id, signal, youth, owner, desk, kind, due_on, state, reminded_for, created_at, sealed";

type Statement = LazyLock<&'static str>;

/// A statement that reads duties: made once, and then a constant like the others.
fn obligations(which: &str) -> &'static str {
    format!("SELECT {COLUMNS} FROM obligation WHERE {which}").leak()
}

static OBLIGATION: Statement = LazyLock::new(|| obligations("id = $1"));
static OBLIGATIONS_OF: Statement = LazyLock::new(|| obligations("signal = $1 ORDER BY created_at, id"));
static TO_DO: Statement = LazyLock::new(|| {
    obligations(
        "owner = $1 AND desk = $2 AND state <> 'gedaan' AND (due_on > $3 OR (due_on = $3 AND id > $4)) \
        ORDER BY due_on, id LIMIT $5",
    )
});
static PASSED: Statement = LazyLock::new(|| {
    obligations("state <> 'gedaan' AND reminded_for < due_on AND due_on < $1 ORDER BY due_on LIMIT $2")
});
const WAITING: &str = "SELECT created_at FROM obligation WHERE owner = $1 AND kind = $2 AND state <> 'gedaan' \
    ORDER BY created_at DESC LIMIT $3";
const COUNTED: &str = "SELECT count(*), coalesce(sum(CASE WHEN due_on < $1 THEN 1 ELSE 0 END), 0) FROM obligation WHERE state <> 'gedaan'";
const REPORTED: &str = "SELECT d.id FROM delivery d JOIN signal s ON s.id = d.signal \
    WHERE d.youth = $1 AND d.desk = 'veilig_thuis' AND s.sender = $2 AND s.kind = 'veiligheid' LIMIT 1";

/// Every statement of this file, for the test that prepares each on both databases.
#[cfg(test)]
pub(super) fn all() -> [(&'static str, Vec<Value>); 7] {
    let id = || Value::Bytes(Vec::new());
    let text = || Value::Text(String::new());
    let one = || Value::Int(1);
    [
        (*OBLIGATION, vec![id()]),
        (*OBLIGATIONS_OF, vec![id()]),
        (*TO_DO, vec![text(), text(), text(), id(), one()]),
        (*PASSED, vec![text(), one()]),
        (WAITING, vec![text(), text(), one()]),
        (COUNTED, vec![text()]),
        (REPORTED, vec![id(), text()]),
    ]
}

impl Store {
    /// A duty by its id.
    pub async fn obligation(&self, id: Id) -> Result<Option<ObligationRow>, Fault> {
        self.engine().read(*OBLIGATION, &[id.as_slice().into()]).await?.first().map(obligation).transpose()
    }

    /// What follows from a signal, or from a decision of which no signal came.
    pub async fn obligations_of(&self, signal: Id) -> Result<Vec<ObligationRow>, Fault> {
        self.engine().read(*OBLIGATIONS_OF, &[signal.as_slice().into()]).await?.iter().map(obligation).collect()
    }

    /// What a desk must still do, that which is due first before the rest, beyond this day and id.
    pub async fn to_do(&self, owner: Party, beyond: (&str, Id), limit: i64) -> Result<Vec<ObligationRow>, Fault> {
        let (organisation, desk) = (owner.organisation.as_str().into(), owner.desk.code().into());
        let values = [organisation, desk, beyond.0.into(), beyond.1.as_slice().into(), limit.into()];
        self.engine().read(*TO_DO, &values).await?.iter().map(obligation).collect()
    }

    /// What passed its day without that being recorded, the longest ago first.
    pub async fn passed_unseen(&self, today: Date, limit: i64) -> Result<Vec<ObligationRow>, Fault> {
        let values = [today.to_string().as_str().into(), limit.into()];
        self.engine().read(*PASSED, &values).await?.iter().map(obligation).collect()
    }

    /// Since when an organisation must still do something of a kind, at whichever desk: each instant, the latest first.
    pub async fn waiting_since(&self, owner: Oin, duty: Duty, limit: i64) -> Result<Vec<i64>, Fault> {
        let values = [owner.as_str().into(), duty.code().into(), limit.into()];
        self.engine().read(WAITING, &values).await?.iter().map(|row| row.int(0)).collect()
    }

    /// How much must still be done, and how much of that is overdue.
    pub async fn count_to_do(&self, today: Date) -> Result<(i64, i64), Fault> {
        let rows = self.engine().read(COUNTED, &[today.to_string().as_str().into()]).await?;
        rows.first().map_or(Ok((0, 0)), |row| Ok((row.int(0)?, row.int(1)?)))
    }

    /// Whether this organisation reported this youth to Veilig Thuis.
    pub async fn reported_to_safety(&self, youth: Id, organisation: &str) -> Result<bool, Fault> {
        let values = [youth.as_slice().into(), organisation.into()];
        Ok(!self.engine().read(REPORTED, &values).await?.is_empty())
    }
}

fn obligation(row: &Row) -> Result<ObligationRow, Fault> {
    Ok(ObligationRow {
        id: row.array(0)?,
        signal: row.array(1)?,
        youth: row.array(2)?,
        owner: row.text(3)?.to_owned(),
        desk: row.text(4)?.to_owned(),
        kind: row.text(5)?.to_owned(),
        due_on: row.text(6)?.to_owned(),
        state: DutyState::from_code(row.text(7)?).ok_or(Fault::Misread { column: 7 })?,
        reminded_for: row.text(8)?.to_owned(),
        created_at: row.int(9)?,
        sealed: row.bytes(10)?.to_vec(),
    })
}
