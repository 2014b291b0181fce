// SPDX-License-Identifier: EUPL-1.2
//! Text about a person, which never prints itself.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Persoonsgegeven: text that identifies or describes someone. It travels in a message like any string, but `Debug`
/// shows only that it is there, so that no log line or panic carries it (promise 10).
#[doc(alias = "persoonsgegeven")]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Personal(String);

impl Personal {
    /// Wraps text about a person.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for whoever may show it. Never for a log, an error, a URL or a metric.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Personal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[personal]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p10_debug_never_shows_the_text() {
        let number = Personal::new("999990019");
        assert_eq!(format!("{number:?} {:?}", Some(&number)), "[personal] Some([personal])");
        assert_eq!(serde_json::to_string(&number).unwrap(), r#""999990019""#);
    }
}
