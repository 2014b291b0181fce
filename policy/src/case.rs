// SPDX-License-Identifier: EUPL-1.2
//! Casus: a worked example as data. It tells the facts of one youth, and one or more questions with the decision and the
//! rule that its sources lead to.
//!
//! The format is stable and documented key by key in `policy/cases/README.md`; it is TOML, or the same as JSON. What a case
//! does not say is as it usually is in its [`Circle`]. `sluis besluit test` reads it as the tests do.

use jiff::civil::Date;

use crate::document::{DocumentError, Findings, Section, filled, parsed};

mod circle;
mod judgement;
mod question;
mod term;
pub mod world;
mod youth;

pub use circle::Circle;
pub use question::{Expected, Question};
pub use term::{TermKind, TermQuestion};
pub use world::{Speaker, World};

/// Casus: a file, found whole; see [`Case::read`].
#[doc(alias = "casus")]
#[derive(Debug, Clone)]
pub struct Case {
    /// Its number, with a letter for a variant.
    pub number: String,
    /// What it is about, in one sentence.
    pub sentence: String,
    /// Rows, rulings and articles behind it; at least one.
    pub sources: Vec<String>,
    /// What is asked.
    pub questions: Vec<Question>,
    /// What is asked of the calendar.
    pub terms: Vec<TermQuestion>,
}

impl Case {
    /// Reads a case: JSON where the text starts as an object does, otherwise TOML.
    ///
    /// # Errors
    /// [`DocumentError`], with every fault, each with its key, and with its line in TOML.
    pub fn read(text: &str, circle: &Circle) -> Result<Self, DocumentError> {
        if text.trim_start().starts_with('{') {
            Self::parse(&as_toml(text)?, Findings::default(), circle)
        } else {
            Self::parse(text, Findings::of(text), circle)
        }
    }

    fn parse(text: &str, findings: Findings, circle: &Circle) -> Result<Self, DocumentError> {
        let case = Section::root(text, &findings).and_then(|mut root| case(&mut root, circle));
        findings.conclude(case).map(|(case, _)| case)
    }
}

fn case(root: &mut Section<'_>, circle: &Circle) -> Option<Case> {
    let (number, sentence) = (root.required("casus", filled), root.required("zin", filled));
    let sources = root.list("bron", filled);
    if sources.is_empty() {
        root.fault("bron", "noemt geen bron");
    }
    let today: Option<Date> = root.optional("vandaag", parsed);
    let now = world::noon_of(today.unwrap_or(world::TODAY));
    let youth = youth::read(root.section("jeugdige"), circle, now);
    let mut asked = root.sections("vraag");
    let questions = asked.iter_mut().filter_map(|section| question::read(section, circle, &youth, now)).collect();
    let mut timed = root.sections("termijn");
    let terms = timed.iter_mut().filter_map(|section| term::read(section, youth.born)).collect();
    if asked.is_empty() && timed.is_empty() {
        root.fault("vraag", "ontbreekt: een casus vraagt iets");
    }
    Some(Case { number: number?, sentence: sentence?, sources, questions, terms })
}

/// The same, as TOML. The lines are then no longer those that somebody wrote.
fn as_toml(json: &str) -> Result<String, DocumentError> {
    let refused = |line, trouble: &str| DocumentError::of(line, "json", trouble);
    // What stands there is not repeated: it may be anything.
    let table: toml::Table = serde_json::from_str(json)
        .map_err(|fault| refused(Some(fault.line()), "is geen JSON die een casus kan zijn"))?;
    toml::to_string(&table).map_err(|_| refused(None, "is niet als casus te lezen"))
}
