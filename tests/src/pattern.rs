// SPDX-License-Identifier: EUPL-1.2
//! What an answer must look like: JSON of which everything written must be there, with places to be filled.
//!
//! A text may hold `{name}`. A known name stands for its value; an unknown one takes whatever stands there and is known
//! from then on. `{any}` is anything but null; the value `{absent}` says that the key must not be there.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::Trouble;

/// What names stand for.
pub type Names = BTreeMap<String, String>;

/// Whether keys that the pattern does not name may be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// They may.
    Allowed,
    /// They may not.
    Refused,
}

/// Compares JSON with a pattern, and learns names from it.
///
/// # Errors
/// With the first place that differs, without the value that stood there.
pub fn compare(pattern: &Value, found: &Value, extra: Extra, names: &mut Names) -> Result<(), Trouble> {
    at("", pattern, found, extra, names)
}

fn at(path: &str, pattern: &Value, found: &Value, extra: Extra, names: &mut Names) -> Result<(), Trouble> {
    match (pattern, found) {
        (Value::Object(wanted), Value::Object(there)) => {
            for (key, pattern) in wanted {
                let path = format!("{path}/{key}");
                match (pattern.as_str() == Some("{absent}"), there.get(key)) {
                    (true, None) => {}
                    (true, Some(_)) => return Err(format!("{path} must not be there")),
                    (false, None) => return Err(format!("{path} is not there")),
                    (false, Some(found)) => at(&path, pattern, found, extra, names)?,
                }
            }
            let unknown = there.keys().find(|key| extra == Extra::Refused && !wanted.contains_key(*key));
            unknown.map_or(Ok(()), |key| Err(format!("{path}/{key} must not be there")))
        }
        (Value::Array(wanted), Value::Array(there)) => {
            if wanted.len() != there.len() {
                return Err(format!("{path} has {} elements, not {}", there.len(), wanted.len()));
            }
            let mut pairs = wanted.iter().zip(there).enumerate();
            pairs.try_for_each(|(n, (pattern, found))| at(&format!("{path}/{n}"), pattern, found, extra, names))
        }
        (Value::String(text), _) if text == "{any}" && !found.is_null() => Ok(()),
        (Value::String(text), Value::String(found)) => {
            compare_text(text, found, names).map_err(|why| format!("{path} {why}"))
        }
        _ if pattern == found => Ok(()),
        _ => Err(format!("{path} differs: {pattern} was expected")),
    }
}

/// Compares a text with a pattern, and learns at most one name from it.
///
/// # Errors
/// With what was expected.
pub fn compare_text(pattern: &str, found: &str, names: &mut Names) -> Result<(), Trouble> {
    let wanted = fill(pattern, names);
    if let Some((before, name, after)) = first_place(&wanted) {
        let middle = found.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        let middle = middle.ok_or_else(|| format!("differs: `{wanted}` was expected"))?;
        if name != "any" {
            names.insert(name.to_owned(), middle.to_owned());
        }
        return Ok(());
    }
    if wanted == found { Ok(()) } else { Err(format!("differs: `{wanted}` was expected")) }
}

/// Puts the values of known names in their places.
#[must_use]
pub fn fill(text: &str, names: &Names) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, name, after)) = first_place(rest) {
        filled.push_str(before);
        match names.get(name) {
            Some(value) => filled.push_str(value),
            None => filled.push_str(&format!("{{{name}}}")),
        }
        rest = after;
    }
    filled + rest
}

/// The first `{name}` of a text, with what stands before and after it. JSON's own braces never enclose only a name.
fn first_place(text: &str) -> Option<(&str, &str, &str)> {
    for (start, _) in text.match_indices('{') {
        let (before, rest) = (text.get(..start)?, text.get(start + 1..)?);
        if let Some((name, after)) = rest.split_once('}') {
            let letter = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
            if !name.is_empty() && name.chars().all(letter) {
                return Some((before, name, after));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pattern_sees_what_differs() {
        let found = json!({ "id": "abc", "list": [{ "n": 1 }, { "n": 2 }], "nothing": null, "link": "/v1/x/abc" });
        for (pattern, extra, same) in [
            (json!({}), Extra::Allowed, true),
            (json!({}), Extra::Refused, false),
            (json!({ "id": "{id}", "link": "/v1/x/{id}" }), Extra::Allowed, true),
            (json!({ "id": "{id}", "link": "/v1/y/{id}" }), Extra::Allowed, false),
            (json!({ "id": "{known}" }), Extra::Allowed, false),
            (json!({ "id": "{any}" }), Extra::Allowed, true),
            (json!({ "nothing": "{any}" }), Extra::Allowed, false),
            (json!({ "nothing": "{absent}" }), Extra::Allowed, false),
            (json!({ "other": "{absent}" }), Extra::Allowed, true),
            (json!({ "list": [{ "n": 1 }] }), Extra::Allowed, false),
            (json!({ "list": [{ "n": 1 }, { "n": 3 }] }), Extra::Allowed, false),
            (json!({ "list": [{}, {}] }), Extra::Allowed, true),
        ] {
            let mut names = Names::from([("known".to_owned(), "xyz".to_owned())]);
            assert_eq!(compare(&pattern, &found, extra, &mut names).is_ok(), same, "{pattern} {extra:?}");
        }
    }

    #[test]
    fn names_are_learned_once_and_filled_in_afterwards() {
        let mut names = Names::new();
        compare_text("/v1/signalen/{id}", "/v1/signalen/7f", &mut names).unwrap();
        assert_eq!(
            fill("{\"id\":\"{id}\",\"other\":\"{unknown}\"}", &names),
            "{\"id\":\"7f\",\"other\":\"{unknown}\"}"
        );
        assert!(compare_text("{id}", "8a", &mut names).is_err());
    }
}
