// SPDX-License-Identifier: EUPL-1.2
//! Where the log stands, signed, for whoever wants to hold us to it later (P8).

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwapOption;

use super::{Broker, Trouble};
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::cosignature::Cosigned;
use crate::vault::Unsealable;

/// Gepubliceerd: what outsiders read of the log as it stood a moment ago. One text for all who ask, until the next.
#[derive(Debug, Default)]
#[doc(alias = "gepubliceerd")]
pub(super) struct Published(ArcSwapOption<Signed>);

/// Ondertekend: a checkpoint as this gateway signed it, with the lines of those who cosigned it.
#[derive(Debug, Clone)]
#[doc(alias = "ondertekend")]
pub struct Signed {
    /// What was signed.
    pub checkpoint: Checkpoint,
    /// The note with our own signature alone.
    pub own: String,
    /// Who cosigned it, by name.
    pub(super) cosigned: BTreeMap<String, Cosigned>,
}

impl Signed {
    /// The note, with every signature.
    #[must_use]
    pub fn note(&self) -> String {
        self.cosigned.values().fold(self.own.clone(), |note, cosigned| note + cosigned.line.as_str())
    }
}

impl Broker {
    /// The signed checkpoint of this moment. It says how many records there are, and nothing about any of them.
    ///
    /// # Errors
    /// When the signing key cannot be used.
    pub fn checkpoint(&self) -> Result<String, Trouble> {
        Ok(self.signed()?.own)
    }

    /// What was published last.
    ///
    /// # Errors
    /// When nothing was yet, and the signing key cannot be used.
    pub fn published(&self) -> Result<Arc<Signed>, Trouble> {
        match self.published.0.load_full() {
            Some(last) => Ok(last),
            None => Ok(self.publish_signed(self.signed()?)),
        }
    }

    /// What is to be published next: the same again while nothing happened.
    pub(super) fn unpublished(&self) -> Result<Arc<Signed>, Trouble> {
        let size = self.ledger.standing().size;
        let last = self.published.0.load_full().filter(|last| last.checkpoint.size == size);
        last.map_or_else(|| self.signed().map(Arc::new), Ok)
    }

    pub(super) fn is_published(&self, signed: &Signed) -> bool {
        self.published.0.load().as_ref().is_some_and(|last| last.checkpoint == signed.checkpoint)
    }

    pub(super) fn publish_signed(&self, signed: Signed) -> Arc<Signed> {
        let signed = Arc::new(signed);
        self.published.0.store(Some(Arc::clone(&signed)));
        signed
    }

    pub(super) fn signed(&self) -> Result<Signed, Trouble> {
        let key = self.vault.signing().ok_or(Unsealable)?;
        let checkpoint = Checkpoint::of(&self.ledger.standing());
        let own = checkpoint.sign(&key);
        Ok(Signed { checkpoint, own, cosigned: BTreeMap::new() })
    }
}
