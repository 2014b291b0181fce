// SPDX-License-Identifier: EUPL-1.2
//! Verzoek: one question to the core. It names exactly one receiver: a signal to three parties is three questions.

use crate::moment::Period;
use crate::organisation::{MunicipalityCode, Oin, Party, Role};
use crate::signal::{Action, Purpose, SignalFacts, Thing};
use crate::youth::YouthFacts;

/// Handelende: a professional or machine, authenticated, acting for one party in one role.
#[doc(alias = "handelende")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// For whom.
    pub party: Party,
    /// In which role, from our register.
    pub role: Role,
    /// From when until when that role is held.
    pub role_valid: Period,
    /// The vendor whose certificate was used, under a mandate that the shell has already checked (RL-26).
    pub via: Option<Oin>,
}

/// Verzoek: may this actor do this, for this purpose, towards this receiver?
#[doc(alias = "verzoek")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRequest {
    /// Who asks. At `Dispatch` the original sender.
    pub actor: Actor,
    /// What.
    pub action: Action,
    /// For what purpose. On a signal the signal's own purpose, except for `Answer`: `Casusvoortgang`.
    pub purpose: Purpose,
    /// Who would come to know something: the addressee at `Submit` and `Dispatch`, the sender at `Answer`, the actor's
    /// own party otherwise.
    pub receiver: Party,
    /// At `Submit`: whether a name is asked for. On a stored signal: whether it went to this receiver by name.
    pub named: bool,
    /// What is sent, or what is stored. None on a stored signal means that there is none with that id, and is decided
    /// like one of somebody else.
    pub signal: Option<SignalFacts>,
    /// The school that is asked, at `Ask`.
    pub asked: Option<Party>,
}

impl AccessRequest {
    /// The kind of thing this is about, or None when the signal does not exist.
    pub fn thing(&self) -> Option<Thing> {
        match self.action {
            Action::Submit
            | Action::Dispatch
            | Action::List
            | Action::Read
            | Action::TakeUp
            | Action::Answer
            | Action::Close => self.signal.as_ref().map(|signal| Thing::Signal(signal.kind)),
            Action::RecordVoice | Action::WithdrawVoice => Some(Thing::Voice),
            Action::RegisterYouth => Some(Thing::Youth),
            Action::RegisterAuthority => Some(Thing::Authority),
            Action::Ask => Some(Thing::Attendance),
            Action::ReadDirectory => Some(Thing::Directory),
        }
    }
}

/// Feiten: what the store knew at the moment of the decision. Every absence narrows.
#[doc(alias = "feiten")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The youth; None is «not known here», and is decided like «not yours». At `RegisterYouth`: the youth as it would
    /// be registered.
    pub youth: Option<YouthFacts>,
    /// The municipality whose residents the receiver's desk serves.
    pub receiver_municipality: Option<MunicipalityCode>,
    /// Among how many pupils of the sending location the youth could be any (RL-23): of the same age, or at most of the
    /// same band. None is not known, and refuses.
    pub group_size: Option<u32>,
}
