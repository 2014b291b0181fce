// SPDX-License-Identifier: EUPL-1.2
//! What a change of the description asks of the version: nothing may break under the same major version, and nothing at
//! all may change under the version of a release but words.
//!
//! A release is marked by a copy of the description in `openapi/released/`, named after its version. What is there is
//! never changed: whoever built against it reads it there.

mod compare;

use std::fs;

use serde_json::{Map, Value, json};

use self::compare::{Weight, weigh};
use crate::patch::changed;
use crate::tools::root;

/// Major, minor, patch.
type Version = [u64; 3];

fn version(document: &Value) -> Version {
    let text = document["info"]["version"].as_str().unwrap();
    let numbers: Vec<u64> = text.split('.').map(|number| number.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

/// Every released description, oldest first.
fn released() -> Vec<Value> {
    let mut all = Vec::new();
    for entry in fs::read_dir(root().join("openapi/released")).unwrap() {
        let path = entry.unwrap().path();
        let document: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let name = format!("{}.json", document["info"]["version"].as_str().unwrap());
        assert!(path.ends_with(&name), "{} is called after its version", path.display());
        all.push(document);
    }
    all.sort_by_key(version);
    all
}

/// Whether a description may follow a released one; if not, why.
fn may_follow(old: &Value, new: &Value) -> Result<(), String> {
    let (before, after) = (version(old), version(new));
    match weigh(old, new) {
        _ if after < before => Err("the version went back".into()),
        Weight::Breaks(what) if after[0] == before[0] => {
            Err(format!("this breaks whoever calls:\n{}", what.join("\n")))
        }
        Weight::Adds if after == before => Err(format!("something was added: version {before:?} was released already")),
        _ => Ok(()),
    }
}

#[test]
fn nothing_breaks_whoever_built_against_the_last_release() {
    let newest = fs::read_to_string(root().join("openapi/sluis.json")).unwrap();
    let newest: Value = serde_json::from_str(&newest).unwrap();
    let released = released();
    let last = released.last().expect("there is a release");
    if let Err(why) = may_follow(last, &newest) {
        panic!("{why}");
    }
}

#[test]
fn each_release_could_follow_the_one_before() {
    for pair in released().windows(2) {
        assert_eq!(may_follow(&pair[0], &pair[1]), Ok(()));
    }
}

#[test]
fn a_change_weighs_what_it_does_to_whoever_calls() {
    let table: Value = serde_json::from_str(include_str!("changes.json")).unwrap();
    let mut counted = [0; 3];
    for row in table["rows"].as_array().unwrap() {
        let new = changed(&table["before"], row["change"].as_object().unwrap());
        let weight = weigh(&table["before"], &new);
        let (name, place) = match &weight {
            Weight::Words => ("words", 0),
            Weight::Adds => ("adds", 1),
            Weight::Breaks(_) => ("breaks", 2),
        };
        counted[place] += 1;
        assert_eq!(name, row["weight"].as_str().unwrap(), "{}: {weight:?}", row["what"]);
        if let Weight::Breaks(what) = &weight {
            assert!(!what.is_empty());
        }
    }
    assert!(counted.iter().all(|rows| *rows > 2), "{counted:?}: each weight has its rows");
}

#[test]
fn a_version_goes_up_as_far_as_a_change_weighs() {
    let table: Value = serde_json::from_str(include_str!("changes.json")).unwrap();
    let before = &table["before"];
    let row =
        |weight: &str| table["rows"].as_array().unwrap().iter().find(|row| row["weight"] == weight).unwrap().clone();
    for (weight, version, allowed) in [
        ("words", "1.4.0", true),
        ("words", "1.3.9", false),
        ("adds", "1.4.0", false),
        ("adds", "1.5.0", true),
        ("breaks", "1.4.0", false),
        ("breaks", "1.5.0", false),
        ("breaks", "2.0.0", true),
    ] {
        let new = changed(before, row(weight)["change"].as_object().unwrap());
        let numbered = Map::from_iter([("/info/version".to_owned(), json!(version))]);
        assert_eq!(may_follow(before, &changed(&new, &numbered)).is_ok(), allowed, "{weight} as {version}");
    }
}
