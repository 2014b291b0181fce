// SPDX-License-Identifier: EUPL-1.2
//! Which ways out do not get through at the moment, so that receivers who hang or are gone take nothing from those who are
//! there, and are left in peace until they are back.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sluis_connectors::Failure;

/// After so many tries in a row that did not get through, a way out counts as stopped up.
const STOPPED_AFTER: u32 = 3;

/// How long a way out that is stopped up rests after its first try that did not get through, and at the longest.
const FIRST_REST: Duration = Duration::from_secs(2);
const LONGEST_REST: Duration = Duration::from_secs(120);

/// Verloop: how far one try came on its way out.
#[doc(alias = "verloop")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Went {
    /// Nothing left, so nothing is known of the way out.
    Nowhere,
    /// Somebody answered, be it with a no.
    Through,
    /// Nobody was there, or nobody who could take it.
    Stuck,
}

impl Went {
    pub(super) fn of(went: Result<(), Failure>) -> Self {
        match went {
            Err(failure) if failure.retry_can_help() => Self::Stuck,
            Ok(()) | Err(_) => Self::Through,
        }
    }
}

/// Doorgang: the ways out that last did not get through. What gets through is not remembered.
#[doc(alias = "doorgang")]
#[derive(Debug, Default)]
pub(super) struct Passage {
    stuck: HashMap<Arc<str>, Stuck>,
}

#[derive(Debug)]
struct Stuck {
    in_a_row: u32,
    rests_until: Instant,
}

impl Stuck {
    fn is_stopped_up(&self) -> bool {
        self.in_a_row >= STOPPED_AFTER
    }
}

impl Passage {
    /// Whether a way out is left in peace at this instant.
    pub(super) fn rests(&self, way: &str, now: Instant) -> bool {
        self.stuck.get(way).is_some_and(|stuck| stuck.is_stopped_up() && now < stuck.rests_until)
    }

    /// Whether a way out is stopped up: then one try at a time shows whether it still is.
    pub(super) fn is_stopped_up(&self, way: &str) -> bool {
        self.stuck.get(way).is_some_and(Stuck::is_stopped_up)
    }

    /// Learns how a try went.
    pub(super) fn learn(&mut self, way: &Arc<str>, went: Went, now: Instant) {
        match went {
            Went::Nowhere => {}
            Went::Through => {
                if self.stuck.remove(way).is_some_and(|stuck| stuck.is_stopped_up()) {
                    tracing::info!(%way, "a way out gets through again");
                }
            }
            Went::Stuck => {
                let stuck = self.stuck.entry(Arc::clone(way)).or_insert(Stuck { in_a_row: 0, rests_until: now });
                stuck.in_a_row = stuck.in_a_row.saturating_add(1);
                let doublings = stuck.in_a_row.saturating_sub(STOPPED_AFTER).min(16);
                stuck.rests_until = now + FIRST_REST.saturating_mul(1 << doublings).min(LONGEST_REST);
                if stuck.in_a_row == STOPPED_AFTER {
                    tracing::warn!(%way, "a way out does not get through: one try at a time from now on");
                }
            }
        }
        metrics::gauge!("sluis_ways_out_stopped_up").set(f64::from(self.stopped_up()));
    }

    fn stopped_up(&self) -> u32 {
        let stopped_up = self.stuck.values().filter(|stuck| stuck.is_stopped_up()).count();
        u32::try_from(stopped_up).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_get_through_three_times_in_a_row_rests_longer_each_time_and_one_answer_ends_it() {
        let (mut passage, way): (_, Arc<str>) = (Passage::default(), "desk:443".into());
        let now = Instant::now();
        for _ in 0..2 {
            passage.learn(&way, Went::Stuck, now);
            assert!(!passage.rests(&way, now) && !passage.is_stopped_up(&way), "twice may be chance");
        }
        for rest in [2, 4, 8, 16, 32, 64, 120, 120] {
            passage.learn(&way, Went::Stuck, now);
            passage.learn(&way, Went::Nowhere, now);
            let over = now + Duration::from_secs(rest);
            assert!(passage.rests(&way, over - Duration::from_millis(1)) && !passage.rests(&way, over), "{rest}");
            assert!(passage.is_stopped_up(&way) && passage.stopped_up() == 1);
            assert!(!passage.is_stopped_up("another:443"));
        }
        passage.learn(&way, Went::Through, now);
        assert!(!passage.rests(&way, now) && passage.stopped_up() == 0);
        passage.learn(&way, Went::Stuck, now);
        assert!(!passage.is_stopped_up(&way), "it counts from the start again");
    }

    #[test]
    fn a_no_is_an_answer_and_silence_is_none() {
        for (went, far) in [
            (Ok(()), Went::Through),
            (Err(Failure::Refused { status: 422 }), Went::Through),
            (Err(Failure::Redirected), Went::Through),
            (Err(Failure::Refused { status: 503 }), Went::Stuck),
            (Err(Failure::Refused { status: 429 }), Went::Stuck),
            (Err(Failure::Unreachable), Went::Stuck),
            (Err(Failure::TimedOut), Went::Stuck),
        ] {
            assert_eq!(Went::of(went), far, "{went:?}");
        }
    }
}
