// SPDX-License-Identifier: EUPL-1.2
//! What the ledger promises, tried on both databases: each unit alone and exactly once; no gap, no fork (P9).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use sluis_policy::Moment;

use super::leaf::{Leaf, SealedFields, entry_hash};
use super::merkle::Frontier;
use super::unit::{
    Claim, DataKeyRow, DeliveryKind, DeliveryRow, DeliveryState, DutyState, NewFact, ObligationRow, Reached, Read,
    SignalRow, Subject, Unit,
};
use super::{CommitError, Ledger, Outcome};
use crate::clock::{Clock, SystemClock};
use crate::store::engine::{BatchStatements, Engine, Fault, Row, Step, Value, Writer};
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

#[tokio::test]
async fn a_revived_old_process_on_the_same_origin_writes_nothing() {
    for trial in both().await {
        let old = open(&trial.engine, "a").await;
        assert_eq!(together(&old, vec![Unit::record(leaf(0))]).await, ["in"]);
        let new = open(&trial.engine, "a").await;
        assert_eq!(together(&old, vec![Unit::record(leaf(1))]).await, ["unavailable"], "{}", trial.name);
        assert_eq!(together(&new, vec![Unit::record(leaf(2))]).await, ["in"]);
        assert_eq!(together(&old, vec![Unit::record(leaf(3))]).await, ["unavailable"], "it stays stopped");
        assert!(old.standing().trouble.is_some());
        assert_eq!(whole(&trial.engine, "a").await, [r#"{"nr":0}"#, r#"{"nr":2}"#]);
    }
}

/// A clock that brings down whoever asks it, once it is broken.
#[derive(Debug, Default)]
struct Breakable(AtomicBool);

impl Clock for Breakable {
    fn now(&self) -> Moment {
        assert!(!self.0.load(Ordering::SeqCst), "this test breaks the writer on purpose");
        SystemClock.now()
    }
}

#[tokio::test]
async fn a_writer_that_panicked_is_trouble_and_refuses() {
    for trial in both().await {
        let clock = Arc::new(Breakable::default());
        let shared: Arc<dyn Clock> = Arc::<Breakable>::clone(&clock);
        let (ledger, writer) = Ledger::open(Arc::clone(&trial.engine), shared, "a").await.unwrap();
        assert_eq!(together(&ledger, vec![Unit::record(leaf(0))]).await, ["in"]);
        assert!(ledger.standing().trouble.is_none());
        clock.0.store(true, Ordering::SeqCst);
        assert_eq!(together(&ledger, vec![Unit::record(leaf(1))]).await, ["unknown"], "{}", trial.name);
        assert!(writer.await.unwrap_err().is_panic());
        assert!(ledger.standing().trouble.is_some(), "{}: readiness must hear of it", trial.name);
        assert_eq!(together(&ledger, vec![Unit::record(leaf(2))]).await, ["unavailable"]);
    }
}

#[tokio::test]
async fn a_database_that_is_gone_is_blamed_on_no_unit() {
    let url = crate::store::trial::postgres_database().await;
    let engine: Arc<dyn Engine> = Arc::new(crate::store::postgres::Postgres::open(&url).unwrap());
    engine.migrate().await.unwrap();
    let ledger = open(&engine, "a").await;
    crate::store::trial::drop_database(&url).await;
    // The server is there and does not let us in: 3D000, which is about no row.
    let fates = together(&ledger, vec![Unit::record(leaf(0)), Unit::record(leaf(1))]).await;
    assert_eq!(fates, ["unavailable", "unavailable"]);
    assert!(ledger.standing().trouble.is_some());
}

/// What goes to a database: statements, and calls that carry one or more of them and wait for the answers.
#[derive(Clone, Default)]
pub(super) struct Counted {
    pub(super) statements: Arc<AtomicU64>,
    pub(super) calls: Arc<AtomicU64>,
}

impl Counted {
    fn call(&self, statements: usize) {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.statements.fetch_add(statements as u64, Ordering::SeqCst);
    }

    /// What was counted since it was last taken.
    fn take(&self) -> (u64, u64) {
        (self.statements.swap(0, Ordering::SeqCst), self.calls.swap(0, Ordering::SeqCst))
    }
}

/// Counts what goes to the database, in front of a real engine.
struct Counting {
    inner: Arc<dyn Engine>,
    counted: Counted,
}

/// As an engine in front of which every statement of its writers is counted.
pub(super) fn counting(inner: &Arc<dyn Engine>) -> (Arc<dyn Engine>, Counted) {
    let counted = Counted::default();
    (Arc::new(Counting { inner: Arc::clone(inner), counted: counted.clone() }), counted)
}

struct CountingWriter {
    inner: Box<dyn Writer>,
    counted: Counted,
}

#[async_trait]
impl Engine for Counting {
    async fn read(&self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        self.inner.read(sql, values).await
    }
    async fn read_all(&self, steps: &[Step]) -> Result<Vec<Vec<Row>>, Fault> {
        self.inner.read_all(steps).await
    }
    async fn writer(&self) -> Result<Box<dyn Writer>, Fault> {
        Ok(Box::new(CountingWriter { inner: self.inner.writer().await?, counted: self.counted.clone() }))
    }
    fn batch(&self) -> &'static BatchStatements {
        self.inner.batch()
    }
    async fn migrate(&self) -> Result<(), Fault> {
        self.inner.migrate().await
    }
    async fn schema(&self) -> Result<(), Fault> {
        self.inner.schema().await
    }
    async fn durability(&self, on: &mut dyn Writer) -> Result<(), Fault> {
        self.inner.durability(on).await
    }

    async fn copy_out(
        &self,
        to: &crate::store::copying::CopyFolder,
    ) -> Result<Vec<crate::store::copying::CopiedHead>, Fault> {
        self.inner.copy_out(to).await
    }

    async fn copy_in(&self, from: &crate::store::copying::CopyFolder) -> Result<Box<dyn Writer>, Fault> {
        self.inner.copy_in(from).await
    }

    async fn scrub(&self) -> Result<(), Fault> {
        self.inner.scrub().await
    }

    async fn restraint(&self, on: &mut dyn Writer) -> Result<(), Fault> {
        self.inner.restraint(on).await
    }
}

#[async_trait]
impl Writer for CountingWriter {
    async fn run(&mut self, sql: &'static str, values: &[Value]) -> Result<Vec<Row>, Fault> {
        self.counted.call(1);
        self.inner.run(sql, values).await
    }
    async fn run_all(&mut self, steps: &[Step]) -> Result<Vec<Vec<Row>>, Fault> {
        self.counted.call(steps.len());
        self.inner.run_all(steps).await
    }
    async fn begin(&mut self, word: &'static str, first: &[Step]) -> Result<Vec<Vec<Row>>, Fault> {
        self.counted.call(1 + first.len());
        self.inner.begin(word, first).await
    }
    async fn transaction(&mut self, word: &'static str) -> Result<(), Fault> {
        self.counted.call(1);
        self.inner.transaction(word).await
    }
}

/// A unit that writes every table there is.
fn everything(number: u64) -> Unit {
    let key = DataKeyRow { youth: id(number), class: "levering", kek_version: 1, wrapped: vec![8] };
    let fact = NewFact { kind: "uiting", class: "toestemming", arrived_at: 1, sealed: vec![6] };
    let fetched = DeliveryRow { id: id(500_000 + number), ..delivery(number).available() };
    signal(number, youth(number, 0))
        .claiming(claim(number))
        .with_key(key)
        .with_fact(youth(number, 0), fact)
        .with_delivery(fetched)
}

#[tokio::test]
async fn a_batch_takes_the_same_number_of_statements_at_any_size() {
    for trial in both().await {
        let (engine, counted) = counting(&trial.engine);
        let ledger = open(&engine, "a").await;
        // One claim that is taken already, so that the taking back is counted too.
        assert_eq!(together(&ledger, vec![Unit::record(leaf(0)).claiming(claim(1))]).await, ["in"]);
        let mut taken = Vec::new();
        for (round, size) in [(1_u64, 2_u64), (2, 16), (3, 64), (4, 256)] {
            let first = round * 1000;
            let mut units: Vec<Unit> = (first..first + size - 1).map(everything).collect();
            units.push(Unit::record(leaf(first + size)).claiming(claim(1)).claiming(claim(first + size)));
            counted.take();
            let fates = together(&ledger, units).await;
            assert_eq!(fates.iter().filter(|fate| **fate == "in").count() as u64, size - 1, "{}", trial.name);
            taken.push(counted.take());
        }
        // BEGIN and COMMIT included; at most sixteen statements are allowed. They go in six calls: begin and lock; claim; take
        // back; versions and places; rows and head; commit. SQLite makes one trip of a call, PostgreSQL one of a statement.
        assert_eq!(taken, vec![(15, 6); 4], "{}", trial.name);
        // What most batches are: records of decisions that read something; and signals that nobody fetches.
        for (unit, expected) in [
            (Unit::record(leaf(9_001)).reading(youth(9_001, 0)), (6, 3)),
            (signal(9_002, youth(9_002, 0)).claiming(claim(9_002)), (11, 4)),
        ] {
            counted.take();
            assert_eq!(together(&ledger, vec![unit]).await, ["in"]);
            assert_eq!(counted.take(), expected, "{}", trial.name);
        }
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_writers_on_one_postgresql_neither_fork_nor_deadlock() {
    let trial = crate::store::trial::postgres().await;
    let ledgers = [open(&trial.engine, "a").await, open(&trial.engine, "b").await];
    // Every subject has its row from the start, so that there is something to lock in key order.
    for number in 0..8 {
        assert_eq!(shape(&ledgers[0].commit(Unit::record(leaf(number)).moving(youth(number, 0))).await), "in");
    }
    let begun = std::time::Instant::now();
    // Both move and read the same eight youths, each in its own order, and decide again whenever they come too late.
    let mut tasks = Vec::new();
    for (which, ledger) in ledgers.iter().enumerate() {
        for caller in 0..32_u64 {
            let (ledger, engine) = (ledger.clone(), Arc::clone(&trial.engine));
            tasks.push(tokio::spawn(async move {
                for step in 0..6_u64 {
                    let (moved, read) = ((caller + step) % 8, (caller * 3 + step + which as u64 * 5) % 8);
                    loop {
                        let (m, r) = (version(&engine, moved).await, version(&engine, read).await);
                        let number = (which as u64 + 1) * 10_000 + caller * 100 + step;
                        let unit = withdrawal(number, youth(moved, m)).reading(youth(read, r));
                        match shape(&ledger.commit(unit).await) {
                            "in" => break,
                            "moved" => {}
                            other => panic!("{other}"),
                        }
                    }
                }
            }));
        }
    }
    for task in tasks {
        task.await.unwrap();
    }
    let entries = [whole(&trial.engine, "a").await, whole(&trial.engine, "b").await].concat();
    assert_eq!(entries.len(), 8 + 2 * 32 * 6);
    // Every step moved one youth by exactly one version, and every version has exactly one fact.
    assert_eq!(count(&trial, "SELECT sum(version)::bigint FROM version").await, 8 + 2 * 32 * 6);
    assert_eq!(count(&trial, "SELECT count(*) FROM fact").await, 2 * 32 * 6);
    let deadlocks = count(&trial, "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").await;
    assert_eq!(deadlocks, 0, "locks are taken in key order, in the strength they need; took {:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_writers_that_make_the_same_subject_do_not_both_succeed() {
    let trial = crate::store::trial::postgres().await;
    let ledgers = [open(&trial.engine, "a").await, open(&trial.engine, "b").await];
    for round in 0..40_u64 {
        // No row exists yet, so there is nothing to lock; and without a fact no other key would collide.
        let make = |number| Unit::record(leaf(number)).moving(youth(round, 0));
        let (one, other) = tokio::join!(ledgers[0].commit(make(2 * round)), ledgers[1].commit(make(2 * round + 1)));
        let mut fates = [shape(&one), shape(&other)];
        fates.sort_unstable();
        assert_eq!(fates, ["in", "moved"], "round {round}");
        assert_eq!(version(&trial.engine, round).await, 1);
    }
}

async fn version(engine: &Arc<dyn Engine>, number: u64) -> i64 {
    let subject = Subject::youth(id(number));
    let rows =
        engine.read("SELECT version FROM version WHERE subject = $1", &[subject.as_bytes().into()]).await.unwrap();
    rows.first().map_or(0, |row| row.int(0).unwrap())
}
