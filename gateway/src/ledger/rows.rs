// SPDX-License-Identifier: EUPL-1.2
//! The rows of a batch as the statements take them: one JSON array of arrays a table, bytes in hexadecimal.

use std::collections::{BTreeMap, HashMap};

use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use super::unit::{DataKeyRow, DeliveryRow, FactRow, NewFact, ObligationRow, Reached, SignalRow, Unit};
use crate::store::engine::{BatchStatements, Fault, Row, Value};

/// The places in their inboxes of the deliveries that reach their receivers with a batch.
pub(crate) type Places = HashMap<[u8; 16], i64>;

/// The statements that write `units`, one a table, tables without rows left out.
pub(crate) fn tables(
    sql: &BatchStatements,
    units: &[&Unit],
    places: &Places,
) -> Result<impl Iterator<Item = (&'static str, Value)>, Fault> {
    let tables = [
        (sql.data_key, json(units.iter().flat_map(|unit| &unit.keys).map(data_key))?),
        (sql.fact, json(units.iter().flat_map(|unit| &unit.facts).map(fact))?),
        (sql.signal, json(units.iter().flat_map(|unit| &unit.signals).map(signal))?),
        (sql.delivery, json(units.iter().flat_map(|unit| &unit.deliveries).map(|row| delivery(row, places)))?),
        (sql.obligation, json(units.iter().flat_map(|unit| &unit.obligations).map(obligation))?),
    ];
    Ok(tables.into_iter().filter_map(|(statement, rows)| Some((statement, rows?))))
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

fn delivery(row: &DeliveryRow, places: &Places) -> impl Serialize {
    let place = places.get(&row.id).copied().unwrap_or(row.reached.place());
    (
        (Hex(&row.id), Hex(&row.signal), Hex(&row.youth)),
        (&row.receiver, &row.desk, row.kind.code(), i64::from(row.urgent), row.state.code()),
        (row.attempts, row.due_at, row.created_at, place, Hex(&row.sealed)),
    )
}

fn obligation(row: &ObligationRow) -> impl Serialize {
    let (owner, desk, kind, state) = (&row.owner, &row.desk, &row.kind, row.state.code());
    let (due_on, reminded_for, sealed) = (&row.due_on, &row.reminded_for, Hex(&row.sealed));
    let ids = (Hex(&row.id), Hex(&row.signal), Hex(&row.youth));
    (ids.0, ids.1, ids.2, owner, desk, kind, due_on, state, reminded_for, row.created_at, sealed)
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

/// How many places each inbox must give to the deliveries of `units`, in the order of the inboxes.
pub(super) fn inboxes(units: &[&Unit]) -> Result<Option<Value>, Fault> {
    let mut wanted: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for row in reaching(units) {
        *wanted.entry((&row.receiver, &row.desk)).or_default() += 1;
    }
    json(wanted.into_iter().map(|((receiver, desk), count)| (receiver, desk, count)))
}

/// Deals the places out: `given` holds the last one that each inbox has given by now.
pub(super) fn places(units: &[&Unit], given: &[Row]) -> Result<Places, Fault> {
    let mut last: HashMap<(&str, &str), i64> = HashMap::new();
    for row in given {
        last.insert((row.text(0)?, row.text(1)?), row.int(2)?);
    }
    let mut places = Places::new();
    // From the last to the first, so that each inbox hands its places out in the order of the units.
    for row in reaching(units).collect::<Vec<_>>().into_iter().rev() {
        let next = last.get_mut(&(row.receiver.as_str(), row.desk.as_str())).ok_or(Fault::Misread { column: 0 })?;
        places.insert(row.id, *next);
        *next -= 1;
    }
    Ok(places)
}

fn reaching<'a>(units: &'a [&Unit]) -> impl Iterator<Item = &'a DeliveryRow> {
    units.iter().flat_map(|unit| &unit.deliveries).filter(|row| row.reached == Reached::Now)
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
        // Every byte of a commit comes past here, and `hex::encode` makes its text a character at a time.
        let mut digits = vec![0; self.0.len().saturating_mul(2)];
        hex::encode_to_slice(self.0, &mut digits).map_err(S::Error::custom)?;
        serializer.serialize_str(std::str::from_utf8(&digits).map_err(S::Error::custom)?)
    }
}
