// SPDX-License-Identifier: EUPL-1.2
//! Each key of each covenant, taken away or turned round: what it carries must be missed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sluis_policy::Covenant;
use toml::Value;

use super::{Promise, SHIPPED, outcome, promises};

/// What is left of a covenant without one of its keys: a text, which may no longer be a covenant at all.
pub(crate) fn without(text: &str, key: &str) -> String {
    let mut document: toml::Table = text.parse().unwrap();
    let (parent, last) = key.rsplit_once('.').unwrap_or(("", key));
    let mut place = &mut document;
    for part in parent.split('.').filter(|part| !part.is_empty()) {
        place = step(place, part);
    }
    let (name, index) = split(last);
    match (index, place.get_mut(name)) {
        (Some(index), Some(Value::Array(elements))) => drop(elements.remove(index)),
        // A choice cannot be left out; it can be turned round.
        (None, Some(Value::Boolean(choice))) => *choice = !*choice,
        (None, Some(Value::Integer(number))) => *number += 1,
        (None, Some(_)) => drop(place.remove(name)),
        _ => panic!("{key} is not in the covenant"),
    }
    toml::to_string(&document).unwrap()
}

fn step<'a>(place: &'a mut toml::Table, part: &str) -> &'a mut toml::Table {
    let (name, index) = split(part);
    let value = place.get_mut(name).unwrap_or_else(|| panic!("{name} is not in the covenant"));
    let value = match index {
        Some(index) => &mut value.as_array_mut().unwrap()[index],
        None => value,
    };
    value.as_table_mut().unwrap()
}

fn split(part: &str) -> (&str, Option<usize>) {
    match part.split_once('[') {
        Some((name, index)) => (name, Some(index.trim_end_matches(']').parse().unwrap())),
        None => (part, None),
    }
}

/// The rows of a covenant of which a promise fails as soon as a key that names the row is taken away; and whether a
/// decision hangs on it.
pub(crate) fn carried_out(text: &str, promised: &str) -> BTreeMap<String, bool> {
    let decided: BTreeSet<String> =
        promises(promised).into_iter().filter(Promise::decides).map(|promise| promise.sentence).collect();
    let mut carried = BTreeMap::new();
    for ((row, sentence), keys) in missed(text, promised) {
        if !keys.is_empty() {
            *carried.entry(row).or_default() |= decided.contains(&sentence);
        }
    }
    carried
}

/// Per row and promise: the keys whose loss breaks it.
fn missed(text: &str, promised: &str) -> BTreeMap<(String, String), Vec<String>> {
    let whole = Covenant::parse(text).unwrap();
    let promises = promises(promised);
    let mut missed: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for promise in &promises {
        for row in &promise.rows {
            missed.entry((row.clone(), promise.sentence.clone())).or_default();
        }
    }
    for clause in whole.clauses() {
        let changed = without(text, &clause.key);
        let left = Covenant::parse(&changed).map(Arc::new);
        for promise in promises
            .iter()
            .filter(|promise| clause.rows.iter().any(|row| promise.rows.iter().any(|one| one == row.as_str())))
        {
            let kept = left.as_ref().is_ok_and(|left| outcome(left, &changed, promise) == promise.outcome);
            if kept {
                continue;
            }
            for row in clause.rows.iter().filter(|row| promise.rows.iter().any(|one| one == row.as_str())) {
                let of = (row.as_str().to_owned(), promise.sentence.clone());
                missed.entry(of).or_default().push(clause.key.clone());
            }
        }
    }
    missed
}

/// A promise that still holds when every key of its row is gone does not hang on the covenant.
#[test]
fn no_promise_holds_without_its_key() {
    let mut idle = Vec::new();
    for (name, text, promised) in SHIPPED {
        for ((row, sentence), keys) in missed(text, promised) {
            if keys.is_empty() {
                idle.push(format!("{name} {row}: {sentence}"));
            }
        }
    }
    assert!(idle.is_empty(), "nothing is missed:\n{}", idle.join("\n"));
}

/// Each row that a key names stands on the page that people sign, and is gone from that line with the key.
#[test]
fn every_key_is_seen_on_the_page() {
    let mut unseen = Vec::new();
    for (name, text, _) in SHIPPED {
        let whole = Covenant::parse(text).unwrap();
        let page = whole.page();
        for clause in whole.clauses() {
            let Ok(left) = Covenant::parse(&without(text, &clause.key)) else { continue };
            let gone = |page: &str| {
                page.lines().filter(|line| !line.starts_with("Kenmerk")).map(str::to_owned).collect::<Vec<_>>()
            };
            if gone(&left.page()) == gone(&page) || clause.rows.iter().any(|row| !page.contains(row.as_str())) {
                unseen.push(format!("{name} {}", clause.key));
            }
        }
    }
    assert!(unseen.is_empty(), "not on the page:\n{}", unseen.join("\n"));
}
