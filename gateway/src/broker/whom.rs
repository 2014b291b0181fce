// SPDX-License-Identifier: EUPL-1.2
//! Over wie: how a youth is named by whoever records something, and who that is.

use sluis_policy::{AccessRequest, Actor};

use std::sync::Arc;

use super::{Asker, Broker, KnownYouth, Ruling, Trouble};
use crate::vault::Id;

/// Over wie: a way to name a youth. Nobody gives a number for it (RL-22).
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "over wie")]
pub enum Whom {
    /// By the school's own key of its pupil.
    Pupil(String),
    /// By a signal that came to the own desk by name, with the id that it has there.
    Received(Id),
}

impl Broker {
    /// The decision about a question on one's own administration, and about whom it is.
    pub(super) async fn asked_about(
        &self,
        asker: &Asker,
        request: AccessRequest,
        whom: &Whom,
    ) -> Result<(Ruling, Option<KnownYouth>), Trouble> {
        let (moment, party) = (self.now()?, request.actor.party);
        let youth = self.named_by(request.actor, whom).await?;
        let facts = self.facts(youth.as_ref(), party, None, moment.today);
        let ruling = self.rule(asker, request, &facts, moment)?;
        Ok((ruling, youth))
    }

    /// INVARIANT: a signal that came without a name names nobody, nor does one that was sent: its receiver learns nothing
    /// more of who it is about, and a later name joins nothing backwards (RL-23). It is answered like one that is not there.
    pub(super) async fn named_by(&self, actor: Actor, whom: &Whom) -> Result<Option<KnownYouth>, Trouble> {
        match whom {
            Whom::Pupil(key) => self.youth_by_pupil_key(actor.party.organisation, key).await,
            Whom::Received(signal) => {
                let looked = self.look_up(*signal, &[actor]).await?;
                let named = looked.filter(|looked| looked.delivery_body.as_ref().is_some_and(|body| body.named));
                Ok(named.map(|looked| Arc::unwrap_or_clone(looked.youth)))
            }
        }
    }
}
