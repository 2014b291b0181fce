// SPDX-License-Identifier: EUPL-1.2
//! The worked cases: data in `cases/`, one file a case or a variant of it. Each tells the facts of one youth, and one or more
//! questions with the decision and the rule that the sources lead to.

use std::fs;
use std::path::{Path, PathBuf};

use sluis_policy::*;

mod facts;
mod format;

use format::{CaseFile, Question, TermFile, TermKind};

#[test]
fn every_case_is_decided_as_its_sources_say() {
    let mut wrong = Vec::new();
    for path in case_files() {
        let text = fs::read_to_string(&path).unwrap();
        let case: CaseFile = toml::from_str(&text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(name.starts_with(&format!("{}-", case.number)), "{name} is numbered {}", case.number);
        assert!(!case.sources.is_empty() && !case.sentence.is_empty(), "{name}");
        assert!(!case.questions.is_empty() || !case.terms.is_empty(), "{name} asks nothing");
        wrong.extend(case.questions.iter().filter_map(|question| judge(&name, &case, question)));
        let late = case.terms.iter().filter(|term| falls_on(&case, term) != term.expected);
        wrong.extend(late.map(|term| format!("{name}: {}: {:?}", term.sentence, falls_on(&case, term))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every number of the case list has a file of its own, and a variant has a letter.
#[test]
fn every_case_number_has_a_file() {
    let names: Vec<String> =
        case_files().iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    for number in 1..=60 {
        let prefix = format!("{number:02}-");
        assert!(names.iter().any(|name| name.starts_with(&prefix)), "case {number} has no file");
    }
    assert!(names.len() >= 66, "{} case files", names.len());
}

pub(crate) fn case_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    files.sort();
    files
}

/// What differs from the decision that the file expects.
fn judge(name: &str, case: &CaseFile, question: &Question) -> Option<String> {
    let decision = facts::world_of(case, question).decide();
    let expected = &question.expected;
    let mut duties: Vec<Duty> = decision.obligations().iter().map(|obligation| obligation.duty).collect();
    duties.sort_by_key(|duty| duty.code());
    let fields = decision.permit().map(Permit::fields).unwrap_or_default();
    let exactly = |wanted: &Vec<Field>| fields == wanted.iter().copied().collect::<FieldSet>();
    let in_time = |(duty, days): (&Duty, &u8)| {
        decision.obligations().iter().any(|due| due.duty == *duty && due.due_working_days == *days)
    };
    let right = decision.rule() == expected.rule
        && decision.permit().map(Permit::form) == expected.form
        && duties == expected.duties
        && expected.due.iter().all(in_time)
        && expected.fields.as_ref().is_none_or(exactly)
        && !expected.absent.iter().any(|field| fields.contains(*field));
    let told = || format!("{name}: {}: {} {fields:?} {duties:?}", question.sentence, decision.rule().id());
    (!right).then(told)
}

fn falls_on(case: &CaseFile, term: &TermFile) -> Option<jiff::civil::Date> {
    let suspended: Vec<Period> =
        term.suspended.iter().map(|period| Period { from: period.from, until: period.until }).collect();
    match term.kind {
        TermKind::Decide => sluis_policy::term::decide_by(term.from, &suspended),
        TermKind::Home => sluis_policy::term::home_too_long(term.from),
        TermKind::OwnVoice => sluis_policy::term::next_own_voice(case.youth.born, term.from).map(|(_, day)| day),
    }
}
