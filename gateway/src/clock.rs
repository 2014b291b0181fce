// SPDX-License-Identifier: EUPL-1.2
//! What time it is. Everything below the shell is handed a [`Moment`]; this file holds the one call to the system clock.

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Zoned};
use sluis_policy::Moment;

/// A source of the present moment.
///
/// An implementation answers from any thread, without blocking. It need not be monotonic: who must not go back in time
/// (the ledger) takes the maximum with what it last committed.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The present instant, with the date in Amsterdam at that instant.
    fn now(&self) -> Moment;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        // A system clock before 1970 answers 1970: every certificate and token is then not yet valid, so all is refused.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        moment_at(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still until someone sets it: for tests, and for telling a story out of real time.
#[derive(Debug)]
pub struct SettableClock(AtomicI64);

impl SettableClock {
    /// Starts at an instant in microseconds since 1970 (UTC).
    #[must_use]
    pub fn at(instant: i64) -> Self {
        Self(AtomicI64::new(instant))
    }

    /// Starts at an instant written in RFC 3339.
    ///
    /// # Errors
    /// When the text is not an RFC 3339 instant.
    pub fn at_time(written: &str) -> Result<Self, jiff::Error> {
        Ok(Self::at(written.parse::<Timestamp>()?.as_microsecond()))
    }

    /// Goes to another instant, forwards or back.
    pub fn set(&self, instant: i64) {
        self.0.store(instant, Ordering::SeqCst);
    }

    /// Goes forward by so many seconds, or back when negative.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds.saturating_mul(1_000_000), Ordering::SeqCst);
    }
}

impl Clock for SettableClock {
    fn now(&self) -> Moment {
        moment_at(self.0.load(Ordering::SeqCst))
    }
}

/// An instant in microseconds since 1970 (UTC), written in RFC 3339.
#[must_use]
pub fn rfc3339(instant: i64) -> String {
    Timestamp::from_microsecond(instant).unwrap_or(Timestamp::MAX).to_string()
}

/// The moment at an instant in microseconds since 1970 (UTC).
#[must_use]
pub fn moment_at(instant: i64) -> Moment {
    Moment { instant, today: amsterdam_date(instant) }
}

/// The date in Amsterdam at an instant in microseconds since 1970 (UTC). An instant beyond what a calendar holds
/// gives the last or first date there is.
#[must_use]
pub fn amsterdam_date(instant: i64) -> Date {
    in_amsterdam(instant).date()
}

/// When a day begins in Amsterdam, in microseconds since 1970 (UTC); nothing beyond what a calendar holds.
#[must_use]
pub fn midnight(day: Date) -> Option<i64> {
    day.to_zoned(amsterdam()).ok().map(|begins| begins.timestamp().as_microsecond())
}

/// An instant in microseconds since 1970 (UTC) on an Amsterdam clock, with the same limits.
#[must_use]
pub fn in_amsterdam(instant: i64) -> Zoned {
    let timestamp =
        Timestamp::from_microsecond(instant).unwrap_or(if instant < 0 { Timestamp::MIN } else { Timestamp::MAX });
    timestamp.to_zoned(amsterdam())
}

fn amsterdam() -> TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    // The zone comes from the tables inside this program, never from the machine, so it is always found. Were it not,
    // UTC would only shift midnight by an hour or two, and a test below would fail.
    ZONE.get_or_init(|| TimeZoneDatabase::bundled().get("Europe/Amsterdam").unwrap_or(TimeZone::UTC)).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_is_amsterdams_in_winter_and_in_summer() {
        for (instant, date) in [
            ("2026-01-14T22:59:59Z", "2026-01-14"),
            ("2026-01-14T23:00:00Z", "2026-01-15"),
            ("2026-07-14T21:59:59Z", "2026-07-14"),
            ("2026-07-14T22:00:00Z", "2026-07-15"),
        ] {
            let clock = SettableClock::at_time(instant).unwrap();
            assert_eq!(clock.now().today.to_string(), date, "{instant}");
        }
    }

    #[test]
    fn a_day_begins_when_its_date_does() {
        for day in ["2026-01-15", "2026-07-15", "2026-03-29", "2026-10-25"] {
            let begins = midnight(day.parse().unwrap()).unwrap();
            assert_eq!(amsterdam_date(begins).to_string(), day);
            assert_ne!(amsterdam_date(begins - 1).to_string(), day);
        }
    }

    #[test]
    fn an_instant_out_of_range_still_has_a_date() {
        assert_eq!(amsterdam_date(i64::MAX).year(), 9999);
        assert_eq!(amsterdam_date(i64::MIN).year(), -9999);
    }
}
