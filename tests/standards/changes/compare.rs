// SPDX-License-Identifier: EUPL-1.2
//! Compares two descriptions as whoever calls would feel the difference. What goes in may only be asked less of, what comes
//! out may only promise more. A difference that is not understood here breaks, so that a person looks at it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// What a change does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// It says the same in other words.
    Words,
    /// Something new is possible; what was possible still is.
    Adds,
    /// Something that was right before is wrong now.
    Breaks(Vec<String>),
}

/// Words for people, which no program depends on.
const WORDS: [&str; 6] = ["description", "summary", "title", "example", "examples", "contact"];
const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "head", "options"];

/// Compares an older with a newer description.
pub(super) fn weigh(old: &Value, new: &Value) -> Weight {
    let mut comparison = Comparison { old, new, found: Vec::new(), seen: BTreeSet::new() };
    comparison.documents();
    if !comparison.found.is_empty() {
        return Weight::Breaks(comparison.found);
    }
    if wordless(old, "") == wordless(new, "") { Weight::Words } else { Weight::Adds }
}

/// In which direction something goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// From whoever calls to us.
    In,
    /// From us to whoever calls.
    Out,
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    found: Vec<String>,
    seen: BTreeSet<(String, String, Way)>,
}

impl Comparison<'_> {
    fn breaks(&mut self, at: &str, what: &str) {
        self.found.push(format!("{at}: {what}"));
    }

    fn documents(&mut self) {
        let (old, new) = (self.old, self.new);
        let major = |document: &Value| {
            document["servers"][0]["url"].as_str().map(|url| url.rsplit('/').next().map(str::to_owned))
        };
        if major(old) != major(new) {
            self.breaks("servers", "the base path is another");
        }
        if wordless(&old["security"], "") != wordless(&new["security"], "") {
            self.breaks("security", "who may call is asked for in another way");
        }
        for (path, item) in members(&old["paths"]) {
            for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
                let at = format!("{} {path}", method.to_uppercase());
                match new["paths"][path].get(*method) {
                    None => self.breaks(&at, "is gone"),
                    Some(operation) => self.operations(&at, &item[*method], operation),
                }
            }
        }
    }

    fn operations(&mut self, at: &str, old: &Value, new: &Value) {
        for (what, name) in [("operationId", "the name that clients are made from"), ("security", "who may call")] {
            if old[what] != new[what] {
                self.breaks(at, &format!("{name} is another"));
            }
        }
        self.parameters(at, &old["parameters"], &new["parameters"]);
        match (old.get("requestBody"), new.get("requestBody")) {
            (None, Some(body)) if body["required"] == true => self.breaks(at, "a body is asked for"),
            (Some(_), None) => self.breaks(at, "a body is no longer read"),
            (Some(old), Some(new)) => {
                if old["required"] != true && new["required"] == true {
                    self.breaks(at, "a body is asked for");
                }
                self.contents(&format!("{at} body"), &old["content"], &new["content"], Way::In);
            }
            _ => {}
        }
        self.responses(at, &old["responses"], &new["responses"]);
    }

    fn parameters(&mut self, at: &str, old: &Value, new: &Value) {
        let key = |parameter: &Value| (parameter["in"].clone(), parameter["name"].clone());
        let (old, new) = (items(old), items(new));
        for parameter in old {
            let at = format!("{at} {}", parameter["name"]);
            match new.iter().find(|other| key(other) == key(parameter)) {
                None => self.breaks(&at, "is no longer read"),
                Some(other) => {
                    if parameter["required"] != true && other["required"] == true {
                        self.breaks(&at, "is asked for");
                    }
                    self.schemas(&at, &parameter["schema"], &other["schema"], Way::In);
                }
            }
        }
        for parameter in new.iter().filter(|parameter| !old.iter().any(|other| key(other) == key(parameter))) {
            if parameter["required"] == true {
                self.breaks(&format!("{at} {}", parameter["name"]), "is asked for");
            }
        }
    }

    /// A refusal in a new way is no break: whoever calls must be ready for any status of an error.
    fn responses(&mut self, at: &str, old: &Value, new: &Value) {
        let good = |status: &str| status < "400";
        for (status, response) in members(old) {
            let at = format!("{at} {status}");
            let (old, other) = (self.resolved(self.old, response).clone(), new.get(status));
            let Some(other) = other.map(|other| self.resolved(self.new, other).clone()) else {
                if good(status) {
                    self.breaks(&at, "is no longer answered");
                }
                continue;
            };
            for (name, _) in members(&old["headers"]).filter(|(name, _)| other["headers"].get(*name).is_none()) {
                self.breaks(&at, &format!("header {name} is gone"));
            }
            self.contents(&at, &old["content"], &other["content"], Way::Out);
        }
        for (status, _) in members(new).filter(|(status, _)| good(status) && old.get(*status).is_none()) {
            self.breaks(&format!("{at} {status}"), "is an answer that nobody expects");
        }
    }

    fn contents(&mut self, at: &str, old: &Value, new: &Value, way: Way) {
        for (kind, content) in members(old) {
            match new.get(kind) {
                None => self.breaks(at, &format!("{kind} is gone")),
                Some(other) => self.schemas(at, &content["schema"], &other["schema"], way),
            }
        }
    }

    fn schemas(&mut self, at: &str, old: &Value, new: &Value, way: Way) {
        let reference = |schema: &Value| schema["$ref"].as_str().map(str::to_owned);
        if let (Some(one), Some(other)) = (reference(old), reference(new))
            && !self.seen.insert((one, other, way))
        {
            return;
        }
        let old = wordless(self.resolved(self.old, old), "");
        let new = wordless(self.resolved(self.new, new), "");
        if old == new && !old.to_string().contains("$ref") {
            return;
        }
        let keywords: BTreeSet<&String> = members(&old).chain(members(&new)).map(|(name, _)| name).collect();
        for keyword in keywords {
            self.keyword(at, keyword, (&old, &new), way);
        }
    }

    fn keyword(&mut self, at: &str, keyword: &str, (old, new): (&Value, &Value), way: Way) {
        match keyword {
            "properties" => self.properties(at, old, new, way),
            "required" => {} // with the properties
            "items" => self.schemas(&format!("{at}[]"), &old["items"], &new["items"], way),
            "oneOf" | "anyOf" | "allOf" => self.alternatives(at, keyword, (&old[keyword], &new[keyword]), way),
            _ if old.get(keyword) == new.get(keyword) => {}
            "type" | "enum" => {
                let allowed = |schema: &Value| -> Option<BTreeSet<String>> {
                    let listed = schema.get(keyword)?;
                    let one = std::slice::from_ref(listed);
                    Some(listed.as_array().map_or(one, Vec::as_slice).iter().map(Value::to_string).collect())
                };
                if narrower(allowed(old), allowed(new), way) {
                    self.breaks(at, &format!("{keyword} is {}", unfit(way)));
                }
            }
            "maxLength" | "maximum" | "maxItems" | "exclusiveMaximum" | "maxProperties" | "minLength" | "minimum"
            | "minItems" | "exclusiveMinimum" | "minProperties" => self.bound(at, keyword, (old, new), way),
            "additionalProperties" => {
                let closed = |schema: &Value| schema["additionalProperties"] == false;
                if way == Way::In && closed(new) && !closed(old) {
                    self.breaks(at, "members that are not named are refused");
                }
            }
            // A pattern, a format and the like: taken away, it allows more; given or changed, it may not.
            _ => {
                let gone = if way == Way::In { new.get(keyword) } else { old.get(keyword) };
                if gone.is_some() {
                    self.breaks(at, &format!("{keyword} is {}", unfit(way)));
                }
            }
        }
    }

    fn bound(&mut self, at: &str, keyword: &str, (old, new): (&Value, &Value), way: Way) {
        let upper = keyword.to_ascii_lowercase().contains("max");
        let number = |schema: &Value| schema.get(keyword).and_then(Value::as_f64);
        let tightens = match (number(old), number(new)) {
            (None, Some(_)) => way == Way::In,
            (Some(_), None) => way == Way::Out,
            (Some(old), Some(new)) => (if upper { new < old } else { new > old }) == (way == Way::In),
            (None, None) => false,
        };
        if tightens {
            self.breaks(at, &format!("{keyword} is {}", unfit(way)));
        }
    }

    fn properties(&mut self, at: &str, old: &Value, new: &Value, way: Way) {
        let needs = |schema: &Value, name: &str| items(&schema["required"]).iter().any(|needed| needed == name);
        for (name, property) in members(&old["properties"]) {
            let at = format!("{at}.{name}");
            let Some(other) = new["properties"].get(name) else {
                self.breaks(&at, "is gone");
                continue;
            };
            self.schemas(&at, property, other, way);
            match way {
                Way::In if !needs(old, name) && needs(new, name) => self.breaks(&at, "is asked for"),
                Way::Out if needs(old, name) && !needs(new, name) => self.breaks(&at, "is no longer always there"),
                _ => {}
            }
        }
        for (name, _) in members(&new["properties"]).filter(|(name, _)| old["properties"].get(*name).is_none()) {
            if way == Way::In && needs(new, name) {
                self.breaks(&format!("{at}.{name}"), "is asked for");
            }
        }
    }

    fn alternatives(&mut self, at: &str, keyword: &str, (old, new): (&Value, &Value), way: Way) {
        let (before, after) = (items(old), items(new));
        let lacks = if way == Way::In { after.len() < before.len() } else { after.len() > before.len() };
        if lacks || (keyword == "allOf" && after.len() != before.len()) {
            self.breaks(at, &format!("{keyword} is {}", unfit(way)));
        }
        for (one, other) in before.iter().zip(after) {
            self.schemas(at, one, other, way);
        }
    }

    fn resolved<'v>(&self, document: &'v Value, value: &'v Value) -> &'v Value {
        let pointer = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        pointer.map_or(value, |pointer| document.pointer(pointer).unwrap_or_else(|| panic!("there is no {pointer}")))
    }
}

fn unfit(way: Way) -> &'static str {
    match way {
        Way::In => "narrower than it was",
        Way::Out => "wider than it was",
    }
}

/// Whether a set of what is allowed leaves out what must be in it. None is everything.
fn narrower(old: Option<BTreeSet<String>>, new: Option<BTreeSet<String>>, way: Way) -> bool {
    let (all, part) = if way == Way::In { (new, old) } else { (old, new) };
    match (all, part) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(all), Some(part)) => !part.is_subset(&all),
    }
}

/// The same without words for people. Where names are chosen freely, a name is no word.
fn wordless(value: &Value, under: &str) -> Value {
    match value {
        Value::Object(members) => {
            let named = ["properties", "schemas", "headers", "responses", "paths"].contains(&under);
            let kept = members.iter().filter(|(name, _)| named || !WORDS.contains(&name.as_str()));
            let kept = kept.filter(|(name, _)| !(under == "info" && *name == "version"));
            Value::Object(kept.map(|(name, value)| (name.clone(), wordless(value, name))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| wordless(item, "")).collect()),
        plain => plain.clone(),
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn what_is_not_understood_breaks() {
    let with = |schema: Value| {
        let body = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        json!({ "paths": { "/x": { "post": { "requestBody": body } } } })
    };
    let plain = with(json!({ "type": "string" }));
    assert!(matches!(weigh(&plain, &with(json!({ "type": "string", "not": { "const": "a" } }))), Weight::Breaks(_)));
}
