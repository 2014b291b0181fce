// SPDX-License-Identifier: EUPL-1.2
//! What was used a moment ago, and only so much of it: when the younger half is full, the older half is forgotten.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Recent: values by key, of which those that are asked for stay.
#[derive(Debug)]
#[doc(alias = "recent")]
pub(crate) struct Recent<K, V> {
    half: usize,
    halves: Mutex<Halves<K, V>>,
}

#[derive(Debug)]
struct Halves<K, V> {
    young: HashMap<K, Arc<V>>,
    old: HashMap<K, Arc<V>>,
}

impl<K: Eq + Hash, V> Recent<K, V> {
    /// Room for so many values.
    pub(crate) fn new(capacity: usize) -> Self {
        let halves = Halves { young: HashMap::new(), old: HashMap::new() };
        Self { half: capacity.div_ceil(2).max(1), halves: Mutex::new(halves) }
    }

    pub(crate) fn find(&self, key: &K) -> Option<Arc<V>> {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = halves.young.get(key) {
            return Some(Arc::clone(found));
        }
        let (key, found) = halves.old.remove_entry(key)?;
        halves.keep(key, Arc::clone(&found), self.half);
        Some(found)
    }

    pub(crate) fn keep(&self, key: K, value: Arc<V>) {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        halves.keep(key, value, self.half);
    }

    pub(crate) fn forget(&self, key: &K) {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        halves.young.remove(key);
        halves.old.remove(key);
    }

    /// Lets time pass: what was not asked for since the time before is forgotten.
    pub(crate) fn grow_older(&self) {
        let mut halves = self.halves.lock().unwrap_or_else(PoisonError::into_inner);
        halves.old = std::mem::take(&mut halves.young);
    }
}

impl<K: Eq + Hash, V> Halves<K, V> {
    fn keep(&mut self, key: K, value: Arc<V>, half: usize) {
        if self.young.len() >= half {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_bounded_and_keeps_what_is_used() {
        let recent = Recent::new(8);
        for n in 0..200 {
            recent.keep(n, Arc::new(n));
            assert!(recent.find(&0).is_some(), "used at every step, so kept");
            let halves = recent.halves.lock().unwrap();
            assert!(halves.young.len() + halves.old.len() <= 8);
        }
        assert!(recent.find(&1).is_none());
        recent.forget(&0);
        assert!(recent.find(&0).is_none());
    }

    #[test]
    fn what_nobody_asks_for_is_forgotten_in_time() {
        let recent = Recent::new(8);
        recent.keep("used", Arc::new(1));
        recent.keep("unused", Arc::new(2));
        recent.grow_older();
        assert!(recent.find(&"used").is_some());
        recent.grow_older();
        assert_eq!((recent.find(&"used").is_some(), recent.find(&"unused").is_some()), (true, false));
    }
}
