// SPDX-License-Identifier: EUPL-1.2
//! The offline verifier: an export of a log against checkpoints that someone else kept.
//!
//! From an export alone only inner consistency can be known. That a log was rolled back, cut off or forked shows only
//! against a checkpoint that the operator could not touch; keys come from a file of the verifier's, never from the export.

use std::io::BufRead;

use serde::de::DeserializeOwned;
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
    /// The name, the size and the root once more, as the text of a checkpoint that nobody signed.
    pub controlepunt: String,
}

impl ExportHeader {
    /// The header of a log as it stands.
    #[must_use]
    pub fn of(checkpoint: &Checkpoint) -> Self {
        let Checkpoint { origin, size, .. } = checkpoint;
        Self { oorsprong: origin.clone(), grootte: *size, controlepunt: checkpoint.body() }
    }
}

/// One further line of an export: an entry, as it was hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportLine {
    /// Its place, from zero.
    pub nr: u64,
    /// Its hash as a leaf, in hexadecimal.
    pub blad: String,
    /// The canonical JSON.
    pub regel: String,
}

impl ExportLine {
    /// The line of an entry.
    #[must_use]
    pub fn of(nr: u64, regel: String) -> Self {
        Self { nr, blad: hex::encode(entry_hash(&regel)), regel }
    }

    /// The line of an entry with the hash that was committed with it: where they differ, a verifier sees which was changed.
    #[must_use]
    pub fn kept(nr: u64, hash: &Hash, regel: String) -> Self {
        Self { nr, blad: hex::encode(hash), regel }
    }
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
    /// An entry is not what its hash says, or is written otherwise than an export writes.
    #[error("line {0} of the export was changed")]
    Edited(u64),
    /// An entry is missing, doubled or elsewhere than it was.
    #[error("line {0} of the export is not the next entry")]
    Misplaced(u64),
    /// The entries do not lead to the root that the export names.
    #[error("the entries are not those of the root that the export names")]
    OtherRoot,
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
}

/// Reads an export, holds each line to its own hash and place, and compares what they lead to with kept checkpoints, whose
/// signatures were checked before.
///
/// # Errors
/// When the export cannot be read, or has another form.
pub fn verify(mut export: impl BufRead, kept: &[Checkpoint]) -> Result<Verdict, ExportFault> {
    let Some(header) = next::<ExportHeader>(&mut export, 1)? else { return Err(ExportFault::Form(1)) };
    let Some(header) = header else { return Ok(Verdict::Broken(Break::Edited(1))) };
    let mut roots: Vec<(u64, Hash)> = Vec::new();
    let mut frontier = Frontier::default();
    let mut note = |frontier: &Frontier| {
        if kept.iter().any(|checkpoint| checkpoint.size == frontier.size()) {
            roots.push((frontier.size(), frontier.root()));
        }
    };
    note(&frontier);
    // Lines are counted from one, and the header is the first.
    while let Some(line) = next::<ExportLine>(&mut export, frontier.size() + 2)? {
        let number = frontier.size() + 2;
        let Some(line) = line else { return Ok(Verdict::Broken(Break::Edited(number))) };
        if line.nr != frontier.size() {
            return Ok(Verdict::Broken(Break::Misplaced(number)));
        }
        let leaf = entry_hash(&line.regel);
        if hex::encode(leaf) != line.blad {
            return Ok(Verdict::Broken(Break::Edited(number)));
        }
        frontier.append(leaf);
        note(&frontier);
    }
    if header.grootte != frontier.size() {
        return Ok(Verdict::Broken(Break::Misplaced(frontier.size() + 2)));
    }
    let (size, root) = (frontier.size(), frontier.root());
    if header != ExportHeader::of(&Checkpoint { origin: header.oorsprong.clone(), size, root }) {
        return Ok(Verdict::Broken(Break::OtherRoot));
    }
    Ok(judge(&header.oorsprong, size, &roots, kept))
}

/// The next line, if there is one; the inner nothing is a line that is written otherwise than an export writes it, so that no
/// byte of it can be another and mean the same.
fn next<T: Serialize + DeserializeOwned>(
    export: &mut impl BufRead,
    number: u64,
) -> Result<Option<Option<T>>, ExportFault> {
    let mut text = Vec::new();
    if export.read_until(b'\n', &mut text)? == 0 {
        return Ok(None);
    }
    let line: T = serde_json::from_slice(&text).map_err(|_| ExportFault::Form(number))?;
    let mut written = serde_json::to_vec(&line).map_err(|_| ExportFault::Form(number))?;
    written.push(b'\n');
    Ok(Some((written == text).then_some(line)))
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
        let mut text = serde_json::to_string(&ExportHeader::of(&kept(entries))).unwrap() + "\n";
        for (nr, regel) in (0..).zip(entries) {
            text += &(serde_json::to_string(&ExportLine::of(nr, (*regel).into())).unwrap() + "\n");
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

    /// P8, L6: by itself an export shows what was taken out, doubled, moved or changed, and where.
    #[test]
    fn l6_an_export_shows_by_itself_what_was_done_to_it_and_where() {
        let whole = export(&[r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#]);
        let lines: Vec<&str> = whole.lines().collect();
        for (order, place) in [
            (&[0, 1, 3][..], Break::Misplaced(3)),
            (&[0, 1, 2], Break::Misplaced(4)),
            (&[0, 1, 1, 2, 3], Break::Misplaced(3)),
            (&[0, 2, 1, 3], Break::Misplaced(2)),
            (&[0, 2, 3], Break::Misplaced(2)),
        ] {
            let text: String = order.iter().map(|line: &usize| format!("{}\n", lines[*line])).collect();
            assert_eq!(verify(text.as_bytes(), &[]).unwrap(), Verdict::Broken(place), "{order:?}");
        }
        let judged = |text: String| verify(text.as_bytes(), &[]).unwrap();
        assert_eq!(judged(whole.replace(r#"\"b\":2"#, r#"\"b\":7"#)), Verdict::Broken(Break::Edited(3)));
        assert_eq!(judged(whole.replace(r#""nr":1"#, r#""nr": 1"#)), Verdict::Broken(Break::Edited(3)));
        // Who counts every hash anew is found by the root, and who counts that anew too only by a kept checkpoint.
        let other = [r#"{"a":1}"#, r#"{"b":7}"#, r#"{"c":3}"#];
        let (first, _) = whole.split_once('\n').unwrap();
        let (_, rest) = export(&other).split_once('\n').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        assert_eq!(judged(format!("{first}\n{rest}")), Verdict::Broken(Break::OtherRoot));
        assert_eq!(judged(export(&other)), Verdict::OnlyConsistent { size: 3 });
        let old = kept(&[r#"{"a":1}"#, r#"{"b":2}"#]);
        assert_eq!(verify(export(&other).as_bytes(), &[old]).unwrap(), Verdict::Broken(Break::Differs { size: 2 }));
        assert!(verify("".as_bytes(), &[]).is_err() && verify(lines[1].as_bytes(), &[]).is_err());
    }

    /// L6: every change of every byte of a small export, and of many bytes of a large one.
    #[test]
    fn l6_no_byte_of_an_export_can_be_another() {
        let small = export(&[r#"{"a":"\u001f é \"x\""}"#, r#"{"besluit":"00ff","tijd":1}"#, "{}"]).into_bytes();
        assert_eq!(verify(small.as_slice(), &[]).unwrap(), Verdict::OnlyConsistent { size: 3 });
        for place in 0..small.len() {
            for other in 0..=u8::MAX {
                stays_unproven(&small, place, other);
            }
        }
        let entries: Vec<String> =
            (0..2_000).map(|number| format!(r#"{{"besluit":"{number:032x}","tijd":{number}}}"#)).collect();
        let large = export(&entries.iter().map(String::as_str).collect::<Vec<_>>()).into_bytes();
        // Steps that share no factor with the length of a line, so that every part of a line has its turn.
        for place in (0..large.len()).step_by(6_007) {
            stays_unproven(&large, place, large[place] ^ 1);
            stays_unproven(&large, place, large[place] ^ 0x20);
        }
    }

    fn stays_unproven(export: &[u8], place: usize, other: u8) {
        if export[place] == other {
            return;
        }
        let mut changed = export.to_vec();
        changed[place] = other;
        let judged = verify(changed.as_slice(), &[]);
        let found = matches!(judged, Err(ExportFault::Form(_)) | Ok(Verdict::Broken(_)));
        assert!(found, "byte {place} as {other}: {judged:?}");
    }
}
