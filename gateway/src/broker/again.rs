// SPDX-License-Identifier: EUPL-1.2
//! The second decision: the question as it was put at intake, on the facts of now (P3).

use sluis_policy::{Moment, Party};

use super::sealing::{DeliveryBody, SignalBody};
use super::voices::party_of;
use super::{Asker, Broker, KnownYouth, Ruling, Trouble};
use crate::ledger::unit::DeliveryRow;

impl Broker {
    /// Decides again about one delivery: whether it may leave, or would still have been given.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(crate) fn decide_again(
        &self,
        asker: &Asker,
        youth: &KnownYouth,
        (signal, body, receiver): (&SignalBody, &DeliveryBody, Party),
        moment: Moment,
    ) -> Result<Ruling, Trouble> {
        let group = Some((signal.facts.sender.organisation, signal.location.as_deref()));
        let facts = self.facts(Some(youth), receiver, group, moment.today);
        self.rule(asker, signal.dispatch(receiver, body.named), &facts, moment)
    }

    /// As [`Broker::decide_again`], for a delivery as it is stored; nothing when it points to nowhere.
    pub(super) async fn decide_stored_again(
        &self,
        asker: &Asker,
        youth: &KnownYouth,
        delivery: &DeliveryRow,
    ) -> Result<Option<(Ruling, DeliveryBody)>, Trouble> {
        let moment = self.now()?;
        let (Some(signal), Some(receiver)) = (self.store.signal(delivery.signal).await?, party_of(delivery)) else {
            return Ok(None);
        };
        let signal = SignalBody::open(&signal.sealed, &youth.keys, &delivery.signal)?;
        let body = DeliveryBody::open(&delivery.sealed, &youth.keys, &delivery.id)?;
        Ok(Some((self.decide_again(asker, youth, (&signal, &body, receiver), moment)?, body)))
    }
}
