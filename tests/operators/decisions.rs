// SPDX-License-Identifier: EUPL-1.2
//! Whoever wants to know what the core decides asks the binary: `sluis besluit test`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use sluis_tests::gateway::{command, trial_folder};

use crate::first::run;

fn case_files() -> Vec<PathBuf> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../policy/cases"));
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    files.sort();
    files
}

fn case(name: &str) -> String {
    let path = case_files().into_iter().find(|path| path.ends_with(name)).unwrap();
    fs::read_to_string(path).unwrap()
}

/// Runs with the text on standard input; gives the exit code, what was printed and what was complained.
fn asked(folder: &Path, text: &str) -> (i32, String, String) {
    let mut child = command(folder)
        .unwrap()
        .args(["besluit", "test", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (done.status.code().unwrap(), text(done.stdout), text(done.stderr))
}

/// Every case that ships, through the binary, in one process: an answer a file, and each as its sources say.
#[test]
fn every_case_is_decided_by_the_binary_as_its_sources_say() {
    let folder = trial_folder("cases").unwrap();
    let files = case_files();
    let names: Vec<&str> = files.iter().map(|path| path.to_str().unwrap()).collect();
    let (code, said) = run(&folder, &[["besluit", "test"].as_slice(), &names].concat());
    assert_eq!(code, 0, "{said}");
    let answers: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), files.len());
    for (answer, file) in answers.iter().zip(&names) {
        assert_eq!((&answer["bestand"], &answer["klopt"]), (&Value::from(*file), &Value::from(true)), "{answer}");
        let asks = |list: &str| answer[list].as_array().unwrap().len();
        assert!(asks("vragen") + asks("termijnen") > 0, "{answer}");
    }
}

/// A decision as it is printed: every member that whoever reads it can count on.
#[test]
fn a_decision_is_printed_whole() {
    let folder = trial_folder("case").unwrap();
    let text = case("10-dertien-een-ouder-nee.toml");
    let (code, said, _) = asked(&folder, &text);
    let answer: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &answer["casus"], &answer["klopt"]), (0, &Value::from("10"), &Value::from(true)), "{said}");
    let [refused, anonymous] = answer["vragen"].as_array().unwrap().as_slice() else { panic!("{said}") };
    let mut decision = refused["besluit"].clone();
    let version = decision.as_object_mut().unwrap().remove("regelversie").unwrap();
    assert!(version.as_u64().is_some_and(|version| version > 0), "{version}");
    assert_eq!(
        decision,
        serde_json::json!({
            "code": "geweigerd",
            "regel": "SL-1001",
            "zin": {"nl": "De toestemming is niet compleet.", "en": "The consent is not complete."},
            "bronnen": ["000-10", "000-27", "RL-06"],
            "logklasse": "gewoon",
            "vorm": null,
            "grondslag": null,
            "verwerkingsactiviteit": null,
            "velden": [],
            "plichten": [{"plicht": "toestemming_vragen", "eigenaar": "verzender", "binnenWerkdagen": 5}],
            "ontbreekt": ["toestemming"],
        })
    );
    let permitted = &anonymous["besluit"];
    assert_eq!(permitted["code"], "verstrekt_anoniem");
    assert_eq!(permitted["grondslag"], "geen_persoonsgegevens");
    assert_eq!(permitted["velden"], serde_json::json!(["leeftijdsband", "gemeente", "onderwerpen"]));
    assert_eq!(permitted["ontbreekt"], serde_json::json!([]));
}

/// The same as JSON, on standard input; and one that only asks expects nothing.
#[test]
fn a_case_may_be_json_and_may_expect_nothing() {
    let folder = trial_folder("case-json").unwrap();
    let asks = serde_json::json!({
        "casus": "x", "zin": "Een vraag.", "bron": ["RL-09"],
        "jeugdige": {"geboren": "2017-03-14"},
        "vraag": [{"zin": "Mag dit?", "soort": "veiligheid", "naar": "veilig_thuis"}],
    });
    let (code, said, _) = asked(&folder, &asks.to_string());
    let answer: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &answer["vragen"][0]["besluit"]["regel"]), (0, &Value::from("SL-601")), "{said}");
}

/// What is asked for otherwise, the exit code, and what must be said.
#[test]
fn what_differs_and_what_is_no_case_is_told() {
    let folder = trial_folder("case-bad").unwrap();
    let sound = case("10-dertien-een-ouder-nee.toml");
    let (code, said, _) = asked(&folder, &sound.replacen("SL-1001", "SL-701", 1));
    assert_eq!(code, 1);
    assert!(said.contains("regel: SL-1001, en niet SL-701") && said.contains("\"klopt\":false"), "{said}");

    let written = |name: &str, text: &str| {
        fs::write(folder.join(name), text).unwrap();
        name.to_owned()
    };
    let good = written("goed.toml", &sound);
    let bad = written("fout.toml", &sound.replace("geboren", "geborne").replace("\"toegang\"", "\"nergens\""));
    let huge = written("groot.toml", &"# 012345\n".repeat(200_000));
    fs::write(folder.join("bytes.toml"), [0xff, 0xfe, 0x00]).unwrap();
    let (code, said) = run(&folder, &["besluit", "test", &bad, &good, "weg.toml", &huge, "bytes.toml"]);
    assert_eq!(code, 78, "{said}");
    for wanted in [
        "fout.toml: regel 6, `jeugdige.geboren`: ontbreekt",
        "fout.toml: regel 7, `jeugdige.geborne`: is geen sleutel die de sluis leest",
        "fout.toml: regel 24, `vraag[0].naar`: is geen woord dat op de lijst staat",
        "fout.toml: regel 30, `vraag[1].naar`: ",
        "\"bestand\":\"goed.toml\"",
        "weg.toml: is niet te lezen",
        "groot.toml: is groter dan een casus kan zijn",
        "bytes.toml: is niet te lezen",
    ] {
        assert!(said.contains(wanted), "`{wanted}` in:\n{said}");
    }
    let (code, said) = run(&folder, &["besluit", "test"]);
    assert_eq!(code, 64, "{said}");
}
