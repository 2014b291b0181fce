// SPDX-License-Identifier: EUPL-1.2
//! The outside programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a program did.
#[derive(Debug)]
pub(crate) struct Done {
    /// Whether it ended well.
    pub(crate) well: bool,
    /// What it wrote to standard output.
    pub(crate) output: String,
    /// What it wrote to standard error.
    pub(crate) errors: String,
}

impl Done {
    /// What it wrote, for people.
    pub(crate) fn said(&self) -> String {
        format!("{}\n{}", self.output, self.errors)
    }
}

/// Where `tests/standards/install` put them.
fn installed() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let folder = program.ancestors().nth(3).unwrap().join("tools");
    assert!(folder.join("installed").is_file(), "run tests/standards/install {}", folder.display());
    folder
}

/// The project.
pub(crate) fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// An empty folder for what is made on the way. What is made there finds the packages of Node.
pub(crate) fn workbench(name: &str) -> PathBuf {
    let folder = installed().join("work").join(name);
    let _absent = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A program of a Node package.
pub(crate) fn node_program(name: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(installed().join("node_modules/.bin").join(name));
    command
}

/// A program of a Python package, or Python itself.
pub(crate) fn python_program(name: &str) -> Command {
    Command::new(installed().join("python/bin").join(name))
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Done {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Done { well: output.status.success(), output: text(&output.stdout), errors: text(&output.stderr) }
}
