// SPDX-License-Identifier: EUPL-1.2
//! Bezwaar, verzoek om verbetering, verzoek om beperking (AVG 16, 18, 21). It is always received. From the commit on processing
//! is restricted, but for the statutory doors (RL-08): what waits is stopped, whoever got something by name hears that it is
//! taken back, and the controller has a day by which to decide.

use serde_json::json;
use sluis_policy::{Action, Actor, Period};

use super::once::Before;
use super::reply::is_refusal;
use super::stated::{Fact, RecordedFact};
use super::{Asker, Broker, Disclosure, Entitled, Once, Reply, TURNS, Trouble, Whom, terms};
use crate::ledger::record::canonical;
use crate::ledger::unit::{Claim, Unit};
use crate::vault::{Id, fresh_id};

/// What is asked for. A closed list.
pub const OBJECTIONS: [&str; 3] = ["bezwaar", "verbetering", "beperking"];

/// Who says so, of the restriction that follows.
const SOURCE: &str = "ouder_of_jeugdige";

/// Bezwaar as it arrives.
#[derive(Debug, Clone)]
#[doc(alias = "bezwaar")]
pub struct NewObjection {
    /// About whom.
    pub whom: Whom,
    /// On whose behalf.
    pub entitled: Entitled,
    /// What is asked for, from [`OBJECTIONS`].
    pub kind: &'static str,
}

impl Broker {
    /// Receives an objection, and gives the reference of the restriction that holds until it is ended.
    ///
    /// # Errors
    /// When nothing can be recorded; then nothing was received.
    pub async fn object(
        &self,
        asker: &Asker,
        actor: Actor,
        new: &NewObjection,
        once: &Once,
    ) -> Result<Reply<Id>, Trouble> {
        for _ in 0..TURNS {
            let moment = self.now()?;
            let earlier = match self.before(once).await? {
                Before::Other => return Ok(Reply::KeyReused),
                Before::Same(restriction) => Some(restriction),
                Before::Nothing => None,
            };
            let youth = self.named_by(actor, &new.whom).await?;
            let facts = self.facts(youth.as_ref(), actor.party, None, moment.today);
            let request = new.entitled.request(actor, Action::Object, youth.as_ref());
            let ruling = self.rule(asker, request, &facts, moment)?;
            let youth = match youth {
                Some(youth) if !is_refusal(&ruling) => youth,
                youth => {
                    let Some(reply) = self.refuse(&ruling, youth.as_ref(), None).await? else { continue };
                    return Ok(reply);
                }
            };
            let id = earlier.map_or_else(fresh_id, Ok)?;
            let said = canonical(&json!({"gevraagd": new.kind}));
            let record = ruling.record_search(self, (new.entitled.identified_by, said), Some(&youth))?;
            let mut unit = Unit::record(record).reading(youth.read);
            if earlier.is_none() {
                let (by, period) = (actor.party, Period::since(moment.today));
                let fact = RecordedFact { id, by, source: SOURCE.to_owned(), period, fact: Fact::Restriction {} };
                let claim = Claim::by_nature("feit", self.fact_key(&id), youth.id(), moment.instant);
                unit = self.stated(unit, (asker, &youth), fact, moment.instant).await?;
                unit = terms::rows(&ruling, id, &youth)?.into_iter().fold(unit, Unit::with_obligation);
                unit = unit.claiming(claim).claiming(once.claim(id, moment.instant));
            }
            if let Some(receipt) = self.commit(unit).await? {
                self.halt(asker, youth.id()).await;
                return Ok(Reply::Released(Disclosure::release(&[&ruling], &receipt, id)?));
            }
        }
        Err(Trouble::Contended)
    }
}
