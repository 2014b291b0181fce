// SPDX-License-Identifier: EUPL-1.2
//! Bewaartermijnen: how long what is kept may be kept, per class and processing activity, as somebody decided it. They come
//! as a dated file that the configuration names; without one nothing goes by itself (AVG 5(1)(e), 30(1)(f)).

use std::collections::BTreeSet;
use std::fmt;

use aws_lc_rs::digest::{SHA256, digest};
use jiff::ToSpan;
use jiff::civil::Date;
use sluis_policy::ProcessingActivity;
use sluis_policy::moment::reaches;
use toml::Value;

use crate::document::{self, Faults, Findings, Reading, Section};
use crate::vault::RetentionClass;

/// Bewaartermijnen, whole: every class has a term for each activity under which it holds something.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "bewaartermijnen")]
pub struct Terms {
    version: String,
    decided_by: String,
    decided_on: Date,
    terms: Vec<Term>,
    digest: String,
}

/// Bewaartermijn of one class, for some activities, from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "bewaartermijn")]
pub(crate) struct Term {
    class: RetentionClass,
    activities: BTreeSet<ProcessingActivity>,
    from: Date,
    counts_from: CountsFrom,
    length: Length,
    /// An age at which it ends in any case.
    until_age: Option<u8>,
}

/// From when a term counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CountsFrom {
    /// Indiening: the day on which it came, whatever was done with it since.
    Arrival,
    /// Laatste handeling: the day on which something was done with it for the last time.
    LastDoing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Months(i32),
    Days(i32),
}

/// What has no term, as an operator reads it: class and activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WithoutTerm(RetentionClass, ProcessingActivity);

impl fmt::Display for WithoutTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bij {}", self.0.code(), self.1.code())
    }
}

/// The classes that have terms, each with the activities under which it holds something. What is held for a lawsuit or a
/// supervisor has none: a person ends that.
fn needed() -> impl Iterator<Item = (RetentionClass, ProcessingActivity)> {
    let signals = ProcessingActivity::ALL.iter().map(|activity| (RetentionClass::Delivery, *activity));
    signals.chain([
        (RetentionClass::Consent, ProcessingActivity::FactKeeping),
        (RetentionClass::AccessRecord, ProcessingActivity::Accountability),
    ])
}

impl Terms {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// With every fault that the text has, also with each class and activity that it forgets.
    pub fn parse(text: &str) -> Result<Self, Faults> {
        let findings = Findings::default();
        let terms = Section::root(text, &findings).and_then(|root| read(root, text));
        findings.conclude(terms)
    }

    /// Which decision these are.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Who decided on them, and when.
    #[must_use]
    pub fn decided(&self) -> (&str, Date) {
        (&self.decided_by, self.decided_on)
    }

    /// SHA-256 over the file, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The term that holds on a day: the latest that has begun. Before the day of the decision none does.
    pub(crate) fn of(&self, class: RetentionClass, activity: ProcessingActivity, on: Date) -> Option<&Term> {
        let decided = self.terms.iter().filter(|_| self.decided_on <= on);
        let of_this = decided.filter(|term| term.covers(class, activity) && term.from <= on);
        of_this.max_by_key(|term| term.from)
    }

    /// What has no term on this day, because the only ones begin later.
    pub(crate) fn missing(&self, on: Date) -> Vec<WithoutTerm> {
        let without = |(class, activity): &(_, _)| self.of(*class, *activity, on).is_none();
        needed().filter(without).map(|(class, activity)| WithoutTerm(class, activity)).collect()
    }
}

impl Term {
    fn covers(&self, class: RetentionClass, activity: ProcessingActivity) -> bool {
        self.class == class && self.activities.contains(&activity)
    }

    /// From when it counts.
    pub(crate) fn counts_from(&self) -> CountsFrom {
        self.counts_from
    }

    /// The first day on which it may not be kept any more; nothing while that is not known. What goes on has no `start` yet.
    pub(crate) fn ends(&self, start: Option<Date>, born: Option<Date>) -> Option<Date> {
        let by_length = start.and_then(|start| {
            let length = match self.length {
                Length::Months(months) => months.months(),
                Length::Days(days) => days.days(),
            };
            // Beyond the calendar nothing ends.
            start.checked_add(length).ok()
        });
        let by_age = self.until_age.zip(born).and_then(|(age, born)| reaches(born, age));
        [by_length, by_age].into_iter().flatten().min()
    }
}

fn read(mut root: Section<'_>, text: &str) -> Option<Terms> {
    let version = root.required("version", document::text);
    let decided_by = root.required("decided_by", document::text);
    let decided_on = root.required("decided_on", document::date);
    let sections = root.sections("term");
    let count = sections.len();
    let terms: Vec<Term> = sections.into_iter().filter_map(term).collect();
    for (number, one) in terms.iter().enumerate() {
        let same = |other: &&Term| {
            other.class == one.class && other.from == one.from && !other.activities.is_disjoint(&one.activities)
        };
        if terms.iter().take(number).any(|other| same(&other)) {
            root.fault(&format!("term[{number}]"), "says the same class and activity from the same day as another");
        }
    }
    // Where a term could not be read, what it covers is not known.
    for (class, activity) in needed().filter(|_| terms.len() == count) {
        if !terms.iter().any(|term| term.covers(class, activity)) {
            root.fault("term", format!("there is none for {}", WithoutTerm(class, activity)));
        }
    }
    let digest = hex::encode(digest(&SHA256, text.as_bytes()));
    Some(Terms { version: version?, decided_by: decided_by?, decided_on: decided_on?, terms, digest })
}

fn term(mut section: Section<'_>) -> Option<Term> {
    let class = section.required("class", |value| {
        let class = RetentionClass::from_code(&document::text(value)?);
        class
            .filter(|class| *class != RetentionClass::Hold)
            .ok_or_else(|| "must be levering, toestemming or toegang".into())
    });
    let activities: Vec<ProcessingActivity> = section.list("activities", document::parsed);
    if activities.is_empty() {
        section.fault("activities", "must name the processing activities that it is for");
    }
    let from = section.required("from", document::date);
    let counts_from = section.required("counts_from", counts_from);
    let months = section.optional("months", number(1_200)).map(Length::Months);
    let days = section.optional("days", number(3_660)).map(Length::Days);
    if months.is_some() == days.is_some() {
        section.fault("months", "say either months or days");
    }
    let until_age = section.optional("until_age", document::number(1, 120)).and_then(|age| u8::try_from(age).ok());
    if until_age.is_some() && class.is_some_and(|class| class != RetentionClass::Delivery) {
        section
            .fault("until_age", "counts only for levering: of what is kept longer the birthday is not known any more");
    }
    // For whoever reads the file: a term without a source is somebody's guess.
    let source = section.required("source", document::text);
    let activities: BTreeSet<_> = activities.into_iter().collect();
    let length = months.or(days)?;
    source.map(|_| ())?;
    Some(Term { class: class?, activities, from: from?, counts_from: counts_from?, length, until_age })
}

fn counts_from(value: &Value) -> Reading<CountsFrom> {
    match document::text(value)?.as_str() {
        "indiening" => Ok(CountsFrom::Arrival),
        "laatste_handeling" => Ok(CountsFrom::LastDoing),
        _ => Err("must be indiening or laatste_handeling".into()),
    }
}

fn number(most: u64) -> impl Fn(&Value) -> Reading<i32> {
    move |value| i32::try_from(document::number(1, most)(value)?).map_err(|_| "is too large".to_owned())
}

#[cfg(test)]
pub(crate) mod tests {
    use jiff::civil::date;

    use super::*;

    /// The terms that are proposed to whoever begins.
    pub(crate) const PROPOSED: &str = include_str!("../../deploy/voorbeeld/bewaartermijnen.toml");

    /// 2c: index two years and 23, consent and access five years.
    #[test]
    fn what_is_proposed_is_whole_and_says_what_the_law_says() {
        let terms = Terms::parse(PROPOSED).unwrap();
        let today = date(2026, 11, 22);
        assert_eq!(terms.missing(today), []);
        assert_eq!(terms.missing(date(2000, 1, 1)).len(), needed().count(), "before they begin there are none");
        let (made, born) = (Some(date(2026, 3, 1)), Some(date(2004, 2, 29)));
        for (class, activity, start, born, end) in [
            ("levering", ProcessingActivity::IndexReport, made, None, Some(date(2028, 3, 1))),
            ("levering", ProcessingActivity::IndexReport, made, born, Some(date(2027, 3, 1))),
            ("levering", ProcessingActivity::FactKeeping, None, None, None),
            ("levering", ProcessingActivity::FactKeeping, None, born, Some(date(2027, 3, 1))),
            ("toestemming", ProcessingActivity::FactKeeping, made, None, Some(date(2031, 3, 1))),
            ("toegang", ProcessingActivity::Accountability, made, None, Some(date(2031, 3, 1))),
        ] {
            let class = RetentionClass::from_code(class).unwrap();
            let term = terms.of(class, activity, today).unwrap();
            assert_eq!(term.ends(start, born), end, "{class:?} {activity:?}");
        }
    }

    #[test]
    fn the_latest_that_has_begun_holds() {
        let later = "[[term]]\nclass = \"toegang\"\nactivities = [\"verantwoorden\"]\nfrom = 2030-01-01\n\
            counts_from = \"laatste_handeling\"\ndays = 10\nsource = \"een latere wet\"\n";
        let terms = Terms::parse(&format!("{PROPOSED}\n{later}")).unwrap();
        let end = |on| {
            let term = terms.of(RetentionClass::AccessRecord, ProcessingActivity::Accountability, on).unwrap();
            term.ends(Some(date(2029, 1, 1)), None).unwrap()
        };
        assert_eq!((end(date(2029, 12, 31)), end(date(2030, 1, 1))), (date(2034, 1, 1), date(2029, 1, 11)));
    }

    /// Each row: what is replaced, by what, and the fault that must be named.
    #[test]
    fn what_is_missing_or_impossible_is_named() {
        let rows = [
            ("version = ", "versie = ", "version"),
            ("decided_by = \"", "decided_by = \"\" # ", "decided_by"),
            ("\"verwijsindex_melden\"", "\"verwijsindex\"", "term[0].activities[0]"),
            ("[\"verwijsindex_melden\"]", "[]", "term[0].activities"),
            ("[\"verwijsindex_melden\"]", "[\"verantwoorden\"]", "term"),
            ("class = \"levering\"", "class = \"opschorting\"", "term[0].class"),
            ("source = ", "# source = ", "term[0].source"),
            ("months = 24", "months = 0", "term[0].months"),
            ("months = 24", "months = 24\ndays = 2", "term[0].months"),
            ("months = 24", "", "term[0].months"),
            ("counts_from = \"indiening\"", "counts_from = \"ooit\"", "term[0].counts_from"),
            ("class = \"toegang\"", "class = \"toegang\"\nuntil_age = 23", "until_age"),
        ];
        for (old, new, path) in rows {
            let text = PROPOSED.replacen(old, new, 1);
            assert_ne!(text, PROPOSED, "the row must change something: {old}");
            let faults = Terms::parse(&text).unwrap_err();
            let named = faults.list().iter().any(|fault| fault.path.ends_with(path));
            assert!(named, "{old} -> {new}\n{faults}");
        }
        let twice = Terms::parse(&format!("{PROPOSED}\n{}", &PROPOSED[PROPOSED.find("[[term]]").unwrap()..]));
        assert!(twice.unwrap_err().to_string().contains("the same class and activity"));
    }
}
