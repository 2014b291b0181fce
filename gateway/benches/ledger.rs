// SPDX-License-Identifier: EUPL-1.2
//! What one record costs in the ledger, as shipped: `cargo bench -p sluis --bench ledger [FOLDER]`.
//!
//! Closed loop: so many callers, each with one record under way. Records a second depend on the disk; the processor time
//! of a record does not. A folder on tmpfs shows what is left when flushing is free.

#![expect(clippy::expect_used, reason = "a measurement that cannot be set up has nothing to say")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sluis::clock::SystemClock;
use sluis::ledger::leaf::{Leaf, SealedFields};
use sluis::ledger::unit::Unit;
use sluis::ledger::{Ledger, Outcome};
use sluis::store::engine::Engine;
use sluis::store::sqlite::Sqlite;

const RUN: Duration = Duration::from_secs(3);

/// About as long as a real entry.
const ENTRY: usize = 620;

fn main() {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let folder = folder.map_or_else(std::env::temp_dir, PathBuf::from);
    println!("callers  records/s  µs CPU a record  p50 ms  p99 ms");
    for callers in [1, 16, 64, 256] {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.expect("a runtime").block_on(measure(&folder, callers));
    }
}

async fn measure(folder: &std::path::Path, callers: usize) {
    let file = folder.join(format!("sluis-bench-{}-{callers}.db", std::process::id()));
    let engine: Arc<dyn Engine> = Arc::new(Sqlite::open(&file).await.expect("a database"));
    engine.migrate().await.expect("a schema");
    let (ledger, _writer) = Ledger::open(engine, Arc::new(SystemClock), "bench/1").await.expect("a ledger");
    let (done, cpu, begun) = (Arc::new(AtomicU64::new(0)), cpu_time(), Instant::now());
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let (ledger, done) = (ledger.clone(), Arc::clone(&done));
            tokio::spawn(async move {
                let mut took = Vec::new();
                while begun.elapsed() < RUN {
                    let asked = Instant::now();
                    let committed = ledger.commit(record(done.fetch_add(1, Ordering::Relaxed))).await;
                    assert!(matches!(committed, Ok(Outcome::Committed(_))));
                    took.push(asked.elapsed());
                }
                took
            })
        })
        .collect();
    let mut took = Vec::new();
    for task in tasks {
        took.extend(task.await.expect("a caller"));
    }
    let (elapsed, cpu) = (begun.elapsed(), cpu_time() - cpu);
    took.sort_unstable();
    let at = |share: usize| took.get(took.len() * share / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    let records = took.len() as f64;
    println!(
        "{callers:>7}  {:>9.0}  {:>15.1}  {:>6.2}  {:>6.2}",
        records / elapsed.as_secs_f64(),
        cpu.as_secs_f64() * 1e6 / records,
        at(50),
        at(99)
    );
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
    }
}

fn record(number: u64) -> Unit {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    let fields = SealedFields { youth: id, sealed: vec![7; 180] };
    Unit::record(Leaf::new(id, format!("{{\"nr\":\"{number:0>ENTRY$}\"}}"), Some(fields)).expect("a leaf"))
}

/// User and system time of this process.
fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
