// SPDX-License-Identifier: EUPL-1.2
//! Whether the ledger slows down as it fills: `cargo bench --workspace --bench stored -- [FOLDER [MILLIONS]]`.
//!
//! Two ledgers in one folder, one empty and one that already holds so many millions of records, by turns. What is stored was
//! put there by statements of its own, because only the size of the tables matters: its leaves are all alike, and its tree is
//! the tree of such leaves.

#![expect(clippy::expect_used, reason = "a measurement that cannot be set up has nothing to say")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sluis::clock::SystemClock;
use sluis::ledger::leaf::{Leaf, SealedFields};
use sluis::ledger::merkle::Frontier;
use sluis::ledger::unit::Unit;
use sluis::ledger::{Ledger, Outcome};
use sluis::store::engine::{Engine, Value};
use sluis::store::sqlite::Sqlite;

const TURN: Duration = Duration::from_secs(2);
const TURNS: usize = 7;
/// How many rows one statement puts there.
const AT_ONCE: u64 = 250_000;

/// As long as those of the bench `ledger`.
const LEAVES: &str = "WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2) \
    INSERT INTO log_leaf (origin, leaf_index, leaf_hash, entry) \
    SELECT 'bench/1', i, zeroblob(32), printf('{\"nr\":\"%0620d\"}', i) FROM n";
const FIELDS: &str = "WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2) \
    INSERT INTO log_fields (origin, leaf_index, youth, sealed) SELECT 'bench/1', i, randomblob(16), randomblob(180) FROM n";
const HEAD: &str = "UPDATE log_head SET size = $1, root = $2, frontier = $3 WHERE origin = 'bench/1' RETURNING size";

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let millions: u64 = arguments.next().map_or(10, |text| text.parse().expect("a number of millions"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(compare(&folder, millions * 1_000_000));
}

async fn compare(folder: &Path, stored: u64) {
    let files = ["empty", "full"].map(|name| folder.join(format!("sluis-stored-{}-{name}.db", std::process::id())));
    let [empty, full] = [open(&files[0], 0).await, open(&files[1], stored).await];
    println!("callers  empty: records/s  with {stored}: records/s  ratio  of each turn");
    for callers in [64, 256] {
        let mut ratios = Vec::new();
        let mut rates = [Vec::new(), Vec::new()];
        for _ in 0..TURNS {
            let turn = [rate(&empty, callers).await, rate(&full, callers).await];
            ratios.push(turn[1] / turn[0]);
            rates.iter_mut().zip(turn).for_each(|(rates, rate)| rates.push(rate));
        }
        let each: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
        let [without, with] = rates.map(median);
        println!("{callers:>7}  {without:>16.0}  {with:>25.0}  {:>5.2}  {}", median(ratios), each.join(" "));
    }
    for file in files {
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
        }
    }
}

/// A ledger that already holds so many records.
async fn open(file: &Path, stored: u64) -> Ledger {
    let engine: Arc<dyn Engine> = Arc::new(Sqlite::open(file).await.expect("a database"));
    engine.migrate().await.expect("a schema");
    // The first writer makes the head, and is gone when it has.
    let (first, writer) = ledger(&engine).await;
    drop(first);
    writer.await.expect("the writer ends");
    if stored > 0 {
        fill(engine.as_ref(), stored).await;
    }
    ledger(&engine).await.0
}

async fn ledger(engine: &Arc<dyn Engine>) -> (Ledger, tokio::task::JoinHandle<()>) {
    Ledger::open(Arc::clone(engine), Arc::new(SystemClock), "bench/1").await.expect("a ledger")
}

async fn fill(engine: &dyn Engine, stored: u64) {
    let number = |number: u64| Value::Int(i64::try_from(number).expect("a count"));
    let (mut writer, mut tree, begun) =
        (engine.writer().await.expect("a connection"), Frontier::default(), Instant::now());
    let mut from = 0;
    while from < stored {
        let until = (from + AT_ONCE).min(stored);
        for sql in [LEAVES, FIELDS] {
            writer.run(sql, &[number(from), number(until)]).await.expect("rows");
        }
        (from..until).for_each(|_| tree.append([0; 32]));
        from = until;
        println!("stored {from} of {stored} after {:.0} s", begun.elapsed().as_secs_f64());
    }
    let head = [number(tree.size()), Value::from(tree.root().as_slice()), Value::Bytes(tree.to_bytes())];
    assert_eq!(writer.run(HEAD, &head).await.expect("the head").len(), 1);
}

/// Records a second, by so many callers with one record under way each.
async fn rate(ledger: &Ledger, callers: usize) -> f64 {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let begun = Instant::now();
    let tasks: Vec<_> = (0..callers)
        .map(|_| {
            let ledger = ledger.clone();
            tokio::spawn(async move {
                let mut done = 0_u64;
                while begun.elapsed() < TURN {
                    let committed = ledger.commit(record(NUMBER.fetch_add(1, Ordering::Relaxed))).await;
                    assert!(matches!(committed, Ok(Outcome::Committed(_))));
                    done += 1;
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await.expect("a caller");
    }
    done as f64 / begun.elapsed().as_secs_f64()
}

fn record(number: u64) -> Unit {
    let mut id = [0; 16];
    id[8..].copy_from_slice(&number.to_be_bytes());
    let fields = SealedFields { youth: id, sealed: vec![7; 180] };
    Unit::record(Leaf::new(id, format!("{{\"nr\":\"{number:0>620}\"}}"), Some(fields)).expect("a leaf"))
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or_default()
}
