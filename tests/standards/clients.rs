// SPDX-License-Identifier: EUPL-1.2
//! Clients that generators make of the description, unedited, do what their users want: place a signal at the running
//! gateway and read it, over mutual TLS. TypeScript is held to its types too.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use sluis_sandbox::seed;
use sluis_tests::database::Database;

use crate::standing::{CALLER, Standing};
use crate::tools::{node_program, python_program, root, run, workbench};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_made_for_python_places_a_signal_and_reads_it() {
    let folder = workbench("client-python");
    made(
        python_program("openapi-python-client")
            .args(["generate", "--meta", "none", "--path"])
            .arg(root().join("openapi/sluis.json"))
            .arg("--output-path")
            .arg(folder.join("sluis_client")),
    );
    let program = root().join("tests/standards/clients/signal.py");
    used("client-python", python_program("python").arg(program).env("PYTHONPATH", &folder)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_made_for_typescript_places_a_signal_and_reads_it() {
    made_for_typescript("client-typescript", &root().join("openapi/sluis.json")).await;
}

/// Older generators read the older description; whoever uses what they make finds the same API.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_made_of_the_older_description_does_the_same() {
    made_for_typescript("client-older", &root().join("openapi/sluis-3.0.json")).await;
}

async fn made_for_typescript(name: &str, description: &Path) {
    let folder = workbench(name);
    made(
        node_program("openapi-ts")
            .arg("-i")
            .arg(description)
            .arg("-o")
            .arg(folder.join("client"))
            .args(["-c", "@hey-api/client-fetch"]),
    );
    std::fs::copy(root().join("tests/standards/clients/signal.ts"), folder.join("signal.ts")).unwrap();
    made(
        node_program("tsc").current_dir(&folder).args(["--strict", "--target", "es2022", "--module", "commonjs"]).args(
            ["--moduleResolution", "node10", "--skipLibCheck", "--types", "node", "--outDir", "out", "signal.ts"],
        ),
    );
    used(name, Command::new("node").arg(folder.join("out/signal.js"))).await;
}

fn made(command: &mut Command) {
    let done = run(command);
    assert!(done.well, "{}", done.said());
}

/// Runs a school system that uses a client, and looks at what it read.
async fn used(name: &str, program: &mut Command) {
    let standing = Standing::start(name, Database::Sqlite).await;
    let pupil = standing.register_pupil().await;
    let files = standing.certificate("vendor");
    let done = run(program
        .env("SLUIS_BASE", standing.base())
        .env("SLUIS_TOKEN", standing.token(CALLER))
        .env("SLUIS_AUTHORITY", standing.authority())
        .env("SLUIS_CERTIFICATE", &files.certificate)
        .env("SLUIS_KEY", &files.key)
        .env("SLUIS_PUPIL", pupil)
        .env("SLUIS_RECEIVER", seed::MUNICIPALITY));
    assert!(done.well, "{}", done.said());
    let told: Value = serde_json::from_str(&done.output).unwrap_or_else(|_| panic!("{}", done.said()));
    assert_eq!(told["placed"].as_str().unwrap().len(), 32);
    assert_eq!(told["read"], told["placed"]);
    assert_eq!((&told["form"], &told["absent"]), (&json!("anoniem"), &json!(404)));
    assert!(told["organisations"].as_u64().unwrap() >= 5);
}
