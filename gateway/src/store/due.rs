// SPDX-License-Identifier: EUPL-1.2
//! What is due, by the statement of each database and by its meaning, over queues of every shape.

use std::collections::HashMap;
use std::sync::Arc;

use super::Store;
use super::trial::both;
use crate::clock::SystemClock;
use crate::ledger::Ledger;
use crate::ledger::leaf::Leaf;
use crate::ledger::unit::{DeliveryKind, DeliveryRow, DeliveryState, Reached, Unit};

const NOW: i64 = 1_000;
/// How many a receiver shows, of the urgent and of the others.
const OF_EACH: usize = 8;

/// What the statement means, as its documentation says it.
fn due(rows: &[DeliveryRow], limit: usize) -> Vec<[u8; 16]> {
    let waits = |row: &DeliveryRow| {
        matches!(row.state, DeliveryState::Waiting | DeliveryState::Dispatched | DeliveryState::Unconfirmed)
    };
    let is_behind = |row: &DeliveryRow| {
        let same = |other: &&DeliveryRow| {
            (other.youth, &other.receiver, &other.desk) == (row.youth, &row.receiver, &row.desk) && waits(other)
        };
        rows.iter().filter(same).any(|other| (other.created_at, other.id) < (row.created_at, row.id))
    };
    let takes_back_what_waits =
        |row: &DeliveryRow| rows.iter().any(|other| waits(other) && other.id.as_slice() == row.sealed.as_slice());
    let may_leave = |row: &&DeliveryRow| {
        waits(row)
            && row.due_at <= NOW
            && (row.urgent || !is_behind(row))
            && (row.kind != DeliveryKind::Withdrawal || !takes_back_what_waits(row))
    };
    let mut leaving: Vec<&DeliveryRow> = rows.iter().filter(may_leave).collect();
    leaving.sort_by_key(|row| (!row.urgent, row.due_at, row.created_at, row.id));
    let mut shown: HashMap<(&str, bool), usize> = HashMap::new();
    leaving.retain(|row| {
        let of_this = shown.entry((row.receiver.as_str(), row.urgent)).or_default();
        *of_this += 1;
        *of_this <= OF_EACH
    });
    leaving.into_iter().take(limit).map(|row| row.id).collect()
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.up_to(of.len() as u64) as usize]
    }
}

fn queue(dice: &mut Dice, youths: u64) -> Vec<DeliveryRow> {
    use DeliveryState::{Available, Delivered, Dispatched, Failed, Stopped, Unconfirmed, Waiting};
    let mut rows: Vec<DeliveryRow> = Vec::new();
    for number in 0..160_u64 {
        // Ids are random in life: their order is not that of their making.
        let mut id = [0; 16];
        id[..8].copy_from_slice(&(dice.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        let kind = dice.one_of(&[DeliveryKind::Signal, DeliveryKind::Feedback, DeliveryKind::Withdrawal]);
        let takes_back = (!rows.is_empty() && kind == DeliveryKind::Withdrawal)
            .then(|| rows[dice.up_to(rows.len() as u64) as usize].id.to_vec());
        rows.push(DeliveryRow {
            id,
            signal: id,
            youth: [dice.up_to(youths) as u8; 16],
            receiver: dice.one_of(&["99000000000000000020", "99000000000000000021", "99000000000000000022"]).into(),
            desk: dice.one_of(&["wijkteam", "leerplicht"]).into(),
            kind,
            urgent: dice.up_to(5) == 0,
            state: dice.one_of(&[Waiting, Waiting, Dispatched, Unconfirmed, Delivered, Available, Failed, Stopped]),
            attempts: 0,
            due_at: dice.one_of(&[0, 0, 400, NOW, NOW + 1]),
            created_at: (number / 3) as i64,
            reached: Reached::Never,
            sealed: takes_back.unwrap_or_else(|| vec![5]),
        });
    }
    rows
}

#[tokio::test]
async fn what_is_due_is_the_same_on_both_and_as_it_is_meant() {
    for trial in both().await {
        let engine = Arc::clone(&trial.engine);
        let (ledger, _writer) = Ledger::open(engine, Arc::new(SystemClock), "test/due").await.unwrap();
        let store = Store::new(Arc::clone(&trial.engine));
        assert!(store.due(NOW, 512).await.unwrap().is_empty(), "{}: nothing waits", trial.name);
        let mut rows = Vec::new();
        for (youths, seed) in [(1, 1), (4, 2), (30, 3), (250, 4)] {
            let more = queue(&mut Dice(seed), youths);
            let unit = Unit::record(Leaf::new([seed as u8; 16], "{}".into(), None).unwrap());
            ledger.commit(more.iter().cloned().fold(unit, Unit::with_delivery)).await.unwrap();
            rows.extend(more);
            for limit in [1, 10, 512] {
                let expected = due(&rows, limit);
                let found: Vec<_> = store.due(NOW, limit as i64).await.unwrap().iter().map(|row| row.id).collect();
                assert_eq!(found, expected, "{}: {youths} youths, {limit} at most", trial.name);
            }
            assert!(due(&rows, 512).len() > OF_EACH, "there is something to find");
        }
    }
}
