// SPDX-License-Identifier: EUPL-1.2
//! Verzoek: one question to the core. It names exactly one receiver: a signal to three parties is three questions.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::action::{Action, Thing};
use crate::decision::DutyFacts;
use crate::fact::FactKind;
use crate::ground::ClaimedGround;
use crate::moment::Period;
use crate::organisation::{MunicipalityCode, Oin, Party, Role};
use crate::signal::{Purpose, SignalFacts};
use crate::voice::CareRegister;
use crate::youth::{PersonRef, YouthFacts};

/// Handelende: a professional or machine, authenticated, acting for one party in one role.
#[doc(alias = "handelende")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
///
/// Kept for years with the record of its decision, so that it can be put again (promise 5).
#[doc(alias = "verzoek")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// The school that is asked, at `Ask`; whose contact card is asked for, at `ReadMatch`.
    pub asked: Option<Party>,
    /// What the actor brings along.
    pub backing: Backing,
}

/// Onderbouwing: what an actor brings along besides the request itself. Nothing of it is taken for granted; what is missing
/// refuses.
#[doc(alias = "onderbouwing")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Backing {
    /// The ground that the actor claims. The core finds the ground by itself; a claim that does not fit refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed: Option<ClaimedGround>,
    /// As whom a citizen acts; the login has shown it, and authority is read from the facts (RL-05).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citizen: Option<PersonRef>,
    /// Whose voice is recorded, where the speaker records it (RL-29).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speaker: Option<PersonRef>,
    /// Who joins in a citizen's request (case 51).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<PersonRef>,
    /// Whether a reason was recorded.
    pub reasoned: bool,
    /// What kind of fact is recorded, at `RecordFact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<FactKind>,
    /// In which care register the actor stands, as our own register knows; only there can an incapacity come from (RL-05).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub care_register: Option<CareRegister>,
    /// A second person beforehand (RL-09), whom the shell has shown to be somebody else than the actor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<Actor>,
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
            | Action::Close
            | Action::Retract => self.signal.as_ref().map(|signal| Thing::Signal(signal.kind)),
            Action::RecordVoice | Action::WithdrawVoice | Action::ReadVoice => Some(Thing::Voice),
            Action::ReadDuty | Action::WorkDuty | Action::ReleaseTo => Some(Thing::Duty),
            Action::RecordFact => self.backing.fact.map(Thing::Fact),
            Action::RegisterYouth => Some(Thing::Youth),
            Action::RegisterAuthority => Some(Thing::Authority),
            Action::Ask => Some(Thing::Attendance),
            Action::ReadDirectory => Some(Thing::Directory),
            Action::ReadMatch => Some(Thing::Match),
            Action::Object => Some(Thing::Objection),
            Action::BreakGlass | Action::Erase => Some(Thing::Youth),
            Action::PublishPolicy => Some(Thing::Policy),
            Action::Inspect
            | Action::SearchLog
            | Action::NameProfessional
            | Action::MonitorStaff
            | Action::Reidentify
            | Action::ExportLog => Some(Thing::Log),
        }
    }
}

/// Feiten: what the store knew at the moment of the decision. Every absence narrows.
#[doc(alias = "feiten")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// The youth; None is «not known here», and is decided like «not yours». At `RegisterYouth`: the youth as it would
    /// be registered.
    ///
    /// Never kept with a record: a youth's facts lie with the youth, in versions, and go when their keys go.
    #[serde(skip)]
    pub youth: Option<YouthFacts>,
    /// The municipality whose residents the receiver's desk serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver_municipality: Option<MunicipalityCode>,
    /// Among how many pupils of the sending location the youth could be any (RL-23): of the same age, or at most of the
    /// same band. None is not known, and refuses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_size: Option<u32>,
    /// The municipality where the sending school stands (002-05).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school_municipality: Option<MunicipalityCode>,
    /// On which days the actor is appointed to report to the index (case 40).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reporter: Option<Period>,
    /// Whether the organisation whose contact card is asked for is flagged as sensitive, or is Veilig Thuis or police
    /// (RL-16). None was not looked up, and counts as sensitive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_sensitive: Option<bool>,
    /// From whom the record that would be shown is kept hidden, while a person keeps it so (RL-14). None was not looked up,
    /// and hides it from everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden_from: Option<Vec<PersonRef>>,
    /// The duty that is asked about; None is «there is none», and is decided like «not yours».
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duty: Option<DutyFacts>,
    /// Since when the works council agrees to questions about staff (RL-21).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub works_council_since: Option<Date>,
}
