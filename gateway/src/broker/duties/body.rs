// SPDX-License-Identifier: EUPL-1.2
//! What is kept of a duty besides its row: who took it up, why it waits, who was told and to whom it was released. Never what
//! was said.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sluis_policy::{PersonRef, Rule};

use super::super::sealing::{open_json, seal_json};
use super::super::{InformLater, Ruling};
use super::escalating::Silence;
use super::working::withholds;
use crate::vault::{Id, Place, RetentionClass, Unsealable, Vault, YouthKeys};

/// Inhoud van een verplichting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[doc(alias = "verplichting")]
pub(crate) struct DutyBody {
    /// The professional whose deed it follows from, by the id that their organisation gave them.
    pub(super) author: Option<String>,
    /// The professional who has it.
    pub(super) holder: Option<String>,
    /// The rule that it follows from.
    pub(super) rule: Option<Rule>,
    /// Why it waits, and since when.
    pub(super) postponed: Option<Postponement>,
    /// Whether somebody said that the home is not safe, or that the youth asked for silence. Only stays or begins: no date ends it
    /// (RL-13).
    pub(super) silent: bool,
    /// To whom it was released.
    pub(super) released: Vec<Release>,
    /// Who was told, or asked, or why not.
    pub(super) heard: Vec<Heard>,
    /// How it ended.
    pub(super) done: Option<Ending>,
    /// What was not done elsewhere, where this is heard about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) silence: Option<Silence>,
}

/// Uitstel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[doc(alias = "uitstel")]
pub struct Postponement {
    /// Why, as a code.
    pub reason: String,
    /// By when it was due before.
    pub was_due_on: String,
}

/// Vrijgave: this one person may come to know it (RL-13).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[doc(alias = "vrijgave")]
pub(crate) struct Release {
    /// Who.
    pub(super) person: PersonRef,
    /// Since when, in microseconds.
    pub(super) at: i64,
    /// Why it is safe for this person, as a code, where that was weighed.
    pub(super) weighed: Option<String>,
}

/// Gehoord: how one person was told or asked, or why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[doc(alias = "gehoord")]
pub struct Heard {
    /// Who.
    pub person: PersonRef,
    /// How it went.
    pub how: Telling,
}

/// How one person was told or asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Telling {
    /// It happened.
    Told {
        /// On which day.
        on: Date,
        /// Through which channel, as a code.
        channel: String,
    },
    /// It did not and will not.
    Not {
        /// Why, as a code.
        reason: String,
    },
}

/// Einde van een verplichting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// On which day it was done.
    pub on: Date,
    /// What came of it, as a code; nothing where the people who heard say it.
    pub outcome: Option<String>,
}

impl DutyBody {
    /// What follows from a ruling: whose deed it was, and, where that is the one who must do it, who has it.
    pub(in super::super) fn born(ruling: &Ruling, by_the_author: bool) -> Self {
        let author = ruling.professional().map(str::to_owned);
        let holder = author.clone().filter(|_| by_the_author);
        Self { author, holder, rule: Some(ruling.decision.rule()), ..Self::default() }
    }

    /// What follows for a desk from what was done at another.
    pub(in super::super) fn of_another(ruling: &Ruling) -> Self {
        Self { rule: Some(ruling.decision.rule()), ..Self::default() }
    }

    /// The same, waiting from the start.
    pub(in super::super) fn waiting(self, later: &InformLater, was_due_on: Date) -> Self {
        let postponed = Postponement { reason: later.reason.clone(), was_due_on: was_due_on.to_string() };
        Self { silent: self.silent || withholds(&later.reason), postponed: Some(postponed), ..self }
    }

    pub(in super::super) fn seal(&self, keys: &YouthKeys, duty: &Id) -> Result<Vec<u8>, Unsealable> {
        seal_json(keys, RetentionClass::Delivery, place(duty), self)
    }

    pub(super) fn open(sealed: &[u8], keys: &YouthKeys, duty: &Id) -> Result<Self, Unsealable> {
        open_json(keys, RetentionClass::Delivery, place(duty), sealed)
    }

    /// Of a duty whose youth was erased: what was kept went with the youth, and what is kept from then on is about nobody (RL-24).
    pub(super) fn seal_of_nobody(&self, vault: &Vault, duty: &Id) -> Result<Vec<u8>, Unsealable> {
        vault.seal_own(place(duty), &serde_json::to_vec(self).map_err(|_| Unsealable)?)
    }

    pub(super) fn open_of_nobody(sealed: &[u8], vault: &Vault, duty: &Id) -> Result<Self, Unsealable> {
        if sealed.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(&vault.open_own(place(duty), sealed)?).map_err(|_| Unsealable)
    }
}

fn place(duty: &Id) -> Place<'_> {
    Place { table: "obligation", column: "sealed", row: duty }
}
