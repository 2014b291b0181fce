// SPDX-License-Identifier: EUPL-1.2
//! The log: JSON lines on standard error, sparse, without personal data. What happened to whom is in the ledger, not here.
//!
//! Only our own crates can be made more talkative. Libraries stay at `error`, because at a lower level they write
//! addresses, headers and statements, and those may hold what must not be in a log.

use std::fmt;
use std::panic::{self, Location};
use std::str::FromStr;

use tracing_subscriber::EnvFilter;

/// How much our own crates say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// Only what needs someone.
    Warn,
    /// Also starting, stopping and reloading.
    #[default]
    Info,
    /// Also steps, for finding a fault.
    Debug,
}

/// The text is not a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be warn, info or debug")]
pub struct LevelError;

impl FromStr for Level {
    type Err = LevelError;

    fn from_str(text: &str) -> Result<Self, LevelError> {
        match text {
            "warn" => Ok(Self::Warn),
            "info" => Ok(Self::Info),
            "debug" => Ok(Self::Debug),
            _ => Err(LevelError),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
        })
    }
}

/// Starts the log of this process, and makes a panic tell where it happened and nothing else. The environment has no say.
pub fn install(level: Level) {
    let filter = EnvFilter::new(format!("error,sluis={level},sluis_connectors={level},sluis_policy={level}"));
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // Started twice in one process, the first stays; both would be the same but for the level.
    let _already_started = subscriber.try_init();
    // INVARIANT: a panic's message may hold what was being worked on, so it is never written (P10).
    panic::set_hook(Box::new(|panic| {
        metrics::counter!("sluis_panics_total").increment(1);
        tracing::error!(place = panic.location().map(place), "a part of the gateway panicked");
    }));
}

fn place(location: &Location<'_>) -> String {
    format!("{}:{}", location.file(), location.line())
}
