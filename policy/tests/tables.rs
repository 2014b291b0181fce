// SPDX-License-Identifier: EUPL-1.2
//! The printed tables: what the core decides, in the form that people sign. Golden; `SLUIS_BLESS=1` prints them anew.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use sluis_policy::*;

use crate::golden;
use crate::world::ROLES;

mod choices;
mod decisions;
mod processing;

#[test]
fn the_decision_table_is_the_one_in_git() {
    golden::compare("beslistabel.md", &decisions::page());
}

#[test]
fn the_role_table_is_the_one_in_git() {
    golden::compare("rollen.md", &ROLES.page());
}

#[test]
fn the_choices_are_the_ones_in_git() {
    golden::compare("keuzes.md", &choices::page());
}

/// P5: a table that differs has another version. Blessing adds a line for a new version and never changes an old one.
#[test]
fn p5_rules_version_moves_with_the_table() {
    let digest = sha2_hex(&decisions::page());
    let path = golden::table("versies.txt");
    let mut kept = fs::read_to_string(&path).unwrap_or_default();
    let known =
        |kept: &str| kept.lines().find_map(|line| line.strip_prefix(&format!("{RULES_VERSION} ")).map(str::to_owned));
    if golden::blessing() && known(&kept).is_none() {
        writeln!(kept, "{RULES_VERSION} {digest}").unwrap();
        fs::write(&path, &kept).unwrap();
    }
    assert_eq!(
        known(&kept).as_deref(),
        Some(digest.as_str()),
        "the decision table changed: raise RULES_VERSION, then bless the new line of tables/versies.txt"
    );
}

fn sha2_hex(text: &str) -> String {
    use sha2::Digest;
    hex::encode(sha2::Sha256::digest(text))
}

/// Every ruling has one line in keuzes.md, and every file that the line names does carry the number.
#[test]
fn every_ruling_is_carried_where_the_choices_say() {
    let rulings: Vec<&str> = choices::RULINGS.iter().map(|ruling| ruling.number).collect();
    let expected: Vec<String> = (1..=31).map(|number| format!("RL-{number:02}")).collect();
    assert_eq!(rulings, expected);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for ruling in choices::RULINGS {
        for file in ruling.carried {
            let text = fs::read_to_string(root.join(file)).unwrap_or_else(|_| panic!("{file} is not there"));
            assert!(text.contains(ruling.number), "{file} does not carry {}", ruling.number);
        }
    }
}

/// A rule nobody can reach would be a promise in print only.
#[test]
fn every_rule_is_reached_by_the_printed_table_or_a_case() {
    let printed = decisions::page();
    let (table, _) = printed.split_once("## Alle regels").unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let cases: String =
        fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let missing: BTreeSet<&str> = Rule::ALL
        .iter()
        .map(|rule| rule.id())
        .filter(|id| !table.contains(&format!(", {id} |")) && !cases.contains(&format!("\"{id}\"")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Sources are law, rows of the covenants and rulings: what a lawyer can look up, and no note of ours.
#[test]
fn every_source_can_be_looked_up() {
    let known = ["RL-", "ROL-", "00", "AVG ", "Awb ", "BW ", "Jeugdwet ", "Leerplichtwet ", "Wmo ", "WOR "];
    let rules = Rule::ALL.iter().map(|rule| rule.source());
    let kinds = SignalKind::ALL.iter().map(|kind| kind.row().source);
    let bases = LegalBasis::ALL.iter().map(|basis| basis.source());
    for source in rules.chain(kinds).chain(bases) {
        for part in source.split(", ") {
            assert!(known.iter().any(|start| part.starts_with(start)), "`{part}` in `{source}`");
        }
    }
}
