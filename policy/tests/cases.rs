// SPDX-License-Identifier: EUPL-1.2
//! The worked cases: data in `cases/`, one file a case or a variant of it. Each tells the facts of one youth, and one or more
//! questions with the decision and the rule that the sources lead to.

use std::fs;
use std::path::{Path, PathBuf};

use sluis_policy::*;

use crate::world::{CIRCLE, World};

#[test]
fn every_case_is_decided_as_its_sources_say() {
    let mut wrong = Vec::new();
    for path in case_files() {
        let case = read(&path);
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(name.starts_with(&format!("{}-", case.number)), "{name} is numbered {}", case.number);
        let expects = case.questions.iter().all(|question| question.expected.is_some());
        assert!(expects, "{name} asks, and does not say what should come of it");
        wrong.extend(case.differences().into_iter().map(|difference| format!("{name}: {difference}")));
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

/// The same case as JSON is the same case.
#[test]
fn every_case_reads_alike_as_json() {
    for path in case_files() {
        let table: toml::Table = toml::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let json = serde_json::to_string(&table).unwrap();
        assert_eq!(Case::read(&json, &CIRCLE).unwrap().answered(), read(&path).answered(), "{}", path.display());
    }
}

/// What is spoiled in a sound case, and the fault that must be named: its line and key.
#[test]
fn every_fault_of_a_case_is_told_with_its_place() {
    let sound = fs::read_to_string(case_file("10-dertien-een-ouder-nee.toml")).unwrap();
    let spoiled = sound
        .replace("geboren = \"2013-03-14\"", "geboren = \"2013-13-14\"\nschoenmaat = 36")
        .replacen("zegt = \"akkoord\"", "zegt = \"misschien\"", 1)
        .replacen("naar = \"toegang\"", "naar = \"Jan Jansen\"", 1)
        .replace("\"SL-1001\", plichten = [\"toestemming_vragen\"]", "\"SL-1\", plichten = [\"zuchten\"]");
    let error = Case::read(&spoiled, &CIRCLE).unwrap_err();
    let told: Vec<(Option<usize>, &str)> =
        error.faults().iter().map(|fault| (fault.line, fault.key.as_str())).collect();
    assert_eq!(
        told,
        [
            (Some(7), "jeugdige.geboren"),
            (Some(8), "jeugdige.schoenmaat"),
            (Some(12), "jeugdige.uiting[0].zegt"),
            (Some(25), "vraag[0].naar"),
            (Some(26), "vraag[0].besluit.plichten[0]"),
            (Some(26), "vraag[0].besluit.regel"),
        ],
        "{error}"
    );
    assert!(!error.to_string().contains("Jan Jansen"), "{error}");

    let table: toml::Table = toml::from_str(&spoiled).unwrap();
    let json = serde_json::to_string(&table).unwrap();
    let keys = |error: &DocumentError| {
        let mut keys: Vec<String> = error.faults().iter().map(|fault| fault.key.clone()).collect();
        keys.sort();
        keys
    };
    let same = Case::read(&json, &CIRCLE).unwrap_err();
    assert_eq!(keys(&same), keys(&error));
    assert!(same.faults().iter().all(|fault| fault.line.is_none()), "{same}");
}

#[test]
fn what_is_no_case_is_refused_whole() {
    for (text, key) in [
        ("", "casus"),
        ("casus = ", "toml"),
        ("{", "json"),
        ("{\"casus\": null}", "json"),
        ("{\"casus\": \"1\", \"casus\": \"2\"}", "json"),
        ("casus = \"1\"\nzin = \"z\"\nbron = [\"b\"]\n[jeugdige]\ngeboren = \"2013-03-14\"", "vraag"),
        ("vraag = 7", "vraag"),
        ("[[vraag]]\nhandeling = { handeling = \"vragen\" }", "vraag[0].handeling.door"),
        ("[[vraag]]\nschakelaars = { gehoord_12_15 = true, licht = true }", "vraag[0].soort"),
        ("[jeugdige.uiting]\nwie = \"ouder_a\"", "jeugdige.uiting"),
    ] {
        let error = Case::read(text, &CIRCLE).unwrap_err();
        assert!(error.faults().iter().any(|fault| fault.key == key), "{text}: {error}");
    }
}

/// RL-06: what is missing is told as far as the asker is entitled to it, and never whose word.
#[test]
fn what_would_make_it_allowed_is_told() {
    let case = |gates: &str, voices: &str| {
        let text = format!(
            "casus = \"1\"\nzin = \"z\"\nbron = [\"b\"]\n[jeugdige]\ngeboren = \"2017-03-14\"\n{voices}[[vraag]]\nzin = \"z\"\nsoort = \"aanmelding\"\nnaar = \"toegang\"\n{gates}"
        );
        let case = Case::read(&text, &CIRCLE).unwrap();
        let World { request, facts, covenant, now, .. } = &case.questions[0].world;
        let decision = case.questions[0].world.decide();
        let missing = missing(&decision, request, facts, covenant.as_deref(), *now);
        (decision.rule(), missing.iter().map(|condition| condition.code()).collect::<Vec<_>>())
    };
    let no = "[[jeugdige.uiting]]\nwie = \"ouder_b\"\nzegt = \"bezwaar\"\n";
    let (rule, undone) = case("gedaan = []", "");
    assert_eq!((rule, undone.contains(&"besproken_met_ouders")), (Rule::ConditionMissing, true), "{undone:?}");
    let done: Vec<String> = undone.iter().map(|code| format!("\"{code}\"")).collect();
    let done = format!("gedaan = [{}]", done.join(", "));
    assert_eq!(case(&done, ""), (Rule::ConsentMissing, vec!["toestemming"]), "doing all of it is enough");
    assert_eq!(case(&done, no), case(&done, ""), "whose word is missing is not told");
    assert_eq!(case("van = \"wijkteam\"", "").1, Vec::<&str>::new(), "somebody else hears nothing");
}

/// RL-12, 004-14: an application goes incomplete, and what is missing is told; nothing is missing from any other decision.
#[test]
fn rl_12_what_an_application_lacks_is_told() {
    let case = |kind: &str, besides: &str| {
        let text = format!(
            "casus = \"1\"\nzin = \"z\"\nbron = [\"b\"]\n[jeugdige]\ngeboren = \"2017-03-14\"\n[[vraag]]\nzin = \"z\"\nsoort = \"{kind}\"\nnaar = \"wijkteam\"\n{besides}"
        );
        let case = Case::read(&text, &CIRCLE).unwrap();
        let World { request, facts, covenant, now, .. } = &case.questions[0].world;
        lacking(&case.questions[0].world.decide(), request, facts, covenant.as_deref(), *now)
    };
    for (kind, besides, expected) in [
        ("oza_aanvraag", "gedaan = []", vec![Gate::Opp, Gate::OppAgreed, Gate::OppMaySend]),
        ("oza_aanvraag", "gedaan = [\"opp\"]", vec![Gate::OppAgreed, Gate::OppMaySend]),
        ("oza_aanvraag", "gedaan = [\"opp_akkoord\", \"opp\"]", vec![Gate::OppMaySend]),
        (
            "oza_aanvraag",
            "gedaan = []\nburger = \"ouder_a\"\naanvrager = \"ouder_a\"",
            vec![Gate::Opp, Gate::OppAgreed],
        ),
        ("oza_aanvraag", "", vec![]),
        ("oza_aanvraag", "gedaan = []\nontvanger_in = \"0225\"", vec![]),
        ("jeugdhulp_aanvraag", "gedaan = []", vec![]),
    ] {
        assert_eq!(case(kind, besides), expected, "{kind} {besides}");
    }
}

fn read(path: &Path) -> Case {
    let text = fs::read_to_string(path).unwrap();
    Case::read(&text, &CIRCLE).unwrap_or_else(|error| panic!("{}:\n{error}", path.display()))
}

fn case_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(name)
}

fn case_files() -> Vec<PathBuf> {
    let files = fs::read_dir(case_file("")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    files.sort();
    files
}
