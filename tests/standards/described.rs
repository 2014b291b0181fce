// SPDX-License-Identifier: EUPL-1.2
//! A tester that nobody here wrote reads the description, makes requests up from it, right ones and wrong ones, and sends
//! them to the running gateway: every answer must be one that the description names, in the form that it names, and
//! nothing that is wrong may be taken for right.

use std::time::Duration;

use sluis_tests::database::Database;

use crate::standing::Standing;
use crate::tools::{python_program, root, run, workbench};

/// Who asks: each finds other doors open.
const CALLERS: [(&str, &str, &str); 3] = [
    ("school", "vendor", "vendor; ib.wilgenhoek of school"),
    ("wijkteam", "municipality", "municipality; consulent.wijkteam of municipality"),
    ("leerplicht", "municipality", "municipality; ambtenaar.leerplicht of municipality"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_as_described_on_sqlite() {
    hold_against(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_as_described_on_postgres() {
    hold_against(Database::Postgres).await;
}

async fn hold_against(database: Database) {
    let standing = Standing::start("described", database).await;
    standing.register_pupil().await;
    let long = std::env::var_os("SLUIS_TEST_LONG").is_some();
    // A token lives ten minutes, and so each round has one of its own.
    for round in 0..if long { 4 } else { 1 } {
        let examples = if long { 30 } else { 8 };
        for (name, certificate, caller) in CALLERS {
            let trial = format!("{}-{name}-{round}", database.name());
            ask(&standing, &trial, (certificate, caller), PRODUCT, examples);
        }
        // Where this one has no words for the form of what is asked, the gateway does not know either, and says no.
        let (certificate, caller) = ("access-desk", "access-desk; system of access-desk");
        ask(&standing, &format!("{}-access-{round}", database.name()), (certificate, caller), ACCESS, examples);
    }
    let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().unwrap();
    let metrics = client.get(format!("{}/metrics", standing.gateway.operations)).send().await.unwrap().text().await;
    let panics = metrics.unwrap().lines().find(|line| line.starts_with("sluis_panics_total")).map(str::to_owned);
    assert!(panics.is_none_or(|line| line.ends_with(" 0")), "something panicked");
}

/// A description, and the path below which it is served.
type Surface = (&'static str, &'static str);

const PRODUCT: Surface = ("openapi/sluis.json", "/v1");
const ACCESS: Surface = ("openapi/authzen.json", "");

fn ask(
    standing: &Standing,
    name: &str,
    (certificate, caller): (&str, &str),
    (description, base): Surface,
    examples: u32,
) {
    let folder = workbench(&format!("described-{name}"));
    let files = standing.certificate(certificate);
    let done = run(python_program("schemathesis")
        .current_dir(&folder)
        .env("PYTHONPATH", root().join("tests/standards/described"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SCHEMATHESIS_HOOKS", "right_requests")
        .arg("run")
        .arg(root().join(description))
        .args([
            "--url",
            &format!("{}{base}", standing.gateway.machine),
            "--checks",
            "all",
            "--mode",
            "all",
            "--no-color",
        ])
        .args(["--max-examples", &examples.to_string()])
        .args(["--header", &format!("Authorization: Bearer {}", standing.token(caller))])
        .arg("--tls-verify")
        .arg(standing.authority())
        .arg("--request-cert")
        .arg(&files.certificate)
        .arg("--request-cert-key")
        .arg(&files.key));
    println!("{caller}:\n{}", done.output);
    assert!(done.well, "{caller}:\n{}", done.said());
}
