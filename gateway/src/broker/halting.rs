// SPDX-License-Identifier: EUPL-1.2
//! What a statement stops, and who hears that something is taken back (P3).

use std::sync::{Mutex, PoisonError};

use sluis_policy::Rule;

use super::sealing::YouthFact;
use super::youths::unless_erased;
use super::{Asker, Broker, KnownYouth, TURNS, Trouble};
use crate::ledger::unit::{DeliveryKind, DeliveryRow, DeliveryState, Reached, Read, Subject, Unit};
use crate::vault::Id;

/// Nog te stoppen: youths whose queue could not be looked through right after a statement about them.
#[derive(Debug, Default)]
#[doc(alias = "nog te stoppen")]
pub(super) struct Postponed(Mutex<Vec<(Asker, Id)>>);

impl Postponed {
    fn add(&self, asker: &Asker, youth: Id) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((asker.clone(), youth));
    }

    fn take(&self) -> Vec<(Asker, Id)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Broker {
    /// Stops what may not leave any more. The statement is committed and stands whatever happens here, so that trouble is no
    /// answer to who made it: it is tried again soon, and until then the second decision keeps each from leaving (P3).
    pub(super) async fn halt(&self, asker: &Asker, youth: Id) {
        if let Err(trouble) = self.stop_waiting(asker, youth).await {
            tracing::error!(%trouble, "what waits could not be stopped at once");
            metrics::counter!("sluis_halts_postponed_total").increment(1);
            self.postponed.add(asker, youth);
        }
        self.queue_changed.notify_waiters();
    }

    /// Tries again what could not be stopped at once. What fails again waits for the next time.
    pub async fn halt_postponed(&self) {
        for (asker, youth) in self.postponed.take() {
            if let Err(trouble) = self.stop_waiting(&asker, youth).await {
                tracing::warn!(%trouble, "what waits could not be stopped yet");
                self.postponed.add(&asker, youth);
            }
        }
    }

    /// What was placed after the statement was decided with it, so one look after its commit sees everything. A delivery
    /// that cannot be judged does not keep the others from being stopped.
    async fn stop_waiting(&self, asker: &Asker, youth: Id) -> Result<(), Trouble> {
        for _ in 0..TURNS {
            // What was erased waits for nothing any more.
            let Some(youth) = unless_erased(self.youth(youth).await)? else { return Ok(()) };
            let mut unit = Unit::default().urgently().reading(youth.read);
            let (mut held_back, mut unjudged) = (0, None);
            for waiting in self.store.waiting_for(youth.id()).await? {
                let subject = Subject::signal(waiting.signal);
                let read = Read { subject, version: self.store.version(subject).await? };
                let again = match self.decide_stored_again(asker, &youth, &waiting).await {
                    Ok(Some(judged)) => judged,
                    Ok(None) => continue,
                    Err(trouble) => {
                        unjudged = Some(trouble);
                        continue;
                    }
                };
                if !again.may_stay() {
                    unit = unit.and_record(again.ruling.record_reading(self, &youth, waiting.id, vec![youth.read])?);
                    unit = unit.moving(read).with_delivery(waiting.held_back(again.emptied));
                    held_back += 1;
                }
            }
            if held_back == 0 || self.commit(unit).await?.is_some() {
                return unjudged.map_or(Ok(()), Err);
            }
        }
        Err(Trouble::Contended)
    }

    /// Notices to those who got something by name that this takes back (AVG 19): a no or a withdrawal, or a fact by which its
    /// ground turns out to be gone. One is enough: a delivery that was taken back before gets no second notice.
    pub(super) async fn noticing(
        &self,
        mut unit: Unit,
        asker: &Asker,
        youth: &KnownYouth,
        fact: &YouthFact,
    ) -> Result<Unit, Trouble> {
        let now = self.now()?.instant;
        let mut after = youth.clone();
        after.learn(fact)?;
        for sent in self.store.sent_about(youth.id()).await? {
            let Some(again) = self.decide_stored_again(asker, &after, &sent).await? else { continue };
            if !again.named || again.may_stay() || !takes_back(fact, again.ruling.decision.rule()) {
                continue;
            }
            // What was over before this, by its own end or by an earlier fact, is not taken back by it.
            let before = self.decide_stored_again(asker, youth, &sent).await?;
            let stood = is_word(fact) || before.is_some_and(|before| before.may_stay());
            let id = self.notice_of(&sent.id);
            // A notice that was held back, because it was no longer true, is true again.
            let told = self.store.delivery(id).await?.is_some_and(|notice| !notice.state.is_held_back());
            if stood && !told {
                unit = unit.with_delivery(notice(&sent, id, now));
            }
        }
        Ok(unit)
    }

    /// The id of the notice that takes a delivery back.
    pub(super) fn notice_of(&self, delivery: &Id) -> Id {
        self.vault.lookup_id("intrekking", &[delivery])
    }
}

fn is_word(fact: &YouthFact) -> bool {
    matches!(fact, YouthFact::Statement(_) | YouthFact::Voiced { .. })
}

/// Whether a fact takes back what was given, when by this rule it would not be given any more. What ends in its time, a stay,
/// an involvement, a life, takes nothing back: what was given was given rightly. A ground that is gone does, and so does a
/// fact that turns out never to have held.
fn takes_back(fact: &YouthFact, rule: Rule) -> bool {
    match fact {
        YouthFact::Statement(_) | YouthFact::Voiced { .. } => true,
        YouthFact::Recorded(recorded) if recorded.never_held() => true,
        _ => matches!(
            rule,
            Rule::Restricted
                | Rule::ConsentMissing
                | Rule::HearingMissing
                | Rule::SecrecyNotLifted
                | Rule::FeedbackClosed
        ),
    }
}

/// A notice that what was sent is taken back. Its body is the id by which the receiver knows it.
pub(super) fn notice(sent: &DeliveryRow, id: Id, now: i64) -> DeliveryRow {
    DeliveryRow {
        id,
        kind: DeliveryKind::Withdrawal,
        urgent: true,
        state: DeliveryState::Waiting,
        attempts: 0,
        due_at: 0,
        created_at: now,
        reached: Reached::Never,
        sealed: sent.id.to_vec(),
        ..sent.clone()
    }
}
