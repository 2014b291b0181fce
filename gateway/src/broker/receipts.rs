// SPDX-License-Identifier: EUPL-1.2
//! Ontvangstbewijs: what was recorded of a word, shown again to the organisation that recorded it and to nobody else (RL-06).

use sluis_policy::{Action, Actor, AuthorityKind, Party, PersonRef, ReceiverScope, Statement};

use super::registering::own_request;
use super::reply::is_refusal;
use super::telling::{Evidence, Telling, VoiceState};
use super::{Asker, Broker, Disclosure, KnownYouth, Reply, TURNS, Trouble};
use crate::ledger::unit::Unit;
use crate::register::{ConsentText, Organisation};
use crate::vault::Id;

/// A recorded word with everything that proves it.
#[derive(Debug, Clone)]
pub struct VoiceView {
    /// What was said.
    pub statement: Statement,
    /// Whether the youth spoke.
    pub by_youth: bool,
    /// The youth, by the pseudonym of the organisation that recorded it.
    pub pseudonym: String,
    /// How it was recorded.
    pub record: VoiceRecord,
    /// How it stands now.
    pub state: VoiceState,
    /// Since when it stands so, in microseconds.
    pub state_since: i64,
    /// Who recorded it, as the register knows that organisation.
    pub controller: Option<Organisation>,
    /// The organisation that it names as receiver, where it names one.
    pub receiver: Option<Organisation>,
    /// The text that it was said on, where the register still has it.
    pub text: Option<ConsentText>,
}

impl VoiceView {
    /// Who spoke, by the reference from registering authority; nothing is the youth.
    #[must_use]
    pub fn person(&self) -> Option<String> {
        (!self.by_youth).then(|| hex::encode(self.statement.speaker.0))
    }

    /// In which capacity, as a code.
    #[must_use]
    pub fn capacity(&self) -> &'static str {
        self.record.capacity.map_or("jeugdige", AuthorityKind::code)
    }
}

/// How a word was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceRecord {
    /// By whom.
    pub by: Party,
    /// In which capacity the speaker spoke; nothing is the youth.
    pub capacity: Option<AuthorityKind>,
    /// Through which channel.
    pub channel: Option<String>,
    /// What shows it.
    pub evidence: Option<Evidence>,
    /// The statement that it renews or takes back, in hexadecimal.
    pub follows: Option<String>,
}

impl Broker {
    /// Shows what was recorded of a word.
    ///
    /// # Errors
    /// When the record of the look cannot be made durable; then nothing is shown.
    pub async fn read_voice(&self, asker: &Asker, actor: Actor, statement: Id) -> Result<Reply<VoiceView>, Trouble> {
        for _ in 0..TURNS {
            let moment = self.now()?;
            let found = self.found_by_lookup(&self.statement_key(&statement)).await?;
            // INVARIANT: a word that another organisation recorded is decided on like one that is not there.
            let own = found.youth().filter(|youth| {
                youth.telling(&statement).is_some_and(|told| told.by.organisation == actor.party.organisation)
            });
            let facts = self.facts(own, actor.party, None, moment.today);
            let ruling = self.rule(asker, own_request(actor, Action::ReadVoice), &facts, moment)?;
            let (Some(youth), false) = (own, is_refusal(&ruling)) else {
                let Some(reply) = self.refuse_seen(&ruling, found.seen(), Some(statement)).await? else { continue };
                return Ok(reply);
            };
            let (Some(said), Some(telling)) = (youth.statement(&statement), youth.telling(&statement)) else {
                return Err(Trouble::NotRecorded);
            };
            let view = self.view(youth, (said, telling), VoiceState::of(said, youth, moment))?;
            let unit = Unit::record(ruling.record(self, Some(youth), Some(statement))?).reading(youth.read);
            if let Some(receipt) = self.commit(unit).await? {
                return Ok(Reply::Released(Disclosure::release(&[&ruling], &receipt, view)?));
            }
        }
        Err(Trouble::Contended)
    }

    fn view(
        &self,
        youth: &KnownYouth,
        (said, telling): (&Statement, &Telling),
        (state, state_since): (VoiceState, i64),
    ) -> Result<VoiceView, Trouble> {
        let register = self.register.load();
        let organisation = |party: Party| register.organisation(party.organisation).cloned();
        let named = match said.scope.receiver {
            ReceiverScope::Party(party) => organisation(party),
            ReceiverScope::Any | ReceiverScope::Desk(_) => None,
        };
        let PersonRef(own) = youth.facts.youth_person;
        let Telling { by, capacity, channel, evidence, follows, .. } = telling.clone();
        Ok(VoiceView {
            statement: said.clone(),
            by_youth: said.speaker.0 == own,
            pseudonym: self.vault.pseudonym(&youth.keys, telling.by.organisation)?,
            record: VoiceRecord { by, capacity, channel, evidence, follows },
            state,
            state_since,
            controller: organisation(telling.by),
            receiver: named,
            text: register.text(&said.text_version).cloned(),
        })
    }
}
