// SPDX-License-Identifier: EUPL-1.2
//! `sluis import`: says what the sheets change, and writes the register unless it is only a trial.

use std::path::PathBuf;

use clap::Args;

use super::Exit;
use crate::app::StartFault;
use crate::config::Config;
use crate::import::{Import, Sheets};

/// What is imported, and whether it is only a trial.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Het configuratiebestand (TOML). Het register dat erin genoemd wordt verandert.
    #[arg(long, value_name = "BESTAND")]
    config: PathBuf,
    /// Organisaties: oin, name, desks, fetches, municipality, issuers. Loketten en uitgevers met een spatie ertussen; in
    /// fetches staan de loketten die hun berichten zelf ophalen.
    #[arg(long, value_name = "CSV")]
    organisations: Option<PathBuf>,
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
}

/// Reads, tells, and writes.
pub(super) fn run(options: Options) -> Result<Exit, StartFault> {
    let Options { config, organisations, mandates, professionals, roles, dry_run } = options;
    let sheets = Sheets { organisations, mandates, professionals, roles };
    let config = Config::load(&config)?;
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
