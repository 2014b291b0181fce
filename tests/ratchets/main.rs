// SPDX-License-Identifier: EUPL-1.2
//! Every operation of the API's description is refused somewhere in the conversations, and somewhere answers what is not
//! for the caller exactly as what is not there (P6). What is not tried yet stands in a list beside this file, which may
//! only become shorter: there is no switch that writes it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use sluis_tests::conversation::{self, Act, Expected, Request};

#[test]
fn every_operation_is_refused_somewhere() {
    let refused = |expected: &Expected| matches!(expected.status, Some(401 | 403 | 404));
    compare("without-refusal.txt", &untried(refused));
}

#[test]
fn p6_every_operation_answers_alike_what_is_absent_and_what_is_foreign() {
    compare("without-same-as-absent.txt", &untried(|expected| expected.same_as.is_some()));
}

/// A case that a conversation walks through the gateway is named there, `casus 18b`. What is walked stands in a list beside this
/// file, which may only become longer.
#[test]
fn the_cases_that_are_walked_only_grow() {
    let walked = walked();
    let text = fs::read_to_string(root().join("tests/ratchets/walked-cases.txt")).unwrap();
    let listed: BTreeSet<String> =
        text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).map(str::to_owned).collect();
    let unknown: Vec<_> = walked.difference(&cases()).cloned().collect();
    assert!(unknown.is_empty(), "there are no such cases: {unknown:?}");
    let lost: Vec<_> = listed.difference(&walked).collect();
    assert!(lost.is_empty(), "these are not walked any more: {lost:?}");
    let new: Vec<_> = walked.difference(&listed).collect();
    assert!(new.is_empty(), "these are walked by now, so put them in walked-cases.txt: {new:?}");
    let of_sixty: BTreeSet<&str> = walked.iter().map(|case| &case[..2]).collect();
    println!("{} of the 60 cases are walked, in {} variants", of_sixty.len(), walked.len());
}

/// The cases that conversations name in their comments.
fn walked() -> BTreeSet<String> {
    let mut walked = BTreeSet::new();
    for entry in fs::read_dir(root().join("tests/conversations")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "txt") {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        for line in text.lines().filter(|line| line.starts_with('#')) {
            let named = line.split("casus ").skip(1);
            let number =
                |rest: &str| rest.split(|letter: char| !letter.is_ascii_alphanumeric()).next().map(str::to_owned);
            walked
                .extend(named.filter_map(number).filter(|case| case.starts_with(|first: char| first.is_ascii_digit())));
        }
    }
    walked
}

/// The numbers of the cases of the domain, with their variants.
fn cases() -> BTreeSet<String> {
    let files = fs::read_dir(root().join("policy/cases")).unwrap().map(|entry| entry.unwrap().file_name());
    let number = |name: String| name.split('-').next().map(str::to_owned);
    let is_of_sixty = |case: &String| case.len() <= 3 && case != "002" && case != "003" && case != "004";
    files.filter_map(|name| number(name.into_string().unwrap())).filter(is_of_sixty).collect()
}

/// The operations with no exchange that is so.
fn untried(so: impl Fn(&Expected) -> bool) -> BTreeSet<String> {
    let exchanges = exchanges();
    let tried = |operation: &str| exchanges.iter().any(|(request, expected)| is_of(operation, request) && so(expected));
    operations().into_iter().filter(|operation| !tried(operation)).collect()
}

fn compare(list: &str, untried: &BTreeSet<String>) {
    let text = fs::read_to_string(root().join("tests/ratchets").join(list)).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let allowed: BTreeSet<String> = lines.map(str::to_owned).collect();
    let new: Vec<_> = untried.difference(&allowed).collect();
    assert!(new.is_empty(), "these need a conversation: {new:?}");
    let done: Vec<_> = allowed.difference(untried).collect();
    assert!(done.is_empty(), "these have one by now, so take them off {list}: {done:?}");
}

/// `METHOD /v1/path/{id}` of every operation in the description.
fn operations() -> BTreeSet<String> {
    let text = fs::read_to_string(root().join("openapi/sluis.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let mut operations = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in ["get", "put", "post", "delete", "patch"] {
            if methods.get(method).is_some() {
                operations.insert(format!("{} /v1{path}", method.to_uppercase()));
            }
        }
    }
    assert!(operations.len() >= 12, "the description holds the API");
    let text = fs::read_to_string(root().join("openapi/authzen.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    operations.extend(document["paths"].as_object().unwrap().keys().map(|path| format!("POST {path}")));
    operations
}

fn exchanges() -> Vec<(Request, Expected)> {
    let mut exchanges = Vec::new();
    for entry in fs::read_dir(root().join("tests/conversations")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|kind| kind == "txt") {
            for step in conversation::read(&fs::read_to_string(path).unwrap()).unwrap() {
                if let Act::Exchange(request, expected) = step.act {
                    exchanges.push((request, *expected));
                }
            }
        }
    }
    exchanges
}

fn is_of(operation: &str, request: &Request) -> bool {
    let (method, template) = operation.split_once(' ').unwrap();
    let path = request.target.split('?').next().unwrap_or_default();
    let (wanted, there): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let fits = |(wanted, there): (&&str, &&str)| wanted.starts_with('{') || wanted == there;
    method == request.method && wanted.len() == there.len() && wanted.iter().zip(&there).all(fits)
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
