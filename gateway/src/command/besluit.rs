// SPDX-License-Identifier: EUPL-1.2
//! `sluis besluit …`: what the core decides, and what it decided.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::{Value, json};
use sluis_policy::{Case, Circle, Decision, RULES_VERSION, RoleTable};

use super::Exit;
use crate::broker::Trouble;
use crate::broker::replaying::{Lost, RecordedDecision};
use crate::clock::{moment_at, rfc3339};
use crate::config::Config;
use crate::erasing;
use crate::ledger::record::Event;
use crate::operator::{Done, Office, OperatorFault};
use crate::vault::Id;

const TEST_CODES: &str = "\
Afsluitcodes:
   0  elk besluit is zoals de casus verwacht, of er wordt niets verwacht
   1  een besluit is anders; `verschillen` zegt hoe
  64  de opdracht is niet begrepen
  78  een bestand is niet te lezen of is geen casus; alle fouten staan op het scherm, elk met bestand en plaats";

const REPLAY_CODES: &str = "\
Afsluitcodes:
   0  zelfde
   1  anders
   2  niet na te spelen
  64  de opdracht is niet begrepen
  69  de database is nu niet te gebruiken, of dat u keek kan niet worden vastgelegd
  78  de configuratie klopt niet, of geen logboek van deze database kent het besluit";

/// A decision has a record of its own, and a look into a list has one with the same id.
const RECORDS_OF_ONE: i64 = 8;

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
    /// Beslist een vastgelegd besluit opnieuw, op de feiten zoals zij toen waren, en zegt of eruit komt wat er toen uitkwam.
    ///
    /// Wat in het besluit ter sprake kwam, komt niet op het scherm: alleen de regel, de vorm en de velden. Dat u keek, wordt
    /// vastgelegd in het logboek van de beheerders (de naam van het logboek met /beheer erachter) voordat u het antwoord krijgt.
    #[command(after_help = REPLAY_CODES)]
    Replay {
        /// Het kenmerk van het besluit: 32 hexadecimale cijfers, zoals een uitgifte van het logboek het noemt.
        #[arg(value_name = "KENMERK")]
        decision: String,
        /// Het configuratiebestand (TOML).
        #[arg(long, value_name = "BESTAND")]
        config: PathBuf,
        /// Uw eigen kenmerk, zoals uw organisatie het gaf. Zonder dit is het uw account op dit apparaat.
        #[arg(long, value_name = "KENMERK")]
        operator: Option<String>,
    },
}

/// Does what the command line asks about decisions.
pub(super) async fn run(command: BesluitCommand) -> Exit {
    match command {
        BesluitCommand::Test { files } => test(&files).await,
        BesluitCommand::Replay { decision, config, operator } => {
            let replayed = replay(&decision, &config, operator.as_deref()).await;
            replayed.unwrap_or_else(super::failed)
        }
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

async fn replay(decision: &str, config: &Path, operator: Option<&str>) -> Result<Exit, OperatorFault> {
    let mut id = Id::default();
    if hex::decode_to_slice(decision, &mut id).is_err() {
        eprintln!("sluis: een besluit heeft een kenmerk van 32 hexadecimale cijfers");
        return Ok(Exit::Usage);
    }
    let config = Config::load(config)?;
    let office = Office::open(&config, operator).await?;
    let replayed = replayed(&office, &id).await?;
    office.record(Done::looked("besluit_nagespeeld", json!({})), Some(id)).await?;
    let youth = replayed.as_ref().and_then(|(_, recorded, _)| recorded.youth());
    let since = match youth {
        Some(youth) => erasing::since(&office, youth).await?,
        None => None,
    };
    office.close().await;
    let Some((log, recorded, came)) = replayed else {
        eprintln!("sluis: geen logboek van deze database kent dit besluit");
        return Ok(Exit::Configuration);
    };
    let (exit, answer, now) = match &came {
        Ok(decision) if recorded.is_as(decision) => (Exit::Done, "zelfde".to_owned(), None),
        Ok(decision) => (Exit::Failed, differs(&recorded, decision), Some(Event::Decided(decision.clone()).outcome())),
        Err(Lost::Erased) => (Exit::Unproven, erased(since), None),
        Err(lost) => (Exit::Unproven, format!("niet na te spelen: {}", why(*lost)), None),
    };
    println!("{answer}");
    let told = json!({
        "besluit": decision, "logboek": log, "tijd": rfc3339(recorded.at), "antwoord": answer,
        "toen": recorded.outcome, "nu": now, "beleidToen": recorded.policy, "regelsNu": RULES_VERSION,
    });
    println!("{told}");
    Ok(exit)
}

type Replayed = (String, RecordedDecision, Result<Decision, Lost>);

/// The decision in whichever log has it, and what comes of it now.
async fn replayed(office: &Office, id: &Id) -> Result<Option<Replayed>, Trouble> {
    let words = format!("\"besluit\":\"{}\"", hex::encode(id));
    for (log, size) in office.store.logs().await? {
        let records = office.store.records(&log, 0..size, &words, RECORDS_OF_ONE).await?;
        if let Some(recorded) = records.into_iter().find_map(RecordedDecision::read) {
            let posed = office.replayer().posed(&recorded).await?;
            let came = posed.map(|posed| posed.decide(&office.policy));
            return Ok(Some((log, recorded, came)));
        }
    }
    Ok(None)
}

/// How a decision would be another one now.
fn differs(recorded: &RecordedDecision, decision: &Decision) -> String {
    let then = recorded.policy.get("regels").map(ToString::to_string).unwrap_or_default();
    format!("anders onder regels {then} → {RULES_VERSION}: {} → {}", recorded.rule(), decision.rule().id())
}

/// That it is erased, and since which day where that is on record.
fn erased(since: Option<i64>) -> String {
    let word = why(Lost::Erased);
    since.map_or_else(
        || format!("niet na te spelen: {word}"),
        |at| format!("niet na te spelen: {word} op {}", moment_at(at).today),
    )
}

/// Why a decision cannot be put again.
pub(super) const fn why(lost: Lost) -> &'static str {
    match lost {
        Lost::Erased => "vernietigd",
        Lost::QuestionNotKept => "de vraag van toen is niet bewaard",
        Lost::FactsNotKept => "de feiten van die versie zijn niet bewaard",
        Lost::Altered => "wat naast het logboek ligt is niet wat het logboek zegt",
    }
}
