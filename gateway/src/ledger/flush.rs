// SPDX-License-Identifier: EUPL-1.2
//! Every acknowledgement is preceded by a completed flush of the write-ahead log that holds it (P9).
//!
//! `kill -9` alone would not notice a missing flush, because the operating system keeps what was written. So this test
//! runs itself once more under `strace` and reads the system calls.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use super::Outcome;
use super::contract::{id, open, signal};
use super::unit::{Read, Subject};
use crate::store::engine::Engine;
use crate::store::sqlite::Sqlite;

const FOLDER: &str = "SLUIS_FLUSH_TRIAL";
const UNFLUSHED: &str = "SLUIS_FLUSH_UNFLUSHED";
/// So few that the write-ahead log is not yet copied into the database, which takes flushes of its own.
const BATCHES: usize = 24;

#[test]
fn p9_every_acknowledgement_waited_for_a_completed_flush() {
    if let Ok(folder) = std::env::var(FOLDER) {
        return be_the_traced_process(Path::new(&folder));
    }
    let flushed = flushes_at_each_acknowledgement(false);
    // One flush a batch, no fewer and no more: acknowledgement k comes after exactly k flushes.
    assert_eq!(flushed, (1..=BATCHES).collect::<Vec<_>>());
    let mutant = flushes_at_each_acknowledgement(true);
    assert_eq!(mutant.len(), BATCHES);
    assert!(
        mutant.iter().zip(1..).all(|(flushes, batch)| *flushes < batch),
        "the trial sees a database that does not flush: {mutant:?}"
    );
}

#[tokio::main(flavor = "current_thread")]
async fn be_the_traced_process(folder: &Path) {
    let file = folder.join("sluis.db");
    let sqlite = match std::env::var(UNFLUSHED).as_deref() {
        Ok("yes") => Sqlite::dangerous_open_unflushed(&file).await,
        _ => Sqlite::open(&file).await,
    };
    let engine: Arc<dyn Engine> = Arc::new(sqlite.unwrap());
    engine.migrate().await.unwrap();
    let ledger = open(&engine, "a").await;
    say("begin");
    for batch in 0..BATCHES as u64 {
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let ledger = ledger.clone();
                tokio::spawn(async move {
                    ledger.commit(signal(batch * 8 + n, Read { subject: Subject::youth(id(0)), version: 0 })).await
                })
            })
            .collect();
        for task in tasks {
            assert!(matches!(task.await.unwrap(), Ok(Outcome::Committed(_))));
        }
        say("acknowledged");
    }
}

/// One write to standard error, which the trace shows between the flushes.
fn say(word: &str) {
    std::io::stderr().write_all(word.as_bytes()).unwrap();
}

/// How many flushes of the write-ahead log had completed when each acknowledgement was written.
fn flushes_at_each_acknowledgement(unflushed: bool) -> Vec<usize> {
    let folder = tempfile::TempDir::new().unwrap();
    let trace = folder.path().join("trace");
    let this_test = "ledger::flush::p9_every_acknowledgement_waited_for_a_completed_flush";
    let output = Command::new("strace")
        .args(["-f", "-y", "-e", "trace=fsync,fdatasync,write", "-o"])
        .arg(&trace)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", this_test, "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder.path())
        .env(UNFLUSHED, if unflushed { "yes" } else { "no" })
        .output()
        .expect("strace is installed: tests/run sees to it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    read_trace(&std::fs::read_to_string(trace).unwrap())
}

fn read_trace(trace: &str) -> Vec<usize> {
    let mut unfinished: HashMap<&str, bool> = HashMap::new();
    let (mut begun, mut flushes, mut seen) = (false, 0, Vec::new());
    for line in trace.lines() {
        let (process, call) = line.split_once(' ').unwrap_or((line, ""));
        let call = call.trim_start();
        let is_flush = (call.starts_with("fsync(") || call.starts_with("fdatasync(")) && call.contains("-wal>");
        if call.ends_with("<unfinished ...>") {
            unfinished.insert(process, is_flush);
        } else if call.contains("sync resumed>") {
            flushes += usize::from(unfinished.remove(process).unwrap_or(false) && call.ends_with("= 0"));
        } else if is_flush {
            flushes += usize::from(call.ends_with("= 0"));
        }
        if call.starts_with("write(2<") && call.contains("\"begin\"") {
            (begun, flushes) = (true, 0);
        } else if begun && call.starts_with("write(2<") && call.contains("\"acknowledged\"") {
            seen.push(flushes);
        }
    }
    seen
}
