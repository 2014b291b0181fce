// SPDX-License-Identifier: EUPL-1.2
//! Whether the officers' index slows down as it fills, and how long a page takes once it is full:
//! `cargo bench --workspace --bench indexed -- [FOLDER [THOUSANDS]]`, on SQLite in this folder, and on PostgreSQL too where
//! `SLUIS_BENCH_POSTGRES` names an empty database. What it printed is kept in tests/load/figures.

#![expect(clippy::expect_used, reason = "a measurement that cannot be set up has nothing to say")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use sluis::store::engine::Engine;
use sluis::store::index::{Index, Named, Sought, Spot};
use sluis::store::postgres::Postgres;
use sluis::store::sqlite::Sqlite;
use sluis_policy::Oin;

/// As much as the gateway takes up at a time.
const AT_A_TIME: u64 = 5_000;
/// After so many records it is told how fast these went.
const TOLD_EVERY: u64 = 100_000;
/// How many organisations there are; each record is a matter of two.
const OWNERS: u64 = 40;
/// How many records there are about one youth.
const OF_ONE_YOUTH: u64 = 25;
const PAGES: usize = 1_000;
const PAGE: i64 = 100;
/// As long as those of a disclosure.
const FACETS: &str =
    "verstrekt|SL-0801|gewoon|toeleiding_jeugdhulp|1|1|99000000066800000001,99000000066800000002,99000000066800000003";

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let thousands: u64 = arguments.next().map_or(1_000, |text| text.parse().expect("a number of thousands"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let file = folder.join(format!("sluis-indexed-{}.db", std::process::id()));
        let index = Index::new(Arc::new(Sqlite::beside(&file).await.expect("an index")));
        measure("sqlite", &index, thousands * 1_000).await;
        for end in ["-zoek", "-zoek-wal", "-zoek-shm"] {
            let mut part = file.clone().into_os_string();
            part.push(end);
            std::fs::remove_file(part).ok();
        }
        if let Ok(url) = std::env::var("SLUIS_BENCH_POSTGRES") {
            Postgres::open(&url).expect("an address").migrate().await.expect("an empty database");
            let index = Index::new(Arc::new(Postgres::beside(&url).expect("an address")));
            measure("postgres", &index, thousands * 1_000).await;
        }
    });
}

async fn measure(name: &str, index: &Index, records: u64) {
    let youths = (records / OF_ONE_YOUTH).max(1);
    let mut chance = Chance(0x2545_F491_4F6C_DD1D);
    println!("{name}: records of them  records/s");
    let mut begun = Instant::now();
    for from in (0..records).step_by(usize::try_from(AT_A_TIME).expect("it fits")) {
        let upto = records.min(from + AT_A_TIME);
        let found = (from..upto).flat_map(|number| record(number, &mut chance, youths)).collect();
        index.take_up("sluis.bench/1", upto, found).await.expect("it is taken up");
        if upto.is_multiple_of(TOLD_EVERY) {
            println!("{name}: {upto:>18}  {:>9.0}", per_second(TOLD_EVERY, begun));
            begun = Instant::now();
        }
    }
    println!("{name}: page of {PAGE}     p50 ms  p99 ms  rows");
    for by_youth in [true, false] {
        let (mut took, mut rows) = (Vec::new(), 0);
        for _ in 0..PAGES {
            let before = Spot { at: at(chance.below(records)), log: String::new(), index: 0 };
            let before = if by_youth { Spot { at: i64::MAX, ..before } } else { before };
            let youth = by_youth.then(|| youth(chance.below(youths)));
            let sought = Sought { owner: owner(chance.below(OWNERS)), youth, since: 0, before: &before, most: PAGE };
            let asked = Instant::now();
            rows += index.find(&sought).await.expect("a page").len();
            took.push(asked.elapsed());
        }
        took.sort_unstable();
        let of = |share: usize| took.get(took.len() * share / 100).expect("a share").as_secs_f64() * 1_000.0;
        let what = if by_youth { "by youth" } else { "by time" };
        println!("{name}: {what:<15} {:>6.2}  {:>6.2}  {rows}", of(50), of(99));
    }
}

fn per_second(records: u64, begun: Instant) -> f64 {
    f64::from(u32::try_from(records).expect("it fits")) / begun.elapsed().as_secs_f64()
}

/// One record, as each of two organisations finds it. Whom it is about comes in no order.
fn record(number: u64, chance: &mut Chance, youths: u64) -> [Named; 2] {
    let (about, first) = (youth(chance.below(youths)), chance.below(OWNERS));
    [first, (first + 1) % OWNERS].map(|of| Named {
        owner: owner(of),
        youth: about,
        spot: Spot { at: at(number), log: "sluis.bench/1".into(), index: number },
        facets: FACETS.into(),
    })
}

fn at(number: u64) -> i64 {
    i64::try_from(number * 3_000_000).expect("it fits")
}

fn owner(number: u64) -> Oin {
    format!("990000000668{number:08}").parse().expect("a number of an organisation")
}

/// Sixteen bytes that lie anywhere, always the same for the same youth.
fn youth(number: u64) -> [u8; 16] {
    let mut chance = Chance(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let (high, low) = (u128::from(chance.next()), u128::from(chance.next()));
    (high << 64 | low).to_be_bytes()
}

/// Numbers without an order, the same in each run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}
