// SPDX-License-Identifier: EUPL-1.2
//! Verlengen: the same person says yes again, to the same, for other days and on the text of now.

use sluis_policy::{Action, Actor, Period, Statement, VoiceKind};

use super::once::Before;
use super::reply::is_refusal;
use super::telling::{Manner, leased_until, speaker_of};
use super::voices::may_be_renewed;
use super::{Asker, Broker, Disclosure, Once, Reply, TURNS, Trouble};
use crate::ledger::unit::Unit;
use crate::vault::{Id, fresh_id};

/// Verlenging: a yes said again.
#[derive(Debug, Clone)]
#[doc(alias = "verlenging")]
pub struct Renewal {
    /// When it was said again, in microseconds; not after now.
    pub spoken_at: i64,
    /// On which days it holds.
    pub valid: Period,
    /// On which version of the consent text.
    pub text_version: String,
    /// When the gateway that keeps this word last confirmed it, in microseconds; nothing for what is kept here (RL-27).
    pub confirmed_at: Option<i64>,
    /// How it was said.
    pub manner: Manner,
}

impl Broker {
    /// Renews a yes, and gives the reference of the new one. What was taken back, closed or said as a no cannot be renewed,
    /// nor can the word of who has no say any more: that is a conflict, and a new word is needed.
    ///
    /// # Errors
    /// When nothing can be recorded; then nothing was stored.
    pub async fn renew_voice(
        &self,
        asker: &Asker,
        actor: Actor,
        (statement, renewal): (Id, &Renewal),
        once: &Once,
    ) -> Result<Reply<Id>, Trouble> {
        for _ in 0..TURNS {
            let earlier = match self.before(once).await? {
                Before::Other => return Ok(Reply::KeyReused),
                Before::Same(renewed) => Some(renewed),
                Before::Nothing => None,
            };
            let (ruling, found, given) = self.asked_about_word(asker, (actor, Action::RecordVoice), &statement).await?;
            let moment = ruling.moment;
            let (Some(youth), Some(given), false) = (found.youth(), given, is_refusal(&ruling)) else {
                let Some(reply) = self.refuse_seen(&ruling, found.seen(), Some(statement)).await? else { continue };
                return Ok(reply);
            };
            let mut unit = Unit::record(ruling.record(self, Some(youth), Some(statement))?).reading(youth.read);
            let speaker = speaker_of(Some(given.speaker.0), VoiceKind::Agrees, youth, moment);
            let renewed = match (earlier, speaker.filter(|_| may_be_renewed(&given, youth, moment))) {
                (Some(renewed), _) => renewed,
                (None, Some((_, capacity))) => {
                    let id = fresh_id()?;
                    let telling = renewal.manner.telling(id, (&ruling, capacity), Some(statement));
                    let again = renewal.statement(id, given, moment.instant);
                    unit = self.said(unit, (asker, youth), (again, telling), moment.instant).await?;
                    unit = unit.claiming(once.claim(id, moment.instant));
                    id
                }
                (None, None) => {
                    let Some(_recorded) = self.commit(unit).await? else { continue };
                    return Ok(Reply::Conflict);
                }
            };
            if let Some(receipt) = self.commit(unit).await? {
                self.halt(asker, youth.id()).await;
                return Ok(Reply::Released(Disclosure::release(&[&ruling], &receipt, renewed)?));
            }
        }
        Err(Trouble::Contended)
    }
}

impl Renewal {
    fn statement(&self, id: Id, given: Statement, arrived_at: i64) -> Statement {
        Statement {
            id,
            voice: VoiceKind::Agrees,
            spoken_at: self.spoken_at.min(arrived_at),
            arrived_at,
            valid: self.valid,
            text_version: self.text_version.clone(),
            lease_until: self.confirmed_at.map(leased_until),
            ..given
        }
    }
}
