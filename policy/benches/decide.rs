// SPDX-License-Identifier: EUPL-1.2
//! How long a decision takes with much to read, and how long a large role file takes to load. The limits are in the product's
//! promise; a run that is over one says so and fails.
//!
//! ```sh
//! cargo bench -p sluis-policy
//! ```
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "a bench looks at the clock")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench that cannot run stops")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use jiff::civil::date;
use sluis_policy::case::{Speaker, World, world};
use sluis_policy::roles::{RoleGrant, SHIPPED_MODEL, load};
use sluis_policy::routing::{Directory, Errand, route};
use sluis_policy::*;

const DECISIONS: usize = 200_000;
const ROUTES: usize = 50_000;
const MUNICIPALITIES: u16 = 350;
const ROWS: usize = 5_000;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let circle = Circle::new(runtime.block_on(RoleTable::shipped()).unwrap()).unwrap();
    let covenants = covenants();
    let busy = busy(&circle);
    assert_eq!(busy.decide().permit().map(Permit::form), Some(Form::Identified), "the long way is walked to its end");
    let mut taken: Vec<Duration> = (0..DECISIONS).map(|_| decided(&busy, &covenants)).collect();
    taken.sort_unstable();
    let [half, most] = [DECISIONS / 2, DECISIONS * 99 / 100].map(|index| taken[index]);
    println!("decide, 20 voices, 10 involvements, 5 covenants: p50 {half:?}, p99 {most:?} of {DECISIONS}");
    let directory = directory(&busy);
    let mut found: Vec<Duration> = (0..ROUTES).map(|_| routed(&busy, &directory, &covenants)).collect();
    found.sort_unstable();
    let [near, far] = [ROUTES / 2, ROUTES * 99 / 100].map(|index| found[index]);
    println!("route, {MUNICIPALITIES} municipalities, 5 covenants: p50 {near:?}, p99 {far:?} of {ROUTES}");
    let file = large();
    let begun = Instant::now();
    let table = runtime.block_on(load(SHIPPED_MODEL, &file)).unwrap();
    let loaded = begun.elapsed();
    println!("load, {ROWS} rows: {loaded:?}, {} cells", table.grants().count());
    let within = half < Duration::from_micros(2) && most < Duration::from_micros(10) && loaded < Duration::from_secs(1);
    if within && far < Duration::from_millis(1) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One decision, with the choice of the covenant that it is made under.
fn decided(busy: &World, covenants: &[Covenant]) -> Duration {
    let begun = Instant::now();
    let covenant = Covenant::between(covenants, black_box(&busy.request));
    black_box(decide(&busy.request, &busy.facts, &busy.roles, covenant, busy.now));
    begun.elapsed()
}

/// Where one signal goes, of which the sender named nobody.
fn routed(busy: &World, directory: &Directory, covenants: &[Covenant]) -> Duration {
    let (signal, youth) = (busy.request.signal.as_ref().unwrap(), busy.facts.youth.as_ref());
    let errand = Errand { signal, youth, location: None, now: busy.now };
    let begun = Instant::now();
    let routing = route(black_box(&errand), directory, covenants);
    let taken = begun.elapsed();
    assert_eq!(black_box(routing).legs.len(), 1, "it is found");
    taken
}

/// Every municipality with its desks, that of the question among them.
fn directory(busy: &World) -> Directory {
    let mut directory = Directory::default();
    let home = busy.facts.youth.as_ref().unwrap().home.unwrap();
    directory.serve(busy.request.receiver, home);
    for number in 1_000..1_000 + MUNICIPALITIES {
        let (place, organisation) =
            (number.to_string().parse().unwrap(), format!("99000000{number}00000001").parse().unwrap());
        for desk in Desk::ALL.iter().filter(|desk| desk.serves_residents()) {
            directory.serve(Party { organisation, desk: *desk }, place);
        }
    }
    directory
}

/// The five that ship, that of the question last.
fn covenants() -> Vec<Covenant> {
    let texts = [
        include_str!("../covenants/arnhem.toml"),
        include_str!("../covenants/betuwe.toml"),
        include_str!("../covenants/groningen.toml"),
        include_str!("../covenants/kop-van-noord-holland.toml"),
        include_str!("../covenants/west-maas-en-waal.toml"),
    ];
    texts.iter().map(|text| Covenant::parse(text).unwrap()).collect()
}

/// A registration for a youth of thirteen, about whom much was said and whom many help: both parents and the youth agreed,
/// after years of yes and no.
fn busy(circle: &Circle) -> World {
    let mut busy = circle.submitting(SignalKind::Aanmelding, Desk::AccessDesk);
    let youth = busy.facts.youth.as_mut().unwrap();
    youth.born = date(2013, 3, 14);
    let anything = Scope { purpose: None, receiver: ReceiverScope::Any, category: None };
    let people = [Speaker::ParentA.person(), Speaker::ParentB.person(), Speaker::Youth.person()];
    for days_ago in (1..=20).rev() {
        let who = people[usize::try_from(days_ago).unwrap() % 3];
        let voice = if days_ago > 3 && days_ago % 2 == 0 { VoiceKind::Objects } else { VoiceKind::Agrees };
        youth.statements.push(world::said(who, voice, anything, days_ago, busy.now));
    }
    for desk in Desk::ALL.iter().cycle().take(10) {
        let (party, purpose) = (circle.party(*desk), Purpose::ToeleidingJeugdhulp);
        youth.involvements.push(Involvement { party, purpose, period: Period::since(date(2024, 8, 1)) });
    }
    assert_eq!((youth.statements.len(), youth.involvements.len()), (20, 10));
    busy
}

/// So many rows, each of a cell that somebody asks about.
fn large() -> String {
    let mut rows = BTreeSet::new();
    'all: for &role in Role::ALL {
        for &desk in Desk::ALL {
            for &action in Action::ALL {
                for thing in Thing::all() {
                    for &purpose in Purpose::ALL {
                        if (RoleGrant { role, desk, action, thing, purpose }).is_asked() {
                            rows.insert((role.code(), desk.code(), action.code(), thing.code(), purpose.code()));
                        }
                        if rows.len() == ROWS {
                            break 'all;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(rows.len(), ROWS, "there are so many cells");
    rows.iter().fold(String::new(), |mut text, (role, desk, action, thing, purpose)| {
        let _infallible = writeln!(text, "p, {role}, {desk}, {action}, {thing}, {purpose}");
        text
    })
}
