// SPDX-License-Identifier: EUPL-1.2
//! A real browser visits, and is asked what it saw.

use serde_json::{Value, json};

use crate::outsiders::{chromium, script};
use crate::stage::{OFFICER, Stage};

#[tokio::test(flavor = "multi_thread")]
async fn a_real_browser_reads_the_page_and_finds_nothing_to_complain_of() {
    let Some(program) = chromium() else {
        println!("skipped: there is no Chromium on this machine");
        return;
    };
    let stage = Stage::new("chromium").await;
    stage.hold("signalling.txt").await;
    let settings = json!({
        "chromium": program, "console": stage.console, "person": OFFICER, "folder": stage.folder.join("pictures"),
    });
    let mut visit = script("chromium.mjs");
    visit.arg(settings.to_string());
    let done = tokio::task::spawn_blocking(move || visit.output().unwrap()).await.unwrap();
    let errors = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{errors}");
    let seen: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(seen["violations"], json!([]), "WCAG 2.2 AA, as axe judges it");
    assert_eq!(seen["complaints"], json!([]), "the browser's own, among them what the policy of the page forbids");
    assert!(
        ["begin", "reason", "log", "inspection", "search", "check"]
            .iter()
            .all(|page| seen[*page].as_u64().unwrap() > 10),
        "{seen}"
    );
    for (what, expected) in [
        ("firstStop", "sla-over"),
        ("heading", "Wie keek er, en waarom?"),
        ("language", "nl"),
        ("reachable", ""),
        ("englishLanguage", "en"),
        ("after", "Logged out"),
    ] {
        assert_eq!(seen[what], expected, "{what}: {seen}");
    }
    assert!(seen["rows"].as_u64().unwrap() > 4 && seen["rowsAfter"] == 0, "{seen}");
    assert!(seen["foundRows"].as_u64().unwrap() > 1, "{seen}");
    assert!(seen["unsearched"].as_str().unwrap().contains("Zonder reden wordt er niet gezocht"), "{seen}");
    assert!(seen["sentence"].as_str().unwrap().contains("Basisschool De Wilgenhoek"), "{seen}");
    assert!(seen["verdict"].as_str().unwrap().starts_with("De regel staat waar hij hoort."), "{seen}");
    assert!(seen["english"].as_str().unwrap().starts_with("Check of line"), "{seen}");
}
