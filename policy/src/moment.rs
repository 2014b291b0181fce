// SPDX-License-Identifier: EUPL-1.2
//! Moment: the time handed in by the shell, periods in whole days, and ages.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Moment: now, as the shell knows it. The core reads no clock.
#[doc(alias = "tijdstip")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Microseconds since the Unix epoch, UTC.
    pub instant: i64,
    /// The calendar date at that instant in Europe/Amsterdam.
    pub today: Date,
}

/// Periode: whole days from `from` up to, and not including, `until`; «ended at midnight».
#[doc(alias = "periode")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The first day after; None is open-ended.
    pub until: Option<Date>,
}

impl Period {
    /// A period without an end.
    pub const fn since(from: Date) -> Self {
        Self { from, until: None }
    }

    /// Whether the day falls inside. A period that ends before it starts holds no day.
    pub fn contains(&self, day: Date) -> bool {
        self.has_begun(day) && self.until.is_none_or(|until| day < until)
    }

    /// Whether the period has begun on the day, ended or not.
    pub fn has_begun(&self, day: Date) -> bool {
        self.from <= day
    }
}

/// Leeftijd: full years lived on a day. Someone born on 29 February turns a year older on 1 March in other years
/// (design, section 9).
///
/// Before the birth the answer is 0; whoever must tell that apart compares the dates.
pub fn age_on(born: Date, day: Date) -> u8 {
    let years = i32::from(day.year()) - i32::from(born.year());
    let had_birthday = (day.month(), day.day()) >= (born.month(), born.day());
    let age = if had_birthday { years } else { years - 1 };
    u8::try_from(age.clamp(0, i32::from(u8::MAX))).unwrap_or(u8::MAX)
}

/// The day on which someone reaches an age: the birthday, 1 March for a birthday that the year does not have.
///
/// None only where the calendar ends.
pub fn reaches(born: Date, age: u8) -> Option<Date> {
    let year = born.year().checked_add(i16::from(age))?;
    Date::new(year, born.month(), born.day()).or_else(|_| Date::new(year, 3, 1)).ok()
}
