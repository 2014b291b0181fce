// SPDX-License-Identifier: EUPL-1.2
//! `sluis ledger verify` and `sluis ledger witnessed`: what is proven of a log in an export, in a database that is in use or in
//! a copy, and what others saw of it.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::{sentence, write_log};
use crate::app::{self, StartFault};
use crate::clock::{Clock, SystemClock, rfc3339};
use crate::command::Exit;
use crate::config::Config;
use crate::copies;
use crate::ledger::checkpoint::{Checkpoint, VerifierKey};
use crate::ledger::cosignature::{WitnessKey, cosign};
use crate::ledger::verify::{Break, Verdict, verify};
use crate::store::Store;

/// What is verified, and against what.
#[derive(Debug, Args)]
pub(in crate::command) struct Verifying {
    #[command(flatten)]
    of: Of,
    /// De naam van het logboek, als het niet dat van de configuratie of van de gateway van de kopie is.
    #[arg(long, value_name = "NAAM", conflicts_with = "export")]
    origin: Option<String>,
    /// De openbare sleutels, een per regel, zoals `sluis ledger key` ze toont.
    #[arg(long, value_name = "BESTAND")]
    keys: PathBuf,
    /// Een eerder bewaard controlepunt, ook zoals een getuige het toont met `sluis ledger witnessed`. Mag vaker.
    #[arg(long, value_name = "BESTAND")]
    checkpoint: Vec<PathBuf>,
    /// De openbare sleutels van getuigen, een per regel, zoals `sluis ledger key --witness` ze toont: dan staat erbij wat zij
    /// zagen, en hoeveel regels daarna nog geen getuige zag.
    #[arg(long, value_name = "BESTAND")]
    witnesses: Option<PathBuf>,
}

/// Where the log is.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Of {
    /// De uitgifte, gemaakt met `sluis ledger export`.
    #[arg(long, value_name = "BESTAND")]
    export: Option<PathBuf>,
    /// De configuratie van een gateway: haar eigen database, ook terwijl zij draait.
    #[arg(long, value_name = "BESTAND")]
    config: Option<PathBuf>,
    /// Een reservekopie, gemaakt met `sluis backup`.
    #[arg(long, value_name = "MAP")]
    copy: Option<PathBuf>,
}

/// Bewaard: a checkpoint that somebody kept, and who of the known witnesses saw it, with the second in which they did.
#[derive(Debug, Clone)]
struct KeptNote {
    checkpoint: Checkpoint,
    seen: Vec<(String, u64)>,
}

/// Whose word counts: of the log itself, and of those who witness it.
struct Believed {
    keys: Vec<VerifierKey>,
    witnesses: Option<Vec<WitnessKey>>,
}

impl Believed {
    fn read(keys: &Path, witnesses: Option<&Path>) -> Result<Self, String> {
        Ok(Self { keys: lines(keys)?, witnesses: witnesses.map(lines).transpose()? })
    }

    /// A note that the log signed, with what known witnesses say below it.
    fn note(&self, note: &str) -> Result<KeptNote, String> {
        let checkpoint = Checkpoint::verify(note, &self.keys).map_err(|fault| fault.to_string())?;
        let (_, signatures) = note.split_once("\n\n").unwrap_or_default();
        let saw = |witness: &WitnessKey| {
            let cosigned = witness.saw(&checkpoint.body(), signatures)?;
            Some((witness.name().to_owned(), cosigned.seconds))
        };
        let seen = self.witnesses.iter().flatten().filter_map(saw).collect();
        Ok(KeptNote { checkpoint, seen })
    }
}

/// Reads keys, checkpoints and log, and says what exactly is proven.
pub(super) async fn run(asked: &Verifying) -> Exit {
    match judged(asked).await {
        Ok((verdict, kept)) => {
            println!("{}", said(asked, &verdict));
            if asked.witnesses.is_some() {
                println!("{}", witnessed(&verdict, &kept));
            }
            super::exit_of(&verdict)
        }
        Err(trouble) => {
            eprintln!("sluis: {trouble}");
            Exit::Configuration
        }
    }
}

async fn judged(asked: &Verifying) -> Result<(Verdict, Vec<KeptNote>), String> {
    let believed = Believed::read(&asked.keys, asked.witnesses.as_deref())?;
    let mut kept = Vec::new();
    for path in &asked.checkpoint {
        kept.push(believed.note(&read(path)?).map_err(|fault| format!("`{}`: {fault}", path.display()))?);
    }
    let told = |fault: StartFault| fault.to_string();
    let verdict = match (&asked.of.export, &asked.of.config, &asked.of.copy) {
        (Some(export), _, _) => {
            let file =
                File::open(export).map_err(|error| format!("`{}` is niet te lezen: {error}", export.display()))?;
            let notes = checkpoints(&kept);
            verify(BufReader::new(file), &notes).map_err(|fault| format!("`{}`: {fault}", export.display()))?
        }
        (None, Some(config), _) => {
            let config = Config::load(config).map_err(|fault| told(fault.into()))?;
            let origin = asked.origin.as_deref().unwrap_or(&config.origin);
            let store = Store::new(app::engine(&config.database).await.map_err(|fault| told(fault.into()))?);
            let own = store.witnessed(origin).await.map_err(|fault| told(fault.into()))?;
            // What lies beside the log could have been put back with it: only what a witness signed below it counts.
            kept.extend(own.and_then(|own| believed.note(&own.note).ok()).filter(|note| !note.seen.is_empty()));
            let written = async |to: &mut dyn Write| write_log(&store, origin, to, "het logboek").await.map_err(told);
            compared(checkpoints(&kept), written).await?
        }
        (None, None, Some(copy)) => {
            let origin = asked.origin.as_deref();
            let written = async |to: &mut dyn Write| {
                copies::leaves::export(copy, origin, to).await.map_err(|fault| fault.to_string())
            };
            compared(checkpoints(&kept), written).await?
        }
        (None, None, None) => return Err("zeg wat er te controleren is".to_owned()),
    };
    Ok((verdict, kept))
}

fn checkpoints(kept: &[KeptNote]) -> Vec<Checkpoint> {
    kept.iter().map(|note| note.checkpoint.clone()).collect()
}

/// Compares what is written with what was kept, line by line while it is written: nothing of it is kept.
async fn compared(
    kept: Vec<Checkpoint>,
    written: impl AsyncFnOnce(&mut dyn Write) -> Result<(), String>,
) -> Result<Verdict, String> {
    let (reader, writer) = std::io::pipe().map_err(|error| error.to_string())?;
    let reading = std::thread::spawn(move || verify(BufReader::new(reader), &kept));
    let mut writer = BufWriter::new(writer);
    let done = written(&mut writer).await;
    let flushed = writer.flush();
    drop(writer);
    let verdict = reading.join().map_err(|_| "de controle kwam niet tot een einde".to_owned())?;
    match verdict {
        // Whoever has seen enough reads no further.
        Ok(Verdict::Broken(difference)) => Ok(Verdict::Broken(difference)),
        verdict => {
            done?;
            flushed.map_err(|error| error.to_string())?;
            verdict.map_err(|fault| fault.to_string())
        }
    }
}

/// What a verdict means. In a database or copy there are no lines, but numbers.
fn said(asked: &Verifying, verdict: &Verdict) -> String {
    let number = |line: &u64| line.saturating_sub(2);
    match verdict {
        Verdict::Broken(Break::Edited(line)) if asked.of.export.is_none() => {
            format!("klopt niet: de regel met nummer {} is gewijzigd", number(line))
        }
        Verdict::Broken(Break::Misplaced(line)) if asked.of.export.is_none() => {
            format!("klopt niet: bij nummer {} ontbreekt een regel, of staat er een dubbel of verwisseld", number(line))
        }
        Verdict::Broken(Break::OtherRoot) if asked.of.export.is_none() => {
            "klopt niet: de regels zijn niet die van de wortel die erbij staat".to_owned()
        }
        verdict => sentence(verdict),
    }
}

/// How far witnesses saw the log, and what none of them saw yet.
fn witnessed(verdict: &Verdict, kept: &[KeptNote]) -> String {
    let size = match verdict {
        Verdict::Proven { size, .. } | Verdict::OnlyConsistent { size } => *size,
        Verdict::Broken(_) => {
            return "wat getuigen zagen is niet te vergelijken met een logboek dat niet klopt".to_owned();
        }
    };
    let furthest = kept.iter().filter(|note| !note.seen.is_empty()).max_by_key(|note| note.checkpoint.size);
    let Some(note) = furthest else { return format!("van deze {size} regels zag nog geen getuige er een") };
    let name = |(name, seconds): &(String, u64)| {
        let instant = i64::try_from(*seconds).unwrap_or_default().saturating_mul(1_000_000);
        format!("{name} op {}", rfc3339(instant))
    };
    let names: Vec<String> = note.seen.iter().map(name).collect();
    let (seen, tail) = (note.checkpoint.size, size.saturating_sub(note.checkpoint.size));
    match tail {
        0 => format!("gezien door getuigen: alle {size} regels ({})", names.join(", ")),
        1 => format!(
            "gezien door getuigen: de eerste {seen} regels ({}); de laatste zag nog geen getuige",
            names.join(", ")
        ),
        _ => format!(
            "gezien door getuigen: de eerste {seen} regels ({}); de {tail} daarna, vanaf nummer {seen}, zag nog geen getuige",
            names.join(", ")
        ),
    }
}

/// Prints how far this gateway witnessed a log: the note that the log signed, with this gateway's own word below it.
pub(super) async fn show_witnessed(config: &Config, log: &str) -> Result<Exit, StartFault> {
    let store = Store::new(app::engine(&config.database).await?);
    let Some(seen) = store.witnessed(log).await?.filter(|_| log != config.origin) else {
        eprintln!("sluis: van dit logboek heeft deze gateway niets gezien");
        return Ok(Exit::Failed);
    };
    let key = app::keys(config)?.witnessing().ok_or(crate::keys::KeyFault::NoRandomness)?;
    let body = Checkpoint { origin: log.to_owned(), size: seen.size, root: seen.root }.body();
    let seconds = SystemClock.now().instant.div_euclid(1_000_000);
    // INVARIANT: what is cosigned here stands durably, and was cosigned before.
    let line = cosign(&config.origin, &key, &body, u64::try_from(seconds).unwrap_or_default());
    print!("{}{line}", seen.note);
    Ok(Exit::Done)
}

/// The lines of a file, each read.
fn lines<T: std::str::FromStr<Err: std::fmt::Display>>(path: &Path) -> Result<Vec<T>, String> {
    let text = read(path)?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(str::parse).collect::<Result<_, _>>().map_err(|fault: T::Err| format!("`{}`: {fault}", path.display()))
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("`{}` is niet te lezen: {error}", path.display()))
}
