// SPDX-License-Identifier: EUPL-1.2
//! The directory: organisations and their contact points. Nothing about any youth, and still recorded.

use std::sync::Arc;

use sluis_policy::{Action, Actor};

use super::registering::own_request;
use super::reply::is_refusal;
use super::{Asker, Broker, Disclosure, Reply, TURNS, Trouble};
use crate::ledger::unit::Unit;
use crate::register::Register;

impl Broker {
    /// The register, to be read as a directory.
    ///
    /// # Errors
    /// When the reading cannot be recorded.
    pub async fn directory(&self, asker: &Asker, actor: Actor) -> Result<Reply<Arc<Register>>, Trouble> {
        for _ in 0..TURNS {
            let moment = self.now()?;
            let ruling = self.rule(
                asker,
                own_request(actor, Action::ReadDirectory),
                &self.facts(None, actor.party, None, moment.today),
                moment,
            )?;
            if is_refusal(&ruling) {
                let Some(reply) = self.refuse(&ruling, None, None).await? else { continue };
                return Ok(reply);
            }
            if let Some(receipt) = self.commit(Unit::record(ruling.record(self, None, None)?)).await? {
                return Ok(Reply::Released(Disclosure::release(&[&ruling], &receipt, self.register.load_full())?));
            }
        }
        Err(Trouble::Contended)
    }
}
