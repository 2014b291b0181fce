// SPDX-License-Identifier: EUPL-1.2
//! What an operator does to a gateway that runs is recorded in its own log, before it counts.

use super::ruling::versions;
use super::{Broker, Trouble};
use crate::ledger::record::Personal;
use crate::ledger::unit::Unit;
use crate::ledger::{CommitError, Outcome};
use crate::operator::Done;

impl Broker {
    /// Records it. Who sent the signal to this process is known to the system, not to us.
    ///
    /// # Errors
    /// When it cannot be recorded; then it may not happen.
    pub(crate) async fn record_operated(&self, done: Done) -> Result<(), Trouble> {
        let policy = versions(&self.policy.load(), None, self.register.load().version());
        let record = done.record(self.own, self.now()?, policy, Personal::default())?;
        match self.ledger.commit(Unit::record(record.seal(&self.vault, None)?).urgently()).await? {
            Outcome::Committed(_) => Ok(()),
            Outcome::Moved | Outcome::Claimed => Err(CommitError::Rejected.into()),
        }
    }
}
