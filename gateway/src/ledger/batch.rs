// SPDX-License-Identifier: EUPL-1.2
//! One batch: many units, one transaction, a constant number of statements at any size.
//!
//! The steps are those of the design of the ledger: lock and compare the read sets (a); claim what is unique (b);
//! only then give out leaf indices and write the rows, one statement a table (c); move the head (d).

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::merkle::Frontier;
use super::rows::{Hex, Places, inboxes, json, places, tables, versions};
use super::unit::{Claim, Subject, Unit};
use crate::store::engine::{BatchStatements, Fault, Row, Step, Value, Writer};

/// Moves the head of a log, if it is still where this writer left it and no other has taken the origin.
pub(crate) const MOVE_HEAD: &str = "UPDATE log_head SET size = $2, root = $3, frontier = $4, committed_at = $5 \
    WHERE origin = $1 AND size = $6 AND epoch = $7 RETURNING size";

/// A log as its writer last knew it to be committed.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) origin: String,
    pub(super) epoch: i64,
    pub(super) frontier: Frontier,
    pub(super) committed_at: i64,
}

/// What a unit came to within an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is in, from this leaf index on.
    In { first: u64 },
    /// Something it read has moved.
    Moved,
    /// Something it claims belongs to another.
    Claimed,
}

/// How an attempt ended.
#[derive(Debug)]
pub(super) enum Ending {
    /// Committed: the new head, and each unit's fate in the order given.
    Committed(Head, Vec<Fate>),
    /// Another process took the origin: this writer must never write again.
    Fenced,
    /// Rolled back.
    Failed(Fault),
    /// COMMIT was sent, and its answer is lost or leaves it open. The head it would have given, the fates, and why.
    Unknown(Head, Vec<Fate>, Fault),
}

/// Tries to commit `units` as one set. On anything but [`Ending::Committed`] nothing of them is in, or it is unknown.
pub(super) async fn attempt(
    writer: &mut dyn Writer,
    sql: &BatchStatements,
    head: &Head,
    units: &[&Unit],
    now: i64,
) -> Ending {
    let mut batch = Batch { writer, sql, head, units, fates: vec![None; units.len()] };
    let next = match batch.write(now).await {
        Ok(Some(next)) => next,
        Ok(None) => {
            batch.roll_back().await;
            return Ending::Fenced;
        }
        Err(fault) => {
            batch.roll_back().await;
            return Ending::Failed(fault);
        }
    };
    let fates = batch.fates.iter().map(|fate| fate.unwrap_or(Fate::Moved)).collect();
    match batch.writer.transaction(sql.commit).await {
        Ok(()) => Ending::Committed(next, fates),
        // A refusal of the COMMIT itself is a clean answer: the transaction is gone.
        Err(fault @ (Fault::Contended | Fault::Rejected { .. } | Fault::FlushFailed)) => {
            batch.roll_back().await;
            Ending::Failed(fault)
        }
        Err(fault) => Ending::Unknown(next, fates, fault),
    }
}

struct Batch<'a> {
    writer: &'a mut dyn Writer,
    sql: &'a BatchStatements,
    head: &'a Head,
    units: &'a [&'a Unit],
    /// `None` while a unit is still in.
    fates: Vec<Option<Fate>>,
}

impl<'a> Batch<'a> {
    /// Everything up to COMMIT. `None` when the head is not ours any more.
    ///
    /// Statements that do not wait for each other's answers go together, so that a database in this process is woken for
    /// them once: begin with (a), (b), then (c) and (d). Only what reaches an inbox needs an answer in between.
    async fn write(&mut self, now: i64) -> Result<Option<Head>, Fault> {
        self.compare().await?;
        self.compare_erasures().await?;
        self.claim().await?;
        let frontier = self.number();
        let staying: Vec<&Unit> = self.staying_in().map(|(_, unit)| unit).collect();
        if staying.is_empty() {
            return Ok(Some(self.head.clone()));
        }
        for erasure in staying.iter().flat_map(|unit| &unit.erasures) {
            erasure.carry_out(self.writer, self.sql).await?;
        }
        let (moved, expected) = versions(&staying)?;
        let mut steps: Vec<Step> = moved.map(|rows| Step::new(self.sql.version, [rows])).into_iter().collect();
        let places = match inboxes(&staying)? {
            None => Places::new(),
            Some(wanted) => {
                let given = self.place(std::mem::take(&mut steps), expected, wanted).await?;
                places(&staying, &given)?
            }
        };
        let versions_stand_first = !steps.is_empty();
        steps.extend(tables(self.sql, &staying, &places)?.map(|(statement, rows)| Step::new(statement, [rows])));
        steps.extend(self.leaves()?);
        let (move_head, next) = self.move_head(frontier, now);
        steps.push(move_head);
        let answers = self.writer.run_all(&steps).await?;
        if versions_stand_first {
            all_moved(answers.first(), expected)?;
        }
        Ok(answers.last().is_some_and(|touched| touched.len() == 1).then_some(next))
    }

    /// Step (a): locks the version rows of every read set in key order, and lets the units go whose facts have moved.
    async fn compare(&mut self) -> Result<(), Fault> {
        let moving: HashSet<Subject> = self.units.iter().flat_map(|unit| unit.moves.iter().copied()).collect();
        let mut subjects: Vec<Subject> =
            self.units.iter().flat_map(|unit| unit.reads.iter().map(|read| read.subject)).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let rows = json(subjects.iter().map(|subject| (Hex(subject.as_bytes()), i64::from(moving.contains(subject)))))?;
        let lock: Vec<Step> = rows.map(|rows| Step::new(self.sql.lock, [rows])).into_iter().collect();
        let mut versions = HashMap::with_capacity(subjects.len());
        for row in self.writer.begin(self.sql.begin, &lock).await?.iter().flatten() {
            versions.insert(Subject::from_bytes(row.array(0)?), row.int(1)?);
        }
        for (unit, fate) in self.units.iter().zip(&mut self.fates) {
            let holds = unit.reads.iter().all(|read| versions.get(&read.subject).copied().unwrap_or(0) == read.version);
            if !holds {
                *fate = Some(Fate::Moved);
            }
        }
        Ok(())
    }

    /// Lets the units go that would erase less, or more, than was decided.
    async fn compare_erasures(&mut self) -> Result<(), Fault> {
        for (unit, fate) in self.units.iter().zip(&mut self.fates) {
            for erasure in &unit.erasures {
                if fate.is_none() && !erasure.stands(self.writer).await? {
                    *fate = Some(Fate::Moved);
                }
            }
        }
        Ok(())
    }

    /// Step (b): claims, and takes back the claims of units that lost one of theirs.
    async fn claim(&mut self) -> Result<(), Fault> {
        let mut claims: Vec<&Claim> = self.staying().flat_map(|(_, unit)| &unit.claims).collect();
        claims.sort_unstable_by_key(|claim| claim.key);
        let Some(rows) =
            json(claims.iter().map(|c| (Hex(&c.key), c.kind, Hex(&c.resource), Hex(&c.fingerprint), c.made_at)))?
        else {
            return Ok(());
        };
        let answer = self.writer.run(self.sql.claim, &[rows]).await?;
        let won: HashSet<[u8; 32]> = answer.iter().map(|row| row.array(0)).collect::<Result<_, _>>()?;
        let lost: Vec<usize> = self
            .staying()
            .filter(|(_, unit)| unit.claims.iter().any(|claim| !won.contains(&claim.key)))
            .map(|(index, _)| index)
            .collect();
        let mut taken_back = Vec::new();
        for index in lost {
            if let (Some(unit), Some(fate)) = (self.units.get(index), self.fates.get_mut(index)) {
                taken_back.extend(
                    unit.claims.iter().filter(|claim| won.contains(&claim.key)).map(|claim| (Hex(&claim.key),)),
                );
                *fate = Some(Fate::Claimed);
            }
        }
        if let Some(rows) = json(taken_back.into_iter())? {
            self.writer.run(self.sql.unclaim, &[rows]).await?;
        }
        Ok(())
    }

    /// Step (c) begins: who is still in gets its leaf indices. The tree in memory stays where it is until COMMIT.
    fn number(&mut self) -> Frontier {
        let mut frontier = self.head.frontier.clone();
        for (unit, fate) in self.units.iter().zip(&mut self.fates) {
            if fate.is_none() {
                *fate = Some(Fate::In { first: frontier.size() });
                unit.records.iter().for_each(|leaf| frontier.append(leaf.hash));
            }
        }
        frontier
    }

    /// Gives what reaches its receiver with this batch the next places in the receivers' inboxes, behind the next versions.
    ///
    /// INVARIANT: an inbox that gave a place stays locked until COMMIT, so its places become visible in their own order,
    /// whichever gateway gives them and whatever its clock says: who has seen one has seen every lower one. Nothing that
    /// another writer holds is waited for after this, so writers cannot wait for each other in a circle.
    async fn place(&mut self, mut steps: Vec<Step>, expected: usize, wanted: Value) -> Result<Vec<Row>, Fault> {
        let versions_stand_first = !steps.is_empty();
        steps.push(Step::new(self.sql.inbox, [wanted]));
        let mut answers = self.writer.run_all(&steps).await?;
        if versions_stand_first {
            all_moved(answers.first(), expected)?;
        }
        answers.pop().ok_or(Fault::Misread { column: 0 })
    }

    /// The log's own rows, which alone need their place in it.
    fn leaves(&self) -> Result<impl Iterator<Item = Step>, Fault> {
        let records: Vec<_> = self.staying_in().flat_map(|(first, unit)| (first..).zip(&unit.records)).collect();
        let leaves = json(records.iter().map(|(index, leaf)| (*index, Hex(&leaf.hash), &leaf.entry)))?;
        let fields = json(
            records
                .iter()
                .filter_map(|(index, leaf)| leaf.fields.as_ref().map(|f| (*index, Hex(&f.youth), Hex(&f.sealed)))),
        )?;
        let origin = Value::Text(self.head.origin.clone());
        let steps = [(self.sql.leaf, leaves), (self.sql.fields, fields)].into_iter();
        Ok(steps.filter_map(move |(statement, rows)| Some(Step::new(statement, [rows?, origin.clone()]))))
    }

    /// Step (d), and the head as it stands when that touched one row.
    fn move_head(&self, frontier: Frontier, now: i64) -> (Step, Head) {
        let old = signed(self.head.frontier.size());
        let next = Head { frontier, committed_at: now.max(self.head.committed_at), ..self.head.clone() };
        let values = [
            Value::Text(next.origin.clone()),
            Value::Int(signed(next.frontier.size())),
            Value::from(next.frontier.root().as_slice()),
            Value::Bytes(next.frontier.to_bytes()),
            Value::Int(next.committed_at),
            Value::Int(old),
            Value::Int(next.epoch),
        ];
        (Step::new(MOVE_HEAD, values), next)
    }

    /// The units that were numbered, each with its first leaf index.
    fn staying_in(&self) -> impl Iterator<Item = (u64, &'a Unit)> {
        self.units.iter().zip(&self.fates).filter_map(|(unit, fate)| match fate {
            Some(Fate::In { first }) => Some((*first, *unit)),
            _ => None,
        })
    }

    fn staying(&self) -> impl Iterator<Item = (usize, &'a Unit)> {
        self.units
            .iter()
            .zip(&self.fates)
            .enumerate()
            .filter(|(_, (_, fate))| fate.is_none())
            .map(|(index, (unit, _))| (index, *unit))
    }

    async fn roll_back(&mut self) {
        // A connection that cannot even roll back is dropped by the writer; a slow one must not hold it up.
        let _ = tokio::time::timeout(Duration::from_secs(2), self.writer.transaction(self.sql.rollback)).await;
    }
}

/// Each moved subject got its next version. A subject that did not exist had no row to lock in step (a): when another
/// writer made it meanwhile, fewer rows are touched than moved, and the whole set is tried again from step (a).
fn all_moved(touched: Option<&Vec<Row>>, expected: usize) -> Result<(), Fault> {
    if touched.is_some_and(|touched| touched.len() == expected) { Ok(()) } else { Err(Fault::Contended) }
}

/// Sizes are unsigned in memory and signed in the database; a log of 2^63 leaves does not exist.
fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
