// SPDX-License-Identifier: EUPL-1.2
//! How many decisions a second one core decides again, as a trial run of a policy does: `cargo bench -p sluis-policy --bench
//! shadow`. The questions are those of the worked cases; the bar is 100,000 a second, with five covenants to choose from.

#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "a measurement reads the clock and the cases")]
#![expect(clippy::expect_used, reason = "a measurement that cannot be set up has nothing to say")]

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use sluis_policy::{Case, Circle, Covenant, RoleTable, decide};

const RUN: Duration = Duration::from_secs(3);
const BAR: u64 = 100_000;

fn main() {
    let read = |folder: &str| {
        let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("a folder");
        let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
        paths.sort();
        paths.iter().map(|path| fs::read_to_string(path).expect("text")).collect::<Vec<_>>()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let roles = runtime.block_on(RoleTable::shipped()).expect("roles");
    let circle = Circle::new(roles).expect("the circle");
    let covenants: Vec<Covenant> =
        read("covenants").iter().map(|text| Covenant::parse(text).expect("a covenant")).collect();
    let cases = read("cases");
    let cases: Vec<Case> = cases.iter().map(|text| Case::read(text, &circle).expect("a case")).collect();
    let worlds: Vec<_> = cases.iter().flat_map(|case| &case.questions).map(|question| &question.world).collect();
    let (begun, mut decided) = (Instant::now(), 0_u64);
    while begun.elapsed() < RUN {
        for world in &worlds {
            let covenant = Covenant::between(&covenants, &world.request);
            black_box(decide(black_box(&world.request), &world.facts, &world.roles, covenant, world.now));
        }
        decided += u64::try_from(worlds.len()).unwrap_or(0);
    }
    let took = begun.elapsed();
    let a_second = u128::from(decided) * 1_000_000 / took.as_micros().max(1);
    println!("{} questions, {} covenants", worlds.len(), covenants.len());
    println!("{decided} decisions in {took:?}: {a_second} a second on one core (bar: {BAR})");
    assert!(a_second >= u128::from(BAR), "below the bar");
}
