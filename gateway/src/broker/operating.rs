// SPDX-License-Identifier: EUPL-1.2
//! What an operator does to a gateway that runs is recorded in its own log, before it counts.

use super::ruling::versions;
use super::{Broker, Trouble};
use crate::ledger::leaf::Leaf;
use crate::ledger::record::{AccessRecord, Personal};
use crate::ledger::unit::Unit;
use crate::ledger::{CommitError, Outcome};
use crate::operator::Done;
use crate::vault::Id;

impl Broker {
    /// Records it. Who sent the signal to this process is known to the system, not to us.
    ///
    /// # Errors
    /// When it cannot be recorded; then it may not happen.
    pub(crate) async fn record_operated(&self, done: Done) -> Result<(), Trouble> {
        let record = self.operated(done, Personal::default())?;
        match self.ledger.commit(Unit::record(record.seal(&self.vault, None)?).urgently()).await? {
            Outcome::Committed(_) => Ok(()),
            Outcome::Moved | Outcome::Claimed => Err(CommitError::Rejected.into()),
        }
    }

    /// The record of a signal that goes because its term is over: about its youth, and by nobody.
    ///
    /// # Errors
    /// When the clock is in trouble.
    pub(crate) fn lapse_record(&self, done: Done, (youth, signal): (Id, Id)) -> Result<AccessRecord, Trouble> {
        self.operated(done, Personal { youth: Some(youth), resource: Some(signal), ..Personal::default() })
    }

    /// The record, by this id, of a class that goes because its term is over. It must not be readable with the keys that go,
    /// so whom it is about stands in it as the journal has it.
    ///
    /// # Errors
    /// When it cannot be sealed, or the clock is in trouble.
    pub(crate) fn term_leaf(&self, id: Id, done: Done, whom: Id) -> Result<Leaf, Trouble> {
        let by = Some("bewaartermijn".to_owned());
        let record = self.operated(done, Personal { resource: Some(whom), professional: by, ..Personal::default() })?;
        Ok(AccessRecord { decision: id, ..record }.seal(&self.vault, None)?)
    }

    fn operated(&self, done: Done, personal: Personal) -> Result<AccessRecord, Trouble> {
        let policy = versions(&self.policy.load(), None, self.register.load().version());
        Ok(done.record(self.own, self.now()?, policy, personal)?)
    }
}
