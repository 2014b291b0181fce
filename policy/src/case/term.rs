// SPDX-License-Identifier: EUPL-1.2
//! `[[termijn]]`: a question of time: when is something due, or over?

use jiff::civil::Date;

use super::youth::period;
use crate::code::closed_list;
use crate::document::{Section, filled, parsed};
use crate::moment::Period;
use crate::term::{decide_by, home_too_long, next_own_voice};

closed_list! {
    /// Termijnsoort: what is asked of the calendar.
    #[doc(alias = "termijnsoort")]
    pub enum TermKind as "termijnsoort" {
        /// The last day to decide on an application (004-13).
        Decide = "beslissen",
        /// The day on which sitting at home without an offer has lasted too long (003-08).
        Home = "thuis_zonder_aanbod",
        /// The next birthday after which another speaks (RL-02).
        OwnVoice = "eigen_stem",
    }
}

/// Termijnvraag: one question of time, with the day that should come of it.
#[doc(alias = "termijnvraag")]
#[derive(Debug, Clone)]
pub struct TermQuestion {
    /// What should come of it, in words.
    pub sentence: String,
    kind: TermKind,
    born: Date,
    from: Date,
    suspended: Vec<Period>,
    /// The day that should come of it; none where there is no such day.
    pub expected: Option<Date>,
}

impl TermQuestion {
    /// The day.
    pub fn day(&self) -> Option<Date> {
        match self.kind {
            TermKind::Decide => decide_by(self.from, &self.suspended),
            TermKind::Home => home_too_long(self.from),
            TermKind::OwnVoice => next_own_voice(self.born, self.from).map(|(_, day)| day),
        }
    }
}

/// Reads the section to its end, whatever is wrong with it.
pub(super) fn read(section: &mut Section<'_>, born: Date) -> Option<TermQuestion> {
    let (sentence, kind) = (section.required("zin", filled), section.required("soort", parsed));
    let (from, expected) = (section.required("van", parsed), section.optional("uiterlijk", parsed));
    let suspended = section.sections("opgeschort").iter_mut().filter_map(period).collect();
    Some(TermQuestion { sentence: sentence?, kind: kind?, born, from: from?, suspended, expected })
}
