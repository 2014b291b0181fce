// SPDX-License-Identifier: EUPL-1.2
//! A reader that keeps its cursor sees each delivery exactly once, in whatever order and through whichever gateway they
//! become readable.

use std::collections::HashSet;
use std::sync::Arc;

use sluis_policy::{Desk, Moment, Party};

use super::contract::{delivery, id, leaf};
use super::unit::{DeliveryRow, Reached, Unit};
use super::{Ledger, Outcome};
use crate::clock::{Clock, SystemClock, moment_at};
use crate::store::Store;
use crate::store::engine::Engine;
use crate::store::trial::both;

const DELIVERIES: u64 = 120;

/// A clock that is this many microseconds off.
#[derive(Debug)]
struct Off(i64);

impl Clock for Off {
    fn now(&self) -> Moment {
        moment_at(SystemClock.now().instant + self.0)
    }
}

fn desk() -> Party {
    Party { organisation: "99000000000000000020".parse().unwrap(), desk: Desk::Wijkteam }
}

async fn written(ledger: &Ledger, number: u64, row: DeliveryRow) {
    assert!(matches!(ledger.commit(Unit::record(leaf(number)).with_delivery(row)).await, Ok(Outcome::Committed(_))));
}

/// Reads on from its last cursor, three at a time.
struct Reader {
    store: Store,
    beyond: i64,
    seen: Vec<[u8; 16]>,
}

impl Reader {
    async fn read(&mut self) {
        loop {
            let page = self.store.inbox(desk(), self.beyond, 3).await.unwrap();
            let Some(last) = page.last() else { return };
            let places: Vec<i64> = page.iter().map(|row| row.reached.place()).collect();
            assert!(places.is_sorted() && places[0] > self.beyond, "{places:?} beyond {}", self.beyond);
            self.beyond = last.reached.place();
            self.seen.extend(page.iter().map(|row| row.id));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_that_keeps_its_cursor_sees_each_delivery_once_however_they_arrive() {
    for trial in both().await {
        // Two gateways on one server, whose clocks differ by a minute; on an embedded database there is one.
        let origins: &[(&str, i64)] =
            if trial.name == "postgres" { &[("a", 0), ("b", -60_000_000)] } else { &[("a", 0)] };
        let mut ledgers = Vec::new();
        for (origin, off) in origins {
            let engine = Arc::<dyn Engine>::clone(&trial.engine);
            ledgers.push(Ledger::open(engine, Arc::new(Off(*off)), origin).await.unwrap().0);
        }
        // They were queued in order of their numbers, and become readable in any other.
        for number in 0..DELIVERIES {
            written(&ledgers[0], number, DeliveryRow { created_at: number as i64, ..delivery(number) }).await;
        }
        let mut reader = Reader { store: Store::new(Arc::clone(&trial.engine)), beyond: 0, seen: Vec::new() };
        let mut arriving = Vec::new();
        for step in 0..DELIVERIES {
            // 37 and 120 have no divisor in common, so that every number comes once.
            let number = step * 37 % DELIVERIES;
            let ledger = ledgers[(step % ledgers.len() as u64) as usize].clone();
            arriving.push(tokio::spawn(async move {
                tokio::time::sleep(std::time::Duration::from_micros(step % 7 * 400)).await;
                written(&ledger, 1000 + step, delivery(number).available()).await;
            }));
            if step % 5 == 0 {
                reader.read().await;
            }
        }
        for task in arriving {
            task.await.unwrap();
            reader.read().await;
        }
        let once: HashSet<_> = reader.seen.iter().collect();
        assert_eq!((once.len(), reader.seen.len()), (120, 120), "{}", trial.name);

        // What goes further, or comes back to life, keeps the place that it had; what is held back is no longer there.
        let store = Store::new(Arc::clone(&trial.engine));
        let known = store.delivery(id(5)).await.unwrap().unwrap();
        assert!(matches!(known.reached, Reached::At(_)));
        written(&ledgers[0], 5000, known.delivered(Vec::new())).await;
        written(&ledgers[0], 5001, delivery(6).available()).await;
        reader.read().await;
        assert_eq!(reader.seen.len(), 120, "{}: nothing is shown twice", trial.name);
        assert_eq!(store.delivery(id(5)).await.unwrap().unwrap().reached, known.reached);
        written(&ledgers[0], 5002, known.held_back(Vec::new())).await;
        let whole = store.inbox(desk(), 0, 1000).await.unwrap();
        assert_eq!(whole.len(), 119);
        assert!(!whole.iter().any(|row| row.id == id(5)));
    }
}
