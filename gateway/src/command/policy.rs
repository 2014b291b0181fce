// SPDX-License-Identifier: EUPL-1.2
//! `sluis policy …`: what another policy would have decided, before it is in force.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Subcommand;
use serde_json::json;
use sluis_policy::Covenant;

use super::Exit;
use super::besluit::why;
use crate::config::Config;
use crate::operator::{Done, Office, OperatorFault};
use crate::publishing::{self, Part, Unpublished};
use crate::shadow::{self, Tally};

const SHADOW_CODES: &str = "\
Afsluitcodes:
   0  geen enkel besluit zou anders zijn
   1  er zijn besluiten die anders zouden zijn
  64  de opdracht is niet begrepen
  69  de database is nu niet te gebruiken, of dat u keek kan niet worden vastgelegd
  78  de configuratie, de rollen of het convenant kunnen niet gelden";

const PUBLISH_CODES: &str = "\
Afsluitcodes:
   0  gedaan, en vastgelegd
   1  het mag niet: de reden staat op het scherm, en er is niets veranderd
  64  de opdracht is niet begrepen
  69  de database is nu niet te gebruiken, of het kan niet worden vastgelegd; er is niets veranderd
  78  de configuratie, de rollen of het convenant kunnen niet gelden; er is niets veranderd";

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
    /// Stelt andere rollen of een ander convenant voor, nadat zij zijn proefgedraaid.
    ///
    /// Er verandert niets. Het voorstel staat daarna in het logboek van de beheerders; een ander publiceert het.
    #[command(after_help = PUBLISH_CODES)]
    Propose {
        #[command(flatten)]
        change: Change,
        /// Over hoeveel dagen tot nu wordt proefgedraaid.
        #[arg(long, value_name = "DAGEN", value_parser = clap::value_parser!(u16).range(1..=3660))]
        days: u16,
    },
    /// Zet wat een ander voorstelde in de plaats van wat nu geldt.
    ///
    /// Beiden staan in het register als functioneel beheerder van deze gateway. Het bestand komt in een stap op zijn plaats;
    /// wat er stond blijft ernaast liggen met .vorige achter de naam. Stuur daarna SIGHUP.
    #[command(after_help = PUBLISH_CODES)]
    Publish {
        #[command(flatten)]
        change: Change,
    },
    /// Zet terug wat er stond voor de laatste publicatie. Stuur daarna SIGHUP.
    #[command(after_help = PUBLISH_CODES)]
    Rollback {
        /// Het configuratiebestand (TOML).
        #[arg(long, value_name = "BESTAND")]
        config: PathBuf,
        /// Uw eigen kenmerk, zoals het in het register staat.
        #[arg(long, value_name = "KENMERK")]
        operator: String,
    },
}

/// What somebody would change, one file at a time.
#[derive(Debug, clap::Args)]
pub(super) struct Change {
    /// Het configuratiebestand (TOML).
    #[arg(long, value_name = "BESTAND")]
    config: PathBuf,
    /// De nieuwe rollen (casbin, CSV).
    #[arg(long, value_name = "BESTAND", conflicts_with = "covenant", required_unless_present = "covenant")]
    roles: Option<PathBuf>,
    /// Het nieuwe convenant (TOML), in de plaats van dat met hetzelfde nummer.
    #[arg(long, value_name = "BESTAND")]
    covenant: Option<PathBuf>,
    /// Uw eigen kenmerk, zoals het in het register staat.
    #[arg(long, value_name = "KENMERK")]
    operator: String,
}

impl Change {
    fn part(&self) -> Part {
        match (&self.roles, &self.covenant) {
            (Some(roles), _) => Part::Roles(roles.clone()),
            (None, covenant) => Part::Covenant(covenant.clone().unwrap_or_default()),
        }
    }
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
        PolicyCommand::Propose { change, days } => {
            let proposed = async {
                let config = Config::load(&change.config).map_err(OperatorFault::from)?;
                let office = Office::open(&config, Some(&change.operator)).await?;
                let since = office.now().instant - i64::from(days) * DAY;
                let tally = publishing::propose(&config, &office, &change.part(), (days, since)).await?;
                office.close().await;
                Ok(tally)
            };
            proposed.await.map_or_else(unpublished, |tally| {
                told(&tally, days);
                println!("voorgesteld; een ander publiceert het met `sluis policy publish`");
                Exit::Done
            })
        }
        PolicyCommand::Publish { change } => {
            let published = async {
                let config = Config::load(&change.config).map_err(OperatorFault::from)?;
                let office = Office::open(&config, Some(&change.operator)).await?;
                let place = publishing::publish(&config, &office, &change.part()).await?;
                office.close().await;
                Ok(place)
            };
            published.await.map_or_else(unpublished, |place| stands(&place))
        }
        PolicyCommand::Rollback { config, operator } => {
            let back = async {
                let config = Config::load(&config).map_err(OperatorFault::from)?;
                let office = Office::open(&config, Some(&operator)).await?;
                let place = publishing::put_back(&config, &office).await?;
                office.close().await;
                Ok(place)
            };
            back.await.map_or_else(unpublished, |place| stands(&place))
        }
    }
}

fn stands(place: &Path) -> Exit {
    println!("{} is vervangen; het gaat in bij SIGHUP (`systemctl reload sluis`)", place.display());
    Exit::Done
}

fn unpublished(why: Unpublished) -> Exit {
    match why {
        Unpublished::Office(fault) => super::failed(fault),
        why => {
            eprintln!("sluis: {why}");
            Exit::Failed
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
