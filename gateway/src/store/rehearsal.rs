// SPDX-License-Identifier: EUPL-1.2
//! A rehearsal of a batch: as much as the largest one, written and flushed, and gone again without a trace in the log.

use aws_lc_rs::rand;

use super::engine::{BatchStatements, Fault, Value, Writer};

/// As much as the largest batch writes: 256 units of some four pages each.
const WHOLE_BATCH: usize = 4 * 1024 * 1024;

const PUT: &str = "INSERT INTO claim (claim_key, kind, resource, fingerprint, made_at) VALUES ($1, 'proef', $1, $2, 0)";
const TAKE_BACK: &str = "DELETE FROM claim WHERE claim_key = $1";

/// Writes a whole batch and takes it back in one transaction, which commits: only a commit asks the disk for room. Nobody
/// ever sees the row, and the log does not grow.
///
/// # Errors
/// When there is no room, or the database cannot be used.
pub(crate) async fn rehearse(connection: &mut dyn Writer, words: &BatchStatements) -> Result<(), Fault> {
    // What is random is not made smaller by the database on its way to the disk.
    let mut bytes = vec![0; WHOLE_BATCH];
    rand::fill(&mut bytes).map_err(|_| Fault::Gone { reason: "no randomness".into() })?;
    let key = Value::Bytes(bytes.iter().take(32).copied().collect());
    connection.transaction(words.begin).await?;
    let acted = act(connection, key, Value::Bytes(bytes)).await;
    let ended = connection.transaction(if acted.is_ok() { words.commit } else { words.rollback }).await;
    acted.and(ended)
}

async fn act(connection: &mut dyn Writer, key: Value, bytes: Value) -> Result<(), Fault> {
    connection.run(PUT, &[key.clone(), bytes]).await?;
    connection.run(TAKE_BACK, &[key]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::trial;
    use super::*;

    #[tokio::test]
    async fn a_rehearsal_leaves_nothing_behind() {
        for trial in trial::both().await {
            let mut connection = trial.engine.writer().await.unwrap();
            for _ in 0..2 {
                rehearse(connection.as_mut(), trial.engine.batch()).await.unwrap();
            }
            let left = trial.engine.read("SELECT count(*) FROM claim", &[]).await.unwrap();
            assert_eq!(left[0].int(0).unwrap(), 0, "{}", trial.name);
        }
    }

    #[tokio::test]
    async fn p9_a_rehearsal_needs_the_room_of_a_whole_batch() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("sluis.db");
        let engine = super::super::sqlite::Sqlite::open(&file).await.unwrap();
        super::super::engine::Engine::migrate(&engine).await.unwrap();
        let mut connection = super::super::engine::Engine::writer(&engine).await.unwrap();
        rehearse(connection.as_mut(), super::super::engine::Engine::batch(&engine)).await.unwrap();
        // The log may have begun again at its start, over what the migration left in it.
        let log = std::fs::metadata(folder.path().join("sluis.db-wal")).unwrap().len();
        assert!(log >= WHOLE_BATCH as u64, "the disk was asked for {log} bytes");
    }
}
