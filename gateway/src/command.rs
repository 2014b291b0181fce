// SPDX-License-Identifier: EUPL-1.2
//! The commands: what a person types, and what the process answers with when it ends.

mod convenant;
pub(crate) mod ledger;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use tokio::signal::unix::{Signal, SignalKind, signal};

use self::convenant::ConvenantCommand;
use self::ledger::LedgerCommand;
use crate::app::{self, App, Running, StartFault};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::log::{self, Level};
use crate::operations::Counters;
use crate::store::engine::Fault;

/// How the process ends, for scripts. Also told in the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done, or stopped when asked.
    Done,
    /// 1: it ran, and something failed.
    Failed,
    /// 2: consistent, and compared with nothing that someone else kept.
    Unproven,
    /// 64: the command was not understood.
    Usage,
    /// 69: a database, address or other thing outside cannot be used now.
    Unavailable,
    /// 78: the configuration, the register or a file that they name has faults.
    Configuration,
}

impl Exit {
    /// The code itself; from 64 on as in sysexits.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Unproven => 2,
            Self::Usage => 64,
            Self::Unavailable => 69,
            Self::Configuration => 78,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

const EXIT_CODES: &str = "\
Afsluitcodes:
   0  klaar, of op verzoek gestopt
   1  gestart, en daarna ging iets mis
  64  de opdracht is niet begrepen
  69  de database of een adres is nu niet te gebruiken
  78  de configuratie, het register of een bestand daarin klopt niet";

/// Sluis laat signalen over jeugdigen door tussen scholen, de verwijsindex en de gemeentelijke jeugdhulp: nooit zonder
/// grondslag, nooit een naam zonder recht daarop, en nooit zonder dat het is vastgelegd.
#[derive(Debug, Parser)]
#[command(name = "sluis", version, after_help = EXIT_CODES, propagate_version = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start de gateway en blijft draaien.
    ///
    /// Leest de configuratie, opent de database en luistert op twee adressen: een voor systemen (wederzijds TLS) en een
    /// voor beheer (/livez, /readyz, /metrics). Alle fouten in de configuratie staan in een keer op het scherm.
    ///
    /// SIGTERM of Ctrl-C: neemt niets meer aan, maakt af wat binnen is en stopt. SIGHUP: leest register,
    /// convenanten, certificaten en intrekkingslijsten opnieuw; zit daar een fout in, dan blijft al het oude gelden.
    #[command(after_help = EXIT_CODES)]
    Serve {
        /// Het configuratiebestand (TOML).
        #[arg(long, value_name = "BESTAND")]
        config: PathBuf,
        /// Hoeveel er in het logboek van het proces komt: warn, info of debug. Persoonsgegevens komen er nooit in.
        #[arg(long, value_name = "NIVEAU", default_value_t = Level::Info)]
        log: Level,
    },
    /// Maakt de sleutels van deze gateway.
    ///
    /// Doe dit een keer, voor de eerste start. De sleutels komen verzegeld in het bestand dat onder [keys] in de
    /// configuratie staat; de wachtzin staat in een bestand ernaast. Een bestaand bestand wordt nooit overschreven.
    ///
    /// Bewaar een kopie van beide, elk op een eigen plek en nooit bij een kopie van de database: zonder de sleutels is
    /// niets meer leesbaar, en met alles bij elkaar is alles leesbaar.
    #[command(after_help = EXIT_CODES)]
    Keys {
        /// Het configuratiebestand (TOML).
        #[arg(long, value_name = "BESTAND")]
        config: PathBuf,
    },
    /// Brengt de database op de versie van dit programma.
    ///
    /// Doe dit na elke nieuwe versie, voordat `serve` start. Twee keer doen kan geen kwaad.
    #[command(after_help = EXIT_CODES)]
    Migrate {
        /// Het configuratiebestand (TOML).
        #[arg(long, value_name = "BESTAND")]
        config: PathBuf,
    },
    /// Drukt de beschrijving van de product-API af (OpenAPI 3.1).
    ///
    /// Dezelfde tekst die een draaiende gateway op /v1/openapi.json geeft, zonder aanmelding.
    #[command(after_help = EXIT_CODES)]
    Openapi,
    /// Speelt een verhaal van negen stappen, met alles erop en eraan, en laat u daarna zelf proberen.
    ///
    /// Er is niets voor nodig: geen andere programma's, geen netwerk, geen vragen. De gateway draait op dit apparaat, met
    /// de systemen van een school, een gemeente en een verwijsindex ernaast als echte servers. Wat u leest is zojuist
    /// verstuurd en ontvangen, en elke bewering wordt nagegaan. Niemand in het verhaal bestaat.
    ///
    /// Alles ligt in een tijdelijke map, die weg is zodra de demo stopt (Ctrl-C).
    #[cfg(feature = "demo")]
    #[command(after_help = EXIT_CODES)]
    Demo(crate::demo::Options),
    /// Controleert een convenant, drukt het af of vergelijkt er twee.
    #[command(subcommand)]
    Convenant(ConvenantCommand),
    /// Geeft het logboek uit en controleert het.
    #[command(subcommand)]
    Ledger(LedgerCommand),
}

/// Does what the command line asks.
pub async fn run() -> Exit {
    let line = match Line::try_parse() {
        Ok(line) => line,
        Err(error) => {
            // Help and version are asked for; everything else is a mistake. A closed terminal does not matter here.
            let _printed = error.print();
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if asked { Exit::Done } else { Exit::Usage };
        }
    };
    let done = match line.command {
        Command::Serve { config, log } => Box::pin(serve(config, log)).await,
        Command::Migrate { config } => migrate(config).await,
        Command::Keys { config } => make_keys(config),
        Command::Openapi => Ok(print_description()),
        #[cfg(feature = "demo")]
        Command::Demo(options) => return Box::pin(crate::demo::run(options)).await,
        Command::Convenant(command) => Ok(convenant::run(&command)),
        Command::Ledger(command) => ledger::run(command).await,
    };
    done.unwrap_or_else(|fault| {
        eprintln!("sluis: {fault}");
        exit_of(&fault)
    })
}

fn exit_of(fault: &StartFault) -> Exit {
    match fault {
        StartFault::Config(_)
        | StartFault::Tls(_)
        | StartFault::File { .. }
        | StartFault::Register { .. }
        | StartFault::Keys(_)
        | StartFault::Passphrase { .. }
        | StartFault::Covenant { .. }
        | StartFault::CovenantTwice { .. }
        | StartFault::CovenantsOverlap { .. }
        | StartFault::Roles(_)
        | StartFault::OwnNumber
        | StartFault::Store(Fault::OtherSchema { .. })
        | StartFault::Outbound(_) => Exit::Configuration,
        StartFault::Store(_) | StartFault::Socket { .. } => Exit::Unavailable,
        StartFault::Signals(_) | StartFault::Counters(_) => Exit::Failed,
    }
}

fn make_keys(path: PathBuf) -> Result<Exit, StartFault> {
    app::make_keys(&Config::load(&path)?)?;
    Ok(Exit::Done)
}

fn print_description() -> Exit {
    print!("{}", crate::http::openapi::DOCUMENT);
    Exit::Done
}

async fn migrate(path: PathBuf) -> Result<Exit, StartFault> {
    let config = Config::load(&path)?;
    app::engine(&config.database).await?.migrate().await?;
    Ok(Exit::Done)
}

async fn serve(path: PathBuf, level: Level) -> Result<Exit, StartFault> {
    log::install(level);
    let config = Config::load(&path)?;
    let counters = Counters::start()?;
    let app = App::build(config, Arc::new(SystemClock)).await?;
    let running = app.listen(counters, crate::http::api::routes)?;
    tracing::info!(machine = %running.machine, operations = %running.operations, "listening");
    until_told(&running, &path).await?;
    tracing::info!("stopping");
    running.stop().await;
    Ok(Exit::Done)
}

/// Waits for a signal to stop, and reloads at each signal to do that.
async fn until_told(running: &Running, path: &std::path::Path) -> Result<(), StartFault> {
    let listen_for = |kind| signal(kind).map_err(StartFault::Signals);
    let (mut terminate, mut interrupt) = (listen_for(SignalKind::terminate())?, listen_for(SignalKind::interrupt())?);
    let mut hang_up = listen_for(SignalKind::hangup())?;
    loop {
        tokio::select! {
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
            () = told(&mut hang_up) => reload(running, path).await,
        }
    }
}

// A signal source that ends would answer at once for ever; then no reload can be asked for any more.
async fn told(source: &mut Signal) {
    if source.recv().await.is_none() {
        std::future::pending::<()>().await;
    }
}

async fn reload(running: &Running, path: &std::path::Path) {
    let reloaded = async { running.reload(&Config::load(path)?).await };
    match reloaded.await {
        Ok(()) => tracing::info!("reloaded"),
        Err(fault) => tracing::warn!(%fault, "not reloaded, the old stays"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_and_argument_is_explained() {
        let mut line = Line::command();
        line.build();
        for command in line.get_subcommands().filter(|command| command.get_name() != "help") {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
        }
    }

    #[test]
    fn the_help_tells_every_exit_code() {
        for exit in [Exit::Done, Exit::Failed, Exit::Usage, Exit::Unavailable, Exit::Configuration] {
            assert!(EXIT_CODES.contains(&format!("{:>4}  ", exit.code())), "{exit:?}");
        }
    }
}
