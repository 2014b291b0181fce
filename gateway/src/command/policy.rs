// SPDX-License-Identifier: EUPL-1.2
//! `sluis policy …`: what another policy would have decided, before it is in force.

use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;
use serde_json::json;
use sluis_policy::Covenant;

use super::Exit;
use super::besluit::why;
use crate::config::Config;
use crate::operator::{Done, Office};
use crate::shadow::{self, Tally};

const SHADOW_CODES: &str = "\
Afsluitcodes:
   0  geen enkel besluit zou anders zijn
   1  er zijn besluiten die anders zouden zijn
  64  de opdracht is niet begrepen
  69  de database is nu niet te gebruiken, of dat u keek kan niet worden vastgelegd
  78  de configuratie, de rollen of het convenant kunnen niet gelden";

#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Beslist wat de laatste dagen is beslist opnieuw onder andere rollen of een ander convenant.
    ///
    /// Er verandert niets. Op het scherm komt welke besluiten anders zouden zijn, per regel geteld, en hoeveel er niet meer na
    /// te spelen zijn; nooit over wie het ging. Dat u keek, wordt vastgelegd in het logboek van de beheerders voordat u de
    /// uitslag krijgt.
    #[command(after_help = SHADOW_CODES)]
    Shadow {
        /// Het configuratiebestand (TOML).
        #[arg(long, value_name = "BESTAND")]
        config: PathBuf,
        /// Over hoeveel dagen tot nu.
        #[arg(long, value_name = "DAGEN", value_parser = clap::value_parser!(u16).range(1..=3660))]
        days: u16,
        /// De voorgestelde rollen (casbin, CSV). Zonder dit blijven de rollen zoals zij zijn.
        #[arg(long, value_name = "BESTAND")]
        roles: Option<PathBuf>,
        /// Het voorgestelde convenant (TOML): in de plaats van het convenant met hetzelfde nummer, of erbij.
        #[arg(long, value_name = "BESTAND")]
        covenant: Option<PathBuf>,
        /// Uw eigen kenmerk, zoals uw organisatie het gaf. Zonder dit is het uw account op dit apparaat.
        #[arg(long, value_name = "KENMERK")]
        operator: Option<String>,
    },
}

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// Does what the command line asks of policy.
pub(super) async fn run(command: PolicyCommand) -> Exit {
    match command {
        PolicyCommand::Shadow { config, days, roles, covenant, operator } => {
            let ran = async {
                let config = Config::load(&config)?;
                let proposed = shadow::proposed(&config, roles.as_deref(), covenant.as_deref()).await?;
                let office = Office::open(&config, operator.as_deref()).await?;
                let since = office.now().instant - i64::from(days) * DAY;
                let policies = (&office.policy, &proposed);
                let tally = shadow::run(&office.store, office.replayer(), since, policies).await?;
                let covenants: Vec<_> = proposed.covenants.iter().map(Covenant::digest).collect();
                let particulars = json!({
                    "dagen": days, "rollen": proposed.roles.digest(), "convenanten": covenants,
                    "zelfde": tally.same, "anders": tally.differ(), "niet_na_te_spelen": tally.lost(),
                });
                office.record(Done::looked("beleid_proefgedraaid", particulars), None).await?;
                office.close().await;
                Ok(tally)
            };
            ran.await.map_or_else(super::failed, |tally| told(&tally, days))
        }
    }
}

/// Says what came of it, counted.
fn told(tally: &Tally, days: u16) -> Exit {
    let (differ, lost) = (tally.differ(), tally.lost());
    let total = tally.same + differ + lost;
    println!("{total} besluiten in {days} dagen: {} zelfde, {differ} anders, {lost} niet na te spelen", tally.same);
    for ((then, now), difference) in &tally.differing {
        println!("  {then} → {now}: {}, bijvoorbeeld {}", difference.count, difference.examples.join(", "));
    }
    for (lost, count) in &tally.lost {
        println!("  niet na te spelen, {}: {count}", why(*lost));
    }
    if tally.already > 0 {
        println!("  let op: {} zijn ook onder het beleid van nu al anders dan toen", tally.already);
    }
    println!("  beslissen: {}", speed(tally.same + differ, tally.deciding));
    if differ == 0 { Exit::Done } else { Exit::Failed }
}

fn speed(decided: u64, took: Duration) -> String {
    let micros = took.as_micros().max(1);
    format!("{decided} besluiten in {micros} µs, {} per seconde op een kern", u128::from(decided) * 1_000_000 / micros)
}
