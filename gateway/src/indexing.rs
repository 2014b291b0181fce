// SPDX-License-Identifier: EUPL-1.2
//! Keeps the index to the logs close behind them, beside the listeners, where there are officers to search.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::broker::Broker;

/// How often it is looked for more. With what one step takes up it stays well within the five seconds that it may be behind.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// From so long behind on it is told: what a search makes up for by itself ends at twenty thousand records.
const MAY_BE_BEHIND: Duration = Duration::from_secs(5);

/// Bijwerken: runs until it is told to stop.
pub(crate) async fn run(broker: Arc<Broker>, mut stop: watch::Receiver<bool>) {
    let mut level = Instant::now();
    while !*stop.borrow() {
        let left = match broker.index_logs().await {
            Ok(backlog) => backlog.records,
            Err(trouble) => {
                tracing::warn!(%trouble, "the index to the logs could not be brought up to date");
                1
            }
        };
        if left == 0 {
            level = Instant::now();
        } else if level.elapsed() > MAY_BE_BEHIND {
            tracing::warn!(records = left, seconds = level.elapsed().as_secs(), "the index to the logs is behind");
        }
        metrics::gauge!("sluis_log_index_behind_records").set(u32::try_from(left).map_or(f64::MAX, f64::from));
        metrics::gauge!("sluis_log_index_behind_seconds").set(level.elapsed().as_secs_f64());
        // While there is more, it goes on at once, and lets others go first.
        let pause = if left > 1 { Duration::from_millis(5) } else { LOOK_EVERY };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.changed() => {}
        }
    }
}
