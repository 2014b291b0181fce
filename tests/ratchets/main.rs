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
