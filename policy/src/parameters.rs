// SPDX-License-Identifier: EUPL-1.2
//! Parameters: numbers that a lawgiver may change, each with the day from which it holds. Data, not constants in rules.

use jiff::civil::{Date, date};

/// Parameter: values of one number over time, newest last.
#[doc(alias = "parameter")]
#[derive(Debug, Clone, Copy)]
pub struct Parameter<T: 'static> {
    /// What it is called in the printed table.
    pub name: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// The value from each day on.
    pub values: &'static [(Date, T)],
}

impl<T: Copy> Parameter<T> {
    /// The value on a day; None before the first, which refuses.
    pub fn on(&self, day: Date) -> Option<T> {
        self.values.iter().rev().find(|(since, _)| *since <= day).map(|(_, value)| *value)
    }
}

const START: Date = date(2000, 1, 1);

/// The age at which the scope of the product ends (003-02, 002-28).
pub const UPPER_AGE: Parameter<u8> =
    Parameter { name: "bovengrens leeftijd", source: "003-02, 002-28", values: &[(START, 23)] };

/// Unauthorised hours in four weeks from which absence must be reported (law and practice 2e, RL-30).
pub const ABSENCE_HOURS: Parameter<u16> = Parameter {
    name: "verzuimdrempel in uren per vier weken",
    source: "RL-30, Leerplichtwet 1969 21",
    values: &[(START, 16)],
};

/// Unbroken weeks of absence after which it must be reported (2e: longer than four weeks).
pub const ABSENCE_WEEKS: Parameter<u8> =
    Parameter { name: "verzuimdrempel in weken aaneen", source: "Leerplichtwet 1969 21", values: &[(START, 4)] };

/// Smallest group in which a youth may go without a name (RL-23).
pub const GROUP: Parameter<u32> = Parameter { name: "kleinste groep", source: "RL-23", values: &[(START, 10)] };

/// Smallest group for a rare topic (RL-23).
pub const GROUP_RARE: Parameter<u32> =
    Parameter { name: "kleinste groep bij een zeldzaam onderwerp", source: "RL-23", values: &[(START, 50)] };

/// The age at which RMC ends (002-28). A bill that raises it for vocational education counts from the day it is in force.
pub const RMC_AGE: Parameter<u8> =
    Parameter { name: "bovengrens leeftijd RMC", source: "002-28", values: &[(START, 23)] };

/// Years after which an entry in the index ends at the latest.
pub const INDEX_YEARS: Parameter<u8> =
    Parameter { name: "jaren dat een indexsignaal blijft staan", source: "Jeugdwet 7.1.4.5", values: &[(START, 2)] };

/// Days before 12, 16 and 18 from which somebody asks who will speak then (RL-02).
pub const ASK_AHEAD_DAYS: Parameter<u16> =
    Parameter { name: "dagen vooraf opnieuw vragen", source: "RL-02", values: &[(START, 90)] };

/// Weeks within which an application is decided (004-13).
pub const DECISION_WEEKS: Parameter<u8> =
    Parameter { name: "weken om op een aanvraag te beslissen", source: "004-13, Awb 4:13", values: &[(START, 8)] };

/// Whole calendar months at home without an offer after which the term is broken (003-08, RL-19).
pub const HOME_MONTHS: Parameter<u8> =
    Parameter { name: "maanden thuis zonder aanbod", source: "003-08, RL-19", values: &[(START, 3)] };
