// SPDX-License-Identifier: EUPL-1.2
//! The rows of a batch as the statements take them: one JSON array of arrays a table, bytes in hexadecimal.

use serde::{Serialize, Serializer};

use super::unit::Unit;
use crate::store::engine::{BatchStatements, Fault, Value};

/// The statements that write `units`, one a table, tables without rows left out.
pub(super) fn tables(sql: &BatchStatements, units: &[&Unit]) -> Result<Vec<(&'static str, Value)>, Fault> {
    let mut statements = Vec::with_capacity(6);
    let mut table =
        |statement: &'static str, rows: Option<Value>| statements.extend(rows.map(|rows| (statement, rows)));
    table(
        sql.data_key,
        json(units.iter().flat_map(|unit| {
            unit.keys.iter().map(|key| (Hex(&key.youth), key.class, key.kek_version, Hex(&key.wrapped)))
        }))?,
    );
    table(
        sql.fact,
        json(units.iter().flat_map(|unit| &unit.facts).map(|row| {
            let fact = &row.fact;
            (
                Hex(row.subject.as_bytes()),
                row.version,
                row.ordinal,
                fact.kind,
                fact.class,
                fact.arrived_at,
                Hex(&fact.sealed),
            )
        }))?,
    );
    table(
        sql.signal,
        json(
            units
                .iter()
                .flat_map(|unit| &unit.signals)
                .map(|s| (Hex(&s.id), Hex(&s.youth), &s.sender, s.kind, s.created_at, Hex(&s.sealed))),
        )?,
    );
    table(
        sql.delivery,
        json(units.iter().flat_map(|unit| &unit.deliveries).map(|d| {
            (
                (Hex(&d.id), Hex(&d.signal), Hex(&d.youth)),
                (&d.receiver, &d.desk, &d.kind, i64::from(d.urgent), d.state.code()),
                (d.attempts, d.due_at, d.created_at, Hex(&d.sealed)),
            )
        }))?,
    );
    table(
        sql.obligation,
        json(units.iter().flat_map(|unit| &unit.obligations).map(|o| {
            (Hex(&o.id), Hex(&o.signal), Hex(&o.youth), &o.owner, &o.desk, &o.kind, &o.due_on, &o.state, o.created_at)
        }))?,
    );
    Ok(statements)
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
