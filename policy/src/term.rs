// SPDX-License-Identifier: EUPL-1.2
//! Termijn: when something is due. Whole days; a term that would end on a day without work ends on the next working day
//! (Algemene termijnenwet 1 and 3).

use jiff::ToSpan;
use jiff::civil::Date;

use crate::calendar::on_working_day;
use crate::moment::{Period, reaches};
use crate::parameters::{ASK_AHEAD_DAYS, DECISION_WEEKS, HOME_MONTHS, INDEX_YEARS, UPPER_AGE};
use crate::youth::{IndexEntry, YouthFacts};

/// The last day to decide on an application (004-13): eight weeks from receipt, school holidays counted. The days of each
/// period in which the applicant completes the file are added (Awb 4:15): from the day after the request to complete until
/// the day on which it is complete. None while such a period is open: there is no last day yet.
pub fn decide_by(received: Date, suspended: &[Period]) -> Option<Date> {
    let weeks = DECISION_WEEKS.on(received)?;
    let mut last = received.checked_add(i64::from(weeks).weeks()).ok()?;
    for period in suspended {
        let days = (period.until? - period.from).get_days();
        last = last.checked_add(i64::from(days.max(0)).days()).ok()?;
    }
    Some(on_working_day(last))
}

/// The day on which sitting at home without an offer has lasted too long (003-08): on completion of three calendar months,
/// so after 89 to 92 days and not on a day by count (RL-19).
pub fn home_too_long(first_day: Date) -> Option<Date> {
    let months = HOME_MONTHS.on(first_day)?;
    first_day.checked_add(i64::from(months).months()).ok()
}

/// The next of 12, 16 and 18 that comes within ninety days, with its day: time to ask who will speak then (RL-02).
pub fn next_own_voice(born: Date, today: Date) -> Option<(u8, Date)> {
    let ahead = i64::from(ASK_AHEAD_DAYS.on(today)?);
    let until = today.checked_add(ahead.days()).ok()?;
    [12, 16, 18]
        .into_iter()
        .filter_map(|age| Some((age, reaches(born, age)?)))
        .find(|(_, day)| today < *day && *day <= until)
}

impl IndexEntry {
    /// Whether the entry stands on the day: not taken out, not two years old, the youth alive and not yet 23.
    pub fn stands_on(&self, youth: &YouthFacts, day: Date) -> bool {
        let years = INDEX_YEARS.on(day).and_then(|years| self.placed.checked_add(i64::from(years).years()).ok());
        let in_time = self.placed <= day && years.is_some_and(|end| day < end);
        let in_age = UPPER_AGE.on(day).is_some_and(|upper| youth.age_on(day) < upper);
        in_time && in_age && youth.deceased.is_none() && self.ended.is_none_or(|ended| day < ended)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// 004-13, Awb 4:15, case 35.
    #[test]
    fn an_application_is_decided_within_eight_weeks() {
        let friday = date(2022, 7, 1);
        let asked = Period { from: date(2022, 7, 9), until: Some(date(2022, 7, 19)) };
        for (received, suspended, due) in [
            (friday, vec![], Some(date(2022, 8, 26))),
            (date(2022, 7, 2), vec![], Some(date(2022, 8, 29))),
            (date(2026, 10, 30), vec![], Some(date(2026, 12, 28))),
            (friday, vec![asked], Some(date(2022, 9, 5))),
            (friday, vec![Period { until: None, ..asked }], None),
            (friday, vec![Period { until: Some(date(2022, 7, 1)), ..asked }], Some(date(2022, 8, 26))),
        ] {
            assert_eq!(decide_by(received, &suspended), due, "{received} {suspended:?}");
        }
    }

    /// RL-19: completed calendar months.
    #[test]
    fn rl_19_three_calendar_months() {
        for (first, broken) in [
            (date(2026, 8, 22), date(2026, 11, 22)),
            (date(2026, 11, 30), date(2027, 2, 28)),
            (date(2023, 11, 30), date(2024, 2, 29)),
            (date(2026, 6, 1), date(2026, 9, 1)),
        ] {
            assert_eq!(home_too_long(first), Some(broken));
        }
    }

    /// RL-02: ninety days ahead, and not on the day itself.
    #[test]
    fn rl_02_somebody_asks_ahead() {
        let born = date(2012, 2, 29);
        for (today, expected) in [
            (date(2023, 11, 30), None),
            (date(2023, 12, 1), Some((12, date(2024, 2, 29)))),
            (date(2024, 2, 28), Some((12, date(2024, 2, 29)))),
            (date(2024, 2, 29), None),
            (date(2030, 2, 28), Some((18, date(2030, 3, 1)))),
        ] {
            assert_eq!(next_own_voice(born, today), expected, "{today}");
        }
    }
}
