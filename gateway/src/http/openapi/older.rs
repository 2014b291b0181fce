// SPDX-License-Identifier: EUPL-1.2
//! The same description for generators that read OpenAPI 3.0 and nothing later. It is made from the description of today
//! and kept beside it as `openapi/sluis-3.0.json`.
//!
//! INVARIANT: nothing that bounds what is sent or received is lost on the way. What 3.0 has no words for stops the making.

use serde_json::{Map, Value, json};

/// The description in OpenAPI 3.0, as it is printed.
pub const DOCUMENT: &str = include_str!("../../../../openapi/sluis-3.0.json");

/// Something that OpenAPI 3.0 cannot say.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("OpenAPI 3.0 has no word for `{0}`")]
pub struct Unsayable(String);

const WITHOUT_WORD: [&str; 14] = [
    "$dynamicRef",
    "contains",
    "contentEncoding",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "jsonSchemaDialect",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedProperties",
    "webhooks",
];

const CERTIFICATE: &str = "Deze tekst is er voor programma's die OpenAPI 3.1 nog niet lezen. OpenAPI 3.0 kan het \
    clientcertificaat niet noemen; elk verzoek heeft het net zo goed nodig als het toegangstoken.";

/// The same description in OpenAPI 3.0.3.
///
/// # Errors
/// When it says something for which 3.0 has no word.
pub fn older(newer: &Value) -> Result<Value, Unsayable> {
    let mut document = rewritten(newer)?;
    if let Some(version) = document.pointer_mut("/openapi") {
        *version = json!("3.0.3");
    }
    if let Some(said) = document.pointer_mut("/info/description") {
        *said = json!(format!("{}\n\n{CERTIFICATE}", said.as_str().unwrap_or_default()));
    }
    if let Some(license) = document.pointer_mut("/info/license").and_then(Value::as_object_mut) {
        license.remove("identifier");
    }
    without_certificates(&mut document);
    Ok(document)
}

// 3.0 knows no scheme of the kind mutualTLS: neither among the schemes nor where they are required.
fn without_certificates(document: &mut Value) {
    let mut gone = Vec::new();
    if let Some(schemes) = document.pointer_mut("/components/securitySchemes").and_then(Value::as_object_mut) {
        schemes.retain(|name, scheme| {
            let stays = scheme.get("type").is_none_or(|kind| kind != "mutualTLS");
            if !stays {
                gone.push(name.clone());
            }
            stays
        });
    }
    let required = document.pointer_mut("/security").and_then(Value::as_array_mut);
    for together in required.into_iter().flatten().filter_map(Value::as_object_mut) {
        together.retain(|name, _| !gone.contains(name));
    }
}

fn rewritten(value: &Value) -> Result<Value, Unsayable> {
    match value {
        Value::Object(members) => rewritten_object(members),
        Value::Array(items) => items.iter().map(rewritten).collect::<Result<_, _>>().map(Value::Array),
        plain => Ok(plain.clone()),
    }
}

fn rewritten_object(members: &Map<String, Value>) -> Result<Value, Unsayable> {
    let mut older = Map::new();
    for (name, value) in members {
        match (name.as_str(), value) {
            // What a caller might send is theirs, and no schema.
            ("example" | "enum" | "default", value) => drop(older.insert(name.clone(), value.clone())),
            // Where names are chosen freely, a name is no keyword.
            ("properties" | "schemas" | "responses" | "headers" | "paths", Value::Object(named)) => {
                let each = named.iter().map(|(name, value)| Ok((name.clone(), rewritten(value)?)));
                older.insert(name.clone(), Value::Object(each.collect::<Result<_, _>>()?));
            }
            ("type", Value::Array(kinds)) => one_type(&mut older, kinds)?,
            ("const", value) => drop(older.insert("enum".into(), json!([value]))),
            ("examples", Value::Array(examples)) => {
                older.extend(examples.first().map(|example| ("example".to_owned(), example.clone())));
            }
            ("exclusiveMinimum" | "exclusiveMaximum", Value::Number(bound)) => {
                older.insert(name.replace("exclusiveM", "m"), json!(bound));
                older.insert(name.clone(), json!(true));
            }
            (name, _) if WITHOUT_WORD.contains(&name) => return Err(Unsayable(name.to_owned())),
            (_, value) => drop(older.insert(name.clone(), rewritten(value)?)),
        }
    }
    Ok(Value::Object(beside_reference(older)))
}

fn one_type(older: &mut Map<String, Value>, kinds: &[Value]) -> Result<(), Unsayable> {
    let mut present: Vec<&Value> = kinds.iter().filter(|kind| **kind != "null").collect();
    let (Some(kind), true) = (present.pop(), present.is_empty()) else {
        return Err(Unsayable("type".into()));
    };
    older.insert("type".into(), kind.clone());
    if kinds.len() > 1 {
        older.insert("nullable".into(), json!(true));
    }
    Ok(())
}

// In 3.0 whatever stands beside a reference is not read, so that the reference must stand a step deeper.
fn beside_reference(mut members: Map<String, Value>) -> Map<String, Value> {
    if members.len() > 1
        && let Some(reference) = members.remove("$ref")
    {
        members.insert("allOf".into(), json!([{ "$ref": reference }]));
    }
    members
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// After a change of the description on purpose: `SLUIS_BLESS=1 cargo test -p sluis openapi`.
    #[test]
    fn the_kept_older_description_is_made_from_the_newer() {
        let newer: Value = serde_json::from_str(&super::super::Api::printed().unwrap()).unwrap();
        let made = older(&newer).unwrap();
        if std::env::var_os("SLUIS_BLESS").is_some() {
            let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/sluis-3.0.json");
            std::fs::write(kept, format!("{}\n", serde_json::to_string_pretty(&made).unwrap())).unwrap();
            return;
        }
        let kept: Value = serde_json::from_str(DOCUMENT).unwrap();
        assert!(
            kept == made,
            "openapi/sluis-3.0.json is not what openapi/sluis.json says; look at the change and bless it"
        );
    }

    #[test]
    fn what_the_older_version_says_otherwise_is_said_otherwise() {
        for (newer, made) in [
            (json!({ "type": ["string", "null"] }), json!({ "type": "string", "nullable": true })),
            (json!({ "const": "a" }), json!({ "enum": ["a"] })),
            (json!({ "examples": ["a", "b"] }), json!({ "example": "a" })),
            (json!({ "exclusiveMinimum": 3 }), json!({ "minimum": 3, "exclusiveMinimum": true })),
            (json!({ "$ref": "#/a" }), json!({ "$ref": "#/a" })),
            (json!({ "$ref": "#/a", "description": "b" }), json!({ "allOf": [{ "$ref": "#/a" }], "description": "b" })),
            (
                json!({ "properties": { "if": { "type": "string" } } }),
                json!({ "properties": { "if": { "type": "string" } } }),
            ),
            (json!({ "example": { "const": 1 } }), json!({ "example": { "const": 1 } })),
        ] {
            assert_eq!(rewritten(&newer), Ok(made));
        }
    }

    #[test]
    fn what_it_has_no_word_for_is_not_dropped_in_silence() {
        for newer in
            [json!({ "items": { "if": {} } }), json!({ "type": ["string", "integer"] }), json!({ "webhooks": {} })]
        {
            assert!(rewritten(&newer).is_err(), "{newer}");
        }
    }

    #[test]
    fn the_certificate_is_told_where_it_cannot_be_required() {
        let older: Value = serde_json::from_str(DOCUMENT).unwrap();
        assert_eq!(older["openapi"], "3.0.3");
        assert_eq!(older["security"], json!([{ "toegangstoken": [] }]));
        assert!(older["info"]["description"].as_str().unwrap().contains("clientcertificaat"));
    }
}
