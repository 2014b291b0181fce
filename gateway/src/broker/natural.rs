// SPDX-License-Identifier: EUPL-1.2
//! Natural keys: what makes two requests one, whatever Idempotency-Keys they came with (design, section 9).
//!
//! | what is written | is the same when | for |
//! | --- | --- | --- |
//! | a pupil | school and pupil key are; and a person, when name, birth date and postcode are | ever |
//! | a statement | school, youth, speaker, word, scope, moment of speaking, days and text are | ever |
//! | a report of absence | sender, youth and every word of it are, whoever or whatever sent it | the day |
//! | another signal | that, and the professional is the same | the day, while the first stands |
//! | what is about nobody | never: there is nobody whom it could be about twice | |
//! | a report about safety | never: a second one is meant, because a lost one harms someone | |
//! | authority | never: two parents are the same in every word, and one of them is not the other | |
//! | taking back | it always leads to the statement taken back, and doing it again stops what came in between | |
//!
//! The first signal stands while nothing of it was stopped, given up, taken back or closed by its receiver, and while each
//! receiver would get it in the same form now. Otherwise whoever sends it again has a reason, and it goes through.
//!
//! INVARIANT: the sender's organisation is in every key, so one school never meets another's report; and a key is a keyed
//! hash, because a plain one of a report is that report.

use sluis_policy::{Action, Actor, PersonRef, SignalKind};
use zeroize::Zeroizing;

use super::handling::{signal_read, steps};
use super::{Asker, Broker, KnownYouth, NewSignal, NewVoice, Once, Reply, Ruling, SignalView, Trouble};
use crate::ledger::sweep::ONE_DAY;
use crate::ledger::unit::{Claim, DeliveryKind, DeliveryState, Read, Unit};
use crate::vault::{Id, Unsealable};

/// How often on one day the same may be sent again because the first did not stand. Whatever comes after that goes
/// through, without protection against being sent twice.
const AGAIN_A_DAY: u8 = 8;

/// Evenbeeld: whether the same report is there already.
#[derive(Debug)]
#[doc(alias = "evenbeeld")]
pub(super) enum Twin {
    /// It is, and stands, as read at this version.
    Stands(Id, Read),
    /// It is not; this key is for whoever places it, where the kind has one.
    None(Option<[u8; 32]>),
}

impl Broker {
    /// Looks for the same report of the same day.
    pub(super) async fn twin(
        &self,
        (asker, actor): (&Asker, Actor),
        new: &NewSignal,
        youth: Id,
        rulings: &[Ruling],
    ) -> Result<Twin, Trouble> {
        let alike = new.facts.kind != SignalKind::Veiligheid && new.facts.kind.reads_a_youth();
        let Some(first) = rulings.first().filter(|_| alike) else {
            return Ok(Twin::None(None));
        };
        let substance = substance(new, asker)?;
        let day = first.moment.today.to_string();
        let sender = actor.party.organisation;
        for time in 0..AGAIN_A_DAY {
            let parts = [sender.as_str().as_bytes(), &youth, day.as_bytes(), &[time], &substance];
            let key = self.vault.lookup(ONE_DAY, &parts);
            let Some(claimed) = self.store.claimed(&key).await? else { return Ok(Twin::None(Some(key))) };
            if let Some(read) = self.stands(actor, claimed.resource, rulings).await? {
                return Ok(Twin::Stands(claimed.resource, read));
            }
        }
        Ok(Twin::None(None))
    }

    /// The version at which a signal stands as its sender would send it now; nothing when it does not.
    async fn stands(&self, actor: Actor, signal: Id, rulings: &[Ruling]) -> Result<Option<Read>, Trouble> {
        let looked = self.look_up(signal, &[actor]).await?;
        let Some(looked) = looked.filter(|looked| looked.delivery.is_none()) else { return Ok(None) };
        let now = |ruling: &Ruling| (ruling.request.receiver, ruling.permit().map(sluis_policy::Permit::form));
        let then: Vec<_> = looked.body.outcomes.iter().map(|outcome| (outcome.receiver, outcome.form)).collect();
        let as_then = then.len() == rulings.len() && rulings.iter().all(|ruling| then.contains(&now(ruling)));
        let under_way = looked.course.deliveries.iter().all(|row| match row.kind {
            DeliveryKind::Signal => !row.state.is_held_back() && row.state != DeliveryState::Failed,
            DeliveryKind::Withdrawal => row.state.is_held_back(),
            DeliveryKind::Feedback => true,
        });
        let closed = steps(&looked)?.iter().any(|step| step.step == Action::Close);
        Ok((as_then && under_way && !closed).then(|| signal_read(signal, looked.read.version)))
    }

    /// The same report once more, under another key: decided and recorded again, and nothing is made. `None` when
    /// something moved: go round again.
    pub(super) async fn meet_again(
        &self,
        (asker, actor): (&Asker, Actor),
        (youth, rulings): (&KnownYouth, &[Ruling]),
        (signal, read): (Id, Read),
        once: &Once,
    ) -> Result<Option<Reply<SignalView>>, Trouble> {
        let Some(first) = rulings.first() else { return Err(Trouble::NotRecorded) };
        let mut unit = Unit::default().reading(youth.read).reading(read);
        unit = unit.claiming(once.claim(signal, first.moment.instant));
        for ruling in rulings {
            unit = unit.and_record(ruling.record_reading(self, youth, signal, vec![youth.read, read])?);
        }
        if self.commit(unit).await?.is_none() {
            return Ok(None);
        }
        self.follow(asker, actor, signal).await.map(Some).map_err(Trouble::unshown)
    }

    /// The natural key of a statement of this speaker.
    ///
    /// # Errors
    /// Never, as long as what is said can be written as JSON.
    pub(super) fn same_statement(
        &self,
        actor: Actor,
        youth: Id,
        new: &NewVoice,
        speaker: PersonRef,
    ) -> Result<[u8; 32], Unsealable> {
        let said = (speaker, new.voice, new.scope, new.valid, new.spoken_at, &new.text_version);
        let mut said = serde_json::to_vec(&said).map_err(|_| Unsealable)?;
        if new.speaks_for_other {
            said.extend_from_slice(b"mede namens");
        }
        // Confirmed anew, it is a new word with a lease of its own (RL-27).
        if let Some(confirmed_at) = new.confirmed_at {
            said.extend_from_slice(&confirmed_at.to_be_bytes());
        }
        Ok(self.vault.lookup("uiting_eens", &[actor.party.organisation.as_str().as_bytes(), &youth, &said]))
    }
}

/// Every word of a report, in an order that does not depend on how it was written down.
fn substance(new: &NewSignal, asker: &Asker) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
    let mut facts = new.facts.clone();
    facts.receivers.sort_unstable();
    facts.topics.sort_unstable();
    facts.gates.sort_unstable();
    // An absence is the same whoever noticed it; two teachers with one worry are two worries.
    let professional = match new.facts.absence {
        Some(_) => None,
        None => Some(&asker.professional),
    };
    let number = new.number.as_ref().map(sluis_policy::Bsn::expose);
    let told = (&new.description, &new.discussed_on, &new.contact, &new.location, &new.besides, &new.inform_later);
    let written = serde_json::to_vec(&(facts, new.named, number, told, professional)).map_err(|_| Unsealable)?;
    Ok(Zeroizing::new(written))
}

/// A claim that holds for the day.
pub(super) fn of_today(key: [u8; 32], signal: Id, made_at: i64) -> Claim {
    Claim::by_nature(ONE_DAY, key, signal, made_at)
}

/// A claim that holds for as long as the statement is kept.
pub(super) fn of_statement(key: [u8; 32], statement: Id, made_at: i64) -> Claim {
    Claim::by_nature("uiting_eens", key, statement, made_at)
}
