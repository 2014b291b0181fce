// SPDX-License-Identifier: EUPL-1.2
//! How a use case ends for its caller.

use sluis_policy::{Decision, Party, Rule};

use super::{Broker, Disclosure, KnownYouth, Ruling, Trouble};
use crate::ledger::unit::Unit;
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
}

impl<T> Reply<T> {
    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        match self {
            Self::Released(disclosure) => Reply::Released(disclosure.map(change)),
            Self::Refused(refused) => Reply::Refused(refused),
            Self::KeyReused => Reply::KeyReused,
            Self::Conflict => Reply::Conflict,
        }
    }
}

/// Weigering, one rule a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "weigering")]
pub struct Refused(pub Vec<(Party, Rule)>);

impl Refused {
    /// The rule that a caller hears first.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.0.first().map_or(Rule::NotFound, |(_, rule)| *rule)
    }
}

impl Broker {
    /// Records a refusal, and only then gives it. `None` when the facts moved: decide again.
    pub(super) async fn refuse<T>(
        &self,
        ruling: &Ruling,
        youth: Option<&KnownYouth>,
        resource: Option<Id>,
    ) -> Result<Option<Reply<T>>, Trouble> {
        let record = ruling.record(self, youth, resource)?;
        let unit = youth.into_iter().fold(Unit::record(record), |unit, youth| unit.reading(youth.read));
        let refused = Refused(vec![(ruling.request.receiver, ruling.decision.rule())]);
        Ok(self.commit(unit).await?.map(|_| Reply::Refused(refused)))
    }

    /// Commits; `None` when something that was read has moved, or a key was claimed meanwhile: go round again.
    pub(super) async fn commit(&self, unit: Unit) -> Result<Option<Receipt>, Trouble> {
        Ok(match self.ledger.commit(unit).await? {
            Outcome::Committed(receipt) => Some(receipt),
            Outcome::Moved | Outcome::Claimed => None,
        })
    }
}

/// Whether this is a refusal.
pub(super) fn is_refusal(ruling: &Ruling) -> bool {
    matches!(ruling.decision, Decision::Refusal(_))
}
