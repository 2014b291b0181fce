// SPDX-License-Identifier: EUPL-1.2
//! `sluis ledger …`: hand the log over, and check it without trusting whoever handed it over.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;

mod verifying;

use self::verifying::Verifying;
use super::Exit;
use crate::app::{self, StartFault};
use crate::config::Config;
use crate::ledger::checkpoint::{Checkpoint, VerifierKey};
use crate::ledger::cosignature::WitnessKey;
use crate::ledger::merkle::Frontier;
use crate::ledger::verify::{Break, ExportHeader, ExportLine, Verdict};
use crate::store::Store;

/// How many entries are read at a time for an export.
const PAGE: i64 = 1_000;

const VERIFY_CODES: &str = "\
Afsluitcodes:
   0  klopt, vergeleken met een eerder bewaard controlepunt
   1  klopt niet: het logboek is veranderd, ingekort of gesplitst
   2  innerlijk consistent; niet vergeleken met een eerder bewijs
  64  de opdracht is niet begrepen
  78  een bestand is niet te lezen, of een controlepunt is niet ondertekend met een van de sleutels";

#[derive(Debug, Subcommand)]
pub(super) enum LedgerCommand {
    /// Controleert een logboek tegen controlepunten die iemand anders heeft bewaard: een uitgifte, een database of een kopie.
    ///
    /// Uit het logboek alleen is nooit te zien of het is teruggezet, ingekort of gesplitst: dat blijkt pas uit een
    /// controlepunt dat de beheerder niet kon aanpassen. De sleutels komen uit een eigen bestand, nooit uit de uitgifte, de
    /// database of de kopie. Voor een uitgifte of kopie is geen configuratie, database of netwerk nodig.
    #[command(after_help = VERIFY_CODES)]
    Verify(Verifying),
    /// Toont tot hoever deze gateway, als getuige, het logboek van een ander zag, voor `verify --checkpoint`.
    Witnessed {
        /// Het configuratiebestand (TOML).
        #[arg(long, value_name = "BESTAND")]
        config: PathBuf,
        /// De naam van dat logboek.
        #[arg(long, value_name = "NAAM")]
        log: String,
    },
    /// Schrijft het logboek van deze gateway weg, zonder persoonsgegevens.
    Export {
        /// Het configuratiebestand (TOML).
        #[arg(long, value_name = "BESTAND")]
        config: PathBuf,
        /// Waarheen. Een bestaand bestand wordt overschreven.
        #[arg(long, value_name = "BESTAND")]
        to: PathBuf,
        /// De naam van het logboek, als het niet dat van de configuratie is: dat van voor een herstel, of van een andere
        /// gateway op deze database.
        #[arg(long, value_name = "NAAM")]
        origin: Option<String>,
    },
    /// Gooit het zoekregister van de functionarissen weg; een draaiende gateway maakt het opnieuw uit de logboeken.
    ///
    /// In het zoekregister staat niets dat niet ook in de logboeken staat. Zolang het niet bij is, zegt de zoekpagina dat de
    /// nieuwste regels kunnen ontbreken.
    Reindex {
        /// Het configuratiebestand (TOML).
        #[arg(long, value_name = "BESTAND")]
        config: PathBuf,
    },
    /// Toont de openbare sleutel waarmee controlepunten van deze gateway te controleren zijn.
    Key {
        /// Het configuratiebestand (TOML).
        #[arg(long, value_name = "BESTAND")]
        config: PathBuf,
        /// De sleutel waarmee deze gateway als getuige controlepunten van anderen mede ondertekent.
        #[arg(long)]
        witness: bool,
    },
}

/// Does what the command line asks of the ledger.
pub(super) async fn run(command: LedgerCommand) -> Result<Exit, StartFault> {
    match command {
        LedgerCommand::Verify(asked) => Ok(verifying::run(&asked).await),
        LedgerCommand::Witnessed { config, log } => verifying::show_witnessed(&Config::load(&config)?, &log).await,
        LedgerCommand::Export { config, to, origin } => {
            let config = Config::load(&config)?;
            export_to(&config, origin.as_deref().unwrap_or(&config.origin), &to).await?;
            Ok(Exit::Done)
        }
        LedgerCommand::Reindex { config } => {
            app::index(&Config::load(&config)?.database).await?.forget().await?;
            Ok(Exit::Done)
        }
        LedgerCommand::Key { config, witness } => {
            let config = Config::load(&config)?;
            let key = if witness { witness_key(&config)?.to_string() } else { own_key(&config)?.to_string() };
            println!("{key}");
            Ok(Exit::Done)
        }
    }
}

/// The public key of this gateway's checkpoints.
pub(crate) fn own_key(config: &Config) -> Result<VerifierKey, StartFault> {
    let signing = app::keys(config)?.signing().ok_or(crate::keys::KeyFault::NoRandomness)?;
    Ok(VerifierKey::of(&config.origin, &signing))
}

/// The public key of this gateway's cosignatures.
fn witness_key(config: &Config) -> Result<WitnessKey, StartFault> {
    let witnessing = app::keys(config)?.witnessing().ok_or(crate::keys::KeyFault::NoRandomness)?;
    Ok(WitnessKey::of(&config.origin, &witnessing))
}

/// Writes the log out as it stands, entry by entry.
pub(crate) async fn export_to(config: &Config, origin: &str, to: &Path) -> Result<(), StartFault> {
    let store = Store::new(app::engine(&config.database).await?);
    let path = to.display().to_string();
    let unusable = |trouble| StartFault::File { path: path.clone(), trouble };
    let mut file = BufWriter::new(File::create(to).map_err(unusable)?);
    write_log(&store, origin, &mut file, &path).await?;
    file.flush().map_err(unusable)
}

/// Writes a log of this database out; `path` is what is written to, as errors call it.
async fn write_log(store: &Store, origin: &str, to: &mut dyn Write, path: &str) -> Result<(), StartFault> {
    let unusable = |trouble| StartFault::File { path: path.to_owned(), trouble };
    let (size, root) = store.log_head(origin).await?.unwrap_or((0, Frontier::default().root()));
    let header = ExportHeader::of(&Checkpoint { origin: origin.to_owned(), size, root });
    write_line(to, &header).map_err(unusable)?;
    let mut next = 0;
    while next < size {
        let left = i64::try_from(size - next).unwrap_or(PAGE).min(PAGE);
        let page = store.leaves(origin, next, left).await?;
        if page.is_empty() {
            break;
        }
        for leaf in page {
            next = leaf.index.saturating_add(1);
            write_line(to, &ExportLine::kept(leaf.index, &leaf.hash, leaf.entry)).map_err(unusable)?;
        }
    }
    Ok(())
}

fn write_line(to: &mut dyn Write, line: &impl serde::Serialize) -> std::io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    to.write_all(&text)
}

/// The checkpoints in these files, as far as one of these keys signed each.
pub(super) fn read_kept(keys: &Path, checkpoints: &[PathBuf]) -> Result<Vec<Checkpoint>, String> {
    let read = |path: &Path| {
        std::fs::read_to_string(path).map_err(|error| format!("`{}` is niet te lezen: {error}", path.display()))
    };
    let lines = read(keys)?;
    let lines = lines.lines().filter(|line| !line.trim().is_empty());
    let keys: Vec<VerifierKey> =
        lines.map(str::parse).collect::<Result<_, _>>().map_err(|fault| format!("`{}`: {fault}", keys.display()))?;
    let believed = |path: &PathBuf| {
        Checkpoint::verify(&read(path)?, &keys).map_err(|fault| format!("`{}`: {fault}", path.display()))
    };
    checkpoints.iter().map(believed).collect()
}

/// What a verdict means, in words that promise no more than was proven.
pub(crate) fn sentence(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Proven { proven, size } if proven == size => {
            format!("klopt: alle {size} regels staan er zoals toen het laatste controlepunt werd bewaard")
        }
        Verdict::Proven { proven, size } => format!(
            "klopt: de eerste {proven} regels staan er zoals toen het laatste controlepunt werd bewaard; de {} regels \
             daarna zijn innerlijk consistent, maar nog door niemand anders gezien",
            size - proven
        ),
        Verdict::OnlyConsistent { size } => {
            format!("innerlijk consistent ({size} regels); niet vergeleken met een eerder bewijs")
        }
        Verdict::Broken(difference) => format!("klopt niet: {}", how(difference)),
    }
}

/// How a log and a kept checkpoint differ, in the same words.
fn how(difference: &Break) -> String {
    match difference {
        Break::Shorter { has, had } => {
            format!("het logboek heeft {has} regels, en had er {had} toen dat controlepunt werd bewaard")
        }
        Break::Differs { size: 1 } => {
            "de eerste regel is niet meer die van toen dat controlepunt werd bewaard".to_owned()
        }
        Break::Differs { size } => {
            format!("de eerste {size} regels zijn niet meer die van toen dat controlepunt werd bewaard")
        }
        Break::OtherLog => "het bewaarde controlepunt is van een ander logboek".to_owned(),
        Break::Edited(line) => format!("regel {line} van de uitgifte is gewijzigd"),
        Break::Misplaced(line) => {
            format!("op regel {line} van de uitgifte ontbreekt een regel, of staat er een dubbel of verwisseld")
        }
        Break::OtherRoot => "de regels zijn niet die van de wortel die de uitgifte noemt".to_owned(),
    }
}

fn exit_of(verdict: &Verdict) -> Exit {
    match verdict {
        Verdict::Proven { .. } => Exit::Done,
        Verdict::OnlyConsistent { .. } => Exit::Unproven,
        Verdict::Broken(_) => Exit::Failed,
    }
}
