// SPDX-License-Identifier: EUPL-1.2
//! Holds every conversation of this folder with the real binary, on both databases: each file with a fresh gateway on a
//! fresh database. Names of files as arguments choose among them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sluis_sandbox::behaviour::Behaviour;
use sluis_tests::Trouble;
use sluis_tests::conversation::{self, Step};
use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, command, trial_folder};
use sluis_tests::play::Play;
use sluis_tests::world::World;

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    let chosen: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let mut tally = Tally::default();
    for database in Database::ALL {
        if let Err(trouble) = hold_all(database, &chosen, &mut tally).await {
            tally.failed += 1;
            println!("FAILED {}: {trouble}", database.name());
        }
    }
    let word = if tally.failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {word}. {} passed; {} failed; 0 ignored", tally.passed, tally.failed);
    if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn hold_all(database: Database, chosen: &[String], tally: &mut Tally) -> Result<(), Trouble> {
    let folder = trial_folder(&format!("conversations-{}", database.name()))?;
    let world = World::start(&folder).await?;
    for file in files()? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if !chosen.is_empty() && !chosen.contains(&name) {
            continue;
        }
        let text = std::fs::read_to_string(&file).map_err(|error| error.to_string())?;
        let steps = conversation::read(&text).map_err(|trouble| format!("{name}.txt: {trouble}"))?;
        let (passed, failed) = match hold(&world, database, &folder.join(&name), &steps).await {
            Ok(()) => (steps.len(), None),
            Err((passed, trouble)) => (passed, Some(trouble)),
        };
        tally.passed += passed;
        match failed {
            None => println!("ok     {:8} {name}: {passed} steps", database.name()),
            Some(trouble) => {
                tally.failed += 1;
                println!("FAILED {:8} {name}.txt, {trouble}", database.name());
            }
        }
    }
    Ok(())
}

/// Holds one conversation. What failed comes with how many steps went before it; later ones mean nothing then.
async fn hold(world: &World, database: Database, folder: &Path, steps: &[Step]) -> Result<(), (usize, Trouble)> {
    std::fs::create_dir_all(folder).map_err(|error| (0, error.to_string()))?;
    let url = database.fresh(folder).await.map_err(|trouble| (0, trouble))?;
    for counterpart in world.counterparts.values() {
        counterpart.behave(Behaviour::Healthy).await.map_err(|error| (0, error.to_string()))?;
    }
    let gateway = Gateway::start(world, folder, &url).await.map_err(|trouble| (0, trouble))?;
    let mut play = Play::new(world, &gateway);
    play.forget_received();
    for (passed, step) in steps.iter().enumerate() {
        let taken = play.step(step).await;
        taken.map_err(|trouble| (passed, format!("line {}: {}: {trouble}", step.line, step.title)))?;
    }
    afterwards(gateway, folder).await.map_err(|trouble| (steps.len(), trouble))
}

/// Whatever was said, the gateway is well, nothing in it panicked, and it stops when asked.
async fn afterwards(gateway: Gateway, folder: &Path) -> Result<(), Trouble> {
    let get = async |path: &str| {
        let answer = reqwest::get(format!("{}{path}", gateway.operations)).await.map_err(|error| error.to_string())?;
        let status = answer.status().as_u16();
        Ok::<_, Trouble>((status, answer.text().await.map_err(|error| error.to_string())?))
    };
    let (status, troubles) = get("/readyz").await?;
    if status != 200 {
        return Err(format!("afterwards the gateway is not ready: {troubles}"));
    }
    let (_, metrics) = get("/metrics").await?;
    std::fs::write(folder.join("metrics.txt"), &metrics).map_err(|error| error.to_string())?;
    if metrics.lines().any(|line| line.starts_with("sluis_panics_total") && !line.ends_with(" 0")) {
        return Err("something panicked".into());
    }
    put_again(folder)?;
    gateway.stop().await
}

/// Every decision of the conversation, put again on the facts as they stood, is the same decision (P5). A pupil whose
/// registration was refused left no facts.
fn put_again(folder: &Path) -> Result<(), Trouble> {
    let mut shadow = command(folder)?;
    shadow.current_dir(folder).args(["policy", "shadow", "--days", "2", "--config", "sluis.toml"]);
    let done = shadow.output().map_err(|error| error.to_string())?;
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let lost = |line: &str| line.contains("niet na te spelen, ") && !line.contains("de feiten van die versie");
    if done.status.success() && !said.lines().any(lost) {
        return Ok(());
    }
    Err(format!("put again, its decisions are not the same: {said}"))
}

fn files() -> Result<Vec<PathBuf>, Trouble> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conversations");
    let entries = std::fs::read_dir(&folder).map_err(|error| error.to_string())?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path()).map_err(|error| error.to_string()));
    let mut files: Vec<_> = paths.collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|kind| kind == "txt"));
    files.sort();
    Ok(files)
}
