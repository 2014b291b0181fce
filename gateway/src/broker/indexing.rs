// SPDX-License-Identifier: EUPL-1.2
//! The index to the logs is filled behind them.

use super::log_query::places;
use super::{Broker, Trouble};
use crate::store::index::Named;

/// How many records are taken up at a time.
const AT_A_TIME: u64 = 5_000;

/// Achterstand of the index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[doc(alias = "achterstand")]
pub struct Backlog {
    /// How many records of all logs are not in it yet.
    pub records: u64,
}

impl Broker {
    /// Takes up what the logs of this database have beyond the index, a bounded number of records of each, and says how
    /// many are left.
    ///
    /// Gateways of one database do this each for itself: what another took up already stays as it is.
    ///
    /// # Errors
    /// When a log cannot be read or the index not be written. What was taken up before stays.
    pub async fn index_logs(&self) -> Result<Backlog, Trouble> {
        let (logs, reached) = (self.store.logs().await?, self.index.reached().await?);
        let sizes: std::collections::HashMap<_, _> = logs.iter().cloned().collect();
        // An index that knows more of a log than there is was made of another database: one that was put back, or begun anew.
        if reached.iter().any(|(log, upto)| sizes.get(log).is_none_or(|size| upto > size)) {
            tracing::warn!("the index to the logs is of another database, and is made again");
            self.index.forget().await?;
            return Ok(Backlog { records: sizes.values().sum() });
        }
        let mut left = 0;
        for (log, size) in logs {
            let from = reached.get(&log).copied().unwrap_or_default();
            let upto = size.min(from.saturating_add(AT_A_TIME));
            if from < upto {
                let records = self.store.plain(&log, from..upto).await?;
                let found: Vec<Named> = records.iter().flat_map(|record| places(&log, record)).collect();
                self.index.take_up(&log, upto, found).await?;
            }
            left += size - upto;
        }
        Ok(Backlog { records: left })
    }

    /// Throws the index away, so that it is made again from the logs.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn forget_index(&self) -> Result<(), Trouble> {
        Ok(self.index.forget().await?)
    }
}
