// SPDX-License-Identifier: EUPL-1.2
//! Anonimiteit: whether a form without a name really hides who it is about (RL-23). Measured, not declared.

use jiff::civil::Date;

use crate::code::closed_list;
use crate::parameters::{GROUP, GROUP_RARE};
use crate::signal::Topic;

/// The group size below which no setting may bring the check (RL-23).
pub const FLOOR: u32 = 5;

closed_list! {
    /// Leeftijdsband: the only age that the anonymous form carries.
    #[doc(alias = "leeftijdsband")]
    pub enum AgeBand as "leeftijdsband" {
        /// 0 to 3.
        Toddler = "0-3",
        /// 4 to 7.
        Young = "4-7",
        /// 8 to 11.
        Middle = "8-11",
        /// 12 to 15.
        Early = "12-15",
        /// 16 and 17.
        Late = "16-17",
        /// 18 to 22.
        Adult = "18-22",
    }
}

impl AgeBand {
    /// The band of an age; None from 23 on.
    pub const fn of(age: u8) -> Option<Self> {
        match age {
            0..=3 => Some(Self::Toddler),
            4..=7 => Some(Self::Young),
            8..=11 => Some(Self::Middle),
            12..=15 => Some(Self::Early),
            16..=17 => Some(Self::Late),
            18..=22 => Some(Self::Adult),
            23.. => None,
        }
    }

    /// The ages in the band: the shell adds up the sending location's pupil counts over these.
    pub const fn ages(self) -> std::ops::RangeInclusive<u8> {
        match self {
            Self::Toddler => 0..=3,
            Self::Young => 4..=7,
            Self::Middle => 8..=11,
            Self::Early => 12..=15,
            Self::Late => 16..=17,
            Self::Adult => 18..=22,
        }
    }
}

/// Whether a youth can hide in a group of this size, given what the signal is about. A count that is not known never
/// hides anybody.
pub fn hides(group_size: Option<u32>, topics: &[Topic], today: Date) -> bool {
    let parameter = if topics.iter().any(|topic| topic.is_rare()) { GROUP_RARE } else { GROUP };
    match (group_size, parameter.on(today)) {
        (Some(size), Some(needed)) => size >= needed.max(FLOOR),
        (None, _) | (_, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// RL-23, row by row.
    #[test]
    fn rl_23_small_groups() {
        let today = date(2026, 11, 22);
        for (size, topics, hidden) in [
            (None, vec![], false),
            (Some(9), vec![Topic::Gedrag], false),
            (Some(10), vec![Topic::Gedrag], true),
            (Some(10), vec![], true),
            (Some(49), vec![Topic::Gedrag, Topic::Rouw], false),
            (Some(50), vec![Topic::Gedrag, Topic::Rouw], true),
            (Some(0), vec![], false),
        ] {
            assert_eq!(hides(size, &topics, today), hidden, "{size:?} {topics:?}");
        }
        assert!(GROUP.values.iter().chain(GROUP_RARE.values).all(|(_, k)| *k >= FLOOR));
    }

    #[test]
    fn every_age_in_scope_has_one_band() {
        for age in 0..=u8::MAX {
            let bands: Vec<_> = AgeBand::ALL.iter().filter(|band| band.ages().contains(&age)).collect();
            assert_eq!(bands, AgeBand::of(age).iter().collect::<Vec<_>>(), "age {age}");
        }
    }
}
