// SPDX-License-Identifier: EUPL-1.2
//! What the ledger promises, tried on both databases: each unit alone and exactly once; no gap, no fork (P9).

mod beside;
mod counted;
mod stopping;

use std::sync::Arc;

pub(super) use self::counted::counting;
use super::leaf::{Leaf, SealedFields, entry_hash};
use super::merkle::Frontier;
use super::unit::{
    Claim, DataKeyRow, DeliveryKind, DeliveryRow, DeliveryState, DutyState, NewFact, ObligationRow, Reached, Read,
    SignalRow, Subject, Unit,
};
use super::{CommitError, Ledger, Outcome};
use crate::clock::SystemClock;
use crate::store::engine::Engine;
use crate::store::trial::{Trial, both};

pub(super) fn id(number: u64) -> [u8; 16] {
    let mut id = [7; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    id
}

pub(super) fn leaf(number: u64) -> Leaf {
    let fields = SealedFields { youth: id(number), sealed: vec![1, 2, 3] };
    Leaf::new(id(number), format!(r#"{{"nr":{number}}}"#), Some(fields)).unwrap()
}

fn claim(number: u64) -> Claim {
    let mut key = [9; 32];
    key[24..].copy_from_slice(&number.to_be_bytes());
    Claim::by_nature("test", key, id(number), 1)
}

pub(super) fn delivery(number: u64) -> DeliveryRow {
    DeliveryRow {
        id: id(number),
        signal: id(number),
        youth: id(0),
        receiver: "99000000000000000020".into(),
        desk: "wijkteam".into(),
        kind: DeliveryKind::Signal,
        urgent: false,
        state: DeliveryState::Waiting,
        attempts: 0,
        due_at: 0,
        created_at: 0,
        reached: Reached::Never,
        sealed: vec![5],
    }
}

/// A signal with its outbox entry, read against a youth.
pub(super) fn signal(number: u64, youth: Read) -> Unit {
    let row = SignalRow {
        id: id(number),
        youth: id(0),
        sender: "99000000000000000010".into(),
        kind: "aanmelding",
        created_at: 0,
        sealed: vec![4],
    };
    let duty = ObligationRow {
        id: id(number),
        signal: id(number),
        youth: id(0),
        owner: "99000000000000000020".into(),
        desk: "wijkteam".into(),
        kind: "act".into(),
        due_on: "2026-12-01".into(),
        state: DutyState::Open,
        reminded_for: String::new(),
        created_at: 0,
        sealed: vec![4],
    };
    Unit::record(leaf(number))
        .reading(youth)
        .moving(Read { subject: Subject::signal(id(number)), version: 0 })
        .with_signal(row)
        .with_delivery(delivery(number))
        .with_obligation(duty)
}

/// A withdrawal of a consent: a fact about the youth.
fn withdrawal(number: u64, youth: Read) -> Unit {
    Unit::record(leaf(number))
        .with_fact(youth, NewFact { kind: "uiting", class: "toestemming", arrived_at: 1, sealed: vec![6] })
}

fn youth(number: u64, version: i64) -> Read {
    Read { subject: Subject::youth(id(number)), version }
}

pub(super) async fn open(engine: &Arc<dyn Engine>, origin: &str) -> Ledger {
    Ledger::open(Arc::clone(engine), Arc::new(SystemClock), origin).await.unwrap().0
}

/// The log as an outsider reads it: consecutive from zero, each hash that of its entry, and the head's root over them.
pub(super) async fn whole(engine: &Arc<dyn Engine>, origin: &str) -> Vec<String> {
    let rows = engine
        .read(
            "SELECT leaf_index, leaf_hash, entry FROM log_leaf WHERE origin = $1 ORDER BY leaf_index",
            &[origin.into()],
        )
        .await
        .unwrap();
    let mut frontier = Frontier::default();
    let mut entries = Vec::new();
    for (row, expected) in rows.iter().zip(0..) {
        assert_eq!(row.int(0).unwrap(), expected, "no gap in {origin}");
        assert_eq!(row.array::<32>(1).unwrap(), entry_hash(row.text(2).unwrap()));
        frontier.append(row.array(1).unwrap());
        entries.push(row.text(2).unwrap().to_owned());
    }
    let head = engine.read("SELECT size, root FROM log_head WHERE origin = $1", &[origin.into()]).await.unwrap();
    assert_eq!(head[0].int(0).unwrap(), i64::try_from(rows.len()).unwrap());
    assert_eq!(head[0].array::<32>(1).unwrap(), frontier.root());
    entries
}

async fn count(trial: &Trial, sql: &'static str) -> i64 {
    trial.engine.read(sql, &[]).await.unwrap()[0].int(0).unwrap()
}

fn shape(outcome: &Result<Outcome, CommitError>) -> &'static str {
    match outcome {
        Ok(Outcome::Committed(_)) => "in",
        Ok(Outcome::Moved) => "moved",
        Ok(Outcome::Claimed) => "claimed",
        Err(CommitError::Rejected) => "rejected",
        Err(CommitError::Busy) => "busy",
        Err(CommitError::Unavailable) => "unavailable",
        Err(CommitError::Unknown) => "unknown",
    }
}

/// Hands all units over before the writer looks, so that they meet in full batches, and waits for their fates.
pub(super) async fn together(ledger: &Ledger, units: Vec<Unit>) -> Vec<&'static str> {
    let tasks: Vec<_> = units
        .into_iter()
        .map(|unit| {
            let ledger = ledger.clone();
            tokio::spawn(async move { shape(&ledger.commit(unit).await) })
        })
        .collect();
    let mut fates = Vec::new();
    for task in tasks {
        fates.push(task.await.unwrap());
    }
    fates
}

#[tokio::test]
async fn p9_256_callers_of_three_kinds_each_exactly_once() {
    for trial in both().await {
        let ledger = open(&trial.engine, "a").await;
        for round in 0..4_u64 {
            let units = (0..256)
                .map(|n| {
                    let number = round * 256 + n;
                    match n % 3 {
                        0 => Unit::record(leaf(number)),
                        1 => signal(number, youth(number, 0)),
                        _ => withdrawal(number, youth(number, 0)),
                    }
                })
                .collect();
            assert_eq!(together(&ledger, units).await, vec!["in"; 256], "{}", trial.name);
        }
        let mut entries = whole(&trial.engine, "a").await;
        entries.sort();
        entries.dedup();
        assert_eq!(entries.len(), 1024);
        assert_eq!(count(&trial, "SELECT count(*) FROM delivery").await, 4 * 85);
        assert_eq!(count(&trial, "SELECT count(*) FROM log_fields").await, 1024);
        assert_eq!(ledger.standing().size, 1024);
    }
}

#[tokio::test]
async fn duplicates_inside_full_batches_leave_one_winner_each() {
    for trial in both().await {
        let ledger = open(&trial.engine, "a").await;
        // 256 units want 16 keys; every unit also claims a key of its own, which a loser must give back.
        let units =
            (0..256_u64).map(|n| Unit::record(leaf(n)).claiming(claim(n % 16)).claiming(claim(1000 + n))).collect();
        let fates = together(&ledger, units).await;
        assert_eq!(fates.iter().filter(|fate| **fate == "in").count(), 16, "{}", trial.name);
        assert_eq!(fates.iter().filter(|fate| **fate == "claimed").count(), 240, "{}", trial.name);
        assert_eq!(whole(&trial.engine, "a").await.len(), 16);
        assert_eq!(count(&trial, "SELECT count(*) FROM claim").await, 32);
    }
}

#[tokio::test]
async fn a_claim_lost_by_another_reason_is_free_for_the_next_in_line() {
    for trial in both().await {
        let ledger = open(&trial.engine, "a").await;
        assert_eq!(together(&ledger, vec![Unit::record(leaf(0)).claiming(claim(1))]).await, ["in"]);
        // The first of these loses on claim 1, so claim 2 is free for the second, although both stand in line together.
        let units =
            vec![Unit::record(leaf(1)).claiming(claim(1)).claiming(claim(2)), Unit::record(leaf(2)).claiming(claim(2))];
        assert_eq!(together(&ledger, units).await, ["claimed", "in"], "{}", trial.name);
    }
}

#[tokio::test]
async fn moved_facts_inside_full_batches_let_one_through_at_a_time() {
    for trial in both().await {
        let ledger = open(&trial.engine, "a").await;
        for (versions, round) in (0..3_i64).zip(0..3_u64) {
            // 252 units all decided on the same version of the same youth; four on a version long gone.
            let units = (0..256)
                .map(|n| withdrawal(round * 256 + n, youth(0, if n % 64 == 63 { -5 } else { versions })))
                .collect();
            let fates = together(&ledger, units).await;
            assert_eq!(fates.iter().filter(|fate| **fate == "in").count(), 1, "{}", trial.name);
            assert_eq!(fates.iter().filter(|fate| **fate == "moved").count(), 255, "{}", trial.name);
        }
        assert_eq!(whole(&trial.engine, "a").await.len(), 3);
        assert_eq!(count(&trial, "SELECT version FROM version").await, 3);
        assert_eq!(count(&trial, "SELECT count(*) FROM fact").await, 3);
    }
}

#[tokio::test]
async fn p3_a_withdrawal_and_a_signal_on_one_consent_in_the_same_batch() {
    for trial in both().await {
        let ledger = open(&trial.engine, "a").await;
        assert_eq!(together(&ledger, vec![withdrawal(0, youth(0, 0))]).await, ["in"]);
        // The withdrawal stands first: the signal that was decided before it must decide again.
        let units = vec![withdrawal(1, youth(0, 1)), signal(2, youth(0, 1))];
        assert_eq!(together(&ledger, units).await, ["in", "moved"], "{}", trial.name);
        // The signal stands first: both are in, and the withdrawal has the later leaf.
        let units = vec![signal(3, youth(0, 2)), withdrawal(4, youth(0, 2))];
        assert_eq!(together(&ledger, units).await, ["in", "in"], "{}", trial.name);
        assert_eq!(whole(&trial.engine, "a").await, [0, 1, 3, 4].map(|n| format!(r#"{{"nr":{n}}}"#)));
    }
}

#[tokio::test]
async fn a_first_objection_inserted_meanwhile_is_seen() {
    for trial in both().await {
        let ledger = open(&trial.engine, "a").await;
        // The youth was registered and nobody had said anything yet when the signal was decided.
        assert_eq!(together(&ledger, vec![Unit::record(leaf(0)).moving(youth(0, 0))]).await, ["in"]);
        let decided = signal(1, youth(0, 1));
        assert_eq!(together(&ledger, vec![withdrawal(2, youth(0, 1))]).await, ["in"]);
        assert_eq!(together(&ledger, vec![decided]).await, ["moved"], "{}", trial.name);
        assert_eq!(count(&trial, "SELECT count(*) FROM signal").await, 0);
    }
}

#[tokio::test]
async fn a_guilty_unit_is_found_and_fails_alone() {
    for trial in both().await {
        let ledger = open(&trial.engine, "a").await;
        let key = || DataKeyRow { youth: id(1), class: "levering", kek_version: 1, wrapped: vec![4] };
        assert_eq!(together(&ledger, vec![Unit::record_of(77).with_key(key())]).await, ["in"]);
        let mut units: Vec<Unit> = (0..128).filter(|n| *n != 77).map(Unit::record_of).collect();
        // A key in the place of another: the database itself refuses the row.
        units.insert(64, Unit::record_of(77).with_key(key()));
        let fates = together(&ledger, units).await;
        assert_eq!(fates.iter().filter(|fate| **fate == "in").count(), 127, "{}", trial.name);
        assert_eq!(fates[64], "rejected", "{}", trial.name);
        assert_eq!(whole(&trial.engine, "a").await.len(), 128);
    }
}

impl Unit {
    fn record_of(number: u64) -> Self {
        Self::record(leaf(number))
    }
}

/// A database that is held by another fills the queue; what may not wait still has room in it, and all of it is in, in the end.
#[tokio::test]
async fn a_flood_leaves_room_for_what_may_not_wait() {
    let trial = crate::store::trial::sqlite().await;
    let ledger = open(&trial.engine, "a").await;
    let mut holder = trial.engine.writer().await.unwrap();
    holder.transaction("BEGIN IMMEDIATE").await.unwrap();
    let send = |number: u64, urgent: bool| {
        let row = DeliveryRow { urgent, ..delivery(number) };
        let (ledger, unit) = (ledger.clone(), Unit::record(leaf(number)).with_delivery(row));
        tokio::spawn(async move { shape(&ledger.commit(unit).await) })
    };
    let flood: Vec<_> = (0..4_000).map(|number| send(number, false)).collect();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let urgent: Vec<_> = (5_000..5_100).map(|number| send(number, true)).collect();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    holder.transaction("ROLLBACK").await.unwrap();
    let mut fates = Vec::new();
    for sent in flood {
        fates.push(sent.await.unwrap());
    }
    let busy = fates.iter().filter(|fate| **fate == "busy").count();
    assert!(
        busy >= 4_000 - 2_048 && fates.iter().all(|fate| ["in", "busy"].contains(fate)),
        "{busy} were told to come back"
    );
    for sent in urgent {
        assert_eq!(sent.await.unwrap(), "in");
    }
    assert_eq!(whole(&trial.engine, "a").await.len(), 4_000 - busy + 100);
}

#[tokio::test]
async fn every_statement_prepares_on_its_database() {
    for trial in both().await {
        let sql = trial.engine.batch();
        let mut writer = trial.engine.writer().await.unwrap();
        let one = [
            sql.lock,
            sql.claim,
            sql.unclaim,
            sql.version,
            sql.data_key,
            sql.fact,
            sql.signal,
            sql.inbox,
            sql.delivery,
            sql.obligation,
        ];
        for statement in one {
            writer.run(statement, &["[]".into()]).await.unwrap();
        }
        for statement in [sql.leaf, sql.fields] {
            writer.run(statement, &["[]".into(), "a".into()]).await.unwrap();
        }
        writer.run(sql.head_locked, &["a".into()]).await.unwrap();
        assert!(writer.run(sql.time, &[]).await.unwrap()[0].int(0).unwrap() > 1_700_000_000_000_000, "microseconds");
    }
}
