// SPDX-License-Identifier: EUPL-1.2
//! Questions that an officer need not think up: saved ones, asked as a search and recorded as one. What watches how people
//! work is another act, which their works council must have agreed to (RL-21).

use std::collections::BTreeSet;

use jiff::civil::Weekday;
use sluis_policy::{Action, Duty, Oin, RecordClass, Rule};

use super::log_query::Facets;
use super::{Broker, LogQuery, Trouble};
use crate::clock::in_amsterdam;
use crate::ledger::entry::REFUSED;

/// How many overrides that wait are looked up at most, the latest first.
const MOST_WAITING: i64 = 10_000;

/// What is looking at something of a youth, and not doing something with it.
const LOOKS: [Action; 6] =
    [Action::Read, Action::Ask, Action::ReadVoice, Action::ReadDuty, Action::ReadMatch, Action::BreakGlass];

/// The rules that refuse somebody because the youth, signal or duty is none of theirs. It is answered like what does not
/// exist, so that a mistyped id is among them.
const NOT_THEIRS: [Rule; 3] = [Rule::NotFound, Rule::OtherMunicipality, Rule::OtherSchool];

/// The hours of a working day, on an Amsterdam clock: from the first, before the second.
const WORKING_HOURS: (i8, i8) = (7, 19);

/// Bewaarde vraag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(alias = "bewaarde vraag")]
pub enum SavedQuestion {
    /// Who looked, or wished to, where there is no involvement.
    WithoutInvolvement,
    /// Which overrides nobody looked back on yet (RL-09).
    OverridesToReview,
    /// What staff of the own controller did outside working hours (RL-21).
    OutsideHours,
}

impl SavedQuestion {
    /// All of them, as a form shows them.
    pub const ALL: [Self; 3] = [Self::WithoutInvolvement, Self::OverridesToReview, Self::OutsideHours];

    /// The stable word for forms and records.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WithoutInvolvement => "zonder_betrokkenheid",
            Self::OverridesToReview => "wacht_op_toetsing",
            Self::OutsideHours => "buiten_werktijd",
        }
    }

    /// Reads a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.code() == code)
    }

    /// Whether it watches how people work.
    const fn watches_staff(self) -> bool {
        matches!(self, Self::OutsideHours)
    }

    /// Whether a record belongs to the answer, as far as it says so itself. Which overrides wait stands elsewhere.
    pub(super) fn fits(self, facets: &Facets, at: i64) -> bool {
        facets.own
            && match self {
                Self::WithoutInvolvement => {
                    let refused = facets.kind == REFUSED && NOT_THEIRS.iter().any(|rule| rule.id() == facets.rule);
                    let looked = LOOKS.iter().any(|action| action.code() == facets.action);
                    looked && (refused || is_override(facets))
                }
                Self::OverridesToReview => is_override(facets),
                // What leaves by itself at night is nobody's work.
                Self::OutsideHours => facets.action != Action::Dispatch.code() && outside_hours(at),
            }
    }
}

impl LogQuery {
    /// What asking this is: a search, or watching how people work.
    pub(super) fn action(&self) -> Action {
        match self.saved {
            Some(saved) if saved.watches_staff() => Action::MonitorStaff,
            _ => Action::SearchLog,
        }
    }
}

impl Broker {
    /// The instants to which a question is bound beside what its records say: those of the overrides that wait for another to
    /// look back. A duty and the record that it follows from are of one instant.
    pub(super) async fn bound_to(&self, query: &LogQuery, owner: Oin) -> Result<Option<BTreeSet<i64>>, Trouble> {
        if query.saved != Some(SavedQuestion::OverridesToReview) {
            return Ok(None);
        }
        let waiting = self.store.waiting_since(owner, Duty::Review, MOST_WAITING).await?;
        Ok(Some(waiting.into_iter().collect()))
    }
}

fn is_override(facets: &Facets) -> bool {
    facets.class == RecordClass::Override.code()
}

/// At the weekend, or before or after the hours of a working day. Holidays are working days here.
fn outside_hours(at: i64) -> bool {
    let local = in_amsterdam(at);
    let (first, last) = WORKING_HOURS;
    matches!(local.weekday(), Weekday::Saturday | Weekday::Sunday) || local.hour() < first || local.hour() >= last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, SettableClock};

    /// RL-21: a working day is one on an Amsterdam clock, in winter and in summer.
    #[test]
    fn rl_21_a_working_day_is_one_in_amsterdam() {
        for (time, outside) in [
            ("2026-11-23T05:59:59Z", true),
            ("2026-11-23T06:00:00Z", false),
            ("2026-11-23T17:59:59Z", false),
            ("2026-11-23T18:00:00Z", true),
            ("2026-07-13T05:00:00Z", false),
            ("2026-07-13T17:00:00Z", true),
            ("2026-11-22T12:00:00Z", true),
        ] {
            let at = SettableClock::at_time(time).unwrap().now().instant;
            assert_eq!(outside_hours(at), outside, "{time}");
        }
    }

    #[test]
    fn rl_21_only_what_watches_people_is_another_act_than_a_search() {
        for question in SavedQuestion::ALL {
            assert_eq!(SavedQuestion::from_code(question.code()), Some(question));
            let query = LogQuery { saved: Some(question), ..LogQuery::default() };
            let watches = question == SavedQuestion::OutsideHours;
            assert_eq!(query.action() == Action::MonitorStaff, watches, "{question:?}");
        }
        assert_eq!(LogQuery::default().action(), Action::SearchLog);
        assert_eq!(SavedQuestion::from_code("naamgenoten"), None);
    }
}
