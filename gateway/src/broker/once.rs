// SPDX-License-Identifier: EUPL-1.2
//! Idempotency: one key, one effect. What is kept is a keyed hash of the key, a keyed fingerprint of the body and the id
//! of what was made; never the answer, which is decided and recorded again.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use sluis_policy::Oin;

use super::{Broker, Trouble};
use crate::ledger::sweep::ONE_REQUEST;
use crate::ledger::unit::Claim;
use crate::vault::Id;

/// How long a key is kept at least, in microseconds: 48 hours (design, section 9). A natural key of a day is over sooner.
const KEPT: i64 = 48 * 3_600 * 1_000_000;

/// How many claims one step frees at most. The writer does nothing else meanwhile.
const STEP: u32 = 500;

/// An Idempotency-Key in its scope: certificate, organisation acted for, route.
#[derive(Debug, Clone)]
pub struct OnceKey<'a> {
    /// The holder of the client certificate.
    pub certificate: Oin,
    /// The organisation acted for.
    pub organisation: Oin,
    /// The route, as registered.
    pub route: &'static str,
    /// What the caller chose.
    pub key: &'a str,
    /// The body, byte for byte.
    pub body: &'a [u8],
}

/// Eenmaligheid: a key that nobody else in this process is working on, for as long as this value lives.
#[derive(Debug)]
#[doc(alias = "eenmaligheid")]
pub struct Once {
    pub(super) key: [u8; 32],
    pub(super) fingerprint: [u8; 32],
    running: Running,
}

/// The keys that are being worked on.
#[derive(Debug, Clone, Default)]
pub struct Running(Arc<Mutex<HashSet<[u8; 32]>>>);

/// What a key led to before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing yet.
    Nothing,
    /// This, by the same request.
    Same(Id),
    /// Something, by another request.
    Other,
}

impl Broker {
    /// Begins work under a key; nothing when the same key is being worked on.
    #[must_use]
    pub fn begin_once(&self, scope: &OnceKey<'_>) -> Option<Once> {
        let parts = [
            scope.certificate.as_str().as_bytes(),
            scope.organisation.as_str().as_bytes(),
            scope.route.as_bytes(),
            scope.key.as_bytes(),
        ];
        let key = self.vault.lookup("eenmalig", &parts);
        let fingerprint = self.vault.lookup("vingerafdruk", &[&key, scope.body]);
        let mut running = self.running.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.insert(key).then(|| Once { key, fingerprint, running: self.running.clone() })
    }

    /// Frees the keys whose time is up, in bounded steps, and gives how many it were. What leads to a youth, a statement or
    /// anything else that is kept stays.
    ///
    /// # Errors
    /// When the clock or the database is in trouble; what was not freed is freed the next time.
    pub async fn sweep_claims(&self) -> Result<u64, Trouble> {
        let before = self.now()?.instant - KEPT;
        let mut freed = 0;
        loop {
            let step = self.ledger.sweep(before, STEP).await?;
            freed += u64::from(step);
            if step < STEP {
                return Ok(freed);
            }
        }
    }

    pub(super) async fn before(&self, once: &Once) -> Result<Before, Trouble> {
        Ok(match self.store.claimed(&once.key).await? {
            None => Before::Nothing,
            Some(claimed) if claimed.fingerprint == once.fingerprint => Before::Same(claimed.resource),
            Some(_) => Before::Other,
        })
    }
}

impl Once {
    pub(super) fn claim(&self, resource: Id, made_at: i64) -> Claim {
        Claim { key: self.key, kind: ONE_REQUEST, resource, fingerprint: self.fingerprint, made_at }
    }
}

impl Drop for Once {
    fn drop(&mut self) {
        self.running.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}
