// SPDX-License-Identifier: EUPL-1.2
//! Who was turned away at the door with a certificate in hand. Nothing was asked of the decision core yet, and it is recorded
//! all the same: probing leaves a trace.

use sluis_policy::Oin;

use super::denials::Denial;
use super::{Broker, Trouble};
use crate::http::rejection::Rejection;
use crate::http::trace::Trace;
use crate::ledger::record::{AccessRecord, Deed, Event, Personal, Who};
use crate::ledger::unit::Unit;
use crate::vault::fresh_id;

impl Broker {
    /// Records a rejection, when a certificate says whose it is: by itself, or in the summary of its minute.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn turned_away(&self, rejection: Rejection, trace: Trace) -> Result<(), Trouble> {
        let Some(certificate) = rejection.oin else { return Ok(()) };
        if !self.recorded_singly(certificate, Denial::AtTheDoor).await? {
            return Ok(());
        }
        let event = Event::Denied { reason: rejection.reason.code(), acting_for: rejection.acting_for };
        self.denied(certificate, event, Personal::default(), trace).await
    }

    /// Records that somebody for whom an identity provider vouched was not let in at the people listener: with their id there,
    /// sealed, and at which organisation they are known.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn login_refused(
        &self,
        reason: &'static str,
        known_at: Option<Oin>,
        professional: Option<String>,
        trace: Trace,
    ) -> Result<(), Trouble> {
        if !self.recorded_singly(self.own, Denial::AtTheDoor).await? {
            return Ok(());
        }
        let event = Event::Denied { reason, acting_for: known_at };
        self.denied(self.own, event, Personal { professional, ..Personal::default() }, trace).await
    }

    async fn denied(&self, certificate: Oin, event: Event, personal: Personal, trace: Trace) -> Result<(), Trouble> {
        let record = AccessRecord {
            decision: fresh_id()?,
            moment: self.now()?,
            who: Who { party: None, role: None, certificate },
            deed: Deed::default(),
            event,
            policy: self.at_the_door(),
            trace: trace.id(),
            personal,
        };
        // A record by itself reads nothing and claims nothing, so it cannot be sent back.
        self.commit(Unit::record(record.seal(&self.vault, None)?)).await?;
        Ok(())
    }
}
