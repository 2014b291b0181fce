// SPDX-License-Identifier: EUPL-1.2
//! Connections cut in mid-COMMIT, by a proxy between the ledger and a real PostgreSQL (P9).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::contract::{id, leaf, open, signal, whole};
use super::unit::{Read, Subject, Unit};
use super::{CommitError, Ledger, Outcome, Patience, writer};
use crate::clock::SystemClock;
use crate::store::engine::Engine;
use crate::store::postgres::Postgres;
use crate::store::trial;

const PASS: u8 = 0;
/// The COMMIT never reaches the server.
const CUT_BEFORE: u8 = 1;
/// The server commits, its answer never arrives.
const CUT_AFTER: u8 = 2;
/// The link breaks at once, the server gets the COMMIT a little later, while the ledger is already asking.
const CUT_DURING: u8 = 3;
/// As [`CUT_BEFORE`], and from then on nobody is home.
const CUT_AND_LEAVE: u8 = 4;
/// Nobody is home.
const DOWN: u8 = 5;
/// The COMMIT never reaches the server, and the link stands.
const SWALLOW_BEFORE: u8 = 6;
/// The server commits, its answer never arrives, and the link stands.
const SWALLOW_AFTER: u8 = 7;
/// Links stand and are made, and nothing arrives over them.
const SILENT: u8 = 8;

/// A wire to a PostgreSQL server that can be cut at the next COMMIT.
struct Wire {
    mode: AtomicU8,
    cuts: AtomicU64,
}

impl Wire {
    /// Starts the proxy before the server of `url`, and gives the address that goes through it.
    async fn before(url: &str) -> (Arc<Self>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let wire = Arc::new(Self { mode: AtomicU8::new(PASS), cuts: AtomicU64::new(0) });
        let (before, rest) = url.split_once('@').unwrap();
        let (server, database) = rest.split_once('/').unwrap();
        let (server, through) = (server.to_owned(), format!("{before}@127.0.0.1:{port}/{database}"));
        let shared = Arc::clone(&wire);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if shared.mode.load(Ordering::SeqCst) != DOWN {
                    let upstream = TcpStream::connect(&server).await.unwrap();
                    tokio::spawn(Arc::clone(&shared).carry(client, upstream));
                }
            }
        });
        (wire, through)
    }

    /// Waits until the wire was cut once.
    async fn cut(&self) {
        while self.cuts.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }

    async fn carry(self: Arc<Self>, client: TcpStream, server: TcpStream) {
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let deaf = Arc::new(AtomicBool::new(false));
        let unheard = Arc::clone(&deaf);
        let back = tokio::spawn(async move {
            let mut buffer = vec![0; 65_536];
            while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
                if !unheard.load(Ordering::SeqCst) && to_client.write_all(&buffer[..read]).await.is_err() {
                    return;
                }
            }
        });
        let mut buffer = vec![0; 65_536];
        while let Ok(read) = from_client.read(&mut buffer).await {
            let bytes = &buffer[..read];
            let commits = bytes.windows(7).any(|window| window == b"COMMIT\0");
            let mode = self.mode.load(Ordering::SeqCst);
            if commits && ![DOWN, SILENT].contains(&mode) {
                self.mode.store(if mode == CUT_AND_LEAVE { DOWN } else { PASS }, Ordering::SeqCst);
            }
            match mode {
                DOWN => break,
                _ if read == 0 => break,
                SILENT => {}
                SWALLOW_BEFORE if commits => {
                    self.cuts.fetch_add(1, Ordering::SeqCst);
                }
                SWALLOW_AFTER if commits => {
                    deaf.store(true, Ordering::SeqCst);
                    to_server.write_all(bytes).await.unwrap();
                    self.cuts.fetch_add(1, Ordering::SeqCst);
                }
                CUT_BEFORE | CUT_AND_LEAVE if commits => {
                    self.cuts.fetch_add(1, Ordering::SeqCst);
                    break;
                }
                CUT_AFTER if commits => {
                    back.abort();
                    to_server.write_all(bytes).await.unwrap();
                    tokio::time::sleep(std::time::Duration::from_millis(30)).await;
                    self.cuts.fetch_add(1, Ordering::SeqCst);
                    break;
                }
                CUT_DURING if commits => {
                    self.cuts.fetch_add(1, Ordering::SeqCst);
                    back.abort();
                    let _ = back.await;
                    drop(from_client);
                    let late = bytes.to_vec();
                    tokio::time::sleep(std::time::Duration::from_millis(60)).await;
                    let _ = to_server.write_all(&late).await;
                    tokio::time::sleep(std::time::Duration::from_millis(60)).await;
                    return;
                }
                _ => to_server.write_all(bytes).await.unwrap(),
            }
        }
        back.abort();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p9_a_commit_whose_answer_was_lost_is_neither_lost_nor_doubled() {
    let url = trial::postgres_database().await;
    let (wire, through) = Wire::before(&url).await;
    let engine: Arc<dyn Engine> = Arc::new(Postgres::open(&through).unwrap());
    engine.migrate().await.unwrap();
    let ledger = open(&engine, "a").await;
    let mut next = 0_u64;
    for round in 0..30 {
        wire.mode.store([CUT_BEFORE, CUT_AFTER, CUT_DURING][round % 3], Ordering::SeqCst);
        let units = (0..64).map(|n| signal(next + n, Read { subject: Subject::youth(id(0)), version: 0 }));
        let tasks: Vec<_> = units
            .map(|unit| {
                let ledger = ledger.clone();
                tokio::spawn(async move { ledger.commit(unit).await })
            })
            .collect();
        for task in tasks {
            assert!(matches!(task.await.unwrap(), Ok(Outcome::Committed(_))), "round {round}");
        }
        next += 64;
    }
    assert_eq!(wire.cuts.load(Ordering::SeqCst), 30, "every round lost its COMMIT");
    let mut entries = whole(&engine, "a").await;
    assert_eq!(entries.len() as u64, next);
    entries.sort();
    entries.dedup();
    assert_eq!(entries.len() as u64, next, "no unit is in twice");
    assert_eq!(engine.read("SELECT count(*) FROM delivery", &[]).await.unwrap()[0].int(0).unwrap() as u64, next);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p3_what_moved_between_a_lost_commit_and_the_next_try_is_seen() {
    let url = trial::postgres_database().await;
    let (wire, through) = Wire::before(&url).await;
    let engine: Arc<dyn Engine> = Arc::new(Postgres::open(&through).unwrap());
    engine.migrate().await.unwrap();
    let (ledger, other) =
        (open(&engine, "a").await, open(&(Arc::new(Postgres::open(&url).unwrap()) as Arc<dyn Engine>), "b").await);
    let youth = |version| Read { subject: Subject::youth(id(0)), version };
    assert!(matches!(ledger.commit(Unit::record(leaf(0)).moving(youth(0))).await, Ok(Outcome::Committed(_))));
    // The link is cut before COMMIT and nobody answers, until another gateway has committed a withdrawal.
    wire.mode.store(CUT_AND_LEAVE, Ordering::SeqCst);
    let pending = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.commit(signal(1, youth(1))).await }
    });
    wire.cut().await;
    let withdrawn = other.commit(Unit::record(leaf(2)).moving(youth(1))).await;
    wire.mode.store(PASS, Ordering::SeqCst);
    assert!(matches!(withdrawn, Ok(Outcome::Committed(_))), "{withdrawn:?}");
    let fate = pending.await.unwrap();
    assert!(matches!(fate, Ok(Outcome::Moved)), "{fate:?}");
    assert_eq!((whole(&engine, "a").await.len(), whole(&engine, "b").await.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_gone_refuses_and_recovers() {
    let url = trial::postgres_database().await;
    let (wire, through) = Wire::before(&url).await;
    let engine: Arc<dyn Engine> = Arc::new(Postgres::open(&through).unwrap());
    engine.migrate().await.unwrap();
    let ledger = open(&engine, "a").await;
    wire.mode.store(CUT_AND_LEAVE, Ordering::SeqCst);
    // The first had its COMMIT on the wire when the link was cut; of the second nothing ever left.
    for (number, told) in [CommitError::Unknown, CommitError::Unavailable].into_iter().enumerate() {
        let while_down = ledger.commit(Unit::record(leaf(number as u64))).await;
        assert!(matches!(&while_down, Err(error) if *error == told), "{while_down:?}");
        assert!(ledger.standing().trouble.is_some(), "readiness must hear of it");
    }
    wire.mode.store(PASS, Ordering::SeqCst);
    let back = ledger.commit(Unit::record(leaf(2))).await;
    assert!(matches!(back, Ok(Outcome::Committed(_))), "{back:?}");
    assert!(ledger.standing().trouble.is_none());
    assert_eq!(whole(&engine, "a").await, [r#"{"nr":2}"#]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn p9_a_commit_that_nobody_answers_over_a_link_that_stands_is_neither_lost_nor_doubled() {
    let url = trial::postgres_database().await;
    let (wire, through) = Wire::before(&url).await;
    let engine: Arc<dyn Engine> = Arc::new(Postgres::open_within(&through, Duration::from_secs(1)).unwrap());
    engine.migrate().await.unwrap();
    let ledger = open(&engine, "a").await;
    for number in 0..4 {
        wire.mode.store([SWALLOW_BEFORE, SWALLOW_AFTER][number % 2], Ordering::SeqCst);
        let unit = signal(number as u64, Read { subject: Subject::youth(id(0)), version: 0 });
        let fate = ledger.commit(unit).await;
        assert!(matches!(fate, Ok(Outcome::Committed(_))), "{number}: {fate:?}");
    }
    assert_eq!(wire.cuts.load(Ordering::SeqCst), 4, "every COMMIT was swallowed");
    assert_eq!(whole(&engine, "a").await, [0, 1, 2, 3].map(|number| format!(r#"{{"nr":{number}}}"#)));
    assert!(ledger.standing().trouble.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_for_a_silent_database_is_told_in_time_and_so_is_readiness() {
    let url = trial::postgres_database().await;
    let (wire, through) = Wire::before(&url).await;
    let engine: Arc<dyn Engine> = Arc::new(Postgres::open_within(&through, Duration::from_secs(3)).unwrap());
    engine.migrate().await.unwrap();
    let scribe = writer::take(Arc::clone(&engine), Arc::new(SystemClock), "a").await.unwrap();
    let patience = Patience { fate: Duration::from_millis(300), oldest: Duration::from_millis(100) };
    let (ledger, _writer) = Ledger::start(scribe, patience);
    wire.mode.store(SILENT, Ordering::SeqCst);
    let fate = tokio::time::timeout(Duration::from_secs(2), ledger.commit(Unit::record(leaf(0)))).await;
    assert!(matches!(fate, Ok(Err(CommitError::Unknown))), "{fate:?}");
    assert!(ledger.standing().trouble.is_some(), "readiness hears of it while the writer still waits");
    wire.mode.store(PASS, Ordering::SeqCst);
    // The unit was not taken back: it is in before the next, and nobody was told otherwise.
    for _ in 0..30 {
        if matches!(ledger.commit(Unit::default()).await, Ok(Outcome::Committed(_))) {
            break;
        }
    }
    assert_eq!(whole(&engine, "a").await, [r#"{"nr":0}"#]);
    assert!(ledger.standing().trouble.is_none());
}
