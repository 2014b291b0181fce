// SPDX-License-Identifier: EUPL-1.2
//! Rij: one line of what a covenant's parties agreed, and the key that carries it.

use std::fmt;
use std::str::FromStr;

/// How many rows each source has: the five covenants, the roles and the rulings.
const SOURCES: [(&str, u8); 7] =
    [("000", 52), ("001", 17), ("002", 60), ("003", 28), ("004", 44), ("ROL", 36), ("RL", 31)];

/// Rij: a row of a covenant (`000-15`), a role (`ROL-09`) or a ruling (`RL-11`).
#[doc(alias = "rij")]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row(String);

/// A text that is not one of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such row")]
pub struct RowError;

impl Row {
    /// Every row of the five covenants, in their order.
    pub fn of_covenants() -> impl Iterator<Item = Self> {
        let covenants = SOURCES.iter().take(5);
        covenants.flat_map(|(source, last)| (1..=*last).map(move |number| Self(format!("{source}-{number:02}"))))
    }

    /// Every role of the covenants.
    pub fn of_roles() -> impl Iterator<Item = Self> {
        (1..=36).map(|number| Self(format!("ROL-{number:02}")))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Row {
    type Err = RowError;

    fn from_str(text: &str) -> Result<Self, RowError> {
        let (source, number) = text.rsplit_once('-').ok_or(RowError)?;
        let last = SOURCES.iter().find(|(name, _)| *name == source).ok_or(RowError)?.1;
        let exact = number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit());
        let within = number.parse::<u8>().is_ok_and(|number| (1..=last).contains(&number));
        if exact && within { Ok(Self(text.to_owned())) } else { Err(RowError) }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Bepaling: one key of a covenant's file with the rows that it carries.
#[doc(alias = "bepaling")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The key, such as `route[1].naar.toegang`.
    pub key: String,
    /// The rows.
    pub rows: Vec<Row>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_201_rows_and_36_roles() {
        assert_eq!(Row::of_covenants().count(), 201);
        assert_eq!(Row::of_roles().count(), 36);
        for row in Row::of_covenants().chain(Row::of_roles()) {
            assert_eq!(row.as_str().parse(), Ok(row.clone()));
        }
        for wrong in ["000-53", "000-00", "000-1", "005-01", "RL-32", "000", "000-+1", "ROL-37", ""] {
            assert_eq!(wrong.parse::<Row>(), Err(RowError), "{wrong}");
        }
    }
}
