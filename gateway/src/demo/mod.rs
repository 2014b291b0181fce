// SPDX-License-Identifier: EUPL-1.2
//! `sluis demo`: the first minute of a newcomer.
//!
//! The gateway runs here as anywhere, on a fresh database and fresh keys; around it stand the systems of others, each a
//! real server. Everything that is told was asked and answered over the wire just then, and every claim is checked
//! against what came back and what each side received. A claim that does not hold is said, and decides how it ends.

mod acts;
mod crew;
mod folder;
mod layout;
mod newcomer;
mod register;
mod stage;
mod telling;

use std::io;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use sluis_connectors::OutboundError;
use sluis_sandbox::participant::CallError;
use sluis_sandbox::pki::PkiError;
use tokio::signal::unix::{Signal, SignalKind, signal};

use self::newcomer::{Newcomer, Ticket};
use self::stage::Stage;
use self::telling::Telling;
use crate::app::StartFault;
use crate::command::Exit;

/// What can be asked of the demo.
#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Stopt na het verhaal, met afsluitcode 1 als iets anders ging dan verteld.
    #[arg(long)]
    exit: bool,
    /// Maakt ook een eigen certificaat, client en mandaat voor deze nieuwe deelnemer, om zelf mee te proberen.
    #[arg(long, value_name = "NAAM", value_parser = newcomer::name, conflicts_with = "exit")]
    deelnemer: Option<String>,
    /// Waar de bestanden van de nieuwe deelnemer komen: een map die nog niet bestaat. Anders in de map van de demo.
    #[arg(long, value_name = "MAP", requires = "deelnemer")]
    map: Option<PathBuf>,
}

/// Why the demo cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoFault {
    /// The gateway does not start.
    #[error(transparent)]
    Start(#[from] StartFault),
    /// A file, folder or port.
    #[error("een bestand, map of poort is niet te gebruiken: {0}")]
    Unusable(#[from] io::Error),
    /// A certificate.
    #[error(transparent)]
    Certificate(#[from] PkiError),
    /// A participant's client.
    #[error(transparent)]
    Client(#[from] OutboundError),
    /// A call got no answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Something that the story needs was not accepted.
    #[error("`{path}` gaf {status} waar 201 nodig is")]
    Refused {
        /// Where it was sent.
        path: &'static str,
        /// What came back.
        status: u16,
    },
    /// An answer misses something.
    #[error("in een antwoord ontbreekt `{0}`")]
    Missing(&'static str),
    /// Something that should have arrived did not.
    #[error("er kwam niets aan bij {0}")]
    NothingArrived(&'static str),
}

/// Sets the stage, plays the story, and stays up until it is told to stop.
pub(crate) async fn run(options: Options) -> Exit {
    let mut told = Telling::on_screen();
    let ended = Box::pin(perform(&options, &mut told)).await;
    match ended {
        Ok(Ended::Played) if told.differed().is_empty() => Exit::Done,
        Ok(_) => Exit::Failed,
        Err(fault) => {
            eprintln!("sluis: {fault}");
            Exit::Failed
        }
    }
}

/// How far the demo came.
enum Ended {
    /// To the end of the story.
    Played,
    /// It was told to stop before that.
    Interrupted,
}

/// Everything from the first certificate to the last file that goes.
async fn perform(options: &Options, told: &mut Telling) -> Result<Ended, DemoFault> {
    let begun = Instant::now();
    let mut stops = Stops::listen()?;
    acts::welcome(told);
    let newcomer = options.deelnemer.as_deref().map(Newcomer::named);
    let stage = Stage::set(newcomer.as_ref().map(|newcomer| &newcomer.guest)).await?;
    let played = tokio::select! {
        played = Box::pin(acts::play(&stage, told)) => Some(played),
        () = stops.told() => None,
    };
    let ended = match played {
        None => Ok(Ended::Interrupted),
        Some(played) => {
            if let Err(fault) = &played {
                told.check(false, &format!("het verhaal loopt door tot het einde (het stopte: {fault})"));
            }
            conclude(told, begun);
            let invited = if options.exit { Ok(()) } else { invite(options, told, &stage, newcomer.as_ref()) };
            if invited.is_ok() && !options.exit {
                told.title("De demo blijft draaien. Ctrl-C stopt alles en wist de map.");
                stops.told().await;
            }
            invited.map(|()| Ended::Played)
        }
    };
    stage.strike().await;
    ended
}

fn invite(options: &Options, told: &mut Telling, stage: &Stage, newcomer: Option<&Newcomer>) -> Result<(), DemoFault> {
    let ticket = match newcomer {
        Some(newcomer) => newcomer.admitted(stage, options.map.as_deref())?,
        None => Ticket::of_the_story(stage),
    };
    newcomer::invite(told, stage, &ticket);
    Ok(())
}

/// The ways in which a person or the system says that it is enough.
struct Stops([Signal; 3]);

impl Stops {
    fn listen() -> io::Result<Self> {
        let [interrupt, terminate, hang_up] =
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        Ok(Self([interrupt?, terminate?, hang_up?]))
    }

    async fn told(&mut self) {
        let [interrupt, terminate, hang_up] = &mut self.0;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    }
}

fn conclude(told: &mut Telling, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    let (held, differed) = (told.held(), told.differed().to_vec());
    told.title(&format!("Klaar in {seconds:.1} s: {held} beweringen nagegaan, {} anders dan verteld.", differed.len()));
    for claim in differed {
        told.say(&format!("✗ {claim}"));
    }
}
