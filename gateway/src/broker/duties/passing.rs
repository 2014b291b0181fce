// SPDX-License-Identifier: EUPL-1.2
//! A day passes and something was not done: that is recorded once for each day, by whichever gateway sees it first; and how much is
//! overdue is counted. It reminds, and lets the ladder hear; no date releases anything (RL-13).

use sluis_policy::Moment;

use super::super::{Broker, Trouble};
use crate::ledger::unit::{ObligationRow, Read, Subject, Unit};
use crate::vault::NO_YOUTH;

/// How many are recorded at a look.
const AT_A_LOOK: i64 = 64;

/// The word in the record.
const PASSED: &str = "termijn_verstreken";

impl Broker {
    /// Records of what passed its day that it did; gives how many it recorded.
    ///
    /// # Errors
    /// When the clock or the database is in trouble; what was not recorded is looked at again.
    pub async fn record_passed_terms(&self) -> Result<u64, Trouble> {
        let mut recorded = 0;
        let moment = self.now()?;
        for row in self.store.passed_unseen(moment.today, AT_A_LOOK).await? {
            // One that cannot be opened keeps no other waiting.
            match self.record_passed(row, moment).await {
                Ok(done) => recorded += u64::from(done),
                Err(trouble) => tracing::warn!(%trouble, "a passed term could not be recorded"),
            }
        }
        Ok(recorded)
    }

    /// INVARIANT: the row is read again after the version that every step with it moves, so that of two gateways one records.
    async fn record_passed(&self, seen: ObligationRow, moment: Moment) -> Result<bool, Trouble> {
        let subject = Subject::signal(seen.signal);
        let read = Read { subject, version: self.store.version(subject).await? };
        let Some(row) = self.store.obligation(seen.id).await?.filter(|row| *row == seen) else { return Ok(false) };
        let leaf = if row.youth == NO_YOUTH {
            self.course_of_nobody(row.id, PASSED)?
        } else {
            self.course(&self.youth(row.youth).await?, row.id, PASSED)?
        };
        let unit = self.escalating(Unit::record(leaf).moving(read), &row, moment).await?;
        let next = ObligationRow { reminded_for: row.due_on.clone(), ..row };
        Ok(self.commit(unit.with_obligation(next)).await?.is_some())
    }

    /// How much must still be done at all desks together, and how much of that is overdue.
    ///
    /// # Errors
    /// When the clock or the database is in trouble.
    pub async fn count_duties(&self) -> Result<(i64, i64), Trouble> {
        Ok(self.store.count_to_do(self.now()?.today).await?)
    }
}
