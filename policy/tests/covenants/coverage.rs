// SPDX-License-Identifier: EUPL-1.2
//! What of the five covenants is carried, and where: `tables/dekking.md`. Worked out from the covenants, their promises, the
//! cases and the core's own lists; `dekking.toml` says only what cannot be worked out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use sluis_policy::covenant::{MeetingKind, Milestone, Row};
use sluis_policy::{Action, Covenant, Role, Rule, SignalKind};

use super::SHIPPED;
use super::taken_away::carried_out;
use crate::golden;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "rijen")]
    rows: BTreeMap<String, Said>,
    #[serde(rename = "rollen")]
    roles: BTreeMap<String, Said>,
    #[serde(rename = "soorten")]
    kinds: BTreeMap<String, Said>,
    #[serde(rename = "gebeurtenissen")]
    events: BTreeMap<String, Said>,
    #[serde(rename = "termijnen")]
    terms: BTreeMap<String, Said>,
    #[serde(rename = "verslagen")]
    reports: BTreeMap<String, Said>,
    #[serde(rename = "leeftijden")]
    ages: BTreeMap<String, Said>,
}

/// What a person says of one subject.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields)]
struct Said {
    #[serde(rename = "getoond")]
    shown: Option<String>,
    #[serde(rename = "later")]
    later: Option<String>,
    #[serde(rename = "buiten")]
    outside: Option<String>,
    #[serde(rename = "rol")]
    role: Option<Role>,
    #[serde(rename = "regel")]
    rule: Option<Rule>,
    #[serde(rename = "casus")]
    case: Option<String>,
    #[serde(rename = "als")]
    alias: Option<SignalKind>,
    #[serde(rename = "handeling")]
    action: Option<Action>,
    #[serde(rename = "overleg")]
    meeting: Option<MeetingKind>,
    #[serde(rename = "termijn")]
    milestone: Option<Milestone>,
}

/// A worked case: what it is about and by which rules it is decided.
struct Case {
    name: String,
    text: String,
    sources: BTreeSet<String>,
    rules: BTreeSet<String>,
}

struct Evidence {
    covenants: Vec<Covenant>,
    promised: BTreeMap<String, bool>,
    cases: Vec<Case>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Clone, Copy)]
enum Standing {
    Carried,
    Partly,
    Shown,
    NotYet,
    Outside,
}

impl Standing {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Carried, "gedragen"),
        (Self::Partly, "deels"),
        (Self::Shown, "op het blad"),
        (Self::NotYet, "nog niet"),
        (Self::Outside, "niet van de sluis"),
    ];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(standing, _)| *standing == self).map_or("", |(_, word)| word)
    }
}

/// What stands where nothing carries a subject and nobody says why.
const UNSAID: &str = "niemand zegt er iets van";

#[test]
fn the_coverage_is_the_one_in_git() {
    let page = page();
    let unsaid: Vec<&str> = page.lines().filter(|line| line.contains(UNSAID)).collect();
    assert!(unsaid.is_empty(), "nothing carries these, and dekking.toml says nothing of them: {unsaid:#?}");
    golden::compare("dekking.md", &page);
}

fn page() -> String {
    let file: File = toml::from_str(include_str!("dekking.toml")).unwrap();
    let evidence = evidence();
    let rows: Vec<String> = Row::of_covenants().map(|row| row.to_string()).collect();
    let roles: Vec<String> = Row::of_roles().map(|row| row.to_string()).collect();
    assert!(file.rows.keys().all(|row| rows.contains(row)), "dekking.toml names a row that is not there");
    assert_eq!(file.roles.keys().cloned().collect::<Vec<_>>(), roles, "every role is accounted for");
    let named = |said: &BTreeMap<String, Said>| said.keys().cloned().collect::<Vec<_>>();
    let mut page = String::from(
        "# Dekking\n\nWat er van de vijf convenanten in de sluis zit, rij voor rij.\n\n\
         - **gedragen**: een belofte of casus met dit nummer mislukt als de sleutel of regel wordt weggenomen; \
         een rol, soort of handeling kent de kern zelf, en een casus of de rollentabel gaat erover.\n\
         - **deels**: een deel is gedragen, of de sluis leest en berekent het en laat het nog alleen zien; wat er nog \
         ontbreekt staat erbij.\n\
         - **op het blad**: de rij vraagt iets van mensen; zij staat op het blad dat partijen ondertekenen.\n\
         - **nog niet**: wat er nog gebouwd moet worden, staat erbij.\n\
         - **niet van de sluis**: en waarom.\n\n",
    );
    table(&mut page, "De rijen van de convenanten", &rows, &file.rows, &evidence);
    table(&mut page, "De rollen", &roles, &file.roles, &evidence);
    table(&mut page, "Soorten signaal", &named(&file.kinds), &file.kinds, &evidence);
    table(&mut page, "Gebeurtenissen", &named(&file.events), &file.events, &evidence);
    table(&mut page, "Termijnen", &named(&file.terms), &file.terms, &evidence);
    table(&mut page, "Verslagen", &named(&file.reports), &file.reports, &evidence);
    table(&mut page, "Leeftijden", &named(&file.ages), &file.ages, &evidence);
    page
}

fn table(page: &mut String, title: &str, subjects: &[String], said: &BTreeMap<String, Said>, evidence: &Evidence) {
    let told: Vec<(Standing, String)> = subjects
        .iter()
        .map(|subject| stands(subject, &said.get(subject).cloned().unwrap_or_default(), evidence))
        .collect();
    let counts = Standing::ALL
        .map(|(standing, word)| format!("{} {word}", told.iter().filter(|(found, _)| *found == standing).count()));
    writeln!(page, "## {title}\n\n{}: {}.\n\n| wat | stand | waar |\n|---|---|---|", subjects.len(), counts.join(", "))
        .unwrap();
    for (subject, (standing, place)) in subjects.iter().zip(&told) {
        writeln!(page, "| {subject} | {} | {place} |", standing.word()).unwrap();
    }
    writeln!(page).unwrap();
}

/// How one subject stands, and where to look.
fn stands(subject: &str, said: &Said, evidence: &Evidence) -> (Standing, String) {
    let mut places = Vec::new();
    let promised = evidence.promised.get(subject);
    if promised.is_some() {
        places.push(format!("convenant: {}", evidence.keys(subject).join(", ")));
    }
    let only_kept = promised == Some(&false);
    let others = [evidence.cases_about(subject), checked(subject, said, evidence)].concat();
    let only_kept = only_kept && others.is_empty();
    places.extend(others);
    let on_page = !evidence.keys(subject).is_empty();
    match (places.is_empty(), said) {
        (false, Said { later: None, .. }) if only_kept => {
            (Standing::Partly, format!("{}; nog niet: een gebeurtenis of taak die dit leest", places.join("; ")))
        }
        (false, Said { later: None, .. }) => (Standing::Carried, places.join("; ")),
        (false, Said { later: Some(later), .. }) => {
            (Standing::Partly, format!("{}; nog niet: {later}", places.join("; ")))
        }
        (true, Said { shown: Some(why), .. }) => {
            assert!(on_page, "{subject} is said to be shown and stands on no page");
            (Standing::Shown, format!("{}; {why}", evidence.keys(subject).join(", ")))
        }
        (true, Said { later: Some(later), .. }) => {
            let page = if on_page {
                format!("staat op het blad ({}); ", evidence.keys(subject).join(", "))
            } else {
                String::new()
            };
            (Standing::NotYet, format!("{page}{later}"))
        }
        (true, Said { outside: Some(why), .. }) => (Standing::Outside, why.clone()),
        (true, _) if subject.starts_with(char::is_lowercase) => {
            (Standing::NotYet, "de kern kent haar niet, of er is nog geen casus over".to_owned())
        }
        (true, _) => (Standing::NotYet, UNSAID.to_owned()),
    }
}

/// What a person points at is looked up, so that it is there.
fn checked(subject: &str, said: &Said, evidence: &Evidence) -> Vec<String> {
    let mut places = Vec::new();
    if let Some(role) = said.role {
        places.push(format!("rol {role}"));
    }
    if let (Some(case), Some(rule)) = (&said.case, said.rule) {
        let found = evidence.cases.iter().any(|known| known.name == *case && known.rules.contains(rule.id()));
        assert!(found, "{subject}: case {case} is not decided by {rule}");
        places.push(format!("regel {rule}, casus {case}"));
    }
    if let Some(action) = said.action {
        places.push(format!("handeling {action}, in het logboek"));
    }
    if let Some(kind) = said.meeting {
        assert!(evidence.covenants.iter().any(|covenant| covenant.meeting(kind).is_some()), "{subject}: no {kind}");
        places.push(format!("overleg {kind}"));
    }
    if let Some(milestone) = said.milestone {
        assert!(
            evidence.covenants.iter().any(|covenant| covenant.term(milestone).is_some()),
            "{subject}: no {milestone}"
        );
        places.push(format!("termijn {milestone}"));
    }
    if let Some(kind) = said.alias.or_else(|| subject.parse::<SignalKind>().ok()) {
        let asked = format!("soort = \"{kind}\"");
        let cases = evidence.cases.iter().filter(|case| case.text.contains(&asked)).count();
        if cases > 0 {
            places.push(format!("soort {kind}, in {cases} casussen"));
        }
    }
    places
}

impl Evidence {
    /// The keys of all covenants that name a row.
    fn keys(&self, row: &str) -> Vec<String> {
        let mut keys = Vec::new();
        for covenant in &self.covenants {
            let clauses = covenant.clauses().iter();
            let named = clauses.filter(|clause| clause.rows.iter().any(|one| one.as_str() == row));
            keys.extend(named.map(|clause| format!("{} `{}`", covenant.id(), clause.key)));
        }
        let more = keys.len().saturating_sub(3);
        keys.truncate(3);
        if more > 0 {
            keys.push(format!("en {more} andere"));
        }
        keys
    }

    /// The cases that name a row as their source, with the rules that decide them.
    fn cases_about(&self, row: &str) -> Vec<String> {
        let about = self.cases.iter().filter(|case| case.sources.contains(row) && !case.rules.is_empty());
        let mut told: Vec<String> = about
            .map(|case| format!("casus {} ({})", case.name, case.rules.iter().cloned().collect::<Vec<_>>().join(", ")))
            .collect();
        let more = told.len().saturating_sub(2);
        told.truncate(2);
        if more > 0 {
            told.push(format!("en {more} andere casussen"));
        }
        told
    }
}

fn evidence() -> Evidence {
    let covenants = SHIPPED.iter().map(|(_, text, _)| Covenant::parse(text).unwrap()).collect();
    let promised = SHIPPED.iter().flat_map(|(_, text, promises)| carried_out(text, promises)).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    paths.sort();
    Evidence { covenants, promised, cases: paths.iter().map(|path| case(path)).collect() }
}

fn case(path: &Path) -> Case {
    let text = fs::read_to_string(path).unwrap();
    let file: toml::Table = text.parse().unwrap();
    let sources = file.get("bron").and_then(toml::Value::as_array).into_iter().flatten();
    let sources = sources.filter_map(|source| source.as_str().map(str::to_owned)).collect();
    let rules = Rule::ALL.iter().map(|rule| rule.id()).filter(|id| text.contains(&format!("\"{id}\"")));
    Case {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        sources,
        rules: rules.map(str::to_owned).collect(),
        text,
    }
}
