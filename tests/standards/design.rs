// SPDX-License-Identifier: EUPL-1.2
//! The description keeps to the design rules, in both its versions, and is valid for a validator that is not ours. And the
//! rules themselves can fail: each is seen to catch what it is there for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::patch::changed;
use crate::tools::{node_program, python_program, root, run, workbench};

const DESCRIPTIONS: [&str; 2] = ["openapi/sluis.json", "openapi/sluis-3.0.json"];

#[test]
fn the_description_keeps_to_every_rule() {
    for description in DESCRIPTIONS {
        let found = findings(&root().join(description));
        assert!(found.is_empty(), "{description}: {found:#?}");
    }
}

#[test]
fn the_description_is_valid_for_others() {
    let folder = workbench("valid");
    let broken = folder.join("broken.json");
    fs::write(
        &broken,
        r##"{"openapi":"3.1.0","info":{"title":"x","version":"1"},"paths":{"/x":{"get":{"responses":7}}}}"##,
    )
    .unwrap();
    let valid = |path: &Path| run(python_program("openapi-spec-validator").arg(path));
    assert!(!valid(&broken).well, "the validator can say no");
    // The surface that follows a standard of its own is no less valid.
    for description in DESCRIPTIONS.into_iter().chain(["openapi/authzen.json"]) {
        let judged = valid(&root().join(description));
        assert!(judged.well, "{description}: {}", judged.said());
    }
}

#[test]
fn every_rule_catches_what_it_is_there_for() {
    let table: Value = serde_json::from_str(include_str!("design-rules.json")).unwrap();
    let folder = workbench("design-rules");
    let broken = table["broken"].as_array().unwrap();
    fs::write(folder.join("sound.json"), table["sound"].to_string()).unwrap();
    for (number, row) in broken.iter().enumerate() {
        let document = changed(&table["sound"], row["change"].as_object().unwrap());
        fs::write(folder.join(format!("{number}.json")), document.to_string()).unwrap();
    }
    let found = findings(&folder.join("*.json"));
    assert_eq!(found.get("sound.json"), None, "nothing is wrong with the sound description");
    for (number, row) in broken.iter().enumerate() {
        let rule = row["rule"].as_str().unwrap();
        let caught = found.get(&format!("{number}.json")).is_some_and(|found| found.iter().any(|one| one.0 == rule));
        assert!(caught, "{rule} does not catch {}", row["change"]);
    }
    let tried: BTreeSet<_> = broken.iter().map(|row| row["rule"].as_str().unwrap().to_owned()).collect();
    assert_eq!(tried, rules(), "each rule is tried, and no other");
}

/// What the linter finds, by file: rule and place.
fn findings(documents: &Path) -> BTreeMap<String, Vec<(String, String)>> {
    let done = run(node_program("spectral")
        .args(["lint", "--quiet", "--format", "json", "--fail-severity", "hint", "--ruleset"])
        .arg(root().join("openapi/design-rules.yaml"))
        .arg(documents));
    let found: Vec<Value> = serde_json::from_str(&done.output).unwrap_or_else(|_| panic!("{}", done.said()));
    assert_eq!(done.well, found.is_empty(), "{}", done.said());
    let mut by_file: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for one in found {
        let file = Path::new(one["source"].as_str().unwrap()).file_name().unwrap().to_string_lossy().into_owned();
        by_file.entry(file).or_default().push((one["code"].as_str().unwrap().to_owned(), one["path"].to_string()));
    }
    by_file
}

/// The names of all rules that are in force.
fn rules() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("openapi/design-rules.yaml")).unwrap();
    let (_, rules) = text.split_once("\nrules:\n").unwrap();
    let named = rules.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    named
        .filter_map(|line| line.trim().split_once(':'))
        .filter(|(name, _)| !name.starts_with('#'))
        .map(|(name, _)| name.to_owned())
        .collect()
}
