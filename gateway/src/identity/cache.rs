// SPDX-License-Identifier: EUPL-1.2
//! Tokens that were verified before. Only successes are kept, only what the token says, only until it ends or its
//! issuer's keys change, and only so many: when the younger half is full, the older half is forgotten.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Claims;

/// SHA-256 over certificate thumbprint and token: a token is only ever found again with the certificate it came with.
pub(super) type CacheKey = [u8; 32];

#[derive(Debug)]
pub(super) struct Cached {
    pub(super) claims: Arc<Claims>,
    pub(super) key_set: u64,
}

#[derive(Debug)]
pub(super) struct TokenCache {
    half: usize,
    halves: Mutex<Halves>,
}

#[derive(Debug, Default)]
struct Halves {
    young: HashMap<CacheKey, Arc<Cached>>,
    old: HashMap<CacheKey, Arc<Cached>>,
}

impl TokenCache {
    pub(super) fn new(capacity: usize) -> Self {
        Self { half: capacity.div_ceil(2).max(1), halves: Mutex::default() }
    }

    pub(super) fn find(&self, key: &CacheKey) -> Option<Arc<Cached>> {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = halves.young.get(key) {
            return Some(Arc::clone(found));
        }
        let found = halves.old.remove(key)?;
        halves.keep(*key, Arc::clone(&found), self.half);
        Some(found)
    }

    pub(super) fn keep(&self, key: CacheKey, cached: Cached) {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        halves.keep(key, Arc::new(cached), self.half);
    }

    pub(super) fn forget(&self, key: &CacheKey) {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        halves.young.remove(key);
        halves.old.remove(key);
    }
}

impl Halves {
    fn keep(&mut self, key: CacheKey, cached: Arc<Cached>, half: usize) {
        if self.young.len() >= half {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, cached);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Bearer;

    fn cached() -> Cached {
        let claims = Claims {
            issuer: "https://idp.test".into(),
            organisation: "99000000000000000001".parse().unwrap(),
            bearer: Bearer::System("client".into()),
            expires: 0,
        };
        Cached { claims: Arc::new(claims), key_set: 1 }
    }

    #[test]
    fn it_is_bounded_and_keeps_what_is_used() {
        let cache = TokenCache::new(8);
        let key = |n: u8| [n; 32];
        for n in 0..200 {
            cache.keep(key(n), cached());
            assert!(cache.find(&key(0)).is_some(), "used at every step, so kept");
            let halves = cache.halves.lock().unwrap();
            assert!(halves.young.len() + halves.old.len() <= 8);
        }
        assert!(cache.find(&key(1)).is_none());
        cache.forget(&key(0));
        assert!(cache.find(&key(0)).is_none());
    }
}
