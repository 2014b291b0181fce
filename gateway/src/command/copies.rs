// SPDX-License-Identifier: EUPL-1.2
//! `sluis backup` and `sluis restore`: say what was copied, and what was proven of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;

use super::Exit;
use super::ledger::read_kept;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::copies::{self, CopyFault, Forgotten, Manifest, Manner, Restored};

/// Why a copy is put back without the journal of what was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum WithoutJournal {
    /// Er is hier nog nooit iets vernietigd.
    NooitVernietigd,
    /// Het journaal is er niet meer.
    JournaalVerloren,
}

impl WithoutJournal {
    fn code(self) -> &'static str {
        match self {
            Self::NooitVernietigd => "nooit_vernietigd",
            Self::JournaalVerloren => "journaal_verloren",
        }
    }
}

/// Makes a copy and tells about it.
pub(super) async fn backup(config: &Path, to: &Path) -> Exit {
    let made = async {
        let config = Config::load(config).map_err(crate::app::StartFault::from)?;
        copies::backup(&config, to, SystemClock.now().instant).await
    };
    match made.await {
        Ok(manifest) => {
            println!("Reservekopie in {}: {} bytes.", to.display(), manifest.bytes());
            logs(&manifest);
            println!(
                "De sleutels van de gateway zitten er niet in: bewaar die apart. Gooi {}/sleutels binnen 30 dagen weg:\n\
                 zolang die er is, blijft leesbaar wat intussen is vernietigd. Kijk de kopie na met\n\
                 `sluis restore --verify` op een lege database.",
                to.display()
            );
            Exit::Done
        }
        Err(fault) => failed(&fault),
    }
}

/// Puts a copy back, or only sees whether that could be done.
pub(super) async fn restore(
    config: &Path,
    from: &Path,
    kept: Option<(PathBuf, Vec<PathBuf>)>,
    (only_verify, without): (bool, Option<WithoutJournal>),
) -> Exit {
    let kept = match kept.map(|(keys, checkpoints)| read_kept(&keys, &checkpoints)).transpose() {
        Ok(kept) => kept.unwrap_or_default(),
        Err(trouble) => {
            eprintln!("sluis: {trouble}");
            return Exit::Configuration;
        }
    };
    let done = async {
        let config = Config::load(config).map_err(crate::app::StartFault::from)?;
        let manner = Manner { only_verify, without_journal: without.map(WithoutJournal::code) };
        copies::restore(&config, from, &kept, manner, Arc::new(SystemClock)).await
    };
    match done.await {
        Ok(Restored { manifest, forgotten }) => {
            println!(
                "De kopie is heel: elk bestand is zoals het was, en elk logboek is vanaf de eerste regel nagerekend."
            );
            logs(&manifest);
            if kept.is_empty() {
                println!("Niet vergeleken met een controlepunt dat iemand anders bewaarde (--keys, --checkpoint).");
            }
            match forgotten {
                Forgotten::Replayed { lines: 0, .. } => println!("Het journaal is leeg: er is nooit iets vernietigd."),
                Forgotten::Replayed { lines, again } => println!(
                    "Het journaal noemt {lines} vernietigingen. {again} daarvan stonden nog in de kopie en zijn opnieuw gedaan."
                ),
                Forgotten::Without(_) => println!(
                    "Zonder journaal: wat sinds de kopie is vernietigd is weer leesbaar. De reden komt in het nieuwe logboek."
                ),
            }
            println!(
                "{}",
                if only_verify {
                    "Er is niets teruggezet: de database is weer leeg (--verify)."
                } else {
                    "Teruggezet. Het nieuwe logboek noemt de oude in zijn eerste regel; starten kan met `sluis serve`."
                }
            );
            Exit::Done
        }
        Err(fault) => failed(&fault),
    }
}

fn logs(manifest: &Manifest) {
    for log in manifest.logs() {
        println!("  logboek {}: {} regels", log.oorsprong, log.omvang);
    }
}

fn failed(fault: &CopyFault) -> Exit {
    eprintln!("sluis: {fault}");
    match fault {
        CopyFault::Start(fault) => super::exit_of(fault),
        CopyFault::NotWhole { .. }
        | CopyFault::Unsigned { .. }
        | CopyFault::NotAsKept { .. }
        | CopyFault::Changed { .. }
        | CopyFault::JournalShort { .. }
        | CopyFault::Unopened => Exit::Failed,
        CopyFault::File { .. }
        | CopyFault::NotACopy { .. }
        | CopyFault::NoSuchLog { .. }
        | CopyFault::OtherKind(_)
        | CopyFault::OtherSchema { .. }
        | CopyFault::SameOrigin
        | CopyFault::NoJournal
        | CopyFault::Journal(_)
        | CopyFault::NotEmpty => Exit::Configuration,
        CopyFault::Unforgotten(_) => Exit::Unavailable,
    }
}
