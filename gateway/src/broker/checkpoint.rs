// SPDX-License-Identifier: EUPL-1.2
//! Where the log stands, signed, for whoever wants to hold us to it later (P8).

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::{Broker, Trouble};
use crate::ledger::checkpoint::Checkpoint;
use crate::vault::Unsealable;

/// Gepubliceerd: what outsiders read of the log as it stood a moment ago. One text for all who ask, until the next.
#[derive(Debug, Default)]
#[doc(alias = "gepubliceerd")]
pub(super) struct Published(ArcSwapOption<Signed>);

/// Ondertekend: a checkpoint with its note.
#[derive(Debug, Clone)]
#[doc(alias = "ondertekend")]
pub struct Signed {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The note.
    pub note: String,
}

impl Broker {
    /// The signed checkpoint of this moment. It says how many records there are, and nothing about any of them.
    ///
    /// # Errors
    /// When the signing key cannot be used.
    pub fn checkpoint(&self) -> Result<String, Trouble> {
        Ok(self.signed()?.note)
    }

    /// Signs where the log stands, unless that was done already. Called at least every five seconds, so that what happened
    /// is never longer than that without a checkpoint.
    ///
    /// # Errors
    /// When the signing key cannot be used.
    pub fn publish(&self) -> Result<Arc<Signed>, Trouble> {
        let standing = self.ledger.standing();
        match self.published.0.load_full() {
            Some(last) if last.checkpoint.size == standing.size => Ok(last),
            _ => {
                let signed = Arc::new(self.signed()?);
                self.published.0.store(Some(Arc::clone(&signed)));
                Ok(signed)
            }
        }
    }

    /// What was published last.
    ///
    /// # Errors
    /// When nothing was yet, and the signing key cannot be used.
    pub fn published(&self) -> Result<Arc<Signed>, Trouble> {
        self.published.0.load_full().map_or_else(|| self.publish(), Ok)
    }

    pub(super) fn signed(&self) -> Result<Signed, Trouble> {
        let key = self.vault.signing().ok_or(Unsealable)?;
        let checkpoint = Checkpoint::of(&self.ledger.standing());
        let note = checkpoint.sign(&key);
        Ok(Signed { checkpoint, note })
    }
}
