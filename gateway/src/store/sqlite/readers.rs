// SPDX-License-Identifier: EUPL-1.2
//! A few connections that only read.
//!
//! The pool of the driver asks a connection whether it lives before each statement and after it, and every question to a
//! connection of SQLite is a trip to that connection's own thread and back. A file in this process does not go away between
//! two statements: here a statement is one trip, which is a third of what a read cost.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use tokio::sync::Semaphore;

use crate::store::engine::Fault;

/// How many read at once.
const MOST: usize = 4;

/// How long a statement waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Lezers: the connections that nobody uses at the moment, and room for those that somebody does.
#[derive(Debug)]
#[doc(alias = "lezers")]
pub(super) struct Readers {
    options: SqliteConnectOptions,
    idle: Mutex<Vec<SqliteConnection>>,
    room: Semaphore,
}

impl Readers {
    /// Readers of the file that these options open for writing. None is opened before it is needed.
    pub(super) fn of(writing: &SqliteConnectOptions) -> Self {
        let options = writing.clone().read_only(true).create_if_missing(false);
        Self { options, idle: Mutex::default(), room: Semaphore::new(MOST) }
    }

    /// Reads on one of the connections.
    ///
    /// INVARIANT: only a connection that answered whole is used again. One that met a fault, or whose reader went away while
    /// it answered, is dropped here, because it is not known what it would say next.
    pub(super) async fn with<T>(
        &self,
        reading: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let no_room = |_| Fault::Gone { reason: "no connection in time".into() };
        let place = tokio::time::timeout(PATIENCE, self.room.acquire()).await.map_err(no_room)?;
        let _place = place.map_err(|_| Fault::Gone { reason: "closed".into() })?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        let answer = reading(&mut connection).await?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(answer)
    }
}
