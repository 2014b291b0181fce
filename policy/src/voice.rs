// SPDX-License-Identifier: EUPL-1.2
//! Uiting: what a youth or representative said about sharing, and which of it stands (RL-01).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::code::closed_list;
use crate::moment::Period;
use crate::organisation::{Desk, Party};
use crate::signal::Purpose;
use crate::youth::PersonRef;

closed_list! {
    /// Soort uiting.
    #[doc(alias = "uiting")]
    pub enum VoiceKind as "uiting" {
        /// A yes.
        Agrees = "akkoord",
        /// A no.
        Objects = "bezwaar",
        /// A yes taken back: counts as a no from its arrival on (AVG 7(3)).
        Withdraws = "intrekking",
    }
}

closed_list! {
    /// Gegevenssoort: the category of data that a statement speaks about.
    #[doc(alias = "gegevenssoort")]
    pub enum DataCategory as "gegevenssoort" {
        /// Who the youth is.
        Identity = "identiteit",
        /// What the worry is.
        Concern = "zorgen",
        /// School, class.
        Schooling = "onderwijs",
        /// Attendance.
        Attendance = "aanwezigheid",
        /// How a case goes on.
        Progress = "voortgang",
    }
}

/// Ontvangerbereik: to whom a statement speaks, from general to named.
#[doc(alias = "ontvangers")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ReceiverScope {
    /// Any receiver.
    Any,
    /// Any organisation's desk of this sort.
    Desk(Desk),
    /// One named party.
    Party(Party),
}

/// Bereik: what a statement is about. None means any.
#[doc(alias = "bereik")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// For which purpose.
    pub purpose: Option<Purpose>,
    /// To whom.
    pub receiver: ReceiverScope,
    /// Which category of data; a statement on two categories is two statements.
    pub category: Option<DataCategory>,
}

/// Uiting: one thing one person said.
#[doc(alias = "uiting")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Random id.
    #[serde(with = "hex::serde")]
    pub id: [u8; 16],
    /// Who spoke.
    pub speaker: PersonRef,
    /// What.
    pub voice: VoiceKind,
    /// About what.
    pub scope: Scope,
    /// When it was said, microseconds since the epoch.
    pub spoken_at: i64,
    /// When it reached the gateway, microseconds since the epoch.
    pub arrived_at: i64,
    /// On which days an agreement holds; an objection starts with it and has no end; a withdrawal does not wait for it.
    pub valid: Period,
    /// On which version of the consent text.
    pub text_version: String,
    /// Whether the speaker said that the other holder of authority agrees too (case 6); counts only under a covenant
    /// that allows it.
    pub speaks_for_other: bool,
    /// Until when a word that is kept at another gateway may be leaned on without asking again, microseconds since the
    /// epoch (RL-27); None for what is kept here. A yes lapses with it, a no does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_until: Option<i64>,
}

/// Toestemming die een beroepsgeheim opheft (RL-04; Jeugdwet 7.3.11, WGBO). A word of its own: never consent as ground, and
/// consent as ground is never this.
#[doc(alias = "opheffing_beroepsgeheim")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecrecyPermission {
    /// Whose secrecy is lifted: one named team.
    pub of: Party,
    /// What was said about it, by whom, towards whom.
    pub statement: Statement,
}

closed_list! {
    /// Beroepsregister of a care professional.
    #[doc(alias = "beroepsregister")]
    pub enum CareRegister as "beroepsregister" {
        /// BIG.
        Big = "big",
        /// SKJ.
        Skj = "skj",
    }
}

/// Onvermogen: a care professional's finding that the youth cannot judge this matter (RL-05). Counts only with an end, and
/// only once the youth has been told.
#[doc(alias = "onvermogen")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incapacity {
    /// In which matter.
    pub scope: Scope,
    /// From when until when; without an end it does not count.
    pub period: Period,
    /// Which party's professional found it.
    pub by: Party,
    /// In which register that professional stands.
    pub register: CareRegister,
    /// When the youth was told.
    pub told_on: Option<Date>,
}

impl Incapacity {
    /// Whether the finding holds on the day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.period.until.is_some() && self.period.contains(day) && self.told_on.is_some_and(|told| told <= day)
    }
}

closed_list! {
    /// Grond waarop hulpverleners onderling zonder de ouders verdergaan (Jeugdwet 7.3.4(2), RL-03).
    #[doc(alias = "hulpverlenersgrond")]
    pub enum HelperGround as "hulpverlenersgrond" {
        /// The youth persists after careful thought.
        Persists = "weloverwogen_wens",
        /// Serious harm threatens without it.
        SeriousHarm = "ernstig_nadeel",
    }
}

/// Bevinding van een hulpverlener (RL-03): why the parents are left out between help-givers, about a youth of 12–15.
#[doc(alias = "bevinding")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelperFinding {
    /// Which help-giver's party recorded it.
    pub by: Party,
    /// Why.
    pub ground: HelperGround,
    /// In which matter.
    pub scope: Scope,
    /// From when until when.
    pub period: Period,
}

/// Vervangende toestemming: a court's yes in the place of one holder of authority (case 5).
#[doc(alias = "vervangende_toestemming")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubstituteConsent {
    /// In whose place.
    pub person: PersonRef,
    /// For what.
    pub scope: Scope,
    /// From when until when.
    pub valid: Period,
    /// The court's reference.
    pub court_reference: String,
}

/// Gehoord: the recorded fact that a youth of 12–15 was heard (RL-02): when, by which party, what was said.
#[doc(alias = "gehoord")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hearing {
    /// The day of the talk.
    pub on: Date,
    /// Which party's professional held it.
    pub by: Party,
    /// What the youth said, as agreement or objection.
    pub said: VoiceKind,
    /// About what.
    pub scope: Scope,
}

mod standing;
pub use standing::closers;
pub(crate) use standing::{Point, Stand, Standing};
