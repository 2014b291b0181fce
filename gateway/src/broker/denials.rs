// SPDX-License-Identifier: EUPL-1.2
//! Denials are recorded one by one up to so many a minute for each certificate holder. What comes on top is still denied,
//! and counted; that it is, stands in the log before the first of them is answered, and how many they were follows in one
//! record. So nothing passes unrecorded (P1), and nobody fills the log from outside.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use sluis_policy::Oin;

use super::{Broker, Trouble};
use crate::http::trace::Trace;
use crate::ledger::leaf::Leaf;
use crate::ledger::record::{AccessRecord, Deed, Event, Personal, PolicyVersions, Who};
use crate::ledger::unit::Unit;
use crate::vault::fresh_id;

const MINUTE: i64 = 60_000_000;

/// How many are recorded one by one where nobody says otherwise.
pub(crate) const A_MINUTE: u32 = 60;

/// Afwijzing: where somebody was denied something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "afwijzing")]
pub(super) enum Denial {
    /// Before anything was asked.
    AtTheDoor,
    /// What was asked for is not there, or not for them.
    NotFound,
}

/// The denials of the present minute.
#[derive(Debug)]
pub(super) struct Denials {
    a_minute: u32,
    counted: Mutex<Counted>,
}

#[derive(Debug, Default)]
struct Counted {
    minutes: BTreeMap<Oin, OneMinute>,
    /// Of minutes that are over, and not recorded yet.
    over: Vec<Summary>,
}

/// One organisation in one minute.
#[derive(Debug, Default)]
struct OneMinute {
    minute: i64,
    recorded: u32,
    announced: bool,
    more: Numbers,
}

/// How many of each sort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Stopped at the door.
    pub at_the_door: u64,
    /// Asked for what is not there, or not for them.
    pub not_found: u64,
}

/// Samenvatting: what was not recorded one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "samenvatting")]
struct Summary {
    holder: Oin,
    minute: i64,
    more: Numbers,
}

/// What is to be done with one denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Record,
    /// Nobody has made known yet that from now on they are only counted.
    Announce,
    Count,
}

impl Denials {
    pub(super) fn recorded(a_minute: u32) -> Self {
        Self { a_minute, counted: Mutex::default() }
    }

    fn take(&self, holder: Oin, now: i64, sort: Denial) -> Turn {
        let minute = now.div_euclid(MINUTE);
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let Counted { minutes, over } = &mut *counted;
        let of_holder = minutes.entry(holder).or_default();
        if of_holder.minute != minute {
            over.extend(of_holder.summary(holder));
            *of_holder = OneMinute { minute, ..OneMinute::default() };
        }
        if of_holder.recorded < self.a_minute {
            of_holder.recorded += 1;
            return Turn::Record;
        }
        let number = match sort {
            Denial::AtTheDoor => &mut of_holder.more.at_the_door,
            Denial::NotFound => &mut of_holder.more.not_found,
        };
        *number = number.saturating_add(1);
        if of_holder.announced { Turn::Count } else { Turn::Announce }
    }

    fn announced(&self, holder: Oin, now: i64) {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let of_holder = counted.minutes.get_mut(&holder);
        of_holder.filter(|it| it.minute == now.div_euclid(MINUTE)).into_iter().for_each(|it| it.announced = true);
    }

    /// What is over at this instant and was not recorded one by one.
    fn over(&self, now: i64) -> Vec<Summary> {
        let present = now.div_euclid(MINUTE);
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let Counted { minutes, over } = &mut *counted;
        over.extend(
            minutes.iter().filter(|(_, it)| it.minute < present).filter_map(|(holder, it)| it.summary(*holder)),
        );
        minutes.retain(|_, it| it.minute >= present);
        std::mem::take(over)
    }

    fn put_back(&self, summary: Summary) {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).over.push(summary);
    }
}

impl OneMinute {
    fn summary(&self, holder: Oin) -> Option<Summary> {
        (self.more != Numbers::default()).then_some(Summary { holder, minute: self.minute, more: self.more })
    }
}

impl Broker {
    /// As this broker, with so many denials of one organisation recorded one by one in a minute.
    #[must_use]
    pub fn recording_denials(mut self, a_minute: u32) -> Self {
        self.denials = Denials::recorded(a_minute);
        self
    }

    /// Whether a denial gets a record of its own. If not, it stands in the summary of its minute, which is announced by now.
    pub(super) async fn recorded_singly(&self, holder: Oin, sort: Denial) -> Result<bool, Trouble> {
        let now = self.now()?.instant;
        let turn = self.denials.take(holder, now, sort);
        if turn == Turn::Record {
            return Ok(true);
        }
        metrics::counter!("sluis_denials_summarised_total").increment(1);
        if turn == Turn::Announce {
            let from = now.div_euclid(MINUTE) * MINUTE;
            self.commit(Unit::record(self.summary(holder, Event::DenialsCounted { from, numbers: None })?)).await?;
            self.denials.announced(holder, now);
        }
        Ok(false)
    }

    /// Records how many denials there were in the minutes that are over, where they were not recorded one by one. What
    /// cannot be recorded now is kept for the next time.
    ///
    /// # Errors
    /// When the clock or the ledger is in trouble.
    pub async fn summarise_denials(&self) -> Result<(), Trouble> {
        self.summarise_until(self.now()?.instant).await
    }

    /// As [`Broker::summarise_denials`], the present minute included: nobody will come any more.
    ///
    /// # Errors
    /// When the clock or the ledger is in trouble.
    pub async fn summarise_last_denials(&self) -> Result<(), Trouble> {
        self.summarise_until(self.now()?.instant + MINUTE).await
    }

    async fn summarise_until(&self, until: i64) -> Result<(), Trouble> {
        let mut result = Ok(());
        for summary in self.denials.over(until) {
            let event = Event::DenialsCounted { from: summary.minute * MINUTE, numbers: Some(summary.more) };
            let recorded = match self.summary(summary.holder, event) {
                Ok(leaf) => self.commit(Unit::record(leaf)).await.map(|_| ()),
                Err(trouble) => Err(trouble),
            };
            if let Err(trouble) = recorded {
                self.denials.put_back(summary);
                result = Err(trouble);
            }
        }
        result
    }

    fn summary(&self, certificate: Oin, event: Event) -> Result<Leaf, Trouble> {
        let record = AccessRecord {
            decision: fresh_id()?,
            moment: self.now()?,
            who: Who { party: None, role: None, certificate },
            deed: Deed::default(),
            event,
            policy: self.at_the_door(),
            trace: Trace::continued(None).id(),
            personal: Personal::default(),
        };
        Ok(record.seal(&self.vault, None)?)
    }

    /// By what somebody is denied something before it is decided.
    pub(super) fn at_the_door(&self) -> PolicyVersions {
        PolicyVersions {
            roles: self.policy.load().roles.digest().to_owned(),
            covenant: None,
            register: hex::encode(self.register.load().version()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_has_so_many_records_a_minute_and_does_not_use_up_anothers() {
        let denials = Denials::recorded(3);
        let (one, other): (Oin, Oin) =
            ("99000000000000000001".parse().unwrap(), "99000000000000000002".parse().unwrap());
        let take = |holder, now| denials.take(holder, now, Denial::NotFound);
        assert_eq!(
            [0; 5].map(|now| take(one, now)),
            [Turn::Record, Turn::Record, Turn::Record, Turn::Announce, Turn::Announce]
        );
        denials.announced(one, 0);
        assert_eq!(denials.take(one, MINUTE - 1, Denial::AtTheDoor), Turn::Count);
        assert_eq!(take(other, MINUTE - 1), Turn::Record);
        assert!(denials.over(MINUTE - 1).is_empty(), "the minute is not over");
        assert_eq!(take(one, MINUTE), Turn::Record, "the next minute is a new one");
        let more = Numbers { at_the_door: 1, not_found: 2 };
        let summary = Summary { holder: one, minute: 0, more };
        assert_eq!(denials.over(MINUTE), [summary]);
        denials.put_back(summary);
        assert_eq!(denials.over(MINUTE), [summary]);
        assert!(denials.over(9 * MINUTE).is_empty(), "who was recorded one by one needs no summary");
    }
}
