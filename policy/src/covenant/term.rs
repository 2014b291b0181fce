// SPDX-License-Identifier: EUPL-1.2
//! Termijn: by which day something must have happened, counted as the agreement or the law counts.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::calendar::{on_working_day, working_days_after};
use crate::code::closed_list;

closed_list! {
    /// Termijnsoort: what must have happened when the term ends.
    #[doc(alias = "termijnsoort")]
    pub enum Milestone as "termijn" {
        /// A decision on an application for youth help in education (004-13; Awb 4:13).
        OzaDecision = "oza_besluit",
        /// A fitting offer for a youth who sits at home (003-08).
        FittingOffer = "thuiszitter_aanbod",
        /// A multidisciplinary meeting after a signal (003-07).
        MeetingPlanned = "overleg_gepland",
        /// Somebody runs the case (002-49).
        CaseHolder = "casushouder_belegd",
        /// Somebody guards the process (000-43).
        ProcessHolder = "procesregisseur_aangewezen",
        /// Whether guarding the process is still needed (000-36).
        ProcessReview = "procesregie_herzien",
        /// Feedback to whoever signalled (002-09, 003-13).
        Feedback = "terugkoppeling_gegeven",
    }
}

/// Duur: how long.
#[doc(alias = "duur")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// Days that are neither weekend nor public holiday.
    WorkingDays(u8),
    /// Weeks of seven days; school holidays count (004-13).
    Weeks(u8),
    /// Calendar months, complete (RL-19).
    Months(u8),
}

/// Termijn.
#[doc(alias = "termijn")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// What must have happened.
    pub milestone: Milestone,
    /// Within how long.
    pub within: Length,
    /// When to warn that the end comes near, counted from the start too.
    pub warn: Option<Length>,
}

impl Term {
    /// The last day on which it is still in time.
    ///
    /// A statutory term that would end in a weekend or on a public holiday ends on the next working day (Algemene
    /// termijnenwet 1); the others are not moved.
    pub fn due(&self, start: Date) -> Date {
        let end = self.within.after(start);
        if self.milestone.is_statutory() { on_working_day(end) } else { end }
    }

    /// The day on which to warn.
    pub fn warning(&self, start: Date) -> Option<Date> {
        self.warn.map(|length| length.after(start))
    }
}

impl Milestone {
    /// Whether a statute sets the term, so that a covenant may only shorten it.
    pub const fn is_statutory(self) -> bool {
        matches!(self, Self::OzaDecision)
    }

    /// The longest that the law allows, in weeks (Awb 4:13(2)).
    pub(super) const fn longest(self) -> Option<Length> {
        match self {
            Self::OzaDecision => Some(Length::Weeks(8)),
            Self::FittingOffer
            | Self::MeetingPlanned
            | Self::CaseHolder
            | Self::ProcessHolder
            | Self::ProcessReview
            | Self::Feedback => None,
        }
    }

    /// In words, for the page.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::OzaDecision => "een besluit op een aanvraag voor jeugdhulp in een onderwijs-zorgarrangement",
            Self::FittingOffer => "een passend aanbod voor een jeugdige die thuiszit",
            Self::MeetingPlanned => "een multidisciplinair overleg na een signaal",
            Self::CaseHolder => "iemand die de casus inhoudelijk houdt",
            Self::ProcessHolder => "iemand die het proces bewaakt",
            Self::ProcessReview => "opnieuw bezien of procesregie nog nodig is",
            Self::Feedback => "terugkoppelen aan wie het signaal gaf",
        }
    }
}

impl Length {
    /// The day so much later.
    pub fn after(self, start: Date) -> Date {
        match self {
            Self::WorkingDays(days) => working_days_after(start, days),
            Self::Weeks(weeks) => start.saturating_add(i64::from(weeks).weeks()),
            Self::Months(months) => start.saturating_add(i64::from(months).months()),
        }
    }
}

impl std::fmt::Display for Length {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::WorkingDays(1) => f.write_str("1 werkdag"),
            Self::WorkingDays(days) => write!(f, "{days} werkdagen"),
            Self::Weeks(1) => f.write_str("1 week"),
            Self::Weeks(weeks) => write!(f, "{weeks} weken"),
            Self::Months(1) => f.write_str("1 maand"),
            Self::Months(months) => write!(f, "{months} maanden"),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Case 35 (004-13): eight weeks, summer holidays included; an end in a weekend or on a holiday moves on.
    #[test]
    fn case_35_eight_weeks_run_through_the_holidays() {
        let term = Term { milestone: Milestone::OzaDecision, within: Length::Weeks(8), warn: Some(Length::Weeks(6)) };
        for (start, due) in [
            (date(2022, 7, 1), date(2022, 8, 26)),
            (date(2022, 7, 2), date(2022, 8, 29)),
            // Christmas Day and Boxing Day 2026 are a Friday and a Saturday.
            (date(2026, 10, 30), date(2026, 12, 28)),
            // Ascension Day 2026.
            (date(2026, 3, 19), date(2026, 5, 15)),
            // King's Day 2027 and Whit Monday 2026.
            (date(2027, 3, 2), date(2027, 4, 28)),
            (date(2026, 3, 30), date(2026, 5, 26)),
        ] {
            assert_eq!(term.due(start), due, "{start}");
        }
        assert_eq!(term.warning(date(2022, 7, 1)), Some(date(2022, 8, 12)));
    }

    /// Case 60 (003-08, RL-19): on completion of three calendar months, whatever their length, weekend or not.
    #[test]
    fn case_60_three_calendar_months() {
        let term = Term { milestone: Milestone::FittingOffer, within: Length::Months(3), warn: None };
        for (start, due) in [
            (date(2026, 9, 1), date(2026, 12, 1)),
            (date(2025, 11, 30), date(2026, 2, 28)),
            (date(2026, 8, 19), date(2026, 11, 19)),
            (date(2026, 2, 22), date(2026, 5, 22)),
        ] {
            assert_eq!(term.due(start), due, "{start}");
        }
        assert_eq!(term.warning(date(2026, 9, 1)), None);
    }

    #[test]
    fn working_days_pass_over_weekends_and_holidays() {
        let five = Length::WorkingDays(5);
        assert_eq!(five.after(date(2026, 11, 23)), date(2026, 11, 30));
        // Good Friday and Easter Monday 2026.
        assert_eq!(five.after(date(2026, 4, 2)), date(2026, 4, 13));
        assert_eq!(five.to_string(), "5 werkdagen");
    }
}
