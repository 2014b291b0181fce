// SPDX-License-Identifier: EUPL-1.2
//! `sluis import`: says what the sheets change, and writes the register unless it is only a trial; or writes the sheets.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::Exit;
use crate::app::StartFault;
use crate::config::Config;
use crate::import::{Import, Sheets, export};
use crate::register::Register;

/// What is imported, and whether it is only a trial.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Het configuratiebestand (TOML). Het register dat erin genoemd wordt verandert.
    #[arg(long, value_name = "BESTAND")]
    config: PathBuf,
    /// Organisaties: oin, name, aliases, desks, fetches, municipality, serves, issuers. Loketten en uitgevers met een spatie
    /// ertussen, andere namen met een |; in fetches staan de loketten die hun berichten zelf ophalen, in serves voor welke
    /// gemeenten een loket werkt: rmc:0014 rmc:1966.
    #[arg(long, value_name = "CSV")]
    organisations: Option<PathBuf>,
    /// Schoollocaties: organisation, code, pupils (7:31 8:12).
    #[arg(long, value_name = "CSV")]
    locations: Option<PathBuf>,
    /// Contactpersonen en tandems van scholen: school, location, kind (contactpersoon of tandem), organisation, desk, name, from,
    /// until, substitute (ja: vervangt de anderen in die tijd), telephone, email.
    #[arg(long, value_name = "CSV")]
    ties: Option<PathBuf>,
    /// Mandaten: school, vendor, from, until.
    #[arg(long, value_name = "CSV")]
    mandates: Option<PathBuf>,
    /// Medewerkers: organisation, id.
    #[arg(long, value_name = "CSV")]
    professionals: Option<PathBuf>,
    /// Rollen: organisation, id, role, desk, from, until.
    #[arg(long, value_name = "CSV")]
    roles: Option<PathBuf>,
    /// Alleen zeggen wat er zou veranderen.
    #[arg(long)]
    dry_run: bool,
    /// Niets inlezen, maar organisaties, locaties en koppelingen als bladen in deze map zetten. Een blad dat er al is blijft.
    #[arg(long, value_name = "MAP", conflicts_with_all = ["organisations", "locations", "ties", "mandates", "professionals", "roles", "dry_run"])]
    export: Option<PathBuf>,
}

/// Reads, tells, and writes.
pub(super) fn run(options: Options) -> Result<Exit, StartFault> {
    let Options { config, organisations, locations, ties, mandates, professionals, roles, dry_run, export } = options;
    let sheets = Sheets { organisations, locations, ties, mandates, professionals, roles };
    let config = Config::load(&config)?;
    if let Some(folder) = export {
        return write_out(&config, &folder);
    }
    let import = match Import::of(&config.register, &sheets, &config.outbound.reach) {
        Ok(import) => import,
        Err(faults) => {
            faults.iter().for_each(|fault| eprintln!("fout       {fault}"));
            eprintln!("sluis: {} fout, er is niets veranderd", faults.len());
            return Ok(Exit::Configuration);
        }
    };
    import.changes.iter().for_each(|change| println!("{change}"));
    match (import.changes.len(), dry_run) {
        (0, _) => println!("niets te veranderen"),
        (changes, true) => println!("{changes} te veranderen; er is nog niets geschreven (--dry-run)"),
        (changes, false) => {
            let unwritten = |trouble| StartFault::File { path: config.register.display().to_string(), trouble };
            import.write(&config.register).map_err(unwritten)?;
            println!("{changes} veranderd in {}; laat het ingaan met SIGHUP", config.register.display());
        }
    }
    Ok(Exit::Done)
}

/// Writes the sheets, each beside none that is there already.
fn write_out(config: &Config, folder: &Path) -> Result<Exit, StartFault> {
    let unread = |trouble| StartFault::File { path: config.register.display().to_string(), trouble };
    let text = fs::read_to_string(&config.register).map_err(unread)?;
    let Ok(register) = Register::parse(&text, &config.outbound.reach) else {
        eprintln!("sluis: het register heeft fouten; kijk het na met `sluis check`");
        return Ok(Exit::Configuration);
    };
    for sheet in export(&register).map_err(unread)? {
        let path = folder.join(sheet.file);
        let written = write_new(&path, &sheet.text);
        written.map_err(|trouble| StartFault::File { path: path.display().to_string(), trouble })?;
        println!("geschreven {}", path.display());
    }
    Ok(Exit::Done)
}

fn write_new(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text)?;
    file.sync_all()
}
