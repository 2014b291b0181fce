// SPDX-License-Identifier: EUPL-1.2
//! Getuige: this gateway cosigns the checkpoints of other logs, and never one that contradicts what it cosigned before
//! (C2SP tlog-witness, L4).

use std::collections::BTreeMap;

use super::attesting::{Witness, Witnesses};
use super::{Broker, TURNS, Trouble};
use crate::ledger::checkpoint::{Checkpoint, VerifierKey};
use crate::ledger::consistency::Consistency;
use crate::ledger::cosignature::cosign;
use crate::ledger::mark::Mark;
use crate::ledger::merkle::{Frontier, Hash};
use crate::vault::Unsealable;

/// Bekende logboeken: whose checkpoints are cosigned here, each with the keys that may have signed them.
#[derive(Debug, Default)]
#[doc(alias = "bekende_logboeken")]
pub(super) struct Known(BTreeMap<String, Vec<VerifierKey>>);

impl Known {
    /// The logs of these keys. A log has two while it changes its key.
    pub(super) fn of(keys: &[VerifierKey]) -> Self {
        let mut known = Self::default();
        for key in keys {
            known.0.entry(key.origin().to_owned()).or_default().push(key.clone());
        }
        known
    }
}

/// Verzoek to cosign: what a log says that it was, what it is now, and the hashes that show that it only grew.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "verzoek")]
pub struct CosignRequest {
    /// The size of which the log believes that it was cosigned here last.
    pub old: u64,
    /// The proof.
    pub path: Vec<Hash>,
    /// The checkpoint, as signed.
    pub note: String,
}

/// What comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cosigning {
    /// The line that says so.
    Cosigned(String),
    /// This log is not known here.
    UnknownLog,
    /// None of the known keys of the log signed it.
    UnknownKey,
    /// It is no checkpoint, or is earlier than the size that it is to follow.
    Unreadable,
    /// Another size was cosigned last, or the same size with another root.
    Stale(u64),
    /// The proof does not hold. What was cosigned last has this size.
    Unproven(u64),
}

impl Broker {
    /// As this broker, which witnesses the logs of these keys, and is witnessed by these.
    #[must_use]
    pub fn witnessing(mut self, logs: &[VerifierKey], witnesses: Vec<Witness>) -> Self {
        self.witness = Known::of(logs);
        self.witnesses = Witnesses::of(witnesses);
        self
    }

    /// Cosigns a checkpoint of another log, once it is durable that nothing which contradicts it will be.
    ///
    /// # Errors
    /// When that cannot be made durable; then nothing was cosigned.
    pub async fn cosign(&self, request: &CosignRequest) -> Result<Cosigning, Trouble> {
        let Ok((claimed, _)) = Checkpoint::unverified(&request.note) else { return Ok(Cosigning::Unreadable) };
        let Some(keys) = self.witness.0.get(&claimed.origin) else { return Ok(Cosigning::UnknownLog) };
        let Ok(checkpoint) = Checkpoint::verify(&request.note, keys) else { return Ok(Cosigning::UnknownKey) };
        let empty = checkpoint.size == 0 && checkpoint.root != Frontier::default().root();
        if request.old > checkpoint.size || empty {
            return Ok(Cosigning::Unreadable);
        }
        for _ in 0..TURNS {
            let seen = self.store.witnessed(&checkpoint.origin).await?.map(|seen| (seen.size, seen.root));
            if let Some(refusal) = contradicts(seen, request, &checkpoint) {
                return Ok(refusal);
            }
            let goes_on = seen != Some((checkpoint.size, checkpoint.root));
            let (size, root, note) = (checkpoint.size, checkpoint.root, request.note.clone());
            let mark = Mark { log: checkpoint.origin.clone(), before: seen, size, root, note };
            if !goes_on || self.ledger.mark(mark).await? {
                return self.cosigned(&checkpoint).map(Cosigning::Cosigned);
            }
        }
        Err(Trouble::Contended)
    }

    /// INVARIANT: only what stands durably is cosigned.
    fn cosigned(&self, checkpoint: &Checkpoint) -> Result<String, Trouble> {
        let key = self.vault.witnessing().ok_or(Unsealable)?;
        let seconds = u64::try_from(self.now()?.instant.div_euclid(1_000_000)).unwrap_or_default();
        Ok(cosign(&self.ledger.standing().origin, &key, &checkpoint.body(), seconds))
    }
}

/// Why this checkpoint does not follow what was cosigned last, if it does not.
fn contradicts(seen: Option<(u64, Hash)>, request: &CosignRequest, now: &Checkpoint) -> Option<Cosigning> {
    let last = seen.map_or(0, |(size, _)| size);
    if request.old != last {
        return Some(Cosigning::Stale(last));
    }
    let follows = match seen {
        // Of a tree without leaves nothing can be shown, and nothing needs to be.
        None | Some((0, _)) => request.path.is_empty(),
        Some((size, root)) if size == now.size => {
            if root != now.root {
                tracing::error!(log = now.origin, size, "a log shows two trees of one size");
                metrics::counter!("sluis_witness_forks_total").increment(1);
                return Some(Cosigning::Stale(last));
            }
            request.path.is_empty()
        }
        Some((size, root)) => {
            Consistency { from: size, to: now.size, path: request.path.clone() }.holds(&root, &now.root)
        }
    };
    (!follows).then_some(Cosigning::Unproven(last))
}
