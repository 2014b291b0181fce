// SPDX-License-Identifier: EUPL-1.2
//! Step 9, and what comes before the story for it: the back-office keeps where the ledger stood, and compares.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use sluis_sandbox::back_office;

use super::super::DemoFault;
use super::super::crew::text;
use super::super::stage::Stage;
use super::super::telling::Telling;
use crate::command::ledger;
use crate::ledger::checkpoint::{Checkpoint, VerifierKey};
use crate::ledger::verify::{Verdict, verify};

/// The back-office fetches where the ledger stands now, and keeps it in a file of its own.
pub(super) async fn kept(stage: &Stage, told: &mut Telling) -> Result<(), DemoFault> {
    let office = &stage.crew.wijkteam;
    let reply = office.get("/v1/controlepunten/laatste").await?;
    told.exchange(office.name, "GET /v1/controlepunten/laatste", reply.status);
    let note = text(&reply.body, "/notitie")?;
    let signed = Checkpoint::verify(&note, &keys(stage)?);
    let file = back_office::keep(&stage.folder.join("gemeente"), &note)?;
    let size = signed.as_ref().map_or_else(ToString::to_string, |checkpoint| format!("omvang {}", checkpoint.size));
    told.fact("bewaard", &format!("{size}, in {}", file.display()));
    told.check(reply.status == 200 && signed.is_ok(), "de gemeente bewaart zelf een ondertekend controlepunt");
    Ok(())
}

/// Step 9: the log is handed over and compared with what the back-office kept; then the same log with one entry changed.
pub(super) async fn compared(stage: &Stage, told: &mut Telling) -> Result<(), DemoFault> {
    told.title("Stap 9: klopt het logboek nog?");
    told.say(
        "Alles hierboven staat in het logboek van de gateway, zonder persoonsgegevens. De gemeente hoeft de beheerder \
         niet op zijn woord te geloven: zij krijgt het logboek en vergelijkt het met haar twee controlepunten, dat van \
         voor stap 1 en dat van na stap 7.",
    );
    let export = stage.folder.join("gemeente/logboek.jsonl");
    ledger::export_to(&stage.config, &stage.config.origin, &export).await?;
    let verdict = judged(stage, &export)?;
    told.fact("oordeel", &verdict.as_ref().map_or_else(Clone::clone, ledger::sentence));
    told.check(
        matches!(verdict, Ok(Verdict::Proven { .. })),
        "het logboek is wat het was bij elk bewaard controlepunt",
    );
    told.fact("bewezen", "tot het laatste controlepunt is niets gewijzigd, weggelaten, verwisseld of teruggezet");
    told.fact(
        "niet",
        "dat alles wat gebeurde ook is vastgelegd, en hoe het staat met regels van na dat controlepunt: die heeft nog \
         niemand anders gezien",
    );
    told.say("Ter vergelijking: hetzelfde logboek, waarin bij één oude regel een andere rol is ingevuld.");
    let forged = stage.folder.join("gemeente/vervalst.jsonl");
    std::fs::write(&forged, changed(&std::fs::read_to_string(&export)?))?;
    let verdict = judged(stage, &forged)?;
    told.fact("oordeel", &verdict.as_ref().map_or_else(Clone::clone, ledger::sentence));
    told.check(matches!(verdict, Ok(Verdict::Broken(_))), "de vervalsing valt op");
    Ok(())
}

/// What the verifier says of an export, given everything that the back-office kept: a verdict, or why there is none.
fn judged(stage: &Stage, export: &Path) -> Result<Result<Verdict, String>, DemoFault> {
    let keys = keys(stage)?;
    let mut kept = Vec::new();
    for file in back_office::checkpoints(&stage.folder.join("gemeente"))? {
        match Checkpoint::verify(&std::fs::read_to_string(file)?, &keys) {
            Ok(checkpoint) => kept.push(checkpoint),
            Err(fault) => return Ok(Err(fault.to_string())),
        }
    }
    Ok(verify(BufReader::new(File::open(export)?), &kept).map_err(|fault| fault.to_string()))
}

/// The key that the back-office was given when it joined.
fn keys(stage: &Stage) -> Result<Vec<VerifierKey>, DemoFault> {
    let lines = std::fs::read_to_string(stage.folder.join("gemeente/sleutel-van-de-sluis.txt"))?;
    Ok(lines.lines().filter_map(|line| line.parse().ok()).collect())
}

/// The export with another role in the first entry that names this one.
fn changed(export: &str) -> String {
    export.replacen("intern_begeleider", "schooldirecteur", 1)
}
