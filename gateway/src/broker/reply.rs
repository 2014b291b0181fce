// SPDX-License-Identifier: EUPL-1.2
//! How a use case ends for its caller.

use std::ops::Range;

use sluis_policy::{Condition, Decision, Party, Rule};

use super::denials::Denial;
use super::{Broker, Disclosure, KnownYouth, Ruling, Trouble};
use crate::ledger::unit::{Read, Subject, Unit};
use crate::ledger::{Outcome, Receipt};
use crate::vault::Id;

/// Antwoord: an answer, or a refusal. Both were recorded before the caller hears them.
#[derive(Debug)]
#[doc(alias = "antwoord")]
pub enum Reply<T> {
    /// It may, and this is what leaves.
    Released(Disclosure<T>),
    /// It may not.
    Refused(Refused),
    /// The Idempotency-Key was used for another body.
    KeyReused,
    /// What is asked does not fit with what is there.
    Conflict,
    /// The words of a signal without a name hold a name of the youth, at these places in characters. Nothing was sent.
    Names(Vec<Range<usize>>),
}

impl<T> Reply<T> {
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        match self {
            Self::Released(disclosure) => Reply::Released(disclosure.map(change)),
            Self::Refused(refused) => Reply::Refused(refused),
            Self::KeyReused => Reply::KeyReused,
            Self::Conflict => Reply::Conflict,
            Self::Names(places) => Reply::Names(places),
        }
    }
}

/// Weigering, one rule a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "weigering")]
pub struct Refused(pub Vec<Barred>);

/// Geweigerde ontvanger: who gets nothing, by which rule, and what the sender could still do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "geweigerde_ontvanger")]
pub struct Barred {
    /// Who.
    pub receiver: Party,
    /// By which rule.
    pub rule: Rule,
    /// What is still missing, as far as the sender is entitled to it.
    pub missing: Vec<Condition>,
}

impl Refused {
    /// The rule that a caller hears first.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.0.first().map_or(Rule::NotFound, |barred| barred.rule)
    }
}

/// Gezien: what a refused question looked at. About nobody it is a stand-in, or nothing, where nothing had to be read.
#[derive(Debug, Clone, Copy)]
#[doc(alias = "gezien")]
pub(super) enum Seen<'a> {
    Youth(&'a KnownYouth),
    StandIn(Read),
    Nothing,
}

impl<'a> Seen<'a> {
    fn youth(self) -> Option<&'a KnownYouth> {
        if let Self::Youth(youth) = self { Some(youth) } else { None }
    }

    fn read(self) -> Option<Read> {
        match self {
            Self::Youth(youth) => Some(youth.read),
            Self::StandIn(read) => Some(read),
            Self::Nothing => None,
        }
    }
}

impl Broker {
    /// Records a refusal, and only then gives it. `None` when the facts moved: decide again. Of who asks again and again
    /// for what is not there, or not for them, most are recorded together.
    pub(super) async fn refuse<T>(
        &self,
        ruling: &Ruling,
        youth: Option<&KnownYouth>,
        resource: Option<Id>,
    ) -> Result<Option<Reply<T>>, Trouble> {
        self.refuse_seen(ruling, youth.map_or(Seen::Nothing, Seen::Youth), resource).await
    }

    /// As [`Broker::refuse`]. INVARIANT: a stand-in is compared at the commit as a youth is (P6).
    pub(super) async fn refuse_seen<T>(
        &self,
        ruling: &Ruling,
        seen: Seen<'_>,
        resource: Option<Id>,
    ) -> Result<Option<Reply<T>>, Trouble> {
        let refused = Refused(vec![ruling.barred()]);
        let not_found = refused.rule() == Rule::NotFound;
        if not_found && !self.recorded_singly(ruling.certificate(), Denial::NotFound).await? {
            let stands = match seen.read() {
                Some(read) => self.still_stands(read).await?,
                None => true,
            };
            return Ok(stands.then_some(Reply::Refused(refused)));
        }
        let record = match seen {
            Seen::StandIn(_) => ruling.record_of_nobody(self, resource)?,
            _ => ruling.record(self, seen.youth(), resource)?,
        };
        let unit = seen.read().into_iter().fold(Unit::record(record), Unit::reading);
        Ok(self.commit(unit).await?.map(|_| Reply::Refused(refused)))
    }

    /// Commits; `None` when something that was read has moved, or a key was claimed meanwhile: go round again.
    pub(super) async fn commit(&self, unit: Unit) -> Result<Option<Receipt>, Trouble> {
        let read: Vec<Subject> = unit.reads().iter().map(|read| read.subject).collect();
        let moving = unit.moves().to_vec();
        Ok(match self.ledger.commit(unit).await? {
            Outcome::Committed(receipt) => {
                self.memory.forget(&moving);
                Some(receipt)
            }
            Outcome::Moved => {
                self.memory.forget(&read);
                None
            }
            Outcome::Claimed => None,
        })
    }
}

/// Whether this is a refusal.
pub(super) fn is_refusal(ruling: &Ruling) -> bool {
    matches!(ruling.decision, Decision::Refusal(_))
}
