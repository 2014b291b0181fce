// SPDX-License-Identifier: EUPL-1.2
//! The register of AVG 30 and what is printed from it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sluis_policy::processing::{self, EDITION, Processing};
use sluis_policy::*;

use crate::golden;
use crate::world::CIRCLE;

/// Records point to an edition, so that none changes: a register that says something else is another edition.
#[test]
fn the_register_is_the_edition_in_git() {
    golden::compare(&format!("verwerkingsregister-{EDITION}.md"), &Processing::page());
    for number in 1..=EDITION {
        let text = processing::edition(number).unwrap();
        assert!(golden::blessing() || text.starts_with(&format!("# Verwerkingsregister, uitgave {number}\n")));
    }
    assert_eq!((processing::edition(0), processing::edition(EDITION + 1)), (None, None));
}

/// P5: what any version of the rules recorded points to an edition that exists.
#[test]
fn every_version_of_the_rules_has_its_edition() {
    for rules in 1..=RULES_VERSION {
        assert!(processing::edition_under(rules).and_then(processing::edition).is_some(), "{rules}");
    }
    assert_eq!((processing::edition_under(RULES_VERSION), processing::edition_under(0)), (Some(EDITION), None));
}

/// What the worked cases permit is accounted for: each on a ground that the register names for its activity. And every activity
/// that a covenant accounts for stands in it with a purpose.
#[test]
fn what_is_permitted_is_accounted_for() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut missing = BTreeSet::new();
    let mut permitted = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|end| end != "toml") {
            continue;
        }
        let case = Case::read(&fs::read_to_string(&path).unwrap(), &CIRCLE).unwrap();
        for question in &case.questions {
            let decision = question.world.decide();
            let Some(permit) = decision.permit() else { continue };
            permitted += 1;
            let entry = Processing::of(permit.activity());
            if !entry.grounds.contains(&permit.basis()) {
                missing.insert((permit.activity(), permit.basis()));
            }
        }
    }
    assert!(permitted > 60 && missing.is_empty(), "{missing:?}");
    for entry in Processing::register() {
        assert!(!entry.purposes.is_empty() && !entry.grounds.is_empty(), "{}", entry.activity);
    }
}

/// RL-25: from register and covenant come the working document of the DPIA and the annex for each controller.
#[test]
fn rl_25_the_documents_name_who_is_responsible_and_no_more_than_that() {
    let text = include_str!("../../covenants/west-maas-en-waal.toml");
    let covenants = [Covenant::parse(text).unwrap()];
    golden::compare("dpia-west-maas-en-waal.md", &Processing::assessment(&covenants));
    let municipality: Oin = "99000000066800000001".parse().unwrap();
    let annex = Processing::annex(&covenants, municipality);
    golden::compare("verwerkersbijlage-west-maas-en-waal.md", &annex);
    let accounted = |activity: &ProcessingActivity| {
        let own = |one: &covenant::Account| one.activity == *activity && one.controllers.contains(&municipality);
        covenants.iter().any(|covenant| covenant.accounts().iter().any(own))
    };
    for activity in ProcessingActivity::ALL {
        assert_eq!(annex.contains(&format!("\n## {activity}\n")), accounted(activity), "{activity}");
    }
    let nobody = Processing::annex(&covenants, "99000000000000000098".parse().unwrap());
    assert!(!nobody.contains("\n## "), "whoever is responsible for nothing has nothing processed: {nobody}");
}
