// SPDX-License-Identifier: EUPL-1.2
//! Werkdag: which days count as working days: no Saturday, no Sunday, and none of the days that the Algemene termijnenwet names
//! as generally recognised holidays or equates with them (article 3, first and second paragraph).

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The day so many working days later.
pub fn working_days_after(day: Date, days: u8) -> Date {
    let mut due = day;
    for _ in 0..days {
        due = on_working_day(due.saturating_add(1.day()));
    }
    due
}

/// The day itself, or the first working day after it.
pub fn on_working_day(day: Date) -> Date {
    let is_free = |day: Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || is_holiday(day);
    let mut day = day;
    while is_free(day) && day != Date::MAX {
        day = day.saturating_add(1.day());
    }
    day
}

/// Whether article 3 names this day. What a royal decree equates with it for one year (the third paragraph) is not
/// known here.
fn is_holiday(day: Date) -> bool {
    let easter = easter(day.year());
    let after_easter = |days: i64| easter.saturating_add(days.days()) == day;
    let fixed = matches!((day.month(), day.day()), (1, 1) | (5, 5) | (12, 25 | 26));
    // Goede Vrijdag is equated; then Tweede Paasdag, Hemelvaartsdag and Tweede Pinksterdag.
    fixed || kings_day(day.year()) == day || [-2, 1, 39, 50].into_iter().any(after_easter)
}

/// The day on which the birthday of the King is celebrated: 27 April, or the day before where that is a Sunday.
fn kings_day(year: i16) -> Date {
    let birthday = jiff::civil::date(year, 4, 27);
    if birthday.weekday() == Weekday::Sunday { birthday.saturating_sub(1.day()) } else { birthday }
}

/// Easter Sunday, by the computus for the Gregorian calendar: the golden number and the century give the full moon, what
/// the year began on gives the Sunday after it.
fn easter(year: i16) -> Date {
    let whole = i32::from(year);
    let (golden, century, rest) = (whole % 19, whole / 100, whole % 100);
    let moon_shift = (century - (century + 8) / 25 + 1) / 3;
    let moon = (19 * golden + century - century / 4 - moon_shift + 15) % 30;
    let sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7;
    let late = (golden + 11 * moon + 22 * sunday) / 451;
    let sum = moon + sunday - 7 * late + 114;
    let found = i8::try_from(sum / 31).ok().zip(i8::try_from(sum % 31 + 1).ok());
    // Always a day in March or April; were it not, no day would count as Easter and a term would be a day short.
    found.and_then(|(month, day)| Date::new(year, month, day).ok()).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weekends_and_holidays_do_not_count() {
        for (from, days, due) in [
            (date(2026, 11, 20), 0, date(2026, 11, 20)),
            (date(2026, 11, 20), 1, date(2026, 11, 23)),
            (date(2026, 11, 22), 1, date(2026, 11, 23)),
            (date(2026, 11, 23), 5, date(2026, 11, 30)),
            // New Year's Day is a Friday.
            (date(2026, 12, 31), 1, date(2027, 1, 4)),
            (date(2026, 12, 31), 2, date(2027, 1, 5)),
            // From Maundy Thursday over Good Friday and Easter Monday.
            (date(2027, 3, 25), 1, date(2027, 3, 30)),
            // Both Christmas days fall in the week.
            (date(2025, 12, 24), 1, date(2025, 12, 29)),
            // King's day on a Monday and 5 May on a Tuesday, in one stretch of ten.
            (date(2026, 4, 24), 10, date(2026, 5, 12)),
            // Ascension Day on a Thursday counts not, the Friday after it does.
            (date(2026, 5, 13), 1, date(2026, 5, 15)),
            (date(2026, 5, 22), 1, date(2026, 5, 26)),
        ] {
            assert_eq!(working_days_after(from, days), due, "{from} + {days}");
        }
    }

    #[test]
    fn easter_falls_where_the_church_has_it() {
        for (year, month, day) in [
            (1818, 3, 22),
            (1943, 4, 25),
            (1981, 4, 19),
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2019, 4, 21),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2028, 4, 16),
            (2029, 4, 1),
            (2030, 4, 21),
            (2038, 4, 25),
            (2049, 4, 18),
            (2100, 3, 28),
            (2285, 3, 22),
        ] {
            assert_eq!(easter(year), date(year, month, day), "{year}");
        }
        for year in 1583..=4000 {
            assert_eq!(easter(year).weekday(), Weekday::Sunday, "{year}");
        }
    }

    /// Every day that article 3 names, over years in which they fall early, late, together, and the birthday on a Sunday.
    #[test]
    fn each_holiday_of_article_3_is_known_and_no_other_day() {
        for (year, kings, friday, monday, ascension, pentecost) in [
            (2024, (4, 27), (3, 29), (4, 1), (5, 9), (5, 20)),
            (2025, (4, 26), (4, 18), (4, 21), (5, 29), (6, 9)),
            (2026, (4, 27), (4, 3), (4, 6), (5, 14), (5, 25)),
            (2027, (4, 27), (3, 26), (3, 29), (5, 6), (5, 17)),
            (2031, (4, 26), (4, 11), (4, 14), (5, 22), (6, 2)),
            (2036, (4, 26), (4, 11), (4, 14), (5, 22), (6, 2)),
            (2038, (4, 27), (4, 23), (4, 26), (6, 3), (6, 14)),
        ] {
            let named = [(1, 1), (5, 5), (12, 25), (12, 26), kings, friday, monday, ascension, pentecost];
            let mut expected: Vec<Date> = named.iter().map(|(month, day)| date(year, *month, *day)).collect();
            expected.sort();
            let all = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
            assert_eq!(all.filter(|day| is_holiday(*day)).collect::<Vec<_>>(), expected, "{year}");
        }
    }
}
