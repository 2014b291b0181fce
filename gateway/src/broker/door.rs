// SPDX-License-Identifier: EUPL-1.2
//! Who was turned away at the door with a certificate in hand. Nothing was asked of the decision core yet, and it is recorded
//! all the same: probing leaves a trace.

use super::{Broker, Trouble};
use crate::http::rejection::Rejection;
use crate::http::trace::Trace;
use crate::ledger::record::{AccessRecord, Deed, Event, Personal, PolicyVersions, Who};
use crate::ledger::unit::Unit;
use crate::vault::fresh_id;

impl Broker {
    /// Records a rejection, when a certificate says whose it is.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub async fn turned_away(&self, rejection: Rejection, trace: Trace) -> Result<(), Trouble> {
        let Some(certificate) = rejection.oin else { return Ok(()) };
        let record = AccessRecord {
            decision: fresh_id()?,
            moment: self.now()?,
            who: Who { party: None, role: None, certificate },
            deed: Deed::default(),
            event: Event::Denied { reason: rejection.reason.code(), acting_for: rejection.acting_for },
            policy: PolicyVersions {
                roles: self.policy.load().roles.digest().to_owned(),
                covenant: None,
                register: hex::encode(self.register.load().version()),
            },
            trace: trace.id(),
            personal: Personal::default(),
        };
        // A record by itself reads nothing and claims nothing, so it cannot be sent back.
        self.commit(Unit::record(record.seal(&self.vault, None)?)).await?;
        Ok(())
    }
}
