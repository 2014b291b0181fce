// SPDX-License-Identifier: EUPL-1.2
//! How far a log was seen: one row for each log that this gateway witnesses, and one for its own, with the notes that others
//! cosigned. A row only ever goes on from where it stood, so that no two of us can say two things.

use tokio::sync::oneshot;

use super::CommitError;
use super::merkle::Hash;
use super::writer::Scribe;
use crate::store::engine::{Fault, Value, Writer};

/// Goes on from the size and root that were read, or makes the first row. INVARIANT: a row that stands elsewhere is left
/// alone, and then nothing comes back. One statement is one transaction.
const MOVE: &str = "INSERT INTO witnessed (log, size, root, note) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (log) DO UPDATE SET size = $2, root = $3, note = $4 \
    WHERE witnessed.size = $5 AND witnessed.root = $6 RETURNING size";

/// Merk: how far a log was seen, and from where.
#[derive(Debug, Clone)]
#[doc(alias = "merk")]
pub struct Mark {
    /// The name of the log.
    pub log: String,
    /// How far it was seen before, and the root there; of what was never seen nothing.
    pub before: Option<(u64, Hash)>,
    /// How far it is seen now.
    pub size: u64,
    /// The root there.
    pub root: Hash,
    /// The note.
    pub note: String,
}

/// A mark, and who waits for it.
#[derive(Debug)]
pub(super) struct Marking {
    pub(super) mark: Mark,
    /// Whether it went on from there, or stood elsewhere already.
    pub(super) answer: oneshot::Sender<Result<bool, CommitError>>,
}

pub(super) async fn go_on(writer: &mut dyn Writer, mark: &Mark) -> Result<bool, Fault> {
    // Of a log that was never seen there is no row; should one have come meanwhile, it has another root.
    let (size, root) = mark.before.unwrap_or((0, [0; 32]));
    let values = [
        mark.log.as_str().into(),
        number(mark.size),
        mark.root.as_slice().into(),
        mark.note.as_str().into(),
        number(size),
        root.as_slice().into(),
    ];
    Ok(!writer.run(MOVE, &values).await?.is_empty())
}

fn number(size: u64) -> Value {
    i64::try_from(size).unwrap_or(i64::MAX).into()
}

impl Scribe {
    /// Moves one mark, and tells who asked whether it did.
    pub(super) async fn mark(&mut self, marking: Marking) {
        let moved = self.move_mark(&marking.mark).await;
        // Who asked may have stopped waiting.
        let _ = marking.answer.send(moved.map_err(|undone| undone.told()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::contract::{leaf, open};
    use super::super::unit::Unit;
    use super::*;
    use crate::store::Store;
    use crate::store::trial::both;

    fn to(before: Option<(u64, u8)>, size: u64, root: u8) -> Mark {
        let before = before.map(|(size, root)| (size, [root; 32]));
        Mark { log: "elders/1".into(), before, size, root: [root; 32], note: format!("{size} {root}") }
    }

    /// P8, L4: whoever asks at once, and whatever they say, one history comes of it.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn p8_a_mark_only_goes_on_from_where_it_stands() {
        for trial in both().await {
            let ledger = open(&trial.engine, "a").await;
            let store = Store::new(std::sync::Arc::clone(&trial.engine));
            assert!(store.witnessed("elders/1").await.unwrap().is_none(), "{}", trial.name);
            for (mark, moves) in [
                (to(None, 5, 1), true),
                (to(None, 5, 1), false),
                (to(None, 9, 2), false),
                (to(Some((5, 2)), 9, 2), false),
                (to(Some((4, 1)), 9, 2), false),
                (to(Some((5, 1)), 9, 2), true),
                (to(Some((5, 1)), 9, 3), false),
                (to(Some((9, 2)), 9, 2), true),
            ] {
                let moved = ledger.mark(mark.clone()).await;
                assert_eq!(moved, Ok(moves), "{}: {mark:?}", trial.name);
            }
            let seen = store.witnessed("elders/1").await.unwrap().unwrap();
            assert_eq!((seen.size, seen.root, seen.note.as_str()), (9, [2; 32], "9 2"), "{}", trial.name);
            // Many at once, between ordinary work, and from the same place: one of them.
            let at_once = (0..16_u8).map(|root| {
                let ledger = ledger.clone();
                tokio::spawn(async move {
                    let _ = ledger.commit(Unit::record(leaf(u64::from(root)))).await.unwrap();
                    ledger.mark(to(Some((9, 2)), 20, 100 + root)).await.unwrap()
                })
            });
            let mut moved = 0;
            for one in at_once.collect::<Vec<_>>() {
                moved += u8::from(one.await.unwrap());
            }
            assert_eq!(moved, 1, "{}", trial.name);
        }
    }
}
