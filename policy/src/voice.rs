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
pub(crate) use standing::{Point, Stand, stand_of};
