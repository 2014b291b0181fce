// SPDX-License-Identifier: EUPL-1.2
//! The rows of a batch as the statements take them: one JSON array of arrays a table, bytes in hexadecimal.

use serde::{Serialize, Serializer};

use super::unit::{DataKeyRow, DeliveryRow, FactRow, NewFact, ObligationRow, SignalRow, Unit};
use crate::store::engine::{BatchStatements, Fault, Value};

/// The statements that write `units`, one a table, tables without rows left out.
pub(super) fn tables(sql: &BatchStatements, units: &[&Unit]) -> Result<Vec<(&'static str, Value)>, Fault> {
    let tables = [
        (sql.data_key, json(units.iter().flat_map(|unit| &unit.keys).map(data_key))?),
        (sql.fact, json(units.iter().flat_map(|unit| &unit.facts).map(fact))?),
        (sql.signal, json(units.iter().flat_map(|unit| &unit.signals).map(signal))?),
        (sql.delivery, json(units.iter().flat_map(|unit| &unit.deliveries).map(delivery))?),
        (sql.obligation, json(units.iter().flat_map(|unit| &unit.obligations).map(obligation))?),
    ];
    Ok(tables.into_iter().filter_map(|(statement, rows)| rows.map(|rows| (statement, rows))).collect())
}

// INVARIANT: the order within each row is the one that `BatchStatements` names.

fn data_key(row: &DataKeyRow) -> impl Serialize {
    (Hex(&row.youth), row.class, row.kek_version, Hex(&row.wrapped))
}

fn fact(row: &FactRow) -> impl Serialize {
    let NewFact { kind, class, arrived_at, sealed } = &row.fact;
    (Hex(row.subject.as_bytes()), row.version, row.ordinal, *kind, *class, *arrived_at, Hex(sealed))
}

fn signal(row: &SignalRow) -> impl Serialize {
    (Hex(&row.id), Hex(&row.youth), &row.sender, row.kind, row.created_at, Hex(&row.sealed))
}

fn delivery(row: &DeliveryRow) -> impl Serialize {
    (
        (Hex(&row.id), Hex(&row.signal), Hex(&row.youth)),
        (&row.receiver, &row.desk, &row.kind, i64::from(row.urgent), row.state.code()),
        (row.attempts, row.due_at, row.created_at, Hex(&row.sealed)),
    )
}

fn obligation(row: &ObligationRow) -> impl Serialize {
    let (owner, desk, kind) = (&row.owner, &row.desk, &row.kind);
    (Hex(&row.id), Hex(&row.signal), Hex(&row.youth), owner, desk, kind, &row.due_on, &row.state, row.created_at)
}

/// The next versions of everything that `units` move, and how many rows that must touch.
pub(super) fn versions(units: &[&Unit]) -> Result<(Option<Value>, usize), Fault> {
    let moves = || {
        units
            .iter()
            .flat_map(|unit| unit.moves.iter().map(|subject| (Hex(subject.as_bytes()), unit.next_version(*subject))))
    };
    Ok((json(moves())?, moves().count()))
}

/// Rows as one bound value; nothing when there are none.
pub(super) fn json<R: Serialize>(rows: impl Iterator<Item = R>) -> Result<Option<Value>, Fault> {
    let rows: Vec<R> = rows.collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(&rows).map_err(|_| Fault::Rejected { code: "row".into() })?;
    Ok(Some(Value::Text(text)))
}

/// Bytes in hexadecimal.
#[derive(Clone, Copy)]
pub(super) struct Hex<'a>(pub(super) &'a [u8]);

impl Serialize for Hex<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}
