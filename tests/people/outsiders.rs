// SPDX-License-Identifier: EUPL-1.2
//! The outside programs: the provider, and Chromium.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

/// Where `tests/people/install` put the packages.
fn installed() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let folder = program.ancestors().nth(3).unwrap().join("people");
    assert!(folder.join("installed").is_file(), "run tests/people/install {}", folder.display());
    folder
}

/// How many scripts were laid ready, so that each has a file of its own: one that is read must not be written.
static LAID: AtomicUsize = AtomicUsize::new(0);

/// One of our scripts, where it finds the packages.
pub(crate) fn script(name: &str) -> Command {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("people").join(name);
    let number = LAID.fetch_add(1, Ordering::Relaxed);
    let there = installed().join(format!("work-{}-{number}-{name}", std::process::id()));
    fs::copy(source, &there).unwrap();
    let mut command = Command::new("node");
    command.arg(there).stdin(Stdio::null());
    command
}

/// Chromium of this machine, if it has one.
pub(crate) fn chromium() -> Option<PathBuf> {
    ["/usr/bin/chromium", "/usr/bin/chromium-browser"].map(PathBuf::from).into_iter().find(|path| path.is_file())
}

/// An OpenID provider that runs. It is killed when it is dropped.
pub(crate) struct Provider {
    child: Child,
    /// What it calls itself.
    pub(crate) issuer: String,
}

impl Provider {
    /// Starts one, and waits until it listens.
    pub(crate) fn start(settings: &Value) -> Self {
        let mut command = script("provider.mjs");
        let mut child = command.arg(settings.to_string()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let said: Value = serde_json::from_str(&lines.next().expect("it listens").unwrap()).unwrap();
        // What it says later must go somewhere, or it would wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, issuer: said["issuer"].as_str().unwrap().to_owned() }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _waited = self.child.wait();
    }
}
