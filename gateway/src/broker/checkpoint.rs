// SPDX-License-Identifier: EUPL-1.2
//! Where the log stands, signed, for whoever wants to hold us to it later (P8).

use super::{Broker, Trouble};
use crate::ledger::checkpoint::Checkpoint;
use crate::vault::Unsealable;

impl Broker {
    /// The signed checkpoint of this moment. It says how many records there are, and nothing about any of them.
    ///
    /// # Errors
    /// When the signing key cannot be used.
    pub fn checkpoint(&self) -> Result<String, Trouble> {
        let key = self.vault.signing().ok_or(Unsealable)?;
        Ok(Checkpoint::of(&self.ledger.standing()).sign(&key))
    }
}
