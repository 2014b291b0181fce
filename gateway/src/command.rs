// SPDX-License-Identifier: EUPL-1.2
//! The commands: what a person types, and what the process answers with when it ends.

mod besluit;
mod check;
mod convenant;
mod copies;
mod import;
mod init;
pub(crate) mod ledger;
mod policy;
mod vernietiging;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand, ValueEnum};
use tokio::signal::unix::{Signal, SignalKind, signal};

use self::besluit::BesluitCommand;
use self::convenant::ConvenantCommand;
use self::ledger::LedgerCommand;
use self::policy::PolicyCommand;
use self::vernietiging::VernietigingCommand;
use crate::app::{self, App, Running, StartFault};
use crate::broker::Trouble;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::http::openapi;
use crate::log::{self, Level};
use crate::operations::Counters;
use crate::operator::OperatorFault;
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

const CHECK_CODES: &str = "\
Afsluitcodes:
   0  in orde; «let op» houdt een start niet tegen
  64  de opdracht is niet begrepen
  69  alles klopt, maar de database is nu niet te bereiken
  78  de configuratie of iets dat zij noemt heeft fouten";

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
    /// Maakt een map waarmee u meteen kunt beginnen.
    ///
    /// Daarin staan een configuratie met uitleg, verzegelde sleutels, een PKI om mee te ontwikkelen, een verzonnen register,
    /// een convenant en een lege database. `sluis serve --config MAP/sluis.toml` start daarna zonder verdere stappen, alleen
    /// op dit apparaat. Een map waar al iets in staat blijft zoals zij is.
    #[command(after_help = EXIT_CODES)]
    Init {
        /// De map. Zij wordt gemaakt als zij er niet is.
        #[arg(value_name = "MAP")]
        folder: PathBuf,
    },
    /// Kijkt een configuratie na, met alles wat erin genoemd wordt, en zegt alles tegelijk.
    ///
    /// Sleutels en hun modus, certificaten en hun einde, intrekkingslijsten, register, convenanten, rollen, adressen en de
    /// versie van de database. Er verandert niets en er wordt niets gestart; een gateway die draait merkt er niets van.
    /// Geheimen komen niet op het scherm.
    #[command(after_help = CHECK_CODES)]
    Check {
        /// Het configuratiebestand (TOML).
        #[arg(long, value_name = "BESTAND")]
        config: PathBuf,
    },
    /// Start de gateway en blijft draaien.
    ///
    /// Leest de configuratie, opent de database en luistert op twee adressen: een voor systemen (wederzijds TLS) en een
    /// voor beheer (/livez, /readyz, /metrics). Alle fouten in de configuratie staan in een keer op het scherm.
    ///
    /// SIGTERM of Ctrl-C: neemt niets meer aan, maakt af wat binnen is en stopt. SIGHUP: leest register,
    /// rollen, convenanten, certificaten, intrekkingslijsten, het uitgaande verkeer en de grenzen aan een verzoek opnieuw.
    /// Zit daar een fout in, dan blijft al het oude gelden. Adressen, database, sleutels en oorsprong veranderen alleen bij
    /// een herstart.
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
        /// Het configuratiebestand van een gateway op dezelfde database: de nieuwe sleutels zijn dan die van haar, met een
        /// eigen sleutel voor het eigen logboek.
        #[arg(long, value_name = "BESTAND")]
        beside: Option<PathBuf>,
    },
    /// Brengt de database op de versie van dit programma.
    ///
    /// Doe dit na elke nieuwe versie, voordat `serve` start. Twee keer doen kan geen kwaad.
    ///
    /// Op PostgreSQL serveert een rol die in het logboek niets kan veranderen (sluis_app), en brengt een andere (sluis_owner)
    /// de tabellen op versie: deploy/postgres/rollen.sql maakt ze.
    #[command(after_help = EXIT_CODES)]
    Migrate {
        /// Het configuratiebestand (TOML).
        #[arg(long, value_name = "BESTAND")]
        config: PathBuf,
        /// Een bestand (modus 0600) met op de eerste regel het adres van de database voor wie haar bezit:
        /// postgres://sluis_owner@SERVER/DATABASE. Zonder dit geldt het adres in de configuratie.
        #[arg(long, value_name = "BESTAND")]
        owner: Option<PathBuf>,
    },
    /// Drukt de beschrijving van de product-API af (OpenAPI).
    ///
    /// Zonder meer is dat dezelfde tekst die een draaiende gateway op /v1/openapi.json geeft, zonder aanmelding.
    #[command(after_help = EXIT_CODES)]
    Openapi {
        /// De versie van OpenAPI. Neem 3.0 voor oudere generatoren; daarin kan het clientcertificaat alleen in woorden staan.
        #[arg(long, value_name = "VERSIE", value_enum, default_value_t)]
        versie: Edition,
    },
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
    /// Beslist een casus, of een vastgelegd besluit opnieuw.
    #[command(subcommand)]
    Besluit(BesluitCommand),
    /// Gaat na wat ander beleid zou hebben beslist.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Vernietigt wat van een jeugdige wordt bewaard, of schort dat op.
    #[command(subcommand)]
    Vernietiging(VernietigingCommand),
    /// Neemt organisaties, mandaten, medewerkers en rollen over uit bladen (CSV) in het register.
    ///
    /// Een rij voegt toe of verandert; er gaat nooit iets weg. Wie vertrekt krijgt een datum in `until`: de eerste dag
    /// waarop het niet meer telt. Alle fouten staan in een keer op het scherm, met hun regel, en dan verandert er niets.
    #[command(after_help = EXIT_CODES)]
    Import(import::Options),
    /// Maakt een reservekopie van alles wat deze gateway bewaart, ook terwijl zij draait.
    ///
    /// De sleutels van de gateway zitten er niet in. De verpakte sleutels van jeugdigen staan in een eigen map, die binnen
    /// dertig dagen weg moet: zolang een kopie ervan bestaat blijft leesbaar wat is vernietigd.
    #[command(after_help = EXIT_CODES)]
    Backup {
        /// Het configuratiebestand (TOML).
        #[arg(long, value_name = "BESTAND")]
        config: PathBuf,
        /// Een map die er nog niet is, of leeg is.
        #[arg(long, value_name = "MAP")]
        to: PathBuf,
    },
    /// Zet een reservekopie terug in een lege database, nadat zij is nagerekend.
    ///
    /// De configuratie noemt een nieuwe `origin`; het nieuwe logboek noemt in zijn eerste regel waar het oude stond. Wie een
    /// controlepunt heeft dat een ander bewaarde, kan de kopie daarmee vergelijken: alleen dan blijkt of er aan het eind iets
    /// ontbreekt. Klopt er iets niet, dan blijft de database leeg.
    #[command(after_help = EXIT_CODES)]
    Restore {
        /// Het configuratiebestand (TOML), met de sleutels van de gateway die de kopie maakte.
        #[arg(long, value_name = "BESTAND")]
        config: PathBuf,
        /// De map van de kopie.
        #[arg(long, value_name = "MAP")]
        from: PathBuf,
        /// Alleen nagaan of het kan: alles gebeurt, en daarna is de database weer leeg.
        #[arg(long)]
        verify: bool,
        /// De openbare sleutels bij de controlepunten, een per regel, zoals `sluis ledger key` ze toont.
        #[arg(long, value_name = "BESTAND", requires = "checkpoint")]
        keys: Option<PathBuf>,
        /// Een controlepunt dat iemand anders bewaarde. Mag vaker.
        #[arg(long, value_name = "BESTAND", requires = "keys")]
        checkpoint: Vec<PathBuf>,
        /// Terugzetten zonder het journaal van wat is vernietigd, om deze reden; zij komt in het nieuwe logboek. Wat sinds de
        /// kopie is vernietigd is dan weer leesbaar.
        #[arg(long, value_name = "REDEN", value_enum)]
        zonder_journaal: Option<copies::WithoutJournal>,
    },
    /// Geeft het logboek uit en controleert het.
    #[command(subcommand)]
    Ledger(LedgerCommand),
}

/// In which version of OpenAPI the product API is described.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Edition {
    #[default]
    #[value(name = "3.1")]
    Newest,
    #[value(name = "3.0")]
    Older,
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
        Command::Init { folder } => return init::run(&folder).await,
        Command::Check { config } => return check::run(&config).await,
        Command::Serve { config, log } => Box::pin(serve(config, log)).await,
        Command::Migrate { config, owner } => migrate(&config, owner.as_deref()).await,
        Command::Keys { config, beside } => make_keys(&config, beside.as_deref()),
        Command::Openapi { versie } => Ok(print_description(versie)),
        #[cfg(feature = "demo")]
        Command::Demo(options) => return Box::pin(crate::demo::run(options)).await,
        Command::Convenant(command) => Ok(convenant::run(&command)),
        Command::Besluit(command) => return Box::pin(besluit::run(command)).await,
        Command::Policy(command) => return Box::pin(policy::run(command)).await,
        Command::Vernietiging(command) => return Box::pin(vernietiging::run(command)).await,
        Command::Backup { config, to } => return copies::backup(&config, &to).await,
        Command::Restore { config, from, verify, keys, checkpoint, zonder_journaal } => {
            let kept = keys.map(|keys| (keys, checkpoint));
            return Box::pin(copies::restore(&config, &from, kept, (verify, zonder_journaal))).await;
        }
        Command::Import(options) => import::run(options),
        Command::Ledger(command) => ledger::run(command).await,
    };
    done.unwrap_or_else(|fault| {
        eprintln!("sluis: {fault}");
        exit_of(&fault)
    })
}

/// Says why, and how the process ends.
fn failed(fault: OperatorFault) -> Exit {
    eprintln!("sluis: {fault}");
    match fault {
        OperatorFault::Start(fault) => exit_of(&fault),
        OperatorFault::Trouble(Trouble::Store(_) | Trouble::Commit(_)) => Exit::Unavailable,
        OperatorFault::Trouble(_) => Exit::Failed,
    }
}

fn exit_of(fault: &StartFault) -> Exit {
    match fault {
        StartFault::Config(_)
        | StartFault::Tls(_)
        | StartFault::File { .. }
        | StartFault::Register { .. }
        | StartFault::Keys(_)
        | StartFault::Passphrase { .. }
        | StartFault::Terms { .. }
        | StartFault::Covenant { .. }
        | StartFault::CovenantTwice { .. }
        | StartFault::CovenantsOverlap { .. }
        | StartFault::Roles(_)
        | StartFault::OwnNumber
        | StartFault::Assertion(_)
        | StartFault::Revocations(_)
        | StartFault::NeedsRestart { .. }
        | StartFault::Store(Fault::OtherSchema { .. } | Fault::TooMighty)
        | StartFault::Owner { .. }
        | StartFault::Outbound(_) => Exit::Configuration,
        StartFault::Store(_) | StartFault::Socket { .. } | StartFault::Unrecorded(_) => Exit::Unavailable,
        StartFault::Signals(_) | StartFault::Counters(_) => Exit::Failed,
    }
}

fn make_keys(path: &Path, beside: Option<&Path>) -> Result<Exit, StartFault> {
    let beside = beside.map(Config::load).transpose()?;
    app::make_keys(&Config::load(path)?, beside.as_ref())?;
    Ok(Exit::Done)
}

fn print_description(edition: Edition) -> Exit {
    let text = match edition {
        Edition::Newest => openapi::DOCUMENT,
        Edition::Older => openapi::older::DOCUMENT,
    };
    print!("{text}");
    Exit::Done
}

async fn migrate(path: &Path, owner: Option<&Path>) -> Result<Exit, StartFault> {
    let config = Config::load(path)?;
    let owned = owner.map(app::owned_database).transpose()?;
    app::engine(owned.as_ref().unwrap_or(&config.database)).await?.migrate().await?;
    Ok(Exit::Done)
}

async fn serve(path: PathBuf, level: Level) -> Result<Exit, StartFault> {
    log::install(level);
    let config = Config::load(&path)?;
    let counters = Counters::start()?;
    let app = App::build(config, Arc::new(SystemClock)).await?;
    let running = app.listen(counters, crate::http::api::routes)?;
    let people = running.people.map(tracing::field::display);
    tracing::info!(machine = %running.machine, operations = %running.operations, people, "listening");
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
