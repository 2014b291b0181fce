// SPDX-License-Identifier: EUPL-1.2
//! `sluis besluit …`: what the core decides, and what it decided.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::Value;
use sluis_policy::{Case, Circle, RoleTable};

use super::Exit;

const TEST_CODES: &str = "\
Afsluitcodes:
   0  elk besluit is zoals de casus verwacht, of er wordt niets verwacht
   1  een besluit is anders; `verschillen` zegt hoe
  64  de opdracht is niet begrepen
  78  een bestand is niet te lezen of is geen casus; alle fouten staan op het scherm, elk met bestand en plaats";

/// How large a case may be: far more than a person writes.
const LARGEST: u64 = 1 << 20;

#[derive(Debug, Subcommand)]
pub(super) enum BesluitCommand {
    /// Beslist een casus en drukt af wat eruit komt, een regel JSON per bestand.
    ///
    /// Een casus vertelt de feiten van een verzonnen jeugdige en stelt vragen; policy/cases/README.md legt uit hoe. Staat erbij
    /// wat eruit moet komen, dan wordt dat nagegaan. Er is geen configuratie, database of netwerk voor nodig, en er wordt niets
    /// vastgelegd: het gaat over niemand.
    #[command(after_help = TEST_CODES)]
    Test {
        /// De casus (TOML of JSON). Mag vaker; `-` is de standaardinvoer.
        #[arg(value_name = "BESTAND", required = true)]
        files: Vec<PathBuf>,
    },
}

/// Does what the command line asks about decisions.
pub(super) async fn run(command: BesluitCommand) -> Exit {
    match command {
        BesluitCommand::Test { files } => test(&files).await,
    }
}

async fn test(files: &[PathBuf]) -> Exit {
    let roles = match RoleTable::shipped().await {
        Ok(roles) => roles,
        Err(fault) => return told(&[fault.to_string()]),
    };
    let circle = match Circle::new(roles) {
        Ok(circle) => circle,
        Err(fault) => return told(&[fault.to_string()]),
    };
    let mut worst = Exit::Done;
    for file in files {
        let came = match read(file).and_then(|text| answered(file, &text, &circle)) {
            Ok((answer, as_expected)) => {
                println!("{answer}");
                if as_expected { Exit::Done } else { Exit::Failed }
            }
            Err(faults) => told(&faults),
        };
        if came.code() > worst.code() {
            worst = came;
        }
    }
    worst
}

fn told(faults: &[String]) -> Exit {
    eprintln!("{}", faults.join("\n"));
    Exit::Configuration
}

/// The answers of one case, and whether each is as the case expects.
fn answered(file: &Path, text: &str, circle: &Circle) -> Result<(Value, bool), Vec<String>> {
    let shown = file.display();
    let case = Case::read(text, circle)
        .map_err(|error| error.faults().iter().map(|fault| format!("{shown}: {fault}")).collect::<Vec<_>>())?;
    let mut answer = case.answered();
    if let Value::Object(answer) = &mut answer {
        answer.insert("bestand".to_owned(), shown.to_string().into());
    }
    Ok((answer, case.differences().is_empty()))
}

fn read(file: &Path) -> Result<String, Vec<String>> {
    let shown = file.display();
    let unreadable = |trouble: io::Error| vec![format!("{shown}: is niet te lezen: {trouble}")];
    let source: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin())
    } else {
        Box::new(fs::File::open(file).map_err(unreadable)?)
    };
    let mut text = String::new();
    let length = source.take(LARGEST + 1).read_to_string(&mut text).map_err(unreadable)?;
    if u64::try_from(length).is_ok_and(|length| length <= LARGEST) {
        Ok(text)
    } else {
        Err(vec![format!("{shown}: is groter dan een casus kan zijn ({LARGEST} bytes)")])
    }
}
