// SPDX-License-Identifier: EUPL-1.2
//! The demo as a newcomer meets it: the real binary, the story to its end, and the three requests pasted into a shell.
#![cfg(feature = "demo")]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The demo, with its folder in this one.
fn demo(temporary: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sluis"));
    command.arg("demo").env("TMPDIR", temporary).stdin(Stdio::null());
    command
}

#[test]
fn the_story_goes_as_told_and_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let ended = demo(temporary.path()).arg("--exit").output().unwrap();
    let (said, complained) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{said}\n{complained}");
    for step in 1..=9 {
        assert!(said.contains(&format!("\nStap {step}: ")), "step {step} was not told:\n{said}");
    }
    assert!(said.matches("✓").count() > 35 && !said.contains("✗"), "{said}");
    assert!(!said.contains('\u{1b}'), "colour is for terminals");
    assert_eq!(fs::read_dir(temporary.path()).unwrap().count(), 0, "the folder of the demo is gone");
}

/// Killed when a test gives up on it.
struct Stays(Child);

impl Drop for Stays {
    fn drop(&mut self) {
        let _killed = self.0.kill();
        let _waited = self.0.wait();
    }
}

#[test]
fn a_newcomer_gets_a_first_signal_accepted_in_three_pasted_requests() {
    let temporary = tempfile::tempdir().unwrap();
    let place = temporary.path().join("mijn map");
    let mut command = demo(temporary.path());
    command.args(["--deelnemer", "Nieuw Leerlingsysteem B.V.", "--map"]).arg(&place);
    let mut stays = Stays(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = Vec::new();
    for line in BufReader::new(stays.0.stdout.take().unwrap()).lines() {
        lines.push(line.unwrap());
        if lines.last().unwrap().contains("Ctrl-C") {
            break;
        }
    }
    let from = lines.iter().position(|line| line.starts_with("# 1.")).expect("three requests are told");
    let until = lines.iter().rposition(|line| line.contains("Ctrl-C")).unwrap();
    let pasted = Command::new("sh").arg("-c").arg(lines[from..until].join("\n")).output().unwrap();
    let (said, complained) = (String::from_utf8_lossy(&pasted.stdout), String::from_utf8_lossy(&pasted.stderr));
    let answers: Vec<_> = said.lines().collect();
    assert_eq!((answers.len(), complained.as_ref()), (3, ""), "{said}");
    assert_eq!(answers[0].split('.').count(), 3, "a token: {said}");
    for answer in &answers[1..] {
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
        assert_eq!(answer["ontvangers"][0]["vorm"], "anoniem", "{said}");
    }
    let key = place.join("nieuw-leerlingsysteem-b-v.key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let told = Command::new("kill").arg(stays.0.id().to_string()).status().unwrap();
    assert!(told.success() && stays.0.wait().unwrap().success());
    let left: Vec<_> = fs::read_dir(temporary.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, [place], "only the newcomer's own folder stays");
}
