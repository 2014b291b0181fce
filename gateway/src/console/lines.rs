// SPDX-License-Identifier: EUPL-1.2
//! What a page shows of the log: every line as text that a template only has to place.

use openidconnect::url::form_urlencoded::Serializer;
use sluis_policy::Rule;

use super::language::Language;
use super::officer::Officer;
use super::sentence::{self, Ending};
use super::words;
use crate::broker::{CheckedLine, Finding, FoundLine, LINES_A_PAGE, LogLine, LogPage, NamedLine};
use crate::ledger::entry::Entry;

/// The latest lines.
#[derive(Debug)]
pub(super) struct Lines {
    /// The log's name.
    pub(super) log: String,
    /// Whether this gateway writes it.
    pub(super) own: bool,
    /// The lines.
    pub(super) lines: Vec<Line>,
    /// Where older ones are, when there may be any.
    pub(super) older: Option<String>,
    /// Whether all that was looked through fitted on the page, so that older ones were not looked for yet.
    pub(super) stopped_early: bool,
    /// Where the latest are, when this is not their page.
    pub(super) newest: Option<String>,
    /// Where one can search.
    pub(super) search: String,
    /// The other logs of the same database, with where they are shown.
    pub(super) others: Vec<(String, String)>,
}

/// One line.
#[derive(Debug)]
pub(super) struct Line {
    /// Its place, as people count: from one.
    pub(super) number: u64,
    /// The day.
    pub(super) day: String,
    /// The time.
    pub(super) time: String,
    /// Both, for machines.
    pub(super) instant: String,
    /// Who did what.
    pub(super) deed: String,
    /// What came of it.
    pub(super) came: String,
    /// Its class for the style.
    pub(super) class: &'static str,
    /// By which rule.
    pub(super) rule: Option<Named>,
    /// On which ground.
    pub(super) basis: Option<String>,
    /// For what.
    pub(super) purpose: Option<String>,
    /// Under which covenant.
    pub(super) covenant: Option<String>,
    /// Where it is checked.
    pub(super) check: Option<String>,
    /// In which log it stands.
    pub(super) log: String,
}

/// A line with the professional behind it.
#[derive(Debug)]
pub(super) struct NamedShown {
    /// The line.
    pub(super) line: Line,
    /// The professional, when there is one.
    pub(super) professional: Option<String>,
    /// The way back.
    pub(super) back: String,
}

/// A rule by which it was decided.
#[derive(Debug)]
pub(super) struct Named {
    /// Its number.
    pub(super) id: String,
    /// What it says, in Dutch.
    pub(super) sentence: &'static str,
    /// Where it comes from.
    pub(super) source: &'static str,
    /// The version of the rules.
    pub(super) version: u32,
}

/// One line, checked.
#[derive(Debug)]
pub(super) struct Check {
    /// The line.
    pub(super) line: Line,
    /// The text that was hashed.
    pub(super) text: String,
    /// Its hash.
    pub(super) leaf: String,
    /// As officer of which organisation.
    pub(super) office: String,
    /// Whether that organisation acted, so that it can be asked who.
    pub(super) own: bool,
    /// What was found.
    pub(super) found: Found,
    /// The way back.
    pub(super) back: String,
}

/// What was found.
#[derive(Debug)]
pub(super) enum Found {
    /// It stands where it stood.
    Included { size: u64, path: Vec<String>, checkpoint: String },
    /// It does not.
    NotIncluded { checkpoint: String },
    /// Not all of a long log was gone through yet.
    Underway { done: u64, size: u64 },
}

/// A page of lines.
pub(super) fn page(language: Language, officer: &Officer, page: LogPage) -> Lines {
    let LogPage { log, own, lines, before, older, logs } = page;
    let named = (!own).then_some(log.as_str());
    let stopped_early = older.is_some() && lines.len() < LINES_A_PAGE;
    let others = logs.into_iter().filter(|other| *other != log);
    Lines {
        older: older.map(|before| address("/", officer, named, Some(before))),
        search: address("/zoeken", officer, None, None),
        newest: before.map(|_| address("/", officer, named, None)),
        others: others.map(|other| (other.clone(), address("/", officer, Some(&other), None))).collect(),
        lines: lines.iter().map(|found| line(language, officer, found, (&log, own))).collect(),
        stopped_early,
        log,
        own,
    }
}

/// A checked line.
pub(super) fn check(language: Language, officer: &Officer, checked: CheckedLine) -> Check {
    let found = match checked.finding {
        Finding::Included { checkpoint, proof } => {
            Found::Included { size: proof.size, path: proof.path.iter().map(hex::encode).collect(), checkpoint }
        }
        Finding::NotIncluded { checkpoint } => Found::NotIncluded { checkpoint },
        Finding::Underway { done, size } => Found::Underway { done, size },
    };
    let back = address("/", officer, None, Some(checked.line.index + 1));
    Check {
        line: line(language, officer, &checked.line, ("", false)),
        office: officer.office.organisation().to_string(),
        own: checked.line.entry.party.as_ref().is_some_and(|(oin, _)| *oin == officer.office.organisation()),
        text: checked.text,
        leaf: hex::encode(checked.leaf),
        found,
        back,
    }
}

/// The front page of an office.
pub(super) fn front(officer: &Officer, organisation: sluis_policy::Oin) -> String {
    let one = officer.offices.len() < 2;
    if one { "/".into() } else { format!("/?organisatie={organisation}") }
}

/// A line that a search found.
pub(super) fn found(language: Language, officer: &Officer, found: &FoundLine) -> Line {
    said(language, officer, (found.index, &found.entry), (&found.log, found.own))
}

/// A line with the professional behind it.
pub(super) fn named(language: Language, officer: &Officer, named: NamedLine) -> NamedShown {
    let back = address(&format!("/regels/{}", named.line.index), officer, None, None);
    NamedShown { line: line(language, officer, &named.line, ("", false)), professional: named.professional, back }
}

fn line(language: Language, officer: &Officer, line: &LogLine, log: (&str, bool)) -> Line {
    said(language, officer, (line.index, &line.entry), log)
}

/// What a line says. It can be checked where this gateway writes its log.
fn said(language: Language, officer: &Officer, (index, entry): (u64, &Entry), (log, checkable): (&str, bool)) -> Line {
    let (day, time) = sentence::when(language, entry.at);
    let (ending, came) = sentence::came(language, entry);
    let version = language.of("versie", "version");
    Line {
        number: index + 1,
        day,
        time,
        instant: crate::clock::rfc3339(entry.at),
        deed: sentence::deed(language, &officer.register, entry),
        came,
        class: match ending {
            Ending::Permitted => "mocht",
            Ending::Refused => "geweigerd",
            Ending::Further => "verder",
        },
        rule: entry.outcome.rule.as_deref().map(|id| of_rule(id, entry.policy.rules)),
        basis: entry.outcome.basis.as_deref().map(|code| words::basis(language, code)),
        purpose: entry.purpose.as_deref().map(|code| words::purpose(language, code)),
        covenant: entry.policy.covenant.as_ref().map(|(id, number, _)| {
            let name = officer.covenants.get(id).map_or_else(|| id.clone(), |name| format!("{name} ({id})"));
            format!("{name}, {version} {number}")
        }),
        check: checkable.then(|| address(&format!("/regels/{index}"), officer, None, None)),
        log: log.to_owned(),
    }
}

/// The rule of a record. What it says stands in this program as it is now; a rule that has gone has only its number left.
fn of_rule(id: &str, version: u32) -> Named {
    let rule: Option<Rule> = id.parse().ok();
    Named {
        id: id.to_owned(),
        sentence: rule.map(Rule::sentence).unwrap_or_default(),
        source: rule.map(Rule::source).unwrap_or_default(),
        version,
    }
}

fn address(path: &str, officer: &Officer, log: Option<&str>, before: Option<u64>) -> String {
    let mut query = Serializer::new(String::new());
    if officer.offices.len() > 1 {
        query.append_pair("organisatie", officer.office.organisation().as_str());
    }
    if let Some(log) = log {
        query.append_pair("logboek", log);
    }
    if let Some(before) = before {
        query.append_pair("voor", &before.to_string());
    }
    let query = query.finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
