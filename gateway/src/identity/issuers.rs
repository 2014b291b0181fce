// SPDX-License-Identifier: EUPL-1.2
//! The signing keys of issuers, found by OpenID Connect discovery and kept until they are stale or a token names a key
//! that is not among them.
//!
//! A flood of tokens with invented key ids costs at most one discovery per issuer per [`FLOOR`]: a refresh runs alone,
//! whoever waits for it takes its result, and after it nobody asks again before the floor has passed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use openidconnect::core::CoreProviderMetadata;
use openidconnect::{HttpRequest, IssuerUrl};
use sluis_connectors::{Failure, Outbound};
use tokio::sync::{Mutex as Turn, Semaphore};

use super::{TokenFault, exchange};

/// Between two discoveries at one issuer there is at least this much time, in microseconds, when the first succeeded.
const FLOOR: i64 = 30 * SECOND;
/// The same when the first failed: soon enough to recover, seldom enough not to press.
const FLOOR_AFTER_FAILURE: i64 = 5 * SECOND;
/// Keys older than this are asked for again, so that a key which the issuer withdrew goes here too.
const STALE: i64 = 15 * 60 * SECOND;
/// Keys older than this are no longer used at all, however unreachable the issuer is.
const DEAD: i64 = 60 * 60 * SECOND;
const SECOND: i64 = 1_000_000;

/// How many requests may wait for one issuer at once, so that a slow issuer holds up only its own.
const WAITING: usize = 16;

/// Uitgevers: the keys of every issuer that was asked for so far.
#[doc(alias = "uitgevers")]
pub struct Issuers {
    outbound: Outbound,
    known: Mutex<BTreeMap<String, Arc<Issuer>>>,
}

struct Issuer {
    keys: ArcSwapOption<KeySet>,
    /// Whether the keys are to be asked for again, however young they are.
    doubted: AtomicBool,
    attempt: Turn<Option<Attempt>>,
    waiting: Semaphore,
}

/// The keys of an issuer at one time.
struct KeySet {
    /// Counts up when the keys differ from those before.
    generation: u64,
    fetched: i64,
    keys: Vec<Jwk>,
}

#[derive(Clone, Copy)]
struct Attempt {
    at: i64,
    succeeded: bool,
}

impl fmt::Debug for Issuers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Issuers")
    }
}

impl Issuers {
    /// Starts without any keys. They are fetched through this client, which reaches only what the operator listed.
    #[must_use]
    pub fn new(outbound: Outbound) -> Self {
        Self { outbound, known: Mutex::default() }
    }

    /// The generation of the keys that are held for an issuer; a token verified under an earlier one is verified again.
    /// There is none when they are stale: the key of such a token may have been withdrawn since, and only asking tells.
    pub(super) fn generation(&self, issuer: &str, now: i64) -> Option<u64> {
        let issuer = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).map(Arc::clone)?;
        if issuer.doubted.load(Ordering::Acquire) {
            return None;
        }
        let keys = issuer.keys.load();
        keys.as_ref().filter(|keys| distance(keys.fetched, now) <= STALE).map(|keys| keys.generation)
    }

    /// A signing key by its id, with the generation of the key set that it is in.
    ///
    /// INVARIANT: call this only with an issuer of the register; what is kept here is bounded by the register.
    pub(super) async fn key(&self, issuer: &str, key_id: &str, now: i64) -> Result<(Jwk, u64), TokenFault> {
        let entry = self.entry(issuer);
        if let Some(found) = entry.fresh(key_id, now) {
            return Ok(found);
        }
        // While someone asks an issuer that takes its time, nobody else waits for keys that may still be used.
        let mut attempt = match (entry.attempt.try_lock(), entry.usable(key_id, now)) {
            (Ok(attempt), _) => attempt,
            (Err(_), Some(found)) => return Ok(found),
            (Err(_), None) => {
                let _place = entry.waiting.try_acquire().map_err(|_| TokenFault::Busy)?;
                entry.attempt.lock().await
            }
        };
        // Someone may have refreshed while we waited for our turn.
        if let Some(found) = entry.fresh(key_id, now) {
            return Ok(found);
        }
        let doubted = entry.doubted.swap(false, Ordering::AcqRel);
        if doubted || attempt.is_none_or(|attempt| attempt.may_repeat(now)) {
            let fetched = self.fetch(issuer).await;
            *attempt = Some(Attempt { at: now, succeeded: fetched.is_some() });
            if let Some(keys) = fetched {
                entry.renew(keys, now);
            }
        }
        let answered = attempt.is_some_and(|attempt| attempt.succeeded);
        match entry.usable(key_id, now) {
            Some(found) => Ok(found),
            None if answered => Err(TokenFault::UnknownKey),
            None => Err(TokenFault::IssuerUnreachable),
        }
    }

    /// Doubts all keys: at the next token of each issuer they are asked for once more. Until the answer is there, and when
    /// it does not come, those that are held still count as long as they may. Issuers that are not known any more go.
    pub(super) fn ask_again(&self, known: impl Fn(&str) -> bool) {
        let mut held = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|issuer, _| known(issuer));
        held.values().for_each(|issuer| issuer.doubted.store(true, Ordering::Release));
    }

    fn entry(&self, issuer: &str) -> Arc<Issuer> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(issuer.to_owned()).or_default())
    }

    async fn fetch(&self, issuer: &str) -> Option<Vec<Jwk>> {
        metrics::counter!("sluis_issuer_fetches_total").increment(1);
        let url = IssuerUrl::new(issuer.to_owned()).ok()?;
        let call = |request: HttpRequest| exchange::call(&self.outbound, request);
        match CoreProviderMetadata::discover_async(url, &call).await {
            Ok(metadata) => signing_keys(&metadata),
            Err(error) => {
                tracing::warn!(reason = discovery_fault(&error), "keys of an issuer could not be fetched");
                None
            }
        }
    }
}

fn discovery_fault(error: &openidconnect::DiscoveryError<Failure>) -> String {
    use openidconnect::DiscoveryError as Fault;
    match error {
        Fault::Request(fault) => fault.to_string(),
        Fault::Parse(_) => "the document cannot be read".into(),
        Fault::Response(status, _, _) => format!("the answer has status {}", status.as_u16()),
        Fault::Validation(_) => "the document names another issuer".into(),
        _ => "the document could not be had".into(),
    }
}

// Both libraries write a key as RFC 7517 does; the JSON is the way from the one that finds keys to the one that uses them.
fn signing_keys(metadata: &CoreProviderMetadata) -> Option<Vec<Jwk>> {
    let written = serde_json::to_value(metadata.jwks()).ok()?;
    serde_json::from_value::<JwkSet>(written).ok().map(|set| set.keys)
}

impl Default for Issuer {
    fn default() -> Self {
        Self {
            keys: ArcSwapOption::empty(),
            doubted: AtomicBool::new(false),
            attempt: Turn::new(None),
            waiting: Semaphore::new(WAITING),
        }
    }
}

impl Issuer {
    fn fresh(&self, key_id: &str, now: i64) -> Option<(Jwk, u64)> {
        if self.doubted.load(Ordering::Acquire) {
            return None;
        }
        self.younger_than(STALE, key_id, now)
    }

    fn usable(&self, key_id: &str, now: i64) -> Option<(Jwk, u64)> {
        self.younger_than(DEAD, key_id, now)
    }

    fn younger_than(&self, age: i64, key_id: &str, now: i64) -> Option<(Jwk, u64)> {
        let set = self.keys.load();
        let set = set.as_ref()?;
        if distance(set.fetched, now) > age {
            return None;
        }
        let key = set.keys.iter().find(|key| key.common.key_id.as_deref() == Some(key_id))?;
        Some((key.clone(), set.generation))
    }

    fn renew(&self, keys: Vec<Jwk>, now: i64) {
        let generation = match self.keys.load().as_ref() {
            Some(before) if before.keys == keys => before.generation,
            Some(before) => before.generation.saturating_add(1),
            None => 1,
        };
        self.keys.store(Some(Arc::new(KeySet { generation, fetched: now, keys })));
    }
}

impl Attempt {
    fn may_repeat(self, now: i64) -> bool {
        let floor = if self.succeeded { FLOOR } else { FLOOR_AFTER_FAILURE };
        distance(self.at, now) >= floor
    }
}

// A clock that went back must neither keep keys for ever nor stop refreshing, so both directions count.
fn distance(then: i64, now: i64) -> i64 {
    now.saturating_sub(then).saturating_abs()
}
