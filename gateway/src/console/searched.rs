// SPDX-License-Identifier: EUPL-1.2
//! The pages of a search.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;
use sluis_policy::Purpose;

use super::asked::{FieldFault, Sent};
use super::language::Language;
use super::lines::{self, Line, NamedShown};
use super::officer::Officer;
use super::pages::{Frame, answer};
use super::reason::Reason;
use super::visitor::Visitor;
use super::words;
use crate::audience::Audience;
use crate::broker::{LogOutcome, SavedQuestion, SearchPage};
use crate::export::Format;

/// One choice of a list.
struct Choice {
    value: String,
    words: String,
    chosen: bool,
}

/// The form as it was filled in, with what is wrong.
struct Filled {
    sent: Sent,
    office: String,
    reasons: Vec<Choice>,
    organisations: Vec<Choice>,
    purposes: Vec<Choice>,
    outcomes: Vec<Choice>,
    questions: Vec<Choice>,
    formats: Vec<Choice>,
    audiences: Vec<Choice>,
    faults: Vec<(&'static str, &'static str)>,
}

/// What was found.
struct Results {
    lines: Vec<Line>,
    older: Option<String>,
    behind: bool,
}

#[derive(Template)]
#[template(path = "zoeken.html")]
struct SearchShown {
    frame: Frame,
    form: Filled,
    results: Option<Results>,
}

#[derive(Template)]
#[template(path = "medewerker.html")]
struct ProfessionalShown {
    frame: Frame,
    named: NamedShown,
}

impl Filled {
    fn of(language: Language, officer: &Officer, sent: &Sent, faults: &[FieldFault]) -> Self {
        let choice = |value: &str, words: String, sent: &str| {
            let chosen = value == sent;
            Choice { value: value.to_owned(), words, chosen }
        };
        let own = officer.office.organisation();
        let mut others: Vec<_> = officer.register.organisations().filter(|other| other.oin != own).collect();
        others.sort_by(|one, other| one.name.cmp(&other.name));
        let reasons = Reason::ALL.iter();
        let purposes = Purpose::ALL.iter().map(|purpose| purpose.code());
        Self {
            office: own.to_string(),
            reasons: reasons.map(|one| choice(one.code(), one.words(language).into(), &sent.reden)).collect(),
            organisations: others
                .iter()
                .map(|one| choice(one.oin.as_str(), one.name.clone(), &sent.organisatie))
                .collect(),
            purposes: purposes.map(|code| choice(code, words::purpose(language, code), &sent.doel)).collect(),
            outcomes: LogOutcome::ALL
                .iter()
                .map(|one| choice(one.code(), words::outcome(language, one.code()), &sent.uitkomst))
                .collect(),
            questions: SavedQuestion::ALL
                .iter()
                .map(|one| choice(one.code(), words::question(language, one.code()), &sent.vraag))
                .collect(),
            formats: Format::ALL
                .iter()
                .map(|one| choice(one.code(), words::format(language, one.code()), ""))
                .collect(),
            audiences: Audience::ALL
                .iter()
                .map(|one| choice(one.code(), words::audience(language, one.code()), ""))
                .collect(),
            faults: faults.iter().map(|fault| (fault.field, fault.words(language))).collect(),
            sent: sent.clone(),
        }
    }

    /// What is wrong with a field.
    fn fault(&self, field: &str) -> Option<&'static str> {
        self.faults.iter().find(|(of, _)| *of == field).map(|(_, words)| *words)
    }
}

/// The form, with what is wrong with it.
pub(super) fn form(visitor: &Visitor, officer: &Officer, sent: &Sent, faults: &[FieldFault]) -> HttpResponse {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = Filled::of(visitor.language, officer, sent, faults);
    answer(status, visitor, &SearchShown { frame: frame(visitor, officer), form, results: None })
}

/// What was found, under the form.
pub(super) fn found(visitor: &Visitor, officer: &Officer, sent: &Sent, page: SearchPage) -> HttpResponse {
    let language = visitor.language;
    let lines = page.lines.iter().map(|line| lines::found(language, officer, line)).collect();
    let results = Some(Results { lines, older: page.older, behind: page.behind });
    let form = Filled::of(language, officer, sent, &[]);
    answer(StatusCode::OK, visitor, &SearchShown { frame: frame(visitor, officer), form, results })
}

/// The professional behind a line.
pub(super) fn named(visitor: &Visitor, officer: &Officer, named: NamedShown) -> HttpResponse {
    let frame = Frame::of(visitor, "Welke medewerker was dit?", "Which professional was this?").with(officer);
    answer(StatusCode::OK, visitor, &ProfessionalShown { frame, named })
}

fn frame(visitor: &Visitor, officer: &Officer) -> Frame {
    Frame::of(visitor, "Zoeken in het logboek", "Search the log").with(officer)
}
