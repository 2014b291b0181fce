// SPDX-License-Identifier: EUPL-1.2
//! What a signal says beside its facts, and about whom it says it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sluis_policy::StuckReason;
use sluis_policy::anonymity::AgeBand;

use crate::vault::Id;

/// Over wie: about whom a signal is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "over_wie")]
pub enum AboutWhom {
    /// A pupil, by the school's own key.
    Pupil(String),
    /// The youth of a signal that the sending desk received by name, by the id that it has there. Whoever is no school has no
    /// key of its own for a youth, and nobody is found by name.
    Received(Id),
    /// Nobody.
    Nobody,
}

/// Uitgesteld informeren: why parents and youth are not informed yet, and when to look at that again (RL-13).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[doc(alias = "uitstel")]
pub struct InformLater {
    /// Why, from [`super::POSTPONED_FOR`].
    pub reason: String,
    /// The day to look at it again.
    pub review_on: Date,
}

/// Bijzonderheden: what only some kinds hold. The decision core reads none of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[doc(alias = "bijzonderheden")]
pub struct Besides {
    /// Who applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applicant: Option<Applicant>,
    /// Since when the term of an application runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub received_on: Option<Date>,
    /// The school's reference of the ontwikkelingsperspectief, never its content (004-39).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opp_reference: Option<String>,
    /// How old, in advice that names nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_band: Option<AgeBand>,
    /// The step of the ladder that an escalation has reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<u8>,
    /// Why it is stuck.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<StuckReason>,
}

/// Aanvrager: the citizen who applies.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[doc(alias = "aanvrager")]
pub struct Applicant {
    /// By name: whoever decides has to answer somebody (Awb 4:2).
    pub name: String,
    /// Whether it is the youth in person.
    pub is_the_youth: bool,
}

// INVARIANT: names do not print.
impl std::fmt::Debug for Applicant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Applicant")
    }
}

impl std::fmt::Debug for Besides {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Besides")
    }
}
