// SPDX-License-Identifier: EUPL-1.2
//! How much of the gateway one organisation takes at a time, so that a flood of one is no drought for another.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sluis_policy::Oin;

/// Ruimte: the requests of each certificate holder that are worked on at this moment. Of what each has, a quarter is left
/// for requests that may be reports: who floods the gateway with anything else can still report absence, or danger.
#[derive(Debug)]
#[doc(alias = "ruimte")]
pub(super) struct Rooms {
    each: usize,
    taken: Mutex<HashMap<Oin, usize>>,
}

/// Plaats: taken for as long as it lives.
#[derive(Debug)]
#[doc(alias = "plaats")]
pub(super) struct Place {
    rooms: Arc<Rooms>,
    holder: Oin,
}

impl Rooms {
    /// Room for so many requests of each.
    pub(super) fn of(each: usize) -> Arc<Self> {
        Arc::new(Self { each, taken: Mutex::default() })
    }

    /// A place, if this organisation has one left.
    pub(super) fn enter(self: &Arc<Self>, holder: Oin, may_be_a_report: bool) -> Option<Place> {
        let room = if may_be_a_report { self.each } else { self.each - self.each / 4 };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_holder = taken.entry(holder).or_default();
        if *of_holder >= room {
            return None;
        }
        *of_holder += 1;
        Some(Place { rooms: Arc::clone(self), holder })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.rooms.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_holder) = taken.get_mut(&self.holder) {
            *of_holder = of_holder.saturating_sub(1);
            if *of_holder == 0 {
                // Only who is inside is remembered.
                taken.remove(&self.holder);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_so_much_room_and_a_quarter_of_it_is_for_reports() {
        let rooms = Rooms::of(8);
        let (one, other): (Oin, Oin) =
            ("99000000000000000001".parse().unwrap(), "99000000000000000002".parse().unwrap());
        let mut inside: Vec<Place> = (0..20).filter_map(|_| rooms.enter(one, false)).collect();
        assert_eq!(inside.len(), 6);
        assert!(rooms.enter(other, false).is_some(), "another has its own");
        inside.extend((0..20).filter_map(|_| rooms.enter(one, true)));
        assert_eq!(inside.len(), 8);
        inside.pop();
        assert!(rooms.enter(one, false).is_none(), "the quarter is not for this");
        assert!(rooms.enter(one, true).is_some());
        inside.clear();
        assert!(rooms.taken.lock().unwrap().is_empty());
        assert!(rooms.enter(one, false).is_some());
    }
}
