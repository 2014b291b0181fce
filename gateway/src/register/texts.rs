// SPDX-License-Identifier: EUPL-1.2
//! Toestemmingsteksten: the texts that are put before parents and youths, each with its version. A yes counts only on a text
//! that stands here, so that whoever must prove it can show what was asked (AVG 7(1), 7(2)).

use std::collections::BTreeMap;

use jiff::civil::Date;
use sluis_policy::Period;

use super::reading::period;
use crate::document::{Section, text};

/// Toestemmingstekst: one version of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[doc(alias = "toestemmingstekst")]
pub struct ConsentText {
    /// By which it is named.
    pub version: String,
    /// In which language it is, as a tag of BCP 47.
    pub language: String,
    /// On which days it may be put before somebody.
    pub period: Period,
    /// Where the whole explanation stands, for whoever wants to read it again.
    pub notice: String,
    /// How long what is agreed to is kept, in the words of the text.
    pub retention: String,
    /// Where it is kept, in the words of the text.
    pub storage: String,
    /// How it is taken back, in the words of the text.
    pub withdrawal: String,
}

impl ConsentText {
    /// Whether it was in use on the day.
    #[must_use]
    pub fn was_in_use_on(&self, day: Date) -> bool {
        self.period.contains(day)
    }
}

pub(super) fn read(root: &mut Section<'_>) -> BTreeMap<String, ConsentText> {
    let mut known = BTreeMap::new();
    for mut section in root.sections("consent_text") {
        let version = section.required("version", text);
        let language = section.required("language", text);
        let notice = section.required("notice", text);
        let retention = section.required("retention", text);
        let storage = section.required("storage", text);
        let withdrawal = section.required("withdrawal", text);
        let period = period(&mut section);
        let whole = || {
            Some(ConsentText {
                version: version?,
                language: language?,
                period: period?,
                notice: notice?,
                retention: retention?,
                storage: storage?,
                withdrawal: withdrawal?,
            })
        };
        let Some(whole) = whole() else { continue };
        if known.contains_key(&whole.version) {
            section.fault("version", "is given to two texts");
            continue;
        }
        known.insert(whole.version.clone(), whole);
    }
    known
}
