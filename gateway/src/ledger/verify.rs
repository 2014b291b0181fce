// SPDX-License-Identifier: EUPL-1.2
//! The offline verifier: an export of a log against checkpoints that someone else kept.
//!
//! From an export alone only inner consistency can be known. That a log was rolled back, cut off or forked shows only
//! against a checkpoint that the operator could not touch; keys come from a file of the verifier's, never from the export.

use std::io::BufRead;

use serde::{Deserialize, Serialize};

use super::checkpoint::Checkpoint;
use super::leaf::entry_hash;
use super::merkle::{Frontier, Hash};

/// The first line of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportHeader {
    /// The log's name.
    pub oorsprong: String,
    /// How many entries follow.
    pub grootte: u64,
}

/// One further line of an export: an entry, as it was hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportLine {
    /// Its place, from zero.
    pub nr: u64,
    /// The canonical JSON.
    pub regel: String,
}

/// What a verifier knows after reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Every kept checkpoint fits. `proven` entries stand as they stood then; what comes after has no outside proof.
    Proven {
        /// The size of the largest kept checkpoint.
        proven: u64,
        /// How many entries there are.
        size: u64,
    },
    /// No checkpoint to compare with: consistent within, and nothing more.
    OnlyConsistent {
        /// How many entries there are.
        size: u64,
    },
    /// A kept checkpoint does not fit: the log was changed, cut off or forked since.
    Broken(Break),
}

/// How an export and a kept checkpoint differ.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// The log is shorter than it was.
    #[error("the log has {has} entries, and had {had} when checkpoint {had} was kept")]
    Shorter {
        /// How many it has now.
        has: u64,
        /// How many it had.
        had: u64,
    },
    /// Its first entries are not what they were.
    #[error("the first {size} entries are not those of the kept checkpoint")]
    Differs {
        /// Over how many entries the root differs.
        size: u64,
    },
    /// The checkpoint is of another log.
    #[error("the kept checkpoint is of another log")]
    OtherLog,
}

/// Why an export cannot be judged at all.
#[derive(Debug, thiserror::Error)]
pub enum ExportFault {
    /// It cannot be read.
    #[error("the export cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// A line has another form.
    #[error("line {0} of the export has another form")]
    Form(u64),
    /// A line is missing, doubled or out of order.
    #[error("line {0} of the export is not the next entry")]
    OutOfOrder(u64),
}

/// Reads an export and compares it with kept checkpoints, whose signatures were checked before.
///
/// # Errors
/// When the export cannot be read, or its lines are not consecutive.
pub fn verify(export: impl BufRead, kept: &[Checkpoint]) -> Result<Verdict, ExportFault> {
    let mut lines = export.lines();
    let header: ExportHeader = match lines.next() {
        Some(line) => serde_json::from_str(&line?).map_err(|_| ExportFault::Form(1))?,
        None => return Err(ExportFault::Form(1)),
    };
    let mut roots: Vec<(u64, Hash)> = Vec::new();
    let mut frontier = Frontier::default();
    let mut note = |frontier: &Frontier| {
        if kept.iter().any(|checkpoint| checkpoint.size == frontier.size()) {
            roots.push((frontier.size(), frontier.root()));
        }
    };
    note(&frontier);
    for (line, number) in lines.zip(0..) {
        let line: ExportLine = serde_json::from_str(&line?).map_err(|_| ExportFault::Form(number + 2))?;
        if line.nr != number {
            return Err(ExportFault::OutOfOrder(number + 2));
        }
        frontier.append(entry_hash(&line.regel));
        note(&frontier);
    }
    if header.grootte != frontier.size() {
        return Err(ExportFault::OutOfOrder(frontier.size() + 2));
    }
    Ok(judge(&header.oorsprong, frontier.size(), &roots, kept))
}

fn judge(origin: &str, size: u64, roots: &[(u64, Hash)], kept: &[Checkpoint]) -> Verdict {
    for checkpoint in kept {
        if checkpoint.origin != origin {
            return Verdict::Broken(Break::OtherLog);
        }
        if checkpoint.size > size {
            return Verdict::Broken(Break::Shorter { has: size, had: checkpoint.size });
        }
        if !roots.contains(&(checkpoint.size, checkpoint.root)) {
            return Verdict::Broken(Break::Differs { size: checkpoint.size });
        }
    }
    match kept.iter().map(|checkpoint| checkpoint.size).max() {
        Some(proven) => Verdict::Proven { proven, size },
        None => Verdict::OnlyConsistent { size },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn export(entries: &[&str]) -> String {
        let header = ExportHeader { oorsprong: "a".into(), grootte: entries.len() as u64 };
        let mut text = serde_json::to_string(&header).unwrap() + "\n";
        for (nr, regel) in (0..).zip(entries) {
            text += &(serde_json::to_string(&ExportLine { nr, regel: (*regel).into() }).unwrap() + "\n");
        }
        text
    }

    fn kept(entries: &[&str]) -> Checkpoint {
        let mut frontier = Frontier::default();
        entries.iter().for_each(|entry| frontier.append(entry_hash(entry)));
        Checkpoint { origin: "a".into(), size: frontier.size(), root: frontier.root() }
    }

    #[test]
    fn p8_what_a_kept_checkpoint_proves_and_what_it_catches() {
        let log = ["{}", r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#];
        let two = kept(&log[..2]);
        for (entries, checkpoints, verdict) in [
            (&log[..], vec![two.clone()], Verdict::Proven { proven: 2, size: 4 }),
            (&log[..], vec![two.clone(), kept(&log)], Verdict::Proven { proven: 4, size: 4 }),
            (&log[..], vec![], Verdict::OnlyConsistent { size: 4 }),
            (&log[..1], vec![two.clone()], Verdict::Broken(Break::Shorter { has: 1, had: 2 })),
            (&["{}", r#"{"a":9}"#, r#"{"b":2}"#][..], vec![two.clone()], Verdict::Broken(Break::Differs { size: 2 })),
            (&[r#"{"a":1}"#, "{}"][..], vec![two.clone()], Verdict::Broken(Break::Differs { size: 2 })),
            (&log[..], vec![Checkpoint { origin: "b".into(), ..two }], Verdict::Broken(Break::OtherLog)),
            (&[][..], vec![kept(&[])], Verdict::Proven { proven: 0, size: 0 }),
        ] {
            assert_eq!(verify(export(entries).as_bytes(), &checkpoints).unwrap(), verdict, "{entries:?}");
        }
    }

    #[test]
    fn an_export_with_a_line_missing_doubled_or_added_is_not_judged() {
        let whole = export(&["{}", "{}", "{}"]);
        let lines: Vec<&str> = whole.lines().collect();
        for broken in [vec![0, 1, 3], vec![0, 1, 2], vec![0, 1, 1, 2, 3], vec![1, 2, 3], vec![0, 2, 1, 3], vec![]] {
            let text: String = broken.iter().map(|line: &usize| format!("{}\n", lines[*line])).collect();
            assert!(verify(text.as_bytes(), &[]).is_err(), "{broken:?}");
        }
    }
}
