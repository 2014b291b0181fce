// SPDX-License-Identifier: EUPL-1.2
//! The second decision: the question as it was put at intake, on the facts of now (P3).

use sluis_policy::{Moment, Party};

use super::feedback::FeedbackBody;
use super::reply::is_refusal;
use super::sealing::{DeliveryBody, SignalBody};
use super::{Asker, Broker, KnownYouth, Ruling, Trouble};
use crate::ledger::unit::{DeliveryKind, DeliveryRow};

/// A stored delivery about which was decided again.
pub(crate) struct Again {
    pub(crate) ruling: Ruling,
    /// Whether it was permitted by name.
    pub(crate) named: bool,
    /// What stays of its body when its content must not stay.
    pub(crate) emptied: Vec<u8>,
}

impl Again {
    /// Whether the receiver may have it after all.
    pub(crate) fn may_stay(&self) -> bool {
        !is_refusal(&self.ruling)
    }
}

impl Broker {
    /// Decides again about one signal's delivery: whether it may leave, or would still have been given.
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

    /// As [`Broker::decide_again`], for a signal or feedback as it is stored; nothing for what carries nothing about
    /// anyone, or points to nowhere.
    pub(crate) async fn decide_stored_again(
        &self,
        asker: &Asker,
        youth: &KnownYouth,
        delivery: &DeliveryRow,
    ) -> Result<Option<Again>, Trouble> {
        let moment = self.now()?;
        let (Some(signal), Some(receiver)) = (self.store.signal(delivery.signal).await?, delivery.party()) else {
            return Ok(None);
        };
        let signal = SignalBody::open(&signal.sealed, &youth.keys, &delivery.signal)?;
        Ok(match delivery.kind {
            DeliveryKind::Signal => {
                let body = DeliveryBody::open(&delivery.sealed, &youth.keys, &delivery.id)?;
                let ruling = self.decide_again(asker, youth, (&signal, &body, receiver), moment)?;
                let emptied = body.emptied().seal(&youth.keys, &delivery.id)?;
                Some(Again { ruling, named: body.named, emptied })
            }
            DeliveryKind::Feedback => {
                let body = FeedbackBody::open(&delivery.sealed, &youth.keys, &delivery.id)?;
                let ruling = self.decide_feedback_again(asker, youth, (&signal, &body), moment)?;
                let emptied = body.emptied().seal(&youth.keys, &delivery.id)?;
                Some(Again { ruling, named: body.named, emptied })
            }
            DeliveryKind::Withdrawal => None,
        })
    }
}
